//! What is known, and what is still to be asked: the heart of the counter that
//! nobody has to write at.
//!
//! Everything here is worked out from the chosen forms and the answers that
//! exist; no step is ever stored, so Back, reload and a power cut change
//! nothing. The kiosk shows the first page of [`missing`] until there is none.
//!
//! - What a gate looks at is asked before all else: who cannot use a form is not
//!   asked for a name first.
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

use time::Date;

use crate::lang::Words;

use super::Form;
use super::answers::{Answer, Answers, Value};
use super::paths::prefix;
use super::resolve::Resolved;
use super::template::{Choice, Page, Question};
use super::value::default_value;

/// A page with the questions that stand on it now.
#[derive(Clone, Debug)]
pub struct AskPage<'f> {
    pub page: &'f Page,
    /// The form that asks; `None` for pages all forms share (`applicant.*`).
    pub form: Option<&'f str>,
    /// Asked before the resident says who they are: a gate stands on it.
    pub at_gate: bool,
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
    /// The fiscal years that are not offered any more: they were chosen elsewhere.
    pub taken: Vec<i32>,
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

    /// The fiscal years offered, newest first; none to a question of another kind.
    pub fn years(&self, today: Date) -> Vec<i32> {
        let years = self.question.years.iter().flat_map(|years| years.offered(today));
        years.filter(|year| !self.taken.contains(year)).collect()
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
/// answer yet: the gates' pages first, then those about the applicant, then each
/// form's own. What may still follow from a question that is itself to be asked waits for it.
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

/// Paths of answers that were given but do not count for `forms`: their
/// question's condition does not hold, or an option is not offered.
pub fn ignored(forms: &[&Form], answers: &Answers) -> Vec<String> {
    let counted = Resolved::of(forms, answers, true).answers;
    let uncounted = answers.iter().filter(|(path, answer)| counted.get(path) != Some(answer));
    uncounted.map(|(path, _)| path.to_owned()).collect()
}

fn collect<'f>(forms: &[&'f Form], resolved: &Resolved<'_>) -> Vec<AskPage<'f>> {
    let mut pages: Vec<AskPage<'f>> = Vec::new();
    let mut seen = BTreeSet::new();
    for turn in [Turn::Gate, Turn::Shared, Turn::Own] {
        for &form in forms {
            for page in form.pages().iter().filter(|page| Turn::of(form, page) == turn) {
                let asked = form.questions().iter().filter(|question| {
                    question.page == page.id
                        && resolved.applies(&question.id)
                        && seen.insert(question.id.as_str())
                });
                let asked: Vec<_> = asked.map(|question| ask(question, resolved)).collect();
                put(&mut pages, page, (form, turn), asked);
            }
        }
    }
    pages
}

/// When a page has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Gate,
    /// About the applicant.
    Shared,
    Own,
}

impl Turn {
    fn of(form: &Form, page: &Page) -> Turn {
        match page {
            page if form.is_gate_page(&page.id) => Turn::Gate,
            page if prefix(&page.id) == "applicant" => Turn::Shared,
            _ => Turn::Own,
        }
    }
}

/// Adds the questions to the page of this id, which another form may have
/// opened already.
fn put<'f>(
    pages: &mut Vec<AskPage<'f>>,
    page: &'f Page,
    (form, turn): (&'f Form, Turn),
    questions: Vec<AskQuestion<'f>>,
) {
    if questions.is_empty() {
        return;
    }
    match pages.iter_mut().find(|open| open.page.id == page.id) {
        Some(open) => open.questions.extend(questions),
        None => pages.push(AskPage {
            page,
            form: (turn != Turn::Shared).then(|| form.id()),
            at_gate: turn == Turn::Gate,
            questions,
        }),
    }
}

fn ask<'f>(question: &'f Question, resolved: &Resolved<'_>) -> AskQuestion<'f> {
    AskQuestion {
        question,
        required: resolved.required(&question.id),
        options: resolved.offered(question),
        taken: resolved.taken(question),
        answer: resolved.answers.get(&question.id).cloned(),
        suggestion: resolved.suggestion(question),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;

    const HEAD: &str = r##"
edition = "見本 2026-04"
title = { ja = "試し", en = "Try" }
about = { ja = "試し", en = "Try" }
section = { ja = "町民課", en = "Residents" }
law = "-"
signature = "handwritten"
identity = "one_photo_or_two"
paper = { size = "A4" }
"##;

    /// A form with one page for each question: `(path, further TOML)`.
    fn form(id: &str, questions: &[(&str, &str)]) -> Form {
        let mut text = format!("id = \"{id}\"\n{HEAD}");
        for (path, _) in questions {
            let title = "title = { ja = \"頁\", en = \"Page\" }";
            text.push_str(&format!("[[page]]\nid = \"{path}.page\"\n{title}\n"));
        }
        for (path, rest) in questions {
            let label = "label = { ja = \"問\", en = \"Question\" }";
            let head = format!("id = \"{path}\"\npage = \"{path}.page\"\n{label}");
            text.push_str(&format!("[[question]]\n{head}\n{rest}\n"));
        }
        Form::read(&text).unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    fn answers(given: &[(&str, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (path, words) in given {
            answers.set(*path, Value::Text((*words).into()), Source::Typed);
        }
        answers
    }

    fn asked(forms: &[&Form], answers: &Answers) -> Vec<String> {
        let pages = missing(forms, answers);
        pages.iter().flat_map(|page| &page.questions).map(|ask| ask.path().to_owned()).collect()
    }

    const CHOICE: &str = "kind = \"choice\"\noptions = [{ id = \"x\", ja = \"え\", en = \"x\" }, ";

    #[test]
    fn what_two_forms_share_is_asked_once_first_and_required_if_either_needs_it() {
        let one =
            form("one", &[("one.a", "kind = \"text\""), ("applicant.phone", "kind = \"phone\"")]);
        let two = form("two", &[("applicant.phone", "kind = \"phone\"\nrequired = true")]);
        let pages = missing(&[&one, &two], &Answers::default());
        assert_eq!(pages.len(), 2);
        assert_eq!((pages[0].form, pages[0].page.id.as_str()), (None, "applicant.phone.page"));
        assert!(pages[0].questions[0].required);
        assert_eq!(pages[1].form, Some("one"));
    }

    #[test]
    fn what_may_still_follow_waits_and_skipping_is_inherited() {
        let form = form(
            "try",
            &[
                ("try.copy", "kind = \"text\"\nfrom = [\"try.first\"]"),
                ("try.first", "kind = \"text\""),
            ],
        );
        assert_eq!(asked(&[&form], &Answers::default()), ["try.first"]);
        for words in ["そのまま", ""] {
            let answers = answers(&[("try.first", words)]);
            assert_eq!(asked(&[&form], &answers), [""; 0]);
            assert_eq!(known(&[&form], &answers).text("try.copy"), Some(&words.into()));
        }
    }

    #[test]
    fn a_required_question_is_not_settled_by_what_was_skipped() {
        let form = form(
            "try",
            &[
                ("try.first", "kind = \"text\""),
                ("try.copy", "kind = \"text\"\nrequired = true\nfrom = [\"try.first\"]"),
            ],
        );
        assert_eq!(asked(&[&form], &answers(&[("try.first", "")])), ["try.copy"]);
    }

    #[test]
    fn an_answer_counts_only_while_its_condition_holds() {
        let when = "kind = \"text\"\nwhen = [{ question = \"try.kind\", is = [\"x\"] }]";
        let kind = format!("{CHOICE}{{ id = \"y\", ja = \"わ\", en = \"y\" }}]");
        let form = form("try", &[("try.kind", &kind), ("try.more", when)]);
        let mut answers = answers(&[("try.more", "くわしく")]);
        assert_eq!(known(&[&form], &answers).text("try.more"), None);
        answers.set("try.kind", Value::Choice("y".into()), Source::Typed);
        assert_eq!(ignored(&[&form], &answers), ["try.more"]);
        answers.set("try.kind", Value::Choice("x".into()), Source::Typed);
        assert_eq!(known(&[&form], &answers).text("try.more"), Some(&"くわしく".into()));
    }

    #[test]
    fn an_option_that_is_no_longer_offered_is_no_answer() {
        let second = "{ id = \"y\", ja = \"わ\", en = \"y\", \
             when = [{ question = \"try.open\", is = [\"yes\"] }] }]";
        let form = form(
            "try",
            &[("try.open", "kind = \"flag\""), ("try.kind", &format!("{CHOICE}{second}"))],
        );
        let mut answers = Answers::default();
        answers.set("try.kind", Value::Choice("y".into()), Source::Typed);
        answers.set("try.open", Value::Flag(true), Source::Typed);
        assert_eq!(asked(&[&form], &answers), [""; 0]);
        answers.set("try.open", Value::Flag(false), Source::Typed);
        let pages = missing(&[&form], &answers);
        assert_eq!(pages[0].questions[0].options.len(), 1);
    }

    #[test]
    fn a_default_is_still_asked_but_stands_on_paper() {
        let form =
            form("try", &[("try.show", "kind = \"flag\"\nrequired = true\ndefault = \"no\"")]);
        let none = Answers::default();
        assert_eq!(asked(&[&form], &none), ["try.show"]);
        assert_eq!(incomplete(&[&form], &none), []);
        let printed = with_defaults(&[&form], &none);
        let answer = printed.get("try.show").unwrap();
        assert_eq!((&answer.value, answer.source), (&Value::Flag(false), Source::Preset));
    }

    #[test]
    fn answers_of_a_form_that_was_not_chosen_are_known_to_nobody() {
        let form = form("try", &[("try.copy", "kind = \"text\"\nfrom = [\"other.a\"]")]);
        let answers = answers(&[("other.a", "よそ"), ("applicant.name", "試験　花子")]);
        let known = known(&[&form], &answers);
        assert_eq!(known.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["applicant.name"]);
    }
}
