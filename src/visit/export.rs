//! What residents handed in as rows, and as papers, for a file of the town hall.
//!
//! Read as it stands now, with the clerks' corrections. What was erased is not there any
//! more. Nothing leaves before the journal says who took what ([`record`]).

use time::Date;

use super::desk::Opened;
use super::paper::Papers;
use super::{Counter, Error, store};
use crate::application::{self, Application, State};
use crate::db::{Connection, Tx};
use crate::export::{Bundle, Change, ChangeKind, File, Made, Noted, Profile, Row, Value};
use crate::form::answers::{self, Answers};
use crate::form::template::{Kind, Question};
use crate::form::{Form, questions};
use crate::id::OpId;
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::lang::Lang;
use crate::queue::{self, Ticket};

/// The kind of the entry that says so.
const MADE: &str = "export.made";

/// Records that files leave the office: who took them, by which profile, of which days,
/// how many rows, and what the files are known by. The same press again with the same
/// files is recorded once.
///
/// # Errors
/// [`Error::Late`] when the press was recorded with other files.
pub fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    bundle: &Bundle,
) -> Result<(), Error> {
    // The files are part of what it is about: another file is another act.
    let digests: Vec<String> = bundle.files.iter().map(File::digest).collect();
    let id = format!("{}/{}", bundle.profile, digests.first().map_or("", |digest| &digest[..16]));
    match journal::entity_of_op(tx, op, MADE)? {
        Some(done) if done == id => return Ok(()),
        Some(_) => return Err(Error::Late),
        None => {}
    }
    journal.append(
        tx,
        &Event {
            op,
            kind: MADE,
            schema_version: 1,
            entity: Entity::new("export", id),
            actor,
            facts: bundle.facts(),
            personal: None,
        },
    )?;
    Ok(())
}

/// One application of some days, opened.
struct Found<'f> {
    opened: Opened,
    application: Application,
    ticket: Option<Ticket>,
    /// All forms of its visit: one may know what another asked.
    forms: Vec<&'f Form>,
}

/// The applications that the profile wants, in the order they were handed in.
fn found<'f>(
    connection: &Connection,
    journal: &Journal,
    counter: Counter<'f>,
    profile: &Profile,
    days: [Date; 2],
) -> Result<Vec<Found<'f>>, Error> {
    let mut found = Vec::new();
    for visit in store::submitted_between(connection, days)? {
        let applications = application::of_visit(connection, visit.id)?;
        let wanted = |one: &&Application| {
            (profile.forms.is_empty() || profile.forms.contains(&one.form))
                && (!profile.accepted_only || one.state == State::Accepted)
        };
        let wanted: Vec<Application> = applications.iter().filter(wanted).cloned().collect();
        if wanted.is_empty() {
            continue;
        }
        let opened = Opened {
            answers: store::answers(connection, journal, visit.id)?,
            applications,
            reasons: std::collections::BTreeMap::new(),
            visit,
        };
        let ticket = queue::of_visit(connection, opened.visit.id)?;
        for application in wanted {
            let (opened, ticket) = (opened.clone(), ticket.clone());
            let forms = counter.forms_of(&opened.visit);
            found.push(Found { opened, application, ticket, forms });
        }
    }
    Ok(found)
}

/// A row for each application, with a value for each column.
///
/// # Errors
/// Faults of storage.
pub fn rows(
    connection: &Connection,
    journal: &Journal,
    counter: Counter<'_>,
    profile: &Profile,
    days: [Date; 2],
) -> Result<Vec<Row>, Error> {
    let found = found(connection, journal, counter, profile, days)?;
    let row = |one: &Found<'_>| {
        let answers = questions::with_defaults(&one.forms, &one.opened.answers);
        let value = |field: &Option<String>| one.value(counter, &answers, field.as_deref()?);
        let values = profile.column.iter().map(|column| value(&column.field)).collect();
        Row { key: one.application.receipt.clone(), values }
    };
    Ok(found.iter().map(row).collect())
}

/// The papers of these applications as one file, and every letter that is an empty box
/// on them. `clerk` is the name of whoever takes them.
///
/// # Errors
/// Faults of storage.
pub fn paper(
    connection: &Connection,
    journal: &Journal,
    counter: Counter<'_>,
    papers: &Papers,
    (profile, stem): (&Profile, &str),
    (days, clerk): ([Date; 2], &str),
) -> Result<Made, Error> {
    let found = found(connection, journal, counter, profile, days)?;
    let mut sheets = Vec::new();
    let mut changes = Vec::new();
    for one in &found {
        let ticket = one.ticket.as_ref();
        let Ok(sheet) = papers.sheet(counter, &one.opened, &one.application, ticket, clerk) else {
            // A form that the town has taken out since has no sheet any more.
            continue;
        };
        let filled = papers.print(std::slice::from_ref(&sheet));
        sheets.push(sheet);
        changes.extend(filled.findings.into_iter().map(|finding| Noted {
            row: sheets.len(),
            key: one.application.receipt.clone(),
            column: finding.field,
            change: Change {
                at: 1,
                kind: ChangeKind::EmptyBox,
                before: finding.lacking.character,
                after: String::new(),
            },
        }));
    }
    let file = File { name: format!("{stem}.pdf"), bytes: papers.print(&sheets).pdf };
    Ok(Made { file, rows: sheets.len(), changes, rejects: Vec::new() })
}

impl Found<'_> {
    fn value(&self, counter: Counter<'_>, answers: &Answers, field: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.into()));
        let of = &self.application;
        let form = self.forms.iter().find(|form| form.id() == of.form);
        match field {
            "receipt" => text(&of.receipt),
            "ticket" => self.ticket.as_ref().and_then(|ticket| text(&ticket.to_string())),
            "day" => Some(Value::Date(self.opened.visit.day.into())),
            "submitted_at" => self.opened.visit.submitted_at.map(Value::Moment),
            "procedure" => text(&of.procedure),
            "procedure_name" => {
                text(counter.config.procedure(&of.procedure)?.title.in_lang(Lang::Ja))
            }
            "form" => text(&of.form),
            "form_name" => text(form?.template().title.in_lang(Lang::Ja)),
            "edition" => text(&of.edition),
            "state" => text(of.state.id()),
            "printed" => Some(Value::Number(of.printed.into())),
            path => self.answer(answers, path),
        }
    }

    /// The answer at a path, its source, or one option of it.
    fn answer(&self, answers: &Answers, path: &str) -> Option<Value> {
        let question = |path: &str| self.forms.iter().find_map(|form| form.question(path));
        if let Some(asked) = question(path) {
            return value(asked, answers.value(path)?);
        }
        let (path, part) = path.rsplit_once('.')?;
        let answer = answers.get(path)?;
        if part == "source" {
            let source = serde_json::to_value(answer.source).ok()?;
            return Some(Value::Text(source.as_str()?.into()));
        }
        match &answer.value {
            answers::Value::Copies(copies) => {
                Some(Value::Number(copies.get(part).copied().unwrap_or(0).into()))
            }
            answers::Value::Choices(ids) => Some(Value::Flag(ids.contains(part))),
            _ => None,
        }
    }
}

fn value(question: &Question, value: &answers::Value) -> Option<Value> {
    let words = |id: &str| {
        let option = question.options.iter().find(|option| option.id == id);
        option.map_or_else(|| id.to_owned(), |option| option.ja.clone())
    };
    match value {
        answers::Value::Text(text) => Some(Value::Text(text.clone())),
        answers::Value::Date(date) if question.kind == Kind::FiscalYear => {
            Some(Value::Year(date.year()))
        }
        answers::Value::Date(date) => Some(Value::Date(*date)),
        answers::Value::Choice(id) => Some(Value::Option(id.clone(), words(id))),
        answers::Value::Choices(ids) => {
            Some(Value::Options(ids.iter().map(|id| (id.clone(), words(id))).collect()))
        }
        answers::Value::Flag(flag) => Some(Value::Flag(*flag)),
        answers::Value::Number(number) => Some(Value::Number((*number).into())),
        answers::Value::Copies(copies) => {
            let sum = copies.values().copied().map(i64::from).sum();
            Some(Value::Number(sum))
        }
    }
}
