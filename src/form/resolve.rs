//! Works out, path by path, what is known: an answer that still applies, else
//! what the question's origins say, else (for paper) its default.
//!
//! A value and the conditions it depends on are worked out together, depth
//! first, each path once. The templates' check has refused circles within a
//! form; between forms a path that is being worked out counts as unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::applicant::Source;

use super::Form;
use super::answers::{Answer, Answers, Value};
use super::condition::holds;
use super::paths::{RESERVED, prefix};
use super::template::{Choice, Condition, From, Question};
use super::value::{default_value, fitting};

/// Everything worked out for some forms and answers.
pub(super) struct Resolved<'f> {
    declared: BTreeMap<&'f str, Vec<&'f Question>>,
    stored: &'f Answers,
    with_defaults: bool,
    started: BTreeSet<String>,
    /// Questions whose conditions hold.
    applying: BTreeSet<&'f str>,
    pub(super) answers: Answers,
}

impl<'f> Resolved<'f> {
    pub(super) fn of(forms: &[&'f Form], stored: &'f Answers, with_defaults: bool) -> Self {
        let mut declared: BTreeMap<&str, Vec<&Question>> = BTreeMap::new();
        for question in forms.iter().flat_map(|form| form.questions()) {
            declared.entry(&question.id).or_default().push(question);
        }
        let mut resolved = Resolved {
            declared,
            stored,
            with_defaults,
            started: BTreeSet::new(),
            applying: BTreeSet::new(),
            answers: Answers::default(),
        };
        let asked: Vec<&str> = resolved.declared.keys().copied().collect();
        asked.into_iter().for_each(|path| resolved.path(path));
        stored.iter().for_each(|(path, _)| resolved.path(path));
        resolved
    }

    /// Whether the question at `path` is to be asked at all.
    pub(super) fn applies(&self, path: &str) -> bool {
        self.applying.contains(path)
    }

    /// Whether any of the forms cannot do without the answer at `path`.
    pub(super) fn required(&self, path: &str) -> bool {
        self.declared.get(path).is_some_and(|all| all.iter().any(|question| question.required))
    }

    /// The options of `question` that are offered now.
    pub(super) fn offered<'q>(&self, question: &'q Question) -> Vec<&'q Choice> {
        let offered = |option: &&Choice| option.when.iter().all(|when| holds(when, &self.answers));
        question.options.iter().filter(offered).collect()
    }

    /// The fiscal years that other questions have chosen already, and `question` does not
    /// offer.
    pub(super) fn taken(&self, question: &Question) -> Vec<i32> {
        let others = question.years.iter().flat_map(|years| &years.other_than);
        let year = |path: &String| match self.answers.value(path) {
            Some(Value::Date(date)) => Some(date.year()),
            _ => None,
        };
        others.filter_map(year).collect()
    }

    /// What to suggest for `question`: the first origin that has a value.
    pub(super) fn suggestion(&self, question: &Question) -> Option<Value> {
        let origin = question.suggest.iter().find(|origin| {
            origin.when().iter().all(|when| holds(when, &self.answers))
                && self.answers.value(origin.path()).is_some_and(|value| !value.is_blank())
        })?;
        self.answers.value(origin.path()).cloned()
    }

    /// Whether an answer still to be given would give `question` its value too.
    pub(super) fn may_follow(&self, question: &Question) -> bool {
        let open = |path: &str| self.applies(path) && self.answers.get(path).is_none();
        question.from.iter().any(|origin| {
            let possible = |when: &Condition| holds(when, &self.answers) || open(&when.question);
            open(origin.path()) && origin.when().iter().all(possible)
        })
    }

    /// Which of its origins with conditions the question at `path` takes its value
    /// from now: each form's, by its place.
    pub(super) fn speaking(&self, path: &str) -> Vec<Option<usize>> {
        let speaks = |origin: &From| {
            !origin.when().is_empty() && origin.when().iter().all(|when| holds(when, &self.answers))
        };
        let questions = self.declared.get(path).into_iter().flatten();
        questions.map(|question| question.from.iter().position(speaks)).collect()
    }

    fn path(&mut self, path: &str) {
        if !self.started.insert(path.to_owned()) {
            return;
        }
        match self.declared.get_key_value(path) {
            Some((&path, questions)) => {
                let questions = questions.clone();
                self.question(path, &questions);
            }
            // An answer to a form that is no longer among those chosen is kept
            // in storage but known to nobody.
            None if RESERVED.contains(&prefix(path)) => {
                if let Some(answer) = self.stored.get(path) {
                    self.answers.set(path, answer.value.clone(), answer.source);
                }
            }
            None => {}
        }
    }

    fn question(&mut self, path: &'f str, questions: &[&'f Question]) {
        let applying: Vec<&Question> =
            questions.iter().copied().filter(|question| self.all_hold(&question.when)).collect();
        if !applying.is_empty() {
            self.applying.insert(path);
        } else if prefix(path) != "applicant" {
            // Facts about the applicant stay true whoever asks for them; other
            // answers are forgotten with the condition they were given under.
            return;
        }
        let answer = self
            .stored_answer(path, questions)
            .or_else(|| self.taken_from_origins(path, &applying))
            .or_else(|| self.default_of(&applying));
        if let Some(Answer { value, source }) = answer {
            self.answers.set(path, value, source);
        }
    }

    fn stored_answer(&mut self, path: &str, questions: &[&'f Question]) -> Option<Answer> {
        let answer = self.stored.get(path)?;
        self.fitting(path, questions, answer)
    }

    /// The first origin with a value. When there is none, but an origin was
    /// skipped, an optional question is skipped with it: never asked twice.
    fn taken_from_origins(&mut self, path: &str, questions: &[&'f Question]) -> Option<Answer> {
        let mut skipped = None;
        for origin in questions.iter().flat_map(|question| &question.from) {
            if !self.all_hold(origin.when()) {
                continue;
            }
            self.path(origin.path());
            let Some(answer) = self.answers.get(origin.path()).cloned() else { continue };
            match self.fitting(path, questions, &answer) {
                Some(answer) if answer.value.is_blank() => skipped = Some(answer),
                Some(answer) => return Some(answer),
                None => {}
            }
        }
        skipped
    }

    fn default_of(&mut self, questions: &[&'f Question]) -> Option<Answer> {
        if !self.with_defaults {
            return None;
        }
        let value = questions.iter().find_map(|question| default_value(question))?;
        let answer = Answer { value, source: Source::Preset };
        self.fitting(&questions.first()?.id, questions, &answer)
    }

    /// The answer as far as it fits the question as it stands now.
    fn fitting(&mut self, path: &str, all: &[&'f Question], answer: &Answer) -> Option<Answer> {
        let question = *all.first()?;
        for option in &question.options {
            option.when.iter().for_each(|condition| self.path(&condition.question));
        }
        for other in question.years.iter().flat_map(|years| &years.other_than) {
            self.path(other);
        }
        let offered = self.offered(question);
        let value = fitting(&answer.value, question.kind, &offered)?;
        // The same year twice would be the same paper twice: it is asked again.
        if matches!(value, Value::Date(date) if self.taken(question).contains(&date.year())) {
            return None;
        }
        let lacking = value.is_blank() && self.required(path);
        (!lacking).then_some(Answer { value, source: answer.source })
    }

    fn all_hold(&mut self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| {
            self.path(&condition.question);
            holds(condition, &self.answers)
        })
    }
}
