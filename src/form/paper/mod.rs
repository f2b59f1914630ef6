//! A form on paper: the sheet of a template, compiled once, and answers on it.
//!
//! [`Paper::compile`] draws the static sheet and finds every fault of the layout
//! at once; [`Paper::fill`] puts answers where the fields are. Nothing is ever
//! cut off: a character that no font has leaves an empty box and is reported, and
//! so do words that do not fit.
//!
//! A sheet is drawn by the template, or is a town's own PDF of one page or more, or
//! is on the paper already (pre-printed); then only answers are printed, moved by
//! what the printer is off.
//!
//! It does not ask whether required answers are there, and does not know where
//! answers come from.

pub(super) mod check;
mod fault;
mod geometry;
mod layout;
mod place;
pub(super) mod preview;
mod sheet;
mod written;

use serde::Serialize;

use super::Form;
use super::answers::Answers;
use super::condition;
use super::template::Field;
use crate::pdf::{self, Background, Fonts, Lacking};
use crate::text::Text;

use layout::Layout;

pub use fault::{Fault, Place, Trouble};

/// A form ready to be filled.
#[derive(Debug)]
pub struct Paper {
    title: String,
    /// What is printed under the answers, page by page.
    pages: Vec<Background>,
    is_preprinted: bool,
    /// Repeated fields are already taken apart into rows.
    fields: Vec<RowField>,
    words: written::OptionWords,
}

/// How far a printer is off: answers on pre-printed paper are moved by so many
/// millimetres to the right and down. What is printed together with its sheet is
/// never moved on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Offset {
    pub x: f32,
    pub y: f32,
}

impl From<[f32; 2]> for Offset {
    /// As configurations write it: right, down.
    fn from([x, y]: [f32; 2]) -> Self {
        Self { x, y }
    }
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
    /// Compiles the sheet of a form, to be filled with the same fonts. Every fault
    /// is reported at once.
    pub fn compile(form: &Form, fonts: &Fonts) -> Result<Self, Vec<Fault>> {
        let template = form.template();
        let unseen = check::unseen(template);
        let layout = Layout::of(template, form.background(), fonts);
        let Layout { sheet, fields } = match layout {
            Ok(layout) if unseen.is_empty() => layout,
            other => {
                let mut faults = other.err().unwrap_or_default();
                faults.extend(unseen);
                return Err(faults);
            }
        };
        let is_preprinted = template.paper.is_preprinted();
        let empty = |page: &Background| {
            let (width, height) = page.size();
            Background::empty(width, height, fonts)
        };
        Ok(Self {
            title: template.title.ja.clone(),
            pages: if is_preprinted { sheet.iter().map(empty).collect() } else { sheet },
            is_preprinted,
            fields,
            words: written::OptionWords::of(template),
        })
    }

    /// The form with `answers` on it. `counter` has what the counter adds:
    /// `office.*`, `town.*` and `visit.*`.
    ///
    /// # Errors
    /// Every answer that is too long for its place.
    pub fn fill(&self, answers: &Answers, counter: &Answers) -> Result<Filled, FillError> {
        let filled = fill_all(&[(self, answers, counter)]);
        if filled.misfits.is_empty() {
            return Ok(filled);
        }
        Err(FillError::DoesNotFit(filled.misfits))
    }

    fn pages<'a>(
        &'a self,
        answers: &Answers,
        counter: &Answers,
        offset: Offset,
    ) -> (Vec<pdf::Page<'a>>, Vec<Finding>, Vec<Misfit>) {
        let offset = if self.is_preprinted { offset } else { Offset::default() };
        let (right, up) = (geometry::points(offset.x), geometry::points(-offset.y));
        let page = |background| pdf::Page::new(background).moved(right, up);
        let mut placing = place::Placing::new(self.pages.iter().map(page).collect());
        for row in &self.fields {
            let at = |path: &str| answers.value(path).or_else(|| counter.value(path));
            if !row.field.when.iter().all(|when| condition::holds_of(when, at(&when.question))) {
                continue;
            }
            let written = written::written(&row.field, answers, counter, &self.words);
            if let Some((path, written)) = written {
                placing.place(row, path, &written);
            }
        }
        placing.finish()
    }
}

/// Several filled forms as one file, for printing them in one go. What they have
/// in common is in the file once. An answer that is too long for its place leaves
/// an empty box there.
pub fn fill_all(forms: &[(&Paper, &Answers, &Answers)]) -> Filled {
    fill_all_for(Offset::default(), forms)
}

/// As [`fill_all`], for a printer that is off by `offset`.
pub fn fill_all_for(offset: Offset, forms: &[(&Paper, &Answers, &Answers)]) -> Filled {
    let (mut pages, mut findings, mut misfits) = (Vec::new(), Vec::new(), Vec::new());
    for (paper, answers, counter) in forms {
        let (of_form, found, too_long) = paper.pages(answers, counter, offset);
        pages.extend(of_form);
        findings.extend(found);
        misfits.extend(too_long);
    }
    let mut titles: Vec<&str> = forms.iter().map(|(paper, ..)| paper.title.as_str()).collect();
    titles.dedup();
    Filled { pdf: pdf::document(&titles.join("・"), &pages), findings, misfits }
}

#[cfg(test)]
mod apart;
#[cfg(test)]
mod tests;
