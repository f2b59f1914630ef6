//! Somebody without forms: they come to talk, or write on paper. They draw a number at
//! the kiosk, or the floor guide draws it for them and notes what to be considerate of. Nothing else is known
//! of them, and nobody asks.

use serde_json::json;

use super::submit::{Counter, following};
use super::{Error, Wishes, care, store};
use crate::applicant::Source;
use crate::clock::Moment;
use crate::config::{self, Config};
use crate::db::{self, Tx};
use crate::id::{DeviceId, OpId, StaffId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::queue::order::Class;
use crate::queue::spare::Sheet;
use crate::queue::{self, NewTicket, Ticket};

/// A number to be drawn for somebody without forms.
#[derive(Clone, Debug)]
pub struct WalkIn {
    /// The lane; one that gives out numbers.
    pub lane: String,
    pub class: Class,
    pub wishes: Wishes,
    /// The tablet it is drawn at and shown on; `None` at the desk.
    pub kiosk: Option<DeviceId>,
}

/// Draws the number. The visit counts as agreed to, because a person asked for it in
/// person and is told by a person what is noted. Sent a second time, it answers the
/// same ticket.
///
/// # Errors
/// [`Error::NoSuchLane`]; [`queue::Error::Full`], [`queue::Error::RangeEnded`].
pub fn walk_in(
    tx: &Tx<'_>,
    journal: &Journal,
    counter: Counter<'_>,
    (op, actor): (OpId, Actor),
    new: &WalkIn,
) -> Result<Ticket, Error> {
    if let Some(before) = drawn_before(tx, op)? {
        return Ok(before);
    }
    let lane = counter.config.lane(&new.lane).and_then(config::Lane::numbered);
    let lane = lane.ok_or_else(|| Error::NoSuchLane(new.lane.clone()))?;
    let (class, wishes, kiosk) = (new.class, &new.wishes, new.kiosk);
    let drawing = Drawing { lane: &lane, class, slot: None, wishes, kiosk, sheet: None };
    draw(tx, journal, counter.config, (op, actor), &drawing)
}

/// The number, if this press was taken before.
pub(super) fn drawn_before(tx: &Tx<'_>, op: OpId) -> Result<Option<Ticket>, Error> {
    let Some(id) = journal::entity_of_op(tx, op, "visit.submitted")? else { return Ok(None) };
    let id: VisitId = id
        .parse()
        .map_err(|_| db::Error::Inconsistent { table: "journal", column: "entity_id" })?;
    Ok(Some(queue::of_visit(tx, id)?.ok_or(queue::Error::NoSuchTicket)?))
}

/// A number, and what is known of whoever gets it.
pub(super) struct Drawing<'a> {
    pub lane: &'a queue::Lane,
    pub class: Class,
    /// The start of the booked slot.
    pub slot: Option<Moment>,
    pub wishes: &'a Wishes,
    /// The tablet that shows the number.
    pub kiosk: Option<DeviceId>,
    /// The sheet it stands on already, and who types it in; `None` draws a new one.
    pub sheet: Option<(&'a Sheet, StaffId)>,
}

/// Draws a number and notes the visit it belongs to.
pub(super) fn draw(
    tx: &Tx<'_>,
    journal: &Journal,
    config: &Config,
    (op, actor): (OpId, Actor),
    new: &Drawing<'_>,
) -> Result<Ticket, Error> {
    let lane = new.lane;
    // Whoever has a sheet came when it says.
    let now = new.sheet.map_or_else(|| journal.now(), |(sheet, _)| sheet.came);
    let id = VisitId::new(journal.now(), &*journal.chance);
    // First: where no number is left, nothing else is noted.
    let plan = following(config, &lane.id).map(str::to_owned).collect();
    let ticket = NewTicket { visit: Some(id), lane, plan, class: new.class, slot: new.slot };
    let ticket = match new.sheet {
        None => queue::issue(tx, journal, (journal.op(), actor), ticket)?,
        Some((sheet, staff)) => {
            queue::spare::type_in(tx, journal, (journal.op(), staff), ticket, sheet)?
        }
    };
    if let Some(kiosk) = new.kiosk
        && let Some(left) = store::at_kiosk(tx, kiosk)?
    {
        super::leave(tx, journal, Actor::Device(kiosk), left.id)?;
    }
    store::insert(tx, id, new.kiosk, new.wishes, now)?;
    let key = journal.make_visit_key(tx, id)?;
    let told_by = if new.kiosk.is_some() { Source::Typed } else { Source::Clerk };
    care::put(tx, journal, &key, (id, &new.wishes.care), told_by)?;
    store::set_agreed(tx, id, now)?;
    store::set_submitted(tx, id, now)?;
    let care: Vec<&str> = new.wishes.care.iter().map(|care| care.id()).collect();
    journal.append(
        tx,
        &Event {
            op,
            kind: "visit.submitted",
            schema_version: 1,
            entity: Entity::new("visit", id),
            actor,
            facts: json!({ "ticket": ticket.to_string(), "lane": lane.id, "applications": [] }),
            personal: Some((id, json!({ "care": care }))),
        },
    )?;
    Ok(ticket)
}
