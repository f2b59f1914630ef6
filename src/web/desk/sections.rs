//! What is known of a visit, laid out for a clerk: by form and page, each value
//! with its source, one of them perhaps open for correction.

use std::collections::BTreeMap;

use time::Date;

use crate::applicant::Source;
use crate::form::Form;
use crate::form::answers::Value;
use crate::form::input::InputError;
use crate::form::questions::{self, AskPage, AskQuestion};
use crate::lang::Phrases;
use crate::visit::desk::Opened;
use crate::web::entry::Entry;
use crate::web::shown;

/// The questions of one page.
pub(super) struct Section {
    /// The form's title where a new form begins.
    pub form: Option<String>,
    pub title: String,
    pub rows: Vec<Row>,
}

/// One value.
pub(super) struct Row {
    pub path: String,
    pub label: String,
    pub value: String,
    /// A name for the style sheet, and words.
    pub source: Option<(&'static str, String)>,
    /// Required and without a value.
    pub missing: bool,
    /// Some character has no code point; a hand must complete it.
    pub needs_hand: bool,
    /// It stands on a form that was accepted, and stays as it is.
    pub accepted: bool,
    pub edit: Option<Entry>,
}

/// A correction that is open: the path, and what was entered and not taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    pub path: String,
    pub refused: Option<(Vec<(String, String)>, InputError)>,
}

/// All pages that apply, with everything on them.
pub(super) fn sections(
    forms: &[&Form],
    opened: &Opened,
    (today, words): (Date, Phrases),
    open: Option<&Open>,
) -> Vec<Section> {
    let accepted = opened.accepted(forms);
    let is_accepted = |path: &str| accepted.iter().any(|form| form.question(path).is_some());
    let row = |ask: &AskQuestion<'_>| Row {
        accepted: is_accepted(ask.path()),
        ..row(ask, (today, words), open.filter(|_| !is_accepted(ask.path())))
    };
    let titles: BTreeMap<&str, &str> =
        forms.iter().map(|form| (form.id(), form.template().title.in_lang(words.lang()))).collect();
    let mut before = None;
    let pages = questions::pages(forms, &opened.answers);
    let section = |page: &AskPage<'_>| {
        let changes = before != Some(page.form.map(str::to_owned));
        before = Some(page.form.map(str::to_owned));
        let form = match page.form {
            Some(form) => titles.get(form).copied().unwrap_or(form),
            None => words.t("desk.visit.shared"),
        };
        Section {
            form: changes.then(|| form.to_owned()),
            title: page.page.title.in_lang(words.lang()).to_owned(),
            rows: page.questions.iter().map(row).collect(),
        }
    };
    pages.iter().map(section).collect()
}

fn row(ask: &AskQuestion<'_>, (today, words): (Date, Phrases), open: Option<&Open>) -> Row {
    let answer = ask.answer.as_ref().filter(|answer| !answer.value.is_blank());
    let open = open.filter(|open| open.path == ask.path());
    Row {
        path: ask.path().to_owned(),
        label: ask.question.label.in_lang(words.lang()).to_owned(),
        value: answer
            .map(|answer| shown::value(ask.question, &answer.value, words))
            .unwrap_or_default(),
        source: answer.map(|answer| {
            (source_id(answer.source), words.t(shown::source_key(answer.source)).to_owned())
        }),
        missing: ask.required && answer.is_none() && ask.default().is_none(),
        needs_hand: matches!(answer.map(|answer| &answer.value), Some(Value::Text(text)) if text.needs_hand()),
        accepted: false,
        edit: open.map(|open| edit(ask, (today, words), open)),
    }
}

/// The source's name for the style sheet.
pub(super) fn source_id(source: Source) -> &'static str {
    match source {
        Source::Card | Source::Licence => "card",
        Source::Qr => "qr",
        Source::Typed => "typed",
        Source::Clerk => "clerk",
        Source::Register => "register",
        Source::Preset => "preset",
    }
}

fn edit(ask: &AskQuestion<'_>, (today, words): (Date, Phrases), open: &Open) -> Entry {
    let Some((fields, error)) = &open.refused else { return Entry::of(ask, today, words) };
    let mut entry = Entry::refused(ask, fields, Some(*error), today, words);
    // A clerk types dates in a way the kiosk does not offer.
    if *error == InputError::NotADate {
        entry.error = Some(words.t("desk.visit.not_a_date").to_owned());
    }
    entry
}
