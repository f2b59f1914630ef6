//! Looking back (実績): the last weeks day by day, one day beside the same weekday
//! before, and all of it as files. Sums and numbers only.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use time::{Date, Duration};

use super::bars::{self, Bars};
use super::booked;
use super::frame::{Frame, Place};
use super::guard::Clerk;
use super::supervisor::allowed;
use crate::clock;
use crate::lang::Phrases;
use crate::queue::report::tally::{Tally, Times};
use crate::queue::report::{self, DayReport, csv};
use crate::queue::wait::Kept;
use crate::web::error::Failure;
use crate::web::{Office, Shared, days, page};

/// So many days stand on the page; files hold all of them.
const SHOWN: usize = 20;

/// The same weekday is looked for so far back: one before may have been a holiday.
const WEEKS_BACK: i64 = 5;

/// A day in the list.
struct Row {
    day: String,
    address: String,
    numbers: [String; 6],
}

#[derive(Template)]
#[template(path = "desk/days.html")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    charts: Vec<Bars>,
    /// How often the times that were told were right, in these days.
    kept: Option<String>,
    saved: Option<String>,
    booked: Vec<booked::Row>,
    /// Whether appointments are taken, and there is a file of them.
    books: bool,
}

/// A measure of the day, and the same of the day beside it.
struct Measure {
    name: &'static str,
    this: String,
    other: String,
}

struct LaneRow {
    name: String,
    numbers: [String; 5],
}

struct HourRow {
    hour: String,
    numbers: [String; 4],
}

#[derive(Template)]
#[template(path = "desk/day.html")]
struct One {
    frame: Frame,
    title: String,
    address: String,
    /// The day beside it, and where it is.
    beside: Option<(String, String)>,
    measures: Vec<Measure>,
    charts: Vec<Bars>,
    hours: Vec<HourRow>,
    lanes: Vec<LaneRow>,
    booked: Vec<booked::Row>,
    kept: Option<String>,
    saved: Option<String>,
}

pub(super) async fn list(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Supervisor);
    let (words, mut reports) = (frame.words, all(&office).await?);
    let mut newest = reports.split_off(reports.len().saturating_sub(SHOWN));
    let kept = kept(words, "report.kept", sum_kept(&newest));
    let saved = saved(&office, words, &newest);
    let charts = charts(words, &newest);
    // Days on which nobody drew a number have appointments all the same.
    let today = office.journal.now().date();
    let first = newest.first().map_or(today, |report| report.day);
    let booked = booked::rows(&office, words, [first, today - Duration::DAY]).await?;
    let books = office.config.appointments().is_some();
    newest.reverse();
    let rows = newest.iter().map(|report| row(words, report)).collect();
    page::show(&List { rows, charts, kept, saved, booked, books, frame })
}

pub(super) async fn one(
    State(office): State<Shared>,
    clerk: Clerk,
    Path(day): Path<String>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Supervisor);
    let (words, this) = (frame.words, of(&office, &day).await?);
    let before = |weeks: i64| this.day - Duration::weeks(weeks);
    let days: Vec<Date> = (1..=WEEKS_BACK).map(before).collect();
    let find = move |connection: &_| {
        let mut found = days.iter().map(|day| report::of(connection, *day));
        found.find_map(Result::transpose).transpose()
    };
    let other = office.db.read(find).await?;
    let lane = |(id, tally): (&String, &Tally)| LaneRow {
        name: office
            .config
            .lane(id)
            .map_or_else(|| id.clone(), |lane| lane.name.in_lang(words.lang()).to_owned()),
        numbers: [
            tally.came.to_string(),
            tally.served.to_string(),
            minutes(tally.waits.count, tally.waits.median_secs),
            minutes(tally.services.count, tally.services.median_secs),
            tally.no_shows.to_string(),
        ],
    };
    page::show(&One {
        booked: booked::rows(&office, words, [this.day; 2]).await?,
        title: days::day(words, this.day),
        address: clock::iso_day(this.day),
        beside: other
            .as_ref()
            .map(|other| (days::day(words, other.day), clock::iso_day(other.day))),
        measures: measures(words, &this, other.as_ref()),
        charts: hour_charts(words, &this.hours),
        hours: hours(words, &this, other.as_ref()),
        lanes: this.lanes.iter().map(lane).collect(),
        kept: kept(words, "report.kept_on_the_day", this.kept),
        saved: saved(&office, words, std::slice::from_ref(&this)),
        frame,
    })
}

/// Everything that was counted, the oldest first.
async fn all(office: &Office) -> Result<Vec<DayReport>, Failure> {
    let all = |connection: &_| report::between(connection, [Date::MIN, Date::MAX]);
    Ok(office.db.read(all).await?)
}

/// A day that was counted; today and one that was not yet are counted as they stand.
async fn of(office: &Office, day: &str) -> Result<DayReport, Failure> {
    let day = clock::parse_iso_day(day).ok_or(Failure::NotFound)?;
    let count = move |connection: &_| match report::of(connection, day)? {
        Some(report) => Ok(report),
        None => report::count(connection, day),
    };
    let today = office.journal.now().date();
    let report = office.db.read(count).await?;
    match report.all.came > 0 || report.passing > 0 || day == today {
        true => Ok(report),
        false => Err(Failure::NotFound),
    }
}

fn row(words: Phrases, report: &DayReport) -> Row {
    let Tally { came, no_shows, waits, services, .. } = &report.all;
    let percent = report.kept.and_then(percent);
    Row {
        day: days::day(words, report.day),
        address: clock::iso_day(report.day),
        numbers: [
            came.to_string(),
            minutes(waits.count, waits.median_secs),
            minutes(waits.count, waits.p90_secs),
            minutes(services.count, services.median_secs),
            no_shows.to_string(),
            percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent}%")),
        ],
    }
}

/// Whole minutes, of something that was measured.
fn minutes(count: u32, secs: u64) -> String {
    if count == 0 { "–".to_owned() } else { rounded(secs).to_string() }
}

fn rounded(secs: u64) -> u64 {
    (secs + 30) / 60
}

fn percent(Kept { judged, kept }: Kept) -> Option<u32> {
    (kept * 100 + judged / 2).checked_div(judged)
}

fn sum_kept(reports: &[DayReport]) -> Option<Kept> {
    let known = reports.iter().filter_map(|report| report.kept);
    known.reduce(|sum, day| Kept { judged: sum.judged + day.judged, kept: sum.kept + day.kept })
}

fn kept(words: Phrases, key: &str, kept: Option<Kept>) -> Option<String> {
    let (kept, percent) = (kept?, percent(kept?)?);
    Some(words.with(key, &[("judged", kept.judged), ("percent", percent)]))
}

/// What nobody had to write by hand, and the time it would have taken: as many seconds
/// a field as the town has written down.
fn saved(office: &Office, words: Phrases, reports: &[DayReport]) -> Option<String> {
    let sum = |what: &dyn Fn(&DayReport) -> u32| reports.iter().map(what).sum::<u32>();
    let applications = sum(&|report| report.forms.applications);
    let (fields, prefilled) =
        (sum(&|report| report.forms.unwritten()), sum(&|report| report.forms.prefilled()));
    let secs = office.config.site.counts.seconds_by_hand;
    let values = [
        ("applications", applications.to_string()),
        ("fields", fields.to_string()),
        ("prefilled", prefilled.to_string()),
        ("seconds", secs.to_string()),
        ("minutes", rounded(u64::from(prefilled) * u64::from(secs)).to_string()),
    ];
    (applications > 0).then(|| words.with("report.saved", &values))
}

fn charts(words: Phrases, reports: &[DayReport]) -> Vec<Bars> {
    let chart = |key: &str, value: &dyn Fn(&DayReport) -> Option<u64>| {
        let label = |report: &DayReport| {
            let day = report.day;
            format!("{}/{}", u8::from(day.month()), day.day())
        };
        let values: Vec<_> =
            reports.iter().map(|report| (label(report), as_bar(value(report)))).collect();
        Bars::of(words.t(key), &values)
    };
    if reports.is_empty() {
        return Vec::new();
    }
    vec![
        chart("oversight.came", &|report| Some(report.all.came.into())),
        chart("oversight.waited", &|report| measured(&report.all.waits)),
        chart("report.served_minutes", &|report| measured(&report.all.services)),
        chart("oversight.absent", &|report| Some(report.all.no_shows.into())),
    ]
}

/// A day hour by hour, over or not.
pub(super) fn hour_charts(words: Phrases, hours: &[report::tally::Hour]) -> Vec<Bars> {
    let chart = |key: &str, value: &dyn Fn(&report::tally::Hour) -> Option<u64>| {
        let label = |hour: u8| words.with("oversight.hour", &[("hour", hour)]);
        let values: Vec<_> =
            hours.iter().map(|hour| (label(hour.hour), as_bar(value(hour)))).collect();
        Bars::of(words.t(key), &values)
    };
    if hours.is_empty() {
        return Vec::new();
    }
    vec![
        chart("oversight.came", &|hour| Some(hour.came.into())),
        chart("oversight.waited", &|hour| measured(&hour.waits)),
        chart("report.absences", &|hour| Some(hour.absences.into())),
    ]
}

fn as_bar(value: Option<u64>) -> Option<usize> {
    value.and_then(|value| usize::try_from(value).ok())
}

fn measured(times: &Times) -> Option<u64> {
    (times.count > 0).then(|| rounded(times.median_secs))
}

fn measures(words: Phrases, this: &DayReport, other: Option<&DayReport>) -> Vec<Measure> {
    let measure = |key: &'static str, value: &dyn Fn(&DayReport) -> String| Measure {
        name: words.t(key),
        this: value(this),
        other: other.map_or_else(|| "–".to_owned(), value),
    };
    let in_minutes = |times: &Times, secs: u64| match times.count {
        0 => "–".to_owned(),
        _ => words.with("oversight.minutes", &[("minutes", rounded(secs))]),
    };
    vec![
        measure("report.came", &|day| day.all.came.to_string()),
        measure("report.wait", &|day| in_minutes(&day.all.waits, day.all.waits.median_secs)),
        measure("report.wait_p90", &|day| in_minutes(&day.all.waits, day.all.waits.p90_secs)),
        measure("report.wait_longest", &|day| {
            in_minutes(&day.all.waits, day.all.waits.longest_secs)
        }),
        measure("report.service", &|day| {
            in_minutes(&day.all.services, day.all.services.median_secs)
        }),
        measure("report.no_shows", &|day| day.all.no_shows.to_string()),
        measure("report.cancelled", &|day| day.all.cancelled.to_string()),
        measure("report.passing", &|day| day.passing.to_string()),
        measure("report.estimates", &|day| {
            let percent = day.kept.and_then(percent);
            percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"))
        }),
    ]
}

fn hours(words: Phrases, this: &DayReport, other: Option<&DayReport>) -> Vec<HourRow> {
    let row = |hour: &report::tally::Hour| {
        let beside = other.and_then(|day| day.hours.iter().find(|one| one.hour == hour.hour));
        let none = || "–".to_owned();
        HourRow {
            hour: words.with("oversight.hour", &[("hour", hour.hour)]),
            numbers: [
                hour.came.to_string(),
                beside.map_or_else(none, |hour| hour.came.to_string()),
                minutes(hour.waits.count, hour.waits.median_secs),
                beside.map_or_else(none, |one| minutes(one.waits.count, one.waits.median_secs)),
            ],
        }
    };
    this.hours.iter().map(row).collect()
}

pub(super) async fn days_file(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    Ok(file("days.csv", csv::days(&all(&office).await?)))
}

pub(super) async fn hours_file(
    State(office): State<Shared>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    Ok(file("hours.csv", csv::hours(&all(&office).await?)))
}

pub(super) async fn tickets_file(
    State(office): State<Shared>,
    clerk: Clerk,
    Path(day): Path<String>,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let day = clock::parse_iso_day(&day).ok_or(Failure::NotFound)?;
    let text = office.db.read(move |connection| report::tickets_file(connection, day)).await?;
    Ok(file(&format!("tickets-{}.csv", clock::iso_day(day)), text))
}

/// A file that the browser keeps where the person says.
pub(super) fn file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    let mut response = (headers, text).into_response();
    page::no_store(&mut response);
    response
}
