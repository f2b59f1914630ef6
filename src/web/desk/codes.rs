//! Codes made at home, as staff see them: behind a visit, and at a tablet where one
//! was not taken.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Sent;
use crate::form::Form;
use crate::id::DeviceId;
use crate::lang::Phrases;
use crate::preregistration::Jti;
use crate::staff::Action;
use crate::visit::brought::{self, Brought, Elsewhere};
use crate::visit::desk::Opened;
use crate::visit::{self, Visit};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page, shown};

/// Why a code was not taken at a tablet, for whoever goes there.
#[derive(Hash)]
pub(super) struct NotTaken {
    /// What the resident was told.
    pub sentence: String,
    /// What the resident was not told: when it was used, or under which number.
    pub known: Option<String>,
    /// The stable name of the reason.
    pub code: &'static str,
    pub time: String,
    /// The code that a supervisor may let be used once more.
    pub back: Option<String>,
}

/// Why the last code at a tablet was not taken, as long as its resident is there.
pub(super) fn not_taken(office: &Office, tablet: DeviceId, words: Phrases) -> Option<NotTaken> {
    let not_taken = office.codes.not_taken(tablet)?;
    let is_over = matches!(not_taken.code, "preregistration.used" | "preregistration.burned");
    Some(NotTaken {
        sentence: words.t(not_taken.code).to_owned(),
        known: known(words, &not_taken.values),
        code: not_taken.code,
        time: super::today::time_of_day(not_taken.at),
        back: not_taken.jti.filter(|_| is_over).map(|jti| jti.to_string()),
    })
}

fn known(words: Phrases, values: &[(&'static str, String)]) -> Option<String> {
    let (name, _) = values.first()?;
    let key = if *name == "time" { "desk.code.used_at" } else { "desk.code.received_as" };
    Some(words.with(key, values))
}

/// A code that stands behind a visit.
pub(super) struct Code {
    /// When it was made.
    pub made: String,
    pub revision: u32,
    /// What becomes of it at another visit, in a sentence.
    pub elsewhere: Option<&'static str>,
    /// What of it was not understood, each in a sentence.
    pub doubtful: Vec<String>,
}

/// The codes behind a visit.
pub(super) async fn of_visit(
    office: &Office,
    opened: &Opened,
    forms: &[&Form],
    words: Phrases,
) -> Result<Vec<Code>, Failure> {
    let mut codes = Vec::new();
    for brought in brought::taken(&opened.answers) {
        let (id, jti) = (opened.visit.id, Jti::from_hex(&brought.jti));
        let elsewhere = match jti {
            Some(jti) => {
                let look = move |connection: &_| brought::elsewhere(connection, id, jti);
                office.db.read(look).await?
            }
            None => None,
        };
        codes.push(Code {
            made: made(&brought, words),
            revision: brought.revision,
            elsewhere: elsewhere.map(|what| words.t(sentence_of(what))),
            doubtful: doubtful(office, (&opened.visit, &brought), forms, words),
        });
    }
    Ok(codes)
}

fn sentence_of(what: Elsewhere) -> &'static str {
    match what {
        Elsewhere::Superseded => "desk.code.superseded",
        Elsewhere::Issued => "desk.code.issued",
    }
}

fn made(brought: &Brought, words: Phrases) -> String {
    let at = brought.made_at;
    let day = [("month", u8::from(at.month())), ("day", at.day())];
    format!("{} {}", words.with("desk.today.day", &day), super::today::time_of_day(at))
}

/// Each doubt once, with the words of its question or procedure where it has one.
fn doubtful(
    office: &Office,
    (visit, brought): (&Visit, &Brought),
    forms: &[&Form],
    words: Phrases,
) -> Vec<String> {
    let label = |about: &str| {
        let question = forms.iter().find_map(|form| form.question(about)).map(|one| &one.label);
        let procedure = || office.config.procedure(about).map(|one| &one.title);
        let label = question.or_else(procedure);
        label.map_or_else(|| about.to_owned(), |label| label.in_lang(words.lang()).to_owned())
    };
    let doubts = brought.doubts(&visit.procedures);
    let told = doubts.map(|(about, code)| {
        let label = about.as_deref().map(label);
        shown::doubt(label.as_deref(), code, words)
    });
    told.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What stands otherwise than the codes said: label, and the sentence.
pub(super) fn differences(
    opened: &Opened,
    forms: &[&Form],
    words: Phrases,
) -> Vec<(String, String)> {
    let differences = brought::differences(&opened.answers).into_iter();
    let row = |one: brought::Difference| {
        let question = forms.iter().find_map(|form| form.question(&one.path))?;
        let value = |value| shown::value(question, value, words);
        let values = [("told", value(&one.told)), ("stands", value(&one.stands.value))];
        let label = question.label.in_lang(words.lang()).to_owned();
        Some((label, words.with("desk.code.differs", &values)))
    };
    differences.filter_map(row).collect()
}

/// A supervisor lets a code be used once more.
pub(super) async fn reinstate(
    State(office): State<Shared>,
    Path(jti): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::ReinstateCodes)?;
    let jti = Jti::from_hex(&jti).ok_or(Failure::NotFound)?;
    let (journal, staff, op) = (office.journal.clone(), sent.clerk.signed_in.staff.id, sent.op()?);
    let back = move |tx: &crate::db::Tx<'_>| brought::reinstate(tx, &journal, staff, op, jti);
    match office.db.write(back).await {
        // It may be used already: somebody else was faster.
        Ok(()) | Err(visit::Error::CodeStands(_)) => {
            office.codes.reinstated(jti);
            Ok(page::go("/desk?note=reinstated"))
        }
        Err(error) => Err(error.into()),
    }
}
