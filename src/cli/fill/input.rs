//! The JSON of `fill` as answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::Date;

use crate::applicant::Source;
use crate::form::Form;
use crate::form::answers::Answers;
use crate::form::input::{self, Raw};
use crate::form::questions::{self, AskQuestion};
use crate::form::template::Kind;
use crate::text::Text;

/// `{"applicant": {"name": …}, "answers": {"juminhyo.relation": "self", …}}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    #[serde(default)]
    applicant: BTreeMap<String, Json>,
    #[serde(default)]
    answers: BTreeMap<String, Json>,
}

/// An answer that was not taken.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Refused {
    pub path: String,
    pub reason: String,
}

/// Reads every answer whose question applies, each in turn, because an answer may
/// make another question apply. What is left over is refused.
pub(super) fn answers(form: &Form, input: Input, today: Date) -> (Answers, Vec<Refused>) {
    let applicant = input.applicant.into_iter();
    let mut given: BTreeMap<String, Json> =
        applicant.map(|(key, json)| (format!("applicant.{key}"), json)).collect();
    given.extend(input.answers);
    given.retain(|_, json| !json.is_null());
    let mut answers = Answers::default();
    let mut refused = Vec::new();
    loop {
        let before = given.len();
        let pages = questions::pages(&[form], &answers);
        for ask in pages.iter().flat_map(|page| &page.questions) {
            let Some(json) = given.remove(ask.path()) else { continue };
            match value(ask, &json, today) {
                Ok(value) => answers.set(ask.path(), value, Source::Typed),
                Err(reason) => refused.push(Refused { path: ask.path().to_owned(), reason }),
            }
        }
        if given.len() == before {
            break;
        }
    }
    let left = given.into_keys().filter(|path| !is_applicant(path));
    refused.extend(
        left.map(|path| Refused {
            path,
            reason: "no question of this form asks this now".to_owned(),
        }),
    );
    (answers, refused)
}

/// What is known of a person but not asked by this form is no fault.
fn is_applicant(path: &str) -> bool {
    path.starts_with("applicant.")
}

fn value(
    ask: &AskQuestion<'_>,
    json: &Json,
    today: Date,
) -> Result<crate::form::answers::Value, String> {
    let raw = raw(ask.question.kind, json).ok_or("is not of the question's kind")?;
    input::read(ask, &raw, today).map_err(|error| error.to_string())
}

/// What a person would have entered for this JSON.
fn raw(kind: Kind, json: &Json) -> Option<Raw> {
    match (kind, json) {
        (Kind::Flag, Json::Bool(flag)) => Some(Raw::One(if *flag { "yes" } else { "no" }.into())),
        (Kind::Multi, Json::Array(ids)) => {
            let id = |id: &Json| id.as_str().map(str::to_owned);
            ids.iter().map(id).collect::<Option<_>>().map(Raw::Many)
        }
        (Kind::Copies, Json::Object(counts)) => {
            let count = |(id, count): (&String, &Json)| Some((id.clone(), entry(count)?));
            counts.iter().map(count).collect::<Option<_>>().map(Raw::Counts)
        }
        (_, Json::Array(_)) => serde_json::from_value::<Text>(json.clone()).ok().map(Raw::Words),
        (_, json) => entry(json).map(Raw::One),
    }
}

fn entry(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
