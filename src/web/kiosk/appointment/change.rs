//! Whoever booked, and comes another day or another time: found by the number, moved or
//! called off.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::{Stands, allowed, arrive, frame, pressed, sentence};
use crate::appointment::state::Who;
use crate::appointment::{self, Appointment, Error, Number};
use crate::clock;
use crate::id::{AppointmentId, OpId};
use crate::lang::{Lang, Phrases};
use crate::visit;
use crate::web::booking::{self, Choice, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::Guest;
use crate::web::kiosk::frame::Frame;
use crate::web::kiosk::session::Kiosk;
use crate::web::{Office, Shared, days, page};

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
    title: &'static str,
    about: String,
    error: Option<String>,
    links: Vec<Choice>,
    times: Vec<Choice>,
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
    allowed(&office, &kiosk).await?;
    let _turn = office.codes.turn(kiosk.device.id).await;
    let guest = pressed(&office, &kiosk, &fields)?;
    let typed = Some(fields.get("text").to_owned()).filter(|text| !text.is_empty());
    let text = typed.or_else(|| office.codes.take_heard(kiosk.beside(&office))).unwrap_or_default();
    let found = match Number::typed(&text) {
        Some(number) => booking::by_number(&office, number).await?,
        None => None,
    };
    match found {
        Some(one) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Found(one.id)));
            Ok(page::go("/kiosk/appointment/mine"))
        }
        None => {
            let said = sentence(Phrases::of(guest.lang), Error::NoSuchAppointment.into())?;
            arrive::number_page(&office, &kiosk, guest.lang, Some(said))
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
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere("/kiosk"))?;
    let Some(Stands::Found(id)) = guest.stands else {
        return Err(Failure::Elsewhere("/kiosk/appointment/done"));
    };
    let one = office.db.read(move |connection| appointment::get(connection, id)).await?;
    Ok((guest, one.ok_or(Failure::Elsewhere("/kiosk"))?))
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
    let one = one.ok_or(Failure::Elsewhere("/kiosk"))?;
    let frame = frame(office, kiosk, lang);
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
    let service = plan.service(&one.service).ok_or(Failure::Elsewhere("/kiosk"))?;
    let seeker = Seeker { who: Who::Resident, own: Some(one.id) };
    let frame = frame(office, kiosk, lang);
    let words = frame.words;
    let stands = booking::when(words, one.start);
    let now = words.with("appointment.stands", &[("time", stands)]);
    let page = Move {
        op: kiosk.turn_page(office, lang, Some(Stands::Found(one.id))),
        version: one.version,
        title: "kiosk.appointment.which_day",
        about: now,
        error,
        links: Vec::new(),
        times: Vec::new(),
        frame,
    };
    match clock::parse_iso_day(day) {
        None => {
            let address = |day: &str| format!("/kiosk/appointment/move?day={day}");
            let links = booking::free_days(office, (plan, service), seeker, (words, address));
            let (links, frame) = (links.await?, page.frame.back("/kiosk/appointment/mine"));
            page::show(&Move { links, frame, ..page })
        }
        Some(day) => {
            let times = booking::times(office, (plan, service), day, seeker, words).await?;
            let about = format!("{} {}", page.about, days::day(words, day));
            let title = "kiosk.appointment.which_time";
            let frame = page.frame.back("/kiosk/appointment/move");
            page::show(&Move { title, about, times, frame, ..page })
        }
    }
}

/// `POST /kiosk/appointment/move`.
pub(in crate::web::kiosk) async fn move_to(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &kiosk).await?;
    pressed(&office, &kiosk, &fields)?;
    let start = clock::parse_rfc3339(fields.get("start")).ok_or(Failure::BadRequest)?;
    let to = (one.id, version(&fields)?, start);
    match booking::move_to(&office, kiosk.by(guest.page), to).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Moved(one.id)));
            Ok(page::go("/kiosk/appointment/done"))
        }
        Err(error @ (Error::Full | Error::NoSuchSlot | Error::NotYet(_))) => {
            let said = sentence(Phrases::of(guest.lang), error.into())?;
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
    let (guest, one) = found(&office, &kiosk).await?;
    pressed(&office, &kiosk, &fields)?;
    let which = (one.id, version(&fields)?);
    match booking::call_off(&office, kiosk.by(guest.page), which).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::CalledOff(one.id)));
            Ok(page::go("/kiosk/appointment/done"))
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
    let said = sentence(Phrases::of(shown.0), visit::Error::from(error))?;
    page(office, kiosk, shown, Some(said)).await
}

fn version(fields: &Fields) -> Result<u32, Failure> {
    fields.get("version").parse().map_err(|_| Failure::BadRequest)
}

/// What is left of one that was called off.
pub(super) fn called_off(office: &Office, kiosk: &Kiosk, lang: Lang) -> Result<Response, Failure> {
    page::show(&CalledOff { frame: frame(office, kiosk, lang) })
}
