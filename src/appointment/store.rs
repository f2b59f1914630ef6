//! Rows of appointments and of the seats they keep.

use rusqlite::{Connection, OptionalExtension, Row, params};
use time::Date;

use super::booking::Appointment;
use super::number::Number;
use super::plan::{Plan, Service, steps};
use super::slots::{Occupied, Taken};
use super::state::State;
use super::told::Told;
use super::{Error, cannot_be};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{AppointmentId, TicketId};
use crate::journal::{Journal, VisitKey};

const COLUMNS: &str = "id, number, service, begins, ends, state, since, until, seats, visit, from_home, ticket, \
     version";

/// A column's text, read by `parse`.
fn column<T>(
    row: &Row<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, db::Error> {
    column_if_any(row, name, parse)?.ok_or(cannot_be(name))
}

fn column_if_any<T>(
    row: &Row<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, db::Error> {
    let text: Option<String> = row.get(name)?;
    text.map(|text| parse(&text).ok_or(cannot_be(name))).transpose()
}

fn appointment(row: &Row<'_>) -> Result<Appointment, db::Error> {
    Ok(Appointment {
        id: column(row, "id", |text| text.parse().ok())?,
        number: column(row, "number", Number::typed)?,
        service: row.get("service")?,
        start: column(row, "begins", clock::parse_rfc3339)?,
        end: column(row, "ends", clock::parse_rfc3339)?,
        state: column(row, "state", State::from_id)?,
        since: column(row, "since", clock::parse_rfc3339)?,
        until: column_if_any(row, "until", clock::parse_rfc3339)?,
        seats: column(row, "seats", |text| serde_json::from_str(text).ok())?,
        visit: column(row, "visit", |text| text.parse().ok())?,
        from_home: row.get("from_home")?,
        ticket: column_if_any(row, "ticket", |text| text.parse().ok())?,
        version: row.get("version")?,
    })
}

fn list(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Appointment>, Error> {
    let mut rows = connection
        .prepare_cached(&format!("select {COLUMNS} from appointment where {condition}"))?;
    let found = rows.query_map(key, |row| Ok(appointment(row)))?;
    found.map(|row| Ok(row??)).collect()
}

/// The appointment, whatever its state.
pub fn get(connection: &Connection, id: AppointmentId) -> Result<Option<Appointment>, Error> {
    by_id(connection, &id.to_string())
}

/// The same with the id as text.
pub(super) fn by_id(connection: &Connection, id: &str) -> Result<Option<Appointment>, Error> {
    Ok(list(connection, "id = ?1", [id])?.pop())
}

/// The appointment with this number.
pub fn by_number(connection: &Connection, number: Number) -> Result<Option<Appointment>, Error> {
    Ok(list(connection, "number = ?1", [number.digits()])?.pop())
}

/// The appointment with which somebody drew this number of the queue.
pub fn of_ticket(connection: &Connection, id: TicketId) -> Result<Option<Appointment>, Error> {
    Ok(list(connection, "ticket = ?1", [id.to_string()])?.pop())
}

/// The appointments of a day, earliest first; what lapsed or was called off is left
/// out.
pub fn of_day(connection: &Connection, day: Date) -> Result<Vec<Appointment>, Error> {
    list(
        connection,
        "day = ?1 and state not in ('lapsed', 'cancelled') order by begins, number",
        [clock::iso_day(day)],
    )
}

/// Stands for all that lists of a day show: it is another after every act.
pub fn mark(connection: &Connection, day: Date) -> Result<(u32, u32, Option<String>), Error> {
    let query = "select count(*), coalesce(sum(version), 0), max(since) from appointment
                 where day = ?1";
    let mut rows = connection.prepare_cached(query)?;
    let mark = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(rows.query_row([clock::iso_day(day)], mark)?)
}

/// Everything booked for a day or a later one, earliest first, for finding somebody.
pub fn from_day(connection: &Connection, day: Date) -> Result<Vec<Appointment>, Error> {
    list(
        connection,
        "day >= ?1 and state not in ('held', 'lapsed') order by begins, number",
        [clock::iso_day(day)],
    )
}

/// What is only held, and was to be booked before `now`.
pub(super) fn lapsed(connection: &Connection, now: Moment) -> Result<Vec<Appointment>, Error> {
    list(connection, "state = 'held' and until <= ?1 order by id", [clock::rfc3339(now)])
}

/// What is booked for a time before `start`.
pub(super) fn overdue(connection: &Connection, start: Moment) -> Result<Vec<Appointment>, Error> {
    list(connection, "state = 'booked' and begins < ?1 order by id", [clock::rfc3339(start)])
}

/// What still has something personal, of days before `day`, or called off before it.
pub(super) fn with_words_before(
    connection: &Connection,
    day: Date,
) -> Result<Vec<Appointment>, Error> {
    list(
        connection,
        "told is not null and (day < ?1 or (state = 'cancelled' and since < ?1)) order by id",
        [clock::iso_day(day)],
    )
}

/// The seats of a day that are taken at `now`, those of one appointment left out.
pub fn occupied(
    connection: &Connection,
    (day, now): (Date, Moment),
    except: Option<AppointmentId>,
) -> Result<Occupied, Error> {
    let mut rows = connection.prepare_cached(
        "select pool, step, seat, until, from_home from appointment_seat
         join appointment on appointment.id = appointment_seat.appointment
         where day = ?1 and appointment.id is not ?2",
    )?;
    let except = except.map(|id| id.to_string());
    let taken = rows.query_map(params![clock::iso_day(day), except], |row| {
        Ok((|| {
            Ok(Taken {
                pool: row.get("pool")?,
                step: column(row, "step", clock::parse_rfc3339)?,
                seat: row.get("seat")?,
                until: column_if_any(row, "until", clock::parse_rfc3339)?,
                from_home: row.get("from_home")?,
            })
        })())
    })?;
    let taken = taken.map(|row| row?).collect::<Result<Vec<Taken>, db::Error>>()?;
    Ok(Occupied::at(now, taken))
}

/// An appointment with what was told, for somebody who may see it.
#[derive(Clone, Debug)]
pub struct Entered {
    pub appointment: Appointment,
    /// Nothing where nothing was asked, or where it was erased.
    pub told: Told,
}

/// What was told of each.
///
/// # Errors
/// Faults of storage, and of what is sealed.
pub fn entered(
    connection: &Connection,
    journal: &Journal,
    appointments: Vec<Appointment>,
) -> Result<Vec<Entered>, Error> {
    let with = |appointment: Appointment| {
        let told = told(connection, journal, &appointment)?;
        Ok(Entered { appointment, told })
    };
    appointments.into_iter().map(with).collect()
}

fn place(id: AppointmentId) -> String {
    format!("appointment/{id}/told")
}

/// What was told by whoever booked; nothing where nothing was asked, or where it was
/// erased.
pub fn told(
    connection: &Connection,
    journal: &Journal,
    appointment: &Appointment,
) -> Result<Told, Error> {
    let sealed: Option<Option<Vec<u8>>> = connection
        .prepare_cached("select told from appointment where id = ?1")?
        .query_row([appointment.id.to_string()], |row| row.get(0))
        .optional()?;
    let Some(sealed) = sealed.flatten() else { return Ok(Told::default()) };
    let key = journal.visit_key(connection, appointment.visit)?;
    let plain = key.open(&place(appointment.id), &sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(|_| cannot_be("told"))?)
}

pub(super) fn put_told(
    tx: &Tx<'_>,
    journal: &Journal,
    key: &VisitKey,
    (id, told): (AppointmentId, &Told),
) -> Result<(), Error> {
    let plain = serde_json::to_vec(told).map_err(|_| cannot_be("told"))?;
    let sealed = key.seal(&*journal.chance, &place(id), &plain);
    tx.prepare_cached("update appointment set told = ?2 where id = ?1")?
        .execute(params![id.to_string(), sealed])?;
    Ok(())
}

pub(super) fn forget_told(tx: &Tx<'_>, id: AppointmentId) -> Result<(), Error> {
    tx.execute("update appointment set told = null where id = ?1", [id.to_string()])?;
    Ok(())
}

fn seats(appointment: &Appointment) -> String {
    serde_json::json!(appointment.seats).to_string()
}

pub(super) fn insert(tx: &Tx<'_>, appointment: &Appointment) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into appointment
           (id, number, service, day, begins, ends, state, since, until, seats, visit, from_home,
            version)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        appointment.id.to_string(),
        appointment.number.digits(),
        appointment.service,
        clock::iso_day(appointment.start.date()),
        clock::rfc3339(appointment.start),
        clock::rfc3339(appointment.end),
        appointment.state.id(),
        clock::rfc3339(appointment.since),
        appointment.until.map(clock::rfc3339),
        seats(appointment),
        appointment.visit.to_string(),
        appointment.from_home,
        appointment.version,
    ])?;
    Ok(())
}

/// Writes what acts change.
pub(super) fn update(tx: &Tx<'_>, appointment: &Appointment) -> Result<(), Error> {
    tx.prepare_cached(
        "update appointment set day = ?2, begins = ?3, ends = ?4, state = ?5, since = ?6,
           until = ?7, seats = ?8, from_home = ?9, ticket = ?10, version = ?11 where id = ?1",
    )?
    .execute(params![
        appointment.id.to_string(),
        clock::iso_day(appointment.start.date()),
        clock::rfc3339(appointment.start),
        clock::rfc3339(appointment.end),
        appointment.state.id(),
        clock::rfc3339(appointment.since),
        appointment.until.map(clock::rfc3339),
        seats(appointment),
        appointment.from_home,
        appointment.ticket.map(|ticket| ticket.to_string()),
        appointment.version,
    ])?;
    Ok(())
}

/// Keeps the seats of an appointment. The schema refuses one that is taken, and one
/// above what the plan has.
pub(super) fn keep_seats(
    tx: &Tx<'_>,
    (plan, service): (&Plan, &Service),
    appointment: &Appointment,
) -> Result<(), Error> {
    let mut keep = tx.prepare_cached(
        "insert into appointment_seat (pool, step, seat, seats, appointment)
         values (?1, ?2, ?3, ?4, ?5)",
    )?;
    for pool in plan.pools(service) {
        let own = appointment.seats.iter().find(|seat| seat.pool == pool.id);
        let own = own.ok_or(cannot_be("seats"))?;
        for step in steps(&appointment.slot()) {
            let there = pool.seats_at(step);
            let id = appointment.id.to_string();
            keep.execute(params![own.pool, clock::rfc3339(step), own.seat, there, id])?;
        }
    }
    Ok(())
}

pub(super) fn free_seats(tx: &Tx<'_>, id: AppointmentId) -> Result<(), Error> {
    tx.prepare_cached("delete from appointment_seat where appointment = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// Whether a number was given out.
pub(super) fn is_known(connection: &Connection, number: Number) -> Result<bool, Error> {
    let mut rows = connection.prepare_cached("select 1 from appointment where number = ?1")?;
    Ok(rows.exists([number.digits()])?)
}
