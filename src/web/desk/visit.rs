//! One visit: everything known of it, who the person is, and its papers.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;

use super::codes::{self, Code};
use super::frame::{Asked, Frame, Place};
use super::guard::Clerk;
use super::identity::{self, Tick};
use super::payment;
use super::print;
use super::sections::{self, Open, Section};
use super::today::{marks, other_day, time_of_day};
use crate::application::{self, Action as Decision, Application};
use crate::config::Printer;
use crate::form::answers::Answers;
use crate::form::questions;
use crate::id::{ApplicationId, OpId, VisitId};
use crate::lang::Phrases;
use crate::queue::{self, Ticket};
use crate::staff::Action;
use crate::visit::desk::{self, Opened};
use crate::visit::{self, Error};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page, shown};

/// A required value that nobody has given yet.
struct Missing {
    path: String,
    label: String,
}

/// One form of the visit.
struct Form {
    id: ApplicationId,
    /// Makes a second press of the same button the same decision.
    op: OpId,
    /// The same for the button that prints.
    press: OpId,
    /// The printer it goes to; `None` is the clerk's browser.
    printer: Option<String>,
    title: String,
    section: String,
    /// The statutes the form rests on.
    law: String,
    receipt: String,
    printed: u32,
    /// Something was corrected after it was printed last.
    outdated: bool,
    state: &'static str,
    state_words: String,
    reason: Option<String>,
    /// A reason as it was typed and not taken.
    typed: Option<String>,
    /// Characters and fields that need a hand, each in a sentence.
    hand: Vec<String>,
    /// The first one that waits for a decision: the shortcuts lead to it.
    is_next: bool,
    accepts: bool,
    sends_back: bool,
    reopens: bool,
}

#[derive(Template)]
#[template(path = "desk/visit.html")]
struct Page {
    frame: Frame,
    id: VisitId,
    /// Make a second press of the same button the same act.
    correct_op: OpId,
    identify_op: OpId,
    /// What the resident is called by.
    number: String,
    /// The day it was handed in, unless that is today.
    day: Option<String>,
    time: String,
    name: String,
    kana: String,
    marks: Vec<String>,
    /// The codes made at home that stand behind it.
    codes: Vec<Code>,
    /// What a card told otherwise: label and sentence.
    differences: Vec<(String, String)>,
    missing: Vec<Missing>,
    sections: Vec<Section>,
    identified: bool,
    kinds: Vec<Tick>,
    points: Vec<Tick>,
    forms: Vec<Form>,
    /// What is charged, where the office handles fees and something is.
    fee: Option<payment::Fee>,
    /// The press that prints all papers, each where it belongs.
    press: OpId,
    /// A press before this page that has no outcome yet.
    open_press: Option<OpId>,
    slip_press: OpId,
    slip_printer: Option<String>,
    refused: Option<String>,
}

impl Page {
    /// Whether all papers are shown in the clerk's own viewer.
    fn all_by_hand(&self) -> bool {
        self.forms.iter().all(|form| form.printer.is_none())
    }

    /// A sheet that was printed once is printed again.
    fn was_printed(&self) -> bool {
        self.forms.iter().all(|form| form.printed > 0)
    }
}

/// The page of one visit.
pub(super) async fn show(
    State(office): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    clerk.may(Action::SeeVisits)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let opened = open(&office, &clerk, id).await?;
    if opened.visit.procedures.is_empty()
        && let Some(ticket) = ticket(&office, id).await?
    {
        // A number without forms: there is nothing else to see.
        return Ok(page::go(&format!("/desk/guide/tickets/{}", ticket.id)));
    }
    let edit = asked.edit.clone().map(|path| Open { path, ..Open::default() });
    let again = Again { edit, ..Again::default() };
    let frame = Frame::inside(&office, &clerk, Place::Today).noting(asked.note);
    self::page(&office, &clerk, frame, opened, again).await
}

/// Opens a visit; that this person looked at it is recorded.
pub(super) async fn open(office: &Office, clerk: &Clerk, id: VisitId) -> Result<Opened, Failure> {
    let (journal, staff) = (office.journal.clone(), clerk.signed_in.staff.id);
    Ok(office.db.write(move |tx| desk::open(tx, &journal, staff, id)).await?)
}

/// The ticket of a visit, if one was issued.
pub(super) async fn ticket(office: &Office, id: VisitId) -> Result<Option<Ticket>, Failure> {
    Ok(office.db.read(move |connection| queue::of_visit(connection, id)).await?)
}

/// What the resident of a visit is called by.
pub(super) async fn called_by(office: &Office, id: VisitId) -> Result<String, Failure> {
    let submitted = office.db.read(move |connection| visit::submitted(connection, id)).await?;
    Ok(submitted.ok_or(Failure::NotFound)?.number())
}

/// What a page shows besides what is stored.
#[derive(Default)]
pub(super) struct Again {
    /// A value that is open for correction.
    pub edit: Option<Open>,
    /// What was refused, in a sentence.
    pub refused: Option<String>,
    /// The boxes of the identity check as they were ticked and not taken.
    pub ticked: Option<Answers>,
    /// A reason for sending an application back that was not taken.
    pub reason: Option<(ApplicationId, String)>,
}

/// The visit once more, with what was not taken.
pub(super) async fn again(
    office: &Shared,
    clerk: &Clerk,
    id: VisitId,
    again: Again,
) -> Result<Response, Failure> {
    let opened = open(office, clerk, id).await?;
    page(office, clerk, Frame::inside(office, clerk, Place::Today), opened, again).await
}

/// Shows a visit.
pub(super) async fn page(
    office: &Shared,
    clerk: &Clerk,
    frame: Frame,
    opened: Opened,
    again: Again,
) -> Result<Response, Failure> {
    let (words, today) = (frame.words, office.journal.now().date());
    let ticket = ticket(office, opened.visit.id).await?;
    let counter = office.counter();
    let forms = counter.forms_of(&opened.visit);
    let text = |path| opened.answers.text(path).map(ToString::to_string).unwrap_or_default();
    let receipts = in_order(office, &opened).into_iter().map(|one| one.receipt);
    let receipts: Vec<String> = receipts.collect();
    let mut papers = papers(office, clerk, words, &opened, ticket.as_ref());
    if let Some((id, typed)) = again.reason {
        let form = papers.iter_mut().find(|form| form.id == id);
        form.into_iter().for_each(|form| form.typed = Some(typed.clone()));
    }
    let ticked = again.ticked.as_ref().unwrap_or(&opened.answers);
    page::show(&Page {
        id: opened.visit.id,
        correct_op: office.journal.op(),
        identify_op: office.journal.op(),
        day: other_day(office, &words, &opened.visit),
        time: opened.visit.submitted_at.map(time_of_day).unwrap_or_default(),
        name: text("applicant.name"),
        kana: text("applicant.kana"),
        marks: marks(&words, &opened.visit.wishes),
        codes: codes::of_visit(office, &opened, &forms, words).await?,
        differences: codes::differences(&opened, &forms, words),
        missing: missing(&forms, &opened, words),
        sections: sections::sections(&forms, &opened, (today, words), again.edit.as_ref()),
        identified: desk::is_identified(&opened.answers),
        kinds: identity::kinds(&words, ticked),
        points: identity::points(&words, ticked),
        fee: payment::fee(office, clerk, opened.visit.id, words).await?,
        press: office.journal.op(),
        open_press: office.printers.open_press_of(opened.visit.id),
        slip_press: office.journal.op(),
        slip_printer: named(office.config.printers.for_desk_slips(), words),
        forms: papers,
        number: visit::number(ticket.as_ref(), receipts.iter().map(String::as_str)),
        frame,
        refused: again.refused,
    })
}

fn missing(forms: &[&crate::form::Form], opened: &Opened, words: Phrases) -> Vec<Missing> {
    let missing = questions::incomplete(forms, &opened.answers).into_iter();
    missing
        .map(|missing| Missing {
            path: missing.path,
            label: missing.label.in_lang(words.lang()).to_owned(),
        })
        .collect()
}

/// The applications of a visit in the order of their sections, as they are
/// printed.
pub(super) fn in_order(office: &Office, opened: &Opened) -> Vec<Application> {
    let forms = office.counter().forms_of(&opened.visit);
    let mut applications = opened.applications.clone();
    let place =
        |application: &Application| forms.iter().position(|form| form.id() == application.form);
    applications.sort_by_key(|application| place(application).unwrap_or(usize::MAX));
    applications
}

fn papers(
    office: &Office,
    clerk: &Clerk,
    words: Phrases,
    opened: &Opened,
    ticket: Option<&Ticket>,
) -> Vec<Form> {
    let mut forms = Vec::new();
    for application in in_order(office, opened) {
        let reason = opened.reasons.get(&application.id).cloned();
        let hand = needs_hand(office, clerk, words, opened, &application, ticket);
        forms.push(form(office, words, &application, reason, hand));
    }
    if let Some(next) = forms.iter_mut().find(|form| form.accepts) {
        next.is_next = true;
    }
    forms
}

fn form(
    office: &Office,
    words: Phrases,
    application: &Application,
    reason: Option<String>,
    hand: Vec<String>,
) -> Form {
    let lang = words.lang();
    let template = office.forms.get(&application.form).map(crate::form::Form::template);
    let title = template.map_or(application.form.as_str(), |template| template.title.in_lang(lang));
    let section = template.map_or("", |template| template.section.in_lang(lang));
    let allows = |decision| application.state.after(decision).is_ok();
    Form {
        id: application.id,
        op: office.journal.op(),
        press: office.journal.op(),
        printer: named(print::for_papers(office, application), words),
        title: title.to_owned(),
        section: section.to_owned(),
        law: template.map(|template| template.law.clone()).unwrap_or_default(),
        receipt: application.receipt.clone(),
        printed: application.printed,
        outdated: application.outdated,
        state: application.state.id(),
        state_words: match application.state {
            application::State::Submitted => words.t("desk.state.submitted"),
            application::State::Accepted => words.t("desk.state.accepted"),
            application::State::SentBack => words.t("desk.state.sent_back"),
        }
        .to_owned(),
        reason,
        typed: None,
        hand,
        is_next: false,
        accepts: allows(Decision::Accept),
        sends_back: allows(Decision::SendBack),
        reopens: allows(Decision::Reopen),
    }
}

/// A printer in words.
fn named(printer: Option<&Printer>, words: Phrases) -> Option<String> {
    printer.map(|printer| printer.name.in_lang(words.lang()).to_owned())
}

/// What a pen must complete, found before anything is printed.
fn needs_hand(
    office: &Office,
    clerk: &Clerk,
    words: Phrases,
    opened: &Opened,
    application: &Application,
    ticket: Option<&Ticket>,
) -> Vec<String> {
    let name = &clerk.signed_in.staff.name;
    let sheet = office.papers.sheet(office.counter(), opened, application, ticket, name);
    let Ok(sheet) = sheet else { return vec![words.t("desk.visit.no_sheet").to_owned()] };
    let filled = office.papers.print(&[sheet]);
    let form = office.forms.get(&application.form);
    // One answer often stands in several places and under several paths.
    let (mut values, mut told) = (BTreeSet::new(), BTreeSet::new());
    let misfits = filled.misfits.iter().filter(|misfit| values.insert(misfit.words.to_string()));
    let misfits = misfits.map(|misfit| shown::does_not_fit(words, form, misfit));
    let lacks = filled.findings.iter().map(|finding| shown::lacking(words, &finding.lacking));
    misfits.chain(lacks).filter(|words| told.insert(words.clone())).collect()
}

/// A refusal of the domain in words, for the top of the page; a fault stays one.
pub(super) fn refusal(office: &Office, words: Phrases, error: Error) -> Result<String, Failure> {
    Ok(match error {
        Error::NotIdentified => words.t("desk.visit.not_identified").to_owned(),
        Error::Incomplete(paths) => {
            let labels: Vec<&str> = paths
                .iter()
                .map(|path| {
                    let mut forms = office.forms.iter();
                    let question = forms.find_map(|form| form.question(path));
                    question.map_or(path.as_str(), |one| one.label.in_lang(words.lang()))
                })
                .collect();
            let labels = labels.join(words.t("list.and"));
            words.with("desk.visit.incomplete", &[("labels", labels)])
        }
        Error::Late => words.t("desk.visit.late").to_owned(),
        Error::OneWithoutPhoto => words.t("desk.visit.one_without_photo").to_owned(),
        Error::NoPhoto => words.t("desk.visit.no_photo").to_owned(),
        Error::Closed(title) => title.in_lang(words.lang()).to_owned(),
        Error::Accepted => words.t("desk.visit.accepted_already").to_owned(),
        Error::Application(_) => words.t("desk.visit.decided").to_owned(),
        fault => return Err(fault.into()),
    })
}

/// A visit that can still be worked on, without a note in the journal: for acts
/// that write a note of their own.
pub(super) async fn known(
    office: &Office,
    id: VisitId,
) -> Result<(visit::Visit, Answers), Failure> {
    let journal = office.journal.clone();
    let look = move |connection: &_| -> Result<_, Error> {
        let visit = visit::get(connection, id)?.ok_or(Error::Gone)?;
        let answers = visit::answers(connection, &journal, id)?;
        Ok((visit, answers))
    };
    Ok(office.db.read(look).await?)
}
