//! What of an answer is written: the words or the selected options.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::answers::{Answers, Value};
use crate::form::template::{Field, Template};
use crate::text::Text;
use crate::wareki::PartialDate;

/// Digits of a postal code.
const POSTAL_LEN: usize = 7;

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

/// What `field` shows and the path it stands under: of its paths the first that
/// has an answer, and of the answer the part asked for. `None` when there is
/// nothing to write.
pub(super) fn written<'f>(
    field: &'f Field,
    answers: &Answers,
    counter: &Answers,
    words: &OptionWords,
) -> Option<(&'f str, Written)> {
    let (path, value) = field.bind.paths().iter().find_map(|path| {
        let value = answers.value(path).or_else(|| counter.value(path))?;
        (!value.is_blank()).then_some((path.as_str(), value))
    })?;
    let part = field.part.as_deref();
    if field.check.is_some() || field.circle.is_some() {
        return Some((path, Written::Selected(selected(value, part))));
    }
    let text = text(path, value, part, words)?;
    (!text.is_blank()).then_some((path, Written::Words(text)))
}

fn selected(value: &Value, part: Option<&str>) -> BTreeSet<String> {
    match (value, part) {
        (Value::Date(date), Some("era")) => {
            date.era_year().map(|(era, _)| era.id().to_owned()).into_iter().collect()
        }
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

/// Postal codes have a first and a last part, telephone numbers a middle one too;
/// other words are written whole.
fn text_part(text: &Text, part: Option<&str>) -> Option<Text> {
    let at = match part {
        Some("first") => 0,
        Some("middle") => 1,
        Some("last") => 2,
        _ => return Some(text.clone()),
    };
    let plain = text.as_plain()?;
    let digits: String = plain.chars().filter(|c| c.is_numeric()).collect();
    let groups = match digits.len() {
        POSTAL_LEN => [digits.get(..3)?, "", digits.get(3..)?].map(str::to_owned),
        _ => phone_groups(plain, &digits),
    };
    Some(Text::from(groups[at].as_str()))
}

/// A telephone number in three groups: as it was typed, else as mobile and free
/// numbers always are. Where a number of the fixed network parts nobody knows: it is
/// one group, the last.
fn phone_groups(typed: &str, digits: &str) -> [String; 3] {
    let groups: Vec<&str> = typed.split('-').collect();
    if let [first, middle, last] = groups[..] {
        return [first, middle, last].map(str::to_owned);
    }
    let is_mobile = digits.len() == 11 && digits.get(2..3) == Some("0");
    let lengths = match digits {
        _ if is_mobile => [3, 7],
        free if free.starts_with("0120") => [4, 7],
        _ => [0, 0],
    };
    let parts =
        [digits.get(..lengths[0]), digits.get(lengths[0]..lengths[1]), digits.get(lengths[1]..)];
    parts.map(|part| part.unwrap_or_default().to_owned())
}

fn date_part(date: PartialDate, part: Option<&str>) -> Option<String> {
    Some(match part {
        Some("era") => date.era_year()?.0.kanji().to_owned(),
        // A year whose era nobody knows is told in the western calendar.
        Some("year") => match date.era_year() {
            Some((_, 1)) => "元".to_owned(),
            Some((_, year)) => year.to_string(),
            None => date.year().to_string(),
        },
        Some("western_year") => date.year().to_string(),
        Some("month") => date.month()?.to_string(),
        Some("day") => date.day()?.to_string(),
        Some("western") => date.western(),
        _ => date.wareki(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;
    use crate::form::Form;

    const MIHON: &str = include_str!("../../../tests/fixtures/forms/mihon/form.toml");

    /// What a field with these keys writes of `value` at `mihon.x`.
    fn shown(keys: &str, value: Value) -> Option<Written> {
        let mut answers = Answers::default();
        answers.set("mihon.kind", value, Source::Typed);
        of_answers(&format!("bind = 'mihon.kind'\n{keys}"), &answers, &Answers::default())
    }

    fn of_answers(field: &str, answers: &Answers, counter: &Answers) -> Option<Written> {
        let field: Field = toml::from_str(&format!("id = 'x'\n{field}")).unwrap();
        let words = OptionWords::of(Form::read(MIHON).unwrap().template());
        written(&field, answers, counter, &words).map(|(_, written)| written)
    }

    fn words(text: &str) -> Option<Written> {
        Some(Written::Words(text.into()))
    }

    #[test]
    fn a_date_is_written_whole_or_in_parts() {
        let text = "text = { rect = [0, 0, 9, 9] }";
        for (iso, part, expected) in [
            ("1989-01-08", "", words("平成元年1月8日")),
            ("1989-01-08", "part = 'wareki'", words("平成元年1月8日")),
            ("1989-01-08", "part = 'era'", words("平成")),
            ("1989-01-08", "part = 'year'", words("元")),
            ("1990-12-31", "part = 'year'", words("2")),
            ("1990-12-31", "part = 'month'", words("12")),
            ("1990-12-31", "part = 'day'", words("31")),
            ("1990-12-31", "part = 'western'", words("1990年12月31日")),
            // What is not known stays empty.
            ("1990-12", "part = 'day'", None),
            ("1926", "part = 'era'", None),
            ("1926", "part = 'year'", words("1926")),
        ] {
            let date = Value::Date(iso.parse().unwrap());
            assert_eq!(shown(&format!("{part}\n{text}"), date), expected, "{iso} {part}");
        }
        let circle = "part = 'era'\ncircle = { marks = {} }";
        let era = shown(circle, Value::Date("1950".parse().unwrap()));
        assert_eq!(era, Some(Written::Selected(["showa".to_owned()].into())));
    }

    #[test]
    fn options_are_written_in_the_words_of_the_form_or_marked() {
        let text = "text = { rect = [0, 0, 9, 9] }";
        let both = Value::Choices(["copy".to_owned(), "removed".to_owned()].into());
        assert_eq!(shown(text, both.clone()), words("写し、除票"));
        assert_eq!(shown(text, Value::Choice("other".into())), words("その他"));
        let marks = shown("check = { marks = {} }", both.clone());
        assert_eq!(marks, Some(Written::Selected(both.selected())));
    }

    #[test]
    fn copies_and_postal_codes_have_parts() {
        let text = "text = { rect = [0, 0, 9, 9] }";
        let copies = Value::Copies([("a".to_owned(), 2), ("b".to_owned(), 3)].into());
        assert_eq!(shown(&format!("part = 'b'\n{text}"), copies.clone()), words("3"));
        assert_eq!(shown(&format!("part = 'c'\n{text}"), copies.clone()), None);
        assert_eq!(shown(text, copies), words("5"));
        let postal = Value::Text("123-4567".into());
        assert_eq!(shown(&format!("part = 'first'\n{text}"), postal.clone()), words("123"));
        assert_eq!(shown(&format!("part = 'last'\n{text}"), postal), words("4567"));
    }

    #[test]
    fn a_telephone_number_is_parted_as_it_was_typed_or_as_everybody_parts_it() {
        for (phone, expected) in [
            ("0172-34-5678", ["0172", "34", "5678"]),
            ("090-0000-0101", ["090", "0000", "0101"]),
            ("09000000101", ["090", "0000", "0101"]),
            ("0120000101", ["0120", "000", "101"]),
            // Nobody knows where this one parts; nothing of it is lost.
            ("0172345678", ["", "", "0172345678"]),
        ] {
            for (part, expected) in ["first", "middle", "last"].into_iter().zip(expected) {
                let keys = format!("part = '{part}'\ntext = {{ rect = [0, 0, 9, 9] }}");
                let found = shown(&keys, Value::Text(phone.into()));
                let expected = (!expected.is_empty()).then(|| words(expected)).flatten();
                assert_eq!(found, expected, "{phone} {part}");
            }
        }
    }

    #[test]
    fn the_first_path_with_a_value_is_written_and_a_skipped_one_is_not() {
        let field = "bind = ['a', 'b', 'town.name']\ntext = { rect = [0, 0, 9, 9] }";
        let mut answers = Answers::default();
        answers.set("a", Value::skipped(), Source::Typed);
        let mut counter = Answers::default();
        assert_eq!(of_answers(field, &answers, &counter), None);
        counter.set("town.name", Value::Text("見本町".into()), Source::Preset);
        assert_eq!(of_answers(field, &answers, &counter), words("見本町"));
        answers.set("b", Value::Flag(true), Source::Typed);
        assert_eq!(of_answers(field, &answers, &counter), words("はい"));
    }

    #[test]
    fn a_row_s_number_in_a_path_stands_for_any_row() {
        assert_eq!(any_row("ido.member.12.name"), "ido.member.#.name");
        assert_eq!(any_row("applicant.name"), "applicant.name");
    }
}
