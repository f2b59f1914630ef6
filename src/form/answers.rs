//! What a visit knows: values under dotted paths, each with its source.
//!
//! `applicant.*` is shared by every form. Other paths start with the form's id
//! (`ido.new.address`), so two forms never mean different things by one path.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::applicant::{Applicant, Source};
use crate::text::Text;
use crate::wareki::PartialDate;

/// A value of any kind a question may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A name, a reading, an address, a telephone number or other words.
    Text(Text),
    /// A date, perhaps without its day or month.
    Date(PartialDate),
    /// One option's id.
    Choice(String),
    /// Any number of option ids.
    Choices(BTreeSet<String>),
    /// Yes or no.
    Flag(bool),
    /// A small whole number.
    Number(u32),
    /// Copies per option id; options with none are left out.
    Copies(BTreeMap<String, u32>),
}

impl Value {
    /// What is stored when an optional question was asked and left empty: blank
    /// words, whatever the question's kind. It counts as answered, so that it is
    /// not asked again, and prints nothing.
    pub fn skipped() -> Value {
        Value::Text(Text::default())
    }

    /// Whether there is nothing in it: skipped, blank words, no copies at all,
    /// none of several options.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Text(text) => text.is_blank(),
            Value::Copies(copies) => copies.values().all(|copies| *copies == 0),
            Value::Choices(ids) => ids.is_empty(),
            Value::Date(_) | Value::Choice(_) | Value::Flag(_) | Value::Number(_) => false,
        }
    }

    /// The option ids this value selects: what conditions, check marks and
    /// circles look at. A flag selects `yes` or `no`.
    pub fn selected(&self) -> BTreeSet<String> {
        match self {
            Value::Choice(id) => [id.clone()].into(),
            Value::Choices(ids) => ids.clone(),
            Value::Flag(flag) => [if *flag { "yes" } else { "no" }.to_owned()].into(),
            Value::Copies(copies) => copies.keys().cloned().collect(),
            Value::Text(_) | Value::Date(_) | Value::Number(_) => BTreeSet::new(),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub value: Value,
    pub source: Source,
}

/// All answers of a visit by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// The answer at `path`.
    pub fn get(&self, path: &str) -> Option<&Answer> {
        self.0.get(path)
    }

    /// The value at `path`.
    pub fn value(&self, path: &str) -> Option<&Value> {
        self.0.get(path).map(|answer| &answer.value)
    }

    /// The words at `path`, if words they are.
    pub fn text(&self, path: &str) -> Option<&Text> {
        match self.value(path)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Sets the answer at `path`, replacing one that was there.
    pub fn set(&mut self, path: impl Into<String>, value: Value, source: Source) {
        self.0.insert(path.into(), Answer { value, source });
    }

    /// Takes the answer at `path` away.
    pub fn remove(&mut self, path: &str) -> Option<Answer> {
        self.0.remove(path)
    }

    /// Without what came from `source`.
    pub fn without(mut self, source: Source) -> Self {
        self.0.retain(|_, answer| answer.source != source);
        self
    }

    /// In order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0.iter().map(|(path, answer)| (path.as_str(), answer))
    }

    /// Everything known of the applicant, under `applicant.*`.
    pub fn set_applicant(&mut self, applicant: &Applicant) {
        let texts = [
            ("applicant.name", &applicant.name),
            ("applicant.kana", &applicant.kana),
            ("applicant.address", &applicant.address),
            ("applicant.phone", &applicant.phone),
        ];
        for (path, text) in texts {
            if let Some(text) = text {
                self.set(path, Value::Text(text.value.clone()), text.source);
            }
        }
        if let Some(birth) = &applicant.birth_date {
            self.set("applicant.birth_date", Value::Date(birth.value), birth.source);
        }
        if let Some(sex) = &applicant.sex {
            self.set("applicant.sex", Value::Choice(sex.value.id().to_owned()), sex.source);
        }
    }
}

impl FromIterator<(String, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Answer)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}
