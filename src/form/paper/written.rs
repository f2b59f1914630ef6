//! What of an answer is written: the words or the selected options.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::answers::{Answers, Value};
use crate::form::template::{Field, Template};
use crate::text::Text;
use crate::wareki::PartialDate;

/// An answer as the paper shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Words(Text),
    /// Option ids that get a mark.
    Selected(BTreeSet<String>),
}

/// The printed words of every option, by question (`#` for rows) and option id.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionWords(BTreeMap<(String, String), String>);

impl OptionWords {
    pub fn of(template: &Template) -> Self {
        let of_question = template.question.iter().flat_map(|question| {
            let key = |id: &str| (any_row(&question.id), id.to_owned());
            question.options.iter().map(move |option| (key(&option.id), option.ja.clone()))
        });
        let mut words: BTreeMap<_, _> = of_question.collect();
        for (id, ja) in [("male", "男"), ("female", "女")] {
            let key = ("applicant.sex".to_owned(), id.to_owned());
            words.entry(key).or_insert_with(|| ja.to_owned());
        }
        Self(words)
    }

    /// The option's words; an id nobody named is written as it is.
    fn word<'a>(&'a self, path: &str, id: &'a str) -> &'a str {
        let key = (any_row(path), id.to_owned());
        self.0.get(&key).map_or(id, String::as_str)
    }
}

/// `ido.member.2.name` as the template names it: `ido.member.#.name`.
pub(super) fn any_row(path: &str) -> String {
    let is_row = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> =
        path.split('.').map(|part| if is_row(part) { "#" } else { part }).collect();
    parts.join(".")
}

/// What `field` shows: of its paths the first that has an answer, and of the
/// answer the part asked for. `None` when there is nothing to write.
pub(super) fn written(
    field: &Field,
    answers: &Answers,
    counter: &Answers,
    words: &OptionWords,
) -> Option<Written> {
    let (path, value) = field.bind.paths().iter().find_map(|path| {
        let value = answers.value(path).or_else(|| counter.value(path))?;
        (!value.is_blank()).then_some((path.as_str(), value))
    })?;
    let part = field.part.as_deref();
    if field.check.is_some() || field.circle.is_some() {
        return Some(Written::Selected(selected(value, part)));
    }
    let text = text(path, value, part, words)?;
    (!text.is_blank()).then_some(Written::Words(text))
}

fn selected(value: &Value, part: Option<&str>) -> BTreeSet<String> {
    match (value, part) {
        (Value::Date(date), Some("era")) => [date.era_year().0.id().to_owned()].into(),
        (value, _) => value.selected(),
    }
}

fn text(path: &str, value: &Value, part: Option<&str>, words: &OptionWords) -> Option<Text> {
    let joined = |ids: &BTreeSet<String>| {
        let words: Vec<&str> = ids.iter().map(|id| words.word(path, id)).collect();
        words.join("、")
    };
    let text = match value {
        Value::Text(text) => return text_part(text, part),
        Value::Date(date) => date_part(*date, part)?,
        Value::Choice(id) => words.word(path, id).to_owned(),
        Value::Choices(ids) => joined(ids),
        Value::Flag(flag) => if *flag { "はい" } else { "いいえ" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Copies(copies) => match part {
            Some(option) => copies.get(option)?.to_string(),
            None => copies.values().map(|copies| u64::from(*copies)).sum::<u64>().to_string(),
        },
    };
    Some(Text::from(text))
}

/// Postal codes have a first and a last part; other words are written whole.
fn text_part(text: &Text, part: Option<&str>) -> Option<Text> {
    let digits = || -> Option<Vec<char>> {
        Some(text.as_plain()?.chars().filter(|c| c.is_numeric()).collect())
    };
    let part: String = match part {
        Some("first") => digits()?.into_iter().take(3).collect(),
        Some("last") => digits()?.into_iter().skip(3).collect(),
        _ => return Some(text.clone()),
    };
    Some(Text::from(part))
}

fn date_part(date: PartialDate, part: Option<&str>) -> Option<String> {
    let (era, year) = date.era_year();
    Some(match part {
        Some("era") => era.kanji().to_owned(),
        Some("year") if year == 1 => "元".to_owned(),
        Some("year") => year.to_string(),
        Some("western_year") => date.year().to_string(),
        Some("month") => date.month()?.to_string(),
        Some("day") => date.day()?.to_string(),
        Some("western") => date.western(),
        _ => date.wareki(),
    })
}
