//! Booking at the kiosk for another time: what for, which day, which time, and the
//! name where the service asks for it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::{Stands, allowed, frame, language, pressed, sentence};
use crate::appointment::plan::Ask;
use crate::appointment::state::{State as At, Who};
use crate::appointment::{self, Error, Service};
use crate::clock;
use crate::id::OpId;
use crate::lang::Phrases;
use crate::visit;
use crate::web::booking::{self, Choice, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::kiosk::frame::Frame;
use crate::web::kiosk::session::Kiosk;
use crate::web::{Office, Shared, days, entry, page};

/// Somebody before a tablet, who has no appointment yet.
const SEEKER: Seeker = Seeker { who: Who::Resident, own: None };

/// What has been chosen so far: it stands in the address, and names nobody.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::kiosk) struct Asked {
    lang: String,
    service: String,
    day: String,
}

#[derive(Template)]
#[template(path = "kiosk/book.html")]
struct Choose {
    frame: Frame,
    title: &'static str,
    about: Option<String>,
    error: Option<String>,
    /// Where to go next; or, at last, the times, which are sent.
    links: Vec<Choice>,
    times: Vec<Choice>,
    service: String,
    op: OpId,
}

#[derive(Template)]
#[template(path = "kiosk/book_name.html")]
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

/// `GET /kiosk/appointment/new`.
pub(in crate::web::kiosk) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    kiosk.forget_guest(&office).await?;
    choose(&office, &kiosk, &asked, None).await
}

async fn choose(
    office: &Office,
    kiosk: &Kiosk,
    asked: &Asked,
    error: Option<String>,
) -> Result<Response, Failure> {
    let plan = allowed(office, kiosk).await?;
    let lang = language(office, &asked.lang);
    let is_offered = |one: &&Service| booking::is_offered(one, Who::Resident);
    let offered: Vec<&Service> = plan.services.iter().filter(is_offered).collect();
    let frame = frame(office, kiosk, lang);
    let address = |rest: &str| format!("/kiosk/appointment/new?lang={}{rest}", lang.tag());
    let page = Choose {
        title: "kiosk.appointment.which_service",
        about: None,
        error,
        links: Vec::new(),
        times: Vec::new(),
        service: String::new(),
        op: kiosk.turn_page(office, lang, None),
        frame,
    };
    let Some(service) = offered.iter().find(|one| one.id == asked.service) else {
        let link = |service: &&Service| Choice {
            value: address(&format!("&service={}", service.id)),
            words: service.name.in_lang(lang).to_owned(),
            about: String::new(),
        };
        let links = offered.iter().map(link).collect();
        return page::show(&Choose { links, frame: page.frame.back("/kiosk"), ..page });
    };
    let here = address(&format!("&service={}", service.id));
    let name = service.name.in_lang(lang).to_owned();
    let words = page.frame.words;
    match clock::parse_iso_day(&asked.day) {
        None => {
            let address_of = |day: &str| format!("{here}&day={day}");
            let links = booking::free_days(office, (plan, service), SEEKER, (words, address_of));
            let links = links.await?;
            let (title, frame) = ("kiosk.appointment.which_day", page.frame.back(address("")));
            page::show(&Choose { title, about: Some(name), links, frame, ..page })
        }
        Some(day) => {
            let about = Some(format!("{name} {}", days::day(words, day)));
            let times = booking::times(office, (plan, service), day, SEEKER, words).await?;
            let (title, frame) = ("kiosk.appointment.which_time", page.frame.back(here.as_str()));
            let service = service.id.clone();
            page::show(&Choose { title, about, times, service, frame, ..page })
        }
    }
}

/// `POST /kiosk/appointment/hold`: keeps the slot while the name is entered.
pub(in crate::web::kiosk) async fn hold(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let _turn = office.codes.turn(kiosk.device.id).await;
    let guest = pressed(&office, &kiosk, &fields)?;
    let start = clock::parse_rfc3339(fields.get("start")).ok_or(Failure::BadRequest)?;
    let service = fields.get("service").to_owned();
    match booking::hold(&office, kiosk.by(guest.page), (&service, start)).await {
        Ok(held) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Held(held.id)));
            Ok(page::go("/kiosk/appointment/name"))
        }
        Err(error) => {
            let said = sentence(Phrases::of(guest.lang), visit::Error::from(error))?;
            let day = clock::iso_day(start.date());
            let asked = Asked { lang: guest.lang.tag().to_owned(), service, day };
            choose(&office, &kiosk, &asked, Some(said)).await
        }
    }
}

/// `GET /kiosk/appointment/name`.
pub(in crate::web::kiosk) async fn name(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    name_page(&office, &kiosk, (String::new(), String::new()), None).await
}

async fn name_page(
    office: &Office,
    kiosk: &Kiosk,
    (name, phone): (String, String),
    wrong: Option<(&'static str, String)>,
) -> Result<Response, Failure> {
    let plan = allowed(office, kiosk).await?;
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere("/kiosk"))?;
    let Some(Stands::Held(id)) = guest.stands else {
        return Err(Failure::Elsewhere("/kiosk/appointment/done"));
    };
    let held = office.db.read(move |connection| appointment::get(connection, id)).await?;
    let held = held.filter(|held| held.state == At::Held).ok_or(Failure::Elsewhere("/kiosk"))?;
    let service = plan.service(&held.service).ok_or(Failure::Elsewhere("/kiosk"))?;
    let frame = frame(office, kiosk, guest.lang);
    let (words, lang) = (frame.words, guest.lang);
    let back = format!(
        "/kiosk/appointment/new?lang={}&service={}&day={}",
        lang.tag(),
        service.id,
        clock::iso_day(held.start.date())
    );
    page::show(&Name {
        op: kiosk.turn_page(office, lang, guest.stands),
        service: service.name.in_lang(lang).to_owned(),
        when: booking::when(words, held.start),
        until: held.until.map(clock::hour_and_minute).unwrap_or_default(),
        asks_name: service.asks.contains(&Ask::Name),
        asks_phone: service.asks.contains(&Ask::Phone),
        name,
        phone,
        wrong,
        frame: frame.back(back),
    })
}

/// `POST /kiosk/appointment/name`: books what is held.
pub(in crate::web::kiosk) async fn book(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let _turn = office.codes.turn(kiosk.device.id).await;
    let guest = pressed(&office, &kiosk, &fields)?;
    let Some(Stands::Held(id)) = guest.stands else {
        return Ok(page::go("/kiosk/appointment/done"));
    };
    let [name, phone] = ["name", "phone"].map(|field| fields.get(field).to_owned());
    match booking::book(&office, kiosk.by(guest.page), id, (&name, &phone)).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Booked(id)));
            Ok(page::go("/kiosk/appointment/done"))
        }
        Err(Error::Entry { field, error }) => {
            let said = entry::sentence(error, Phrases::of(guest.lang));
            name_page(&office, &kiosk, (name, phone), Some((field, said))).await
        }
        Err(error) => {
            let said = sentence(Phrases::of(guest.lang), visit::Error::from(error))?;
            let asked = Asked { lang: guest.lang.tag().to_owned(), ..Asked::default() };
            choose(&office, &kiosk, &asked, Some(said)).await
        }
    }
}
