//! The fillable fields of a PDF (AcroForm) as geometry: what they would take and
//! where. Their values and their looks are dropped (ISO 32000-1, 12.7.3).

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId, decode_text_string};

use super::upright::{Upright, four_numbers};
use crate::pdf::Area;

/// One place a fillable PDF offers.
#[derive(Clone, Debug, PartialEq)]
pub struct Widget {
    /// The field's full name: `applicant.name`. Widgets of one field share it.
    pub name: String,
    /// What a viewer shows of it to people (the tooltip).
    pub label: Option<String>,
    /// On the page as seen, in points.
    pub area: Area,
    pub offered: Offered,
}

/// What may be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    Text {
        /// The longest text, in characters.
        max_chars: Option<u32>,
        /// マス目: a box for each of `max_chars` characters.
        comb: bool,
        several_lines: bool,
    },
    /// A box of its own; `on` is the state that a tick stands for.
    Check { on: String },
    /// One of several: the states of a field exclude each other.
    Radio { on: String },
    /// One of a list.
    List { options: Vec<String> },
}

// Flags of fields (ISO 32000-1, tables 228, 226 and 230), from bit 1.
const SEVERAL_LINES: i64 = 1 << 12;
const RADIO: i64 = 1 << 15;
const PUSH_BUTTON: i64 = 1 << 16;
const COMB: i64 = 1 << 24;
/// Flags of annotations (table 165): hidden, or never to be looked at.
const UNSEEN: i64 = 1 << 1 | 1 << 5;
/// A tree of fields deeper than this is a loop.
const DEPTH_MAX: usize = 32;
/// Fields on one page.
const WIDGETS_MAX: usize = 2_000;

/// The fields of a page that can be seen, and the number of other annotations
/// (links aside): both are not on the sheet.
pub(super) fn of_page(
    document: &Document,
    page: ObjectId,
    upright: &Upright,
) -> (Vec<Widget>, usize) {
    let listed = document
        .get_dictionary(page)
        .and_then(|page| page.get_deref(b"Annots", document))
        .and_then(Object::as_array);
    let annotations = listed.into_iter().flatten().filter_map(|annotation| {
        let (_, annotation) = document.dereference(annotation).ok()?;
        annotation.as_dict().ok()
    });
    let (mut widgets, mut others) = (Vec::new(), 0);
    for annotation in annotations.take(WIDGETS_MAX) {
        match annotation.get(b"Subtype").and_then(Object::as_name).unwrap_or_default() {
            b"Widget" => widgets.extend(widget(document, annotation, upright)),
            b"Link" | b"Popup" => {}
            _ => others += 1,
        }
    }
    (widgets, others)
}

fn widget(document: &Document, annotation: &Dictionary, upright: &Upright) -> Option<Widget> {
    let flags = integer(annotation.get_deref(b"F", document).ok()).unwrap_or(0);
    if flags & UNSEEN != 0 {
        return None;
    }
    let line = line_of(document, annotation);
    let entry = |key: &[u8]| line.iter().find_map(|node| node.get_deref(key, document).ok());
    let field_flags = integer(entry(b"Ff")).unwrap_or(0);
    let has = |flag: i64| field_flags & flag != 0;
    let max_chars = integer(entry(b"MaxLen")).and_then(|length| u32::try_from(length).ok());
    let max_chars = max_chars.filter(|length| (1..=1_000).contains(length));
    let offered = match entry(b"FT")?.as_name().ok()? {
        b"Tx" => Offered::Text {
            max_chars,
            comb: has(COMB) && max_chars.is_some(),
            several_lines: has(SEVERAL_LINES),
        },
        b"Btn" if has(PUSH_BUTTON) => return None,
        b"Btn" => {
            let on = on_state(document, annotation)?;
            if has(RADIO) { Offered::Radio { on } } else { Offered::Check { on } }
        }
        b"Ch" => Offered::List { options: options(document, entry(b"Opt")) },
        _ => return None,
    };
    let area = upright.area(four_numbers(document, annotation.get_deref(b"Rect", document).ok()?)?);
    let label = entry(b"TU").and_then(|label| decode_text_string(label).ok());
    let label = label.filter(|label| !label.trim().is_empty());
    Some(Widget { name: full_name(document, &line), label, area, offered })
}

/// The annotation, its field, and the fields that one is part of.
fn line_of<'a>(document: &'a Document, annotation: &'a Dictionary) -> Vec<&'a Dictionary> {
    let mut line = vec![annotation];
    while line.len() < DEPTH_MAX {
        let parent = line[line.len() - 1].get_deref(b"Parent", document);
        let Ok(parent) = parent.and_then(Object::as_dict) else { break };
        line.push(parent);
    }
    line
}

/// `applicant.name`: the partial names from the top.
fn full_name(document: &Document, line: &[&Dictionary]) -> String {
    let parts = line.iter().rev().filter_map(|node| {
        let part = node.get_deref(b"T", document).ok()?;
        decode_text_string(part).ok()
    });
    parts.collect::<Vec<_>>().join(".")
}

/// The state other than Off that a box has a look for.
fn on_state(document: &Document, annotation: &Dictionary) -> Option<String> {
    let looks = annotation.get_deref(b"AP", document).ok()?.as_dict().ok()?;
    let looks = looks.get_deref(b"N", document).ok()?.as_dict().ok()?;
    let states: BTreeSet<&[u8]> = looks.iter().map(|(state, _)| state.as_slice()).collect();
    let on = states.into_iter().find(|state| *state != b"Off")?;
    Some(String::from_utf8_lossy(on).into_owned())
}

/// The words of a list: each is a text, or a pair of value and text.
fn options(document: &Document, written: Option<&Object>) -> Vec<String> {
    let word = |option: &Object| {
        let (_, option) = document.dereference(option).ok()?;
        match option.as_array() {
            Ok(pair) => decode_text_string(pair.get(1)?).ok(),
            Err(_) => decode_text_string(option).ok(),
        }
    };
    let options = written.and_then(|options| options.as_array().ok());
    options.into_iter().flatten().take(WIDGETS_MAX).filter_map(word).collect()
}

fn integer(object: Option<&Object>) -> Option<i64> {
    object?.as_i64().ok()
}
