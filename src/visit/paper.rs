//! The papers of a visit, made when somebody prints and never stored.
//!
//! A paper carries what the resident answered and what the counter adds: receipt
//! number, ticket, time, fee, the clerk's name. Every character is looked at
//! before anything is printed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

use time::Date;

use super::{Counter, Error, desk::Opened};
use crate::applicant::Source;
use crate::application::Application;
use crate::config::{Config, NOT_EXEMPT, Town};
use crate::fault::Fault;
use crate::form::answers::{Answers, Value};
use crate::form::paper::{self, Filled, Offset, Paper};
use crate::form::{Form, Forms, questions};
use crate::pdf::Fonts;
use crate::procedure::fee;

/// The compiled sheets of all forms, and the fonts they are written with.
pub struct Papers {
    /// By the name of the edition's folder.
    sheets: BTreeMap<String, Paper>,
    fonts: Fonts,
}

/// One form of a visit with what is to be written on it.
pub struct Sheet<'a> {
    paper: &'a Paper,
    pub(super) answers: Answers,
    counter: Answers,
}

impl Papers {
    /// Compiles the sheet of every form. `templates` is the folder they were read
    /// from.
    ///
    /// # Errors
    /// Every fault of every form at once.
    pub fn compile(forms: &Forms, templates: &Path, fonts: Fonts) -> Result<Self, Vec<Fault>> {
        let (mut sheets, mut faults) = (BTreeMap::new(), Vec::new());
        for form in forms.iter() {
            match Paper::compile(form, &fonts) {
                Ok(paper) => {
                    sheets.insert(form.folder().to_owned(), paper);
                }
                Err(found) => {
                    let file = templates.join(form.folder()).join("form.toml");
                    let text = std::fs::read_to_string(&file).unwrap_or_default();
                    faults.extend(found.into_iter().map(|fault| fault.in_file(&file, &text)));
                }
            }
        }
        if faults.is_empty() { Ok(Self { sheets, fonts }) } else { Err(faults) }
    }

    /// The fonts papers are written with, for whatever else goes with them.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// Prepares the paper of an application. `clerk` is the name of whoever
    /// prints it.
    ///
    /// # Errors
    /// [`Error::NoProcedure`] when the town no longer has the form.
    pub fn sheet<'a>(
        &'a self,
        counter: Counter<'_>,
        opened: &Opened,
        application: &Application,
        ticket: Option<&(impl Display + ?Sized)>,
        clerk: &str,
    ) -> Result<Sheet<'a>, Error> {
        let day = opened.visit.day;
        let form = counter.forms.on(&application.form, day).ok_or(Error::NoProcedure)?;
        let paper = self.sheets.get(form.folder()).ok_or(Error::NoProcedure)?;
        // All forms of the visit: one may know what another asked.
        let forms = counter.forms_of(&opened.visit);
        let answers = questions::with_defaults(&forms, &opened.answers);
        let mut added = of_counter(counter, opened, application, ticket);
        let words = |text: String| Value::Text(text.into());
        added.set("office.clerk", words(clerk.to_owned()), Source::Clerk);
        if let Some(fee) = fee(counter.config, form, &answers, opened.visit.day) {
            added.set("office.fee", words(fee), Source::Preset);
            let mark = exemption_mark(counter.config, form, &answers, opened.visit.day);
            added.set("office.exempt", Value::Choice(mark), Source::Preset);
        }
        Ok(Sheet { paper, answers, counter: added })
    }

    /// One file with all these papers, in the order given. What cannot be drawn is
    /// an empty box on the paper, and is named.
    pub fn print(&self, sheets: &[Sheet<'_>]) -> Filled {
        self.print_on(Offset::default(), sheets)
    }

    /// The same for a printer that is off by `offset`.
    pub fn print_on<'s>(
        &self,
        offset: Offset,
        sheets: impl IntoIterator<Item = &'s Sheet<'s>>,
    ) -> Filled {
        let sheets = sheets.into_iter();
        let sheets: Vec<_> =
            sheets.map(|sheet| (sheet.paper, &sheet.answers, &sheet.counter)).collect();
        paper::fill_all_for(offset, &sheets)
    }
}

/// What the counter knows without asking anybody.
fn of_counter(
    counter: Counter<'_>,
    opened: &Opened,
    application: &Application,
    ticket: Option<&(impl Display + ?Sized)>,
) -> Answers {
    let day = opened.visit.submitted_at.map_or(opened.visit.day, |at| at.date());
    let mut added = of_town(&counter.config.site.town, day);
    let texts = [
        ("office.receipt_no", Some(application.receipt.clone())),
        ("office.ticket", ticket.map(ToString::to_string)),
        ("visit.qr", Some(application.receipt.clone())),
    ];
    for (path, text) in texts.into_iter().filter_map(|(path, text)| Some((path, text?))) {
        added.set(path, Value::Text(text.into()), Source::Preset);
    }
    added
}

/// What every paper of a town carries on `day`.
pub fn of_town(town: &Town, day: Date) -> Answers {
    let mut added = Answers::default();
    for (path, text) in [("town.name", &town.name), ("town.head", &town.head)] {
        added.set(path, Value::Text(text.as_str().into()), Source::Preset);
    }
    for path in ["today", "office.received_at"] {
        added.set(path, Value::Date(day.into()), Source::Preset);
    }
    added
}

/// The expected fee as it is written: `600円`. Nothing when nothing is charged.
pub fn fee(config: &Config, form: &Form, answers: &Answers, day: Date) -> Option<String> {
    let lines = fee::lines(config, &[form], answers, day).ok()?;
    let total = fee::total(&lines).ok()?;
    (!lines.is_empty()).then(|| format!("{total}円"))
}

/// The box of 減免区分 that is ticked, where a fee is named at all.
fn exemption_mark(config: &Config, form: &Form, answers: &Answers, day: Date) -> String {
    let exempt = fee::exemption(config, form.id(), (answers, day));
    exempt.map_or(NOT_EXEMPT, |exempt| &exempt.mark).to_owned()
}
