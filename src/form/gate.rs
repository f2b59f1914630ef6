//! Gates: who cannot use a form is told before anything else is asked.

use std::collections::BTreeSet;

use super::Form;
use super::answers::Answers;
use super::condition::all_hold;
use super::questions::known;
use super::template::{Gate, Question, Template};

/// A gate that is closed for what was answered.
#[derive(Clone, Copy, Debug)]
pub struct Closed<'f> {
    pub form: &'f Form,
    pub gate: &'f Gate,
}

impl<'f> Closed<'f> {
    /// The page to go back to when an answer was a slip: that of the question
    /// the gate looks at last.
    pub fn page(&self) -> Option<&'f str> {
        let last = self.gate.when.last()?;
        self.form.question(&last.question).map(|question| question.page.as_str())
    }

    /// Whether `other` is offered in this form's place: the gate names it, and
    /// nothing that was answered closes it too. So nobody is sent round in a circle.
    pub fn offers(&self, other: &Form, answers: &Answers) -> bool {
        self.gate.instead.as_deref() == Some(other.id()) && closed(&[other], answers).is_none()
    }
}

/// The first gate that is closed.
pub fn closed<'f>(forms: &[&'f Form], answers: &Answers) -> Option<Closed<'f>> {
    let known = known(forms, answers);
    let gates = forms
        .iter()
        .flat_map(|&form| form.template().gate.iter().map(move |gate| Closed { form, gate }));
    gates.into_iter().find(|closed| all_hold(&closed.gate.when, &known))
}

/// The pages that are asked first: those of the gates' questions, and of the
/// questions these hang on.
pub(super) fn pages(template: &Template) -> BTreeSet<String> {
    let mut paths: Vec<&str> = template
        .gate
        .iter()
        .flat_map(|gate| &gate.when)
        .map(|condition| condition.question.as_str())
        .collect();
    let mut pages = BTreeSet::new();
    while let Some(path) = paths.pop() {
        let question = template.question.iter().find(|question| question.id == path);
        let Some(question) = question else { continue };
        if pages.insert(question.page.clone()) {
            let on_page = template.question.iter().filter(|other| other.page == question.page);
            paths.extend(on_page.flat_map(hangs_on));
        }
    }
    pages
}

/// The paths of the questions that decide whether and with what this one is asked.
fn hangs_on(question: &Question) -> Vec<&str> {
    let of_options = question.options.iter().flat_map(|option| &option.when);
    question.when.iter().chain(of_options).map(|when| when.question.as_str()).collect()
}
