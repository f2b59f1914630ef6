//! What residents, staff and the clock do to appointments: the row, its seats and the
//! journal entry in one transaction. An act that is sent twice answers what it
//! answered the first time.

use serde_json::{Value, json};
use time::{Date, Duration};

use super::booking::{Act, Appointment, Kept};
use super::number::Number;
use super::plan::{Plan, Service};
use super::state::{Action, State, Who};
use super::told::Told;
use super::{Error, cannot_be, minutes, now, slots, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{AppointmentId, OpId, TicketId, VisitId};
use crate::journal::{self, Actor, Entity, Event, Journal};

pub(super) const HELD: &str = "appointment.held";
const ERASED: &str = "appointment.erased";

/// Who acts, and by which press.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub op: OpId,
    pub actor: Actor,
    pub who: Who,
}

/// Keeps a slot for a few minutes, for somebody who is still entering a name.
///
/// # Errors
/// [`Error::NoSuchSlot`], [`Error::Full`], [`Error::NotYet`], [`Error::TooLate`].
pub fn hold(
    tx: &Tx<'_>,
    journal: &Journal,
    plan: &Plan,
    by: By,
    (service, start): (&str, Moment),
) -> Result<Appointment, Error> {
    if let Some(before) = done_before(tx, by.op, HELD)? {
        return Ok(before);
    }
    let now = now(journal);
    let service = plan.service(service).ok_or(Error::NoSuchSlot)?;
    // Before anything is changed: a refusal leaves everything as it was.
    let kept = free(tx, (plan, service), start, (now, by.who), None)?;
    end_lapsed(tx, journal, now)?;
    let appointment = Appointment {
        id: AppointmentId::new(now, &*journal.chance),
        number: draw(tx, journal)?,
        service: service.id.clone(),
        start: kept.start,
        end: kept.end,
        state: State::Held,
        since: now,
        until: Some(now + minutes(plan.times.hold_minutes)),
        seats: kept.seats,
        visit: VisitId::new(now, &*journal.chance),
        from_home: by.who == Who::Home,
        ticket: None,
        version: 1,
    };
    store::insert(tx, &appointment)?;
    store::keep_seats(tx, (plan, service), &appointment)?;
    let facts = held_facts(&appointment);
    record(tx, journal, by, (HELD, facts, None), appointment.id)?;
    Ok(appointment)
}

/// Books what is held, with what the service asks for.
///
/// # Errors
/// [`Error::Refused`], also when it is held no more.
pub fn book(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    id: AppointmentId,
    told: &Told,
) -> Result<Appointment, Error> {
    if let Some(before) = done_before(tx, by.op, Action::Book.kind())? {
        return Ok(before);
    }
    let held = known(tx, id)?;
    let act = Act::new(Action::Book, by.who, now(journal));
    let booked = held.act(&act)?;
    store::update(tx, &booked)?;
    let personal = match told.is_empty() {
        true => None,
        false => {
            let key = journal.make_visit_key(tx, booked.visit)?;
            store::put_told(tx, journal, &key, (id, told))?;
            Some((booked.visit, json!(told)))
        }
    };
    record(tx, journal, by, (act.action.kind(), facts(&act)?, personal), id)?;
    Ok(booked)
}

/// Moves an appointment to another slot of its service: the new one is kept before
/// the old one is given up.
///
/// # Errors
/// [`Error::Changed`] when it is not what the page showed; [`Error::TooLate`] when it
/// has begun, for residents; as [`hold`].
pub fn move_to(
    tx: &Tx<'_>,
    journal: &Journal,
    plan: &Plan,
    by: By,
    (id, version, start): (AppointmentId, u32, Moment),
) -> Result<Appointment, Error> {
    if let Some(before) = done_before(tx, by.op, Action::Move.kind())? {
        return Ok(before);
    }
    let before = unchanged(tx, id, version)?;
    let service = plan.service(&before.service).ok_or(Error::NoSuchSlot)?;
    let now = now(journal);
    in_time(&before, (now, by.who))?;
    let kept = free(tx, (plan, service), start, (now, by.who), Some(id))?;
    let act = Act { to: Some(kept), ..Act::new(Action::Move, by.who, now) };
    let moved = before.act(&act)?;
    end_lapsed(tx, journal, now)?;
    store::free_seats(tx, id)?;
    store::update(tx, &moved)?;
    store::keep_seats(tx, (plan, service), &moved)?;
    record(tx, journal, by, (act.action.kind(), facts(&act)?, None), id)?;
    Ok(moved)
}

/// Calls an appointment off, or gives up what is only held. The seat is free at once.
///
/// # Errors
/// [`Error::Refused`], [`Error::Changed`]; [`Error::TooLate`] when it has begun, for
/// residents.
pub fn call_off(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (id, version): (AppointmentId, u32),
) -> Result<Appointment, Error> {
    let done = |action: Action| done_before(tx, by.op, action.kind());
    match (done(Action::Cancel), done(Action::Lapse)) {
        (Ok(Some(before)), _) | (_, Ok(Some(before))) => return Ok(before),
        (Err(error), Err(_)) => return Err(error),
        _ => {}
    }
    let before = unchanged(tx, id, version)?;
    let is_held = before.state == State::Held;
    if !is_held {
        in_time(&before, (now(journal), by.who))?;
    }
    let action = if is_held { Action::Lapse } else { Action::Cancel };
    apply(tx, journal, by, &before, &Act::new(action, by.who, now(journal)))
}

/// Whether whoever booked can be taken as arrived now. Staff decide on what is too
/// early or too late on the day itself.
///
/// # Errors
/// [`Error::OtherDay`], [`Error::TooEarly`], [`Error::TooLate`]; [`Error::Refused`].
pub fn may_arrive(
    plan: &Plan,
    appointment: &Appointment,
    (now, who): (Moment, Who),
) -> Result<(), Error> {
    appointment.act(&Act::new(Action::Arrive, who, now))?;
    let start = appointment.start;
    let from = start - minutes(plan.times.early_minutes);
    match who {
        _ if start.date() != now.date() => Err(Error::OtherDay(start.date())),
        who if who.is_resident() && now < from => Err(Error::TooEarly(from)),
        who if who.is_resident() && now > plan.missed_after(start) => Err(Error::TooLate),
        _ => Ok(()),
    }
}

/// Notes that whoever booked has come, and the number drawn for them.
///
/// # Errors
/// As [`may_arrive`].
pub fn arrive(
    tx: &Tx<'_>,
    journal: &Journal,
    plan: &Plan,
    by: By,
    (id, ticket): (AppointmentId, Option<TicketId>),
) -> Result<Appointment, Error> {
    let before = known(tx, id)?;
    let now = now(journal);
    may_arrive(plan, &before, (now, by.who))?;
    apply(tx, journal, by, &before, &Act { ticket, ..Act::new(Action::Arrive, by.who, now) })
}

/// Takes an arrival back that was noted by mistake.
///
/// # Errors
/// [`Error::Refused`].
pub fn take_back(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    id: AppointmentId,
) -> Result<Appointment, Error> {
    if let Some(before) = done_before(tx, by.op, Action::TakeBack.kind())? {
        return Ok(before);
    }
    let before = known(tx, id)?;
    apply(tx, journal, by, &before, &Act::new(Action::TakeBack, by.who, now(journal)))
}

/// What the clock did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    pub lapsed: usize,
    pub missed: usize,
    pub erased: usize,
}

/// Frees what is held no more, notes who did not come, and erases what was told of
/// days before the last `keep_days`, also where appointments are taken no more.
pub fn tidy(
    tx: &Tx<'_>,
    journal: &Journal,
    plan: Option<&Plan>,
    keep_days: u32,
) -> Result<Tidied, Error> {
    let now = now(journal);
    let lapsed = end_lapsed(tx, journal, now)?;
    let missed = plan.map_or(Ok(0), |plan| end_missed(tx, journal, plan, now))?;
    let kept = now.date().saturating_sub(Duration::days(i64::from(keep_days)));
    let erased = erase_before(tx, journal, kept)?;
    Ok(Tidied { lapsed, missed, erased })
}

fn end_missed(tx: &Tx<'_>, journal: &Journal, plan: &Plan, now: Moment) -> Result<usize, Error> {
    let missed = store::overdue(tx, now - minutes(plan.times.no_show_minutes))?;
    for appointment in &missed {
        let act = Act::new(Action::Miss, Who::Timer, now);
        apply(tx, journal, by_itself(journal), appointment, &act)?;
    }
    Ok(missed.len())
}

fn erase_before(tx: &Tx<'_>, journal: &Journal, day: Date) -> Result<usize, Error> {
    let due = store::with_words_before(tx, day)?;
    for appointment in &due {
        store::forget_told(tx, appointment.id)?;
        journal.erase_visit_key(tx, appointment.visit)?;
        let facts = json!({ "visit": appointment.visit });
        record(tx, journal, by_itself(journal), (ERASED, facts, None), appointment.id)?;
    }
    Ok(due.len())
}

fn end_lapsed(tx: &Tx<'_>, journal: &Journal, now: Moment) -> Result<usize, Error> {
    let lapsed = store::lapsed(tx, now)?;
    for held in &lapsed {
        let act = Act::new(Action::Lapse, Who::Timer, now);
        apply(tx, journal, by_itself(journal), held, &act)?;
    }
    Ok(lapsed.len())
}

fn by_itself(journal: &Journal) -> By {
    By { op: journal.op(), actor: Actor::System, who: Who::Timer }
}

/// The free seats of a slot, those of one appointment taken as free.
fn free(
    tx: &Tx<'_>,
    (plan, service): (&Plan, &Service),
    start: Moment,
    (now, who): (Moment, Who),
    own: Option<AppointmentId>,
) -> Result<Kept, Error> {
    let occupied = store::occupied(tx, (start.date(), now), own)?;
    let (slot, seats) = slots::seats_at(plan, (service, start), &occupied, (now, who))?;
    Ok(Kept { start: slot.start, end: slot.end, seats })
}

/// A number that nobody has.
fn draw(tx: &Tx<'_>, journal: &Journal) -> Result<Number, Error> {
    loop {
        let number = Number::draw(&*journal.chance);
        if !store::is_known(tx, number)? {
            return Ok(number);
        }
    }
}

fn known(tx: &Tx<'_>, id: AppointmentId) -> Result<Appointment, Error> {
    store::get(tx, id)?.ok_or(Error::NoSuchAppointment)
}

fn unchanged(tx: &Tx<'_>, id: AppointmentId, version: u32) -> Result<Appointment, Error> {
    let appointment = known(tx, id)?;
    if appointment.version == version { Ok(appointment) } else { Err(Error::Changed) }
}

/// Residents change what has not begun; staff what nobody can undo for them.
fn in_time(before: &Appointment, (now, who): (Moment, Who)) -> Result<(), Error> {
    let is_over = before.state == State::Booked && before.start <= now;
    if who.is_resident() && is_over { Err(Error::TooLate) } else { Ok(()) }
}

fn apply(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    before: &Appointment,
    act: &Act,
) -> Result<Appointment, Error> {
    let after = before.act(act)?;
    if !after.state.keeps_seats() {
        store::free_seats(tx, after.id)?;
    }
    store::update(tx, &after)?;
    record(tx, journal, by, (act.action.kind(), facts(act)?, None), after.id)?;
    Ok(after)
}

/// The appointment, if this press was taken before.
pub(super) fn done_before(tx: &Tx<'_>, op: OpId, kind: &str) -> Result<Option<Appointment>, Error> {
    let Some(id) = journal::entity_of_op(tx, op, kind)? else { return Ok(None) };
    store::by_id(tx, &id)?.ok_or(Error::NoSuchAppointment).map(Some)
}

/// What stands in the journal of a slot that is held: enough to make it again. The
/// number opens nothing personal, and stands there too.
fn held_facts(held: &Appointment) -> Value {
    let mut facts = json!({
        "number": held.number.digits(),
        "service": held.service,
        "start": clock::rfc3339(held.start),
        "end": clock::rfc3339(held.end),
        "at": clock::rfc3339(held.since),
        "until": held.until.map(clock::rfc3339),
        "seats": held.seats,
        "visit": held.visit,
    });
    if held.from_home {
        facts["from_home"] = json!(true);
    }
    facts
}

fn facts(act: &Act) -> Result<Value, Error> {
    Ok(serde_json::to_value(act).map_err(|_| cannot_be("facts"))?)
}

fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    by: By,
    (kind, facts, personal): (&str, Value, Option<(VisitId, Value)>),
    id: AppointmentId,
) -> Result<(), Error> {
    let entity = Entity::new("appointment", id);
    let (op, actor) = (by.op, by.actor);
    journal.append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal })?;
    Ok(())
}
