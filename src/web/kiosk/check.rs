//! Everything once more, the handing in, and the number.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::frame::Frame;
use super::pay::Stage;
use super::session::{AtKiosk, Kiosk, Sent};
use super::{pay, slip, waits};
use crate::appointment::{self, Error};
use crate::clock::{self, Moment};
use crate::form::answers::Value;
use crate::form::questions::{self, AskPage};
use crate::form::template::Signature;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::procedure::fee::{self, Line};
use crate::visit::arrival::{self, Announced};
use crate::visit::brought::{self, Difference};
use crate::visit::{self, State as Stands, step};
use crate::web::error::Failure;
use crate::web::{Office, Shared, booking, page, shown};

struct Row {
    label: String,
    value: String,
    source: &'static str,
    /// A hand must complete it: a character has no code point.
    needs_hand: bool,
    /// What the code from home said, where a card says something else.
    told: Option<String>,
}

struct Group {
    page: String,
    title: String,
    rows: Vec<Row>,
}

struct FeeLine {
    name: String,
    count: u32,
    amount: String,
    /// Why nothing is charged.
    exempt: Option<String>,
}

/// The expected fee.
enum Fee {
    /// Nothing is charged here.
    None,
    Is {
        lines: Vec<FeeLine>,
        total: String,
    },
    /// No rule says it today: the counter will.
    Unknown,
}

fn fee(lines: Result<Vec<Line>, fee::Error>, lang: Lang) -> Fee {
    let priced = lines.and_then(|lines| Ok((fee::total(&lines)?, lines)));
    let Ok((total, lines)) = priced else { return Fee::Unknown };
    if lines.is_empty() {
        return Fee::None;
    }
    let lines = lines.into_iter().map(|line| FeeLine {
        name: line.name.in_lang(lang).to_owned(),
        count: line.count,
        amount: line.amount.to_string(),
        exempt: line.exempt.map(|exempt| exempt.name.in_lang(lang).to_owned()),
    });
    Fee::Is { lines: lines.collect(), total: total.to_string() }
}

#[derive(Template)]
#[template(path = "kiosk/check.html")]
struct Check {
    frame: Frame,
    /// When the codes from home were made, if the resident brought any.
    brought: Vec<String>,
    /// Whether a card tells something else than they do.
    differs: bool,
    /// What of them was not understood, in sentences.
    doubtful: Vec<String>,
    /// What becomes of the appointment that they announce.
    booked: Option<String>,
    /// Whether a card may still be shown.
    may_tap: bool,
    procedures: Vec<String>,
    groups: Vec<Group>,
    fee: Fee,
    op: OpId,
}

pub(super) async fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
) -> Result<Response, Failure> {
    let booked = booked(office, at).await?;
    let counter = office.counter();
    let forms = counter.forms_of(&at.visit);
    let frame = Frame::new(office, kiosk, Some(at));
    let lang = frame.words.lang();
    let pages = questions::pages(&forms, &at.answers);
    let back = pages.iter().rev().find(|page| step::was_asked(page, &at.answers));
    let back = back.map_or_else(
        || kiosk.before_questions(office, at),
        |ask| format!("/kiosk/page/{}", ask.page.id),
    );
    let known = questions::known(&forms, &at.answers);
    let lines = fee::lines(&office.config, &forms, &known, at.visit.day);
    let procedures = counter.procedures(&at.visit.procedures);
    let groups = groups(&pages, at, &frame);
    let codes = brought::taken(&at.answers);
    page::show(&Check {
        brought: codes.iter().map(|code| made_at(code.made_at)).collect(),
        differs: groups.iter().flat_map(|group| &group.rows).any(|row| row.told.is_some()),
        doubtful: doubtful(office, at, &pages, frame.words),
        booked,
        may_tap: !codes.is_empty() && frame.cards && !step::card_was_read(&at.answers),
        groups,
        procedures: procedures.iter().map(|one| one.title.in_lang(lang).to_owned()).collect(),
        fee: fee(lines, lang),
        op: office.journal.op(),
        frame: frame.back(back),
    })
}

/// What a code says of an appointment, and what becomes of it when this is handed in.
async fn booked(office: &Office, at: &AtKiosk) -> Result<Option<String>, Failure> {
    let Some(plan) = office.config.appointments() else { return Ok(None) };
    if brought::booking(&at.answers).is_none() {
        return Ok(None);
    }
    let words = Phrases::of(at.visit.wishes.lang);
    let (known, answers, now) = (plan.clone(), at.answers.clone(), office.journal.now());
    let look = move |connection: &_| arrival::announced(connection, Some(&known), &answers, now);
    let Some(Announced { appointment, refused }) = office.db.read(look).await? else {
        return Ok(Some(words.t("kiosk.check.booked_unknown").to_owned()));
    };
    let service = booking::service_name(plan, words, &appointment);
    let when = booking::when(words, appointment.start);
    let why = match refused {
        None => {
            let values = [("service", service), ("when", when)];
            return Ok(Some(words.with("kiosk.check.booked", &values)));
        }
        Some(Error::OtherDay(_) | Error::TooEarly(_)) => words.t("kiosk.check.booked_early"),
        Some(Error::TooLate) => words.t("kiosk.check.booked_late"),
        Some(_) => words.t("kiosk.check.booked_over"),
    };
    let values = [("service", service), ("when", when), ("why", why.to_owned())];
    Ok(Some(words.with("kiosk.check.booked_not", &values)))
}

/// `11月24日 19:05`, in digits that every language reads.
fn made_at(at: Moment) -> String {
    format!("{}/{} {}:{:02}", u8::from(at.month()), at.day(), at.hour(), at.minute())
}

/// What of the codes was not understood and has no answer since, or gave way; each
/// once.
pub(super) fn doubtful(
    office: &Office,
    at: &AtKiosk,
    pages: &[AskPage<'_>],
    words: Phrases,
) -> Vec<String> {
    let is_answered = |path: &str| {
        let mut asked = pages.iter().flat_map(|page| &page.questions);
        asked.any(|one| one.path() == path && one.answer.is_some())
    };
    let codes = brought::taken(&at.answers);
    let mut sentences = Vec::new();
    for (about, code) in codes.iter().flat_map(|code| code.doubts(&at.visit.procedures)) {
        let is_settled = about.as_deref().is_some_and(is_answered);
        let procedure = about.as_deref().and_then(|id| office.config.procedure(id));
        let title = procedure.map(|one| one.title.in_lang(words.lang()));
        let sentence = shown::doubt(title, code, words);
        if !is_settled && !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// What is shown of each page: everything a card told or a person entered, and
/// what follows from it, unless it would be the same words again.
fn groups(pages: &[AskPage<'_>], at: &AtKiosk, frame: &Frame) -> Vec<Group> {
    let lang = frame.words.lang();
    let is_given = |ask: &questions::AskQuestion<'_>| at.answers.get(ask.path()).is_some();
    let questions = pages.iter().flat_map(|page| &page.questions);
    let given = questions.filter(|ask| is_given(ask)).filter_map(|ask| ask.answer.as_ref());
    let mut told: Vec<Value> = given.map(|answer| answer.value.clone()).collect();
    let differences = brought::differences(&at.answers);
    let mut groups = Vec::new();
    for page in pages {
        let mut rows = Vec::new();
        for ask in &page.questions {
            if is_given(ask) || is_new(ask, &mut told) {
                let told = differences.iter().find(|one| one.path == ask.path());
                rows.extend(row(ask, told, frame));
            }
        }
        if !rows.is_empty() {
            let title = page.page.title.in_lang(lang).to_owned();
            groups.push(Group { page: page.page.id.clone(), title, rows });
        }
    }
    groups
}

/// Whether a value that follows from others says something that no row says yet.
fn is_new(ask: &questions::AskQuestion<'_>, told: &mut Vec<Value>) -> bool {
    let Some(answer) = &ask.answer else { return false };
    // The same "yes" to two questions is two things.
    let speaks_for_itself = matches!(answer.value, Value::Text(_) | Value::Date(_));
    if speaks_for_itself && told.contains(&answer.value) {
        return false;
    }
    told.push(answer.value.clone());
    true
}

fn row(ask: &questions::AskQuestion<'_>, told: Option<&Difference>, frame: &Frame) -> Option<Row> {
    let answer = ask.answer.as_ref().filter(|answer| !answer.value.is_blank())?;
    let needs_hand = match &answer.value {
        Value::Text(text) => text.needs_hand(),
        _ => false,
    };
    Some(Row {
        label: ask.question.label.in_lang(frame.words.lang()).to_owned(),
        value: shown::value(ask.question, &answer.value, frame.words),
        source: shown::source_key(answer.source),
        needs_hand,
        told: told.map(|told| shown::value(ask.question, &told.told, frame.words)),
    })
}

/// Hands the visit in.
pub(super) async fn submit(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    // On a task of its own: a double touch lets go of the first request, and the
    // slip that belongs to it would never be begun.
    let submitted = tokio::spawn(hand_in(office, sent));
    submitted.await.map_err(|_| Failure::Fault("the submitting task panicked".to_owned()))?
}

async fn hand_in(office: Shared, sent: Sent) -> Result<Response, Failure> {
    let Sent { kiosk, at, fields } = sent;
    let op: OpId = fields.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let is_first = at.visit.state == Stands::Draft;
    let (shared, journal, actor) = (office.0.clone(), office.journal.clone(), kiosk.actor());
    let submitted = office
        .db
        .write(move |tx| visit::submit(tx, &journal, shared.counter(), actor, op, at.visit.id))
        .await;
    match submitted {
        Ok(_) => {
            if is_first {
                slip::print(&office, &kiosk, op, at.visit.id).await;
            }
            Ok(page::go("/kiosk"))
        }
        // What is missing is shown as the next page.
        Err(
            visit::Error::NotAgreed
            | visit::Error::Incomplete(_)
            | visit::Error::Closed(_)
            | visit::Error::Gone
            | visit::Error::Refused(_),
        ) => Ok(page::go("/kiosk")),
        Err(error) => Err(error.into()),
    }
}

/// The part of the page with the number that changes.
#[derive(Template)]
#[template(path = "kiosk/done_now.html")]
struct Now {
    words: Phrases,
    /// What the resident is called by, and what that is.
    number: String,
    kind: &'static str,
    /// When they had booked, if the number waits for that.
    booked: Option<String>,
    /// The words for what comes next: a signature only where a form has its line.
    lead: &'static str,
    slip: Option<slip::Shown>,
    /// What is paid here, beside a terminal.
    pay: Option<pay::Shown>,
    /// When they will be called, in an office that calls by number.
    wait: Option<waits::Wait>,
    hearing: bool,
    key: String,
}

#[derive(Template)]
#[template(path = "kiosk/done.html")]
struct Done {
    frame: Frame,
    now: Now,
    /// Where the changing part is asked for.
    fresh: &'static str,
    /// The words for a card that was forgotten on the reader.
    card_lies_there: Option<&'static str>,
}

/// The part of an address after `?`: whether a wallet reads a code here.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    code: Option<u8>,
}

/// The number, until the resident leaves.
pub(super) async fn done(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    by_code: bool,
) -> Result<Response, Failure> {
    page::show(&Done {
        now: now(office, kiosk, (at, by_code)).await?,
        fresh: if by_code { "/kiosk/done?code=1" } else { "/kiosk/done" },
        frame: Frame::new(office, kiosk, Some(at)),
        card_lies_there: super::card::forgotten(office, kiosk, at),
    })
}

/// `GET /kiosk/done`: the changing part alone, for the script. Where nobody stands there
/// any more it leads to the start.
pub(super) async fn fragment(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    let at = kiosk.visit(&office).await?.filter(|at| at.visit.state == Stands::Submitted);
    let at = at.ok_or(Failure::Elsewhere("/kiosk"))?;
    page::show(&now(&office, &kiosk, (&at, asked.code.is_some())).await?)
}

async fn now(
    office: &Office,
    kiosk: &Kiosk,
    (at, by_code): (&AtKiosk, bool),
) -> Result<Now, Failure> {
    let id = at.visit.id;
    let submitted = office.db.read(move |connection| visit::submitted(connection, id)).await?;
    let submitted = submitted.ok_or(Failure::NotFound)?;
    let forms = office.counter().forms_of(&at.visit);
    let wait = match &submitted.ticket {
        Some(ticket) => Some(waits::of(office, (kiosk, at), ticket).await?),
        None => None,
    };
    let booked = match &submitted.ticket {
        Some(ticket) => {
            let id = ticket.id;
            office.db.read(move |connection| appointment::of_ticket(connection, id)).await?
        }
        None => None,
    };
    let frame = Frame::new(office, kiosk, Some(at));
    Ok(Now {
        wait,
        booked: booked.map(|one| {
            let time = [("time", clock::hour_and_minute(one.start))];
            frame.words.with("kiosk.appointment.wait", &time)
        }),
        slip: slip::shown(office, kiosk, (id, "/kiosk/slip")).await?,
        pay: pay::shown(office, kiosk, (at, frame.words), by_code).await?,
        words: frame.words,
        hearing: frame.hearing,
        key: frame.key,
        number: submitted.number(),
        lead: match forms.iter().any(|form| form.template().signature != Signature::PrintedName) {
            true => "kiosk.done.lead",
            false if forms.is_empty() => "kiosk.done.lead_number",
            false => "kiosk.done.lead_unsigned",
        },
        kind: match submitted.ticket {
            Some(_) => "kiosk.done.number",
            None => "kiosk.done.receipt",
        },
    })
}
