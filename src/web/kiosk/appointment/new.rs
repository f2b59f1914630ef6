//! Booking at the kiosk for another time: what for, which day, which time, and the
//! name where the service asks for it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::{DONE, FIRST, Stands, allowed, pressed, sentence};
use crate::appointment::state::Who;
use crate::appointment::{Error, Service};
use crate::clock;
use crate::id::OpId;
use crate::lang::Phrases;
use crate::web::booking::pages::{self, Offered, Typed};
use crate::web::booking::{self, Seeker};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::kiosk::frame::{Frame, language};
use crate::web::kiosk::session::Kiosk;
use crate::web::{Office, Shared, entry, page};

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
    offered: Offered,
    error: Option<String>,
    service: String,
    op: OpId,
}

#[derive(Template)]
#[template(path = "kiosk/book_name.html")]
struct Name {
    frame: Frame,
    op: OpId,
    asked: pages::Asked,
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
    let services = plan.services.iter().filter(is_offered);
    let frame = Frame::guest(office, kiosk, lang);
    let words = frame.words;
    let address = |rest: &str| format!("/kiosk/appointment/new?lang={}{rest}", lang.tag());
    let of_service = |id: &str| address(&format!("&service={id}"));
    let chosen = services.clone().find(|one| one.id == asked.service);
    let (offered, back) = match chosen {
        None => (Offered::services(services, (words, of_service)), FIRST.to_owned()),
        Some(service) => {
            let (name, day) = (service.name.in_lang(lang), clock::parse_iso_day(&asked.day));
            let days = of_service(&service.id);
            let of_day = |day: &str| format!("{days}&day={day}");
            let said = (name.to_owned(), day);
            let free = Offered::free(office, (plan, service), SEEKER, said, (words, of_day));
            (free.await?, if day.is_some() { days } else { address("") })
        }
    };
    page::show(&Choose {
        op: kiosk.turn_page(office, lang, None),
        service: chosen.map(|service| service.id.clone()).unwrap_or_default(),
        offered,
        error,
        frame: frame.back(back),
    })
}

/// `POST /kiosk/appointment/hold`: keeps the slot while the name is entered.
pub(in crate::web::kiosk) async fn hold(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let start = pages::start(&fields)?;
    let service = fields.get("service").to_owned();
    match booking::hold(&office, kiosk.by(guest.page), (&service, start)).await {
        Ok(held) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Held(held.id)));
            Ok(page::go("/kiosk/appointment/name"))
        }
        Err(error) => {
            let said = sentence(Phrases::of(guest.lang), error)?;
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
    name_page(&office, &kiosk, Typed::default()).await
}

async fn name_page(office: &Office, kiosk: &Kiosk, typed: Typed) -> Result<Response, Failure> {
    let plan = allowed(office, kiosk).await?;
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    let Some(Stands::Held(id)) = guest.stands else { return Err(Failure::Elsewhere(DONE)) };
    let held = pages::held(office, id).await?.ok_or(Failure::Elsewhere(FIRST))?;
    let service = plan.service(&held.service).ok_or(Failure::Elsewhere(FIRST))?;
    let frame = Frame::guest(office, kiosk, guest.lang);
    let back = format!(
        "/kiosk/appointment/new?lang={}&service={}&day={}",
        guest.lang.tag(),
        service.id,
        clock::iso_day(held.start.date())
    );
    page::show(&Name {
        op: kiosk.turn_page(office, guest.lang, guest.stands),
        asked: pages::Asked::of(frame.words, (service, &held), typed),
        frame: frame.back(back),
    })
}

/// `POST /kiosk/appointment/name`: books what is held.
pub(in crate::web::kiosk) async fn book(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let (_turn, guest) = pressed(&office, &kiosk, &fields).await?;
    let Some(Stands::Held(id)) = guest.stands else {
        return Ok(page::go(DONE));
    };
    let typed = Typed::of(&fields);
    match booking::book(&office, kiosk.by(guest.page), id, (&typed.name, &typed.phone)).await {
        Ok(_) => {
            kiosk.turn_page(&office, guest.lang, Some(Stands::Booked(id)));
            Ok(page::go(DONE))
        }
        Err(Error::Entry { field, error }) => {
            let said = entry::sentence(error, Phrases::of(guest.lang));
            name_page(&office, &kiosk, typed.wrong(field, said)).await
        }
        Err(error) => {
            let said = sentence(Phrases::of(guest.lang), error)?;
            let asked = Asked { lang: guest.lang.tag().to_owned(), ..Asked::default() };
            choose(&office, &kiosk, &asked, Some(said)).await
        }
    }
}
