//! Which letters a receiving system knows, and what is done about the others.
//!
//! One letter here is a character with the selectors of its variant (異体字). What is
//! tried, in this order: the letter itself; the town's own table (縮退), which may name a
//! variant; the common form of a variant; the same sign under another code point. Whatever
//! was not the letter itself is a [`Change`].

use std::collections::BTreeMap;

use serde::Deserialize;

use super::profile::Lacking;
use crate::cp932;
use crate::csv;
use crate::text::{Piece, Text};

/// The letters of a receiving system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// Whatever Unicode has.
    All,
    /// Windows-31J: with NEC's and IBM's additions, 髙 and ① among them.
    Cp932,
    /// JIS X 0201 and JIS X 0208 only: neither 髙 nor ①.
    #[serde(rename = "jis_x_0208")]
    JisX0208,
}

impl Letters {
    /// Whether this one character is among them. A line's end and a tab are in all; a 外字
    /// of somebody's own machine is in none, whatever another machine shows there.
    pub fn has(self, one: char) -> bool {
        if one.is_control() {
            return matches!(one, '\r' | '\n' | '\t');
        }
        if is_own(one) {
            return false;
        }
        match self {
            Letters::All => true,
            Letters::Cp932 => cp932::exact(one).is_some(),
            Letters::JisX0208 => cp932::exact(one).is_some_and(|bytes| is_jis(&bytes)),
        }
    }

    /// Whether all of them are.
    pub fn hold(self, text: &str) -> bool {
        text.chars().all(|one| self.has(one))
    }
}

/// Private use (Unicode §23.5): what a machine's own characters are kept under.
fn is_own(one: char) -> bool {
    matches!(one, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..)
}

/// Rows 1 to 8 and 16 to 84 of JIS X 0208 under their lead bytes in Shift JIS (JIS X 0208
/// 附属書1). Row 13 is NEC's, and what lies beyond row 84 is IBM's.
fn is_jis(bytes: &[u8]) -> bool {
    matches!(bytes, [_] | [0x81..=0x84 | 0x88..=0x9F | 0xE0..=0xEA, _])
}

/// 縮退: what is written in place of a letter that the receiving system lacks. The town
/// decides each: for many letters there are several candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(pub BTreeMap<String, String>);

/// Why something stands in the file otherwise than it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By the town's table.
    Shrunk,
    /// The common form of a variant.
    Variant,
    /// The same sign, as the encoding has it.
    SameSign,
    /// 〓, for somebody to look at.
    Geta,
    /// On paper: an empty box, for the pen.
    EmptyBox,
    /// On paper: words that do not fit into their place.
    TooLong,
    /// `'` before what a spreadsheet would take for a formula.
    Formula,
}

impl Kind {
    /// The word in the companion list.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Shrunk => "縮退",
            Kind::Variant => "異体字を基本の字に",
            Kind::SameSign => "同じ記号の別の符号",
            Kind::Geta => "〓（書けない字）",
            Kind::EmptyBox => "用紙の空欄（手書き）",
            Kind::TooLong => "用紙の欄に入りきらない",
            Kind::Formula => "数式でない印",
        }
    }
}

/// One letter that was written otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stood, 1 first, counted in code points of the stored value.
    pub at: usize,
    pub kind: Kind,
    pub before: String,
    pub after: String,
}

/// A letter that cannot be written at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable(pub String);

/// `text` in `letters`, and everything that had to change.
///
/// # Errors
/// The first letter that cannot be written, where `lacking` says to reject.
pub(super) fn fit(
    text: &Text,
    letters: Letters,
    table: &Table,
    lacking: Lacking,
) -> Result<(String, Vec<Change>), Unwritable> {
    let (mut written, mut changes, mut at) = (String::new(), Vec::new(), 1);
    for before in clusters(text) {
        let own = before.as_deref().unwrap_or("□");
        let found = before.as_deref().and_then(|letter| one(letter, letters, table));
        let (after, kind) = match (found, lacking) {
            (Some(found), _) => found,
            (None, Lacking::Geta) => ("〓".to_owned(), Some(Kind::Geta)),
            (None, Lacking::Reject) => return Err(Unwritable(own.to_owned())),
        };
        if let Some(kind) = kind {
            changes.push(Change { at, kind, before: own.to_owned(), after: after.clone() });
        }
        written.push_str(&after);
        at += own.chars().count();
    }
    Ok((written, changes))
}

/// What is written for a letter, and why it is another one.
fn one(letter: &str, letters: Letters, table: &Table) -> Option<(String, Option<Kind>)> {
    // A selector alone never counts as a letter of an older set.
    if letters.hold(letter) {
        return Some((letter.to_owned(), None));
    }
    let tried = |text: &str| letters.hold(text).then(|| text.to_owned());
    let table_has = |letter: &str| table.0.get(letter).and_then(|instead| tried(instead));
    if let Some(instead) = table_has(letter) {
        return Some((instead, Some(Kind::Shrunk)));
    }
    let base: String = letter.chars().filter(|one| !cp932::is_selector(*one)).collect();
    if base != letter && letters.hold(&base) {
        return Some((base, Some(Kind::Variant)));
    }
    if let Some(instead) = table_has(&base) {
        return Some((instead, Some(Kind::Shrunk)));
    }
    let mut only = base.chars();
    let (first, rest) = (only.next()?, only.next());
    let same = cp932::same_sign(first).filter(|_| rest.is_none())?;
    tried(&same.to_string()).map(|same| (same, Some(Kind::SameSign)))
}

/// Each letter with its selectors; `None` for a piece without a code point.
fn clusters(text: &Text) -> Vec<Option<String>> {
    let mut found: Vec<Option<String>> = Vec::new();
    for piece in text.pieces() {
        let Piece::Text(words) = piece else {
            found.push(None);
            continue;
        };
        for one in words.chars() {
            match found.last_mut() {
                Some(Some(before)) if cp932::is_selector(one) => before.push(one),
                _ => found.push(Some(one.to_string())),
            }
        }
    }
    found
}

/// With a `'` before what a spreadsheet would take for a formula.
pub(super) fn guard((written, mut changes): (String, Vec<Change>)) -> (String, Vec<Change>) {
    if !csv::is_formula(&written) {
        return (written, changes);
    }
    let mark = Change { at: 1, kind: Kind::Formula, before: String::new(), after: "'".to_owned() };
    changes.insert(0, mark);
    (format!("'{written}"), changes)
}
