//! A form on paper: the sheet of a template, compiled once, and answers on it.
//!
//! [`Paper::compile`] draws the static sheet and finds every fault of the layout
//! at once; [`Paper::fill`] puts answers where the fields are. Nothing is ever
//! cut off: words that do not fit refuse the whole form and name the field. A
//! character that no font has leaves an empty box and is reported.
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
use super::template::Field;
use crate::pdf::{self, Background, Fonts, Lacking};

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
}

/// A filled form.
#[derive(Clone, Debug)]
pub struct Filled {
    pub pdf: Vec<u8>,
    pub findings: Vec<Finding>,
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
    /// All fields whose answer is too long for their place.
    #[error("these fields are too small for what was answered: {}", fields.join(", "))]
    DoesNotFit { fields: Vec<String> },
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
                fields: template.field.iter().flat_map(rows).collect(),
                words: written::OptionWords::of(template),
            }),
            _ => Err(faults),
        }
    }

    /// The form with `answers` on it. `counter` has what the counter adds:
    /// `office.*`, `town.*` and `visit.*`.
    pub fn fill(
        &self,
        answers: &Answers,
        counter: &Answers,
        fonts: &Fonts,
    ) -> Result<Filled, FillError> {
        fill_all(&[(self, answers, counter)], fonts)
    }

    fn page<'a>(
        &'a self,
        answers: &Answers,
        counter: &Answers,
        fonts: &'a Fonts,
    ) -> (pdf::Page<'a>, Vec<Finding>, Vec<String>) {
        let mut placing = place::Placing::new(pdf::Page::new(&self.background), fonts);
        for row in &self.fields {
            if !condition::all_hold(&row.field.when, answers) {
                continue;
            }
            let written = written::written(&row.field, answers, counter, &self.words);
            if let Some(written) = written {
                placing.place(&row.id, &row.field, &written, self.height());
            }
        }
        placing.finish()
    }

    fn height(&self) -> f32 {
        self.background.size().1
    }
}

/// Several filled forms as one file, for printing them in one go. What they have
/// in common is in the file once.
pub fn fill_all(
    forms: &[(&Paper, &Answers, &Answers)],
    fonts: &Fonts,
) -> Result<Filled, FillError> {
    let (mut pages, mut findings, mut misfits) = (Vec::new(), Vec::new(), Vec::new());
    for (paper, answers, counter) in forms {
        let (page, found, too_long) = paper.page(answers, counter, fonts);
        pages.push(page);
        findings.extend(found);
        misfits.extend(too_long);
    }
    if !misfits.is_empty() {
        return Err(FillError::DoesNotFit { fields: misfits });
    }
    let mut titles: Vec<&str> = forms.iter().map(|(paper, ..)| paper.title.as_str()).collect();
    titles.dedup();
    Ok(Filled { pdf: pdf::document(&titles.join("・"), &pages, fonts), findings })
}

/// A repeated field once for each row; another field as it is.
fn rows(field: &Field) -> Vec<RowField> {
    let Some(repeat) = field.repeat else {
        return vec![RowField { id: field.id.clone(), field: field.clone() }];
    };
    let row = |number: u32| RowField {
        id: format!("{}.{number}", field.id),
        field: geometry::field_of_row(field, repeat, number),
    };
    (1..=repeat.count).map(row).collect()
}

#[cfg(test)]
mod tests;
