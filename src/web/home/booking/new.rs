//! Booking: what for, which day, which time, and what the service asks for.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::limits::What;
use super::visitor::{Visitor, by};
use super::{Asked, DONE, FIRST, Frame, allowed, sentence};
use crate::appointment::state::Who;
use crate::appointment::{self, Error};
use crate::clock;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::web::booking::pages::{self, Offered, Typed};
use crate::web::booking::{self, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::Stands;
use crate::web::{Office, Shared, entry, page};

const SEEKER: Seeker = Seeker { who: Who::Home, own: None };

#[derive(Template)]
#[template(path = "home/booking.html")]
struct First {
    frame: Frame,
    offered: Offered,
    op: OpId,
    /// Why a number was not taken.
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "home/booking_choose.html")]
struct Choose {
    frame: Frame,
    offered: Offered,
    error: Option<String>,
    service: String,
    op: OpId,
}

#[derive(Template)]
#[template(path = "home/booking_name.html")]
struct Name {
    frame: Frame,
    op: OpId,
    asked: pages::Asked,
}

/// `GET /home/appointment`: what can be booked, and the way in for whoever has.
pub(super) async fn services(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    allowed(&office)?;
    visitor.give_up(&office).await?;
    first(&office, &visitor, visitor.language(asked.lang, None), None)
}

/// The first page, perhaps with a sentence about the number that was not taken.
pub(super) fn first(
    office: &Office,
    visitor: &Visitor,
    lang: Lang,
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let frame = Frame::new(office, lang, format!("{FIRST}?"));
    let address = |service: &str| address(lang, service, "");
    let page = First {
        offered: Offered::services(plan.at_home(), (frame.words, address)),
        op: visitor.turn_page(office, lang, None),
        error,
        frame,
    };
    Ok(visitor.known_by(page::show(&page)?))
}

fn address(lang: Lang, service: &str, day: &str) -> String {
    let day = if day.is_empty() { String::new() } else { format!("&day={day}") };
    format!("{FIRST}/new?lang={}&service={service}{day}", lang.tag())
}

/// `GET /home/appointment/new`: the days of a service, or the times of a day.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    visitor.give_up(&office).await?;
    let lang = visitor.language(asked.lang, None);
    choose(&office, &visitor, lang, (&asked.service, &asked.day), None).await
}

async fn choose(
    office: &Office,
    visitor: &Visitor,
    lang: Lang,
    (service, day): (&str, &str),
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let service = plan.at_home().find(|one| one.id == service);
    let service = service.ok_or(Failure::Elsewhere(FIRST))?;
    let chosen = clock::parse_iso_day(day);
    let here = if chosen.is_some() { day } else { "" };
    let here = format!("{FIRST}/new?service={}&day={here}&", service.id);
    let frame = Frame::new(office, lang, here);
    let of_day = |day: &str| address(lang, &service.id, day);
    let said = (service.name.in_lang(lang).to_owned(), chosen);
    let words = (frame.words, of_day);
    let page = Choose {
        offered: Offered::free(office, (plan, service), SEEKER, said, words).await?,
        error,
        service: service.id.clone(),
        op: visitor.turn_page(office, lang, None),
        frame: frame.back(match chosen {
            None => format!("{FIRST}?lang={}", lang.tag()),
            Some(_) => address(lang, &service.id, ""),
        }),
    };
    Ok(visitor.known_by(page::show(&page)?))
}

/// `POST /home/appointment/hold`: keeps the slot while the name is entered.
pub(super) async fn hold(
    State(office): State<Shared>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Failure> {
    let limits = &allowed(&office)?.home;
    let guest = visitor.pressed(&office, &fields)?;
    let (service, start) = (fields.get("service"), pages::start(&fields)?);
    let (words, now) = (Phrases::of(guest.lang), office.journal.now());
    let most = [limits.per_address, limits.in_all];
    let held = match office.at_home.limits.take(What::Slot, visitor.address, now, most) {
        true => booking::hold(&office, by(guest.page), (service, start)).await,
        false => {
            let said = words.t("booking.too_many").to_owned();
            let day = clock::iso_day(start.date());
            return choose(&office, &visitor, guest.lang, (service, &day), Some(said)).await;
        }
    };
    match held {
        Ok(held) => {
            visitor.turn_page(&office, guest.lang, Some(Stands::Held(held.id)));
            Ok(page::go("/home/appointment/name"))
        }
        Err(error) => {
            office.at_home.limits.give_back(What::Slot, visitor.address);
            let said = sentence(words, error)?;
            let day = clock::iso_day(start.date());
            choose(&office, &visitor, guest.lang, (service, &day), Some(said)).await
        }
    }
}

/// `GET /home/appointment/name`.
pub(super) async fn name(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    name_page(&office, &visitor, asked.lang, Typed::default()).await
}

async fn name_page(
    office: &Office,
    visitor: &Visitor,
    lang: Option<Lang>,
    typed: Typed,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let guest = visitor.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    let Some(Stands::Held(id)) = guest.stands else { return Err(Failure::Elsewhere(DONE)) };
    let held = pages::held(office, id).await?.ok_or(Failure::Elsewhere(FIRST))?;
    let service = plan.service(&held.service).ok_or(Failure::Elsewhere(FIRST))?;
    let lang = visitor.language(lang, Some(&guest));
    let frame = Frame::new(office, lang, "/home/appointment/name?");
    page::show(&Name {
        op: visitor.turn_page(office, lang, guest.stands),
        asked: pages::Asked::of(frame.words, (service, &held), typed),
        frame: frame.back(address(lang, &service.id, &clock::iso_day(held.start.date()))),
    })
}

/// `POST /home/appointment/name`: books what is held.
pub(super) async fn book(
    State(office): State<Shared>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office)?;
    let guest = visitor.pressed(&office, &fields)?;
    let Some(Stands::Held(id)) = guest.stands else {
        return Ok(page::go(DONE));
    };
    let words = Phrases::of(guest.lang);
    let typed = Typed::of(&fields);
    match booking::book(&office, by(guest.page), id, (&typed.name, &typed.phone)).await {
        Ok(_) => {
            visitor.turn_page(&office, guest.lang, Some(Stands::Booked(id)));
            Ok(page::go(DONE))
        }
        Err(Error::Entry { field, error }) => {
            let typed = typed.wrong(field, entry::sentence(error, words));
            name_page(&office, &visitor, None, typed).await
        }
        Err(error) => {
            let held = office.db.read(move |connection| appointment::get(connection, id)).await?;
            let held = held.ok_or(Failure::Elsewhere(FIRST))?;
            let (said, day) = (sentence(words, error)?, clock::iso_day(held.start.date()));
            choose(&office, &visitor, guest.lang, (&held.service, &day), Some(said)).await
        }
    }
}
