//! Everything that can be wrong with a template's pages and questions. Fields
//! and drawings are checked where they are compiled.
//!
//! First as written, so that a fault of a repeated question is named once, then
//! row by row, then all forms against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::Form;
use super::fault::Fault;
use super::paths::prefix;
use super::subject::Subject;
use super::template::{Condition, Question, Template};

mod bring;
mod gates;
mod written;

pub(super) use written::written;

/// A fault between forms: which form, and the word its line is found by.
#[derive(PartialEq, Eq)]
pub(super) struct Finding<'f> {
    /// The folder of the form.
    pub folder: &'f str,
    pub word: &'f str,
    pub fault: Fault,
}

/// Faults that only show once rows are written out: circles.
pub(super) fn expanded(template: &Template, text: &str) -> Vec<Fault> {
    let leads: BTreeMap<&str, Vec<&str>> = template
        .question
        .iter()
        .map(|question| (question.id.as_str(), depends_on(question)))
        .collect();
    circle(&leads)
        .map(|path| {
            let word = path.first().copied().unwrap_or_default();
            let message = format!("たがいに頼り合っています：{}", path.join(" → "));
            Fault::new(message, "この中の from か when を一つ消してください").at(text, word)
        })
        .into_iter()
        .collect()
}

/// Faults between forms: shared questions that disagree, and paths into another
/// form that it does not have. A form that is not here may still be named: a
/// town may do without it.
pub(super) fn together<'f>(forms: &[&'f Form]) -> Vec<Finding<'f>> {
    let mut findings = Vec::new();
    let mut first: BTreeMap<&str, (&Form, &Question)> = BTreeMap::new();
    for &form in forms {
        for question in form.questions() {
            let (other, declared) = *first.entry(&question.id).or_insert((form, question));
            if declared.kind != question.kind || ids(declared) != ids(question) {
                let message = format!(
                    "「{}」が、様式「{}」とは違う質問になっています",
                    question.id,
                    other.id()
                );
                let instead = "kind と選択肢を両方で同じにするか、別の id にしてください";
                let fault = Fault::new(message, instead);
                findings.push(Finding { folder: form.folder(), word: &question.id, fault });
            }
            for (word, fault) in into_others(question, forms) {
                findings.push(Finding { folder: form.folder(), word, fault });
            }
        }
    }
    findings
}

fn ids(question: &Question) -> BTreeSet<&str> {
    question.options.iter().map(|option| option.id.as_str()).collect()
}

fn unknown_question(path: &str) -> Fault {
    Fault::new(
        format!("質問「{path}」はありません"),
        "質問の id か、applicant.name・.kana・.birth_date・.sex・.address・.phone を書いて\
         ください",
    )
}

/// A condition that looks for what its path never holds.
fn unfit(asked: &Subject<'_>, condition: &Condition) -> Option<Fault> {
    let path = &condition.question;
    if let Some(option) = asked.lacks(condition) {
        let instead = match asked.options.is_empty() {
            true => "at_least を使うか、is を消してください".to_owned(),
            false => format!("{} のどれかを書いてください", asked.options.join("・")),
        };
        return Some(Fault::new(format!("「{path}」に選択肢「{option}」はありません"), instead));
    }
    let counted = condition.at_least.is_none() || asked.counts();
    (!counted).then(|| {
        let message = format!("「{path}」は数を答える質問ではありません");
        Fault::new(message, "is か is_not に選択肢を書いてください")
    })
}

/// A value that cannot stand for another's.
fn no_origin(question: &Question, path: &str) -> Fault {
    let message = format!("「{}」の値を「{path}」から取ることはできません", question.id);
    Fault::new(message, "同じ kind の質問から取ってください")
}

/// Faults of one question's paths into other forms that are here.
fn into_others<'f>(question: &'f Question, forms: &[&Form]) -> Vec<(&'f str, Fault)> {
    let of_options = question.options.iter().flat_map(|option| &option.when);
    let origins = || question.from.iter().chain(&question.suggest);
    let of_origins = origins().flat_map(|origin| origin.when());
    let conditions = question.when.iter().chain(of_options).chain(of_origins);
    let conditions = conditions.filter_map(|condition| {
        let path = condition.question.as_str();
        let fault = asked_by(forms, path)?.map_or_else(
            || Some(unknown_question(path)),
            |asked| unfit(&Subject::of(asked), condition),
        )?;
        Some((path, fault))
    });
    let origins = origins().filter_map(|origin| {
        let path = origin.path();
        let fault = asked_by(forms, path)?.map_or_else(
            || Some(unknown_question(path)),
            |asked| {
                let fits = Subject::of(asked).stands_for(question.kind);
                (!fits).then(|| no_origin(question, path))
            },
        )?;
        Some((path, fault))
    });
    conditions.chain(origins).collect()
}

/// The question another form asks under `path`; `Some(None)` where the form is here
/// and does not ask it.
fn asked_by<'f>(forms: &[&'f Form], path: &str) -> Option<Option<&'f Question>> {
    let owner = forms.iter().find(|other| other.id() == prefix(path))?;
    Some(owner.question(path))
}

/// Every path a question's value or presence hangs on.
fn depends_on(question: &Question) -> Vec<&str> {
    let of_options = question.options.iter().flat_map(|option| &option.when);
    let of_origins = question.from.iter().flat_map(|origin| origin.when());
    let conditions = question.when.iter().chain(of_options).chain(of_origins);
    conditions
        .map(|condition| condition.question.as_str())
        .chain(question.from.iter().map(|origin| origin.path()))
        .collect()
}

/// The first circle found, from a path back to itself.
fn circle<'a>(leads: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    fn walk<'a>(
        path: &'a str,
        leads: &BTreeMap<&'a str, Vec<&'a str>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(start) = way.iter().position(|seen| *seen == path) {
            return Some(way[start..].iter().copied().chain([path]).collect());
        }
        if !done.insert(path) {
            return None;
        }
        way.push(path);
        let found =
            leads.get(path).into_iter().flatten().find_map(|next| walk(next, leads, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    leads.keys().find_map(|path| walk(path, leads, &mut Vec::new(), &mut done))
}

#[cfg(test)]
mod tests;
