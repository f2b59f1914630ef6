//! The book of some days, line by line, and its sums: what 日計表 and 月計 are made of.
//! Worked out from the entries each time, so that what is printed again is the same.
//! What was taken back is a line below nothing; no line is left out.

use std::collections::BTreeMap;

use rusqlite::Connection;
use time::Date;

use super::charge::Line;
use super::entry::{Entry, Kind, OVER_SHORT, REVENUE};
use super::{Error, GiveBack, Payment, Reason, Slip, books, cannot_be, close, give_back, store};
use crate::clock::Moment;
use crate::id::EntryId;
use crate::lang::Words;
use crate::yen::Yen;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookLine {
    pub day: Date,
    /// 収納番号; none where nothing was paid.
    pub number: Option<u32>,
    pub at: Moment,
    pub what: What,
    /// The closed day it belongs to, where it came late.
    pub concerns: Option<Date>,
    pub reason: Option<Reason>,
    pub counter: u32,
    /// `cash`, `credit` …; what it moved on the other side of the revenue.
    pub tender: String,
    /// Where a terminal took it or gave it back.
    pub brand: Option<String>,
    pub slip: Option<Slip>,
    /// 節・細節; none for a difference in the cash.
    pub item: Option<String>,
    /// Of a fee; none where only its item is known.
    pub name: Option<Words>,
    pub unit: Option<Yen>,
    /// Below nothing where it was taken back.
    pub count: i64,
    pub amount: i64,
    /// So many of them free of charge.
    pub exempt: i64,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Paid,
    /// Noted as free.
    Free,
    Voided,
    Refunded,
    /// 現金過不足.
    Difference,
}

impl What {
    /// The word in files: `paid`.
    pub fn id(self) -> &'static str {
        match self {
            What::Paid => "paid",
            What::Free => "free",
            What::Voided => "voided",
            What::Refunded => "refunded",
            What::Difference => "difference",
        }
    }
}

/// The lines of a business day, in the order of the book; what was free comes last.
///
/// # Errors
/// Faults of storage.
pub fn lines_on(connection: &Connection, day: Date) -> Result<Vec<BookLine>, Error> {
    let mut lines = Vec::new();
    for entry in books::entries_on(connection, day)? {
        lines.extend(of_entry(connection, &entry)?);
    }
    let free = close::Free::of(connection, day)?;
    for payment in &free.noted {
        lines.extend(without_money(connection, (payment, What::Free))?);
    }
    for payment in &free.taken_back {
        lines.extend(without_money(connection, (payment, What::Voided))?);
    }
    Ok(lines)
}

fn of_entry(connection: &Connection, entry: &Entry) -> Result<Vec<BookLine>, Error> {
    let moved = entry.postings.iter().find(|posting| !posting.account.starts_with(REVENUE));
    let account = moved.map_or("", |posting| posting.account.as_str());
    let (tender, place) = account.split_once(':').unwrap_or((account, ""));
    let payment = match entry.payment {
        Some(id) => Some(store::get(connection, id)?.ok_or(cannot_be("ledger_entry", "payment"))?),
        None => None,
    };
    let is_by_terminal = !matches!(tender, "cash" | "later" | OVER_SHORT);
    let slip = match &payment {
        Some(payment) => slip_of(connection, payment, entry)?,
        None => None,
    };
    let line = BookLine {
        day: entry.day,
        number: Some(entry.number),
        at: entry.at,
        what: match entry.kind {
            Kind::Payment => What::Paid,
            Kind::Void => What::Voided,
            Kind::Refund => What::Refunded,
            Kind::Difference => What::Difference,
        },
        concerns: entry.concerns,
        reason: entry.reason,
        counter: entry.counter,
        tender: tender.to_owned(),
        brand: is_by_terminal.then(|| place.to_owned()),
        slip: slip.filter(|_| is_by_terminal),
        item: None,
        name: None,
        unit: None,
        count: 0,
        amount: 0,
        exempt: 0,
    };
    Ok(match (entry.kind, payment) {
        (Kind::Payment | Kind::Void, Some(payment)) => {
            let sign = if entry.kind == Kind::Void { -1 } else { 1 };
            let fees = lines_of(connection, &payment)?;
            fees.iter().map(|fee| line.with(fee, sign)).collect()
        }
        (Kind::Refund, _) => {
            let items = entry.postings.iter().filter_map(|posting| {
                let item = posting.account.strip_prefix(REVENUE)?.to_owned();
                Some(BookLine { item: Some(item), amount: -posting.signed(), ..line.clone() })
            });
            items.collect()
        }
        _ => {
            let short = entry.postings.iter().find(|posting| posting.account == OVER_SHORT);
            // What is over is more cash than the books had.
            let amount = short.map_or(0, |posting| -posting.signed());
            vec![BookLine { tender: "cash".to_owned(), brand: None, amount, ..line }]
        }
    })
}

/// The slip that stands for an entry: that of the payment, or that of what its terminal gave
/// back.
fn slip_of(
    connection: &Connection,
    payment: &Payment,
    entry: &Entry,
) -> Result<Option<Slip>, Error> {
    let given = give_back::of_payment(connection, payment.id)?.into_iter();
    let mut given = given.filter(|back| EntryId::from(back.id) == entry.id);
    let back = given.next();
    Ok(back.as_ref().and_then(GiveBack::slip).or(payment.slip()).cloned())
}

fn without_money(
    connection: &Connection,
    (payment, what): (&Payment, What),
) -> Result<Vec<BookLine>, Error> {
    let settled = payment.steps.last().ok_or(cannot_be("payment_step", "state"))?;
    let line = BookLine {
        day: settled.day,
        number: None,
        at: settled.at,
        what,
        concerns: settled.concerns,
        reason: settled.reason,
        counter: payment.counter,
        tender: payment.tender.id().to_owned(),
        brand: None,
        slip: None,
        item: None,
        name: None,
        unit: None,
        count: 0,
        amount: 0,
        exempt: 0,
    };
    let sign = if what == What::Voided { -1 } else { 1 };
    Ok(lines_of(connection, payment)?.iter().map(|fee| line.with(fee, sign)).collect())
}

fn lines_of(connection: &Connection, payment: &Payment) -> Result<Vec<Line>, Error> {
    let charge = store::charge(connection, payment.charge)?;
    Ok(charge.ok_or(cannot_be("payment", "charge"))?.lines)
}

impl BookLine {
    fn with(&self, fee: &Line, sign: i64) -> BookLine {
        let count = sign * i64::from(fee.count);
        BookLine {
            item: Some(fee.item.clone()),
            name: Some(fee.name.clone()),
            unit: Some(fee.unit),
            count,
            amount: sign * i64::from(fee.amount.0),
            exempt: if fee.exempt.is_some() { count } else { 0 },
            ..self.clone()
        }
    }
}

/// How much came and went. The number counts copies for an item, and payments for all
/// else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub count: i64,
    pub exempt: i64,
    /// 収納.
    pub taken: i64,
    /// 取消・還付, below nothing.
    pub back: i64,
}

impl Sums {
    /// 差引.
    pub fn net(&self) -> i64 {
        self.taken + self.back
    }

    fn add(&mut self, line: &BookLine, count: i64) {
        self.count += count;
        self.exempt += line.exempt;
        match line.amount {
            amount if amount < 0 => self.back += amount,
            amount => self.taken += amount,
        }
    }
}

/// The sums of some lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub by_item: BTreeMap<String, Sums>,
    /// By tender, and by brand where there is one: `emoney:suica`.
    pub by_tender: BTreeMap<String, Sums>,
    pub by_counter: BTreeMap<u32, Sums>,
    /// 現金過不足, by counter.
    pub over_short: BTreeMap<u32, i64>,
    pub all: Sums,
}

impl Summary {
    pub fn of(lines: &[BookLine]) -> Summary {
        let mut summary = Summary::default();
        let mut before: Option<(Date, Option<u32>, Moment, What)> = None;
        for line in lines {
            if line.what == What::Difference {
                *summary.over_short.entry(line.counter).or_default() += line.amount;
                continue;
            }
            // The lines of one payment stand together; it is counted with the first.
            let this = Some((line.day, line.number, line.at, line.what));
            let count = match line.what {
                _ if this == before => 0,
                What::Paid | What::Free => 1,
                What::Voided => -1,
                What::Refunded | What::Difference => 0,
            };
            before = this;
            let item = line.item.clone().unwrap_or_default();
            summary.by_item.entry(item).or_default().add(line, line.count);
            summary.by_tender.entry(line.account()).or_default().add(line, count);
            summary.by_counter.entry(line.counter).or_default().add(line, count);
            summary.all.add(line, count);
        }
        summary
    }
}

impl BookLine {
    /// `cash`, `later`, `emoney:suica`.
    pub fn account(&self) -> String {
        match &self.brand {
            Some(brand) => format!("{}:{brand}", self.tender),
            None => self.tender.clone(),
        }
    }
}
