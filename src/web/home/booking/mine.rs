//! Whoever has booked: the number and what to bring, another time, or calling it off.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::limits::{WRONG_NUMBERS, What};
use super::visitor::{Visitor, by};
use super::{Asked, DONE, FIRST, Frame, allowed, new, sentence};
use crate::appointment::state::Who;
use crate::appointment::{self, Appointment, Error, Number};
use crate::clock;
use crate::id::{AppointmentId, OpId};
use crate::lang::{Lang, Phrases};
use crate::web::booking::pages::{self, Offered};
use crate::web::booking::{self, Seeker, Shown};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::{Guest, Stands};
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "home/booking_done.html")]
struct Done {
    frame: Frame,
    title: &'static str,
    one: Shown,
    /// For the page that prepares forms: the digits alone.
    digits: String,
}

#[derive(Template)]
#[template(path = "home/booking_mine.html")]
struct Mine {
    frame: Frame,
    op: OpId,
    version: u32,
    one: Shown,
    can_change: bool,
    /// Its service is offered at home: there are other times here.
    can_move: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "home/booking_move.html")]
struct Move {
    frame: Frame,
    op: OpId,
    version: u32,
    offered: Offered,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "home/booking_called_off.html")]
struct CalledOff {
    frame: Frame,
}

/// `GET /home/appointment/done`: what came of the last press.
pub(super) async fn done(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let plan = allowed(&office)?;
    let guest = visitor.guest(&office).ok_or(Failure::Elsewhere(FIRST))?;
    let lang = visitor.language(asked.lang, Some(&guest));
    let frame = Frame::new(&office, lang, format!("{DONE}?"));
    let (id, title) = match guest.stands {
        Some(Stands::Booked(id)) => (id, "kiosk.appointment.booked"),
        Some(Stands::Moved(id)) => (id, "kiosk.appointment.moved"),
        Some(Stands::CalledOff(_)) => return page::show(&CalledOff { frame }),
        Some(Stands::Found(_)) => return Err(Failure::Elsewhere("/home/appointment/mine")),
        Some(Stands::Held(_)) => return Err(Failure::Elsewhere("/home/appointment/name")),
        Some(Stands::Arrived(_)) | None => return Err(Failure::Elsewhere(FIRST)),
    };
    let one = get(&office, id).await?;
    visitor.turn_page(&office, lang, guest.stands);
    let digits = one.number.digits();
    page::show(&Done { title, one: Shown::of(plan, frame.words, &one), digits, frame })
}

async fn get(office: &Office, id: AppointmentId) -> Result<Appointment, Failure> {
    let one = office.db.read(move |connection| appointment::get(connection, id)).await?;
    one.ok_or(Failure::Elsewhere(FIRST))
}

/// `POST /home/appointment/mine`: the number of an appointment.
pub(super) async fn find(
    State(office): State<Shared>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office)?;
    let guest = visitor.pressed(&office, &fields)?;
    let (words, now) = (Phrases::of(guest.lang), office.journal.now());
    let refused = |error: String| new::first(&office, &visitor, guest.lang, Some(error));
    // A slip of the finger is found by the check digit, and costs nobody a try.
    let Some(number) = Number::typed(fields.get("text")) else {
        return refused(words.t("booking.not_found").to_owned());
    };
    let limits = &office.at_home.limits;
    if !limits.take(What::WrongNumber, visitor.address, now, WRONG_NUMBERS) {
        return refused(words.t("booking.too_many").to_owned());
    }
    let Some(one) = booking::by_number(&office, number).await? else {
        return refused(words.t("booking.not_found").to_owned());
    };
    limits.give_back(What::WrongNumber, visitor.address);
    visitor.turn_page(&office, guest.lang, Some(Stands::Found(one.id)));
    Ok(page::go("/home/appointment/mine"))
}

/// `GET /home/appointment/mine`: what was found, or was booked just now.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &visitor).await?;
    mine(&office, &visitor, visitor.language(asked.lang, Some(&guest)), one.id, None).await
}

/// The browser's guest, and the appointment they have.
async fn found(office: &Office, visitor: &Visitor) -> Result<(Guest, Appointment), Failure> {
    allowed(office)?;
    let guest = visitor.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    match guest.stands {
        Some(Stands::Found(id) | Stands::Booked(id) | Stands::Moved(id)) => {
            Ok((guest, get(office, id).await?))
        }
        _ => Err(Failure::Elsewhere(DONE)),
    }
}

async fn mine(
    office: &Office,
    visitor: &Visitor,
    lang: Lang,
    id: AppointmentId,
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let one = get(office, id).await?;
    let frame = Frame::new(office, lang, "/home/appointment/mine?");
    let words = frame.words;
    let can_change = booking::can_change(&one, office.journal.now());
    let over = || words.t("booking.moved_on").to_owned();
    page::show(&Mine {
        op: visitor.turn_page(office, lang, Some(Stands::Found(id))),
        version: one.version,
        one: Shown::of(plan, words, &one),
        error: error.or_else(|| (!can_change).then(over)),
        can_change,
        can_move: plan.at_home().any(|service| service.id == one.service),
        frame: frame.back(format!("{FIRST}?lang={}", lang.tag())),
    })
}

/// `GET /home/appointment/move`: the days, or the times of a day.
pub(super) async fn times(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &visitor).await?;
    let lang = visitor.language(asked.lang, Some(&guest));
    choose(&office, &visitor, (lang, &one), &asked.day, None).await
}

async fn choose(
    office: &Office,
    visitor: &Visitor,
    (lang, one): (Lang, &Appointment),
    day: &str,
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let Some(service) = plan.at_home().find(|service| service.id == one.service) else {
        // Booked at the telephone, and not offered at home.
        let said = Phrases::of(lang).t("booking.by_staff").to_owned();
        return mine(office, visitor, lang, one.id, Some(said)).await;
    };
    let seeker = Seeker { who: Who::Home, own: Some(one.id) };
    let chosen = clock::parse_iso_day(day);
    let here = chosen.map(|_| format!("day={day}&")).unwrap_or_default();
    let frame = Frame::new(office, lang, format!("/home/appointment/move?{here}"));
    let words = frame.words;
    let stands = words.with("appointment.stands", &[("time", booking::when(words, one.start))]);
    let address = |day: &str| format!("/home/appointment/move?day={day}");
    let said = (stands, chosen);
    page::show(&Move {
        op: visitor.turn_page(office, lang, Some(Stands::Found(one.id))),
        version: one.version,
        offered: Offered::free(office, (plan, service), seeker, said, (words, address)).await?,
        error,
        frame: frame.back(match chosen {
            None => "/home/appointment/mine",
            Some(_) => "/home/appointment/move",
        }),
    })
}

/// `POST /home/appointment/move`.
pub(super) async fn move_to(
    State(office): State<Shared>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &visitor).await?;
    visitor.pressed(&office, &fields)?;
    let (words, start) = (Phrases::of(guest.lang), pages::start(&fields)?);
    let limits = &allowed(&office)?.home;
    let most = [limits.per_address, limits.in_all];
    let now = office.journal.now();
    if !office.at_home.limits.take(What::Slot, visitor.address, now, most) {
        let said = words.t("booking.too_many").to_owned();
        return mine(&office, &visitor, guest.lang, one.id, Some(said)).await;
    }
    let to = (one.id, pages::version(&fields)?, start);
    match booking::move_to(&office, by(guest.page), to).await {
        Ok(_) => {
            visitor.turn_page(&office, guest.lang, Some(Stands::Moved(one.id)));
            Ok(page::go(DONE))
        }
        Err(error @ (Error::Full | Error::NoSuchSlot | Error::NotYet(_))) => {
            let (said, day) = (sentence(words, error)?, clock::iso_day(start.date()));
            choose(&office, &visitor, (guest.lang, &one), &day, Some(said)).await
        }
        Err(error) => {
            mine(&office, &visitor, guest.lang, one.id, Some(sentence(words, error)?)).await
        }
    }
}

/// `POST /home/appointment/cancel`.
pub(super) async fn cancel(
    State(office): State<Shared>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Failure> {
    let (guest, one) = found(&office, &visitor).await?;
    visitor.pressed(&office, &fields)?;
    let which = (one.id, pages::version(&fields)?);
    match booking::call_off(&office, by(guest.page), which).await {
        Ok(_) => {
            visitor.turn_page(&office, guest.lang, Some(Stands::CalledOff(one.id)));
            Ok(page::go(DONE))
        }
        Err(error) => {
            let said = sentence(Phrases::of(guest.lang), error)?;
            mine(&office, &visitor, guest.lang, one.id, Some(said)).await
        }
    }
}
