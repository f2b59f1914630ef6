//! Rows of alarms.

use rusqlite::{Connection, Row, params};

use super::{Alarm, Error};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::StaffId;

fn cannot_be(column: &'static str) -> db::Error {
    db::Error::Inconsistent { table: "alarm", column }
}

fn alarm(row: &Row<'_>) -> Result<Alarm, db::Error> {
    let text = |column| row.get::<_, Option<String>>(column);
    let when = |column: &'static str| -> Result<Option<Moment>, db::Error> {
        let read = |text: String| clock::parse_rfc3339(&text).ok_or(cannot_be(column));
        text(column)?.map(read).transpose()
    };
    let who = |column: &'static str| -> Result<Option<StaffId>, db::Error> {
        let read = |text: String| text.parse().map_err(|_| cannot_be(column));
        text(column)?.map(read).transpose()
    };
    Ok(Alarm {
        id: row.get::<_, String>("id")?.parse().map_err(|_| cannot_be("id"))?,
        raised_by: who("raised_by")?.ok_or(cannot_be("raised_by"))?,
        counter: row.get("counter")?,
        raised_at: when("raised_at")?.ok_or(cannot_be("raised_at"))?,
        accepted: who("accepted_by")?.zip(when("accepted_at")?),
        ended: who("ended_by")?.zip(when("ended_at")?),
    })
}

fn list(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Alarm>, Error> {
    let mut rows = connection.prepare_cached(&format!("select * from alarm where {condition}"))?;
    let found = rows.query_map(key, |row| Ok(alarm(row)))?;
    found.map(|row| Ok(row??)).collect()
}

pub(super) fn by_id(connection: &Connection, id: &str) -> Result<Option<Alarm>, Error> {
    Ok(list(connection, "id = ?1", [id])?.pop())
}

pub(super) fn open(connection: &Connection) -> Result<Vec<Alarm>, Error> {
    list(connection, "ended_at is null order by raised_at, id", [])
}

pub(super) fn insert(tx: &Tx<'_>, alarm: &Alarm) -> Result<(), Error> {
    tx.execute(
        "insert into alarm (id, raised_by, counter, raised_at) values (?1, ?2, ?3, ?4)",
        params![
            alarm.id.to_string(),
            alarm.raised_by.to_string(),
            alarm.counter,
            clock::rfc3339(alarm.raised_at)
        ],
    )?;
    Ok(())
}

pub(super) fn update(tx: &Tx<'_>, alarm: &Alarm) -> Result<(), Error> {
    let who = |done: Option<(StaffId, Moment)>| done.map(|(staff, _)| staff.to_string());
    let when = |done: Option<(StaffId, Moment)>| done.map(|(_, at)| clock::rfc3339(at));
    tx.execute(
        "update alarm set accepted_by = ?2, accepted_at = ?3, ended_by = ?4, ended_at = ?5
         where id = ?1",
        params![
            alarm.id.to_string(),
            who(alarm.accepted),
            when(alarm.accepted),
            who(alarm.ended),
            when(alarm.ended)
        ],
    )?;
    Ok(())
}
