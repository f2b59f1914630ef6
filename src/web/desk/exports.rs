//! Files for other systems (書き出し): a profile of the town's, some days, how much there is,
//! and the file with its two lists as one download. Nothing is kept on the server, and
//! nothing leaves before the journal says who took it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use time::Date;

use super::frame::{Frame, Place};
use super::guard::{Clerk, Sent};
use crate::clock;
use crate::db::{Connection, Tx};
use crate::export::{self, Bundle, Format, Made, Profile, Source};
use crate::id::OpId;
use crate::lang::Phrases;
use crate::staff::{self, Action, Role};
use crate::takings::{Span, Takings};
use crate::visit;
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, page};

/// The most days of one file: a quarter of a year.
const DAYS_MOST: i64 = 92;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(show).post(take))
}

/// A profile to choose.
struct Choice {
    id: String,
    name: String,
    about: String,
    chosen: bool,
}

/// What there is for what was asked.
struct Found {
    /// Its profile: what was looked at is what is taken.
    id: String,
    name: String,
    rows: usize,
    changed: usize,
    rejected: usize,
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "desk/exports.html")]
struct Page {
    frame: Frame,
    choices: Vec<Choice>,
    from: String,
    until: String,
    op: OpId,
    found: Option<Found>,
}

/// Whether this office has such files, and this person takes them.
fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.exports.is_empty() {
        true => Err(Failure::NotFound),
        false => clerk.may(Action::Export),
    }
}

/// Whether this role takes files of this profile: who runs the machine does not read what
/// residents entered.
fn takes(role: Role, profile: &Profile) -> bool {
    staff::may(role, if profile.is_personal() { Action::ExportEntries } else { Action::Export })
}

async fn show(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Exports);
    let today = clock::iso_day(office.journal.now().date());
    shown(&office, frame, clerk.signed_in.staff.role, ["", &today, &today], None)
}

fn shown(
    office: &Office,
    frame: Frame,
    role: Role,
    [chosen, from, until]: [&str; 3],
    found: Option<Found>,
) -> Result<Response, Failure> {
    let own = office.config.exports.iter().filter(|profile| takes(role, profile));
    let mut choices: Vec<Choice> = own
        .map(|profile| Choice {
            id: profile.id.clone(),
            name: profile.name.in_lang(frame.words.lang()).to_owned(),
            about: about(frame.words, profile),
            chosen: profile.id == chosen,
        })
        .collect();
    if let Some(first) = choices.first_mut().filter(|_| chosen.is_empty()) {
        first.chosen = true;
    }
    page::show(&Page {
        choices,
        from: from.to_owned(),
        until: until.to_owned(),
        op: office.journal.op(),
        found,
        frame,
    })
}

/// What stands in a row of it, and how it is written.
fn about(words: Phrases, profile: &Profile) -> String {
    let of = match (profile.source, profile.accepted_only) {
        (Source::Applications, true) => words.t("desk.exports.accepted"),
        (Source::Applications, false) => words.t("desk.exports.handed_in"),
        (Source::TakingsLines, _) => words.t("desk.exports.takings_lines"),
        (Source::TakingsSums, _) => words.t("desk.exports.takings_sums"),
    };
    let format = match (profile.format, profile.encoding()) {
        (Format::Pdf, _) => "PDF",
        (Format::Json, _) => "JSON",
        (Format::Csv, export::Encoding::Cp932) => "CSV (CP932)",
        (Format::Csv, export::Encoding::Utf8 | export::Encoding::Utf8Bom) => "CSV (UTF-8)",
    };
    format!("{of} · {format}")
}

/// `POST /desk/exports`: how much there is, or the files.
async fn take(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let staff = &sent.clerk.signed_in.staff;
    let profile = office.config.export(sent.fields.get("profile")).ok_or(Failure::BadRequest)?;
    if !takes(staff.role, profile) {
        return Err(Failure::NotAllowed);
    }
    let frame = Frame::inside(&office, &sent.clerk, Place::Exports);
    let (words, role) = (frame.words, staff.role);
    let entered = [profile.id.as_str(), sent.fields.get("from"), sent.fields.get("until")];
    let days = match days(entered[1], entered[2]) {
        Ok(days) => days,
        Err(why) => {
            return shown(&office, frame.refusing(words.t(why).to_owned()), role, entered, None);
        }
    };
    let bundle = bundle(&office, profile, days, &staff.name).await?;
    if bundle.rows + bundle.rejected == 0 {
        let nothing = words.t("desk.exports.nothing").to_owned();
        return shown(&office, frame.refusing(nothing), role, entered, None);
    }
    if sent.fields.get("act") != "download" {
        let found = Found {
            id: profile.id.clone(),
            name: profile.name.in_lang(words.lang()).to_owned(),
            rows: bundle.rows,
            changed: bundle.changed,
            rejected: bundle.rejected,
            files: bundle.files.iter().map(|file| file.name.clone()).collect(),
        };
        return shown(&office, frame, role, entered, Some(found));
    }
    let packed = export::zip(&bundle.files, office.journal.now());
    let name = export::stem(&bundle.profile, bundle.days);
    let (journal, by) = (office.journal.clone(), (sent.op()?, sent.clerk.signed_in.actor()));
    let record = move |tx: &Tx<'_>| visit::export::record(tx, &journal, by, &bundle);
    match office.db.write(record).await {
        Ok(()) => Ok(attached(packed, &name)),
        // The same press again, and the file is another one by now: it is asked anew.
        Err(visit::Error::Late) => {
            let late = words.t("desk.exports.late").to_owned();
            shown(&office, frame.refusing(late), role, entered, None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The days that were entered, or what is wrong with them.
fn days(from: &str, until: &str) -> Result<[Date; 2], &'static str> {
    let read = |text| clock::parse_iso_day(text).ok_or("desk.exports.no_day");
    let days = [read(from)?, read(until)?];
    match (days[1] - days[0]).whole_days() {
        ..0 => Err("desk.exports.backwards"),
        0..DAYS_MOST => Ok(days),
        _ => Err("desk.exports.too_many"),
    }
}

/// The files, made from what stands there now.
async fn bundle(
    office: &Shared,
    profile: &Profile,
    days: [Date; 2],
    clerk: &str,
) -> Result<Bundle, Failure> {
    let (shared, profile, clerk) = (office.0.clone(), profile.clone(), clerk.to_owned());
    let make = move |connection: &Connection| -> Result<Bundle, visit::Error> {
        let stem = export::stem(&profile.id, days);
        let made = made(&shared, connection, (&profile, &stem), (days, &clerk))?;
        Ok(made.bundle(&profile.id, days, &stem))
    };
    Ok(office.db.read(make).await?)
}

fn made(
    office: &Office,
    connection: &Connection,
    (profile, stem): (&Profile, &str),
    (days, clerk): ([Date; 2], &str),
) -> Result<Made, visit::Error> {
    let (journal, counter) = (&*office.journal, office.counter());
    if profile.source != Source::Applications {
        let mut rows = Vec::new();
        let all = std::iter::successors(Some(days[0]), |day| day.next_day());
        for day in all.take_while(|day| *day <= days[1]) {
            rows.extend(Takings::read(connection, &office.config, Span::Day(day))?.rows(profile));
        }
        return Ok(export::rows(profile, stem, &rows));
    }
    match profile.format {
        Format::Pdf => visit::export::paper(
            connection,
            journal,
            counter,
            &office.papers,
            (profile, stem),
            (days, clerk),
        ),
        Format::Csv | Format::Json => {
            let (rows, lost) = visit::export::rows(connection, journal, counter, profile, days)?;
            Ok(export::rows(profile, stem, &rows).without(lost))
        }
    }
}

/// A download that no browser keeps beside it.
fn attached(packed: Vec<u8>, name: &str) -> Response {
    let mut response = packed.into_response();
    page::no_store(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.zip\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
