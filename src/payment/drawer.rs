//! The drawer (現金): what it should hold, what was counted in it, and the difference in
//! the books (現金過不足). Nobody mends it silently.

use rusqlite::Connection;
use serde_json::{Value, json};
use time::Date;

use super::acts::{By, New, record};
use super::close::business_day;
use super::entry::{self, Entry, Kind, cash_at};
use super::{Error, Reason, books, cannot_be, now};
use crate::clock::{self, Moment, parse_rfc3339};
use crate::db::Tx;
use crate::id::EntryId;
use crate::journal::{self, Entity, Journal};

pub(super) const COUNTED: &str = "cash.counted";

/// Notes what was counted in the drawer of a counter: what it took on that business day,
/// without the change it began with; less than nothing where it gave back more than it
/// took. What is not as it should be is an entry of that day.
///
/// # Errors
/// [`Error::DayClosed`]; [`Error::NotYet`] for a day to come; [`Error::MovedOn`] once
/// money of a later day has moved: then nobody can say what the drawer held;
/// [`Error::TooMuch`]; [`Error::Conflict`] when the press said something else.
pub fn count_cash(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (day, counter, counted): (Date, u32, i64),
) -> Result<Option<Entry>, Error> {
    let said = format!("{counter}");
    let facts = |expected: Option<i64>, entry: Option<&Entry>| {
        json!({
            "day": clock::iso_day(day), "counted": counted.to_string(),
            "expected": expected, "entry": entry,
        })
    };
    // The same press is held against what it said itself: the drawer may have been
    // counted again since.
    if let Some((before, told)) = journal::told_by_op(tx, by.op, COUNTED)? {
        let own = facts(None, None);
        let same = before == said && ["day", "counted"].iter().all(|name| told[name] == own[name]);
        return if same { books::entry(tx, EntryId::from(by.op)) } else { Err(Error::Conflict) };
    }
    let at = now(journal);
    may_be_counted(tx, day, at)?;
    let expected = books::moved_on(tx, &cash_at(counter), day)?;
    let difference = entry::difference(counter, counted, expected)?;
    let entry = difference.map(|postings| {
        let new = New { kind: Kind::Difference, payment: None, counter };
        new.entry(tx, (EntryId::from(by.op), day, at), (None, Some(Reason::Counted)), postings)
    });
    let entry = entry.transpose()?;
    entry.as_ref().map_or(Ok(()), |entry| books::insert_entry(tx, entry))?;
    let told = (COUNTED, facts(Some(expected), entry.as_ref()));
    record(tx, journal, by, told, Entity::new("cash", said))?;
    Ok(entry)
}

fn may_be_counted(tx: &Tx<'_>, day: Date, at: Moment) -> Result<(), Error> {
    if books::day(tx, "select max(day) from day_close", [])?.is_some_and(|closed| closed >= day) {
        return Err(Error::DayClosed);
    }
    if day > business_day(tx, at.date())? {
        return Err(Error::NotYet);
    }
    let moved = books::day(tx, "select max(day) from ledger_entry", [])?;
    if moved.is_some_and(|moved| moved > day) { Err(Error::MovedOn) } else { Ok(()) }
}

/// The drawer of one counter on a business day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawer {
    pub counter: u32,
    /// What it should hold besides the change it began with.
    pub expected: i64,
    /// What was counted last, and when.
    pub counted: Option<(i64, Moment)>,
}

impl Drawer {
    /// Whether it was counted, and nothing has moved in it since.
    pub fn is_counted(&self) -> bool {
        self.counted.is_some_and(|(counted, _)| counted == self.expected)
    }
}

/// The drawers that cash moved in on a business day, and these counters'.
pub fn drawers(
    connection: &Connection,
    day: Date,
    counters: impl IntoIterator<Item = u32>,
) -> Result<Vec<Drawer>, Error> {
    let totals = super::totals(connection, day)?;
    let cash = totals.accounts.keys().filter_map(|account| account.strip_prefix("cash:"));
    let moved = cash.filter_map(|counter| counter.parse().ok());
    let mut counters: Vec<u32> = counters.into_iter().chain(moved).collect();
    counters.sort_unstable();
    counters.dedup();
    let drawer = |counter: u32| -> Result<Drawer, Error> {
        let expected = totals.accounts.get(&cash_at(counter)).copied().unwrap_or_default();
        Ok(Drawer { counter, expected, counted: last_count(connection, day, counter)? })
    };
    counters.into_iter().map(drawer).collect()
}

fn last_count(
    connection: &Connection,
    day: Date,
    counter: u32,
) -> Result<Option<(i64, Moment)>, Error> {
    let mut rows = connection.prepare_cached(
        "select facts, occurred_at from journal
         where entity_kind = 'cash' and entity_id = ?1 and kind = ?2
           and json_extract(facts, '$.day') = ?3
         order by rowid desc limit 1",
    )?;
    let mut rows = rows.query([&counter.to_string(), COUNTED, &clock::iso_day(day)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (facts, at): (String, String) = (row.get(0)?, row.get(1)?);
    let facts: Value = serde_json::from_str(&facts).unwrap_or_default();
    let counted = facts["counted"].as_str().and_then(|counted| counted.parse().ok());
    let read = counted.zip(parse_rfc3339(&at));
    Ok(Some(read.ok_or(cannot_be("journal", "facts"))?))
}
