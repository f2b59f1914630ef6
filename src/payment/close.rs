//! 締め: the business day, its totals, and the end of it.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::Date;

use super::acts::{By, record};
use super::charge::day;
use super::entry::{Entry, Kind};
use super::state::State;
use super::{Error, GiveBack, Payment, Reason, books, give_back, now, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::hex;
use crate::id::VisitId;
use crate::journal::{self, Entity, Journal};
use crate::yen::Yen;

pub(super) const CLOSED: &str = "day.closed";

/// The day that money which moves `today` belongs to: today, or the next when today was
/// closed already. It never goes back.
///
/// # Errors
/// [`Error::ClockBehind`] when the ledger knows a later day: a clock that was set back
/// must not put money into the past.
pub fn business_day(connection: &Connection, today: Date) -> Result<Date, Error> {
    let closed = books::day(connection, "select max(day) from day_close", [])?;
    let open = match closed.filter(|closed| *closed >= today) {
        Some(closed) => closed.next_day().ok_or(Error::DayClosed)?,
        None => today,
    };
    match books::day(connection, "select max(day) from ledger_entry", [])? {
        Some(last) if last > open => Err(Error::ClockBehind(last)),
        _ => Ok(open),
    }
}

/// The day that is closed next: the first that money moved on, or `today`. `None` when
/// today was closed already.
///
/// # Errors
/// [`Error::ClockBehind`].
pub fn day_to_close(connection: &Connection, today: Date) -> Result<Option<Date>, Error> {
    let open = business_day(connection, today)?;
    let first = books::first_open_day(connection)?.filter(|first| *first < open);
    Ok(first.or(Some(open).filter(|open| *open <= today)))
}

/// A day in numbers. Worked out from the entries each time; kept once the day is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// What moved on each account: yen in above nothing, yen out below.
    pub accounts: BTreeMap<String, i64>,
    pub payments: u32,
    pub voids: u32,
    pub refunds: u32,
    /// 現金過不足.
    pub differences: u32,
    /// How often nothing was paid, by ground.
    pub nothing: BTreeMap<String, u32>,
}

impl Totals {
    /// The sum over every account: nothing, if money neither appears nor is lost.
    pub fn sum(&self) -> i64 {
        self.accounts.values().sum()
    }

    /// The totals of these entries, and of what was settled without money.
    pub fn of(entries: &[Entry], nothing: &[Payment]) -> Totals {
        let mut totals = Totals::default();
        for entry in entries {
            *match entry.kind {
                Kind::Payment => &mut totals.payments,
                Kind::Void => &mut totals.voids,
                Kind::Refund => &mut totals.refunds,
                Kind::Difference => &mut totals.differences,
            } += 1;
            for posting in &entry.postings {
                *totals.accounts.entry(posting.account.clone()).or_default() += posting.signed();
            }
        }
        for payment in nothing {
            let ground = payment.ground.clone().unwrap_or_default();
            *totals.nothing.entry(ground).or_default() += 1;
        }
        totals
    }
}

/// The totals of a business day, worked out now.
pub fn totals(connection: &Connection, day: Date) -> Result<Totals, Error> {
    let nothing = settled_without_money(connection, day)?;
    Ok(Totals::of(&books::entries_on(connection, day)?, &nothing))
}

/// What was noted on `day` as free, and not taken back.
pub(super) fn settled_without_money(
    connection: &Connection,
    day: Date,
) -> Result<Vec<Payment>, Error> {
    let mut payments = store::without_money(connection, day)?;
    payments.retain(|payment| payment.state() == State::Authorised);
    Ok(payments)
}

/// A day that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    #[serde(with = "day")]
    pub day: Date,
    #[serde(with = "clock::kept")]
    pub closed_at: Moment,
    pub totals: Totals,
    /// SHA-256 of the entries the totals were worked out from.
    pub digest: String,
    /// Why it was closed while something was not known.
    pub reason: Option<Reason>,
}

impl Closing {
    fn of(
        connection: &Connection,
        (day, closed_at): (Date, Moment),
        reason: Option<Reason>,
    ) -> Result<Closing, Error> {
        let entries = books::entries_on(connection, day)?;
        let nothing = settled_without_money(connection, day)?;
        let rows = json!([entries, nothing]).to_string();
        let digest = hex::digits(&Sha256::digest(rows.as_bytes()));
        Ok(Closing { day, closed_at, totals: Totals::of(&entries, &nothing), digest, reason })
    }

    /// Whether the rows still say what they said when the day was closed.
    pub(super) fn still_holds(&self, connection: &Connection) -> Result<bool, Error> {
        let now = Closing::of(connection, (self.day, self.closed_at), self.reason)?;
        Ok(now == *self)
    }
}

/// Whether something of a visit's money is not known yet: what was paid, or what of it went
/// back.
///
/// # Errors
/// Faults of storage.
pub fn is_open(connection: &Connection, visit: VisitId) -> Result<bool, Error> {
    for payment in store::of_visit(connection, visit)? {
        let backs = give_back::of_payment(connection, payment.id)?;
        if payment.state().is_open() || backs.iter().any(|back| back.state().is_open()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A payment of which something is not known: whether it was paid, or whether something of
/// it went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    pub visit: VisitId,
    pub payment: Payment,
    /// What may have gone back.
    pub back: Option<GiveBack>,
}

impl NotKnown {
    /// Since when somebody has been waiting for it.
    pub fn begun_at(&self) -> Moment {
        self.back.as_ref().map_or(self.payment.begun_at, |back| back.begun_at)
    }

    pub fn amount(&self) -> Yen {
        self.back.as_ref().map_or(self.payment.amount, |back| back.amount)
    }

    /// Where it was begun.
    pub fn counter(&self) -> u32 {
        self.back.as_ref().map_or(self.payment.counter, |back| back.counter)
    }
}

/// What is not known yet of a day and of those before it.
///
/// # Errors
/// Faults of storage.
pub fn not_known(connection: &Connection, day: Date) -> Result<Vec<NotKnown>, Error> {
    let of = |payment: Payment, back: Option<GiveBack>| -> Result<NotKnown, Error> {
        let visit = store::visit_of(connection, &payment)?;
        let visit = visit.ok_or(super::cannot_be("payment", "charge"))?;
        Ok(NotKnown { visit, payment, back })
    };
    let open = store::open(connection)?.into_iter().filter(|payment| payment.day <= day);
    let mut all = open.map(|payment| of(payment, None)).collect::<Result<Vec<_>, _>>()?;
    for back in give_back::open(connection)?.into_iter().filter(|back| back.day <= day) {
        let payment = store::get(connection, back.payment)?;
        all.push(of(payment.ok_or(super::cannot_be("give_back", "payment"))?, Some(back))?);
    }
    Ok(all)
}

/// Where the journal says that a day was closed: the number of that entry, and its hash,
/// which stands for all that was written before.
///
/// # Errors
/// Faults of storage.
pub fn sealed_at(connection: &Connection, day: Date) -> Result<Option<(i64, String)>, Error> {
    Ok(journal::stands_at(connection, &Entity::new("day", clock::iso_day(day)), CLOSED)?)
}

/// Closes a day: its totals stand from now on, and nothing is added to it.
///
/// # Errors
/// [`Error::NotKnown`] while something is, unless there is a `reason`;
/// [`Error::DayClosed`]; [`Error::NotYet`] for a day to come, or after one that is open.
pub fn close(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (day, reason): (Date, Option<Reason>),
) -> Result<Closing, Error> {
    if let Some(before) = journal::entity_of_op(tx, by.op, CLOSED)? {
        let closing = books::closings(tx)?.into_iter().find(|closing| closing.day == day);
        return closing.filter(|_| before == clock::iso_day(day)).ok_or(Error::Conflict);
    }
    let closed_at = now(journal);
    if books::day(tx, "select max(day) from day_close", [])?.is_some_and(|closed| closed >= day) {
        return Err(Error::DayClosed);
    }
    let before = books::first_open_day(tx)?;
    if day > closed_at.date() || before.is_some_and(|before| before < day) {
        return Err(Error::NotYet);
    }
    let open = not_known(tx, day)?.len();
    if open > 0 && reason.is_none() {
        return Err(Error::NotKnown(open));
    }
    let closing = Closing::of(tx, (day, closed_at), reason.filter(|_| open > 0))?;
    books::insert_closing(tx, &closing)?;
    let entity = Entity::new("day", clock::iso_day(day));
    record(tx, journal, by, (CLOSED, json!(closing)), entity)?;
    Ok(closing)
}
