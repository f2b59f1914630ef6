//! Whether the journal is whole.

use rusqlite::Connection;

use super::entry::{Row, beginning};
use super::row::{self, COLUMNS};
use super::store::Head;
use super::vault::OfficeKey;
use super::{Error, store, vault};
use crate::db;
use crate::hex;

/// Entries looked at when the program starts; the whole chain is verified by
/// `madoguchi verify`.
const TAIL_LEN: i64 = 1_000;

/// A journal in which every entry is what it was when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub logs: usize,
    pub entries: usize,
    /// The newest hash, for the closing report and the hub.
    pub head: Option<String>,
}

/// The first entry that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("log {log}: entry {expected} is missing, the next one is {found}")]
    Gap { log: String, expected: i64, found: i64 },
    #[error("log {log}: entry {seq} is not chained to the entry before it")]
    Unchained { log: String, seq: i64 },
    #[error("log {log}: entry {seq} was changed after it was written")]
    Changed { log: String, seq: i64 },
    #[error("log {log} does not continue its parent")]
    Orphan { log: String },
    #[error("log {log} ends at entry {seq}, which is not where it ended when it was written")]
    CutShort { log: String, seq: i64 },
    #[error("the journal is no longer protected: trigger {0} is missing")]
    Unprotected(&'static str),
}

/// What makes the tables append-only.
const TRIGGERS: [&str; 4] = [
    "journal_is_never_edited",
    "journal_is_never_shortened",
    "log_is_never_edited",
    "log_is_never_removed",
];

/// Reads the whole journal and names the first bad entry. With the office key
/// also what somebody without it could have made up: an end cut off, a chain
/// written anew.
pub fn verify(
    connection: &Connection,
    office_key: Option<&OfficeKey>,
) -> Result<Result<Verified, Broken>, Error> {
    if let Some(trigger) = missing_trigger(connection)? {
        return Ok(Err(Broken::Unprotected(trigger)));
    }
    let logs = logs(connection)?;
    if let Some(second) = logs.iter().skip(1).find(|log| log.parent.is_none()) {
        return Ok(Err(Broken::Orphan { log: second.id.clone() }));
    }
    let mut verified = Verified { logs: logs.len(), entries: 0, head: None };
    for log in &logs {
        if let Some(broken) = parent_mismatch(connection, log)? {
            return Ok(Err(broken));
        }
        let mut expected = Expected { log: log.id.clone(), seq: 1, prev: log.genesis.to_vec() };
        let mut statement = connection
            .prepare(&format!("select {COLUMNS}, hash from journal where log = ?1 order by seq"))?;
        let mut rows = statement.query([&log.id])?;
        while let Some(found) = rows.next()? {
            if let Err(broken) = expected.step(&row::read(found)?, &found.get::<_, Vec<u8>>(15)?) {
                return Ok(Err(broken));
            }
            verified.entries += 1;
        }
        if let Some(office_key) = office_key
            && let Err(broken) = ends_where_it_ended(connection, office_key, &expected.head())?
        {
            return Ok(Err(broken));
        }
        verified.head = Some(hex::digits(&expected.prev));
    }
    Ok(Ok(verified))
}

fn missing_trigger(connection: &Connection) -> Result<Option<&'static str>, Error> {
    let mut there =
        connection.prepare("select 1 from sqlite_schema where type = 'trigger' and name = ?1")?;
    for trigger in TRIGGERS {
        if !there.exists([trigger])? {
            return Ok(Some(trigger));
        }
    }
    Ok(None)
}

/// Whether the sealed head of a log says that it stands at `end`.
///
/// # Errors
/// [`Error::OfficeKey`] when another key sealed it.
pub(super) fn ends_where_it_ended(
    connection: &Connection,
    office_key: &OfficeKey,
    end: &Head,
) -> Result<Result<(), Broken>, Error> {
    let does = match store::sealed_head(connection, &end.log)? {
        Some(sealed) => vault::head_is(office_key, &end.log, &sealed, (end.seq, &end.hash))
            .map_err(|error| match error {
                Error::Unreadable { .. } => Error::OfficeKey(
                    "it is not the key of this database. Put the right office.key back".to_owned(),
                ),
                other => other,
            })?,
        // Only a log without entries has no head.
        None => end.seq == 0,
    };
    Ok(if does { Ok(()) } else { Err(Broken::CutShort { log: end.log.clone(), seq: end.seq }) })
}

/// Whether this office key belongs to this database, and every log ends where it
/// ended. For the start: an entry more would seal the end anew.
///
/// # Errors
/// [`Error::OfficeKey`] when it is another key: going on would mix the two.
/// [`Error::Broken`] when a log was cut short.
pub fn check_key(connection: &Connection, office_key: &OfficeKey) -> Result<(), Error> {
    for log in logs(connection)? {
        let head = store::head(connection, &log.id)?;
        ends_where_it_ended(connection, office_key, &head)??;
    }
    Ok(())
}

/// The newest entries only. For the writer after a disk fault, and at start.
pub fn check_tail(connection: &Connection) -> Result<(), db::Error> {
    let mut statement = connection.prepare(&format!(
        "select * from (select {COLUMNS}, hash from journal
         where log = (select id from log order by ordinal desc limit 1)
         order by seq desc limit ?1) order by seq"
    ))?;
    let mut rows = statement.query([TAIL_LEN])?;
    let mut expected: Option<Expected> = None;
    while let Some(found) = rows.next()? {
        let entry = row::read(found)?;
        let from_here =
            || Expected { log: entry.log.clone(), seq: entry.seq, prev: entry.prev_hash.clone() };
        expected
            .get_or_insert_with(from_here)
            .step(&entry, &found.get::<_, Vec<u8>>(15)?)
            .map_err(|broken| db::Error::Disk(broken.to_string()))?;
    }
    Ok(())
}

/// What the next entry of a log must look like.
struct Expected {
    log: String,
    seq: i64,
    prev: Vec<u8>,
}

impl Expected {
    /// Where the log stands before that entry.
    fn head(&self) -> Head {
        Head { log: self.log.clone(), seq: self.seq - 1, hash: self.prev.clone() }
    }

    fn step(&mut self, entry: &Row, hash: &[u8]) -> Result<(), Broken> {
        let log = || self.log.clone();
        let seq = entry.seq;
        if seq != self.seq {
            return Err(Broken::Gap { log: log(), expected: self.seq, found: seq });
        }
        // An entry whose own bytes do not give its hash was changed; one that is
        // whole but follows another hash was put there.
        if entry.hash() != hash {
            return Err(Broken::Changed { log: log(), seq });
        }
        if entry.prev_hash != self.prev {
            return Err(Broken::Unchained { log: log(), seq });
        }
        self.seq += 1;
        self.prev = hash.to_vec();
        Ok(())
    }
}

struct Log {
    id: String,
    genesis: [u8; 32],
    parent: Option<(String, i64, Vec<u8>)>,
}

fn logs(connection: &Connection) -> Result<Vec<Log>, Error> {
    let mut statement = connection
        .prepare("select id, site, parent, parent_seq, parent_hash from log order by ordinal")?;
    let logs = statement.query_map([], |row| {
        let id: String = row.get(0)?;
        let site: String = row.get(1)?;
        let parent_hash: Option<Vec<u8>> = row.get(4)?;
        let parent = match (row.get(2)?, row.get(3)?, &parent_hash) {
            (Some(parent), Some(seq), Some(hash)) => Some((parent, seq, hash.clone())),
            _ => None,
        };
        Ok(Log { genesis: beginning(&id, &site, parent_hash.as_deref()), id, parent })
    })?;
    Ok(logs.collect::<Result<_, _>>()?)
}

/// A log names the entry of its parent that it continues; that entry must be
/// there with that hash. A log that continues an empty one names its beginning.
fn parent_mismatch(connection: &Connection, log: &Log) -> Result<Option<Broken>, Error> {
    let Some((parent, seq, hash)) = &log.parent else { return Ok(None) };
    if *seq == 0 {
        return Ok(None);
    }
    let found: i64 = connection.query_row(
        "select count(*) from journal where log = ?1 and seq = ?2 and hash = ?3",
        rusqlite::params![parent, seq, hash],
        |row| row.get(0),
    )?;
    Ok((found == 0).then(|| Broken::Orphan { log: log.id.clone() }))
}
