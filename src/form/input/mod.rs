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

mod boxes;
mod dates;
mod refusal;
mod words;

pub use refusal::InputError;
pub(super) use words::plain_words;
pub use words::{count_chars, reading, remark, telephone};

use dates::{date, date_of_parts, day_makes_sense, fiscal_year};
use words::{ascii, digits, is_words, phone, postal, words};

/// The most copies of one kind a counter hands out without asking.
const COPIES_MAX: u32 = 99;

/// The most digits of a number that says nothing else.
const DIGITS_MAX: u32 = 20;

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
    if let (Some(Value::Date(year)), Some(_)) = (&value, &ask.question.years)
        && !ask.years(today).contains(&year.year())
    {
        return Err(InputError::NotAnOption);
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
        Kind::Digits => {
            Value::Text(digits(entry, question.digits.unwrap_or([1, DIGITS_MAX]))?.into())
        }
        Kind::FiscalYear => Value::Date(fiscal_year(entry, today)?),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 21);

    /// A question of this kind; `rest` is further TOML.
    fn question(kind: &str, rest: &str) -> Question {
        let head = format!("id = 'a.b'\npage = 'a'\nkind = '{kind}'\n");
        toml::from_str(&format!("{head}label = {{ ja = 'あ', en = 'a' }}\n{rest}")).unwrap()
    }

    fn ask(question: &Question, required: bool) -> AskQuestion<'_> {
        let options = question.options.iter().collect();
        AskQuestion {
            question,
            required,
            options,
            taken: Vec::new(),
            answer: None,
            suggestion: None,
        }
    }

    fn read_one(kind: &str, rest: &str, entry: &str) -> Result<Value, InputError> {
        let question = question(kind, rest);
        read(&ask(&question, true), &Raw::One(entry.to_owned()), TODAY)
    }

    const OPTIONS: &str =
        "options = [{ id = 'x', ja = 'x', en = 'x' }, { id = 'y', ja = 'y', en = 'y' }]";

    #[test]
    fn words_are_taken_as_they_are() {
        for (kind, entry, value) in [
            ("name", "　髙﨑\u{E0100}　𠮷男 ", "髙﨑\u{E0100}　𠮷男"),
            ("name", "\u{FA19}山", "\u{FA19}山"),
            ("kana", "しけん　ｶﾞｯﾂ", "シケン　ガッツ"),
            ("address", "みほん町１ー２−３", "みほん町１ー２−３"),
            ("phone", "０９０ー００００ー０１０１", "090-0000-0101"),
            ("phone", "0900000101", "0900000101"),
            ("phone", "(0123)45-6789", "0123-45-6789"),
            ("postal", "〒９９９−９９９９", "9999999"),
        ] {
            assert_eq!(read_one(kind, "", entry), Ok(Value::Text(value.into())), "{entry}");
        }
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        let days = |days: &str| format!("days = '{days}'");
        for (kind, rest, entry, code) in [
            ("name", "", "  ", "input.required"),
            ("name", "", "山田\u{202E}郎太", "input.control_character"),
            ("text", "", "一行\n二行", "input.control_character"),
            ("address", "", "番号１２３４-５６７８-９０１８", "input.personal_number"),
            ("name", "max_chars = 2", "三文字", "input.too_long"),
            ("kana", "", "試験", "input.not_katakana"),
            ("phone", "", "12-3456", "input.not_a_phone"),
            ("phone", "", "090-0000-010x", "input.not_a_phone"),
            ("postal", "", "12345", "input.not_a_postal_code"),
            ("date", "", "あした", "input.not_a_date"),
            ("date", "", "2026-02-30", "input.no_such_day"),
            ("date", days("past").as_str(), "2026-11-22", "input.future_day"),
            ("date", days("future").as_str(), "2026-11-20", "input.past_day"),
            ("date", days("near").as_str(), "2027-11-23", "input.far_day"),
            ("date", days("near").as_str(), "2026-11", "input.day_needed"),
            ("choice", OPTIONS, "z", "input.not_an_option"),
            ("flag", "", "maybe", "input.not_an_option"),
            ("number", "range = [1, 6]", "7", "input.out_of_range"),
            ("number", "", "-1", "input.not_a_number"),
            ("copies", OPTIONS, "1", "input.wrong_kind"),
        ] {
            let refused = read_one(kind, rest, entry).unwrap_err();
            assert_eq!(refused.code(), code, "{kind} {entry}");
            assert!(InputError::CODES.contains(&code));
        }
    }

    #[test]
    fn a_notice_that_comes_years_late_is_still_taken() {
        for day in ["2019-11-20", "2026-11-21", "2027-11-21"] {
            assert!(read_one("date", "days = 'near'", day).is_ok(), "{day}");
        }
    }

    #[test]
    fn a_character_and_its_variation_selector_count_as_one() {
        let ivs = "辻\u{E0100}".repeat(3);
        assert!(read_one("name", "max_chars = 3", &ivs).is_ok());
        assert_eq!(count_chars(&Text::from("か\u{3099}き")), 2);
    }

    #[test]
    fn an_optional_question_left_empty_is_skipped_and_a_default_stands() {
        let optional = question("choice", OPTIONS);
        for raw in [Raw::Absent, Raw::One(" ".into())] {
            assert_eq!(read(&ask(&optional, false), &raw, TODAY), Ok(Value::skipped()));
            assert_eq!(read(&ask(&optional, true), &raw, TODAY), Err(InputError::Required));
        }
        let flag = question("flag", "default = 'no'");
        assert_eq!(read(&ask(&flag, true), &Raw::Absent, TODAY), Ok(Value::Flag(false)));
    }

    #[test]
    fn at_least_one_copy_is_needed_and_no_more_than_ninety_nine() {
        let copies = question("copies", &format!("default = 'x'\n{OPTIONS}"));
        let read_counts = |counts: &[(&str, &str)]| {
            let counts = counts.iter().map(|(id, count)| ((*id).into(), (*count).into()));
            read(&ask(&copies, true), &Raw::Counts(counts.collect()), TODAY)
        };
        let two = Value::Copies([("y".into(), 2)].into());
        assert_eq!(read_counts(&[("x", "0"), ("y", "２")]), Ok(two));
        assert_eq!(read_counts(&[("x", "0"), ("y", "")]), Err(InputError::Required));
        assert_eq!(read_counts(&[("x", "100")]), Err(InputError::OutOfRange { min: 0, max: 99 }));
    }

    #[test]
    fn an_option_that_is_not_offered_is_refused() {
        let choice = question("choice", OPTIONS);
        let mut ask = ask(&choice, true);
        ask.options.truncate(1);
        assert!(read(&ask, &Raw::One("x".into()), TODAY).is_ok());
        assert_eq!(read(&ask, &Raw::One("y".into()), TODAY), Err(InputError::NotAnOption));
    }

    #[test]
    fn the_fields_of_a_page_are_sorted_by_the_path() {
        let fields = [
            ("a.b", "x"),
            ("a.b", "y"),
            ("a.b.x", "2"),
            ("a.b.era", "heisei"),
            ("a.b.year", "元"),
            ("a.b.month", "1"),
            ("a.b.day", "8"),
            ("a.bc", "z"),
        ];
        let raw = |kind: &str| Raw::of_fields(&question(kind, ""), fields);
        assert_eq!(raw("multi"), Raw::Many(vec!["x".into(), "y".into()]));
        assert_eq!(raw("choice"), Raw::One("y".into()));
        let date = read(&ask(&question("date", ""), true), &raw("date"), TODAY);
        assert_eq!(date, Ok(Value::Date("1989-01-08".parse().unwrap())));
        assert_eq!(Raw::of_fields(&question("name", ""), []), Raw::Absent);
    }

    #[test]
    fn a_date_in_parts_may_lack_its_day_or_be_western() {
        let parts = |[era, year, month, day]: [&str; 4]| Raw::Parts {
            era: era.into(),
            year: year.into(),
            month: month.into(),
            day: day.into(),
        };
        let question = question("date", "days = 'past'");
        let read_parts = |entered| read(&ask(&question, true), &parts(entered), TODAY);
        for (entered, iso) in [
            (["showa", "２５", "", ""], "1950"),
            (["western", "1950", "3", ""], "1950-03"),
            (["reiwa", "元", "5", "1"], "2019-05-01"),
        ] {
            assert_eq!(read_parts(entered), Ok(Value::Date(iso.parse().unwrap())));
        }
        assert_eq!(read_parts(["showa", "", "", ""]), Err(InputError::Required));
        assert_eq!(read_parts(["showa", "0", "1", "1"]), Err(InputError::NotADate));
        assert_eq!(read_parts(["edo", "1", "1", "1"]), Err(InputError::NotAnOption));
    }

    proptest! {
        #[test]
        fn no_entry_makes_the_reader_panic(entry in "\\PC{0,20}", kind in 0_usize..9) {
            let kinds =
                ["name", "kana", "address", "text", "phone", "postal", "date", "flag", "number"];
            let _ = read_one(kinds[kind], "", &entry);
        }
    }
}
