//! The queue (番号札). For now it issues numbers: per day and prefix, from a
//! counting row, unique in the schema. It does not know what a visit is about.

pub mod wait;

use rusqlite::{Connection, OptionalExtension, params};
use time::Date;

use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{TicketId, VisitId};

/// The table of this room.
pub const SCHEMA: db::Step = include_str!("sql/ticket.sql");

/// A lane of the queue, as a ticket needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub id: String,
    /// The letter before the number.
    pub prefix: String,
}

/// What is printed on the ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub prefix: String,
    pub number: u32,
}

impl std::fmt::Display for Ticket {
    /// `A12`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.prefix, self.number)
    }
}

/// Issues the next number of `lane` to a visit.
pub fn issue(
    tx: &Tx<'_>,
    id: TicketId,
    visit: VisitId,
    lane: &Lane,
    day: Date,
    now: Moment,
) -> Result<Ticket, db::Error> {
    let number = db::next_number(tx, day, &format!("ticket/{}", lane.prefix))?;
    tx.execute(
        "insert into ticket (id, visit, day, prefix, number, lane, issued_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id.to_string(),
            visit.to_string(),
            clock::iso_day(day),
            lane.prefix,
            number,
            lane.id,
            clock::rfc3339(now)
        ],
    )?;
    Ok(Ticket { prefix: lane.prefix.clone(), number })
}

/// The ticket of a visit, if one was issued.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Option<Ticket>, db::Error> {
    let ticket = connection
        .prepare_cached("select prefix, number from ticket where visit = ?1")?
        .query_row([visit.to_string()], |row| {
            Ok(Ticket { prefix: row.get(0)?, number: row.get(1)? })
        })
        .optional()?;
    Ok(ticket)
}
