//! Where the office's records go besides its own disk: what waits to be sent to the town
//! hall (役所への送信), since when, and why; and how the second copy stands. Numbers and
//! identities, nothing of what residents entered: whoever runs the machines may look, too.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use super::second_copy::{self, Copy};
use crate::clock::{self, Moment};
use crate::config;
use crate::db::Tx;
use crate::downlink;
use crate::forwarding::{self, Last, Parted, Standing, Stuck, Trouble, Waiting};
use crate::journal::{self, Actor, Entity, Event};
use crate::lang::Phrases;
use crate::staff::Action;
use crate::web::error::Failure;
use crate::web::hub;
use crate::web::routes::Router;
use crate::web::{Office, Shared, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(show).post(act))
}

/// A record that the hub has and cannot take further.
struct Row {
    time: String,
    kind: String,
    why: &'static str,
    /// The visit it is about, for whoever may open it.
    visit: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/line.html")]
struct Page {
    frame: Frame,
    op: String,
    line: Option<Line>,
    copy: Option<Copy>,
}

/// The line to the hub.
struct Line {
    /// How it stands.
    is_well: bool,
    words: String,
    waiting: u64,
    since: Option<String>,
    answered: Option<String>,
    /// How much of what the hub has would be lost with the hub and this machine.
    unsaved: u64,
    parted: Vec<String>,
    rows: Vec<Row>,
    more: usize,
    /// What was sent down, where this office takes it.
    down: Option<Down>,
}

/// What the hub sent down.
struct Down {
    wrong: Vec<String>,
    rows: Vec<DownRow>,
}

struct DownRow {
    number: u64,
    what: &'static str,
    colour: &'static str,
    said: String,
    why: Option<&'static str>,
    faults: Vec<String>,
}

async fn show(
    State(office): State<Shared>,
    clerk: Clerk,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    clerk.may(Action::Oversee)?;
    menu(&office).ok_or(Failure::NotFound)?;
    let frame = Frame::inside(&office, &clerk, Place::Supervisor).noting(asked.note);
    let line = match &office.line {
        Some(standing) => Some(line(&office, standing, &frame).await?),
        None => None,
    };
    let op = office.journal.op().to_string();
    page::show(&Page { op, line, copy: second_copy::shown(&office, frame.words), frame })
}

/// The name of the page; none where the records stay on this disk.
pub(super) fn menu(office: &Office) -> Option<&'static str> {
    match (&office.line, &office.copy) {
        (Some(_), _) => Some("line.menu"),
        (None, Some(_)) => Some("second.title"),
        (None, None) => None,
    }
}

async fn line(office: &Office, standing: &Standing, frame: &Frame) -> Result<Line, Failure> {
    let waiting = office.db.read(forwarding::waiting).await?;
    let parted = office.db.read(forwarding::parted).await?;
    let (words, now) = (frame.words, office.journal.now());
    let last = standing.last();
    let (is_well, said) = stands(words, &last);
    let sees_visits = frame.sees_visits();
    Ok(Line {
        is_well,
        words: said,
        waiting: waiting.entries,
        since: waiting.since.as_deref().and_then(clock::parse_rfc3339).map(|at| shown(at, now)),
        answered: last.answered_at.map(|at| shown(at, now)),
        unsaved: waiting.unsaved,
        parted: parted.iter().map(|one| told(words, one, now)).collect(),
        rows: last.stuck.iter().map(|one| row(words, one, now, sees_visits)).collect(),
        more: last.more_stuck,
        down: down(office, words).await?,
    })
}

/// What was sent down, and what is wrong with that.
async fn down(office: &Office, words: Phrases) -> Result<Option<Down>, Failure> {
    let Some(standing) = &office.downlink else { return Ok(None) };
    let now = office.journal.now();
    let at = |text: &str| clock::parse_rfc3339(text).map(|at| shown(at, now)).unwrap_or_default();
    let not_taken = office.db.read(downlink::not_taken).await?;
    let mut wrong: Vec<String> = not_taken
        .iter()
        .map(|one| {
            let why = words.t(not_taken_words(&one.why)).to_owned();
            words.with("line.down_not_taken", &[("time", at(&one.at)), ("why", why)])
        })
        .collect();
    if let Some(faults) = standing.is_set_aside() {
        wrong.push(words.t("line.down_set_aside").to_owned());
        wrong.extend(faults.lines().map(str::to_owned));
    }
    let row = |one: &downlink::Listed| {
        let (colour, key) = match one.state {
            downlink::State::Waiting => ("partly", "line.down_waiting"),
            downlink::State::Applied => ("accepted", "line.down_applied"),
            downlink::State::Refused => ("sent_back", "line.down_refused"),
        };
        let mut reason = one.reason.as_deref().unwrap_or_default().lines();
        DownRow {
            number: one.number,
            what: words.t(hub::kind_words(&one.kind)),
            colour,
            said: words.with(key, &[("time", at(&one.at))]),
            why: reason.next().map(|why| words.t(hub::why_words(why))),
            faults: reason.map(str::to_owned).collect(),
        }
    };
    let rows = office.db.read(downlink::listed).await?.iter().map(row).collect();
    Ok(Some(Down { wrong, rows }))
}

fn not_taken_words(why: &str) -> &'static str {
    match why {
        "signature" => "line.down_signature",
        "other_office" => "line.down_other_office",
        "gap" => "line.down_gap",
        "parted" => "line.down_parted",
        _ => "line.down_unreadable",
    }
}

/// Calls the hub at once, or asks it to look again at what it could not take further.
async fn act(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    sent.clerk.may(Action::Oversee)?;
    let standing = office.line.clone().ok_or(Failure::NotFound)?;
    if sent.fields.get("act") != "again" {
        standing.hurry();
        return Ok(page::go("/desk/line?note=called"));
    }
    let (op, by) = (sent.op()?, Actor::Staff(sent.clerk.signed_in.staff.id));
    let journal = office.journal.clone();
    let note = move |tx: &Tx<'_>| -> Result<(), journal::Error> {
        if journal::entity_of_op(tx, op, forwarding::ASKED_AGAIN)?.is_some() {
            return Ok(());
        }
        let event = Event {
            op,
            kind: forwarding::ASKED_AGAIN,
            schema_version: 1,
            entity: Entity::new("hub", "parked"),
            actor: by,
            facts: json!({}),
            personal: None,
        };
        journal.append(tx, &event).map(drop)
    };
    office.db.write(note).await?;
    standing.ask_again();
    Ok(page::go("/desk/line?note=asked_again"))
}

/// Whether the line stands, and how in a sentence.
fn stands(words: Phrases, last: &Last) -> (bool, String) {
    match &last.trouble {
        None if last.answered_at.is_none() => (true, words.t("line.calling").to_owned()),
        None => (true, words.t("line.well").to_owned()),
        Some(Trouble::Away(_)) => (false, words.t("line.away").to_owned()),
        Some(Trouble::Unanswered) => (true, words.t("line.unanswered").to_owned()),
        Some(Trouble::Busy) => (true, words.t("line.busy").to_owned()),
        Some(Trouble::Refused(code)) => {
            (false, words.with("line.refused", &[("code", code.as_str())]))
        }
    }
}

/// What the supervisor is told among what is wrong: the line is refused, or something
/// waits for long.
pub(super) async fn trouble(office: &Office, words: Phrases) -> Result<Option<String>, Failure> {
    let Some(standing) = &office.line else { return Ok(None) };
    if let Some(down) = &office.downlink
        && (down.is_set_aside().is_some() || office.db.read(downlink::not_taken).await?.is_some())
    {
        return Ok(Some(words.t("line.told_down").to_owned()));
    }
    let waiting = office.db.read(forwarding::waiting).await?;
    // What was set up by hand has the patience of a line.
    let long = office.config.site.hub.as_ref().map_or(10, config::Hub::patience_minutes);
    Ok(trouble_of(words, standing, &waiting, (office.journal.now(), long)))
}

fn trouble_of(
    words: Phrases,
    standing: &Standing,
    waiting: &Waiting,
    (now, long_minutes): (Moment, i64),
) -> Option<String> {
    let last = standing.last();
    if let Some(Trouble::Refused(_)) = last.trouble {
        return Some(words.t("line.told_refused").to_owned());
    }
    if !last.stuck.is_empty() {
        let count = last.stuck.len() + last.more_stuck;
        return Some(words.with("line.told_stuck", &[("count", count)]));
    }
    let since = clock::parse_rfc3339(waiting.since.as_deref()?)?;
    let is_long = (now - since).whole_minutes() >= long_minutes;
    let values = [("count", waiting.entries.to_string()), ("time", shown(since, now))];
    is_long.then(|| words.with("line.told_waiting", &values))
}

fn row(words: Phrases, one: &Stuck, now: Moment, sees_visits: bool) -> Row {
    let why = match one.why.as_str() {
        "too_new" => "line.too_new",
        "behind_another" => "line.behind_another",
        _ => "line.not_as_expected",
    };
    let at = clock::parse_rfc3339(&one.at);
    Row {
        time: at.map(|at| shown(at, now)).unwrap_or_default(),
        kind: one.kind.clone(),
        why: words.t(why),
        visit: (one.entity.0 == "visit" && sees_visits).then(|| one.entity.1.clone()),
    }
}

/// What happened to a log, in a sentence.
fn told(words: Phrases, one: &Parted, now: Moment) -> String {
    let key = match one.incident.as_str() {
        "hub_went_back" => "line.hub_went_back",
        _ => "line.counter_went_back",
    };
    let time = clock::parse_rfc3339(&one.at).map(|at| shown(at, now)).unwrap_or_default();
    words.with(key, &[("time", time)])
}

/// The time of a day, with its day where that is not today.
pub(super) fn shown(at: Moment, now: Moment) -> String {
    let time = clock::hour_and_minute(at);
    match at.date() == now.date() {
        true => time,
        false => format!("{} {time}", clock::iso_day(at.date())),
    }
}
