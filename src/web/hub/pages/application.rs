//! One application: what was entered, where the hub has its key, and its paper once more.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::super::Served;
use super::super::paper::{Case, NoPaper};
use super::super::refusal::Refusal;
use super::frame::Sent;
use super::{Frame, Place, Seen};
use crate::applicant::Source;
use crate::form::answers::{Answers, Value};
use crate::form::questions;
use crate::hub::people::Action;
use crate::hub::{Happened, KeyState, Look, Opened, Received};
use crate::id::ApplicationId;
use crate::lang::Phrases;
use crate::visit::retold;
use crate::web::{page, shown};

/// Values that belong together.
struct Part {
    title: String,
    rows: Vec<Line>,
}

struct Line {
    label: String,
    value: String,
    source: Source,
}

#[derive(Template)]
#[template(path = "hub/application.html")]
struct One {
    frame: Frame,
    one: Received,
    happened: Vec<Happened>,
    /// Nothing where it cannot be read.
    parts: Vec<Part>,
    /// Why not, in a sentence.
    unread: Option<String>,
    /// Why there is no paper, in a sentence.
    no_paper: Option<String>,
    /// What a pen must complete.
    hand: Vec<String>,
    prints: bool,
}

impl One {
    /// What happened, in words where there are some.
    fn kind(&self, happened: &Happened) -> &str {
        self.frame.words.t(match happened.kind.as_str() {
            "visit.started" => "hub.did.started",
            "visit.agreed" => "hub.did.agreed",
            "visit.submitted" => "hub.did.submitted",
            "visit.viewed" => "hub.did.viewed",
            "visit.corrected" => "hub.did.corrected",
            "visit.identified" => "hub.did.identified",
            "visit.erased" => "hub.did.erased",
            "application.print_sent" => "hub.did.print_sent",
            "application.printed" => "hub.did.printed",
            "application.print_failed" => "hub.did.print_failed",
            "application.accepted" => "hub.did.accepted",
            "application.sent_back" => "hub.did.sent_back",
            "application.reopened" => "hub.did.reopened",
            _ => "hub.did.other",
        })
    }

    fn who(&self, happened: &Happened) -> &str {
        self.frame.words.t(match happened.actor.split(':').next() {
            Some("staff") => "hub.who.staff",
            Some("device") => "hub.who.device",
            Some("home" | "holder") => "hub.who.resident",
            Some("console") => "hub.who.console",
            _ => "hub.who.system",
        })
    }

    fn source(&self, line: &Line) -> &str {
        self.frame.words.t(shown::source_key(line.source))
    }
}

/// The answers, where they can be read.
fn answers(opened: &Opened) -> Result<Answers, KeyState> {
    let said = opened.entered.as_ref().map_err(|why| *why)?;
    retold::answers(said).map_err(|_| KeyState::OtherKey)
}

/// Why nothing can be read, in a sentence.
fn unread(words: Phrases, why: KeyState) -> &'static str {
    words.t(match why {
        KeyState::Here | KeyState::OtherKey => "hub.key.other",
        KeyState::NotKept => "hub.key.not_kept",
        KeyState::NotCome => "hub.key.not_come",
        KeyState::Erased => "hub.key.erased",
    })
}

fn no_paper(frame: &Frame, one: &Received, why: NoPaper) -> String {
    let values = [
        ("form", one.form.clone()),
        ("edition", one.edition.clone()),
        ("office", frame.office(&one.office)),
    ];
    let sentence = match why {
        NoPaper::NoForms => "hub.paper.no_forms",
        NoPaper::NoOffice => "hub.paper.no_office",
        NoPaper::NoEdition => "hub.paper.no_edition",
        NoPaper::OtherEdition => "hub.paper.other_edition",
        NoPaper::Unclear => "hub.paper.unclear",
    };
    frame.words.with(sentence, &values)
}

fn case<'s>(
    served: &'s Served,
    seen: &Seen,
    opened: &Opened,
    answers: Answers,
) -> Result<Case<'s>, NoPaper> {
    let paperwork = served.paperwork.as_ref().ok_or(NoPaper::NoForms)?;
    paperwork.case(&seen.me.municipality, (&opened.one, &opened.beside), answers)
}

/// The values with the words of the form that asked.
fn asked(case: &Case<'_>, words: Phrases) -> Vec<Part> {
    let lang = words.lang();
    let pages = questions::pages(&[case.form], &case.opened.answers);
    let part = |page: &questions::AskPage<'_>| Part {
        title: page.page.title.in_lang(lang).to_owned(),
        rows: page
            .questions
            .iter()
            .filter_map(|ask| {
                let answer = ask.answer.as_ref().filter(|answer| !answer.value.is_blank())?;
                Some(Line {
                    label: ask.question.label.in_lang(lang).to_owned(),
                    value: shown::value(ask.question, &answer.value, words),
                    source: answer.source,
                })
            })
            .collect(),
    };
    let mut parts: Vec<Part> = pages.iter().map(part).collect();
    parts.retain(|part| !part.rows.is_empty());
    parts
}

/// The values under their own names, where the form that asked is not here.
fn plain(answers: &Answers, words: Phrases) -> Vec<Part> {
    let value = |value: &Value| match value {
        Value::Text(text) => text.to_string(),
        Value::Date(date) => shown::date(*date, words.lang()),
        Value::Flag(flag) => words.t(if *flag { "list.yes" } else { "list.no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Copies(copies) => {
            let copies = copies.iter().map(|(id, count)| format!("{id} {count}"));
            copies.collect::<Vec<_>>().join(words.t("list.and"))
        }
        Value::Choice(_) | Value::Choices(_) => value_ids(value).join(words.t("list.and")),
    };
    let rows = answers.iter().filter(|(_, answer)| !answer.value.is_blank());
    let rows = rows.map(|(path, answer)| Line {
        label: path.to_owned(),
        value: value(&answer.value),
        source: answer.source,
    });
    vec![Part { title: words.t("hub.by_path").to_owned(), rows: rows.collect() }]
}

fn value_ids(value: &Value) -> Vec<String> {
    value.selected().into_iter().collect()
}

/// What of the paper is left to a pen, each once.
fn hand(case: &Case<'_>, clerk: &str, words: Phrases) -> Result<Vec<String>, NoPaper> {
    let filled = case.filled(clerk)?;
    let misfits = filled.misfits.iter().map(|one| shown::does_not_fit(words, Some(case.form), one));
    let lacks = filled.findings.iter().map(|one| shown::lacking(words, &one.lacking));
    Ok(misfits.chain(lacks).collect::<BTreeSet<_>>().into_iter().collect())
}

pub(super) async fn show(
    State(served): State<Arc<Served>>,
    seen: Seen,
    Path((_, application)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    seen.may(Action::SeeApplications)?;
    let opened = open(&served, &seen, &application, Look::View).await?;
    let frame = Frame::new(&served, &seen, Place::Received);
    let words = frame.words;
    let (mut parts, mut no, mut pen) = (Vec::new(), None, Vec::new());
    let read = match seen.may(Action::ReadEntries) {
        Ok(()) => answers(&opened),
        Err(_) => Err(KeyState::NotKept),
    };
    let mut prints = false;
    let unread = match read {
        Err(why) => Some(unread(words, why).to_owned()),
        Ok(answers) => {
            let made = case(&served, &seen, &opened, answers.clone()).and_then(|case| {
                parts = asked(&case, words);
                hand(&case, &seen.me.person.name, words)
            });
            match made {
                Ok(left) => (prints, pen) = (true, left),
                Err(why) => {
                    parts = plain(&answers, words);
                    no = Some(no_paper(&frame, &opened.one, why));
                }
            }
            None
        }
    };
    let Opened { one, happened, .. } = opened;
    let page = One { frame, one, happened, parts, unread, no_paper: no, hand: pen, prints };
    page::show(&page).map_err(|_| Refusal::Unshown)
}

/// The paper once more.
pub(super) async fn print(
    State(served): State<Arc<Served>>,
    Path((_, application)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Refusal> {
    let seen = &sent.seen;
    seen.may(Action::ReadEntries)?;
    let opened = open(&served, seen, &application, Look::Print).await?;
    // The page has said why not.
    let answers = answers(&opened).map_err(|_| Refusal::NotHere)?;
    let filled = case(&served, seen, &opened, answers)
        .and_then(|case| case.filled(&seen.me.person.name))
        .map_err(|_| Refusal::NotHere)?;
    Ok(page::pdf(filled.pdf, opened.one.receipt.as_deref().unwrap_or("application")))
}

async fn open(
    served: &Served,
    seen: &Seen,
    application: &str,
    look: Look,
) -> Result<Opened, Refusal> {
    let id: ApplicationId = application.parse().map_err(|_| Refusal::NotHere)?;
    let of = (&seen.me, served.clock.now());
    served.hub.application(of, look, id).await?.ok_or(Refusal::NotHere)
}
