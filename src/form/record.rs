//! `{"applicant": {…}, "answers": {…}}`: a whole case as JSON, as `fill` and the
//! API take it.
//!
//! The same rules as at the screens hold. Every fault is named at once, each
//! with its path. An answer stands under its path (`"ido.new.address": "…"`) or
//! in objects (`"ido": {"new": {"address": "…"}}`). What is `null` or empty is
//! not there.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use time::Date;

use crate::applicant::Source;
use crate::text::Text;

use super::Form;
use super::answers::Answers;
use super::input::{InputError, Raw, value};
use super::paths::applicant_question;
use super::template::{Kind, Question};

/// An entry that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    pub path: String,
    /// Stable: a code of [`InputError`], or `record.unknown_path`.
    pub code: &'static str,
    /// For people, in Japanese.
    pub message: String,
}

impl Refused {
    pub(super) fn input(path: &str, error: InputError) -> Self {
        Refused { path: path.to_owned(), code: error.code(), message: error.to_string() }
    }

    pub(super) fn unknown(path: &str) -> Self {
        let message = "この様式に、この名前の項目はありません".to_owned();
        Refused { path: path.to_owned(), code: "record.unknown_path", message }
    }
}

/// Reads a whole case for `forms`. Every answer gets `source`.
pub fn read(
    forms: &[&Form],
    case: &Json,
    source: Source,
    today: Date,
) -> Result<Answers, Vec<Refused>> {
    let mut reader =
        Reader { forms, source, today, answers: Answers::default(), refused: Vec::new() };
    match case.as_object() {
        Some(parts) => parts.iter().for_each(|(part, content)| reader.part(part, content)),
        None => reader.refused.push(Refused::input("", InputError::WrongKind)),
    }
    if reader.refused.is_empty() { Ok(reader.answers) } else { Err(reader.refused) }
}

struct Reader<'r> {
    forms: &'r [&'r Form],
    source: Source,
    today: Date,
    answers: Answers,
    refused: Vec<Refused>,
}

impl Reader<'_> {
    fn part(&mut self, part: &str, content: &Json) {
        let Some(fields) = content.as_object().filter(|_| matches!(part, "applicant" | "answers"))
        else {
            let refused = match part {
                "applicant" | "answers" => Refused::input(part, InputError::WrongKind),
                _ => Refused::unknown(part),
            };
            return self.refused.push(refused);
        };
        for (key, json) in fields {
            match part {
                "applicant" => self.fact(&format!("applicant.{key}"), json),
                _ => self.answer(key, json),
            }
        }
    }

    /// A fact about the applicant, under the rules of the form that asks for it;
    /// sex may be written as on Japanese forms.
    fn fact(&mut self, path: &str, json: &Json) {
        let asked = self.forms.iter().find_map(|form| form.question(path)).cloned();
        let Some(question) = asked.or_else(|| applicant_question(path)) else {
            return self.answer(path, json);
        };
        let in_japanese = match json.as_str() {
            Some("男") => Some(Json::from("male")),
            Some("女") => Some(Json::from("female")),
            _ => None,
        };
        self.take(&question, in_japanese.as_ref().unwrap_or(json));
    }

    /// An answer, or an object that leads to answers.
    fn answer(&mut self, path: &str, json: &Json) {
        if applicant_question(path).is_some() {
            return self.fact(path, json);
        }
        if let Some(question) = self.forms.iter().find_map(|form| form.question(path)) {
            return self.take(question, json);
        }
        match json {
            Json::Object(inner) if !inner.is_empty() => {
                inner.iter().for_each(|(key, json)| self.answer(&format!("{path}.{key}"), json));
            }
            _ => self.refused.push(Refused::unknown(path)),
        }
    }

    fn take(&mut self, question: &Question, json: &Json) {
        let read = raw(question.kind, json).and_then(|raw| value(question, &raw, self.today));
        match read {
            Ok(Some(value)) => self.answers.set(&question.id, value, self.source),
            Ok(None) => {}
            Err(error) => self.refused.push(Refused::input(&question.id, error)),
        }
    }
}

/// The entry as a screen would have sent it.
fn raw(kind: Kind, json: &Json) -> Result<Raw, InputError> {
    match (kind, json) {
        (_, Json::Null) => Ok(Raw::Absent),
        (Kind::Multi, Json::String(id)) => Ok(Raw::Many(vec![id.clone()])),
        (_, Json::String(entry)) => Ok(Raw::One(entry.clone())),
        (Kind::Number | Kind::Date | Kind::FiscalYear, Json::Number(number)) => {
            Ok(Raw::One(number.to_string()))
        }
        (Kind::Flag, Json::Bool(flag)) => Ok(Raw::One(if *flag { "yes" } else { "no" }.into())),
        (Kind::Multi, Json::Array(ids)) => {
            let ids = ids.iter().map(|id| id.as_str().map(str::to_owned));
            ids.collect::<Option<_>>().map(Raw::Many).ok_or(InputError::WrongKind)
        }
        (Kind::Copies, Json::Object(counts)) => {
            let counts = counts.iter().map(|(id, count)| {
                let count = match count {
                    Json::Number(count) => count.to_string(),
                    Json::String(count) => count.clone(),
                    _ => return Err(InputError::WrongKind),
                };
                Ok((id.clone(), count))
            });
            counts.collect::<Result<BTreeMap<_, _>, _>>().map(Raw::Counts)
        }
        (Kind::Name | Kind::Kana | Kind::Address | Kind::Text, Json::Array(_)) => {
            let text: Result<Text, _> = serde_json::from_value(json.clone());
            text.map(Raw::Words).map_err(|_| InputError::WrongKind)
        }
        _ => Err(InputError::WrongKind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;
    use crate::form::answers::Value;
    use serde_json::json;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 21);

    fn forms() -> Forms {
        Forms::load(std::path::Path::new("templates/forms")).unwrap()
    }

    fn read_json(form: &str, case: &Json) -> Result<Answers, Vec<Refused>> {
        read(&[forms().get(form).unwrap()], case, Source::Typed, TODAY)
    }

    #[test]
    fn answers_stand_under_their_path_or_in_objects() {
        let flat = json!({
            "applicant": { "name": ["山", { "gaiji": 1 }, "　太郎"], "sex": "男", "birth_date": 4050101 },
            "answers": { "juminhyo.relation": "self", "juminhyo.show.honseki": true,
                         "juminhyo.copies": { "copy": 2, "car": "0" }, "juminhyo.show.foreign": ["status"] },
        });
        let nested = json!({
            "applicant": { "name": ["山", { "gaiji": 1 }, "　太郎"], "sex": "male", "birth_date": "1993-01-01" },
            "answers": { "juminhyo": { "relation": "self", "show": { "honseki": "yes", "foreign": "status" },
                         "copies": { "copy": "2" }, "scope": null, "reason": "" } },
        });
        let answers = read_json("juminhyo", &flat).unwrap();
        assert_eq!(answers, read_json("juminhyo", &nested).unwrap());
        assert_eq!(
            answers.value("juminhyo.copies"),
            Some(&Value::Copies([("copy".into(), 2)].into()))
        );
        assert!(answers.text("applicant.name").unwrap().needs_hand());
    }

    #[test]
    fn a_birth_in_the_future_is_refused_wherever_it_stands() {
        let birth = "5450101";
        for case in [
            json!({ "applicant": { "birth_date": birth } }),
            json!({ "answers": { "applicant": { "birth_date": birth } } }),
            json!({ "answers": { "applicant.birth_date": birth } }),
        ] {
            for form in ["juminhyo", "ido"] {
                let codes: Vec<_> = read_json(form, &case).unwrap_err();
                assert_eq!(codes.len(), 1, "{codes:?}");
                assert_eq!(codes[0].code, "input.future_day", "{case}");
            }
        }
        // Also where no form asks for it.
        let refused =
            read(&[], &json!({ "applicant": { "birth_date": birth } }), Source::Typed, TODAY);
        assert_eq!(refused.unwrap_err()[0].code, "input.future_day");
    }

    #[test]
    fn every_fault_is_named_at_once_with_its_path() {
        let case = json!({
            "applicant": { "name": "試験\u{202E}", "birth_date": "2026-13-01", "sex": "x", "age": 5 },
            "answers": { "juminhyo": { "relation": "cousin", "colour": "red", "reason": "番号は123456789018" },
                         "ido.kind": "move_in", "juminhyo.copies": ["copy"] },
            "note": 1,
        });
        let mut refused: Vec<(String, &str)> = read_json("juminhyo", &case)
            .unwrap_err()
            .into_iter()
            .map(|refused| (refused.path, refused.code))
            .collect();
        refused.sort();
        let expected = [
            ("applicant.age", "record.unknown_path"),
            ("applicant.birth_date", "input.no_such_day"),
            ("applicant.name", "input.control_character"),
            ("applicant.sex", "input.not_an_option"),
            ("ido.kind", "record.unknown_path"),
            ("juminhyo.colour", "record.unknown_path"),
            ("juminhyo.copies", "input.wrong_kind"),
            ("juminhyo.reason", "input.personal_number"),
            ("juminhyo.relation", "input.not_an_option"),
            ("note", "record.unknown_path"),
        ];
        assert_eq!(refused, expected.map(|(path, code)| (path.to_owned(), code)));
    }
}
