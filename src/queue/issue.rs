//! Drawing a number. Those of sheets that were printed beforehand are never drawn: they
//! are typed in (see [`spare`](super::spare)).

use serde_json::{Value, json};
use time::Date;

use super::order::Class;
use super::ticket::{Leg, Ticket};
use super::{Error, ISSUED, now, series, store};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{OpId, TicketId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::secret::Code;

/// What a number that was given out is in the journal.
pub(super) const ISSUED_ENTRY: &str = "ticket.issued";

/// Letters of the code of a ticket's own page: about 59 bits, for one day.
const CODE_LEN: usize = 12;

/// A lane of the queue, as far as numbers need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    pub id: String,
    /// The letter before the number.
    pub prefix: String,
    /// The first and the last number.
    pub numbers: [u32; 2],
    pub at_end: AtEnd,
    /// How many are issued on one day at most.
    pub daily_max: Option<u32>,
    /// The first and the last number of the sheets that were printed beforehand.
    pub spare: Option<[u32; 2]>,
    /// Whether the town keeps its queue over night: what is kept is not drawn anew.
    pub keeps: bool,
}

impl Lane {
    /// Whether a number is on a sheet that was printed beforehand.
    pub fn is_spare(&self, number: u32) -> bool {
        self.spare.is_some_and(|[first, last]| (first..=last).contains(&number))
    }

    /// The number that is drawn instead of `number`, where the sheets begin before it.
    fn beside_spare(&self, number: u32) -> u32 {
        match self.spare {
            Some([first, last]) if first >= self.numbers[0] && number >= first => {
                number + (last - first) + 1
            }
            _ => number,
        }
    }
}

/// What happens after the last number of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtEnd {
    /// Numbers go on above it: nobody is sent away for a number's sake.
    #[default]
    Widen,
    /// Numbers begin again at the first.
    Wrap,
    /// No more are issued today.
    Refuse,
}

/// A number to be drawn.
#[derive(Clone, Debug)]
pub struct NewTicket<'a> {
    pub visit: Option<VisitId>,
    pub lane: &'a Lane,
    /// Lanes to come after it.
    pub plan: Vec<String>,
    pub class: Class,
    /// The start of the booked slot, for an appointment.
    pub slot: Option<Moment>,
}

/// Issues the next number. Sent a second time, it answers the same ticket.
///
/// # Errors
/// [`Error::RangeEnded`], [`Error::Full`].
pub fn issue(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    new: NewTicket<'_>,
) -> Result<Ticket, Error> {
    if let Some(id) = journal::entity_of_op(tx, op, ISSUED_ENTRY)? {
        return store::by_id(tx, &id)?.ok_or(Error::NoSuchTicket);
    }
    let now = now(journal);
    let (round, number) = draw(tx, now.date(), new.lane)?;
    let ticket = made(tx, journal, new, (number, now))?;
    store::insert(tx, &ticket, round)?;
    record(tx, journal, (op, actor), &ticket)?;
    Ok(ticket)
}

/// The ticket with this number, of somebody who came then: the next of today.
pub(super) fn made(
    tx: &Tx<'_>,
    journal: &Journal,
    new: NewTicket<'_>,
    (number, arrived): (u32, Moment),
) -> Result<Ticket, Error> {
    let now = now(journal);
    Ok(Ticket {
        id: TicketId::new(now, &*journal.chance),
        visit: new.visit,
        // Of a sheet, the day it was handed out on.
        day: arrived.date(),
        drawn_on: None,
        prefix: new.lane.prefix.clone(),
        number,
        issued: u64::from(db::next_number(tx, arrived.date(), ISSUED)?),
        class: new.class,
        slot: new.slot,
        arrived,
        typed: None,
        legs: vec![Leg::waiting(&new.lane.id, arrived)],
        plan: new.plan,
        undo: None,
        code: Some(Code::new(&*journal.chance, CODE_LEN)),
    })
}

/// The entry of a number that begins to wait.
pub(super) fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    ticket: &Ticket,
) -> Result<(), Error> {
    let entity = Entity::new("ticket", ticket.id);
    let (kind, facts) = (ISSUED_ENTRY, facts(ticket));
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

/// What stands in the journal of a ticket that was issued: enough to make it again.
fn facts(ticket: &Ticket) -> Value {
    json!({
        "visit": ticket.visit,
        "day": clock::iso_day(ticket.day),
        "prefix": ticket.prefix,
        "number": ticket.number,
        "issued": ticket.issued,
        "class": ticket.class,
        "slot": ticket.slot.map(clock::rfc3339),
        "at": clock::rfc3339(ticket.arrived),
        "typed": ticket.typed.map(clock::rfc3339),
        "lane": ticket.leg().lane,
        "plan": ticket.plan,
        "code": ticket.code.as_ref().map(Code::to_string),
    })
}

/// The round and the number.
fn draw(tx: &Tx<'_>, day: Date, lane: &Lane) -> Result<(u32, u32), Error> {
    if let Some(most) = lane.daily_max
        && store::issued_in_lane(tx, day, &lane.id)? >= most
    {
        return Err(Error::Full(lane.id.clone()));
    }
    let [first, last] = lane.numbers;
    let span = last.saturating_sub(first) + 1;
    // Looked at before it is drawn, so that a refusal leaves no gap. After a
    // restored backup numbers stand above the range: that is no reason to refuse
    // before as many were issued as the range has.
    if lane.at_end == AtEnd::Refuse && store::drawn_with_prefix(tx, day, &lane.prefix)? >= span {
        return Err(Error::RangeEnded(lane.prefix.clone()));
    }
    // Once through the range and no further: where all of it is kept, none is left.
    let mut left = span;
    while lane.at_end != AtEnd::Wrap || left > 0 {
        left = left.saturating_sub(1);
        let nth = db::next_number(tx, day, &series(&lane.prefix))?;
        let (round, number) = match lane.at_end {
            AtEnd::Wrap => ((nth - 1) / span + 1, first + (nth - 1) % span),
            AtEnd::Widen | AtEnd::Refuse => (1, lane.beside_spare(first + nth - 1)),
        };
        if !(lane.keeps && store::is_kept(tx, day, (&lane.prefix, number))?) {
            return Ok((round, number));
        }
    }
    Err(Error::RangeEnded(lane.prefix.clone()))
}
