//! What can be said of a path before anybody answers: the kind of its values and
//! the options among them. One table for pages and paper alike: the questions of
//! a form with their rows written out, the applicant's facts, and what a counter
//! knows.

use std::collections::BTreeMap;

use super::counter;
use super::paths::applicant_question;
use super::template::{Condition, Kind, Question, Template};

/// What stands under a path.
#[derive(Clone, Debug)]
pub(super) struct Subject<'t> {
    pub kind: Kind,
    /// Option ids, `yes` and `no` for a flag; none where values are free.
    pub options: Vec<String>,
    /// The question that declares it, if one does.
    pub question: Option<&'t Question>,
}

/// Every path of one form.
pub(super) struct Subjects<'t>(BTreeMap<&'t str, &'t Question>);

impl<'t> Subjects<'t> {
    /// Of a template whose rows are written out.
    pub fn of(template: &'t Template) -> Self {
        let questions = template.question.iter();
        Self(questions.map(|question| (question.id.as_str(), question)).collect())
    }

    /// What stands under exactly this path.
    pub fn at(&self, path: &str) -> Option<Subject<'t>> {
        self.0.get(path).map(|question| Subject::of(question)).or_else(|| Subject::reserved(path))
    }
}

impl<'t> Subject<'t> {
    /// A question's.
    pub fn of(question: &'t Question) -> Self {
        Self { question: Some(question), ..Subject::like(question) }
    }

    /// A fact about the applicant, or something the counter knows.
    pub fn reserved(path: &str) -> Option<Self> {
        if let Some(question) = applicant_question(path) {
            return Some(Subject::like(&question));
        }
        let known = counter::known_at(path)?;
        let options = known.options.iter().map(ToString::to_string).collect();
        Some(Self { kind: known.kind, options, question: None })
    }

    fn like(question: &Question) -> Self {
        let options = match question.kind {
            Kind::Flag => ["yes", "no"].map(str::to_owned).into(),
            _ => question.options.iter().map(|option| option.id.clone()).collect(),
        };
        Self { kind: question.kind, options, question: None }
    }

    /// The first option of `condition` that this never has.
    pub fn lacks<'c>(&self, condition: &'c Condition) -> Option<&'c str> {
        let mut named = condition.is.iter().chain(&condition.is_not);
        named.find(|option| !self.options.contains(option)).map(String::as_str)
    }

    /// Whether `at_least` has something to count.
    pub fn counts(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Copies | Kind::Multi)
    }

    /// Whether a value of `self` can stand for one of `other`: a name may be
    /// written where words are asked for, and no name is a reading.
    pub fn stands_for(&self, other: Kind) -> bool {
        let is_free = |kind| matches!(kind, Kind::Name | Kind::Address | Kind::Text);
        let is_words = |kind| {
            is_free(kind) || matches!(kind, Kind::Kana | Kind::Phone | Kind::Postal | Kind::Digits)
        };
        match other {
            Kind::Text => is_words(self.kind),
            other if is_free(other) => is_free(self.kind),
            other => self.kind == other,
        }
    }
}
