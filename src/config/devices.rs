//! `devices.toml`: what is plugged in beside the kiosk.

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};

/// A card reader.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    pub id: String,
    pub kind: ReaderKind,
    /// For `pcsc`: the beginning of the name the system gives the reader. Left
    /// out, the first reader found.
    pub name: Option<String>,
}

/// How a reader is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReaderKind {
    /// The built-in reader that takes the invented residents' cards.
    Virtual,
    /// A real reader through PC/SC.
    Pcsc,
    /// A reader at another PC, where `madoguchi reader` runs.
    Remote,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub reader: Vec<Reader>,
}

impl File {
    /// Rules of this file.
    pub(super) fn check(&self, document: &mut Document) {
        rules::ids(document, "reader", self.reader.iter().map(|reader| reader.id.as_str()));
        for (row, reader) in self.reader.iter().enumerate() {
            document.require(
                reader.kind == ReaderKind::Pcsc || reader.name.is_none(),
                Place::key_of("reader").row(row).key("name"),
                "リーダーの名前を書けるのは、この機械につないだもの（pcsc）だけです",
                "この行を消すか、kind を \"pcsc\" にしてください",
            );
        }
    }
}
