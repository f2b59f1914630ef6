//! When it will be crowded (混雑予測): the next weeks from the office's own days, as a
//! page and as open data, and as files for the town's own site. Of an office that has
//! not been open for long it says just that.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use time::Date;

use super::{Asked, allowed};
use crate::clock::{self, Moment};
use crate::config::Config;
use crate::db::Connection;
use crate::lang::{Lang, Phrases};
use crate::queue::report::calendar::{self, Day, HourOf};
use crate::queue::{self, report};
use crate::web::error::Failure;
use crate::web::{Office, Shared, assets, days as said};

/// So many weeks are shown, this one included.
const WEEKS: usize = 6;

/// So much of the past is looked at: a year, to have seen each season.
const PAST: time::Duration = time::Duration::days(400);

/// What was worked out is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// What is foretold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foretold {
    made_on: String,
    town_code: String,
    office: String,
    /// Days that it was worked out from.
    days_known: usize,
    /// Nothing where they are too few.
    days: Vec<Day>,
}

/// Worked out now and then, whoever asks.
#[derive(Debug, Default)]
pub(in crate::web) struct Kept(Mutex<Option<(Moment, Arc<Foretold>)>>);

/// From the week of `today` on.
///
/// # Errors
/// Faults of storage.
pub fn foretell(
    connection: &Connection,
    config: &Config,
    today: Date,
) -> Result<Foretold, queue::Error> {
    let past = report::between(connection, [today - PAST, today])?;
    let from = calendar::week_begins(today);
    Ok(Foretold {
        made_on: clock::iso_day(today),
        town_code: config.site.town.code.clone(),
        office: config.site.office.id.clone(),
        days_known: past.len(),
        days: calendar::foretell(&past, &|day| config.opens_on(day), from, WEEKS * 7)
            .unwrap_or_default(),
    })
}

async fn kept(office: &Office) -> Result<Arc<Foretold>, Failure> {
    let now = office.journal.now();
    let kept = || office.live.calendar.0.lock().unwrap_or_else(PoisonError::into_inner);
    let good = |at: Moment| at.date() == now.date() && now - at < GOOD_FOR;
    if let Some((_, foretold)) = kept().as_ref().filter(|(at, _)| good(*at)) {
        return Ok(foretold.clone());
    }
    let config = office.config.clone();
    let look = move |connection: &Connection| foretell(connection, &config, now.date());
    let foretold = Arc::new(office.db.read(look).await?);
    *kept() = Some((now, foretold.clone()));
    Ok(foretold)
}

/// A day in its week.
struct Cell {
    day: String,
    /// What is heard: `11月30日（月）`.
    spoken: String,
    /// A name for colours, `closed` and `past` among them.
    level: &'static str,
    mark: &'static str,
    words: String,
    expected: Option<u32>,
}

struct HourCell {
    hour: String,
    level: &'static str,
    mark: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "status/calendar.html")]
struct Page {
    words: Phrases,
    town: String,
    office: String,
    demo: bool,
    /// The style itself, where the page stands alone.
    style: Option<&'static str>,
    made_on: String,
    days_known: usize,
    days_wanted: usize,
    weekdays: Vec<&'static str>,
    weeks: Vec<Vec<Cell>>,
    hours: Vec<HourCell>,
}

impl Page {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    fn of(config: &Config, foretold: &Foretold, lang: Lang, today: Date) -> Self {
        let (words, site) = (Phrases::of(lang), &config.site);
        let cells: Vec<Cell> = foretold.days.iter().map(|day| cell(words, day, today)).collect();
        let mut weeks = Vec::new();
        let mut cells = cells.into_iter().peekable();
        while cells.peek().is_some() {
            weeks.push(cells.by_ref().take(7).collect());
        }
        let first = foretold.days.iter().take(7);
        Self {
            words,
            town: site.town.in_lang(lang).to_owned(),
            office: site.office.name.in_lang(lang).to_owned(),
            demo: false,
            style: None,
            made_on: said::day(words, today),
            days_known: foretold.days_known,
            days_wanted: calendar::DAYS_MIN,
            weekdays: first.map(|day| said::weekday(words, day.day)).collect(),
            weeks,
            hours: usual_hours(foretold).iter().map(|hour| hour_cell(words, hour)).collect(),
        }
    }
}

fn cell(words: Phrases, day: &Day, today: Date) -> Cell {
    let level = match day.level {
        _ if day.day < today => "past",
        Some(level) => level.id(),
        None => "closed",
    };
    Cell {
        day: format!("{}/{}", u8::from(day.day.month()), day.day.day()),
        spoken: said::day(words, day.day),
        level,
        mark: mark(level),
        words: words.t(&format!("forecast.{level}")).to_owned(),
        expected: day.expected.filter(|_| level != "past"),
    }
}

/// Nobody needs to tell the colours apart.
fn mark(level: &str) -> &'static str {
    match level {
        "quiet" => "○",
        "usual" => "△",
        "busy" => "●",
        _ => "–",
    }
}

/// The hours of a day like most.
fn usual_hours(foretold: &Foretold) -> Vec<HourOf> {
    let open = || foretold.days.iter().filter(|day| day.level.is_some());
    let usual = open().find(|day| day.level == Some(calendar::Level::Usual));
    usual.or_else(|| open().next()).map(|day| day.hours.clone()).unwrap_or_default()
}

fn hour_cell(words: Phrases, hour: &HourOf) -> HourCell {
    HourCell {
        hour: words.with("oversight.hour", &[("hour", hour.hour)]),
        level: hour.level.id(),
        mark: mark(hour.level.id()),
        words: words.t(&format!("forecast.{}", hour.level.id())).to_owned(),
    }
}

/// `GET /status/calendar`.
pub(super) async fn page(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    allowed(&office)?;
    let foretold = kept(&office).await?;
    let today = office.journal.now().date();
    let page = Page::of(&office.config, &foretold, asked.lang(&headers), today);
    super::counts::kept(&Page { demo: office.demo, ..page })
}

/// `GET /status/calendar.json`.
pub(super) async fn json(State(office): State<Shared>) -> Result<Response, Failure> {
    allowed(&office)?;
    let text = serde_json::to_string(&*kept(&office).await?);
    let text = text.map_err(|error| Failure::Fault(error.to_string()))?;
    Ok(super::counts::data("application/json", text))
}

/// What stands on the town's own site: pages that need nothing else, and the data. By
/// file name.
///
/// # Errors
/// Faults of rendering.
pub fn files(
    config: &Config,
    foretold: &Foretold,
    today: Date,
) -> Result<BTreeMap<&'static str, String>, String> {
    let page = |lang: Lang| {
        let style = Some(include_str!("../../../templates/static/calendar.css"));
        let page = Page { style, ..Page::of(config, foretold, lang, today) };
        page.render().map_err(|error| error.to_string())
    };
    let json = serde_json::to_string_pretty(foretold).map_err(|error| error.to_string())?;
    Ok(BTreeMap::from([
        ("calendar.html", page(Lang::Ja)?),
        ("calendar.en.html", page(Lang::En)?),
        ("calendar.json", json),
    ]))
}
