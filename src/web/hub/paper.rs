//! Papers made once more at the town hall: from the stored answers, with the very edition
//! of the form that they were given on, and the configuration of the office that took them.
//! Where the hub has not all of it, it says what is missing, and prints nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::application::{Application, State};
use crate::clock::parse_rfc3339;
use crate::config::Config;
use crate::form::answers::Answers;
use crate::form::{Form, Forms};
use crate::hub::{Received, Stage};
use crate::lang::Lang;
use crate::visit::desk;
use crate::visit::paper::{Papers, Sheet};
use crate::visit::{self, Counter, Visit, Wishes};

/// What papers are made with.
pub struct Paperwork {
    /// By the office's id.
    configs: BTreeMap<String, Config>,
    forms: Forms,
    papers: Papers,
}

/// Why there is no paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPaper {
    /// The hub was given no forms at all.
    NoForms,
    /// It was not given the configuration of this office.
    NoOffice,
    /// It has no form of this edition on that day.
    NoEdition,
    /// It has one of this name, which says something else.
    OtherEdition,
    /// An entry is not what this version writes.
    Unclear,
}

/// One application with everything that its paper needs.
pub(super) struct Case<'p> {
    pub counter: Counter<'p>,
    pub form: &'p Form,
    pub opened: desk::Opened,
    application: Application,
    ticket: Option<String>,
    papers: &'p Papers,
}

impl Paperwork {
    /// Papers of these offices' forms.
    pub fn new(configs: Vec<Config>, forms: Forms, papers: Papers) -> Self {
        let configs = configs.into_iter().map(|one| (one.site.office.id.clone(), one)).collect();
        Self { configs, forms, papers }
    }

    /// An application, ready to be printed: `beside` are all those of its visit.
    ///
    /// # Errors
    /// What is missing here.
    pub(super) fn case(
        &self,
        municipality: &str,
        (one, beside): (&Received, &[Received]),
        answers: Answers,
    ) -> Result<Case<'_>, NoPaper> {
        let config = self.configs.get(&one.office).ok_or(NoPaper::NoOffice)?;
        if config.site.town.code != municipality {
            return Err(NoPaper::NoOffice);
        }
        let opened = opened(beside, answers).ok_or(NoPaper::Unclear)?;
        let form = self.form(one, &opened.visit)?;
        let application =
            opened.applications.iter().find(|other| other.id.to_string() == one.id).cloned();
        Ok(Case {
            counter: Counter { config, forms: &self.forms },
            form,
            application: application.ok_or(NoPaper::Unclear)?,
            opened,
            ticket: one.ticket.clone(),
            papers: &self.papers,
        })
    }

    /// The very edition. Entries of earlier versions know it by its name alone.
    fn form(&self, one: &Received, visit: &Visit) -> Result<&Form, NoPaper> {
        let form = self.forms.on(&one.form, visit.day);
        let form = form.filter(|form| form.template().edition == one.edition);
        let form = form.ok_or(NoPaper::NoEdition)?;
        match &one.template {
            Some(digest) if digest != form.digest() => Err(NoPaper::OtherEdition),
            _ => Ok(form),
        }
    }
}

impl<'p> Case<'p> {
    /// The paper, as `clerk` prints it.
    pub(super) fn sheet(&self, clerk: &str) -> Result<Sheet<'p>, NoPaper> {
        let ticket = self.ticket.as_deref();
        let sheet = self.papers.sheet(self.counter, &self.opened, &self.application, ticket, clerk);
        sheet.map_err(|_| NoPaper::NoEdition)
    }

    /// What is drawn on it, and what is left to a pen.
    pub(super) fn filled(&self, clerk: &str) -> Result<crate::form::paper::Filled, NoPaper> {
        Ok(self.papers.print(&[self.sheet(clerk)?]))
    }
}

/// A visit as a desk would open it.
fn opened(beside: &[Received], answers: Answers) -> Option<desk::Opened> {
    let first = beside.first()?;
    let at = parse_rfc3339(&format!("{}:00+09:00", first.handed_in_at.replace(' ', "T")))?;
    let wishes = Wishes { lang: Lang::Ja, care: BTreeSet::new(), big_type: false };
    let visit = Visit {
        id: first.visit.parse().ok()?,
        day: at.date(),
        wishes,
        agreed: true,
        way: None,
        procedures: beside.iter().map(|one| one.procedure.clone()).collect(),
        state: visit::State::Submitted,
        started_at: at,
        touched_at: at,
        submitted_at: Some(at),
    };
    let applications = beside.iter().map(application).collect::<Option<_>>()?;
    Some(desk::Opened { visit, answers, applications, reasons: BTreeMap::new() })
}

fn application(one: &Received) -> Option<Application> {
    Some(Application {
        id: one.id.parse().ok()?,
        procedure: one.procedure.clone(),
        form: one.form.clone(),
        edition: one.edition.clone(),
        receipt: one.receipt.clone().unwrap_or_default(),
        state: match one.stage {
            Stage::HandedIn | Stage::Printed => State::Submitted,
            Stage::Accepted => State::Accepted,
            Stage::SentBack => State::SentBack,
        },
        reason: None,
        printed: one.printed,
        outdated: false,
    })
}
