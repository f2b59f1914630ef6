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
use super::{Error, books, cannot_be};
use crate::clock;
use crate::db::Tx;
use crate::journal::{self, Entity, Journal};

const COMPARED: &str = "day.compared";

/// How an account begins that a terminal knows of, too.
const TERMINALS: [&str; 4] = ["credit:", "debit:", "emoney:", "qr:"];

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
        self.brands.iter().filter(|brand| brand.ours != brand.told)
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
    Ok(sums(&books::entries_on(connection, day)?))
}

fn sums(entries: &[Entry]) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for entry in entries {
        for posting in entry.postings.iter().filter(|one| is_of_a_terminal(&one.account)) {
            let sum = sums.entry(posting.account.clone()).or_default();
            sum.amount += posting.signed();
            sum.count += match entry.kind {
                Kind::Payment => 1,
                Kind::Void => -1,
                Kind::Refund | Kind::Difference => 0,
            };
        }
    }
    sums
}

fn is_of_a_terminal(account: &str) -> bool {
    TERMINALS.iter().any(|kind| account.strip_prefix(kind).is_some_and(|brand| !brand.is_empty()))
}

/// The books beside what was told; a brand that one of them lacks is nothing there.
fn beside(
    connection: &Connection,
    day: Date,
    told: &BTreeMap<String, Sum>,
) -> Result<Comparison, Error> {
    let ours = brands(connection, day)?;
    let mut accounts: Vec<&String> = ours.keys().chain(told.keys()).collect();
    accounts.sort();
    accounts.dedup();
    let brand = |account: &String| Brand {
        account: account.clone(),
        ours: ours.get(account).copied().unwrap_or_default(),
        told: told.get(account).copied().unwrap_or_default(),
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
