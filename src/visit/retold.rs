//! A visit's answers made again from what the journal says of it, for whoever has the
//! entries and the visit's key, and not the counter's own tables: the hub.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::desk::{ID_KIND, ID_POINTS};
use crate::applicant::Source;
use crate::form::answers::{Answers, Value};
use crate::journal::Said;
use crate::procedure::fee::exemption_path;

/// An entry that does not say what its kind says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of the kind {0} does not say what it should")]
pub struct Unclear(String);

#[derive(Deserialize)]
struct Submitted {
    #[serde(default)]
    answers: Answers,
    /// What was entered otherwise, or did not count.
    #[serde(default)]
    beside: Answers,
}

#[derive(Deserialize)]
struct Corrected {
    value: Value,
}

#[derive(Deserialize)]
struct Loaded {
    values: std::collections::BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Identified {
    kinds: std::collections::BTreeSet<String>,
}

#[derive(Deserialize)]
struct Exempted {
    ground: String,
}

/// The answers as they stand after these entries, in the order in which they were written.
///
/// # Errors
/// [`Unclear`]: nothing is shown rather than something else.
pub fn answers(said: &[Said]) -> Result<Answers, Unclear> {
    let mut answers = Answers::default();
    for one in said {
        match one.kind.as_str() {
            "visit.submitted" => {
                let Submitted { answers: counted, beside } = personal(one)?;
                answers = counted;
                // Earlier versions did not tell.
                for path in fact::<Option<Vec<String>>>(one, "followed")?.unwrap_or_default() {
                    answers.remove(&path);
                }
                for (path, answer) in beside.iter() {
                    answers.set(path, answer.value.clone(), answer.source);
                }
            }
            "visit.overtaken" => {
                for path in fact::<Vec<String>>(one, "paths")? {
                    answers.remove(&path);
                }
            }
            "visit.corrected" => {
                let Corrected { value } = personal(one)?;
                answers.set(fact::<String>(one, "path")?, value, Source::Clerk);
            }
            "visit.register_loaded" => {
                for (path, value) in personal::<Loaded>(one)?.values {
                    answers.set(path, value, Source::Register);
                }
            }
            "visit.identified" => {
                let Identified { kinds } = personal(one)?;
                answers.set(ID_KIND, Value::Choices(kinds), Source::Clerk);
                answers.set(ID_POINTS, Value::Choice(fact(one, "points")?), Source::Clerk);
            }
            "visit.exempted" => {
                let Exempted { ground } = personal(one)?;
                let path = exemption_path(&fact::<String>(one, "form")?);
                answers.set(path, Value::Choice(ground), Source::Clerk);
            }
            _ => {}
        }
    }
    Ok(answers)
}

fn personal<T: DeserializeOwned>(one: &Said) -> Result<T, Unclear> {
    let personal = one.personal.clone().unwrap_or_default();
    serde_json::from_value(personal).map_err(|_| Unclear(one.kind.clone()))
}

fn fact<T: DeserializeOwned>(one: &Said, name: &str) -> Result<T, Unclear> {
    let fact = one.facts.get(name).cloned().unwrap_or_default();
    serde_json::from_value(fact).map_err(|_| Unclear(one.kind.clone()))
}
