//! Booking at the kiosk for another time: what for, which day, which time, and the
//! name where the service asks for it.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use time::{Date, Duration};

use super::{Stands, allowed, frame, language, sentence};
use crate::appointment::plan::{Ask, Plan};
use crate::appointment::slots;
use crate::appointment::state::{State as At, Who};
use crate::appointment::{self, Error, Service, Told};
use crate::clock::{self, hour_and_minute};
use crate::db::{Connection, Tx};
use crate::id::OpId;
use crate::lang::Phrases;
use crate::visit;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::kiosk::frame::Frame;
use crate::web::kiosk::session::Kiosk;
use crate::web::{Office, Shared, days, entry, page};

/// As many days with something free are offered at once.
const DAYS_SHOWN: usize = 12;

/// What has been chosen so far: it stands in the address, and names nobody.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::kiosk) struct Asked {
    lang: String,
    service: String,
    day: String,
}

struct Choice {
    /// Where it leads, or what is sent.
    value: String,
    words: String,
    about: String,
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
    let offered: Vec<&Service> = plan.services.iter().filter(|one| one.at_kiosk).collect();
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
            let links = free_days(office, plan, service).await?.into_iter();
            let link = |(day, free): (Date, u32)| Choice {
                value: format!("{here}&day={}", clock::iso_day(day)),
                words: days::day(words, day),
                about: words.with("kiosk.appointment.free", &[("free", free)]),
            };
            let (title, frame) = ("kiosk.appointment.which_day", page.frame.back(address("")));
            let links = links.map(link).collect();
            page::show(&Choose { title, about: Some(name), links, frame, ..page })
        }
        Some(day) => {
            let about = Some(format!("{name} {}", days::day(words, day)));
            let times = times(office, plan, (service, day), words).await?;
            let (title, frame) = ("kiosk.appointment.which_time", page.frame.back(here.as_str()));
            let service = service.id.clone();
            page::show(&Choose { title, about, times, service, frame, ..page })
        }
    }
}

/// The slots of a day that a resident can book now.
fn offered(
    connection: &Connection,
    plan: &Plan,
    (service, day): (&Service, Date),
    now: clock::Moment,
) -> Result<Vec<slots::Slot>, Error> {
    // Whoever rests on that day need not be looked up.
    if plan.slots(service, day).is_err() {
        return Ok(Vec::new());
    }
    let occupied = appointment::occupied(connection, (day, now), None)?;
    let slots = slots::slots(plan, (service, day), &occupied, (now, Who::Resident));
    Ok(slots.unwrap_or_default().into_iter().filter(|slot| slot.is_offered).collect())
}

/// The next days on which something is free, and how much.
async fn free_days(
    office: &Office,
    plan: &Plan,
    service: &Service,
) -> Result<Vec<(Date, u32)>, Failure> {
    let (plan, service, now) = (plan.clone(), service.clone(), office.journal.now());
    let look = move |connection: &_| -> Result<_, Error> {
        let mut found = Vec::new();
        for ahead in 0..=i64::from(service.from_days) {
            let day = now.date().saturating_add(Duration::days(ahead));
            let slots = offered(connection, &plan, (&service, day), now)?;
            if !slots.is_empty() {
                found.push((day, slots.iter().map(|slot| slot.free).sum()));
            }
            if found.len() == DAYS_SHOWN {
                break;
            }
        }
        Ok(found)
    };
    Ok(office.db.read(look).await?)
}

async fn times(
    office: &Office,
    plan: &Plan,
    (service, day): (&Service, Date),
    words: Phrases,
) -> Result<Vec<Choice>, Failure> {
    let (plan, service, now) = (plan.clone(), service.clone(), office.journal.now());
    let look = move |connection: &_| offered(connection, &plan, (&service, day), now);
    let choice = |slot: slots::Slot| Choice {
        value: clock::rfc3339(slot.start),
        words: format!("{}〜{}", hour_and_minute(slot.start), hour_and_minute(slot.end)),
        about: words.with("kiosk.appointment.free", &[("free", slot.free)]),
    };
    Ok(office.db.read(look).await?.into_iter().map(choice).collect())
}

/// `POST /kiosk/appointment/hold`: keeps the slot while the name is entered.
pub(in crate::web::kiosk) async fn hold(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let _turn = office.codes.turn(kiosk.device.id).await;
    let Some(guest) = kiosk.guest(&office) else { return Ok(page::go("/kiosk")) };
    if fields.get("op") != guest.page.to_string() {
        return Ok(page::go("/kiosk/appointment/done"));
    }
    let start = clock::parse_rfc3339(fields.get("start")).ok_or(Failure::BadRequest)?;
    let service = fields.get("service").to_owned();
    let (shared, by, wanted) = (office.clone(), kiosk.by(guest.page), service.clone());
    let hold = move |tx: &Tx<'_>| -> Result<_, Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchSlot)?;
        let offered = plan.service(&wanted).is_some_and(|service| service.at_kiosk);
        let wanted = (offered.then_some(&*wanted).ok_or(Error::NoSuchSlot)?, start);
        appointment::hold(tx, &shared.journal, plan, by, wanted)
    };
    match office.db.write(hold).await {
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
        when: format!("{} {}", days::day(words, held.start.date()), hour_and_minute(held.start)),
        until: held.until.map(hour_and_minute).unwrap_or_default(),
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
    let Some(guest) = kiosk.guest(&office) else { return Ok(page::go("/kiosk")) };
    let Some(Stands::Held(id)) = guest.stands else {
        return Ok(page::go("/kiosk/appointment/done"));
    };
    if fields.get("op") != guest.page.to_string() {
        return Ok(page::go("/kiosk/appointment/name"));
    }
    let [name, phone] = ["name", "phone"].map(|field| fields.get(field).to_owned());
    let (shared, by, typed) = (office.clone(), kiosk.by(guest.page), (name.clone(), phone.clone()));
    let book = move |tx: &Tx<'_>| -> Result<_, Error> {
        let held = appointment::get(tx, id)?.ok_or(Error::NoSuchAppointment)?;
        let service = shared.config.appointments().and_then(|plan| plan.service(&held.service));
        let told = Told::typed(service.ok_or(Error::NoSuchSlot)?, &typed.0, &typed.1)?;
        appointment::book(tx, &shared.journal, by, id, &told)
    };
    match office.db.write(book).await {
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
