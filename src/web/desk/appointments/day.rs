//! A day of one service: its slots, who booked them, and the box that finds somebody.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use time::Date;

use super::allowed;
use crate::appointment::plan::{Closed, Plan};
use crate::appointment::slots::{self, Slot};
use crate::appointment::state::{State as Stands, Who};
use crate::appointment::{self, Appointment, Entered, Number, Service, looks};
use crate::clock::{self, hour_and_minute};
use crate::id::{AppointmentId, OpId, VisitId};
use crate::lang::Phrases;
use crate::web::desk::frame::{Frame, Place};
use crate::web::desk::guard::{Clerk, Sent};
use crate::web::error::Failure;
use crate::web::{Office, Shared, days, live, page};

/// How many days ahead an open one is looked for.
const LOOK_AHEAD_DAYS: usize = 60;

/// What the page shows: the part of its address after `?`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Asked {
    day: String,
    service: String,
}

/// Somebody on the list.
struct Row {
    id: AppointmentId,
    number: String,
    /// The reading, or nothing where none was asked.
    name: String,
    day: String,
    time: String,
    service: String,
    state: &'static str,
    state_words: &'static str,
}

/// A slot of the day, with who booked it.
struct Line {
    slot: Slot,
    time: String,
    /// For the field that books it.
    start: String,
    rows: Vec<Row>,
    op: OpId,
}

#[derive(Template)]
#[template(path = "desk/appointments.html")]
struct Page {
    frame: Frame,
    /// Id, name, and whether it is shown.
    services: Vec<(String, String, bool)>,
    service: String,
    day: String,
    day_words: String,
    before: String,
    after: String,
    today: Option<String>,
    list: List,
    rules: Vec<String>,
    typed: String,
    found: Option<Vec<Row>>,
}

/// The slots of the day and who booked them: the part that keeps itself fresh.
#[derive(Template)]
#[template(path = "desk/appointments_day.html")]
struct List {
    words: Phrases,
    key: String,
    service: String,
    lines: Vec<Line>,
    /// Appointments of this day that stand in no slot any more.
    elsewhere: Vec<Row>,
    closed: Option<String>,
    /// The next day on which there is something free.
    next_open: Option<(String, String)>,
}

/// `GET /desk/appointments`.
pub(in crate::web::desk) async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    shown(&office, &clerk, &asked, (None, String::new(), None)).await
}

/// The page of a day with a sentence about what was not done.
pub(super) async fn refusing(
    office: &Office,
    clerk: &Clerk,
    (service, day): (&str, Date),
    refused: String,
) -> Result<Response, Failure> {
    let asked = Asked { day: clock::iso_day(day), service: service.to_owned() };
    shown(office, clerk, &asked, (Some(refused), String::new(), None)).await
}

/// Finds somebody by their number, or by the name or telephone number they told. One
/// that is found is opened.
pub(in crate::web::desk) async fn search(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let typed = sent.fields.get("find").trim().to_owned();
    let asked = Asked {
        day: sent.fields.get("day").to_owned(),
        service: sent.fields.get("service").to_owned(),
    };
    if let Some(number) = Number::typed(&typed) {
        let found = office.db.read(move |look| appointment::by_number(look, number)).await?;
        if let Some(found) = found {
            return Ok(page::go(&address(found.id)));
        }
    }
    let (journal, today) = (office.journal.clone(), office.journal.now().date());
    let all = office.db.read(move |connection| -> Result<_, appointment::Error> {
        let appointments = appointment::from_day(connection, today)?;
        appointment::entered(connection, &journal, appointments)
    });
    let mut found = all.await?;
    found.retain(|one| one.told.is_found_by(&typed));
    record(&office, &sent.clerk, true, &found).await?;
    if let [only] = found.as_slice() {
        return Ok(page::go(&address(only.appointment.id)));
    }
    shown(&office, &sent.clerk, &asked, (None, typed, Some(found))).await
}

/// The address of one appointment.
pub(super) fn address(id: AppointmentId) -> String {
    format!("/desk/appointments/{id}")
}

async fn record(
    office: &Office,
    clerk: &Clerk,
    searched: bool,
    entered: &[Entered],
) -> Result<(), Failure> {
    let seen = (searched, looks::with_words(entered));
    let (journal, staff) = (office.journal.clone(), clerk.signed_in.staff.id);
    office.db.write(move |tx| looks::listed(tx, &journal, staff, seen)).await?;
    if !searched {
        office.shown_booked.note(staff, &visits(entered));
    }
    Ok(())
}

async fn shown(
    office: &Office,
    clerk: &Clerk,
    asked: &Asked,
    (refused, typed, found): (Option<String>, String, Option<Vec<Entered>>),
) -> Result<Response, Failure> {
    let plan = allowed(office, clerk)?;
    let mut frame = Frame::inside(office, clerk, Place::Appointments);
    frame.refused = refused;
    let words = frame.words;
    let now = office.journal.now();
    let day = clock::parse_iso_day(&asked.day).unwrap_or(now.date());
    let service =
        plan.service(&asked.service).or(plan.services.first()).ok_or(Failure::NotFound)?;
    let entered = booked(office, (service, day)).await?;
    record(office, clerk, false, &entered).await?;
    let rows = |one: &Entered| row(plan, words, one);
    let iso = |day: Option<Date>| clock::iso_day(day.unwrap_or(now.date()));
    page::show(&Page {
        services: services(plan, words, &service.id),
        service: service.id.clone(),
        day: clock::iso_day(day),
        day_words: days::day(words, day),
        before: iso(day.previous_day()),
        after: iso(day.next_day()),
        today: (day != now.date()).then(|| clock::iso_day(now.date())),
        list: list(office, clerk, (plan, service, day), &entered).await?,
        rules: rules(office, plan, service, words),
        typed,
        found: found.map(|found| found.iter().map(rows).collect()),
        frame,
    })
}

/// `GET /desk/appointments/day`: the list alone, for the script that keeps it fresh.
pub(in crate::web::desk) async fn fragment(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    let plan = allowed(&office, &clerk)?;
    let service = plan.service(&asked.service).ok_or(Failure::NotFound)?;
    let day = clock::parse_iso_day(&asked.day).ok_or(Failure::BadRequest)?;
    let entered = booked(&office, (service, day)).await?;
    // What this person has not been shown yet is a look like any other.
    if office.shown_booked.has_new(clerk.signed_in.staff.id, &visits(&entered)) {
        record(&office, &clerk, false, &entered).await?;
    }
    page::show(&list(&office, &clerk, (plan, service, day), &entered).await?)
}

/// `GET /desk/appointments/events`: says when anything of a day has changed.
pub(in crate::web::desk) async fn events(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let day = clock::parse_iso_day(&asked.day).ok_or(Failure::BadRequest)?;
    Ok(live::appointments(office.0, day))
}

fn visits(entered: &[Entered]) -> Vec<VisitId> {
    let told = entered.iter().filter(|one| !one.told.is_empty());
    told.map(|one| one.appointment.visit).collect()
}

async fn list(
    office: &Office,
    clerk: &Clerk,
    (plan, service, day): (&Plan, &Service, Date),
    entered: &[Entered],
) -> Result<List, Failure> {
    let (words, now) = (Phrases::of(clerk.lang), office.journal.now());
    let rows = |one: &Entered| row(plan, words, one);
    let (slots, closed) = match free(office, plan, (service, day)).await? {
        Ok(slots) => (slots, None),
        Err(why) => (Vec::new(), Some(days::closed(words, &why))),
    };
    // What is over and nobody had booked is in the way.
    let is_shown = |line: &Line| line.slot.start > now || !line.rows.is_empty();
    let lines = slots.into_iter().map(|slot| line(office, slot, entered, rows));
    let lines: Vec<Line> = lines.filter(is_shown).collect();
    let stands = |one: &&Entered| lines.iter().any(|line| line.slot.start == one.appointment.start);
    let has_free = lines.iter().any(|line| line.slot.is_offered);
    Ok(List {
        words,
        key: clerk.key.clone(),
        service: service.id.clone(),
        elsewhere: entered.iter().filter(|one| !stands(one)).map(rows).collect(),
        lines,
        closed,
        next_open: match has_free {
            true => None,
            false => next_open(office, plan, (service, day), words).await?,
        },
    })
}

type Free = Result<Vec<Slot>, Closed>;

/// The slots of a day as staff see them.
pub(super) async fn free(
    office: &Office,
    plan: &Plan,
    (service, day): (&Service, Date),
) -> Result<Free, Failure> {
    let now = office.journal.now();
    let look = move |connection: &_| appointment::occupied(connection, (day, now), None);
    let occupied = office.db.read(look).await?;
    Ok(slots::slots(plan, (service, day), &occupied, (now, Who::Staff)))
}

/// Who has booked a service on a day.
async fn booked(
    office: &Office,
    (service, day): (&Service, Date),
) -> Result<Vec<Entered>, Failure> {
    let (journal, now, id) = (office.journal.clone(), office.journal.now(), service.id.clone());
    let look = move |connection: &_| {
        let mut of_day = appointment::of_day(connection, day)?;
        of_day.retain(|one: &Appointment| one.service == id && !one.has_lapsed(now));
        appointment::entered(connection, &journal, of_day)
    };
    Ok(office.db.read(look).await?)
}

/// The next day after `day` on which staff can book the service: as its address has
/// it, and in words.
async fn next_open(
    office: &Office,
    plan: &Plan,
    (service, day): (&Service, Date),
    words: Phrases,
) -> Result<Option<(String, String)>, Failure> {
    let following = std::iter::successors(day.next_day(), |day| day.next_day());
    for next in following.take(LOOK_AHEAD_DAYS) {
        if plan.slots(service, next).is_err() {
            continue;
        }
        let free = free(office, plan, (service, next)).await?;
        if free.is_ok_and(|slots| slots.iter().any(|slot| slot.is_offered)) {
            return Ok(Some((clock::iso_day(next), days::day(words, next))));
        }
    }
    Ok(None)
}

fn services(plan: &Plan, words: Phrases, shown: &str) -> Vec<(String, String, bool)> {
    let name = |service: &Service| {
        (service.id.clone(), service.name.in_lang(words.lang()).to_owned(), service.id == shown)
    };
    plan.services.iter().map(name).collect()
}

fn line(office: &Office, slot: Slot, entered: &[Entered], row: impl Fn(&Entered) -> Row) -> Line {
    let own = entered.iter().filter(|one| one.appointment.start == slot.start);
    Line {
        time: format!("{}〜{}", hour_and_minute(slot.start), hour_and_minute(slot.end)),
        start: clock::rfc3339(slot.start),
        rows: own.map(row).collect(),
        slot,
        op: office.journal.op(),
    }
}

/// Somebody as a list shows them.
fn row(plan: &Plan, words: Phrases, entered: &Entered) -> Row {
    let one = &entered.appointment;
    let name = plan.service(&one.service).map(|service| service.name.in_lang(words.lang()));
    Row {
        id: one.id,
        number: one.number.to_string(),
        name: entered.told.name.clone().unwrap_or_default(),
        day: days::day(words, one.start.date()),
        time: hour_and_minute(one.start),
        service: name.unwrap_or(&one.service).to_owned(),
        state: one.state.id(),
        state_words: state_words(words, one.state),
    }
}

/// The state in words.
pub(super) fn state_words(words: Phrases, state: Stands) -> &'static str {
    match state {
        Stands::Held => words.t("appointment.state.held"),
        Stands::Booked => words.t("appointment.state.booked"),
        Stands::Arrived => words.t("appointment.state.arrived"),
        Stands::Missed => words.t("appointment.state.missed"),
        Stands::Cancelled => words.t("appointment.state.cancelled"),
        Stands::Lapsed => words.t("appointment.state.lapsed"),
    }
}

/// What to tell somebody at the telephone.
pub(super) fn rules(
    office: &Office,
    plan: &Plan,
    service: &Service,
    words: Phrases,
) -> Vec<String> {
    let site = &office.config.site;
    let early = words.with("appointment.rule.early", &[("minutes", plan.times.early_minutes)]);
    let late = site.modules.queue && service.lane.is_some();
    let late =
        late.then(|| words.with("appointment.rule.late", &[("minutes", site.queue.late_minutes)]));
    let missed = words.with("appointment.rule.missed", &[("minutes", plan.times.no_show_minutes)]);
    let window = match (service.from_days, service.until_days) {
        (0, _) => "appointment.rule.window_that_day",
        (_, 0) => "appointment.rule.window_until_that_day",
        _ => "appointment.rule.window",
    };
    let days = [("from", service.from_days), ("until", service.until_days)];
    let window = words.with(window, &days);
    [Some(window), Some(early), late, Some(missed)].into_iter().flatten().collect()
}
