//! What a counter adds when it prints (receipt number, clerk, fee), given as JSON
//! by whoever has no counter: `{"office.receipt_no": "honcho-20261121-0001"}`.
//!
//! Only paths that a counter has or the form prints are taken, and the same rules
//! hold for the words as at the screens. A day is written `2026-11-21`; where the
//! paper has boxes to tick, the value is the id of one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::Form;
use super::answers::{Answers, Value};
use super::input::{self, InputError};
use super::paths::{RESERVED, prefix};
use super::record::Refused;
use super::template::Field;
use crate::applicant::Source;
use crate::text::Text;
use crate::wareki::PartialDate;

/// What every counter can add, with an example of each.
const KNOWN: [(&str, &str); 9] = [
    ("office.receipt_no", "honcho-20261121-0001"),
    ("office.ticket", "A1"),
    ("office.received_at", "2026-11-21"),
    ("office.clerk", "見本　窓子"),
    ("office.fee", "600円"),
    ("town.name", "みほん町"),
    ("town.head", "みほん町長"),
    ("today", "2026-11-21"),
    ("visit.qr", "honcho-20261121-0001"),
];

/// An object with every path the form prints, for `fill --example`.
pub fn example(form: &Form) -> Json {
    let example = |(path, marks): (String, BTreeSet<String>)| {
        let known = KNOWN.iter().find(|(known, _)| *known == path).map(|(_, value)| *value);
        let value = known.map(str::to_owned).or_else(|| marks.into_iter().next())?;
        Some((path, Json::from(value)))
    };
    Json::Object(printed(form).into_iter().filter_map(example).collect())
}

/// Adds what is `given` to what is `known`. What is `null` is not there; objects
/// lead to paths, as among answers.
///
/// # Errors
/// Every entry that is not taken.
pub fn read(form: &Form, given: &Json, known: Answers) -> Result<Answers, Vec<Refused>> {
    let mut paths = printed(form);
    for (path, _) in KNOWN {
        paths.entry(path.to_owned()).or_default();
    }
    let mut reader = Reader { paths, answers: known, refused: Vec::new() };
    match given.as_object() {
        Some(entries) => reader.entries("", entries),
        None => reader.refused.push(Refused::input("counter", InputError::WrongKind)),
    }
    if reader.refused.is_empty() { Ok(reader.answers) } else { Err(reader.refused) }
}

/// The counter's paths the form prints, with the ids of the boxes to tick.
fn printed(form: &Form) -> BTreeMap<String, BTreeSet<String>> {
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for field in &form.template().field {
        for path in field.bind.paths() {
            if RESERVED.contains(&prefix(path)) && prefix(path) != "applicant" {
                paths.entry(path.clone()).or_default().extend(marks(field));
            }
        }
    }
    paths
}

fn marks(field: &Field) -> BTreeSet<String> {
    let ticks = field.check.iter().flat_map(|shape| shape.marks.keys());
    let circles = field.circle.iter().flat_map(|shape| shape.marks.keys());
    ticks.chain(circles).cloned().collect()
}

struct Reader {
    paths: BTreeMap<String, BTreeSet<String>>,
    answers: Answers,
    refused: Vec<Refused>,
}

impl Reader {
    fn entries(&mut self, above: &str, entries: &Map<String, Json>) {
        for (key, json) in entries {
            let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            match (self.paths.get(&path), json) {
                (None, Json::Object(inner)) if !inner.is_empty() => self.entries(&path, inner),
                (None, _) => self.refused.push(Refused::unknown(&format!("counter.{path}"))),
                (Some(_), Json::Null) => {}
                (Some(marks), json) => match value(marks, json) {
                    Ok(value) => self.answers.set(path, value, Source::Preset),
                    Err(error) => {
                        self.refused.push(Refused::input(&format!("counter.{path}"), error));
                    }
                },
            }
        }
    }
}

fn value(marks: &BTreeSet<String>, json: &Json) -> Result<Value, InputError> {
    let text = json.as_str().ok_or(InputError::WrongKind)?;
    if !marks.is_empty() {
        let known = marks.contains(text);
        return known.then(|| Value::Choice(text.to_owned())).ok_or(InputError::NotAnOption);
    }
    let day = text.parse::<PartialDate>().ok().filter(|date| date.exact().is_some());
    if let Some(day) = day {
        return Ok(Value::Date(day));
    }
    let text = Text::from(text);
    input::plain_words(&text)?;
    Ok(Value::Text(text))
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
            let example = example(form);
            let taken = read(form, &example, Answers::default()).unwrap();
            for path in ["office.receipt_no", "office.clerk", "office.fee", "office.id_kind"] {
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
