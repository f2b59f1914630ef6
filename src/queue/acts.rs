//! What clerks, residents and the clock do to tickets: the row, the announcement
//! and the journal entry in one transaction.

use std::collections::BTreeMap;

use serde_json::json;
use time::Date;

use super::duty::{self, Duty};
use super::order::{self, Place, Rules};
use super::state::{Action, State, Who};
use super::ticket::{Act, Reason, Ticket};
use super::{Error, announcement, now, store};
use crate::db::Tx;
use crate::id::{OpId, StaffId, TicketId};
use crate::journal::{self, Actor, Entity, Event, Journal};

/// The lanes that each counter calls from.
pub type LanesOf = BTreeMap<u32, Vec<String>>;

/// The clerk's place: which counter, and what it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk<'a> {
    pub staff: StaffId,
    pub counter: u32,
    pub lanes: &'a LanesOf,
    pub rules: Rules,
}

/// What an act is in the journal; the act itself stands in the facts.
pub(super) const MOVED: &str = "ticket.moved";
const UNDONE: &str = "ticket.undone";

/// Calls whoever's turn it is. Sent a second time, it answers the same ticket and
/// calls nobody.
///
/// # Errors
/// [`Error::Empty`], [`Error::CounterBusy`], [`Error::NotOnDuty`], [`Error::Paused`].
pub fn call_next(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    desk: &Desk<'_>,
) -> Result<Ticket, Error> {
    if let Some(before) = done_before(tx, op, MOVED)? {
        return Ok(before);
    }
    let duty = free(tx, desk)?;
    let now = now(journal);
    let waiting = callable(tx, desk, now.date())?;
    let places: Vec<Place> = waiting.iter().map(Ticket::place).collect();
    let at = order::next(&places, &desk.rules, duty.in_a_row, now).ok_or(Error::Empty)?;
    let act = Act::of_clerk(Action::CallNext, desk.counter, desk.staff, now);
    call(tx, journal, op, desk, (&waiting[at], &duty), act)
}

/// Calls this ticket, which must wait in one of the counter's lanes. Out of turn
/// only with a reason.
///
/// # Errors
/// As [`call_next`]; [`Error::OutOfTurn`], [`Error::OtherLane`], [`Error::Refused`].
pub fn call_this(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    desk: &Desk<'_>,
    (id, reason): (TicketId, Option<Reason>),
) -> Result<Ticket, Error> {
    if let Some(before) = done_before(tx, op, MOVED)? {
        return Ok(before);
    }
    let duty = free(tx, desk)?;
    let now = now(journal);
    let waiting = callable(tx, desk, now.date())?;
    let act = Act { reason, ..Act::of_clerk(Action::CallThis, desk.counter, desk.staff, now) };
    let Some(at) = waiting.iter().position(|ticket| ticket.id == id) else {
        // Not callable here: the ticket's own rules say why, or the lane does.
        let ticket = of_today(tx, id, now.date())?;
        ticket.act(&act)?;
        return Err(Error::OtherLane(ticket.leg().lane.clone()));
    };
    let places: Vec<Place> = waiting.iter().map(Ticket::place).collect();
    let overtakes = order::overtakes(at, &places, &desk.rules, duty.in_a_row, now);
    if overtakes && reason.is_none() {
        return Err(Error::OutOfTurn);
    }
    call(tx, journal, op, desk, (&waiting[at], &duty), act)
}

/// Does `act` now to a ticket of today. Sent a second time, it answers the ticket
/// as it is. Calls go through [`call_next`] and [`call_this`].
///
/// # Errors
/// [`Error::Refused`]; [`Error::CounterBusy`] when what was held goes on at a
/// counter where somebody is; [`Error::NotOnDuty`].
pub fn act(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    id: TicketId,
    act: Act,
) -> Result<Ticket, Error> {
    if let Some(before) = done_before(tx, op, MOVED)? {
        return Ok(before);
    }
    // Calls are decided by the rule of order, not here.
    if matches!(act.action, Action::CallNext | Action::CallThis) {
        return Err(Error::OutOfTurn);
    }
    sits_there(tx, actor, act.who, act.counter)?;
    let now = now(journal);
    let ticket = of_today(tx, id, now.date())?;
    apply(tx, journal, (op, actor), &ticket, &Act { at: now, ..act })
}

/// A clerk acts at the counter where they sit: one who was relieved a moment ago
/// does nothing more there.
fn sits_there(tx: &Tx<'_>, actor: Actor, who: Who, counter: Option<u32>) -> Result<(), Error> {
    match (actor, who, counter) {
        (Actor::Staff(staff), Who::Clerk, Some(counter)) => {
            duty::on_duty(tx, staff, counter).map(drop)
        }
        _ => Ok(()),
    }
}

/// Takes the last press on a ticket back.
///
/// # Errors
/// [`Error::Refused`]; [`Error::CounterBusy`] when somebody else is at the counter
/// it was at.
pub fn undo(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    id: TicketId,
    (who, counter): (Who, Option<u32>),
) -> Result<Ticket, Error> {
    if let Some(before) = done_before(tx, op, UNDONE)? {
        return Ok(before);
    }
    sits_there(tx, actor, who, counter)?;
    let now = now(journal);
    let ticket = of_today(tx, id, now.date())?;
    let undone = ticket.undone(who, counter, now)?;
    counter_is_free(tx, &undone)?;
    store::update(tx, &undone)?;
    let turns = ticket.undo.and_then(|undo| undo.counter.zip(undo.in_a_row));
    if let Some((counter, in_a_row)) = turns {
        // Nobody was called, so nobody's turn was used up.
        duty::set_in_a_row(tx, counter, in_a_row)?;
    }
    let at = crate::clock::rfc3339(now);
    let facts = json!({ "who": who, "counter": counter, "at": at, "turns": turns });
    record(tx, journal, (op, actor), (UNDONE, facts), &undone)?;
    Ok(undone)
}

fn call(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    desk: &Desk<'_>,
    (ticket, duty): (&Ticket, &Duty),
    act: Act,
) -> Result<Ticket, Error> {
    let credited = order::counts_as_credited(&ticket.place(), &desk.rules);
    duty::set_in_a_row(tx, desk.counter, if credited { duty.in_a_row + 1 } else { 0 })?;
    let act = Act { in_a_row: Some(duty.in_a_row), credited: Some(credited), ..act };
    apply(tx, journal, (op, Actor::Staff(desk.staff)), ticket, &act)
}

pub(super) fn apply(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    ticket: &Ticket,
    act: &Act,
) -> Result<Ticket, Error> {
    let moved = ticket.act(act)?;
    counter_is_free(tx, &moved)?;
    store::update(tx, &moved)?;
    if let (true, Some(counter)) = (act.action.is_call(), act.counter) {
        announcement::announce(tx, &moved, counter, act.at)?;
    }
    moved_on(tx, journal, (op, actor), act, &moved)?;
    Ok(moved)
}

/// The entry of an act that made a ticket what it is now.
pub(super) fn moved_on(
    tx: &Tx<'_>,
    journal: &Journal,
    by: (OpId, Actor),
    act: &Act,
    moved: &Ticket,
) -> Result<(), Error> {
    let facts = serde_json::to_value(act).map_err(|_| super::cannot_be("journal", "facts"))?;
    record(tx, journal, by, (MOVED, facts), moved)
}

/// The duty of a counter that can call somebody.
fn free(tx: &Tx<'_>, desk: &Desk<'_>) -> Result<Duty, Error> {
    let duty = duty::on_duty(tx, desk.staff, desk.counter)?;
    if duty.paused.is_some() {
        return Err(Error::Paused);
    }
    match store::at_counter(tx, desk.counter)? {
        Some(ticket) => Err(Error::CounterBusy(ticket.to_string())),
        None => Ok(duty),
    }
}

/// Nobody else is at the counter that `moved` is at now.
fn counter_is_free(tx: &Tx<'_>, moved: &Ticket) -> Result<(), Error> {
    let leg = moved.leg();
    let Some(counter) = leg.counter.filter(|_| leg.state.is_at_counter()) else { return Ok(()) };
    match store::at_counter(tx, counter)?.filter(|there| there.id != moved.id) {
        Some(there) => Err(Error::CounterBusy(there.to_string())),
        None => Ok(()),
    }
}

/// Who waits today and may be called to this counter.
fn callable(tx: &Tx<'_>, desk: &Desk<'_>, day: Date) -> Result<Vec<Ticket>, Error> {
    let (mut waiting, duties) = (store::waiting(tx, day)?, duty::all(tx)?);
    waiting.retain(|ticket| is_callable(ticket, desk.counter, desk.lanes, &duties));
    Ok(waiting)
}

/// Whether a ticket waits for `counter`. Who is to go on at another counter waits for
/// that one as long as somebody sits there and calls its lane.
pub fn is_callable(ticket: &Ticket, counter: u32, lanes: &LanesOf, duties: &[Duty]) -> bool {
    let leg = ticket.leg();
    let calls = |one| lanes.get(&one).is_some_and(|own| own.contains(&leg.lane));
    let elsewhere = leg.wants.filter(|wants| *wants != counter && calls(*wants));
    let is_there = |duty: &Duty| Some(duty.counter) == elsewhere && duty.paused.is_none();
    leg.state == State::Waiting && calls(counter) && !duties.iter().any(is_there)
}

fn of_today(tx: &Tx<'_>, id: TicketId, day: Date) -> Result<Ticket, Error> {
    store::get(tx, id)?.filter(|ticket| ticket.day == day).ok_or(Error::NoSuchTicket)
}

/// The ticket, if this press was taken before.
fn done_before(tx: &Tx<'_>, op: OpId, kind: &str) -> Result<Option<Ticket>, Error> {
    let Some(id) = journal::entity_of_op(tx, op, kind)? else { return Ok(None) };
    store::by_id(tx, &id)?.ok_or(Error::NoSuchTicket).map(Some)
}

/// An entry about a ticket.
pub(super) fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    (kind, facts): (&str, serde_json::Value),
    ticket: &Ticket,
) -> Result<(), Error> {
    let entity = Entity::new("ticket", ticket.id);
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}
