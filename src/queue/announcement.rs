//! What was called out, in order: a display says each once.

use rusqlite::{Connection, params};
use time::Date;

use super::ticket::Ticket;
use super::{Error, cannot_be};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::TicketId;

/// One call, as displays say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Rises by one or more from call to call, over all days.
    pub seq: i64,
    pub ticket: TicketId,
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
        "select seq, ticket, prefix, number, counter, at
         from announcement join ticket on ticket.id = announcement.ticket
         where announcement.day = ?1 and seq > ?2 order by seq",
    )?;
    let calls = rows.query_map(params![clock::iso_day(day), seq], |row| {
        let (ticket, at): (String, String) = (row.get(1)?, row.get(5)?);
        Ok((row.get(0)?, ticket, row.get(2)?, row.get(3)?, row.get(4)?, at))
    })?;
    calls
        .map(|row| {
            let (seq, ticket, prefix, number, counter, at) = row?;
            let ticket = ticket.parse().map_err(|_| cannot_be("announcement", "ticket"))?;
            let at = clock::parse_rfc3339(&at).ok_or(cannot_be("announcement", "at"))?;
            Ok(Announcement { seq, ticket, prefix, number, counter, at })
        })
        .collect()
}

/// Says a call.
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
