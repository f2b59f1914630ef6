//! Notices in the office's own database.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::clock::{Moment, parse_rfc3339, rfc3339};
use crate::db::{self, Tx};
use crate::id::SeriesId;
use crate::journal::Error;
use crate::notice::{Notice, Place, Signed};
use crate::sync::Hash;

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its time has not come.
    Waiting,
    Applied,
    Refused,
}

impl State {
    fn from_id(id: &str) -> Option<State> {
        match id {
            "waiting" => Some(State::Waiting),
            "applied" => Some(State::Applied),
            "refused" => Some(State::Refused),
            _ => None,
        }
    }
}

/// A notice that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub ordinal: i64,
    pub notice: Notice,
    /// From when on it is to be done.
    pub due_at: String,
}

/// As it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub number: u64,
    pub kind: String,
    pub state: State,
    /// RFC 3339; while it waits, when it is due.
    pub at: String,
    /// A code, and then what is wrong, a line each.
    pub reason: Option<String>,
}

/// What arrived last and was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// `signature`, as [`crate::notice::Refused::id`] names it.
    pub why: String,
    /// RFC 3339.
    pub at: String,
}

/// How far notices are held.
pub(super) fn place(connection: &Connection) -> Result<Option<Place>, Error> {
    let newest = connection
        .prepare_cached("select series, number, hash from notice order by ordinal desc limit 1")?
        .query_row([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Hash>(2)?))
        })
        .optional()?;
    let Some((series, number, hash)) = newest else { return Ok(None) };
    let series = series.parse().map_err(|_| wrong("series"))?;
    let number = u64::try_from(number).map_err(|_| wrong("number"))?;
    Ok(Some(Place { series, number, hash }))
}

/// The hash of one that is held.
pub(super) fn hash_at(
    connection: &Connection,
    series: SeriesId,
    number: u64,
) -> Result<Option<Hash>, Error> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    Ok(connection
        .prepare_cached("select hash from notice where series = ?1 and number = ?2")?
        .query_row(params![series.to_string(), number], |row| row.get(0))
        .optional()?)
}

/// Keeps a notice that is to be taken.
pub(super) fn keep(
    tx: &Tx<'_>,
    (signed, notice): (&Signed, &Notice),
    now: Moment,
) -> Result<(), Error> {
    // Texts of different offsets would not sort as times do; and what is to be done at once
    // does not wait for a hub whose clock goes ahead.
    let at = |text: &String| parse_rfc3339(text);
    let due_at = match &notice.activate_at {
        Some(text) => at(text).unwrap_or(now),
        None => at(&notice.sent_at).map_or(now, |sent| sent.min(now)),
    };
    tx.prepare_cached(
        "insert into notice (series, number, hash, kind, text, signature, due_at, received_at,
           state)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting')",
    )?
    .execute(params![
        notice.series.to_string(),
        i64::try_from(notice.number).unwrap_or(i64::MAX),
        signed.hash(),
        notice.kind,
        signed.text,
        signed.signature,
        rfc3339(due_at),
        rfc3339(now)
    ])?;
    tx.execute("delete from notice_not_taken", [])?;
    Ok(())
}

/// Notes what was not taken; whether that is new.
pub(super) fn note_not_taken(
    tx: &Tx<'_>,
    why: &str,
    hash: &Hash,
    now: Moment,
) -> Result<bool, Error> {
    let known = "select exists (select 1 from notice_not_taken where why = ?1 and hash = ?2)";
    if tx.query_row(known, params![why, hash], |row| row.get(0))? {
        return Ok(false);
    }
    tx.execute(
        "insert into notice_not_taken (one, why, hash, at) values (1, ?1, ?2, ?3)
         on conflict (one) do update set why = excluded.why, hash = excluded.hash,
           at = excluded.at",
        params![why, hash, rfc3339(now)],
    )?;
    Ok(true)
}

/// What arrived last and was not taken, if nothing was since.
///
/// # Errors
/// Faults of storage.
pub fn not_taken(connection: &Connection) -> Result<Option<NotTaken>, Error> {
    Ok(connection
        .prepare_cached("select why, at from notice_not_taken")?
        .query_row([], |row| Ok(NotTaken { why: row.get(0)?, at: row.get(1)? }))
        .optional()?)
}

/// Those that wait, the first to be done first.
pub(super) fn waiting(connection: &Connection) -> Result<Vec<Held>, Error> {
    select(connection, "state = 'waiting' order by due_at, ordinal")
}

/// Those that were done, the last to come into force last, whenever they arrived.
///
/// # Errors
/// Faults of storage.
pub fn in_force(connection: &Connection) -> Result<Vec<(u64, Notice)>, Error> {
    let all = select(connection, "state = 'applied' order by due_at, ordinal")?;
    Ok(all.into_iter().map(|held| (held.notice.number, held.notice)).collect())
}

fn select(connection: &Connection, which: &str) -> Result<Vec<Held>, Error> {
    let select = format!("select ordinal, text, due_at from notice where {which}");
    let mut rows = connection.prepare_cached(&select)?;
    let mut rows = rows.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        let notice = serde_json::from_str(&text).map_err(|_| wrong("text"))?;
        all.push(Held { ordinal: row.get(0)?, notice, due_at: row.get(2)? });
    }
    Ok(all)
}

/// Notes what became of one that waited.
pub(super) fn settle(
    tx: &Tx<'_>,
    ordinal: i64,
    reason: Option<&str>,
    now: Moment,
) -> Result<(), Error> {
    let state = if reason.is_some() { "refused" } else { "applied" };
    tx.execute(
        "update notice set state = ?2, reason = ?3, settled_at = ?4
         where ordinal = ?1 and state = 'waiting'",
        params![ordinal, state, reason, rfc3339(now)],
    )?;
    Ok(())
}

/// How many of the newest are shown.
const LISTED_MAX: u32 = 30;

/// What the hub sent, the newest first.
///
/// # Errors
/// Faults of storage.
pub fn listed(connection: &Connection) -> Result<Vec<Listed>, Error> {
    let mut rows = connection.prepare_cached(
        "select number, kind, state, coalesce(settled_at, due_at), reason
         from notice order by ordinal desc limit ?1",
    )?;
    let one = |row: &Row<'_>| {
        let state: String = row.get(2)?;
        let (kind, at, reason) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let number = u64::try_from(row.get::<_, i64>(0)?).ok();
        let both = number.zip(State::from_id(&state));
        Ok(both.map(|(number, state)| Listed { number, kind, state, at, reason }))
    };
    let all: Vec<Option<Listed>> =
        rows.query_map([LISTED_MAX], one)?.collect::<Result<_, rusqlite::Error>>()?;
    all.into_iter().map(|one| one.ok_or_else(|| wrong("state"))).collect()
}

fn wrong(column: &'static str) -> Error {
    Error::Db(db::Error::Inconsistent { table: "notice", column })
}
