//! The expected fee (手数料): copies times the price in force on the day.

use time::Date;

use crate::config::Config;
use crate::form::Form;
use crate::form::answers::{Answers, Value};
use crate::lang::Words;
use crate::yen::Yen;

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub name: Words,
    pub copies: u32,
    /// Price of one.
    pub unit: Yen,
    pub amount: Yen,
}

/// What the forms of a visit cost. Options without a price cost nothing and give
/// no line.
///
/// `None` when an amount would not fit: a wrong total must never be shown.
pub fn lines(config: &Config, forms: &[&Form], answers: &Answers, day: Date) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    for form in forms {
        for question in form.questions() {
            let Some(Value::Copies(copies)) = answers.value(&question.id) else { continue };
            for (option, copies) in copies {
                let Some(fee) = config.fee(form.id(), &question.id, option, day) else { continue };
                let amount = fee.yen.times(*copies)?;
                lines.push(Line { name: fee.name.clone(), copies: *copies, unit: fee.yen, amount });
            }
        }
    }
    Some(lines)
}

/// The sum of the lines.
pub fn total(lines: &[Line]) -> Option<Yen> {
    Yen::total(lines.iter().map(|line| line.amount))
}
