//! Today's visits, calls for staff, and the one box that finds a visit.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use time::Duration;

use super::codes::{self, NotTaken};
use super::frame::{Asked, Frame, Place};
use super::guard::{Clerk, Sent};
use super::paying::Waiting;
use crate::application;
use crate::clock::Moment;
use crate::device::{self, Device};
use crate::id::{DeviceId, OpId, StaffId, VisitId};
use crate::lang::{Lang, Phrases};
use crate::staff::{self, Action, Role};
use crate::visit::desk;
use crate::visit::listed::{self, Listed, Unreadable};
use crate::visit::{Care, Visit, Wishes};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// How long an answered call stays on the list, unless its resident leaves first.
const ANSWERED_SHOWN: Duration = Duration::minutes(5);

/// The list's [`mark`], which a refreshing page sends back.
const SEEN: HeaderName = HeaderName::from_static("x-seen");

/// A visit as the list shows it.
struct Row {
    id: VisitId,
    /// The day it was handed in, unless that is today.
    day: Option<String>,
    time: String,
    number: String,
    name: String,
    kana: String,
    procedures: String,
    state: &'static str,
    state_words: String,
    /// Where its payment stands, while that waits for somebody.
    paying: Option<(&'static str, &'static str)>,
    marks: Vec<String>,
}

/// A kiosk where somebody waits for a member of staff.
#[derive(Hash)]
struct Call {
    device: DeviceId,
    name: String,
    waited: String,
    /// Who goes there, once somebody does.
    answered_by: Option<String>,
    /// Why a code made at home was not taken there.
    not_taken: Option<NotTaken>,
}

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Page {
    frame: Frame,
    list: List,
    typed: String,
    /// How many visits there are in all, and how many still to be decided.
    count: String,
    /// The words about what can be searched for.
    find_help: &'static str,
}

/// The part of the page that refreshes itself.
#[derive(Template)]
#[template(path = "desk/list.html")]
struct List {
    words: Phrases,
    key: String,
    calls: Vec<Call>,
    paying: Waiting,
    /// The press that lets a code be used once more, where this person may.
    reinstate: Option<OpId>,
    rows: Vec<Row>,
    /// Visits that are damaged, each in a sentence: no search finds them, so every
    /// list has them.
    unreadable: Vec<String>,
    searched: bool,
}

impl List {
    /// Whether somebody waits and nobody goes there yet.
    fn waits(&self) -> bool {
        self.calls.iter().any(|call| call.answered_by.is_none())
    }
}

/// The day's list. Whoever may not see visits is shown what they may do.
pub(super) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    if !staff::may(clerk.signed_in.staff.role, Action::SeeVisits) {
        let modules = &office.config.site.modules;
        return Err(Failure::Elsewhere(match clerk.signed_in.staff.role {
            Role::Guide if modules.queue => "/desk/guide",
            Role::Guide if modules.appointments => "/desk/appointments",
            Role::Guide => "/desk/password",
            _ => "/desk/devices",
        }));
    }
    clerk.may(Action::SeeVisits)?;
    let frame = Frame::inside(&office, &clerk, Place::Today).noting(asked.note);
    shown(&office, &clerk, frame, String::new()).await
}

/// Finds visits. What was typed travels in the body: a name belongs in no
/// address. A search that finds one visit opens it at once.
pub(super) async fn search(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    sent.clerk.may(Action::SeeVisits)?;
    let frame = Frame::inside(&office, &sent.clerk, Place::Today);
    shown(&office, &sent.clerk, frame, sent.fields.get("find").trim().to_owned()).await
}

/// Shows what is found by what was typed; that this person saw it is recorded.
async fn shown(
    office: &Office,
    clerk: &Clerk,
    frame: Frame,
    typed: String,
) -> Result<Response, Failure> {
    let (visits, unreadable) = visits(office, frame.words).await?;
    let all = visits.len() + unreadable.len();
    let open = visits.iter().filter(|listed| listed.is_open()).count();
    let count = frame.words.with("desk.today.count", &[("all", all), ("open", open)]);
    let found = visits.into_iter().filter(|listed| listed.findable.is_found_by(&typed));
    let found: Vec<Listed> = found.collect();
    let searched = !typed.is_empty();
    record(office, clerk, searched, &found).await?;
    if searched && let [only] = found.as_slice() {
        return Ok(page::go(&format!("/desk/visits/{}", only.visit.id)));
    }
    let paying = Waiting::seen_by(office, clerk);
    let list = List {
        words: frame.words,
        key: frame.key.clone(),
        calls: calls(office, frame.words).await?,
        reinstate: reinstate(office, clerk),
        rows: rows(office, (frame.words, &paying), found),
        paying,
        unreadable,
        searched,
    };
    let find_help = match office.config.site.modules.queue {
        true => "desk.today.find_help",
        false => "desk.today.find_help_unqueued",
    };
    page::show(&Page { frame, list, typed, count, find_help })
}

/// The list alone, for the script that keeps it fresh; nothing when it is still
/// what that page has.
pub(super) async fn fragment(
    State(office): State<Shared>,
    clerk: Clerk,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    clerk.may(Action::SeeVisits)?;
    let words = Phrases::of(clerk.lang);
    let calls = calls(&office, words).await?;
    // Before the list is read: a change in between shows at the next refresh.
    let paying = Waiting::seen_by(&office, &clerk);
    let seen = mark(&office, (&calls, &paying)).await?;
    if headers.get(SEEN).is_some_and(|known| known == seen.as_str()) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (visits, unreadable) = visits(&office, words).await?;
    // What this person has not been shown yet is a look like any other.
    if office.shown.has_new(clerk.signed_in.staff.id, &ids(&visits)) {
        record(&office, &clerk, false, &visits).await?;
    }
    let list = List {
        words,
        rows: rows(&office, (words, &paying), visits),
        reinstate: reinstate(&office, &clerk),
        key: clerk.key,
        calls,
        paying,
        unreadable,
        searched: false,
    };
    let mut list = page::show(&list)?;
    list.headers_mut().extend(HeaderValue::from_str(&seen).ok().map(|seen| (SEEN, seen)));
    Ok(list)
}

/// The press of the button beside a code that was not taken.
fn reinstate(office: &Office, clerk: &Clerk) -> Option<OpId> {
    let may = staff::may(clerk.signed_in.staff.role, Action::ReinstateCodes);
    may.then(|| office.journal.op())
}

/// Stands for everything the list shows.
async fn mark(office: &Office, (calls, paying): (&[Call], &Waiting)) -> Result<String, Failure> {
    let day = office.journal.now().date();
    let mut hash = DefaultHasher::new();
    office.db.read(move |connection| listed::mark(connection, day)).await?.hash(&mut hash);
    (calls, &paying.rows).hash(&mut hash);
    Ok(format!("{:016x}", hash.finish()))
}

/// The visits of the list, and a sentence for each that cannot be read.
async fn visits(office: &Office, words: Phrases) -> Result<(Vec<Listed>, Vec<String>), Failure> {
    let (journal, day) = (office.journal.clone(), office.journal.now().date());
    let list = office.db.read(move |connection| listed::on(connection, &journal, day)).await?;
    let sentence = |one: Unreadable| {
        tracing::error!(visit = %one.visit.id, error = %one.error, "a visit cannot be read");
        let time = one.visit.submitted_at.map(time_of_day).unwrap_or_default();
        words.with("desk.today.unreadable", &[("time", time), ("number", one.number)])
    };
    Ok((list.visits, list.unreadable.into_iter().map(sentence).collect()))
}

/// Writes down that this person is shown these visits.
async fn record(
    office: &Office,
    clerk: &Clerk,
    searched: bool,
    visits: &[Listed],
) -> Result<(), Failure> {
    let (journal, staff) = (office.journal.clone(), clerk.signed_in.staff.id);
    let hits = visits.len();
    office.db.write(move |tx| desk::listed(tx, &journal, staff, searched, hits)).await?;
    if !searched {
        office.shown.note(staff, &ids(visits));
    }
    Ok(())
}

fn ids(visits: &[Listed]) -> Vec<VisitId> {
    visits.iter().map(|listed| listed.visit.id).collect()
}

/// The visits that each member of staff was shown last on the list, so that a list
/// which keeps itself fresh is recorded once for each change and not every ten
/// seconds. Forgotten when the program ends; the next look is recorded then.
#[derive(Default)]
pub struct Shown(Mutex<HashMap<StaffId, BTreeSet<VisitId>>>);

impl Shown {
    pub(super) fn has_new(&self, staff: StaffId, visits: &[VisitId]) -> bool {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = shown.get(&staff);
        visits.iter().any(|id| before.is_none_or(|ids| !ids.contains(id)))
    }

    pub(super) fn note(&self, staff: StaffId, visits: &[VisitId]) {
        let ids = visits.iter().copied().collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(staff, ids);
    }
}

/// Calls that wait, and for a while those that somebody answered: colleagues see
/// that they need not go.
async fn calls(office: &Office, words: Phrases) -> Result<Vec<Call>, Failure> {
    let now = office.journal.now();
    let devices = office.db.read(device::all).await?;
    let staff = office.db.read(staff::accounts).await?;
    let name_of = |id| staff.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let call = |device: Device| {
        let help = device.help.filter(|_| device.revoked_at.is_none())?;
        let answered = help.answered;
        if answered.is_some_and(|(at, _)| now - at >= ANSWERED_SHOWN) {
            return None;
        }
        let waited = match (now - help.since).whole_minutes().max(0) {
            0 => words.t("desk.today.just_now").to_owned(),
            minutes => words.with("desk.today.waited", &[("minutes", minutes)]),
        };
        let answered_by = answered.map(|(_, by)| name_of(by).unwrap_or_default());
        let not_taken = codes::not_taken(office, device.id, words);
        Some(Call { device: device.id, name: device.name, waited, answered_by, not_taken })
    };
    let mut calls: Vec<Call> = devices.into_iter().filter_map(call).collect();
    calls.sort_by_key(|call| call.answered_by.is_some());
    Ok(calls)
}

/// What is still to be decided first, each part by time.
fn rows(office: &Office, told: (Phrases, &Waiting), visits: Vec<Listed>) -> Vec<Row> {
    let (open, decided): (Vec<_>, Vec<_>) = visits.into_iter().partition(Listed::is_open);
    open.into_iter().chain(decided).map(|listed| row(office, told, listed)).collect()
}

fn row(office: &Office, (words, paying): (Phrases, &Waiting), listed: Listed) -> Row {
    let lang = words.lang();
    let procedures = office.counter().procedures(&listed.visit.procedures);
    let titles: Vec<&str> = procedures.iter().map(|one| one.title.in_lang(lang)).collect();
    let (state, state_words) = state(&words, &listed);
    let words_of = |text: &Option<crate::text::Text>| {
        text.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    Row {
        id: listed.visit.id,
        day: other_day(office, &words, &listed.visit),
        time: listed.visit.submitted_at.map(time_of_day).unwrap_or_default(),
        number: listed.number,
        name: words_of(&listed.name),
        kana: words_of(&listed.kana),
        procedures: titles.join(words.t("list.and")),
        state,
        state_words: state_words.to_owned(),
        paying: paying.of(listed.visit.id),
        marks: marks(&words, &listed.visit.wishes),
    }
}

/// `9:05`.
pub(super) fn time_of_day(moment: Moment) -> String {
    format!("{}:{:02}", moment.hour(), moment.minute())
}

/// `11月20日`: the day of a visit, unless that is today.
pub(super) fn other_day(office: &Office, words: &Phrases, visit: &Visit) -> Option<String> {
    let (month, day) = (u8::from(visit.day.month()), visit.day.day());
    let is_other = visit.day != office.journal.now().date();
    is_other.then(|| words.with("desk.today.day", &[("month", month), ("day", day)]))
}

/// The state of a whole visit: a name for the style sheet, and words.
fn state<'w>(words: &'w Phrases, listed: &Listed) -> (&'static str, &'w str) {
    let any = |state| listed.applications.iter().any(|one| one.state == state);
    if any(application::State::SentBack) {
        ("sent_back", words.t("desk.state.sent_back"))
    } else if !listed.is_open() {
        ("accepted", words.t("desk.state.accepted"))
    } else if any(application::State::Accepted) {
        ("partly", words.t("desk.state.partly"))
    } else {
        ("submitted", words.t("desk.state.submitted"))
    }
}

/// What to be considerate of, in a word.
pub(super) fn care_words(words: &Phrases, care: Care) -> String {
    words.t(&format!("desk.care.{}", care.id())).to_owned()
}

/// 配慮, and a language other than Japanese.
pub(super) fn marks(words: &Phrases, wishes: &Wishes) -> Vec<String> {
    let care = wishes.care.iter().map(|care| care_words(words, *care));
    let language = (wishes.lang != Lang::Ja).then(|| wishes.lang.own_name().to_owned());
    care.chain(language).collect()
}

/// A member of staff goes to the kiosk that called.
pub(super) async fn answer_call(
    State(office): State<Shared>,
    Path(device): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::AnswerCalls)?;
    let device = device.parse().map_err(|_| Failure::NotFound)?;
    let (journal, staff) = (office.journal.clone(), sent.clerk.signed_in.staff.id);
    office.db.write(move |tx| device::answer_call(tx, &journal, staff, device)).await?;
    Ok(page::go("/desk?note=answered"))
}
