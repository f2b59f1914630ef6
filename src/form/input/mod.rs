//! What a person entered, read as the value of a question.
//!
//! Screens hand over strings; here they become a [`Value`] or a refusal with a
//! code that screens have a sentence for. Nothing is repaired in silence except
//! what nobody would call a change: blanks at the ends, full-width digits in a
//! telephone number, hiragana on the フリガナ line.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::text::Text;
use crate::wareki::PartialDate;

use super::answers::Value;
use super::questions::AskQuestion;
use super::template::{Kind, Question};

mod dates;
mod refusal;
mod words;

pub use refusal::InputError;
pub use words::count_chars;

use dates::{date, date_of_parts, day_makes_sense};
use words::{ascii, is_words, phone, postal, words};

/// The most copies of one kind a counter hands out without asking.
const COPIES_MAX: u32 = 99;

/// What was entered, before it is known to make sense.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Raw {
    /// The question was not on the page that was sent.
    #[default]
    Absent,
    /// One entry; blank when the field was left empty.
    One(String),
    /// Words read piece by piece, as a licence holds them.
    Words(Text),
    /// The options chosen, perhaps none.
    Many(Vec<String>),
    /// How many of each option, as typed.
    Counts(BTreeMap<String, String>),
    /// A date in its parts, as on paper.
    Parts { era: String, year: String, month: String, day: String },
}

impl Raw {
    /// The fields of a sent page that belong to `question`. Fields are named by
    /// the question's path; those of `multi` may come several times; `copies`
    /// has one field an option, `path.option`; a date is one field or `path.era`
    /// (`meiji` … `reiwa`, or `western`), `path.year`, `path.month`, `path.day`.
    pub fn of_fields<'a>(
        question: &Question,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Raw {
        let mut own = Vec::new();
        let mut parts = BTreeMap::new();
        for (name, entry) in fields {
            match name.strip_prefix(question.id.as_str()) {
                Some("") => own.push(entry.to_owned()),
                Some(part) if part.starts_with('.') => {
                    parts.insert(part[1..].to_owned(), entry.to_owned());
                }
                _ => {}
            }
        }
        match question.kind {
            Kind::Multi => Raw::Many(own.into_iter().filter(|id| !id.is_empty()).collect()),
            Kind::Copies => Raw::Counts(parts),
            Kind::Date if parts.contains_key("year") => {
                let mut part = |name| parts.remove(name).unwrap_or_default();
                let (era, year) = (part("era"), part("year"));
                Raw::Parts { era, year, month: part("month"), day: part("day") }
            }
            _ => own.pop().map_or(Raw::Absent, Raw::One),
        }
    }
}

/// The value to store for a question of a page that was submitted. A field left
/// empty is refused where an answer is required and is [`Value::skipped`]
/// elsewhere; a question the page did not send takes its default.
pub fn read(ask: &AskQuestion<'_>, raw: &Raw, today: Date) -> Result<Value, InputError> {
    if *raw == Raw::Absent
        && let Some(default) = ask.default()
    {
        return Ok(default);
    }
    let value = value(ask.question, raw, today)?;
    if let Some(value) = &value {
        let chosen = value.selected();
        let offered: BTreeSet<&str> = ask.options.iter().map(|option| option.id.as_str()).collect();
        let optioned = matches!(ask.question.kind, Kind::Choice | Kind::Multi | Kind::Copies);
        if optioned && !chosen.iter().all(|id| offered.contains(id.as_str())) {
            return Err(InputError::NotAnOption);
        }
    }
    match value {
        Some(value) if !value.is_blank() => Ok(value),
        _ if ask.required => Err(InputError::Required),
        _ => Ok(Value::skipped()),
    }
}

/// The value of `raw` by the question's kind alone; `None` when nothing was
/// entered.
pub(super) fn value(
    question: &Question,
    raw: &Raw,
    today: Date,
) -> Result<Option<Value>, InputError> {
    match (question.kind, raw) {
        (_, Raw::Absent) => Ok(None),
        (Kind::Multi, Raw::Many(ids)) if ids.is_empty() => Ok(None),
        (Kind::Multi, Raw::Many(ids)) => options(question, ids).map(Some),
        (Kind::Copies, Raw::Counts(counts)) => copies(question, counts),
        (Kind::Date, Raw::Parts { era, year, month, day }) => {
            let entered = [era, year, month, day];
            if entered[1..].iter().all(|part| part.trim().is_empty()) {
                return Ok(None);
            }
            let date = date_of_parts(entered.map(String::as_str))?;
            day_makes_sense(date, question.days, today).map(|()| Some(Value::Date(date)))
        }
        (kind, Raw::Words(text)) if is_words(kind) => words(question, text),
        (_, Raw::One(entry)) if entry.trim().is_empty() => Ok(None),
        (kind, Raw::One(entry)) => one(question, kind, entry.trim(), today),
        _ => Err(InputError::WrongKind),
    }
}

fn one(
    question: &Question,
    kind: Kind,
    entry: &str,
    today: Date,
) -> Result<Option<Value>, InputError> {
    let value = match kind {
        Kind::Phone => Value::Text(phone(entry)?.into()),
        Kind::Postal => Value::Text(postal(entry)?.into()),
        Kind::Date => {
            let date = date(PartialDate::typed(entry))?;
            day_makes_sense(date, question.days, today)?;
            Value::Date(date)
        }
        Kind::Choice => {
            option(question, entry)?;
            Value::Choice(entry.to_owned())
        }
        Kind::Multi => options(question, &[entry.to_owned()])?,
        Kind::Flag => match entry {
            "yes" => Value::Flag(true),
            "no" => Value::Flag(false),
            _ => return Err(InputError::NotAnOption),
        },
        Kind::Number => Value::Number(number(entry, question.range.unwrap_or([0, u32::MAX]))?),
        Kind::Copies => return Err(InputError::WrongKind),
        Kind::Name | Kind::Kana | Kind::Address | Kind::Text => {
            return words(question, &Text::from(entry));
        }
    };
    Ok(Some(value))
}

fn option(question: &Question, id: &str) -> Result<(), InputError> {
    let known = question.options.iter().any(|option| option.id == id);
    known.then_some(()).ok_or(InputError::NotAnOption)
}

fn options(question: &Question, ids: &[String]) -> Result<Value, InputError> {
    ids.iter().try_for_each(|id| option(question, id))?;
    Ok(Value::Choices(ids.iter().cloned().collect()))
}

fn number(entry: &str, [min, max]: [u32; 2]) -> Result<u32, InputError> {
    let number: u64 = ascii(entry).parse().map_err(|_| InputError::NotANumber)?;
    u32::try_from(number)
        .ok()
        .filter(|number| (min..=max).contains(number))
        .ok_or(InputError::OutOfRange { min, max })
}

fn copies(
    question: &Question,
    counts: &BTreeMap<String, String>,
) -> Result<Option<Value>, InputError> {
    let mut copies = BTreeMap::new();
    for (id, count) in counts {
        option(question, id)?;
        let entry = count.trim();
        let count = if entry.is_empty() { 0 } else { number(entry, [0, COPIES_MAX])? };
        if count > 0 {
            copies.insert(id.clone(), count);
        }
    }
    Ok((!copies.is_empty()).then_some(Value::Copies(copies)))
}
