//! `devices.toml`: what is plugged in beside the kiosk.

use std::collections::BTreeSet;
use std::path::PathBuf;

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

/// What reads the code made at home.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    pub id: String,
    pub kind: ScannerKind,
    /// For `serial`: the device file.
    pub device: Option<PathBuf>,
    /// The tablets it stands beside, by name. Left out, all of them.
    pub kiosks: Option<Vec<String>>,
}

/// How a code is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerKind {
    /// By the tablet's own camera.
    Camera,
    /// By a scanner at the tablet that types like a keyboard.
    Keyboard,
    /// By a scanner at this machine that sends over a serial line.
    Serial,
}

impl Scanner {
    /// Whether it stands beside this tablet.
    pub fn serves(&self, kiosk: &str) -> bool {
        self.kiosks.as_ref().is_none_or(|names| names.iter().any(|name| name == kiosk))
    }

    fn check(&self, document: &mut Document, place: &Place) {
        let is_serial = self.kind == ScannerKind::Serial;
        document.require(
            self.device.is_some() == is_serial,
            place.clone().key(if is_serial { "kind" } else { "device" }),
            match is_serial {
                true => "シリアル（serial）の読み取り機の、機器のファイル（device）がありません",
                false => "機器のファイルを書けるのは、シリアル（serial）の読み取り機だけです",
            },
            match is_serial {
                true => "device = \"/dev/ttyACM0\" のように書いてください",
                false => "この行を消すか、kind を \"serial\" にしてください",
            },
        );
        document.require(
            self.device.as_ref().is_none_or(|device| device.is_absolute()),
            place.clone().key("device"),
            "機器のファイルが「/」から始まっていません",
            "device = \"/dev/ttyACM0\" のように書いてください",
        );
        // One code would open at whichever tablet asked first.
        document.require(
            !is_serial || self.kiosks.as_ref().is_some_and(|names| names.len() == 1),
            place.clone().key(if self.kiosks.is_some() { "kiosks" } else { "kind" }),
            "シリアルの読み取り機のそばの端末が、一台に決まっていません",
            "kiosks = [\"記載台1\"] のように、端末の名前を一つ書いてください",
        );
    }
}

/// Displays that show and call some lanes only: those of a floor, or of a waiting room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisplayGroup {
    pub id: String,
    /// The displays, by name. One that stands in no group shows all lanes.
    pub displays: Vec<String>,
    /// The ids of the lanes, in the order of the town's.
    pub lanes: Vec<String>,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub reader: Vec<Reader>,
    #[serde(default)]
    pub scanner: Vec<Scanner>,
    #[serde(default)]
    pub display_group: Vec<DisplayGroup>,
}

impl File {
    /// Rules of this file; `lanes` are the ids of the office's, where they are known.
    pub(super) fn check(&self, document: &mut Document, lanes: Option<&[&str]>) {
        self.check_displays(document, lanes);
        rules::ids(document, "reader", self.reader.iter().map(|reader| reader.id.as_str()));
        for (row, reader) in self.reader.iter().enumerate() {
            document.require(
                reader.kind == ReaderKind::Pcsc || reader.name.is_none(),
                Place::key_of("reader").row(row).key("name"),
                "リーダーの名前を書けるのは、この機械につないだもの（pcsc）だけです",
                "この行を消すか、kind を \"pcsc\" にしてください",
            );
        }
        rules::ids(document, "scanner", self.scanner.iter().map(|scanner| scanner.id.as_str()));
        let mut devices = BTreeSet::new();
        for (row, scanner) in self.scanner.iter().enumerate() {
            let place = Place::key_of("scanner").row(row);
            scanner.check(document, &place);
            document.require(
                scanner.device.as_ref().is_none_or(|device| devices.insert(device)),
                place.key("device"),
                "同じ機器のファイルが二度あります",
                "読み取り機ごとに、別の機器のファイルを書いてください",
            );
        }
    }

    fn check_displays(&self, document: &mut Document, lanes: Option<&[&str]>) {
        let groups = &self.display_group;
        rules::ids(document, "display_group", groups.iter().map(|group| group.id.as_str()));
        let mut displays = BTreeSet::new();
        for (row, group) in groups.iter().enumerate() {
            let place = |key| Place::key_of("display_group").row(row).key(key);
            document.require(
                group.displays.iter().all(|name| displays.insert(name)),
                place("displays"),
                "同じ表示盤が二度あります",
                "表示盤は、一つのグループにだけ書いてください",
            );
            let is_lane = |id: &String| lanes.is_none_or(|lanes| lanes.contains(&id.as_str()));
            document.require(
                !group.lanes.is_empty() && group.lanes.iter().all(is_lane),
                place("lanes"),
                "表示盤のグループの系統が、procedures.toml にありません",
                "procedures.toml の [[lane]] の id を、一つ以上書いてください",
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
