//! `devices.toml`: what is plugged in beside the kiosk.

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};
use crate::fault::Fault;

/// A card reader.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    pub id: String,
    pub kind: ReaderKind,
    /// For `pcsc`: a part of the name the system gives the reader. Left out, the
    /// first reader found.
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

    /// Readers that this program, with this configuration, could not start with.
    pub(super) fn cannot_start(&self, mut document: Document, has_residents: bool) -> Vec<Fault> {
        for (row, reader) in self.reader.iter().enumerate() {
            let place = || Place::key_of("reader").row(row).key("kind");
            document.require(
                reader.kind != ReaderKind::Virtual || has_residents,
                place(),
                "内蔵の見本（virtual）が読むのは demo フォルダーの架空の住民だけで、そのフォルダーがありません",
                "kind を \"pcsc\" か \"remote\" にするか、この [[reader]] を消してください",
            );
            document.require(
                reader.kind != ReaderKind::Pcsc || cfg!(feature = "pcsc"),
                place(),
                "このプログラムは、つないだリーダー（pcsc）を使えるように作られていません",
                "cargo build --release --features pcsc で作り直してください（libpcsclite-dev が要ります）",
            );
        }
        document.faults()
    }
}
