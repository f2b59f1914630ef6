//! A TOML file that a person wrote, read so that all its faults are told at once.
//!
//! serde stops at the first thing that is wrong; a clerk who mends a file would
//! meet one fault after another. Here every fault is noted with its line, the
//! faulty value is replaced by a stand-in that fits, and reading goes on. Rules
//! that look at the values afterwards find their lines through a [`Place`]. This
//! room knows no file in particular and touches no disk.

mod complaint;
mod node;
mod place;
mod reader;
mod stand_in;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

pub use complaint::nearest;
pub use place::Place;

use crate::fault::Fault;
use complaint::Kind;
use node::Node;

/// One file, and what is wrong with it so far.
#[derive(Clone, Debug)]
pub struct Document {
    file: PathBuf,
    root: Node,
    faults: Vec<Fault>,
}

impl Document {
    /// Takes the text of `file` apart. Every fault of spelling is noted; what
    /// can still be understood is kept.
    pub fn parse(file: &Path, text: &str) -> Document {
        let (root, errors) = node::parse(text);
        let mut document = Document { file: file.to_owned(), root, faults: Vec::new() };
        for (line, message) in errors {
            document.note(
                line,
                format!("TOML の書き方に誤りがあります（{message}）"),
                "見本の同じ項目の書き方に合わせてください",
            );
        }
        document
    }

    /// The text as a `T`, whatever is wrong with it; `None` only where not even
    /// stand-ins make a whole. Look at [`Document::faults`] before use.
    pub fn read<T: DeserializeOwned>(&mut self) -> Option<T> {
        // Each round notes one fault and takes one node out of the way, so a
        // file has far fewer faults than this or is not one of ours.
        const ROUNDS_MAX: usize = 10_000;
        for _ in 0..ROUNDS_MAX {
            let complaint = match T::deserialize(&self.root) {
                Ok(value) => return Some(value),
                Err(complaint) => complaint,
            };
            let place = complaint.place();
            if self.root.stands_in(&place) {
                if !self.root.make_room(&place) {
                    return None;
                }
                continue;
            }
            let line = match &complaint.kind {
                Kind::UnknownKey { key, .. } => self.root.line(&place.clone().key(key)),
                _ => self.root.line(&place),
            };
            self.note(line, complaint.kind.message(), complaint.kind.instead());
            self.mend(&place, &complaint.kind);
        }
        None
    }

    /// Takes what was complained of out of the way.
    fn mend(&mut self, place: &Place, kind: &Kind) {
        match kind {
            // A misspelt key is read as the one that was meant, so that it is
            // not missed as well.
            Kind::UnknownKey { key, known } => match nearest(key, known) {
                Some(near) => self.root.rename(place, key, near),
                None => self.root.forget(place, key),
            },
            Kind::MissingKey(key) => self.root.stand_in(&place.clone().key(key)),
            _ => self.root.stand_in(place),
        }
    }

    /// Notes a fault of the value at `place` unless `holds`: the rules' word.
    pub fn require(
        &mut self,
        holds: bool,
        place: Place,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        if !holds {
            self.fault(place, message, instead);
        }
    }

    /// Notes a fault of the value at `place`, unless part of that value is not
    /// the writer's own but stands in for something already complained of.
    pub fn fault(&mut self, place: Place, message: impl Into<String>, instead: impl Into<String>) {
        if self.root.is_own(&place) {
            self.note(self.root.line(&place), message, instead);
        }
    }

    /// Notes a fault of the text itself on `line`, 1 first.
    pub fn fault_on(
        &mut self,
        line: usize,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.note(Some(line), message, instead);
    }

    /// Everything noted, in the order of the lines.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.faults.clone();
        faults.sort();
        faults
    }

    fn note(
        &mut self,
        line: Option<usize>,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.faults.push(Fault::new(&self.file, line, message, instead));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Town {
        name: String,
        size: Size,
        people: u32,
        founded: crate::wareki::PartialDate,
        #[serde(default)]
        bridge: Vec<Bridge>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Size {
        Small,
        Large,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Bridge {
        name: String,
        metres: f32,
        open: Option<bool>,
    }

    const WELL: &str = r#"
name = "みほん町"
size = "small"
people = 12_000
founded = "1955-04"

[[bridge]]
name = "みほん橋"
metres = 40

[[bridge]]
name = "見返り橋"
metres = 12.5
open = true
"#;

    fn faults(text: &str) -> Vec<String> {
        let mut document = Document::parse(Path::new("town.toml"), text);
        document.read::<Town>();
        document.faults().iter().map(Fault::to_string).collect()
    }

    #[test]
    fn a_faultless_file_reads_as_it_is_written() {
        let mut document = Document::parse(Path::new("town.toml"), WELL);
        let town = document.read::<Town>().unwrap();
        assert_eq!(town, toml::from_str(WELL).unwrap());
        assert_eq!(document.faults(), []);
    }

    #[test]
    fn every_fault_is_told_once_with_its_line_and_a_remedy() {
        let text = r#"
nane = "みほん町"
size = "tiny"
people = "many"
founded = "someday"

[[bridge]]
name = 3
lenght = 40

[[bridge]]
name = "見返り橋"
metres = 12.5
open = "yes"
"#;
        assert_eq!(
            faults(text),
            [
                "town.toml:2: 「nane」という項目はありません → 「name」と書きます",
                "town.toml:3: 「tiny」は選べません → 「small」「large」のどれかを書きます",
                "town.toml:4: 文字列「many」は書けません → 0 以上の整数を書きます",
                "town.toml:5: 「someday」は日付ではありません。「1993-01-01」のように書いてください",
                "town.toml:7: 必要な項目「metres」がありません → 「metres」を足してください。見本の設定に書き方が\
                 あります",
                "town.toml:8: 数 3 は書けません → 「\"」で囲んだ文字列を書きます",
                "town.toml:9: 「lenght」という項目はありません → 「name」「metres」「open」のどれかを\
                 書きます。要らなければ消してください",
                "town.toml:14: 文字列「yes」は書けません → true か false を書きます",
            ]
        );
    }

    #[test]
    fn faults_of_spelling_are_told_with_their_lines() {
        let found =
            faults(&WELL.replace("people = ", "people ").replace("metres = 12.5", "metres"));
        assert!(
            found.iter().any(|fault| fault.starts_with("town.toml:4: TOML の書き方")),
            "{found:?}"
        );
        assert!(
            found.iter().any(|fault| fault.starts_with("town.toml:13: TOML の書き方")),
            "{found:?}"
        );
    }

    #[test]
    fn a_row_of_the_wrong_length_is_told() {
        #[derive(Debug, Deserialize)]
        struct Corner {
            #[serde(rename = "at")]
            _at: [f32; 2],
        }
        for (text, found) in [
            ("at = [1]", "1 個の並びは書けません → 2 個の値の並びを書きます"),
            ("at = [1, 2, 3]", "3 個の並びは書けません → 2 個の値の並びを書きます"),
        ] {
            let mut document = Document::parse(Path::new("corner.toml"), text);
            document.read::<Corner>();
            let faults: Vec<_> = document.faults().iter().map(Fault::to_string).collect();
            assert_eq!(faults, [format!("corner.toml:1: {found}")]);
        }
    }

    #[test]
    fn a_rule_finds_the_line_of_a_value_and_keeps_silent_about_stand_ins() {
        let text = WELL.replace("metres = 40", "metres = \"long\"");
        let mut document = Document::parse(Path::new("town.toml"), &text);
        assert_eq!(document.read::<Town>().unwrap().bridge[0].metres, 0.0);
        document.fault(Place::key_of("bridge").row(0).key("metres"), "too short", "");
        document.fault(Place::key_of("bridge").row(1).key("metres"), "too short", "");
        let lines: Vec<_> = document.faults().into_iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(9), Some(13)]);
    }

    proptest::proptest! {
        #[test]
        fn no_slip_of_the_pen_stops_the_reading(
            at in 0..WELL.chars().count(),
            gone in 0..12_usize,
            slip in "[\\[\\]{}=\"a-z0-9\n ]{0,4}",
        ) {
            let before: String = WELL.chars().take(at).collect();
            let after: String = WELL.chars().skip(at + gone).collect();
            let text = before + &slip + &after;
            let fine = toml::from_str::<Town>(&text).is_ok();
            proptest::prop_assert_eq!(faults(&text).is_empty(), fine, "{}", text);
        }
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_never_hangs() {
        for text in ["", "[name]\nx = 1", "bridge = [1, [2], {}]", "name = \"\"\n[[size]]"] {
            assert!(!faults(text).is_empty(), "{text}");
        }
    }
}
