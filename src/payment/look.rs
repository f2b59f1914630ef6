//! Payments as somebody looks for them who has a paper in their hand: by the day, by the
//! number on the receipt, or by that of a terminal's slip. All of it is what the ledger
//! keeps, whatever became of the visit.

use rusqlite::{Connection, params};
use time::Date;

use super::entry::Kind;
use super::{Error, Payment, SlipNumber, books, cannot_be, store};
use crate::clock::{self, parse_iso_day};
use crate::id::VisitId;

/// One payment, and what it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub payment: Payment,
    pub visit: VisitId,
    /// 収納番号; none where nothing was paid.
    pub number: Option<String>,
}

impl Kept {
    fn of(connection: &Connection, payment: Payment) -> Result<Kept, Error> {
        let visit = store::visit_of(connection, &payment)?;
        let visit = visit.ok_or(cannot_be("payment", "charge"))?;
        let entries = books::entries_of(connection, payment.id)?;
        let paid = entries.iter().find(|entry| entry.kind == Kind::Payment);
        Ok(Kept { number: paid.map(super::Entry::receipt_number), payment, visit })
    }
}

fn all(connection: &Connection, payments: Vec<Payment>) -> Result<Vec<Kept>, Error> {
    payments.into_iter().map(|payment| Kept::of(connection, payment)).collect()
}

/// Everything of a business day: what was begun, paid, or given back on it.
///
/// # Errors
/// Faults of storage.
pub fn on_day(connection: &Connection, day: Date) -> Result<Vec<Kept>, Error> {
    all(connection, of_day(connection, day)?)
}

/// What bears this number: `2026-11-26-3` of a receipt, `3` of one of `day`, or that of a
/// terminal's slip or of the desk's own code, of whatever day.
///
/// # Errors
/// Faults of storage.
pub fn find(connection: &Connection, day: Date, typed: &str) -> Result<Vec<Kept>, Error> {
    let typed = half(typed);
    let mut found = match receipt(&typed, day) {
        Some(receipt) => with_number(connection, receipt)?,
        None => Vec::new(),
    };
    if let Ok(slip) = SlipNumber::typed(&typed) {
        for payment in with_slip(connection, &slip)? {
            if !found.iter().any(|other| other.id == payment.id) {
                found.push(payment);
            }
        }
    }
    all(connection, found)
}

/// As it stands on the paper, where a keyboard writes its letters wide.
fn half(typed: &str) -> String {
    let half = |c: char| match c {
        '－' | '−' | '‐' | 'ー' => '-',
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    typed.trim().chars().map(half).collect()
}

/// 収納番号: the day, and its number on it.
fn receipt(typed: &str, day: Date) -> Option<(Date, u32)> {
    match typed.rsplit_once('-') {
        Some((day, number)) => Some((parse_iso_day(day)?, number.parse().ok()?)),
        None => Some((day, typed.parse().ok()?)),
    }
}

/// Everything that anything was noted of on a business day, oldest first.
fn of_day(connection: &Connection, day: Date) -> Result<Vec<Payment>, Error> {
    store::payments(
        connection,
        "where exists (
           select 1 from payment_step
           where payment_step.payment = payment.id and payment_step.day = ?1)
           or exists (
             select 1 from ledger_entry
             where ledger_entry.payment = payment.id and ledger_entry.day = ?1)
         order by begun_at, payment.rowid",
        [clock::iso_day(day)],
    )
}

/// What bears this slip, when it was paid or when money went back, newest first.
fn with_slip(connection: &Connection, slip: &SlipNumber) -> Result<Vec<Payment>, Error> {
    store::payments(
        connection,
        "where id in (
           select payment from payment_step where slip = ?1
           union select give_back.payment from give_back_step
             join give_back on give_back.id = give_back_step.give_back where slip = ?1)
         order by begun_at desc, payment.rowid desc",
        [slip.as_str()],
    )
}

/// What bears this 収納番号.
fn with_number(connection: &Connection, (day, number): (Date, u32)) -> Result<Vec<Payment>, Error> {
    store::payments(
        connection,
        "join ledger_entry on ledger_entry.payment = payment.id
         where ledger_entry.day = ?1 and number = ?2",
        params![clock::iso_day(day), number],
    )
}
