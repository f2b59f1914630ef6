//! 突合: what the terminals' own reports say of a day beside the books. Differences are
//! listed and kept in the journal; nothing is mended by it.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;

use super::acts::{By, record};
use super::charge::day;
use super::entry::{Entry, Kind};
use super::{Error, books, cannot_be, store};
use crate::clock;
use crate::db::Tx;
use crate::journal::{self, Entity, Journal};
use crate::yen::Yen;

const COMPARED: &str = "day.compared";

/// How an account begins that a terminal knows of, too.
const TERMINALS: [&str; 4] = ["credit:", "debit:", "emoney:", "qr:"];

/// How an account of what was paid by the desk's own code begins: the company tells of it
/// apart, for no terminal saw it.
const BY_CODE: &str = "jpqr:";

/// How often something was paid, less what was voided; and how much, less what went back
/// the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub count: i64,
    pub amount: i64,
}

/// One brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// `emoney:suica`.
    pub account: String,
    pub ours: Sum,
    pub told: Sum,
    /// So many payments that were given back whole as refunds. To the books such a one is
    /// paid and given back; a terminal may count it as a void, which is not counted at all.
    #[serde(default, skip_serializing_if = "is_none")]
    pub whole_back: i64,
}

fn is_none(count: &i64) -> bool {
    *count == 0
}

impl Brand {
    /// Whether the two do not say the same. The amounts are equal to the yen, and so are the
    /// counts, but for what either may count as it likes.
    pub fn differs(&self) -> bool {
        let counts = self.ours.count - self.whole_back..=self.ours.count;
        self.ours.amount != self.told.amount || !counts.contains(&self.told.count)
    }
}

/// The brands of a day, each by its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    #[serde(with = "day")]
    pub day: Date,
    pub brands: Vec<Brand>,
}

impl Comparison {
    /// Where the two do not say the same.
    pub fn differences(&self) -> impl Iterator<Item = &Brand> {
        self.brands.iter().filter(|brand| brand.differs())
    }

    /// Whether the books still say what they said when they were compared.
    ///
    /// # Errors
    /// Faults of storage.
    pub fn still_holds(&self, connection: &Connection) -> Result<bool, Error> {
        let told = self.brands.iter().map(|brand| (brand.account.clone(), brand.told));
        Ok(beside(connection, self.day, &told.collect())? == *self)
    }
}

/// What the books say of each brand on a business day.
pub fn brands(connection: &Connection, day: Date) -> Result<BTreeMap<String, Sum>, Error> {
    let ours = ours(connection, day)?.into_iter();
    Ok(ours.map(|(account, (sum, _))| (account, sum)).collect())
}

/// The same, and how many payments of it were given back whole.
fn ours(connection: &Connection, day: Date) -> Result<BTreeMap<String, (Sum, i64)>, Error> {
    let mut sums: BTreeMap<String, (Sum, i64)> = BTreeMap::new();
    for entry in books::entries_on(connection, day)? {
        for posting in entry.postings.iter().filter(|one| is_of_a_terminal(&one.account)) {
            let account = told_as(connection, &entry, &posting.account)?;
            let (sum, whole_back) = sums.entry(account).or_default();
            sum.amount += posting.signed();
            sum.count += match entry.kind {
                Kind::Payment => 1,
                Kind::Void => -1,
                Kind::Refund | Kind::Difference => 0,
            };
            *whole_back += i64::from(is_whole_back(connection, &entry, posting.amount)?);
        }
    }
    Ok(sums)
}

/// Whether a refund gave all of its payment back at once.
fn is_whole_back(connection: &Connection, entry: &Entry, amount: Yen) -> Result<bool, Error> {
    let paid = match (entry.kind, entry.payment) {
        (Kind::Refund, Some(payment)) => store::get(connection, payment)?,
        _ => None,
    };
    Ok(paid.is_some_and(|paid| paid.amount == amount))
}

/// The account as whoever tells of it has it.
fn told_as(connection: &Connection, entry: &Entry, account: &str) -> Result<String, Error> {
    let paid = entry.payment.map(|id| store::get(connection, id)).transpose()?.flatten();
    let by_code = paid.and_then(|paid| paid.at).is_some_and(|at| at.is_the_code());
    Ok(match account.split_once(':') {
        Some((_, brand)) if by_code => format!("{BY_CODE}{brand}"),
        _ => account.to_owned(),
    })
}

fn is_of_a_terminal(account: &str) -> bool {
    let mut kinds = TERMINALS.iter().chain([&BY_CODE]);
    kinds.any(|kind| account.strip_prefix(kind).is_some_and(|brand| !brand.is_empty()))
}

/// The books beside what was told; a brand that one of them lacks is nothing there.
fn beside(
    connection: &Connection,
    day: Date,
    told: &BTreeMap<String, Sum>,
) -> Result<Comparison, Error> {
    let ours = ours(connection, day)?;
    let mut accounts: Vec<&String> = ours.keys().chain(told.keys()).collect();
    accounts.sort();
    accounts.dedup();
    let brand = |account: &String| {
        let (ours, whole_back) = ours.get(account).copied().unwrap_or_default();
        let told = told.get(account).copied().unwrap_or_default();
        Brand { account: account.clone(), ours, told, whole_back }
    };
    Ok(Comparison { day, brands: accounts.into_iter().map(brand).collect() })
}

/// Holds the terminals' totals against the books, and keeps what came of it. A day that
/// is closed can be compared, too: reports come late.
///
/// # Errors
/// [`Error::WrongTender`] for what no terminal takes; [`Error::Conflict`] when the press
/// said something else.
pub fn compare(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (day, told): (Date, &BTreeMap<String, Sum>),
) -> Result<Comparison, Error> {
    if !told.keys().all(|account| is_of_a_terminal(account)) {
        return Err(Error::WrongTender);
    }
    let comparison = beside(tx, day, told)?;
    if let Some((before, facts)) = journal::told_by_op(tx, by.op, COMPARED)? {
        let kept: Comparison = read(facts)?;
        let same = before == clock::iso_day(day) && told_in(&kept, told);
        return if same { Ok(kept) } else { Err(Error::Conflict) };
    }
    let entity = Entity::new("day", clock::iso_day(day));
    record(tx, journal, by, (COMPARED, json!(comparison)), entity)?;
    Ok(comparison)
}

fn told_in(kept: &Comparison, told: &BTreeMap<String, Sum>) -> bool {
    let nothing = Sum::default();
    kept.brands.iter().all(|brand| told.get(&brand.account).unwrap_or(&nothing) == &brand.told)
}

/// What the last comparison of a day said.
pub fn compared(connection: &Connection, day: Date) -> Result<Option<Comparison>, Error> {
    let mut rows = connection.prepare_cached(
        "select facts from journal where entity_kind = 'day' and entity_id = ?1 and kind = ?2
         order by rowid desc limit 1",
    )?;
    let mut rows = rows.query([&clock::iso_day(day), COMPARED])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let facts: String = row.get(0)?;
    read(facts.parse().unwrap_or_default()).map(Some)
}

/// A comparison, as the journal keeps it.
fn read(facts: Value) -> Result<Comparison, Error> {
    Ok(serde_json::from_value(facts).map_err(|_| cannot_be("journal", "facts"))?)
}
