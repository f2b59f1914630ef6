//! Whoever missed the call and is there again: they show the slip, or choose the letter
//! and type the number, and wait again by the rule of the telephone's page. No visit
//! stands on the tablet meanwhile, and nothing is left on it.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::eyes::{self, Eyes, told};
use super::frame::{Frame, language};
use super::number::Asked;
use super::session::Kiosk;
use crate::db::Tx;
use crate::id::{OpId, TicketId};
use crate::lang::{Lang, Phrases};
use crate::queue::state::State as At;
use crate::queue::{self, Ticket, holder, outlook};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, page, status, windows};

#[derive(Template)]
#[template(path = "kiosk/back.html")]
struct Page {
    frame: Frame,
    op: OpId,
    /// The letters of the numbers that are given out.
    prefixes: Vec<String>,
    eyes: Eyes,
    error: Option<&'static str>,
}

/// What became of it.
#[derive(Template)]
#[template(path = "kiosk/back_told.html")]
struct Told {
    frame: Frame,
    number: String,
    /// Whether they wait again.
    waits: bool,
    sentence: String,
    /// While it waits: how many before it and when.
    waiting: Option<(String, String)>,
}

/// The letters of the numbers that are given out.
pub(super) fn prefixes(office: &Office) -> Vec<String> {
    let mut prefixes: Vec<String> = match office.config.site.modules.queue {
        true => office.config.lanes.iter().filter_map(|lane| lane.prefix.clone()).collect(),
        false => Vec::new(),
    };
    prefixes.sort();
    prefixes.dedup();
    prefixes
}

/// A tablet of an office that gives out numbers, on which no visit stands.
async fn allowed(office: &Office, kiosk: &Kiosk) -> Result<(), Failure> {
    if prefixes(office).is_empty() {
        return Err(Failure::NotFound);
    }
    kiosk.without_visit(office).await
}

fn frame(office: &Office, kiosk: &Kiosk, lang: Lang) -> Frame {
    Frame { words: Phrases::of(lang), is_guest: true, ..Frame::new(office, kiosk, None) }
}

/// `GET /kiosk/back`.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    // What was scanned before anybody asked for it is nobody's.
    office.codes.forget(kiosk.device.id, kiosk.beside(&office));
    shown(&office, &kiosk, language(&office, &asked.lang), None)
}

fn shown(
    office: &Office,
    kiosk: &Kiosk,
    lang: Lang,
    error: Option<&'static str>,
) -> Result<Response, Failure> {
    let eyes = Eyes::of(kiosk.beside(office));
    page::show(&Page {
        op: office.journal.op(),
        prefixes: prefixes(office),
        // A slip that was refused is still before it.
        eyes: Eyes { camera: error.is_none() && eyes.camera, ..eyes },
        error,
        frame: frame(office, kiosk, lang).back("/kiosk"),
    })
}

/// `POST /kiosk/back`: what was scanned, or the letter and the number.
pub(super) async fn say(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let lang = language(&office, fields.get("lang"));
    // One a second: nobody tries numbers by the thousand.
    let _turn = office.codes.turn(kiosk.device.id).await;
    let scanned = Some(fields.get("text").to_owned()).filter(|text| !text.is_empty());
    let scanned = scanned.or_else(|| office.codes.take_heard(kiosk.beside(&office)));
    let number = format!("{}{}", fields.get("prefix"), fields.get("number").trim());
    // A slip says which number; what somebody typed before it was held there does not.
    let found = match scanned {
        Some(scanned) => by_slip(&office, &scanned).await?.ok_or("kiosk.missed.other_code"),
        None => by_number(&office, number).await?.ok_or("kiosk.missed.not_found"),
    };
    let id = match found {
        Ok(id) => id,
        Err(error) => return shown(&office, &kiosk, lang, Some(error)),
    };
    let (journal, actor) = (office.journal.clone(), kiosk.actor());
    let write = move |tx: &Tx<'_>| holder::is_back(tx, &journal, (op, actor), id);
    let (ticket, came_back) = office.db.write(write).await?;
    told_of(&office, frame(&office, &kiosk, lang), &ticket, came_back).await
}

/// The ticket of today that a slip is of.
async fn by_slip(office: &Office, scanned: &str) -> Result<Option<TicketId>, Failure> {
    let Some(code) = holder::page_in(scanned) else { return Ok(None) };
    let day = office.journal.now().date();
    let found = office.db.read(move |connection| queue::by_code(connection, &code)).await?;
    Ok(found.filter(|ticket| ticket.day == day).map(|ticket| ticket.id))
}

/// The ticket of today with this number; of several, the one that is not over.
async fn by_number(office: &Office, number: String) -> Result<Option<TicketId>, Failure> {
    let day = office.journal.now().date();
    let tickets = office.db.read(move |connection| queue::of_day(connection, day)).await?;
    let open = tickets.iter().filter(|ticket| !ticket.leg().state.is_over());
    Ok(holder::typed(&number, open).or_else(|| holder::typed(&number, tickets.iter())))
}

async fn told_of(
    office: &Office,
    frame: Frame,
    ticket: &Ticket,
    came_back: bool,
) -> Result<Response, Failure> {
    let (now, words, leg) = (office.journal.now(), frame.words, ticket.leg());
    let waits = leg.state == At::Waiting;
    let waiting = match waits {
        true => {
            let day = now.date();
            let tickets = office.db.read(move |connection| queue::of_day(connection, day)).await?;
            let rules = office.config.site.queue.order();
            let ahead = match outlook::ahead(ticket, &tickets, &rules, now) {
                0 => words.t("wait.nobody_ahead").to_owned(),
                ahead => words.with("wait.ahead", &[("count", ahead)]),
            };
            let told = office.live.told(ticket.id, now).await;
            Some((ahead, windows::told(words, told)))
        }
        false => None,
    };
    let sentence = match came_back {
        true => words.t("kiosk.missed.waits_again").to_owned(),
        false => status::sentence(words, leg.state, leg.counter),
    };
    page::show(&Told { number: ticket.to_string(), waits, sentence, waiting, frame })
}

/// `POST /kiosk/back/frame`: the middle of what the camera sees.
pub(super) async fn frame_seen(
    State(office): State<Shared>,
    kiosk: Kiosk,
    headers: HeaderMap,
    pixels: Bytes,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    if !Eyes::of(kiosk.beside(&office)).camera {
        return Ok(told(&json!({})));
    }
    // Another code than a slip's goes no further.
    Ok(told(&match eyes::code_in(&office, &headers, &pixels).await? {
        None => json!({}),
        Some(text) if holder::page_in(&text).is_some() => json!({ "text": text }),
        Some(_) => json!({ "say": "other" }),
    }))
}
