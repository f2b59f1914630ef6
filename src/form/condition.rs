//! Whether a `when` of a template holds for the answers at hand.
//!
//! The same rule decides what the kiosk asks, which options it offers and what
//! is written on the paper. A path without an answer makes every condition on
//! it false, `is_not` too: what nobody has said decides nothing.

use super::answers::{Answers, Value};
use super::template::Condition;

/// Whether `condition` holds; every one of its keys must.
pub fn holds(condition: &Condition, answers: &Answers) -> bool {
    holds_of(condition, answers.value(&condition.question))
}

/// Whether `condition` holds of what stands under its path.
pub fn holds_of(condition: &Condition, value: Option<&Value>) -> bool {
    let Some(value) = value else { return false };
    let selected = value.selected();
    let any_of = |ids: &[String]| ids.iter().any(|id| selected.contains(id));
    (condition.is.is_empty() || any_of(&condition.is))
        && !any_of(&condition.is_not)
        && condition.at_least.is_none_or(|least| count(value) >= u64::from(least))
}

/// Whether all of them hold; without any, yes.
pub fn all_hold(conditions: &[Condition], answers: &Answers) -> bool {
    conditions.iter().all(|condition| holds(condition, answers))
}

/// The condition as row `row` (1 first) of a repeated group sees it: `#` in its
/// path becomes the number.
pub fn of_row(condition: &Condition, row: u32) -> Condition {
    Condition { question: at_row(&condition.question, row), ..condition.clone() }
}

/// `text` with every `#` replaced by the row number.
pub fn at_row(text: &str, row: u32) -> String {
    text.replace('#', &row.to_string())
}

/// What `at_least` counts: a number itself, the options chosen, or all copies
/// together.
pub fn count(value: &Value) -> u64 {
    match value {
        Value::Number(number) => u64::from(*number),
        Value::Copies(copies) => copies.values().map(|copies| u64::from(*copies)).sum(),
        Value::Choices(ids) => ids.len() as u64,
        Value::Text(_) | Value::Date(_) | Value::Choice(_) | Value::Flag(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applicant::Source;

    fn condition(toml: &str) -> Condition {
        toml::from_str(toml).unwrap()
    }

    fn answers(values: &[(&str, Value)]) -> Answers {
        let mut answers = Answers::default();
        for (path, value) in values {
            answers.set(*path, value.clone(), Source::Typed);
        }
        answers
    }

    #[test]
    fn a_condition_looks_at_one_answer_and_all_its_keys_must_hold() {
        let answers = answers(&[
            ("kind", Value::Choice("move_in".into())),
            ("foreign", Value::Flag(true)),
            ("members", Value::Number(3)),
            ("copies", Value::Copies([("a".into(), 1), ("b".into(), 2)].into())),
        ]);
        for (toml, expected) in [
            ("question = 'kind'\nis = ['move_in', 'move_out']", true),
            ("question = 'kind'\nis = ['move_out']", false),
            ("question = 'kind'\nis_not = ['move_out']", true),
            ("question = 'kind'\nis_not = ['move_in']", false),
            ("question = 'foreign'\nis = ['yes']", true),
            ("question = 'members'\nat_least = 3", true),
            ("question = 'members'\nat_least = 4", false),
            ("question = 'copies'\nat_least = 3", true),
            ("question = 'copies'\nis = ['b']\nat_least = 4", false),
            ("question = 'kind'", true),
        ] {
            assert_eq!(holds(&condition(toml), &answers), expected, "{toml}");
        }
    }

    #[test]
    fn without_an_answer_nothing_holds_not_even_is_not() {
        for toml in
            ["question = 'a'", "question = 'a'\nis_not = ['x']", "question = 'a'\nat_least = 0"]
        {
            assert!(!holds(&condition(toml), &Answers::default()), "{toml}");
        }
        assert!(all_hold(&[], &Answers::default()));
    }

    #[test]
    fn a_row_sees_its_own_path() {
        let answers = answers(&[("member.2.foreign", Value::Flag(true))]);
        let repeated = condition("question = 'member.#.foreign'\nis = ['yes']");
        assert!(holds(&of_row(&repeated, 2), &answers));
        assert!(!holds(&of_row(&repeated, 1), &answers));
    }
}
