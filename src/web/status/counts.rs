//! Counts of each lane: a page, and the same as open data. Field names stand in
//! `docs/OPEN_DATA.md` and stay.

use std::fmt::Write;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use super::{Asked, allowed, keep_a_moment};
use crate::clock::{self, Moment};
use crate::csv::cell;
use crate::lang::{Lang, Phrases};
use crate::queue::crowd::{self, Called, Crowd, Lamp};
use crate::queue::wait::window::Window;
use crate::web::error::Failure;
use crate::web::{Office, Shared, assets, windows};

/// The lanes as they are at `now`.
pub(in crate::web) fn crowds(office: &Office, now: Moment) -> Vec<Crowd> {
    let shown = office.live.now();
    let lanes: Vec<String> = office.config.lanes.iter().map(|lane| lane.id.clone()).collect();
    let calls_from = |counter: u32| {
        let counter = office.config.counter(counter);
        counter.map(|counter| office.config.lanes_of(counter)).unwrap_or_default()
    };
    let hall = crowd::Hall {
        tickets: &shown.tickets,
        duties: &shown.duties,
        outlook: &shown.outlook,
        calls_from: &calls_from,
    };
    crowd::crowd(&hall, &lanes, now)
}

fn lamp(office: &Office, crowd: &Crowd, now: Moment) -> Option<Lamp> {
    Lamp::of(crowd.window, office.config.site.counts.lamp_minutes, now)
}

fn lamp_key(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Green => "status.green",
        Lamp::Yellow => "status.yellow",
        Lamp::Red => "status.red",
    }
}

struct Row {
    lane: String,
    /// A name for its colour, and in words.
    lamp: Option<(&'static str, &'static str)>,
    waiting: usize,
    /// When somebody who comes now is called; none where nobody comes from outside.
    window: Option<String>,
    called: Option<Called>,
}

/// The part that changes.
#[derive(Template)]
#[template(path = "status/counts_now.html")]
struct Now {
    words: Phrases,
    rows: Vec<Row>,
    time: String,
}

#[derive(Template)]
#[template(path = "status/counts.html")]
struct Page {
    words: Phrases,
    town: String,
    office: String,
    demo: bool,
    /// The order of the calls, in one sentence.
    order: String,
    now: Now,
}

impl Page {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

fn now(office: &Office, lang: Lang) -> Now {
    let (words, moment) = (Phrases::of(lang), office.journal.now());
    let row = |crowd: Crowd| {
        let lane = office.config.lane(&crowd.lane);
        Row {
            lane: lane.map_or_else(String::new, |lane| lane.name.in_lang(lang).to_owned()),
            lamp: lamp(office, &crowd, moment).map(|lamp| (lamp.id(), words.t(lamp_key(lamp)))),
            waiting: crowd.waiting,
            window: lane.and_then(|lane| {
                windows::for_newcomers(words, (&office.config, lane), crowd.window, moment)
            }),
            called: crowd.called,
        }
    };
    let rows = crowds(office, moment).into_iter().map(row).collect();
    Now { words, rows, time: clock::hour_and_minute(office.live.now().as_of(moment)) }
}

/// `GET /status`.
pub(super) async fn page(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    allowed(&office)?;
    let lang = asked.lang(&headers);
    let site = &office.config.site;
    kept(&Page {
        words: Phrases::of(lang),
        town: site.town.in_lang(lang).to_owned(),
        office: site.office.name.in_lang(lang).to_owned(),
        demo: office.demo,
        order: windows::order(Phrases::of(lang), site),
        now: now(&office, lang),
    })
}

/// The changing part alone, for the script.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    allowed(&office)?;
    kept(&now(&office, asked.lang(&headers)))
}

/// A page that everybody may be given, in one language.
pub(super) fn kept(page: &impl Template) -> Result<Response, Failure> {
    let html = page.render().map_err(|error| Failure::Fault(error.to_string()))?;
    let mut response = Html(html).into_response();
    keep_a_moment(&mut response);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}

/// All of it as open data.
#[derive(Serialize)]
struct OpenData<'o> {
    updated_at: String,
    town_code: &'o str,
    office: &'o str,
    office_name_ja: &'o str,
    office_name_en: &'o str,
    lanes: Vec<LaneData>,
}

#[derive(Serialize)]
struct LaneData {
    lane: String,
    name_ja: String,
    name_en: String,
    waiting: usize,
    open_counters: usize,
    /// When somebody who comes now is called: from here, null for at once…
    call_from: Option<String>,
    /// … to here, null where no counter is open.
    call_to: Option<String>,
    called_number: Option<String>,
    called_counter: Option<u32>,
    /// `green`, `yellow` or `red`; null where nobody can say.
    lamp: Option<Lamp>,
}

fn open_data(office: &Office) -> OpenData<'_> {
    let (now, site) = (office.journal.now(), &office.config.site);
    let lane = |crowd: Crowd| {
        let name = office.config.lane(&crowd.lane).map(|lane| lane.name.clone());
        let name = name.unwrap_or_default();
        let time = |secs: i64| clock::from_unix(secs).map(clock::rfc3339);
        LaneData {
            lamp: lamp(office, &crowd, now),
            lane: crowd.lane,
            name_ja: name.ja,
            name_en: name.en,
            waiting: crowd.waiting,
            open_counters: crowd.open_counters,
            call_from: crowd.window.and_then(|Window { from, .. }| from.and_then(time)),
            call_to: crowd.window.and_then(|Window { to, .. }| time(to)),
            called_counter: crowd.called.as_ref().map(|called| called.counter),
            called_number: crowd.called.map(|called| called.number),
        }
    };
    OpenData {
        updated_at: clock::rfc3339(office.live.now().as_of(now)),
        town_code: &site.town.code,
        office: &site.office.id,
        office_name_ja: &site.office.name.ja,
        office_name_en: &site.office.name.en,
        lanes: crowds(office, now).into_iter().map(lane).collect(),
    }
}

/// `GET /status.json`.
pub(super) async fn json(State(office): State<Shared>) -> Result<Response, Failure> {
    allowed(&office)?;
    let text = serde_json::to_string(&open_data(&office));
    let text = text.map_err(|error| Failure::Fault(error.to_string()))?;
    Ok(data("application/json", text))
}

/// `GET /status.csv`, as spreadsheets open it.
pub(super) async fn csv(State(office): State<Shared>) -> Result<Response, Failure> {
    allowed(&office)?;
    Ok(data("text/csv; charset=utf-8", in_rows(&open_data(&office))))
}

/// Anybody's page may read it.
pub(super) fn data(kind: &'static str, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    let mut response = (headers, text).into_response();
    keep_a_moment(&mut response);
    response
}

fn in_rows(data: &OpenData<'_>) -> String {
    // The mark that it is UTF-8, without which spreadsheets in Japan take it for
    // something else.
    let mut text =
        "\u{feff}updated_at,town_code,office,lane,name_ja,name_en,waiting,open_counters,\
                    call_from,call_to,called_number,called_counter,lamp\r\n"
            .to_owned();
    for lane in &data.lanes {
        let counter = lane.called_counter.map(|counter| counter.to_string());
        let (waiting, open) = (lane.waiting.to_string(), lane.open_counters.to_string());
        let fields: [&str; 13] = [
            &data.updated_at,
            data.town_code,
            data.office,
            &lane.lane,
            &lane.name_ja,
            &lane.name_en,
            &waiting,
            &open,
            lane.call_from.as_deref().unwrap_or_default(),
            lane.call_to.as_deref().unwrap_or_default(),
            lane.called_number.as_deref().unwrap_or_default(),
            counter.as_deref().unwrap_or_default(),
            lane.lamp.map_or("", Lamp::id),
        ];
        let fields: Vec<String> = fields.iter().map(|field| cell(field)).collect();
        // Writing to a text does not fail.
        let _ = write!(text, "{}\r\n", fields.join(","));
    }
    text
}
