//! Whether every answer comes to stand on the paper. A form that asks something
//! and does not print it, or prints one person in every row, is worse than one
//! that is not there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::RowField;
use super::super::fault::{Fault, Place, Trouble};
use super::super::written::any_row;
use crate::form::template::{Kind, Question, Template};

/// Questions of which something is printed nowhere, each as the file writes it.
pub(super) fn faults(template: &Template, rows: &[RowField]) -> Vec<Fault> {
    let mut shown: BTreeMap<&str, Vec<&RowField>> = BTreeMap::new();
    for row in rows {
        for path in row.field.bind.paths() {
            shown.entry(path).or_default().push(row);
        }
    }
    let mut told = BTreeSet::new();
    let asked = template.question.iter().filter(|question| question.printed);
    let faults = asked.flat_map(|question| {
        let fields = shown.get(question.id.as_str()).map_or(&[][..], Vec::as_slice);
        let fault = |trouble| Fault { place: Place::Question(any_row(&question.id)), trouble };
        troubles(question, fields).into_iter().map(fault).collect::<Vec<_>>()
    });
    let is_new = |fault: &Fault| told.insert(format!("{:?} {}", fault.place, option(fault)));
    faults.filter(is_new).collect()
}

/// One fault a question and option, however many rows it has.
fn option(fault: &Fault) -> &str {
    match &fault.trouble {
        Trouble::OptionNotShown(option, _) => option,
        _ => "",
    }
}

fn troubles(question: &Question, fields: &[&RowField]) -> Vec<Trouble> {
    if fields.is_empty() {
        return vec![Trouble::NotShown(question.id.clone())];
    }
    let shows = |option: &str| fields.iter().any(|row| shows_option(row, question, option));
    if question.kind == Kind::Flag {
        // An empty box is the other answer.
        let either = shows("yes") || shows("no");
        return (!either).then(|| Trouble::NotShown(question.id.clone())).into_iter().collect();
    }
    let options = question.options.iter().filter(|option| option.printed);
    let unseen = options.filter(|option| !shows(&option.id));
    unseen.map(|option| Trouble::OptionNotShown(option.id.clone(), question.id.clone())).collect()
}

fn shows_option(row: &RowField, question: &Question, option: &str) -> bool {
    let field = &row.field;
    let in_words = field.text.is_some() || field.digits.is_some() || field.qr.is_some();
    match field.part.as_deref() {
        Some(part) => part == option,
        // The sum of several kinds does not say of what.
        None if question.kind == Kind::Copies && question.options.len() > 1 => {
            field.marks().contains(&option)
        }
        None => in_words || field.marks().contains(&option),
    }
}
