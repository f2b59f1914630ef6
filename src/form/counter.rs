//! What a counter adds when it prints (receipt number, clerk, fee), given as JSON
//! by whoever has no counter: `{"office.receipt_no": "honcho-20261121-0001"}`.
//!
//! Only paths that a counter has or the form prints are taken, and the same rules
//! hold for the words as at the screens. A day is written `2026-11-21`; where the
//! paper has boxes to tick, the value is the id of one.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::Form;
use super::answers::{Answers, Value};
use super::input::{self, InputError};
use super::record::Refused;
use super::template::Kind;
use crate::applicant::Source;
use crate::text::Text;
use crate::wareki::PartialDate;

/// Something a counter knows when it prints.
pub(super) struct Known {
    pub path: &'static str,
    pub kind: Kind,
    /// What may be ticked, where there are boxes.
    pub options: &'static [&'static str],
    example: &'static str,
}

const fn known(path: &'static str, kind: Kind, example: &'static str) -> Known {
    Known { path, kind, options: &[], example }
}

/// Everything a counter can add. A form may print nothing else beside answers.
const KNOWN: [Known; 12] = [
    known("office.receipt_no", Kind::Text, "honcho-20261121-0001"),
    known("office.ticket", Kind::Text, "A1"),
    known("office.received_at", Kind::Date, "2026-11-21"),
    known("office.clerk", Kind::Text, "見本　窓子"),
    known("office.fee", Kind::Text, "300円"),
    known("town.name", Kind::Text, "みほん町"),
    known("town.head", Kind::Text, "みほん町長"),
    known("today", Kind::Date, "2026-11-21"),
    known("visit.qr", Kind::Text, "honcho-20261121-0001"),
    Known {
        path: "office.id_kind",
        kind: Kind::Multi,
        options: &ID_KINDS,
        example: "my_number_card",
    },
    Known { path: "office.id_points", kind: Kind::Choice, options: &ID_POINTS, example: "one" },
    Known { path: "office.exempt", kind: Kind::Choice, options: &EXEMPTIONS, example: "none" },
];

/// What a clerk may look at to know who somebody is (本人確認書類).
pub const ID_KINDS: [&str; 10] = [
    "my_number_card",
    "licence",
    "passport",
    "residence_card",
    "disability",
    "insurance_certificate",
    "pension",
    "care_insurance",
    "other",
    "interview",
];

/// How many of them made the check.
pub const ID_POINTS: [&str; 3] = ["one", "two", "interview"];

/// Why a fee is not charged (減免), as the forms have boxes for.
pub const EXEMPTIONS: [&str; 6] =
    ["none", "official", "pension", "child_support", "koseki_law", "other"];

/// What the counter knows under `path`.
pub(super) fn known_at(path: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.path == path)
}

/// An object with every path the form prints, for `fill --example`; `fee` where
/// one is charged.
pub fn example(form: &Form, fee: Option<String>) -> Json {
    let example = |known: &Known| match known.path {
        "office.fee" => fee.clone().map(Json::from),
        _ => Some(Json::from(known.example)),
    };
    let printed = printed(form);
    let printed = KNOWN.iter().filter(|known| printed.contains(known.path));
    let entries = printed.filter_map(|known| Some((known.path.to_owned(), example(known)?)));
    Json::Object(entries.collect())
}

/// Adds what is `given` to what is `known`. What is `null` is not there; objects
/// lead to paths, as among answers.
///
/// # Errors
/// Every entry that is not taken.
pub fn read(form: &Form, given: &Json, known: Answers) -> Result<Answers, Vec<Refused>> {
    let marked = marked(form);
    let mut reader = Reader { marked, answers: known, refused: Vec::new() };
    match given.as_object() {
        Some(entries) => reader.entries("", entries),
        None => reader.refused.push(Refused::input("counter", InputError::WrongKind)),
    }
    if reader.refused.is_empty() { Ok(reader.answers) } else { Err(reader.refused) }
}

/// The counter's paths the form prints.
fn printed(form: &Form) -> BTreeSet<&str> {
    let paths = form.template().field.iter().flat_map(|field| field.bind.paths());
    paths.map(String::as_str).collect()
}

/// The counter's options that the form has a box for, each with its path.
fn marked(form: &Form) -> BTreeSet<(String, String)> {
    let marks = form.template().field.iter().flat_map(|field| {
        let marks = field.marks().into_iter().map(str::to_owned);
        marks.flat_map(|mark| {
            field.bind.paths().iter().map(move |path| (path.clone(), mark.clone()))
        })
    });
    marks.collect()
}

struct Reader {
    marked: BTreeSet<(String, String)>,
    answers: Answers,
    refused: Vec<Refused>,
}

impl Reader {
    fn entries(&mut self, above: &str, entries: &Map<String, Json>) {
        for (key, json) in entries {
            let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            match (known_at(&path), json) {
                (None, Json::Object(inner)) if !inner.is_empty() => self.entries(&path, inner),
                (None, _) => self.refused.push(Refused::unknown(&format!("counter.{path}"))),
                (Some(_), Json::Null) => {}
                (Some(known), json) => match self.value(known, json) {
                    Ok(value) => self.answers.set(path, value, Source::Preset),
                    Err(error) => {
                        self.refused.push(Refused::input(&format!("counter.{path}"), error));
                    }
                },
            }
        }
    }

    /// An option counts as known only where the form has its box.
    fn value(&self, known: &Known, json: &Json) -> Result<Value, InputError> {
        let text = json.as_str().ok_or(InputError::WrongKind)?;
        if !known.options.is_empty() {
            let is_marked = self.marked.contains(&(known.path.to_owned(), text.to_owned()));
            return is_marked
                .then(|| Value::Choice(text.to_owned()))
                .ok_or(InputError::NotAnOption);
        }
        let day = text.parse::<PartialDate>().ok().filter(|date| date.exact().is_some());
        if let Some(day) = day {
            return Ok(Value::Date(day));
        }
        let text = Text::from(text);
        input::plain_words(&text)?;
        Ok(Value::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;
    use serde_json::json;

    fn taken(given: &Json) -> Result<Answers, Vec<(String, &'static str)>> {
        let forms = Forms::load(std::path::Path::new("templates/forms")).unwrap();
        let refused = |one: Refused| (one.path, one.code);
        read(forms.get("juminhyo").unwrap(), given, Answers::default())
            .map_err(|all| all.into_iter().map(refused).collect())
    }

    #[test]
    fn the_example_of_every_form_is_taken_and_names_what_it_prints() {
        for form in Forms::load(std::path::Path::new("templates/forms")).unwrap().iter() {
            let example = example(form, None);
            assert_eq!(example.get("office.fee"), None);
            let taken = read(form, &example, Answers::default()).unwrap();
            for path in ["office.receipt_no", "office.clerk", "office.exempt", "office.id_kind"] {
                assert!(taken.value(path).is_some(), "{}: {path}", form.id());
            }
        }
    }

    #[test]
    fn days_marks_and_words_are_told_apart() {
        let given = json!({
            "office": { "received_at": "2026-11-20", "clerk": "2026" },
            "office.id_kind": null,
        });
        let taken = taken(&given).unwrap();
        let day = Value::Date("2026-11-20".parse().unwrap());
        assert_eq!(taken.value("office.received_at"), Some(&day));
        assert_eq!(taken.value("office.clerk"), Some(&Value::Text("2026".into())));
        assert_eq!(taken.value("office.id_kind"), None);
    }

    #[test]
    fn a_path_that_is_nowhere_and_words_no_screen_would_take_are_refused() {
        let given = json!({
            "office.recipt_no": "1",
            "office.clerk": "1234・5678・9018",
            "office.fee": "600円\u{202E}",
            "office.id_kind": "smile",
            "office.ticket": 3,
            "applicant.name": "x",
        });
        let expected = [
            ("counter.applicant.name", "record.unknown_path"),
            ("counter.office.clerk", "input.personal_number"),
            ("counter.office.fee", "input.control_character"),
            ("counter.office.id_kind", "input.not_an_option"),
            ("counter.office.recipt_no", "record.unknown_path"),
            ("counter.office.ticket", "input.wrong_kind"),
        ];
        let mut refused = taken(&given).unwrap_err();
        refused.sort();
        assert_eq!(refused, expected.map(|(path, code)| (path.to_owned(), code)));
    }
}
