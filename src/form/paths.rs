//! The paths that no form owns, and what is known of each.

use super::template::{Choice, Days, Kind, Question};
use crate::lang::Words;

/// First words of such paths: the applicant's facts, and what the counter knows
/// when it prints. No form may have one of them as its id.
pub const RESERVED: [&str; 6] = ["applicant", "office", "town", "visit", "form", "today"];

/// What may be known of every applicant, whether a form asks for it or not.
const APPLICANT: [(&str, Kind); 6] = [
    ("applicant.name", Kind::Name),
    ("applicant.kana", Kind::Kana),
    ("applicant.birth_date", Kind::Date),
    ("applicant.sex", Kind::Choice),
    ("applicant.address", Kind::Address),
    ("applicant.phone", Kind::Phone),
];

/// Whether a form may have this id.
pub fn is_form_id(id: &str) -> bool {
    is_word(id) && !RESERVED.contains(&id)
}

/// Small letters, digits and `_`: what paths are made of.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// First word of a path.
pub(super) fn prefix(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// The kind of a fact about the applicant.
pub(super) fn applicant_kind(path: &str) -> Option<Kind> {
    APPLICANT.iter().find(|(known, _)| *known == path).map(|(_, kind)| *kind)
}

/// A fact about the applicant as a question without words: what its value must
/// be like when no form declares it.
pub fn applicant_question(path: &str) -> Option<Question> {
    let kind = applicant_kind(path)?;
    let option = |id: &str| Choice {
        id: id.to_owned(),
        ja: String::new(),
        en: String::new(),
        when: Vec::new(),
        printed: true,
    };
    let options = match kind {
        Kind::Choice => ["male", "female", "not_applicable", "unknown"].map(option).into(),
        _ => Vec::new(),
    };
    Some(Question {
        id: path.to_owned(),
        page: String::new(),
        kind,
        label: Words::default(),
        help: None,
        required: false,
        options,
        when: Vec::new(),
        from: Vec::new(),
        suggest: Vec::new(),
        default: None,
        max_chars: None,
        range: None,
        // The only date among the facts is a birth.
        digits: None,
        years: None,
        days: (kind == Kind::Date).then_some(Days::Past),
        rows: None,
        printed: true,
    })
}
