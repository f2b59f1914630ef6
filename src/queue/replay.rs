//! The tickets that the journal's entries make, without looking at any row.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::Value;

use super::order::Class;
use super::state::Who;
use super::ticket::{Act, Leg, Ticket};
use super::{Error, cannot_be, store};
use crate::clock;
use crate::id::{TicketId, VisitId};
use crate::secret::Code;

/// The facts of `ticket.issued`.
#[derive(Deserialize)]
struct Issued {
    visit: Option<VisitId>,
    day: String,
    prefix: String,
    number: u32,
    issued: u64,
    class: Class,
    slot: Option<String>,
    at: String,
    /// Left out by an earlier edition.
    typed: Option<String>,
    lane: String,
    plan: Vec<String>,
    /// Left out by an earlier edition.
    code: Option<String>,
}

/// The facts of `ticket.undone`.
#[derive(Deserialize)]
struct Undone {
    who: Who,
    counter: Option<u32>,
    at: String,
}

/// The facts of `ticket.carried`.
#[derive(Deserialize)]
struct Carried {
    to: String,
    issued: u64,
}

/// Every ticket the journal tells of, by id.
pub fn tickets(connection: &Connection) -> Result<BTreeMap<TicketId, Ticket>, Error> {
    let mut rows = connection.prepare(
        "select entity_id, kind, facts from journal
         where kind in ('ticket.issued', 'ticket.moved', 'ticket.undone', 'ticket.carried')
         order by rowid",
    )?;
    let mut rows = rows.query([])?;
    let mut tickets = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (id, kind, facts): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let id: TicketId = id.parse().map_err(|_| bad())?;
        if let Some(ticket) = after(tickets.get(&id), (id, &kind, &facts))? {
            tickets.insert(id, ticket);
        }
    }
    Ok(tickets)
}

/// What one entry makes of a ticket; `None` for one that was drawn before tickets had
/// legs, or before the entries that were read: only the rows know it.
///
/// # Errors
/// [`Error::Refused`] where the rules do not allow it after what was; facts that cannot be.
pub fn after(
    before: Option<&Ticket>,
    (id, kind, facts): (TicketId, &str, &str),
) -> Result<Option<Ticket>, Error> {
    let facts: Value = serde_json::from_str(facts).map_err(|_| bad())?;
    Ok(Some(match (kind, before) {
        ("ticket.issued", None) => issued(id, facts)?,
        ("ticket.moved", Some(before)) => moved(before, facts)?,
        ("ticket.undone", Some(before)) => undone(before, facts)?,
        ("ticket.carried", Some(before)) => carried(before, facts)?,
        ("ticket.moved" | "ticket.undone" | "ticket.carried", None) => return Ok(None),
        _ => return Err(bad().into()),
    }))
}

/// The first ticket whose rows say something else than the journal.
pub fn first_contradiction(connection: &Connection) -> Result<Option<TicketId>, Error> {
    for (id, told) in tickets(connection)? {
        if store::get(connection, id)?.as_ref() != Some(&told) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn bad() -> crate::db::Error {
    cannot_be("journal", "facts")
}

fn issued(id: TicketId, facts: Value) -> Result<Ticket, Error> {
    let facts: Issued = serde_json::from_value(facts).map_err(|_| bad())?;
    let when = |text: &str| clock::parse_rfc3339(text).ok_or(bad());
    let arrived = when(&facts.at)?;
    Ok(Ticket {
        id,
        visit: facts.visit,
        day: clock::parse_iso_day(&facts.day).ok_or(bad())?,
        drawn_on: None,
        prefix: facts.prefix,
        number: facts.number,
        issued: facts.issued,
        class: facts.class,
        slot: facts.slot.as_deref().map(when).transpose()?,
        arrived,
        typed: facts.typed.as_deref().map(when).transpose()?,
        legs: vec![Leg::waiting(facts.lane, arrived)],
        plan: facts.plan,
        undo: None,
        code: facts.code.as_deref().map(|code| Code::typed(code).ok_or(bad())).transpose()?,
    })
}

fn moved(before: &Ticket, facts: Value) -> Result<Ticket, Error> {
    let act: Act = serde_json::from_value(facts).map_err(|_| bad())?;
    Ok(before.act(&act)?)
}

fn undone(before: &Ticket, facts: Value) -> Result<Ticket, Error> {
    let Undone { who, counter, at } = serde_json::from_value(facts).map_err(|_| bad())?;
    Ok(before.undone(who, counter, clock::parse_rfc3339(&at).ok_or(bad())?)?)
}

fn carried(before: &Ticket, facts: Value) -> Result<Ticket, Error> {
    let Carried { to, issued } = serde_json::from_value(facts).map_err(|_| bad())?;
    Ok(before.carried(clock::parse_iso_day(&to).ok_or(bad())?, issued))
}
