//! Whether a value still fits its question: forms are edited, options come and
//! go with other answers, and what was stored stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Value;
use super::template::{Choice, Kind, Question};

/// The value as far as it is of the question's kind and chooses only from what
/// is `offered`. A skipped answer fits every kind.
pub(super) fn fitting(value: &Value, kind: Kind, offered: &[&Choice]) -> Option<Value> {
    let offered: BTreeSet<&str> = offered.iter().map(|option| option.id.as_str()).collect();
    let is_offered = |id: &&String| offered.contains(id.as_str());
    match (value, kind) {
        (skipped, _) if *skipped == Value::skipped() => Some(Value::skipped()),
        (Value::Choice(id), Kind::Choice) => is_offered(&id).then(|| value.clone()),
        (Value::Choices(ids), Kind::Multi) => {
            ids.iter().all(|id| is_offered(&id)).then(|| value.clone())
        }
        // Some of the copies would be another request: it is asked again.
        (Value::Copies(copies), Kind::Copies) => {
            let wanted = copies.iter().filter(|(_, count)| **count > 0);
            let wanted: BTreeMap<_, _> = wanted.map(|(id, count)| (id.clone(), *count)).collect();
            wanted.keys().all(|id| is_offered(&id)).then_some(Value::Copies(wanted))
        }
        (
            Value::Text(_),
            Kind::Name
            | Kind::Kana
            | Kind::Address
            | Kind::Text
            | Kind::Phone
            | Kind::Postal
            | Kind::Digits,
        )
        | (Value::Date(_), Kind::Date | Kind::FiscalYear)
        | (Value::Flag(_), Kind::Flag)
        | (Value::Number(_), Kind::Number) => Some(value.clone()),
        _ => None,
    }
}

/// The default as a value; `None` without one.
pub(super) fn default_value(question: &Question) -> Option<Value> {
    let default = question.default.as_deref()?;
    match question.kind {
        Kind::Choice => Some(Value::Choice(default.to_owned())),
        Kind::Multi => Some(Value::Choices([default.to_owned()].into())),
        Kind::Copies => Some(Value::Copies([(default.to_owned(), 1)].into())),
        Kind::Flag => Some(Value::Flag(default == "yes")),
        Kind::Number => default.parse().ok().map(Value::Number),
        Kind::Name
        | Kind::Kana
        | Kind::Address
        | Kind::Text
        | Kind::Phone
        | Kind::Postal
        | Kind::Digits
        | Kind::Date
        | Kind::FiscalYear => None,
    }
}
