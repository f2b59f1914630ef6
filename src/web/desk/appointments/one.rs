//! One appointment: while it is being booked, once it is, and moving it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use time::Date;

use super::{allowed, day};
use crate::appointment::plan::{Ask, Plan};
use crate::appointment::slots::Slot;
use crate::appointment::state::{Action, State as Stands, Who, next};
use crate::appointment::{self, Appointment, Service, Told, looks};
use crate::clock::{self, hour_and_minute};
use crate::id::{AppointmentId, OpId};
use crate::queue::{self, Ticket};
use crate::web::desk::frame::{Frame, Place};
use crate::web::desk::guard::Clerk;
use crate::web::desk::slip::{self, SlipNow};
use crate::web::error::Failure;
use crate::web::{Office, Shared, days, page, qr};

/// What was typed, to be shown again beside a refusal.
#[derive(Default)]
pub(super) struct Entry {
    pub name: String,
    pub phone: String,
    /// The field that is at fault.
    pub wrong: Option<&'static str>,
    pub sentence: String,
}

#[derive(Template)]
#[template(path = "desk/appointment.html")]
struct Page {
    frame: Frame,
    id: AppointmentId,
    version: u32,
    number: String,
    service: String,
    service_id: String,
    day: String,
    day_words: String,
    time: String,
    state: &'static str,
    state_words: &'static str,
    held_until: Option<String>,
    told: Told,
    asks_name: bool,
    asks_phone: bool,
    entry: Entry,
    remind: Option<String>,
    rules: Vec<String>,
    ticket: Option<String>,
    /// Of the number that was drawn.
    slip: Option<SlipNow>,
    /// Of the number alone.
    qr: Option<qr::Drawing>,
    may_arrive: bool,
    may_move: bool,
    may_cancel: bool,
    may_take_back: bool,
    /// Presses of the page's buttons.
    op: OpId,
    other_op: OpId,
}

/// A slot it can be moved to.
struct Choice {
    time: String,
    start: String,
    free: u32,
    is_offered: bool,
    is_its_own: bool,
}

#[derive(Template)]
#[template(path = "desk/appointment_move.html")]
struct Slots {
    frame: Frame,
    id: AppointmentId,
    version: u32,
    service: String,
    stands: String,
    day: String,
    day_words: String,
    before: String,
    after: String,
    choices: Vec<Choice>,
    closed: Option<String>,
    op: OpId,
}

/// Which day's slots are shown.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Asked {
    day: String,
}

/// `GET /desk/appointments/{id}`.
pub(in crate::web::desk) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    shown(&office, &clerk, parse(&id)?, (None, Entry::default())).await
}

pub(super) fn parse(id: &str) -> Result<AppointmentId, Failure> {
    id.parse().map_err(|_| Failure::NotFound)
}

/// The page, perhaps with a sentence about what was not done.
pub(super) async fn shown(
    office: &Office,
    clerk: &Clerk,
    id: AppointmentId,
    (refused, entry): (Option<String>, Entry),
) -> Result<Response, Failure> {
    let plan = allowed(office, clerk)?;
    let (one, told, ticket) = open(office, clerk, id).await?;
    let mut frame = Frame::inside(office, clerk, Place::Appointments);
    frame.refused = refused;
    let (words, lang) = (frame.words, frame.words.lang());
    let service = plan.service(&one.service);
    let asks = |ask| service.is_some_and(|service| service.asks.contains(&ask));
    let may = |action| next(one.state, action, Who::Staff).is_ok();
    let is_today = one.start.date() == office.journal.now().date();
    let has_begun = one.start <= office.journal.now();
    page::show(&Page {
        id,
        version: one.version,
        number: one.number.to_string(),
        service: service.map_or(&*one.service, |service| service.name.in_lang(lang)).to_owned(),
        service_id: one.service.clone(),
        day: clock::iso_day(one.start.date()),
        day_words: days::day(words, one.start.date()),
        time: format!("{}〜{}", hour_and_minute(one.start), hour_and_minute(one.end)),
        state: one.state.id(),
        state_words: day::state_words(words, one.state),
        held_until: one.until.map(hour_and_minute),
        asks_name: asks(Ask::Name),
        asks_phone: asks(Ask::Phone),
        remind: remind(service, lang),
        rules: service.map(|one| day::rules(office, plan, one, words)).unwrap_or_default(),
        slip: match ticket.as_ref().and_then(|ticket| ticket.visit) {
            Some(visit) => Some(slip::of(office, clerk, visit).await?),
            None => None,
        },
        ticket: ticket.map(|ticket| ticket.to_string()),
        qr: qr::drawing(&one.number.digits()),
        may_arrive: is_today && may(Action::Arrive),
        may_move: may(Action::Move) && service.is_some(),
        may_cancel: one.state == Stands::Booked && !has_begun,
        may_take_back: may(Action::TakeBack),
        told,
        entry,
        op: office.journal.op(),
        other_op: office.journal.op(),
        frame,
    })
}

fn remind(service: Option<&Service>, lang: crate::lang::Lang) -> Option<String> {
    Some(service?.remind.as_ref()?.in_lang(lang).to_owned())
}

/// The appointment, what was told of it, and the number drawn; that somebody saw
/// what was told is recorded.
async fn open(
    office: &Office,
    clerk: &Clerk,
    id: AppointmentId,
) -> Result<(Appointment, Told, Option<Ticket>), Failure> {
    let journal = office.journal.clone();
    let read = move |connection: &_| -> Result<_, Failure> {
        let one = appointment::get(connection, id)?.ok_or(Failure::NotFound)?;
        let told = appointment::told(connection, &journal, &one)?;
        let ticket = one.ticket.map(|ticket| queue::get(connection, ticket)).transpose()?;
        Ok((one, told, ticket.flatten()))
    };
    let found = office.db.read(read).await?;
    if !found.1.is_empty() {
        let (journal, staff) = (office.journal.clone(), clerk.signed_in.staff.id);
        office.db.write(move |tx| looks::viewed(tx, &journal, staff, id)).await?;
    }
    Ok(found)
}

/// `GET /desk/appointments/{id}/move`: the slots of a day.
pub(in crate::web::desk) async fn slots(
    State(office): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let day = clock::parse_iso_day(&asked.day);
    slots_shown(&office, &clerk, (parse(&id)?, day), None).await
}

/// The slots of `day`, perhaps with a sentence about what was not done.
pub(super) async fn slots_shown(
    office: &Office,
    clerk: &Clerk,
    (id, day): (AppointmentId, Option<Date>),
    refused: Option<String>,
) -> Result<Response, Failure> {
    let plan: &Plan = allowed(office, clerk)?;
    let one = office.db.read(move |connection| appointment::get(connection, id)).await?;
    let one = one.ok_or(Failure::NotFound)?;
    let service = plan.service(&one.service).ok_or(Failure::NotFound)?;
    let now = office.journal.now();
    let today = now.date();
    let day = day.unwrap_or(one.start.date()).max(today);
    let mut frame = Frame::inside(office, clerk, Place::Appointments);
    frame.refused = refused;
    let words = frame.words;
    let choice = |slot: Slot| Choice {
        time: format!("{}〜{}", hour_and_minute(slot.start), hour_and_minute(slot.end)),
        start: clock::rfc3339(slot.start),
        free: slot.free,
        is_offered: slot.is_offered,
        is_its_own: slot.start == one.start,
    };
    let (choices, closed): (Vec<Choice>, _) = match day::free(office, plan, (service, day)).await? {
        Ok(slots) => {
            let is_to_come = |slot: &Slot| slot.start > now || slot.start == one.start;
            (slots.into_iter().filter(is_to_come).map(choice).collect(), None)
        }
        Err(why) => (Vec::new(), Some(days::closed(words, &why))),
    };
    let iso = |day: Option<Date>| clock::iso_day(day.unwrap_or(today));
    page::show(&Slots {
        id,
        version: one.version,
        service: service.name.in_lang(words.lang()).to_owned(),
        stands: format!("{} {}", days::day(words, one.start.date()), hour_and_minute(one.start)),
        day: clock::iso_day(day),
        day_words: days::day(words, day),
        before: iso(day.previous_day()),
        after: iso(day.next_day()),
        choices,
        closed,
        op: office.journal.op(),
        frame,
    })
}
