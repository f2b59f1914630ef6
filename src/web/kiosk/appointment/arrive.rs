//! Whoever booked has come: the number is typed, scanned or shown to the camera, and
//! a number of the queue is drawn.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::{DONE, FIRST, Guest, Stands, allowed, pressed, sentence, shown_number};
use crate::appointment::state::State as At;
use crate::appointment::{self, Appointment, Error, Number};
use crate::clock::hour_and_minute;
use crate::db::Tx;
use crate::id::{OpId, VisitId};
use crate::lang::{Lang, Phrases};
use crate::queue::{self, Ticket};
use crate::visit::{self, arrival};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::kiosk::eyes::{self, Eyes, told};
use crate::web::kiosk::frame::{Frame, language};
use crate::web::kiosk::session::Kiosk;
use crate::web::kiosk::slip;
use crate::web::{Office, Shared, booking, page};

/// The language chosen on the first page.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::kiosk) struct Asked {
    lang: String,
    /// The number is wanted to change the appointment, not to check in.
    change: bool,
}

#[derive(Template)]
#[template(path = "kiosk/booked.html")]
struct Show {
    frame: Frame,
    op: OpId,
    /// Whether the appointment is to be changed.
    change: bool,
    eyes: Eyes,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "kiosk/arrived.html")]
struct Arrived {
    frame: Frame,
    /// The number drawn, where the office gives out any.
    ticket: Option<String>,
    service: String,
    time: String,
    now: SlipNow,
}

/// The slip of whoever has come: the part of their page that changes.
#[derive(Template)]
#[template(path = "kiosk/arrived_now.html")]
struct SlipNow {
    words: Phrases,
    /// A guest's forms have none: the tablet knows them.
    key: &'static str,
    slip: Option<slip::Shown>,
}

#[derive(Template)]
#[template(path = "kiosk/booked_now.html")]
struct BookedNow {
    frame: Frame,
    title: &'static str,
    one: booking::Shown,
}

/// `GET /kiosk/appointment`.
pub(in crate::web::kiosk) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    kiosk.forget_guest(&office).await?;
    // What was scanned before anybody asked for it is nobody's.
    office.codes.forget(kiosk.device.id, kiosk.beside(&office));
    number_page(&office, &kiosk, (language(&office, &asked.lang), asked.change), None)
}

pub(super) fn number_page(
    office: &Office,
    kiosk: &Kiosk,
    (lang, change): (Lang, bool),
    error: Option<String>,
) -> Result<Response, Failure> {
    page::show(&Show {
        op: kiosk.turn_page(office, lang, None),
        change,
        eyes: Eyes::of(kiosk.beside(office)),
        error,
        frame: Frame::guest(office, kiosk, lang).back("/kiosk"),
    })
}

/// `POST /kiosk/appointment`: the number that was typed, scanned or read.
pub(in crate::web::kiosk) async fn check_in(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let text = shown_number(&office, &kiosk, &fields);
    match arrived(&office, &kiosk, &guest, &text).await {
        Ok(arrived) => {
            if let Some(visit) = arrived.ticket.and_then(|ticket| ticket.visit) {
                slip::print(&office, &kiosk, guest.page, visit).await;
            }
            let stands = Stands::Arrived(arrived.appointment.id);
            kiosk.turn_page(&office, guest.lang, Some(stands));
            Ok(page::go(DONE))
        }
        // Whoever shows it before its time may have come to change it.
        Err(error) if is_early(&error) => {
            let found = Number::typed(&text).ok_or(Failure::BadRequest)?;
            let found = booking::by_number(&office, found).await?.ok_or(Failure::NotFound)?;
            let said = sentence(Phrases::of(guest.lang), error)?;
            super::change::page(&office, &kiosk, (guest.lang, found.id), Some(said)).await
        }
        Err(error) => {
            let words = Phrases::of(guest.lang);
            let said = match is_from_home(&text) {
                true => words.t("kiosk.appointment.code_from_home").to_owned(),
                false => sentence(words, error)?,
            };
            let page = number_page(&office, &kiosk, (guest.lang, false), Some(said));
            office.guests.note_refused(&kiosk.device.id, Number::typed(&text));
            page
        }
    }
}

/// Whether this is a code with forms, as the page for home makes it.
fn is_from_home(text: &str) -> bool {
    text.starts_with("MK1")
}

fn is_early(error: &visit::Error) -> bool {
    let visit::Error::Appointment(error) = error else { return false };
    matches!(error, Error::OtherDay(_) | Error::TooEarly(_))
}

async fn arrived(
    office: &Shared,
    kiosk: &Kiosk,
    guest: &Guest,
    text: &str,
) -> Result<arrival::Arrived, visit::Error> {
    let number = Number::typed(text).ok_or(Error::NoSuchAppointment)?;
    let (shared, by, lang) = (office.clone(), kiosk.by(guest.page), guest.lang);
    let check_in = move |tx: &Tx<'_>| -> Result<_, visit::Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchAppointment)?;
        // What is only held, or was called off, is nobody's appointment.
        let stands = |one: &Appointment| !matches!(one.state, At::Held | At::Lapsed);
        let found = appointment::by_number(tx, number)?.filter(stands);
        let found = found.ok_or(Error::NoSuchAppointment)?;
        let rules = (&*shared.config, plan);
        arrival::check_in(tx, &shared.journal, rules, by, (found.id, lang))
    };
    office.db.write(check_in).await
}

/// `POST /kiosk/appointment/frame`: the middle of what the camera sees.
pub(in crate::web::kiosk) async fn frame_seen(
    State(office): State<Shared>,
    kiosk: Kiosk,
    headers: HeaderMap,
    pixels: Bytes,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let Some(guest) = kiosk.guest(&office) else { return Ok(told(&json!({}))) };
    let sees = Eyes::of(kiosk.beside(&office)).camera;
    if !sees || !eyes::is_of(&headers, &guest.page.to_string()) {
        return Ok(told(&json!({})));
    }
    let Some(text) = eyes::code_in(&office, &headers, &pixels).await? else {
        return Ok(told(&json!({})));
    };
    // Another code than ours goes no further; one that was refused was told why.
    Ok(told(&match Number::typed(&text) {
        None if is_from_home(&text) => json!({ "say": "home" }),
        None => json!({ "say": "other" }),
        number if number == guest.refused => json!({}),
        Some(number) => json!({ "text": number.digits() }),
    }))
}

/// `GET /kiosk/appointment/done`: what came of the guest's press, until they go.
pub(in crate::web::kiosk) async fn done(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let guest = kiosk.guest(&office).ok_or(Failure::Elsewhere(FIRST))?;
    let (id, title) = match guest.stands {
        Some(Stands::Arrived(id)) => (id, None),
        Some(Stands::Booked(id)) => (id, Some("kiosk.appointment.booked")),
        Some(Stands::Moved(id)) => (id, Some("kiosk.appointment.moved")),
        Some(Stands::CalledOff(_)) => {
            return super::change::called_off(&office, &kiosk, guest.lang);
        }
        Some(Stands::Found(_)) => return Err(Failure::Elsewhere("/kiosk/appointment/mine")),
        Some(Stands::Held(_)) => return Err(Failure::Elsewhere("/kiosk/appointment/name")),
        None => return Err(Failure::Elsewhere(FIRST)),
    };
    let look = move |connection: &_| -> Result<_, Failure> {
        let one = appointment::get(connection, id)?.ok_or(Failure::Elsewhere(FIRST))?;
        let ticket = one.ticket.map(|ticket| queue::get(connection, ticket)).transpose()?;
        Ok((one, ticket.flatten()))
    };
    let (one, ticket) = office.db.read(look).await?;
    let frame = Frame::guest(&office, &kiosk, guest.lang);
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    match title {
        None => arrived_page(&office, &kiosk, frame, (&one, ticket)).await,
        Some(title) => {
            let one = booking::Shown::of(plan, frame.words, &one);
            page::show(&BookedNow { title, one, frame })
        }
    }
}

async fn arrived_page(
    office: &Office,
    kiosk: &Kiosk,
    frame: Frame,
    (one, ticket): (&Appointment, Option<Ticket>),
) -> Result<Response, Failure> {
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    let visit = ticket.as_ref().and_then(|ticket| ticket.visit);
    page::show(&Arrived {
        now: slip_now(office, kiosk, frame.words, visit).await?,
        ticket: ticket.map(|ticket| ticket.to_string()),
        service: booking::service_name(plan, frame.words, one),
        time: hour_and_minute(one.start),
        frame,
    })
}

async fn slip_now(
    office: &Office,
    kiosk: &Kiosk,
    words: Phrases,
    visit: Option<VisitId>,
) -> Result<SlipNow, Failure> {
    let slip = match visit {
        Some(visit) => slip::shown(office, kiosk, (visit, "/kiosk/appointment/slip")).await?,
        None => None,
    };
    Ok(SlipNow { words, key: "", slip })
}

/// The language, and the visit of the number that was drawn, of whoever has come.
async fn who_came(office: &Office, kiosk: &Kiosk) -> Result<(Lang, VisitId), Failure> {
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    let Some(Stands::Arrived(id)) = guest.stands else { return Err(Failure::Elsewhere(FIRST)) };
    let look = move |connection: &_| -> Result<_, Failure> {
        let one = appointment::get(connection, id)?;
        let ticket = one.and_then(|one| one.ticket);
        let ticket = ticket.map(|ticket| queue::get(connection, ticket)).transpose()?.flatten();
        Ok(ticket.and_then(|ticket| ticket.visit))
    };
    let visit = office.db.read(look).await?.ok_or(Failure::Elsewhere(FIRST))?;
    Ok((guest.lang, visit))
}

/// `GET /kiosk/appointment/slip`: the changing part alone, for the script.
pub(in crate::web::kiosk) async fn slip_fragment(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let (lang, visit) = who_came(&office, &kiosk).await?;
    page::show(&slip_now(&office, &kiosk, Phrases::of(lang), Some(visit)).await?)
}

/// `POST /kiosk/appointment/slip`: once more, where none came out.
pub(in crate::web::kiosk) async fn slip_again(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let (_, visit) = who_came(&office, &kiosk).await?;
    slip::print_again(&office, &kiosk, op, visit).await?;
    Ok(page::go(DONE))
}
