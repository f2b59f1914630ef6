//! A ticket's own page, for the telephone of whoever holds it: my number, when, how
//! many before me, and loudly when it is my turn. No name, and nothing that leads to
//! one; the page of a number that is over says so, on this day and on every later one.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Asked, allowed};
use crate::clock;
use crate::lang::{Lang, Phrases};
use crate::queue::board::Call;
use crate::queue::outlook::{self, Told};
use crate::queue::state::State as Stands;
use crate::queue::{self, Ticket};
use crate::secret::Code;
use crate::web::error::Failure;
use crate::web::{Office, Shared, assets, page as answer, windows};

/// Numbers that are shown as called now.
const CALLED_MOST: usize = 4;

/// The part that changes.
#[derive(Template)]
#[template(path = "status/phone_now.html")]
struct Now {
    words: Phrases,
    number: String,
    lane: String,
    /// The state, for the script and the colours: `waiting`, or `over` after the day.
    state: &'static str,
    /// What it means for the holder, in one sentence.
    sentence: String,
    /// While it waits: how many before it and when.
    waiting: Option<(String, String)>,
    has_window: bool,
    called: Vec<Call>,
    time: String,
}

#[derive(Template)]
#[template(path = "status/phone.html")]
struct Page {
    words: Phrases,
    code: String,
    town: String,
    office: String,
    demo: bool,
    /// Whether anything is still to come.
    is_over: bool,
    now: Now,
}

impl Page {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

/// `GET /status/{code}`.
pub(super) async fn page(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let (lang, site) = (asked.lang(&headers), &office.config.site);
    let now = now(&office, &ticket, lang);
    answer::show(&Page {
        words: Phrases::of(lang),
        code: ticket.code.as_ref().map(Code::to_string).unwrap_or_default(),
        town: match lang {
            Lang::Ja => site.town.name.clone(),
            Lang::En => site.town.roman.clone(),
        },
        office: site.office.name.in_lang(lang).to_owned(),
        demo: office.demo,
        is_over: matches!(now.state, "done" | "cancelled" | "expired"),
        now,
    })
}

/// The changing part alone, for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    answer::show(&now(&office, &ticket, asked.lang(&headers)))
}

/// `GET /s/{code}`: short enough to be typed.
pub(super) async fn short(
    State(office): State<Shared>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ticket = find(&office, &code).await?;
    let code = ticket.code.as_ref().map(Code::to_string).unwrap_or_default();
    let lang = asked.lang.map(|lang| format!("?lang={}", lang.tag())).unwrap_or_default();
    Ok(answer::go(&format!("/status/{code}{lang}")))
}

/// The ticket of a code: today's are in memory, one of another day, or of this moment,
/// is looked for.
async fn find(office: &Office, code: &str) -> Result<Ticket, Failure> {
    allowed(office)?;
    let code = Code::typed(code).ok_or(Failure::NotFound)?;
    let shown = office.live.now();
    if let Some(ticket) = shown.tickets.iter().find(|ticket| ticket.code.as_ref() == Some(&code)) {
        return Ok(ticket.clone());
    }
    let look = move |connection: &_| queue::by_code(connection, &code);
    office.db.read(look).await?.ok_or(Failure::NotFound)
}

fn now(office: &Office, ticket: &Ticket, lang: Lang) -> Now {
    let (words, moment, shown) = (Phrases::of(lang), office.journal.now(), office.live.now());
    let leg = ticket.leg();
    // What an earlier day left open is over, whether somebody has said so yet or not.
    let stands = match ticket.day == moment.date() || leg.state.is_over() {
        true => leg.state,
        false => Stands::Expired,
    };
    let counter = leg.counter.unwrap_or_default();
    let told = shown.outlook.of(ticket.id, moment);
    let lane = office.config.lane(&leg.lane);
    Now {
        words,
        number: ticket.to_string(),
        lane: lane.map_or_else(String::new, |lane| lane.name.in_lang(lang).to_owned()),
        state: stands.id(),
        sentence: words.with(sentence(stands), &[("counter", counter)]),
        waiting: (stands == Stands::Waiting).then(|| {
            let rules = office.config.site.queue.order();
            let ahead = outlook::ahead(ticket, &shown.tickets, &rules, moment);
            let ahead = match ahead {
                0 => words.t("wait.nobody_ahead").to_owned(),
                ahead => words.with("wait.ahead", &[("count", ahead)]),
            };
            (ahead, windows::told(words, told))
        }),
        has_window: matches!(told, Told::At(_)),
        called: shown.board.called.iter().take(CALLED_MOST).cloned().collect(),
        time: clock::hour_and_minute(moment),
    }
}

/// The key of the sentence for a state.
fn sentence(stands: Stands) -> &'static str {
    match stands {
        Stands::Waiting => "phone.waiting",
        Stands::Called => "phone.called",
        Stands::Serving => "phone.serving",
        Stands::Held => "phone.held",
        Stands::Preparing => "phone.preparing",
        Stands::Absent => "phone.absent",
        Stands::Done => "phone.done",
        Stands::Cancelled => "phone.cancelled",
        Stands::Expired => "phone.expired",
    }
}
