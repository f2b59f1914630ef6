//! What is known, and what is still to be asked: the heart of the counter that
//! nobody has to write at.
//!
//! Everything here is worked out from the chosen forms and the answers that
//! exist; no step is ever stored, so Back, reload and a power cut change
//! nothing. The kiosk shows the first page of [`missing`] until there is none.
//!
//! - A question is asked once for all forms of the visit, whoever declares it.
//! - What a card or another answer already says is not asked (`from`).
//! - An answer counts only while its question's conditions hold; it is kept in
//!   storage and counts again when they hold again. Facts under `applicant.*`
//!   always count.
//! - A page that is shown asks its optional questions too, once: when it is
//!   submitted every question on it gets an answer, its default or
//!   [`Value::skipped`] if nothing was entered. So "asked" never needs a mark of
//!   its own.
//!
//! It does not know screens, and it never reads raw input (see `input`).

use std::collections::BTreeSet;

use crate::lang::Words;

use super::Form;
use super::answers::{Answer, Answers, Value};
use super::resolve::{Resolved, default_value, prefix};
use super::template::{Choice, Page, Question};

/// A page with the questions that stand on it now.
#[derive(Clone, Debug)]
pub struct AskPage<'f> {
    pub page: &'f Page,
    /// The form that asks; `None` for pages all forms share (`applicant.*`).
    pub form: Option<&'f str>,
    pub questions: Vec<AskQuestion<'f>>,
}

/// A question, as it stands for this visit.
#[derive(Clone, Debug)]
pub struct AskQuestion<'f> {
    pub question: &'f Question,
    /// Whether any form of the visit cannot do without the answer.
    pub required: bool,
    /// The options that are offered now.
    pub options: Vec<&'f Choice>,
    /// What is known already, and from where.
    pub answer: Option<Answer>,
    /// A likely value, to be confirmed.
    pub suggestion: Option<Value>,
}

impl AskQuestion<'_> {
    /// The path of the answer.
    pub fn path(&self) -> &str {
        &self.question.id
    }

    /// What the screen shows as entered: what is known, else what is likely,
    /// else the default.
    pub fn prefill(&self) -> Option<Value> {
        let known = self.answer.as_ref().map(|answer| answer.value.clone());
        known.or_else(|| self.suggestion.clone()).or_else(|| self.default())
    }

    /// What stands when nothing else is chosen.
    pub fn default(&self) -> Option<Value> {
        default_value(self.question)
    }
}

/// A required question without a value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Missing {
    pub path: String,
    pub label: Words,
    /// The page that asks it.
    pub page: String,
}

/// The answers that count, and everything that follows from them through
/// `from`; a value taken from elsewhere keeps the source it had there.
pub fn known(forms: &[&Form], answers: &Answers) -> Answers {
    Resolved::of(forms, answers, false).answers
}

/// What is known, with the defaults of questions nobody has answered: what the
/// paper shows.
pub fn with_defaults(forms: &[&Form], answers: &Answers) -> Answers {
    Resolved::of(forms, answers, true).answers
}

/// All pages that apply, with all their questions and what is known of each:
/// for the check page, for correcting, and for the clerk.
pub fn pages<'f>(forms: &[&'f Form], answers: &Answers) -> Vec<AskPage<'f>> {
    collect(forms, &Resolved::of(forms, answers, false))
}

/// The pages still to ask, in order, each with only the questions that have no
/// answer yet: pages about the applicant first, then each form's own. What may
/// still follow from a question that is itself to be asked waits for it.
pub fn missing<'f>(forms: &[&'f Form], answers: &Answers) -> Vec<AskPage<'f>> {
    let resolved = Resolved::of(forms, answers, false);
    let mut unanswered = collect(forms, &resolved);
    keep(&mut unanswered, |question| question.answer.is_none());
    let mut ready = unanswered.clone();
    keep(&mut ready, |question| !resolved.may_follow(question.question));
    // Two forms that wait for each other: asking is better than a dead end.
    if ready.is_empty() { unanswered } else { ready }
}

fn keep(pages: &mut Vec<AskPage<'_>>, wanted: impl Fn(&AskQuestion<'_>) -> bool) {
    for page in pages.iter_mut() {
        page.questions.retain(&wanted);
    }
    pages.retain(|page| !page.questions.is_empty());
}

/// The required questions without a value: what keeps the forms from being
/// accepted. A default counts as a value.
pub fn incomplete(forms: &[&Form], answers: &Answers) -> Vec<Missing> {
    let resolved = Resolved::of(forms, answers, true);
    let pages = collect(forms, &resolved);
    let questions = pages.iter().flat_map(|page| &page.questions);
    questions
        .filter(|question| question.required && question.answer.is_none())
        .map(|question| Missing {
            path: question.path().to_owned(),
            label: question.question.label.clone(),
            page: question.question.page.clone(),
        })
        .collect()
}

fn collect<'f>(forms: &[&'f Form], resolved: &Resolved<'_>) -> Vec<AskPage<'f>> {
    let mut pages: Vec<AskPage<'f>> = Vec::new();
    let mut seen = BTreeSet::new();
    for shared in [true, false] {
        for &form in forms {
            for page in form.pages().iter().filter(|page| is_shared(page) == shared) {
                let asked = form.questions().iter().filter(|question| {
                    question.page == page.id
                        && resolved.applies(&question.id)
                        && seen.insert(question.id.as_str())
                });
                let asked: Vec<_> = asked.map(|question| ask(question, resolved)).collect();
                put(&mut pages, page, (!shared).then(|| form.id()), asked);
            }
        }
    }
    pages
}

fn is_shared(page: &Page) -> bool {
    prefix(&page.id) == "applicant"
}

/// Adds the questions to the page of this id, which another form may have
/// opened already.
fn put<'f>(
    pages: &mut Vec<AskPage<'f>>,
    page: &'f Page,
    form: Option<&'f str>,
    questions: Vec<AskQuestion<'f>>,
) {
    if questions.is_empty() {
        return;
    }
    match pages.iter_mut().find(|open| open.page.id == page.id) {
        Some(open) => open.questions.extend(questions),
        None => pages.push(AskPage { page, form, questions }),
    }
}

fn ask<'f>(question: &'f Question, resolved: &Resolved<'_>) -> AskQuestion<'f> {
    AskQuestion {
        question,
        required: resolved.required(&question.id),
        options: resolved.offered(question),
        answer: resolved.answers.get(&question.id).cloned(),
        suggestion: resolved.suggestion(question),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;

    fn juminhyo() -> Form {
        Form::read(include_str!("../../templates/forms/juminhyo/form.toml"))
            .unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    #[test]
    fn a_card_leaves_seven_pages() {
        let form = juminhyo();
        let forms = [&form];
        let mut answers = Answers::default();
        let mut pages = Vec::new();
        answers.set("applicant.name", Value::Text("試験　花子".into()), Source::Card);
        answers.set("applicant.address", Value::Text("みほん町１".into()), Source::Card);
        answers.set(
            "applicant.birth_date",
            Value::Date("1990-01-01".parse().unwrap()),
            Source::Card,
        );
        while let Some(page) = missing(&forms, &answers).into_iter().next() {
            pages.push(page.page.id.clone());
            for question in &page.questions {
                let value = match question.path() {
                    "juminhyo.relation" => Value::Choice("self".into()),
                    "juminhyo.scope" => Value::Choice("whole".into()),
                    _ => question.prefill().unwrap_or(match question.required {
                        true => Value::Text("x".into()),
                        false => Value::skipped(),
                    }),
                };
                answers.set(question.path(), value, Source::Typed);
            }
        }
        assert_eq!(
            pages,
            [
                "applicant.person",
                "juminhyo.relation",
                "juminhyo.scope",
                "juminhyo.copies",
                "juminhyo.head",
                "juminhyo.details",
                "juminhyo.purpose"
            ]
        );
        assert_eq!(incomplete(&forms, &answers), []);
    }
}
