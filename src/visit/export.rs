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
use crate::export::{
    APPLICATION_FIELDS, Bundle, Change, ChangeKind, File, Made, Noted, Profile, Reject, Row, Value,
    Why,
};
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

/// A row for each application, with a value for each column, and those of which nothing
/// can be told any more.
///
/// # Errors
/// Faults of storage.
pub fn rows(
    connection: &Connection,
    journal: &Journal,
    counter: Counter<'_>,
    profile: &Profile,
    days: [Date; 2],
) -> Result<(Vec<Row>, Vec<Reject>), Error> {
    let needs_form =
        profile.column.iter().filter_map(|column| column.field.as_deref()).any(needs_form);
    let found = found(connection, journal, counter, profile, days)?;
    let (found, lost): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|one| !needs_form || one.form().is_some());
    let row = |one: &Found<'_>| {
        let answers = questions::with_defaults(&one.forms, &one.opened.answers);
        let value = |field: &Option<String>| one.value(counter, &answers, field.as_deref()?);
        let values = profile.column.iter().map(|column| value(&column.field)).collect();
        Row { key: one.application.receipt.clone(), values }
    };
    Ok((found.iter().map(row).collect(), lost.iter().map(Found::without_form).collect()))
}

/// Whether a column's value is told by the form: an answer other than the applicant's own
/// facts, or the form's words.
fn needs_form(field: &str) -> bool {
    let of_every = APPLICATION_FIELDS.split(',').any(|known| known == field);
    field == "form_name" || (!of_every && !field.starts_with("applicant."))
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
    let (mut sheets, mut changes, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    for one in &found {
        let ticket = one.ticket.as_ref();
        let sheet = papers.sheet(counter, &one.opened, &one.application, ticket, clerk);
        // A form that no procedure leads to any more has a sheet, and no answers.
        let (Ok(sheet), Some(_)) = (sheet, one.form()) else {
            rejects.push(one.without_form());
            continue;
        };
        let filled = papers.print(std::slice::from_ref(&sheet));
        sheets.push(sheet);
        let lacking = filled
            .findings
            .into_iter()
            .map(|finding| (finding.field, ChangeKind::EmptyBox, finding.lacking.character));
        let too_long = filled
            .misfits
            .into_iter()
            .map(|misfit| (misfit.field, ChangeKind::TooLong, misfit.words.to_string()));
        changes.extend(lacking.chain(too_long).map(|(column, kind, before)| Noted {
            row: sheets.len(),
            key: one.application.receipt.clone(),
            column,
            change: Change { at: 1, kind, before, after: String::new() },
        }));
    }
    let file = File { name: format!("{stem}.pdf"), bytes: papers.print(&sheets).pdf };
    Ok(Made { file, rows: sheets.len(), changes, rejects })
}

impl Found<'_> {
    /// The form it was handed in on, where the town still has it.
    fn form(&self) -> Option<&Form> {
        self.forms.iter().copied().find(|form| form.id() == self.application.form)
    }

    /// It stands in the list of what is not in the file.
    fn without_form(&self) -> Reject {
        let (key, form) = (self.application.receipt.clone(), self.application.form.clone());
        Reject { key, column: String::new(), why: Why::NoForm(form) }
    }

    fn value(&self, counter: Counter<'_>, answers: &Answers, field: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.into()));
        let of = &self.application;
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
            "form_name" => text(self.form()?.template().title.in_lang(Lang::Ja)),
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
