//! The display (表示盤): which number is called where, for everybody in the hall.
//!
//! Numbers and counts only, no name and no 配慮. The page gets whole boards over a
//! stream and keeps its own queue of announcements, so two calls in one second are
//! both said in full, one after the other, and none is said late. What is said aloud
//! stands in the board as a list of clips.

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};

use super::error::Failure;
use super::fields::Fields;
use super::{Shared, assets, cookie, live, page};
use crate::device::display::{SAYS_EVERY, Sound};
use crate::device::{self, Device, Role};
use crate::lang::{Lang, Phrases};
use crate::queue::voice::Voice;
use crate::web::routes::Router;

/// The cookie that says which display this is, and where it is shown.
pub(super) const COOKIE: &str = "display";
pub(super) const PATH: &str = "/display";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(show)).route("/events", get(events)).route("/heard", post(heard))
}

/// A paired display. A browser without the cookie is sent to be paired.
struct Screen(Device);

impl FromRequestParts<Shared> for Screen {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Self, Failure> {
        const PAIR: Failure = Failure::Elsewhere("/pair?role=display");
        if !office.config.site.modules.queue {
            return Err(Failure::NotFound);
        }
        let token = cookie::token(&parts.headers, COOKIE).ok_or(PAIR)?;
        let found = office.db.read(move |connection| device::paired(connection, &token)).await?;
        found.filter(|device| device.role == Role::Display).map(Screen).ok_or(PAIR)
    }
}

#[derive(Template)]
#[template(path = "display/board.html")]
struct Board {
    words: Phrases,
    english: Phrases,
    town: String,
    demo: bool,
    lanes: Vec<Lane>,
    /// The languages of the voice; none where the display only chimes.
    languages: &'static [&'static str],
    /// Whether it makes no sound, by the town's choice.
    is_silent: bool,
    /// How often it says how it is doing.
    says_secs: u64,
    /// What is told besides, in Japanese and in English.
    notice: Option<[String; 2]>,
}

struct Lane {
    id: String,
    /// Whether anybody comes to it from outside, and not from another lane.
    is_first: bool,
    name: String,
    english: String,
}

impl Board {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// Where the clips of a language lie, and the table of them.
    fn clips(&self, language: &str) -> (&'static str, &'static str) {
        let address = |kind| assets::address(&format!("{language}.{kind}"));
        (address("ogg"), address("tsv"))
    }
}

async fn show(State(office): State<Shared>, Screen(display): Screen) -> Result<Response, Failure> {
    let lane = |lane: &crate::config::Lane| Lane {
        id: lane.id.clone(),
        is_first: lane.prefix.is_some(),
        name: lane.name.ja.clone(),
        english: lane.name.en.clone(),
    };
    let queue = &office.config.site.queue;
    let group = office.config.group_of(&display.name);
    let group = group.and_then(|group| office.config.display_groups.get(group));
    let is_shown =
        |lane: &&crate::config::Lane| group.is_none_or(|group| group.lanes.contains(&lane.id));
    page::show(&Board {
        words: Phrases::of(Lang::Ja),
        english: Phrases::of(Lang::En),
        town: office.config.site.town.name.clone(),
        demo: office.demo,
        lanes: office.config.lanes.iter().filter(is_shown).map(lane).collect(),
        languages: queue.voice.languages(),
        is_silent: queue.voice == Voice::Silent,
        says_secs: SAYS_EVERY.as_secs(),
        notice: queue.notice.as_ref().map(|notice| [notice.ja.clone(), notice.en.clone()]),
    })
}

/// The display says what it sounds like: staff see from their places when it does not.
async fn heard(
    State(office): State<Shared>,
    Screen(display): Screen,
    fields: Fields,
) -> Result<StatusCode, Failure> {
    let sound = Sound::from_id(fields.get("sound")).ok_or(Failure::BadRequest)?;
    office.live.displays.hear(display.id, sound, &office.journal);
    Ok(StatusCode::NO_CONTENT)
}

async fn events(State(office): State<Shared>, Screen(display): Screen) -> Response {
    live::boards(&office, office.config.group_of(&display.name))
}
