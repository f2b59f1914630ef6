//! Rows of codes that were read here.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use time::Duration;

use super::life::State;
use super::{Jti, Opened, VALID_DAYS};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{DeviceId, VisitId};

/// The table of this room.
pub const SCHEMA: db::Step = include_str!("sql/preregistration.sql");

/// A code that was read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub jti: Jti,
    /// The revision that was taken last.
    pub revision: u32,
    pub state: State,
    /// The visit that has it.
    pub visit: Option<VisitId>,
    /// Wrong days of birth since it was taken last.
    pub misses: u8,
    pub issued_at: Option<Moment>,
}

impl Jti {
    /// The name of sixteen hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Jti> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| digits)?;
        Some(Jti(number.to_be_bytes()))
    }
}

const COLUMNS: &str = "jti, revision, state, visit, misses, issued_at";

fn cannot_be(column: &'static str) -> db::Error {
    db::Error::Inconsistent { table: "preregistration", column }
}

fn seen(row: &Row<'_>) -> Result<Seen, db::Error> {
    let text = |column: &'static str| -> Result<Option<String>, db::Error> { Ok(row.get(column)?) };
    let visit = text("visit")?.map(|id| id.parse().map_err(|_| cannot_be("visit")));
    let issued = text("issued_at")?;
    let issued = issued.map(|at| clock::parse_rfc3339(&at).ok_or(cannot_be("issued_at")));
    let state = text("state")?.and_then(|id| State::from_id(&id));
    Ok(Seen {
        jti: text("jti")?.and_then(|jti| Jti::from_hex(&jti)).ok_or(cannot_be("jti"))?,
        revision: row.get("revision")?,
        state: state.ok_or(cannot_be("state"))?,
        visit: visit.transpose()?,
        misses: row.get("misses")?,
        issued_at: issued.transpose()?,
    })
}

/// The code of this name, if it was read here.
pub fn get(connection: &Connection, jti: Jti) -> Result<Option<Seen>, db::Error> {
    let found = connection
        .prepare_cached(&format!("select {COLUMNS} from preregistration where jti = ?1"))?
        .query_row([jti.to_string()], |row| Ok(seen(row)))
        .optional()?;
    found.transpose()
}

/// The codes that a visit has.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Seen>, db::Error> {
    let query = format!("select {COLUMNS} from preregistration where visit = ?1 order by jti");
    let mut rows = connection.prepare_cached(&query)?;
    let rows = rows.query_map([visit.to_string()], |row| Ok(seen(row)))?;
    rows.map(|row| row?).collect()
}

/// Notes that a code was read at a tablet.
pub fn note(tx: &Tx<'_>, opened: &Opened, kiosk: DeviceId, now: Moment) -> Result<(), db::Error> {
    let expires = opened.made_at + Duration::days(VALID_DAYS + 1);
    tx.prepare_cached(
        "insert into preregistration (jti, revision, first_seen, kiosk, state, expires)
         values (?1, ?2, ?3, ?4, 'scanned', ?5)
         on conflict (jti) do update set kiosk = excluded.kiosk,
           expires = max(expires, excluded.expires)",
    )?
    .execute(params![
        opened.jti.to_string(),
        opened.revision,
        clock::rfc3339(now),
        kiosk.to_string(),
        clock::rfc3339(expires)
    ])?;
    Ok(())
}

/// Notes a code as `other` has noted it.
pub fn note_as(tx: &Tx<'_>, other: &Connection, jti: Jti) -> Result<(), db::Error> {
    let mut there = other.prepare_cached(
        "select jti, revision, first_seen, kiosk, expires from preregistration where jti = ?1",
    )?;
    let noted: Vec<Value> =
        there.query_row([jti.to_string()], |row| (0..5).map(|column| row.get(column)).collect())?;
    tx.prepare_cached(
        "insert into preregistration (jti, revision, first_seen, kiosk, state, expires)
         values (?1, ?2, ?3, ?4, 'scanned', ?5)
         on conflict (jti) do update set expires = max(expires, excluded.expires)",
    )?
    .execute(params_from_iter(noted))?;
    Ok(())
}

/// Keeps what has become of a code.
pub fn put(tx: &Tx<'_>, seen: &Seen) -> Result<(), db::Error> {
    tx.prepare_cached(
        "update preregistration set revision = ?2, state = ?3, visit = ?4, misses = ?5,
           issued_at = ?6 where jti = ?1",
    )?
    .execute(params![
        seen.jti.to_string(),
        seen.revision,
        seen.state.id(),
        seen.visit.map(|id| id.to_string()),
        seen.misses,
        seen.issued_at.map(clock::rfc3339)
    ])?;
    Ok(())
}

/// How long it is kept that a code was used or burned: a later revision of it has
/// a later date.
const ENDED_DAYS: i64 = 400;

/// Forgets codes that are refused by their own date, unless a visit still has
/// them; how many. Those that were used or burned are remembered longer.
pub fn purge(tx: &Tx<'_>, now: Moment) -> Result<usize, db::Error> {
    let purged = tx.execute(
        "delete from preregistration where visit is null
           and (expires < ?1 and state = 'scanned' or expires < ?2)",
        [now, now - Duration::days(ENDED_DAYS)].map(clock::rfc3339),
    )?;
    Ok(purged)
}
