//! A form on paper: the sheet of a template, compiled once, and answers on it.
//!
//! [`Paper::compile`] draws the static sheet and finds every fault of the layout
//! at once; [`Paper::fill`] puts answers where the fields are. Nothing is ever
//! cut off: a character that no font has leaves an empty box and is reported, and
//! so do words that do not fit.
//!
//! It does not ask whether required answers are there, and does not know where
//! answers come from.

mod check;
mod fault;
mod geometry;
mod place;
mod sheet;
mod written;

use serde::Serialize;

use super::Form;
use super::answers::Answers;
use super::condition;
use super::template::{Field, Template};
use crate::pdf::{self, Background, Fonts, Lacking};
use crate::text::Text;

pub use fault::{Fault, Place, Trouble};

/// A form ready to be filled.
#[derive(Debug)]
pub struct Paper {
    title: String,
    background: Background,
    /// Repeated fields are already taken apart into rows.
    fields: Vec<RowField>,
    words: written::OptionWords,
}

/// A field, or one row of a repeated one.
#[derive(Clone, Debug)]
struct RowField {
    /// `name`, or `member_name.2` for row 2.
    id: String,
    field: Field,
    /// A name or a reading.
    is_name: bool,
}

/// A filled form.
#[derive(Clone, Debug)]
pub struct Filled {
    pub pdf: Vec<u8>,
    pub findings: Vec<Finding>,
    /// What did not fit and was left to the pen.
    pub misfits: Vec<Misfit>,
}

/// An answer that is too long for its place: the paper has an empty box there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misfit {
    /// The field's id, with its row if it is repeated.
    pub field: String,
    /// Where the answer stands.
    pub path: String,
    /// What would have been written.
    #[serde(skip)]
    pub words: Text,
}

/// A character that is not on the paper as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The field's id, with its row if it is repeated.
    pub field: String,
    #[serde(flatten)]
    pub lacking: Lacking,
}

/// Why a form was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// All answers that are too long for their place.
    #[error("{} answers are too long for their place on the paper", .0.len())]
    DoesNotFit(Vec<Misfit>),
}

impl Paper {
    /// Compiles the sheet of a form. Every fault is reported at once.
    pub fn compile(form: &Form, fonts: &Fonts) -> Result<Self, Vec<Fault>> {
        let template = form.template();
        let mut faults = check::faults(template);
        let background = sheet::background(form, fonts, &mut faults);
        match background {
            Some(background) if faults.is_empty() => Ok(Self {
                title: template.title.ja.clone(),
                background,
                fields: template.field.iter().flat_map(|field| rows(field, template)).collect(),
                words: written::OptionWords::of(template),
            }),
            _ => Err(faults),
        }
    }

    /// The form with `answers` on it. `counter` has what the counter adds:
    /// `office.*`, `town.*` and `visit.*`.
    ///
    /// # Errors
    /// Every answer that is too long for its place.
    pub fn fill(
        &self,
        answers: &Answers,
        counter: &Answers,
        fonts: &Fonts,
    ) -> Result<Filled, FillError> {
        let filled = fill_all(&[(self, answers, counter)], fonts);
        if filled.misfits.is_empty() {
            return Ok(filled);
        }
        Err(FillError::DoesNotFit(filled.misfits))
    }

    fn page<'a>(
        &'a self,
        answers: &Answers,
        counter: &Answers,
        fonts: &'a Fonts,
    ) -> (pdf::Page<'a>, Vec<Finding>, Vec<Misfit>) {
        let mut placing = place::Placing::new(pdf::Page::new(&self.background), fonts);
        for row in &self.fields {
            if !condition::all_hold(&row.field.when, answers) {
                continue;
            }
            let written = written::written(&row.field, answers, counter, &self.words);
            if let Some((path, written)) = written {
                placing.place(row, path, &written, self.height());
            }
        }
        placing.finish()
    }

    fn height(&self) -> f32 {
        self.background.size().1
    }
}

/// Several filled forms as one file, for printing them in one go. What they have
/// in common is in the file once. An answer that is too long for its place leaves
/// an empty box there.
pub fn fill_all(forms: &[(&Paper, &Answers, &Answers)], fonts: &Fonts) -> Filled {
    let (mut pages, mut findings, mut misfits) = (Vec::new(), Vec::new(), Vec::new());
    for (paper, answers, counter) in forms {
        let (page, found, too_long) = paper.page(answers, counter, fonts);
        pages.push(page);
        findings.extend(found);
        misfits.extend(too_long);
    }
    let mut titles: Vec<&str> = forms.iter().map(|(paper, ..)| paper.title.as_str()).collect();
    titles.dedup();
    Filled { pdf: pdf::document(&titles.join("・"), &pages, fonts), findings, misfits }
}

/// A repeated field once for each row; another field as it is.
fn rows(field: &Field, template: &Template) -> Vec<RowField> {
    let is_name = check::is_name(field, template);
    let Some(repeat) = field.repeat else {
        return vec![RowField { id: field.id.clone(), field: field.clone(), is_name }];
    };
    let row = |number: u32| RowField {
        id: format!("{}.{number}", field.id),
        field: geometry::field_of_row(field, repeat, number),
        is_name,
    };
    (1..=repeat.count).map(row).collect()
}

#[cfg(test)]
mod apart;
#[cfg(test)]
mod tests;
