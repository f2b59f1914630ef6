//! Rows of tickets and legs.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, params};
use time::Date;

use super::order::Class;
use super::state::State;
use super::ticket::{Leg, Reason, Ticket};
use super::{Error, cannot_be};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{TicketId, VisitId};
use crate::secret::Code;

const COLUMNS: &str = "id, visit, day, prefix, number, issued, class, slot, arrived_at, typed_at, plan, \
                       undo, code";

/// A column's text, read by `parse`.
fn read<T>(
    row: &Row<'_>,
    (table, column): (&'static str, &'static str),
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, db::Error> {
    let text: String = row.get(column)?;
    parse(&text).ok_or(cannot_be(table, column))
}

/// The same of a column that may be empty.
fn read_if_any<T>(
    row: &Row<'_>,
    (table, column): (&'static str, &'static str),
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, db::Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(&text).ok_or(cannot_be(table, column))).transpose()
}

fn number<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T, db::Error> {
    Ok(row.get(column)?)
}

fn ticket(row: &Row<'_>) -> Result<Ticket, db::Error> {
    let of = |column| ("ticket", column);
    Ok(Ticket {
        id: read(row, of("id"), |text| text.parse().ok())?,
        visit: read_if_any(row, of("visit"), |text| text.parse().ok())?,
        day: read(row, of("day"), clock::parse_iso_day)?,
        prefix: row.get("prefix")?,
        number: row.get("number")?,
        issued: u64::try_from(number::<i64>(row, "issued")?)
            .map_err(|_| cannot_be("ticket", "issued"))?,
        class: read(row, of("class"), Class::from_id)?,
        slot: read_if_any(row, of("slot"), clock::parse_rfc3339)?,
        arrived: read(row, of("arrived_at"), clock::parse_rfc3339)?,
        typed: read_if_any(row, of("typed_at"), clock::parse_rfc3339)?,
        legs: Vec::new(),
        plan: read(row, of("plan"), |text| serde_json::from_str(text).ok())?,
        undo: read_if_any(row, of("undo"), |text| serde_json::from_str(text).ok())?,
        code: read_if_any(row, of("code"), Code::typed)?,
    })
}

fn leg(row: &Row<'_>) -> Result<Leg, db::Error> {
    let of = |column| ("leg", column);
    Ok(Leg {
        lane: row.get("lane")?,
        state: read(row, of("state"), State::from_id)?,
        since: read(row, of("since"), clock::parse_rfc3339)?,
        counter: row.get("counter")?,
        staff: read_if_any(row, of("staff"), |text| text.parse().ok())?,
        calls: row.get("calls")?,
        called_at: read_if_any(row, of("called_at"), clock::parse_rfc3339)?,
        returned: read_if_any(row, of("returned_at"), clock::parse_rfc3339)?,
        reason: read_if_any(row, of("reason"), Reason::from_id)?,
        until: read_if_any(row, of("until"), clock::parse_rfc3339)?,
        wants: row.get("wants")?,
    })
}

fn legs(connection: &Connection, ticket: &str) -> Result<Vec<Leg>, db::Error> {
    let mut rows =
        connection.prepare_cached("select * from leg where ticket = ?1 order by place")?;
    let legs = rows.query_map([ticket], |row| Ok(leg(row)))?;
    let legs: Vec<Leg> = legs.map(|row| row?).collect::<Result<_, db::Error>>()?;
    if legs.is_empty() { Err(cannot_be("leg", "ticket")) } else { Ok(legs) }
}

fn list(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::Params,
) -> Result<Vec<Ticket>, Error> {
    let mut rows =
        connection.prepare_cached(&format!("select {COLUMNS} from ticket where {condition}"))?;
    let found = rows.query_map(key, |row| Ok(ticket(row)))?;
    found
        .map(|row| {
            let ticket = row??;
            let legs = legs(connection, &ticket.id.to_string())?;
            Ok(Ticket { legs, ..ticket })
        })
        .collect()
}

/// The ticket with this id, as text.
pub(super) fn by_id(connection: &Connection, id: &str) -> Result<Option<Ticket>, Error> {
    Ok(list(connection, "id = ?1", [id])?.pop())
}

/// The ticket, whatever its state.
pub fn get(connection: &Connection, id: TicketId) -> Result<Option<Ticket>, Error> {
    by_id(connection, &id.to_string())
}

/// The ticket of a visit, if one was issued.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Option<Ticket>, Error> {
    Ok(list(connection, "visit = ?1", [visit.to_string()])?.pop())
}

/// The ticket whose own page has this code, of whatever day.
pub fn by_code(connection: &Connection, code: &Code) -> Result<Option<Ticket>, Error> {
    Ok(list(connection, "code = ?1", [code.to_string()])?.pop())
}

/// All tickets of a day, in the order of issue.
pub fn of_day(connection: &Connection, day: Date) -> Result<Vec<Ticket>, Error> {
    let day = clock::iso_day(day);
    let mut rows = connection
        .prepare_cached(&format!("select {COLUMNS} from ticket where day = ?1 order by issued"))?;
    let tickets = rows.query_map([&day], |row| Ok(ticket(row)))?;
    let mut tickets: Vec<Ticket> = tickets.map(|row| row?).collect::<Result<_, db::Error>>()?;
    // All their legs at once, in the same order: displays ask for this often.
    let mut rows = connection.prepare_cached(
        "select ticket.id as id, leg.* from leg join ticket on ticket.id = leg.ticket
         where day = ?1 order by issued, place",
    )?;
    let mut rows = rows.query([&day])?;
    let mut at = 0;
    while let Some(row) = rows.next()? {
        let id = read(row, ("leg", "ticket"), |text| text.parse::<TicketId>().ok())?;
        while tickets.get(at).is_some_and(|ticket| ticket.id != id) {
            at += 1;
        }
        tickets.get_mut(at).ok_or(cannot_be("leg", "ticket"))?.legs.push(leg(row)?);
    }
    match tickets.iter().any(|ticket| ticket.legs.is_empty()) {
        true => Err(cannot_be("leg", "ticket").into()),
        false => Ok(tickets),
    }
}

/// Tickets of days before `day` that are not over.
pub(super) fn left_open(connection: &Connection, day: Date) -> Result<Vec<Ticket>, Error> {
    list(
        connection,
        "day < ?1 and exists (select 1 from leg where ticket = ticket.id
           and state not in ('done', 'cancelled', 'expired')) order by day, issued",
        [clock::iso_day(day)],
    )
}

/// The tickets of a day whose open leg waits, in any lane.
pub(super) fn waiting(connection: &Connection, day: Date) -> Result<Vec<Ticket>, Error> {
    list(
        connection,
        "day = ?1 and exists (select 1 from leg where ticket = ticket.id and state = 'waiting')
         order by issued",
        [clock::iso_day(day)],
    )
}

/// The ticket that is called to or served at a counter now.
pub fn at_counter(connection: &Connection, counter: u32) -> Result<Option<Ticket>, Error> {
    Ok(list(
        connection,
        "id = (select ticket from leg where counter = ?1 and state in ('called', 'serving'))",
        [counter],
    )?
    .pop())
}

/// How many were drawn: those that were typed in are no part of the range.
pub(super) fn drawn_with_prefix(
    connection: &Connection,
    day: Date,
    prefix: &str,
) -> Result<u32, Error> {
    let count = connection
        .prepare_cached(
            "select count(*) from ticket where day = ?1 and prefix = ?2 and typed_at is null",
        )?
        .query_row(params![clock::iso_day(day), prefix], |row| row.get(0))?;
    Ok(count)
}

pub(super) fn issued_in_lane(connection: &Connection, day: Date, lane: &str) -> Result<u32, Error> {
    let count = connection
        .prepare_cached(
            "select count(*) from ticket join leg on leg.ticket = ticket.id and place = 1
             where day = ?1 and lane = ?2",
        )?
        .query_row(params![clock::iso_day(day), lane], |row| row.get(0))?;
    Ok(count)
}

/// The tickets of a day with this number: several where a range begins again, or one
/// was typed in by mistake.
pub(super) fn with_number(
    connection: &Connection,
    day: Date,
    (prefix, number): (&str, u32),
) -> Result<Vec<Ticket>, Error> {
    let condition = "day = ?1 and prefix = ?2 and number = ?3 order by round";
    list(connection, condition, params![clock::iso_day(day), prefix, number])
}

pub(super) fn insert(tx: &Tx<'_>, ticket: &Ticket, round: u32) -> Result<(), Error> {
    tx.execute(
        "insert into ticket (id, visit, day, prefix, round, number, issued, class, slot,
           arrived_at, plan, code, typed_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            ticket.id.to_string(),
            ticket.visit.map(|visit| visit.to_string()),
            clock::iso_day(ticket.day),
            ticket.prefix,
            round,
            ticket.number,
            i64::try_from(ticket.issued).map_err(|_| cannot_be("ticket", "issued"))?,
            ticket.class.id(),
            ticket.slot.map(clock::rfc3339),
            clock::rfc3339(ticket.arrived),
            serde_json::json!(ticket.plan).to_string(),
            ticket.code.as_ref().map(Code::to_string),
            ticket.typed.map(clock::rfc3339),
        ],
    )?;
    put_legs(tx, ticket)
}

/// Writes what acts change: class, plan, undo and the legs.
pub(super) fn update(tx: &Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    let undo = ticket.undo.as_ref().map(serde_json::to_string).transpose();
    tx.prepare_cached("update ticket set class = ?2, plan = ?3, undo = ?4 where id = ?1")?
        .execute(params![
            ticket.id.to_string(),
            ticket.class.id(),
            serde_json::json!(ticket.plan).to_string(),
            undo.map_err(|_| cannot_be("ticket", "undo"))?,
        ])?;
    put_legs(tx, ticket)
}

fn put_legs(tx: &Tx<'_>, ticket: &Ticket) -> Result<(), Error> {
    // A press that was taken back may have opened a leg.
    tx.prepare_cached("delete from leg where ticket = ?1 and place > ?2")?.execute(params![
        ticket.id.to_string(),
        i64::try_from(ticket.legs.len()).unwrap_or(i64::MAX)
    ])?;
    let mut put = tx.prepare_cached(
        "insert into leg (ticket, place, lane, state, since, counter, staff, calls, called_at,
           returned_at, reason, until, wants)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         on conflict (ticket, place) do update set lane = excluded.lane, state = excluded.state,
           since = excluded.since, counter = excluded.counter, staff = excluded.staff,
           calls = excluded.calls, called_at = excluded.called_at,
           returned_at = excluded.returned_at, reason = excluded.reason, until = excluded.until,
           wants = excluded.wants",
    )?;
    let when = |moment: Option<Moment>| moment.map(clock::rfc3339);
    for (place, leg) in (1_i64..).zip(&ticket.legs) {
        put.execute(params![
            ticket.id.to_string(),
            place,
            leg.lane,
            leg.state.id(),
            clock::rfc3339(leg.since),
            leg.counter,
            leg.staff.map(|staff| staff.to_string()),
            leg.calls,
            when(leg.called_at),
            when(leg.returned),
            leg.reason.map(Reason::id),
            when(leg.until),
            leg.wants,
        ])?;
    }
    Ok(())
}

/// One call, as displays say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Rises by one or more from call to call, over all days.
    pub seq: i64,
    pub prefix: String,
    pub number: u32,
    pub counter: u32,
    pub at: Moment,
}

/// The calls of a day after `seq`, oldest first.
pub fn announcements(
    connection: &Connection,
    day: Date,
    seq: i64,
) -> Result<Vec<Announcement>, Error> {
    let mut rows = connection.prepare_cached(
        "select seq, prefix, number, counter, at
         from announcement join ticket on ticket.id = announcement.ticket
         where announcement.day = ?1 and seq > ?2 order by seq",
    )?;
    let calls = rows.query_map(params![clock::iso_day(day), seq], |row| {
        let at: String = row.get(4)?;
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, at))
    })?;
    calls
        .map(|row| {
            let (seq, prefix, number, counter, at) = row?;
            let at = clock::parse_rfc3339(&at).ok_or(cannot_be("announcement", "at"))?;
            Ok(Announcement { seq, prefix, number, counter, at })
        })
        .collect()
}

pub(super) fn announce(
    tx: &Tx<'_>,
    ticket: &Ticket,
    counter: u32,
    at: Moment,
) -> Result<(), Error> {
    tx.prepare_cached(
        "insert into announcement (day, ticket, counter, at) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        clock::iso_day(ticket.day),
        ticket.id.to_string(),
        counter,
        clock::rfc3339(at)
    ])?;
    Ok(())
}

/// The moment something of one row is asked for by its key.
pub(super) fn one<T>(
    connection: &Connection,
    query: &str,
    key: impl rusqlite::Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, db::Error>,
) -> Result<Option<T>, Error> {
    let found = connection.prepare_cached(query)?.query_row(key, |row| Ok(read(row))).optional()?;
    Ok(found.transpose()?)
}
