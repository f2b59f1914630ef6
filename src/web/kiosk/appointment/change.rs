//! Whoever booked, and comes another day or another time: found by the number, moved or
//! called off.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::{DONE, FIRST, Stands, allowed, arrive, pressed, sentence, shown_number};
use crate::appointment::state::Who;
use crate::appointment::{self, Appointment, Error, Number};
use crate::clock;
use crate::id::{AppointmentId, OpId};
use crate::lang::{Lang, Phrases};
use crate::web::booking::pages::{self, Offered};
use crate::web::booking::{self, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::Guest;
use crate::web::kiosk::frame::Frame;
use crate::web::kiosk::session::Kiosk;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/booked_mine.html")]
struct Mine {
    frame: Frame,
    op: OpId,
    version: u32,
    service: String,
    when: String,
    can_change: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "kiosk/book_move.html")]
struct Move {
    frame: Frame,
    op: OpId,
    version: u32,
    offered: Offered,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "kiosk/called_off.html")]
struct CalledOff {
    frame: Frame,
}

/// Which day's times are shown.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::kiosk) struct Asked {
    day: String,
}

/// `POST /kiosk/appointment/mine`: the number of an appointment that is to be changed.
pub(in crate::web::kiosk) async fn find(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let found = match Number::typed(&shown_number(&office, &kiosk, &fields)) {
        Some(number) => booking::by_number(&office, number).await?,
        None => None,
    };
    match found {
        Some(one) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Found(one.id)));
            Ok(page::go("/kiosk/appointment/mine"))
        }
        None => {
            let said = sentence(Phrases::of(guest.lang), Error::NoSuchAppointment)?;
            arrive::number_page(&office, &kiosk, (guest.lang, true), Some(said))
        }
    }
}

/// `GET /kiosk/appointment/mine`: what was found, and what can be done with it.
pub(in crate::web::kiosk) async fn show(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &kiosk).await?;
    page(&office, &kiosk, (guest.lang, one.id), None).await
}

/// The guest, and the appointment they have shown the number of.
async fn found(office: &Office, kiosk: &Kiosk) -> Result<(Guest, Appointment), Failure> {
    allowed(office, kiosk).await?;
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    let Some(Stands::Found(id)) = guest.stands else {
        return Err(Failure::Elsewhere(DONE));
    };
    let one = office.db.read(move |connection| appointment::get(connection, id)).await?;
    Ok((guest, one.ok_or(Failure::Elsewhere(FIRST))?))
}

/// The page of one, perhaps with a sentence about what was not done.
pub(super) async fn page(
    office: &Office,
    kiosk: &Kiosk,
    (lang, id): (Lang, AppointmentId),
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office, kiosk).await?;
    let one = office.db.read(move |connection| appointment::get(connection, id)).await?;
    let one = one.ok_or(Failure::Elsewhere(FIRST))?;
    let frame = Frame::guest(office, kiosk, lang);
    let words = frame.words;
    let can_change = booking::can_change(&one, office.journal.now());
    let gone = || words.t("kiosk.appointment.moved_on").to_owned();
    page::show(&Mine {
        op: kiosk.turn_page(office, lang, Some(Stands::Found(id))),
        version: one.version,
        service: booking::service_name(plan, words, &one),
        when: booking::when(words, one.start),
        error: error.or_else(|| (!can_change).then(gone)),
        can_change,
        frame: frame.back(format!("/kiosk/appointment?lang={}", lang.tag())),
    })
}

/// `GET /kiosk/appointment/move`: the days, or the times of a day.
pub(in crate::web::kiosk) async fn times(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &kiosk).await?;
    choose(&office, &kiosk, (guest.lang, &one), &asked.day, None).await
}

async fn choose(
    office: &Office,
    kiosk: &Kiosk,
    (lang, one): (Lang, &Appointment),
    day: &str,
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office, kiosk).await?;
    let service = plan.service(&one.service).ok_or(Failure::Elsewhere(FIRST))?;
    let seeker = Seeker { who: Who::Resident, own: Some(one.id) };
    let frame = Frame::guest(office, kiosk, lang);
    let words = frame.words;
    let stands = words.with("appointment.stands", &[("time", booking::when(words, one.start))]);
    let day = clock::parse_iso_day(day);
    let address = |day: &str| format!("/kiosk/appointment/move?day={day}");
    let said = (stands, day);
    page::show(&Move {
        op: kiosk.turn_page(office, lang, Some(Stands::Found(one.id))),
        version: one.version,
        offered: Offered::free(office, (plan, service), seeker, said, (words, address)).await?,
        error,
        frame: frame.back(match day {
            None => "/kiosk/appointment/mine",
            Some(_) => "/kiosk/appointment/move",
        }),
    })
}

/// `POST /kiosk/appointment/move`.
pub(in crate::web::kiosk) async fn move_to(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let one = found(&office, &kiosk).await?.1;
    let start = pages::start(&fields)?;
    let to = (one.id, pages::version(&fields)?, start);
    match booking::move_to(&office, kiosk.by(guest.page), to).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Moved(one.id)));
            Ok(page::go(DONE))
        }
        Err(error @ (Error::Full | Error::NoSuchSlot | Error::NotYet(_))) => {
            let said = sentence(Phrases::of(guest.lang), error)?;
            let day = clock::iso_day(start.date());
            choose(&office, &kiosk, (guest.lang, &one), &day, Some(said)).await
        }
        Err(error) => refused(&office, &kiosk, (guest.lang, one.id), error).await,
    }
}

/// `POST /kiosk/appointment/cancel`.
pub(in crate::web::kiosk) async fn cancel(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let one = found(&office, &kiosk).await?.1;
    let which = (one.id, pages::version(&fields)?);
    match booking::call_off(&office, kiosk.by(guest.page), which).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::CalledOff(one.id)));
            Ok(page::go(DONE))
        }
        Err(error) => refused(&office, &kiosk, (guest.lang, one.id), error).await,
    }
}

async fn refused(
    office: &Office,
    kiosk: &Kiosk,
    shown: (Lang, AppointmentId),
    error: Error,
) -> Result<Response, Failure> {
    let said = sentence(Phrases::of(shown.0), error)?;
    page(office, kiosk, shown, Some(said)).await
}

/// What is left of one that was called off.
pub(super) fn called_off(office: &Office, kiosk: &Kiosk, lang: Lang) -> Result<Response, Failure> {
    page::show(&CalledOff { frame: Frame::guest(office, kiosk, lang) })
}
