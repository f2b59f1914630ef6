//! Rows of entries, postings and closed days.

use rusqlite::{Connection, OptionalExtension, Row, params};
use time::Date;

use super::close::Closing;
use super::entry::{Entry, Kind, Posting, Side};
use super::store::{all, column, column_if_any};
use super::{Error, Reason, cannot_be};
use crate::clock::{self, parse_iso_day, parse_rfc3339};
use crate::db::{self, Tx};
use crate::id::{EntryId, PaymentId};
use crate::yen::Yen;

fn entry_row(row: &Row<'_>) -> Result<Entry, db::Error> {
    let of = |name| ("ledger_entry", name);
    Ok(Entry {
        id: column(row, of("id"), |text| text.parse().ok())?,
        day: column(row, of("day"), parse_iso_day)?,
        number: row.get("number")?,
        kind: column(row, of("kind"), Kind::from_id)?,
        payment: column_if_any(row, of("payment"), |text| text.parse().ok())?,
        reverses: column_if_any(row, of("reverses"), |text| text.parse().ok())?,
        concerns: column_if_any(row, of("concerns"), parse_iso_day)?,
        reason: column_if_any(row, of("reason"), Reason::from_id)?,
        counter: row.get("counter")?,
        at: column(row, of("at"), parse_rfc3339)?,
        postings: Vec::new(),
    })
}

fn posting_row(row: &Row<'_>) -> Result<Posting, db::Error> {
    Ok(Posting {
        account: row.get("account")?,
        side: column(row, ("posting", "side"), Side::from_id)?,
        amount: Yen(row.get("amount")?),
    })
}

fn entries(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Entry>, Error> {
    let query = format!("select * from ledger_entry where {condition}");
    let mut entries = all(connection, &query, key, entry_row)?;
    for entry in &mut entries {
        let query = "select * from posting where entry = ?1 order by place";
        entry.postings = all(connection, query, [entry.id.to_string()], posting_row)?;
    }
    Ok(entries)
}

pub(super) fn entry(connection: &Connection, id: EntryId) -> Result<Option<Entry>, Error> {
    Ok(entries(connection, "id = ?1", [id.to_string()])?.pop())
}

/// What a payment moved: first what was paid, then what was taken or given back.
pub fn entries_of(connection: &Connection, payment: PaymentId) -> Result<Vec<Entry>, Error> {
    entries(connection, "payment = ?1 order by day, number", [payment.to_string()])
}

/// Everything of a business day, in order.
pub fn entries_on(connection: &Connection, day: Date) -> Result<Vec<Entry>, Error> {
    entries(connection, "day = ?1 order by number", [clock::iso_day(day)])
}

/// All entries.
pub(super) fn all_entries(connection: &Connection) -> Result<Vec<Entry>, Error> {
    entries(connection, "true order by id", [])
}

/// Writes an entry, its postings first: the schema looks at them when the entry comes.
pub(super) fn insert_entry(tx: &Tx<'_>, entry: &Entry) -> Result<(), Error> {
    let mut add = tx.prepare_cached(
        "insert into posting (entry, place, account, side, amount) values (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (posting, place) in entry.postings.iter().zip(1_i64..) {
        let (id, side) = (entry.id.to_string(), posting.side.id());
        add.execute(params![id, place, posting.account, side, posting.amount.0])?;
    }
    tx.prepare_cached(
        "insert into ledger_entry
           (id, day, number, kind, payment, reverses, concerns, reason, counter, at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        entry.id.to_string(),
        clock::iso_day(entry.day),
        entry.number,
        entry.kind.id(),
        entry.payment.map(|payment| payment.to_string()),
        entry.reverses.map(|reverses| reverses.to_string()),
        entry.concerns.map(clock::iso_day),
        entry.reason.map(Reason::id),
        entry.counter,
        clock::rfc3339(entry.at),
    ])?;
    Ok(())
}

/// What moved on an account on a business day, above or below nothing.
pub(super) fn moved_on(connection: &Connection, account: &str, day: Date) -> Result<i64, Error> {
    let mut moved = connection.prepare_cached(
        "select coalesce(sum(case side when 'debit' then amount else -amount end), 0)
         from posting join ledger_entry on ledger_entry.id = entry
         where account = ?1 and day = ?2",
    )?;
    Ok(moved.query_row([account, &clock::iso_day(day)], |row| row.get(0))?)
}

fn closing_row(row: &Row<'_>) -> Result<Closing, db::Error> {
    let of = |name| ("day_close", name);
    Ok(Closing {
        day: column(row, of("day"), parse_iso_day)?,
        closed_at: column(row, of("closed_at"), parse_rfc3339)?,
        totals: column(row, of("totals"), |text| serde_json::from_str(text).ok())?,
        digest: row.get("digest")?,
        reason: column_if_any(row, of("reason"), Reason::from_id)?,
    })
}

/// All days that are closed, oldest first.
pub fn closings(connection: &Connection) -> Result<Vec<Closing>, Error> {
    all(connection, "select * from day_close order by day", [], closing_row)
}

pub(super) fn insert_closing(tx: &Tx<'_>, closing: &Closing) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into day_close (day, closed_at, totals, digest, reason)
         values (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        clock::iso_day(closing.day),
        clock::rfc3339(closing.closed_at),
        serde_json::json!(closing.totals).to_string(),
        closing.digest,
        closing.reason.map(Reason::id),
    ])?;
    Ok(())
}

pub(super) fn is_closed(connection: &Connection, day: Date) -> Result<bool, Error> {
    let mut rows = connection.prepare_cached("select 1 from day_close where day = ?1")?;
    Ok(rows.exists([clock::iso_day(day)])?)
}

/// The first day with something in it that is not closed.
pub(super) fn first_open_day(connection: &Connection) -> Result<Option<Date>, Error> {
    day(
        connection,
        "select min(day) from (
           select min(day) as day from payment_step
           where day > coalesce((select max(day) from day_close), '')
           union all
           select min(day) from ledger_entry
           where day > coalesce((select max(day) from day_close), ''))",
        [],
    )
}

/// A day that a query finds, if it finds one.
pub(super) fn day(
    connection: &Connection,
    query: &str,
    key: impl rusqlite::Params,
) -> Result<Option<Date>, Error> {
    let found: Option<Option<String>> =
        connection.prepare_cached(query)?.query_row(key, |row| row.get(0)).optional()?;
    let read = |text: String| parse_iso_day(&text).ok_or(cannot_be("ledger_entry", "day"));
    Ok(found.flatten().map(read).transpose()?)
}
