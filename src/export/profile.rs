//! `exports.toml`, as it is written. What it must not say is refused where the
//! configuration is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::letters::{Letters, Table};
use crate::lang::Words;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Tables of 縮退, by name.
    #[serde(default)]
    pub shrink: BTreeMap<String, BTreeMap<String, String>>,
    /// In the order a screen offers them.
    #[serde(default)]
    pub export: Vec<Profile>,
}

impl File {
    /// The profiles, each with its table of 縮退.
    pub fn profiles(self) -> Vec<Profile> {
        let File { shrink, export } = self;
        let table = |profile: &Profile| {
            profile.shrink.as_ref().and_then(|name| shrink.get(name)).cloned().unwrap_or_default()
        };
        export
            .into_iter()
            .map(|profile| Profile { table: Table(table(&profile)), ..profile })
            .collect()
    }
}

/// One kind of file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `juminhyo_rpa`: named at the command line and in the files' names.
    pub id: String,
    pub name: Words,
    pub source: Source,
    /// Of applications: ids of the forms; left out, all.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Of applications: whether only those are written that a clerk has accepted.
    #[serde(default = "yes")]
    pub accepted_only: bool,
    #[serde(default)]
    pub format: Format,
    encoding: Option<Encoding>,
    #[serde(default)]
    pub line_end: LineEnd,
    #[serde(default)]
    pub quote: Quote,
    #[serde(default)]
    pub separator: Separator,
    /// Whether the first line names the columns.
    #[serde(default = "yes")]
    pub header: bool,
    letters: Option<Letters>,
    /// The name of a table of 縮退.
    pub shrink: Option<String>,
    /// What becomes of a letter that cannot be written and stands in no table.
    #[serde(default)]
    pub lacking: Lacking,
    #[serde(default)]
    pub column: Vec<Column>,
    /// The table that `shrink` names.
    #[serde(skip)]
    pub table: Table,
}

impl Profile {
    /// The encoding: what it says, else what is usual for its format.
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(match self.format {
            Format::Csv => Encoding::Cp932,
            Format::Json | Format::Pdf => Encoding::Utf8,
        })
    }

    /// The letters the receiving system knows: what it says, else all that the encoding
    /// holds.
    pub fn letters(&self) -> Letters {
        self.letters.unwrap_or(match self.encoding() {
            Encoding::Cp932 => Letters::Cp932,
            Encoding::Utf8 | Encoding::Utf8Bom => Letters::All,
        })
    }

    /// Whether what it writes tells of people.
    pub fn is_personal(&self) -> bool {
        self.source == Source::Applications
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// One form that was handed in.
    Applications,
    /// One line of the book of what was taken.
    TakingsLines,
    /// The sum of an item, a way of paying or a counter (日計).
    TakingsSums,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Csv,
    Json,
    /// The papers themselves, one file.
    Pdf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Windows-31J, what most receiving systems call Shift JIS.
    Cp932,
    Utf8,
    /// With the mark that spreadsheets look for.
    Utf8Bom,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineEnd {
    #[default]
    Crlf,
    Lf,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quote {
    #[default]
    All,
    /// Only cells that would be taken for two.
    Needed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    #[default]
    Comma,
    Tab,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacking {
    /// The row is not written; somebody types it by hand.
    #[default]
    Reject,
    /// 〓 stands there, and the list of changes says so.
    Geta,
}

/// One column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What its first line says.
    pub name: String,
    /// Where its value comes from; or `value`, the same in every row.
    pub field: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub date: DateStyle,
    #[serde(default)]
    pub kana: Kana,
    /// What the receiving system calls an option, a flag or a word.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// The code of everything that `codes` does not name; left out, such a row is rejected.
    pub otherwise: Option<String>,
    /// Whether a row without this value is rejected.
    #[serde(default)]
    pub required: bool,
    /// The most letters the receiving system holds; a longer row is rejected.
    pub chars_max: Option<usize>,
}

/// How a day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// `1993-01-01`
    #[default]
    Iso,
    /// `1993/01/01`
    Slash,
    /// `19930101`; `00` for an unknown part.
    Digits,
    /// `平成5年1月1日`
    Wareki,
    /// `H05.01.01`
    WarekiLetter,
    /// `4050101`: the era's number as on driver's licences.
    WarekiDigits,
    /// `7050101`: the era's number as pension files have it.
    WarekiPension,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kana {
    /// As it stands.
    #[default]
    Full,
    /// Half width, as older systems keep readings. Small kana stay small.
    Half,
}

fn yes() -> bool {
    true
}
