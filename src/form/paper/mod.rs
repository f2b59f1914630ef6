//! A form on paper: the sheet of a template, compiled once, and answers on it.
//!
//! [`Paper::compile`] draws the static sheet and finds every fault of the layout
//! at once; [`Paper::fill`] puts answers where the fields are. Nothing is ever
//! cut off: a character that no font has leaves an empty box and is reported, and
//! so do words that do not fit.
//!
//! It does not ask whether required answers are there, and does not know where
//! answers come from.

pub(super) mod check;
mod fault;
mod geometry;
mod place;
mod sheet;
mod written;

use serde::Serialize;

use super::Form;
use super::answers::Answers;
use super::condition;
use super::subject::Subjects;
use super::template::Field;
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
        let subjects = Subjects::of(template);
        let mut faults = check::faults(template, &subjects);
        // Nothing is drawn before its counts are known to end.
        if faults.iter().any(Fault::is_of_a_count) {
            return Err(faults);
        }
        let background = sheet::background(form, fonts, &mut faults);
        match background {
            Some(background) if faults.is_empty() => Ok(Self {
                title: template.title.ja.clone(),
                background,
                fields: template.field.iter().flat_map(|field| rows(field, &subjects)).collect(),
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
            let at = |path: &str| answers.value(path).or_else(|| counter.value(path));
            if !row.field.when.iter().all(|when| condition::holds_of(when, at(&when.question))) {
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
fn rows(field: &Field, subjects: &Subjects<'_>) -> Vec<RowField> {
    let row = |id: String, field: Field| RowField {
        is_name: check::is_name(&field, subjects),
        id,
        field,
    };
    let Some(repeat) = field.repeat else {
        return vec![row(field.id.clone(), field.clone())];
    };
    let rows = (1..=repeat.count).map(|number| {
        row(format!("{}.{number}", field.id), geometry::field_of_row(field, repeat, number))
    });
    rows.collect()
}

#[cfg(test)]
mod tests;
