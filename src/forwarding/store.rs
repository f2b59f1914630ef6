//! What the counter holds of each log, and what travels beside the journal.
//!
//! The journal's own logs are never copied: they are read where they are. An identity
//! stands in the journal once, so what is taken over into another log lies in tables of
//! its own, and so does what the hub has otherwise of a log that could not be gone on with;
//! up to where both had the same, that version is read from the journal.

use rusqlite::{Connection, OptionalExtension, params};

use crate::db::{self, Tx};
use crate::id::LogId;
use crate::journal::{self, Error, LogRow, ROW_COLUMNS, Row};
use crate::sync::forwarder::{Log, Part};
use crate::sync::message::Link;
use crate::sync::{Entry, Hash, Incarnation, Mark, Watermark, batch};

/// A log that travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traveller {
    pub row: LogRow,
    pub log: Log,
    pub lies: Lies,
    /// Of the hub's version: up to this one, it is the journal.
    pub shared: u64,
}

impl Traveller {
    /// Where its entry of this number is.
    fn lies_at(&self, seq: u64) -> Lies {
        if seq <= self.shared { Lies::InTheJournal } else { self.lies }
    }
}

/// Where its entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    InTheJournal,
    Beside,
}

impl Lies {
    fn table(self) -> &'static str {
        match self {
            Lies::InTheJournal => "journal",
            Lies::Beside => "side_entry",
        }
    }
}

/// What its first entry hangs on.
pub(super) fn beginning(row: &LogRow) -> Hash {
    let parent = row.parent.as_ref().map(|(_, _, hash)| hash.as_slice());
    journal::beginning(&row.id.to_string(), &row.site, parent)
}

/// All of them: what travels beside the journal first, for it is older; the open log
/// last. Of a log that could not be gone on with, the hub's version stands for it.
pub(super) fn travellers(connection: &Connection) -> Result<Vec<Traveller>, Error> {
    let mut all = beside(connection)?;
    let stood_for: Vec<LogId> = all.iter().map(|one| one.row.id).collect();
    for row in journal::logs(connection)? {
        if !stood_for.contains(&row.id) {
            all.push(traveller(connection, row, (Lies::InTheJournal, 0), Part::Open)?);
        }
    }
    Ok(all)
}

/// A log as the journal has it, whatever stands for it.
pub(super) fn in_the_journal(
    connection: &Connection,
    log: LogId,
) -> Result<Option<Traveller>, Error> {
    let row = journal::logs(connection)?.into_iter().find(|row| row.id == log);
    row.map(|row| traveller(connection, row, (Lies::InTheJournal, 0), Part::Open)).transpose()
}

fn beside(connection: &Connection) -> Result<Vec<Traveller>, Error> {
    let mut rows = connection.prepare_cached(
        "select id, part, complete, site, parent, parent_seq, parent_hash, opened_at, shared
         from side_log order by ordinal",
    )?;
    let mut rows = rows.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let part = match row.get_ref(1)?.as_str() {
            Ok("kept") => Part::Kept { complete: row.get(2)? },
            _ => Part::Open,
        };
        let parent: Option<String> = row.get(4)?;
        let parent = match parent {
            Some(log) => Some((id(&log)?, number(row.get(5)?)?, row.get(6)?)),
            None => None,
        };
        let id = id(&row.get::<_, String>(0)?)?;
        let shared = number(row.get(8)?)?;
        let row = LogRow { id, site: row.get(3)?, parent, opened_at: row.get(7)? };
        all.push(traveller(connection, row, (Lies::Beside, shared), part)?);
    }
    Ok(all)
}

fn traveller(
    connection: &Connection,
    row: LogRow,
    (lies, shared): (Lies, u64),
    part: Part,
) -> Result<Traveller, Error> {
    let id = row.id.to_string();
    let newest = format!("select coalesce(max(seq), 0) from {} where log = ?1", lies.table());
    let end: i64 = connection.prepare_cached(&newest)?.query_row([&id], |row| row.get(0))?;
    let end = number(end)?.max(shared);
    let known = connection
        .prepare_cached("select acked, acked_hash, hub, backed_up from forwarded where log = ?1")?
        .query_row([&id], |row| {
            let hub: Option<[u8; 16]> = row.get(2)?;
            Ok((row.get(0)?, row.get(1)?, hub.map(Incarnation), row.get(3)?))
        })
        .optional()?;
    let known = match known {
        Some((acked, hash, hub, backed_up)) => Watermark {
            log: row.id,
            acked: Mark { seq: number(acked)?, hash },
            hub,
            backed_up: number(backed_up)?,
        },
        None => Watermark::new(row.id, beginning(&row)),
    };
    Ok(Traveller { log: Log { known, end, part }, row, lies, shared })
}

/// The hash of an entry that is held, and for 0 what the first one hangs on.
pub(super) fn hash_at(
    connection: &Connection,
    one: &Traveller,
    seq: u64,
) -> Result<Option<Hash>, Error> {
    if seq == 0 {
        return Ok(Some(beginning(&one.row)));
    }
    let table = one.lies_at(seq).table();
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    let hash = connection
        .prepare_cached(&format!("select hash from {table} where log = ?1 and seq = ?2"))?
        .query_row(params![one.row.id.to_string(), seq], |row| row.get(0))
        .optional()?;
    Ok(hash)
}

/// The next batch of a log, from entry `first` on.
pub(super) fn next_batch(
    connection: &Connection,
    one: &Traveller,
    first: u64,
    most: batch::Most,
) -> Result<Vec<Entry<Row>>, Error> {
    let lies = one.lies_at(first);
    let entries = format!(
        "select {ROW_COLUMNS}, hash from {} where log = ?1 and seq between ?2 and ?3
         order by seq limit ?4",
        lies.table()
    );
    // The journal goes on otherwise than the hub's version does.
    let last = if lies == one.lies { u64::MAX } else { one.shared };
    let count = i64::try_from(most.entries).unwrap_or(i64::MAX);
    let mut entries = connection.prepare_cached(&entries)?;
    let entries = entries
        .query_map(params![one.row.id.to_string(), signed(first), signed(last), count], |row| {
            Ok((journal::read_row(row)?, row.get::<_, Hash>(15)?))
        })?;
    let mut batch = Vec::new();
    for entry in entries {
        let (body, hash) = entry?;
        let before = body.prev_hash.clone().try_into().map_err(|_| wrong("prev_hash"))?;
        batch.push(Entry { link: Link { seq: number(body.seq)?, before, hash }, body });
    }
    batch.truncate(batch::cut(batch.iter().map(|entry| entry.body.size()), most));
    Ok(batch)
}

/// Notes how far the hub is.
pub(super) fn keep(tx: &Tx<'_>, known: &Watermark) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into forwarded (log, acked, acked_hash, hub, backed_up) values (?1, ?2, ?3, ?4, ?5)
         on conflict (log) do update set acked = excluded.acked, acked_hash = excluded.acked_hash,
           hub = excluded.hub, backed_up = excluded.backed_up",
    )?
    .execute(params![
        known.log.to_string(),
        signed(known.acked.seq),
        known.acked.hash,
        known.hub.map(|hub| hub.0),
        signed(known.backed_up),
    ])?;
    Ok(())
}

/// Makes room for the hub's version of a log; nothing of it is here yet but what both have,
/// up to entry `shared` of the journal.
pub(super) fn await_version_of(tx: &Tx<'_>, row: &LogRow, shared: u64) -> Result<(), Error> {
    let id = row.id.to_string();
    tx.execute("delete from side_entry where log = ?1", [&id])?;
    tx.execute("delete from forwarded where log = ?1", [&id])?;
    let known = "select 1 from side_log where id = ?1";
    if !tx.prepare(known)?.exists([&id])? {
        begin(tx, row, ("kept", false))?;
    }
    tx.execute(
        "update side_log set part = 'kept', complete = 0, shared = ?2 where id = ?1",
        params![id, signed(shared)],
    )?;
    Ok(())
}

/// The hub's version of a log is here, all of it.
pub(super) fn is_complete(tx: &Tx<'_>, log: LogId) -> Result<(), Error> {
    tx.execute("update side_log set complete = 1 where id = ?1", [log.to_string()])?;
    Ok(())
}

/// Adds what the hub holds of a log.
pub(super) fn append(tx: &Tx<'_>, entries: &[Entry<Row>]) -> Result<(), Error> {
    entries.iter().try_for_each(|entry| insert(tx, &entry.body, &entry.link.hash))
}

/// A new log with every act of the entries of `one` that travels in no other log beside
/// the journal. `None` when there is nothing to take over.
pub(super) fn copy(
    tx: &Tx<'_>,
    one: &Traveller,
    new: LogId,
    at: String,
) -> Result<Option<LogId>, Error> {
    let acts = format!(
        "select {ROW_COLUMNS} from {table} as own
         where log = ?1 and seq > ?3 and not exists (
           select 1 from side_entry other where other.op_id = own.op_id and other.log <> ?2)
         order by seq",
        table = one.lies.table()
    );
    // The hub's version of the same log counts as another where the entries are the
    // journal's, and not where they are that version.
    let own = match one.lies {
        Lies::InTheJournal => String::new(),
        Lies::Beside => one.row.id.to_string(),
    };
    let mut acts = tx.prepare(&acts)?;
    let mut acts = acts.query(params![one.row.id.to_string(), own, signed(one.shared)])?;
    let end = one.log.end;
    let hash = hash_at(tx, one, end)?.ok_or_else(|| wrong("hash"))?;
    let site = one.row.site.clone();
    let row = LogRow { id: new, site, parent: Some((one.row.id, end, hash)), opened_at: at };
    let (mut seq, mut before) = (0, beginning(&row));
    while let Some(act) = acts.next()? {
        if seq == 0 {
            begin(tx, &row, ("copy", true))?;
        }
        seq += 1;
        let act = Row {
            log: new.to_string(),
            seq,
            prev_hash: before.to_vec(),
            ..journal::read_row(act)?
        };
        before = act.hash();
        insert(tx, &act, &before)?;
    }
    Ok((seq > 0).then_some(new))
}

fn begin(tx: &Tx<'_>, row: &LogRow, (part, complete): (&str, bool)) -> Result<(), Error> {
    let (log, seq, hash) = match &row.parent {
        Some((log, seq, hash)) => (Some(log.to_string()), Some(signed(*seq)), Some(*hash)),
        None => (None, None, None),
    };
    tx.execute(
        "insert into side_log (id, part, complete, site, parent, parent_seq, parent_hash, opened_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![row.id.to_string(), part, complete, row.site, log, seq, hash, row.opened_at],
    )?;
    Ok(())
}

fn insert(tx: &Tx<'_>, row: &Row, hash: &Hash) -> Result<(), Error> {
    journal::write_row(tx, Lies::Beside.table(), row, hash)
}

/// What is not at the hub yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub entries: u64,
    /// When the oldest of it happened, RFC 3339.
    pub since: Option<String>,
    /// What the hub has, and no backup of the hub.
    pub unsaved: u64,
}

/// What waits to be sent.
///
/// # Errors
/// Faults of storage.
pub fn waiting(connection: &Connection) -> Result<Waiting, Error> {
    let mut waiting = Waiting::default();
    for one in travellers(connection)? {
        let acked = one.log.known.acked.seq;
        waiting.entries += one.log.end.saturating_sub(acked);
        waiting.unsaved += acked.saturating_sub(one.log.known.backed_up);
        let table = one.lies_at(acked + 1).table();
        let oldest = format!("select occurred_at from {table} where log = ?1 and seq = ?2");
        let oldest: Option<String> = connection
            .prepare_cached(&oldest)?
            .query_row(params![one.row.id.to_string(), signed(acked + 1)], |row| row.get(0))
            .optional()?;
        waiting.since = [waiting.since, oldest].into_iter().flatten().min();
    }
    Ok(waiting)
}

/// A log and the hub's had parted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// `hub_went_back`, as the journal has it.
    pub incident: String,
    /// RFC 3339.
    pub at: String,
}

/// How many of the newest are told of.
const PARTED_MAX: u32 = 10;

/// When logs and the hub's had parted, newest first.
///
/// # Errors
/// Faults of storage.
pub fn parted(connection: &Connection) -> Result<Vec<Parted>, Error> {
    let mut rows = connection.prepare_cached(
        "select facts ->> 'incident', occurred_at from journal
         where entity_kind = 'log' and kind = ?1 order by rowid desc limit ?2",
    )?;
    let rows = rows.query_map(params![journal::PARTED, PARTED_MAX], |row| {
        Ok(Parted { incident: row.get(0)?, at: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn id(text: &str) -> Result<LogId, Error> {
    text.parse().map_err(|_| wrong("id"))
}

fn number(held: i64) -> Result<u64, Error> {
    u64::try_from(held).map_err(|_| wrong("seq"))
}

/// As SQLite counts.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn wrong(column: &'static str) -> Error {
    Error::Db(db::Error::Inconsistent { table: "side_log", column })
}
