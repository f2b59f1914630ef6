//! What a person entered, read as the value of a question.
//!
//! Screens hand over strings; here they become a [`Value`] or a refusal with a
//! code that screens have a sentence for. Nothing is repaired in silence except
//! what nobody would call a change: blanks at the ends, full-width digits in a
//! telephone number, hiragana on the フリガナ line.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::kana;
use crate::personal_number;
use crate::text::{Piece, Text};
use crate::wareki::{Era, PartialDate};

use super::answers::Value;
use super::questions::AskQuestion;
use super::template::{Days, Kind, Question};

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

/// Why an entry was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error("an answer is needed")]
    Required,
    #[error("longer than {max} characters")]
    TooLong { max: usize },
    #[error("holds a control character or one that changes the direction of writing")]
    ControlCharacter,
    #[error("holds what looks like a 個人番号, which is never taken down")]
    PersonalNumber,
    #[error("a reading is written in katakana")]
    NotKatakana,
    #[error("a telephone number has 10 or 11 digits and begins with 0")]
    NotAPhone,
    #[error("a postal code has 7 digits")]
    NotAPostalCode,
    #[error("not a date: type 7 digits (4050101 = 平成5年1月1日), 8 digits or 1993-01-01")]
    NotADate,
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    #[error("the day must be known")]
    DayNeeded,
    #[error("the day is still to come")]
    FutureDay,
    #[error("the day has passed")]
    PastDay,
    #[error("the day is more than a year away")]
    FarDay,
    #[error("not one of the options")]
    NotAnOption,
    #[error("not a whole number")]
    NotANumber,
    #[error("not between {min} and {max}")]
    OutOfRange { min: u32, max: u32 },
    #[error("not of the kind this question takes")]
    WrongKind,
}

impl InputError {
    /// The stable name that screens and the API look a sentence up by.
    pub fn code(self) -> &'static str {
        match self {
            InputError::Required => "input.required",
            InputError::TooLong { .. } => "input.too_long",
            InputError::ControlCharacter => "input.control_character",
            InputError::PersonalNumber => "input.personal_number",
            InputError::NotKatakana => "input.not_katakana",
            InputError::NotAPhone => "input.not_a_phone",
            InputError::NotAPostalCode => "input.not_a_postal_code",
            InputError::NotADate => "input.not_a_date",
            InputError::NoSuchDay => "input.no_such_day",
            InputError::DayNeeded => "input.day_needed",
            InputError::FutureDay => "input.future_day",
            InputError::PastDay => "input.past_day",
            InputError::FarDay => "input.far_day",
            InputError::NotAnOption => "input.not_an_option",
            InputError::NotANumber => "input.not_a_number",
            InputError::OutOfRange { .. } => "input.out_of_range",
            InputError::WrongKind => "input.wrong_kind",
        }
    }

    /// All codes, for the parity test of the screens' sentences.
    pub const CODES: [&'static str; 17] = [
        "input.required",
        "input.too_long",
        "input.control_character",
        "input.personal_number",
        "input.not_katakana",
        "input.not_a_phone",
        "input.not_a_postal_code",
        "input.not_a_date",
        "input.no_such_day",
        "input.day_needed",
        "input.future_day",
        "input.past_day",
        "input.far_day",
        "input.not_an_option",
        "input.not_a_number",
        "input.out_of_range",
        "input.wrong_kind",
    ];
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
        Some(value) if !(ask.required && value.is_blank()) => Ok(value),
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

fn is_words(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::Kana | Kind::Address | Kind::Text)
}

/// Names, readings, addresses and free text.
fn words(question: &Question, text: &Text) -> Result<Option<Value>, InputError> {
    let text = if question.kind == Kind::Kana { in_katakana(text)? } else { text.clone() };
    for piece in text.pieces() {
        let Piece::Text(plain) = piece else { continue };
        if plain.chars().any(is_refused) {
            return Err(InputError::ControlCharacter);
        }
        if personal_number::contains(plain) {
            return Err(InputError::PersonalNumber);
        }
    }
    let max = question.max_chars.unwrap_or(longest(question.kind));
    if count_chars(&text) > max {
        return Err(InputError::TooLong { max });
    }
    Ok((!text.is_blank()).then_some(Value::Text(text)))
}

fn in_katakana(text: &Text) -> Result<Text, InputError> {
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Text(plain) => {
            let katakana = kana::to_katakana(plain);
            if kana::is_reading(&katakana) {
                Ok(Piece::Text(katakana))
            } else {
                Err(InputError::NotKatakana)
            }
        }
        _ => Err(InputError::NotKatakana),
    });
    pieces.collect::<Result<Vec<_>, _>>().map(Text::from_pieces)
}

/// Characters that do not stand for a letter but act on the text around them:
/// controls, direction marks, and invisible blanks. They could make a name look
/// like another one, on screen or on paper.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}'
            | '\u{E0000}'..='\u{E007F}')
}

/// Length as people count it: a character with its variation selector, or a
/// kana with its voicing mark, is one; a character without a code point too.
pub fn count_chars(text: &Text) -> usize {
    let stands_alone = |c: &char| {
        !kana::is_variation_selector(*c) && !unicode_normalization::char::is_combining_mark(*c)
    };
    text.pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(plain) => plain.chars().filter(stands_alone).count(),
            Piece::Gaiji(_) | Piece::Missing | Piece::Unknown(_) => 1,
        })
        .sum()
}

/// Room for the longest names and addresses seen on real forms.
fn longest(kind: Kind) -> usize {
    match kind {
        Kind::Name => 60,
        Kind::Kana => 80,
        Kind::Address => 120,
        _ => 200,
    }
}

fn ascii(entry: &str) -> String {
    entry
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | 'ー' => '-',
            c => c,
        })
        .collect()
}

/// National numbers: 10 digits, 11 for mobile and IP telephones. Hyphens stay
/// where they were typed.
fn phone(entry: &str) -> Result<String, InputError> {
    let entry = ascii(entry).replace(['(', ')', ' ', '　', '（', '）'], "-");
    let phone = entry.split('-').filter(|group| !group.is_empty()).collect::<Vec<_>>().join("-");
    let digits: String = phone.chars().filter(|c| *c != '-').collect();
    let national = digits.starts_with('0') && matches!(digits.len(), 10 | 11);
    (national && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(phone)
        .ok_or(InputError::NotAPhone)
}

fn postal(entry: &str) -> Result<String, InputError> {
    let entry = ascii(entry);
    let digits = entry.trim_start_matches('〒').trim().replacen('-', "", 1);
    (digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(digits)
        .ok_or(InputError::NotAPostalCode)
}

fn date(read: Result<PartialDate, crate::wareki::Error>) -> Result<PartialDate, InputError> {
    read.map_err(|error| match error {
        crate::wareki::Error::Form => InputError::NotADate,
        crate::wareki::Error::NoSuchDay | crate::wareki::Error::TooOld => InputError::NoSuchDay,
    })
}

fn date_of_parts([era, year, month, day]: [&str; 4]) -> Result<PartialDate, InputError> {
    let part = |entry: &str| -> Result<Option<u8>, InputError> {
        let entry = ascii(entry.trim());
        match entry.as_str() {
            "" => Ok(None),
            entry => entry.parse().map(Some).map_err(|_| InputError::NotADate),
        }
    };
    let year = ascii(year.trim()).replace('元', "1");
    let year = match Era::ALL.into_iter().find(|known| known.id() == era) {
        Some(era) => match year.parse() {
            Ok(year) if year > 0 => era.gregorian_year(year),
            _ => return Err(InputError::NotADate),
        },
        None if matches!(era, "" | "western") => year.parse().map_err(|_| InputError::NotADate)?,
        None => return Err(InputError::NotAnOption),
    };
    date(PartialDate::new(year, part(month)?, part(day)?))
}

/// Births may lack their day; a day that something happened or will happen on
/// is known.
fn day_makes_sense(date: PartialDate, days: Option<Days>, today: Date) -> Result<(), InputError> {
    let Some(days) = days else { return Ok(()) };
    let Some(day) = date.exact() else {
        let later = date.year() > today.year();
        return match days {
            Days::Past if later => Err(InputError::FutureDay),
            Days::Past => Ok(()),
            Days::Future | Days::Near => Err(InputError::DayNeeded),
        };
    };
    match days {
        Days::Past if day > today => Err(InputError::FutureDay),
        Days::Future if day < today => Err(InputError::PastDay),
        Days::Near if (day - today).whole_days().abs() > 366 => Err(InputError::FarDay),
        Days::Past | Days::Future | Days::Near => Ok(()),
    }
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
