//! Rows of counters on duty.

use rusqlite::{Connection, Row, params};

use super::{Duty, Noted, Pause, Sits};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::StaffId;
use crate::queue::{Error, cannot_be, store};

const COLUMNS: &str =
    "counter, staff, people, person, noted_by, since, paused, paused_at, in_a_row";

fn duty(row: &Row<'_>) -> Result<Duty, db::Error> {
    let text = |column| row.get::<_, Option<String>>(column);
    let when = |column: &'static str| -> Result<Option<Moment>, db::Error> {
        let read = |text: String| clock::parse_rfc3339(&text).ok_or(cannot_be("duty", column));
        text(column)?.map(read).transpose()
    };
    let who = |column: &'static str| -> Result<Option<StaffId>, db::Error> {
        let read = |text: String| text.parse().map_err(|_| cannot_be("duty", column));
        text(column)?.map(read).transpose()
    };
    let paused = text("paused")?
        .map(|id| Pause::from_id(&id).ok_or(cannot_be("duty", "paused")))
        .transpose()?;
    let sits = match (who("staff")?, who("noted_by")?) {
        (Some(staff), None) => Sits::SignedIn(staff),
        (None, Some(by)) => {
            Sits::Noted(Noted { people: row.get("people")?, person: who("person")?, by })
        }
        _ => return Err(cannot_be("duty", "staff")),
    };
    Ok(Duty {
        counter: row.get("counter")?,
        sits,
        since: when("since")?.ok_or(cannot_be("duty", "since"))?,
        paused: paused.zip(when("paused_at")?),
        in_a_row: row.get("in_a_row")?,
    })
}

/// Who sits at `counter`.
pub fn at(connection: &Connection, counter: u32) -> Result<Option<Duty>, Error> {
    let query = format!("select {COLUMNS} from duty where counter = ?1");
    store::one(connection, &query, [counter], duty)
}

/// Where `staff` is signed in.
pub fn of_staff(connection: &Connection, staff: StaffId) -> Result<Option<Duty>, Error> {
    let query = format!("select {COLUMNS} from duty where staff = ?1");
    store::one(connection, &query, [staff.to_string()], duty)
}

/// Where it was noted that `person` sits.
pub(super) fn of_noted(connection: &Connection, person: StaffId) -> Result<Option<Duty>, Error> {
    let query = format!("select {COLUMNS} from duty where person = ?1");
    store::one(connection, &query, [person.to_string()], duty)
}

/// All counters on duty, in the order of their numbers.
pub fn all(connection: &Connection) -> Result<Vec<Duty>, Error> {
    let mut rows =
        connection.prepare_cached(&format!("select {COLUMNS} from duty order by counter"))?;
    let found = rows.query_map([], |row| Ok(duty(row)))?;
    found.map(|row| Ok(row??)).collect()
}

/// Writes the row of a counter.
pub(super) fn put(tx: &Tx<'_>, duty: &Duty) -> Result<(), Error> {
    let noted = duty.noted();
    let text = |staff: StaffId| staff.to_string();
    tx.execute(
        // Not "or replace": that would take somebody else's row away without a word.
        &format!(
            "insert into duty ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             on conflict (counter) do update set staff = excluded.staff,
               people = excluded.people, person = excluded.person,
               noted_by = excluded.noted_by, since = excluded.since,
               paused = excluded.paused, paused_at = excluded.paused_at,
               in_a_row = excluded.in_a_row"
        ),
        params![
            duty.counter,
            duty.staff().map(text),
            noted.map_or(1, |noted| noted.people),
            noted.and_then(|noted| noted.person).map(text),
            noted.map(|noted| text(noted.by)),
            clock::rfc3339(duty.since),
            duty.paused.map(|(why, _)| why.id()),
            duty.paused.map(|(_, at)| clock::rfc3339(at)),
            duty.in_a_row,
        ],
    )?;
    Ok(())
}

pub(super) fn remove(tx: &Tx<'_>, counter: u32) -> Result<(), Error> {
    tx.execute("delete from duty where counter = ?1", [counter])?;
    Ok(())
}

pub(in crate::queue) fn set_in_a_row(
    tx: &Tx<'_>,
    counter: u32,
    in_a_row: u32,
) -> Result<(), Error> {
    tx.prepare_cached("update duty set in_a_row = ?2 where counter = ?1")?
        .execute([counter, in_a_row])?;
    Ok(())
}
