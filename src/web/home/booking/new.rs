//! Booking: what for, which day, which time, and what the service asks for.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::limits::What;
use super::visitor::{Visitor, by};
use super::{Asked, FIRST, Frame, allowed, sentence, start};
use crate::appointment::plan::Ask;
use crate::appointment::state::{State as At, Who};
use crate::appointment::{self, Error, Service};
use crate::clock;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::web::booking::{self, Choice, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::Stands;
use crate::web::{Office, Shared, days, entry, page};

const SEEKER: Seeker = Seeker { who: Who::Home, own: None };

#[derive(Template)]
#[template(path = "home/booking.html")]
struct First {
    frame: Frame,
    links: Vec<Choice>,
    op: OpId,
    /// Why a number was not taken.
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "home/booking_choose.html")]
struct Choose {
    frame: Frame,
    title: &'static str,
    about: String,
    error: Option<String>,
    links: Vec<Choice>,
    times: Vec<Choice>,
    service: String,
    op: OpId,
}

#[derive(Template)]
#[template(path = "home/booking_name.html")]
struct Name {
    frame: Frame,
    op: OpId,
    service: String,
    when: String,
    until: String,
    asks_name: bool,
    asks_phone: bool,
    name: String,
    phone: String,
    /// The field at fault, and why.
    wrong: Option<(&'static str, String)>,
}

impl Name {
    /// What is wrong with a field.
    fn wrong_at(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(at, _)| *at == field).map(|(_, sentence)| sentence.as_str())
    }
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
    let link = |service: &Service| Choice {
        value: address(lang, service, ""),
        words: service.name.in_lang(lang).to_owned(),
        about: String::new(),
    };
    let frame = Frame::new(office, lang, format!("{FIRST}?"));
    let page = First {
        links: plan.at_home().map(link).collect(),
        op: visitor.turn_page(office, lang, None),
        error,
        frame,
    };
    Ok(visitor.known_by(page::show(&page)?))
}

fn address(lang: Lang, service: &Service, day: &str) -> String {
    let day = if day.is_empty() { String::new() } else { format!("&day={day}") };
    format!("{FIRST}/new?lang={}&service={}{day}", lang.tag(), service.id)
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
    let name = service.name.in_lang(lang).to_owned();
    let here = |day: &str| format!("{FIRST}/new?service={}&day={day}&", service.id);
    let chosen = clock::parse_iso_day(day);
    let frame = Frame::new(office, lang, here(if chosen.is_some() { day } else { "" }));
    let words = frame.words;
    let page = Choose {
        title: "kiosk.appointment.which_day",
        about: name,
        error,
        links: Vec::new(),
        times: Vec::new(),
        service: service.id.clone(),
        op: visitor.turn_page(office, lang, None),
        frame,
    };
    let page = match chosen {
        None => {
            let of_day = |day: &str| address(lang, service, day);
            let links = booking::free_days(office, (plan, service), SEEKER, (words, of_day));
            let frame = page.frame.back(format!("{FIRST}?lang={}", lang.tag()));
            Choose { links: links.await?, frame, ..page }
        }
        Some(day) => Choose {
            title: "kiosk.appointment.which_time",
            about: format!("{} {}", page.about, days::day(words, day)),
            times: booking::times(office, (plan, service), day, SEEKER, words).await?,
            frame: page.frame.back(address(lang, service, "")),
            ..page
        },
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
    let (service, start) = (fields.get("service"), start(fields.get("start"))?);
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
    name_page(&office, &visitor, asked.lang, (String::new(), String::new()), None).await
}

async fn name_page(
    office: &Office,
    visitor: &Visitor,
    lang: Option<Lang>,
    (name, phone): (String, String),
    wrong: Option<(&'static str, String)>,
) -> Result<Response, Failure> {
    let plan = allowed(office)?;
    let guest = visitor.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    let Some(Stands::Held(id)) = guest.stands else {
        return Err(Failure::Elsewhere("/home/appointment/done"));
    };
    let held = office.db.read(move |connection| appointment::get(connection, id)).await?;
    let held = held.filter(|held| held.state == At::Held).ok_or(Failure::Elsewhere(FIRST))?;
    let service = plan.service(&held.service).ok_or(Failure::Elsewhere(FIRST))?;
    let lang = visitor.language(lang, Some(&guest));
    let frame = Frame::new(office, lang, "/home/appointment/name?");
    page::show(&Name {
        op: visitor.turn_page(office, lang, guest.stands),
        service: service.name.in_lang(lang).to_owned(),
        when: booking::when(frame.words, held.start),
        until: held.until.map(clock::hour_and_minute).unwrap_or_default(),
        asks_name: service.asks.contains(&Ask::Name),
        asks_phone: service.asks.contains(&Ask::Phone),
        name,
        phone,
        wrong,
        frame: frame.back(address(lang, service, &clock::iso_day(held.start.date()))),
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
        return Ok(page::go("/home/appointment/done"));
    };
    let words = Phrases::of(guest.lang);
    let [name, phone] = ["name", "phone"].map(|field| fields.get(field).to_owned());
    match booking::book(&office, by(guest.page), id, (&name, &phone)).await {
        Ok(_) => {
            visitor.turn_page(&office, guest.lang, Some(Stands::Booked(id)));
            Ok(page::go("/home/appointment/done"))
        }
        Err(Error::Entry { field, error }) => {
            let wrong = Some((field, entry::sentence(error, words)));
            name_page(&office, &visitor, None, (name, phone), wrong).await
        }
        Err(error) => {
            let held = office.db.read(move |connection| appointment::get(connection, id)).await?;
            let held = held.ok_or(Failure::Elsewhere(FIRST))?;
            let (said, day) = (sentence(words, error)?, clock::iso_day(held.start.date()));
            choose(&office, &visitor, guest.lang, (&held.service, &day), Some(said)).await
        }
    }
}
