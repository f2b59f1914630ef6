//! A number and nothing else (番号札だけ): for whoever comes to talk, or writes on
//! paper. One touch draws it, and the tablet shows it as any other.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::frame::{Frame, language};
use super::session::Kiosk;
use super::slip;
use crate::config;
use crate::db::Tx;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::queue::order::Class;
use crate::queue::state::State as At;
use crate::queue::{self, Ticket};
use crate::visit::{self, Care, WalkIn, Wishes};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, doors, page, windows};

/// The language chosen on the first page.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub lang: String,
}

/// What a number can be drawn for.
struct Purpose {
    id: String,
    name: String,
    prefix: String,
    waiting: String,
    window: Option<String>,
    /// Why no number is given out now.
    closed: Option<String>,
}

#[derive(Template)]
#[template(path = "kiosk/number.html")]
struct Page {
    frame: Frame,
    op: OpId,
    purposes: Vec<Purpose>,
    refused: Option<&'static str>,
}

/// Lanes that give out numbers to whoever touches them.
pub(super) fn lanes(office: &Office) -> impl Iterator<Item = &config::Lane> {
    let used = office.config.site.modules.queue;
    office.config.lanes.iter().filter(move |lane| used && lane.at_kiosk)
}

/// A tablet that gives out numbers alone, and on which no visit stands.
async fn allowed(office: &Office, kiosk: &Kiosk) -> Result<(), Failure> {
    if lanes(office).next().is_none() {
        return Err(Failure::NotFound);
    }
    kiosk.without_visit(office).await
}

/// `GET /kiosk/number`: the purposes, as large buttons.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    shown(&office, &kiosk, language(&office, &asked.lang), None)
}

fn shown(
    office: &Office,
    kiosk: &Kiosk,
    lang: Lang,
    refused: Option<&'static str>,
) -> Result<Response, Failure> {
    let frame = Frame::guest(office, kiosk, lang).back("/kiosk");
    let purposes = lanes(office).filter_map(|lane| purpose(office, lane, frame.words)).collect();
    page::show(&Page { op: office.journal.op(), purposes, refused, frame })
}

fn purpose(office: &Office, lane: &config::Lane, words: Phrases) -> Option<Purpose> {
    let (now, shown) = (office.journal.now(), office.live.now());
    let waits =
        |ticket: &&Ticket| ticket.leg().state == At::Waiting && ticket.leg().lane == lane.id;
    let waiting = shown.tickets.iter().filter(waits).count();
    let window = shown.outlook.arriving(&lane.id, now);
    Some(Purpose {
        id: lane.id.clone(),
        name: lane.name.in_lang(words.lang()).to_owned(),
        prefix: lane.prefix.clone()?,
        waiting: words.with("kiosk.number.waiting", &[("count", waiting)]),
        window: window.map(|window| {
            words.with("kiosk.number.window", &[("window", windows::words(words, window))])
        }),
        closed: doors::shut(words, office.config.door(lane, now), now),
    })
}

/// `POST /kiosk/number`: draws it, and prints its slip. Touched twice it is one number.
pub(super) async fn draw(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&office, &kiosk).await?;
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let lang = language(&office, fields.get("lang"));
    let lane = lanes(&office).find(|lane| lane.id == fields.get("lane"));
    let lane = lane.ok_or(Failure::BadRequest)?;
    if !office.config.door(lane, office.journal.now()).is_open() {
        return shown(&office, &kiosk, lang, Some("kiosk.number.shut"));
    }
    let care = fields.all("care").into_iter().filter_map(|id| Care::from_id(&id)).collect();
    let new = WalkIn {
        lane: lane.id.clone(),
        class: Class::Ordinary,
        wishes: Wishes { lang, big_type: fields.has("big_type"), care },
        kiosk: Some(kiosk.device.id),
    };
    let (shared, journal, actor) = (office.0.clone(), office.journal.clone(), kiosk.actor());
    let draw = move |tx: &Tx<'_>| visit::walk_in(tx, &journal, shared.counter(), (op, actor), &new);
    match office.db.write(draw).await {
        Ok(Ticket { visit: Some(visit), .. }) => {
            slip::print(&office, &kiosk, op, visit).await;
            Ok(page::go("/kiosk"))
        }
        Ok(_) => Ok(page::go("/kiosk")),
        Err(visit::Error::Queue(queue::Error::Full(_) | queue::Error::RangeEnded(_))) => {
            shown(&office, &kiosk, lang, Some("kiosk.number.no_more"))
        }
        Err(error) => Err(error.into()),
    }
}
