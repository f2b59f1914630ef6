//! The journal's rows.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::Error;
use super::entry::{Entity, Event, Hash, Row, Stamp, beginning};
use super::row::{self, COLUMNS};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{LogId, OpId};

/// The log that entries go to now: the one opened last.
pub(super) fn open_log(connection: &Connection) -> Result<Option<LogId>, Error> {
    let id: Option<String> = connection
        .query_row("select id from log order by ordinal desc limit 1", [], |row| row.get(0))
        .optional()?;
    id.map(|id| id.parse().map_err(|_| db::Error::Inconsistent { table: "log", column: "id" }))
        .transpose()
        .map_err(Error::from)
}

/// Begins a new log that continues the one open until now, if any. A restored
/// database does this, so that no number of a log is ever used twice.
pub(super) fn begin_log(tx: &Tx<'_>, log: LogId, site: &str, now: Moment) -> Result<LogId, Error> {
    let parent = open_log(tx)?.map(|parent| head(tx, &parent.to_string())).transpose()?;
    let (parent_log, parent_seq, parent_hash) = match parent {
        Some(head) => (Some(head.log), Some(head.seq), Some(head.hash)),
        None => (None, None, None),
    };
    tx.execute(
        "insert into log (id, site, parent, parent_seq, parent_hash, opened_at)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![log.to_string(), site, parent_log, parent_seq, parent_hash, clock::rfc3339(now)],
    )?;
    Ok(log)
}

/// The same site's journal goes on in a new log, after a backup was restored.
pub fn continue_in_new_log(tx: &Tx<'_>, log: LogId, now: Moment) -> Result<LogId, Error> {
    let site: String =
        tx.query_row("select site from log order by ordinal desc limit 1", [], |row| row.get(0))?;
    begin_log(tx, log, &site, now)
}

/// Where a log stands: its newest entry, or its beginning.
pub(super) struct Head {
    pub log: String,
    pub seq: i64,
    pub hash: Vec<u8>,
}

pub(super) fn head(connection: &Connection, log: &str) -> Result<Head, Error> {
    let newest = connection
        .prepare_cached("select seq, hash from journal where log = ?1 order by seq desc limit 1")?
        .query_row([log], |row| {
            Ok(Head { log: log.to_owned(), seq: row.get(0)?, hash: row.get(1)? })
        })
        .optional()?;
    if let Some(head) = newest {
        return Ok(head);
    }
    let (site, parent_hash): (String, Option<Vec<u8>>) =
        connection.query_row("select site, parent_hash from log where id = ?1", [log], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let hash = beginning(log, &site, parent_hash.as_deref()).to_vec();
    Ok(Head { log: log.to_owned(), seq: 0, hash })
}

/// Where the open log stands.
pub(super) fn end(connection: &Connection) -> Result<Head, Error> {
    let log =
        open_log(connection)?.ok_or(db::Error::Inconsistent { table: "log", column: "id" })?;
    head(connection, &log.to_string())
}

/// A log, as it was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    pub id: LogId,
    /// `999997/honcho`.
    pub site: String,
    /// The log it goes on from: its number there, and the hash of that entry.
    pub parent: Option<(LogId, u64, [u8; 32])>,
    /// RFC 3339.
    pub opened_at: String,
}

/// All logs, in the order in which they were begun; the last one is open.
///
/// # Errors
/// Faults of storage.
pub fn logs(connection: &Connection) -> Result<Vec<LogRow>, Error> {
    let wrong = |column| db::Error::Inconsistent { table: "log", column };
    let mut rows = connection.prepare_cached(
        "select id, site, parent, parent_seq, parent_hash, opened_at from log order by ordinal",
    )?;
    let mut rows = rows.query([])?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let parent: Option<String> = row.get(2)?;
        let parent = match parent {
            Some(parent) => Some((
                parent.parse().map_err(|_| wrong("parent"))?,
                u64::try_from(row.get::<_, i64>(3)?).map_err(|_| wrong("parent_seq"))?,
                row.get(4)?,
            )),
            None => None,
        };
        let id = id.parse().map_err(|_| wrong("id"))?;
        logs.push(LogRow { id, site: row.get(1)?, parent, opened_at: row.get(5)? });
    }
    Ok(logs)
}

/// The entries of a log from number `first` on with their hashes, `most` at most.
///
/// # Errors
/// Faults of storage.
pub fn carried(
    connection: &Connection,
    log: LogId,
    first: u64,
    most: usize,
) -> Result<Vec<(Row, Hash)>, Error> {
    let mut rows = connection.prepare_cached(&format!(
        "select {COLUMNS}, hash from journal where log = ?1 and seq >= ?2 order by seq limit ?3"
    ))?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let first = i64::try_from(first).unwrap_or(i64::MAX);
    let rows = rows.query_map(params![log.to_string(), first, most], |one| {
        Ok((row::read(one)?, one.get(15)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Number and hash of the newest entry of a log that has any.
///
/// # Errors
/// Faults of storage.
pub fn ends_at(connection: &Connection, log: LogId) -> Result<Option<(u64, Hash)>, Error> {
    let head = head(connection, &log.to_string())?;
    let wrong = |column| db::Error::Inconsistent { table: "journal", column };
    let seq = u64::try_from(head.seq).map_err(|_| wrong("seq"))?;
    let hash = head.hash.try_into().map_err(|_| wrong("hash"))?;
    Ok((seq > 0).then_some((seq, hash)))
}

/// Adds an entry at the `end` of the open log; where the log stands then.
pub(super) fn append(
    tx: &Tx<'_>,
    end: Head,
    event: &Event<'_>,
    stamp: &Stamp<'_>,
    sealed: Option<&[u8]>,
) -> Result<Head, Error> {
    let seq = end.seq + 1;
    let row = Row::new(event, stamp, sealed, (end.log, seq), &end.hash);
    let hash = row.hash();
    row::write(tx, "journal", &row, &hash)?;
    Ok(Head { hash: hash.to_vec(), log: row.log, seq })
}

/// Keeps the sealed head of a log.
pub(super) fn keep_head(tx: &Tx<'_>, log: &str, sealed: &[u8]) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into journal_head (log, sealed) values (?1, ?2)
         on conflict (log) do update set sealed = excluded.sealed",
    )?
    .execute(params![log, sealed])?;
    Ok(())
}

/// The sealed head of a log that has entries.
pub(super) fn sealed_head(connection: &Connection, log: &str) -> Result<Option<Vec<u8>>, Error> {
    let sealed = connection
        .prepare_cached("select sealed from journal_head where log = ?1")?
        .query_row([log], |row| row.get(0))
        .optional()?;
    Ok(sealed)
}

/// The id of what an operation was done to, if an entry of this kind has it
/// already: the answer to a request that is sent a second time.
///
/// # Errors
/// [`Error::OpTaken`] when it stands for an act of another kind.
pub fn entity_of_op(
    connection: &Connection,
    op: OpId,
    kind: &str,
) -> Result<Option<String>, Error> {
    Ok(told_by_op(connection, op, kind)?.map(|(entity, _)| entity))
}

/// The same, with the facts as they were told then: what is sent a second time is held
/// against them, and against nothing that came later.
///
/// # Errors
/// [`Error::OpTaken`] when it stands for an act of another kind.
pub fn told_by_op(
    connection: &Connection,
    op: OpId,
    kind: &str,
) -> Result<Option<(String, Value)>, Error> {
    let found: Option<(String, String, String)> = connection
        .prepare_cached("select kind, entity_id, facts from journal where op_id = ?1")?
        .query_row([op.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match found {
        None => Ok(None),
        Some((done, entity, facts)) if done == kind => {
            let of = db::Error::Inconsistent { table: "journal", column: "facts" };
            Ok(Some((entity, serde_json::from_str(&facts).map_err(|_| of)?)))
        }
        Some(_) => Err(Error::OpTaken),
    }
}

/// Whether something of these `kinds` happened to an entity after the operation.
pub fn happened_after(
    connection: &Connection,
    op: OpId,
    entity: &Entity,
    kinds: &[&str],
) -> Result<bool, Error> {
    // A later log is one that a restored database went on in.
    let mut happened = connection.prepare_cached(
        "select exists (
           select 1 from journal one join journal other
           where one.op_id = ?1 and other.entity_kind = ?2 and other.entity_id = ?3
             and other.kind = ?4
             and (other.log = one.log and other.seq > one.seq or other.log > one.log))",
    )?;
    for kind in kinds {
        let about = params![op.to_string(), entity.kind, entity.id, kind];
        if happened.query_row(about, |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When an entry of this `kind` about an entity that has this fact was written first, if any
/// was.
///
/// # Errors
/// Faults of storage.
pub fn said_at(
    connection: &Connection,
    entity: &Entity,
    kind: &str,
    (fact, value): (&str, &str),
) -> Result<Option<Moment>, Error> {
    let mut rows = connection.prepare_cached(
        "select occurred_at from journal
         where entity_kind = ?1 and entity_id = ?2 and kind = ?3 and facts ->> ?4 = ?5
         order by rowid limit 1",
    )?;
    let mut rows = rows.query(params![entity.kind, entity.id, kind, fact, value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let at: String = row.get(0)?;
    let of = db::Error::Inconsistent { table: "journal", column: "occurred_at" };
    Ok(Some(clock::parse_rfc3339(&at).ok_or(of)?))
}

/// Number and hash of the last entry of this `kind` about an entity.
///
/// # Errors
/// Faults of storage.
pub fn stands_at(
    connection: &rusqlite::Connection,
    entity: &Entity,
    kind: &str,
) -> Result<Option<(i64, String)>, Error> {
    let mut rows = connection.prepare_cached(
        "select seq, lower(hex(hash)) from journal
         where entity_kind = ?1 and entity_id = ?2 and kind = ?3 order by rowid desc limit 1",
    )?;
    let mut rows = rows.query(params![entity.kind, entity.id, kind])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((row.get(0)?, row.get(1)?)))
}

/// What something of this `kind` happened to according to `other`'s journal and not
/// to this one.
///
/// # Errors
/// Faults of storage.
pub fn entities_unknown_to(
    connection: &Connection,
    other: &Connection,
    kind: &str,
) -> Result<Vec<String>, Error> {
    let mut known = connection.prepare_cached("select 1 from journal where op_id = ?1")?;
    let mut told = other.prepare_cached("select op_id, entity_id from journal where kind = ?1")?;
    let mut told = told.query([kind])?;
    let mut unknown = Vec::new();
    while let Some(row) = told.next()? {
        if !known.exists([row.get::<_, String>(0)?])? {
            unknown.push(row.get(1)?);
        }
    }
    Ok(unknown)
}

/// The kinds of everything that happened to an entity, oldest first.
#[cfg(test)]
pub(super) fn kinds(connection: &Connection, entity: &Entity) -> Result<Vec<String>, Error> {
    let mut rows = connection.prepare(
        "select kind from journal where entity_kind = ?1 and entity_id = ?2 order by log, seq",
    )?;
    let kinds = rows.query_map(params![entity.kind, entity.id], |row| row.get(0))?;
    Ok(kinds.collect::<Result<_, _>>()?)
}
