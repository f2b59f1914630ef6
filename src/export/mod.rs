//! Files for the town hall (提出用ファイル): what other systems and RPA take in.
//!
//! A profile in the configuration says which columns, in which order and in which
//! letters. Here rows become bytes by that profile and nothing else: where the rows come
//! from is the business of whoever calls. A name is never changed in silence: every letter
//! that had to be written otherwise (縮退) stands in a companion list, and a row that cannot
//! be written as the profile wants stands in a list of its own, with the reason, instead of
//! arriving damaged. It knows no visit, no storage and no disk.

mod cell;
mod companion;
mod letters;
mod profile;
mod write;
mod zip;

#[cfg(test)]
mod tests;

use serde_json::json;
use sha2::{Digest, Sha256};
use time::Date;

use crate::clock::{self, Moment};
use crate::hex;
use crate::text::Text;
use crate::wareki::PartialDate;

pub use companion::{CHANGES, REJECTS};
pub use letters::{Change, Kind as ChangeKind, Letters, Table};
pub use profile::{
    Column, DateStyle, Encoding, File as Profiles, Format, Kana, Lacking, LineEnd, Profile, Quote,
    Separator, Source,
};
pub use write::{Made, Noted, Reject, Why, rows};
pub use zip::zip;

/// What can be said of every application, besides the paths of its answers.
pub const APPLICATION_FIELDS: &str =
    "receipt,ticket,day,submitted_at,procedure,procedure_name,form,form_name,edition,state,printed";
/// What can be said of a line of the book.
pub const TAKINGS_LINES: &str = "date,number,at,what,counter,item,item_name,name,unit_yen,count,\
    exempt,amount_yen,tender,brand,acquirer,terminal,slip,concerns,reason";
/// What can be said of a sum.
pub const TAKINGS_SUMS: &str =
    "date,by,code,name,count,exempt,taken_yen,back_yen,net_yen,over_short_yen";

/// What a column can hold, before the profile says how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(Text),
    /// A day, perhaps with an unknown part.
    Date(PartialDate),
    /// A fiscal year (年度), by the year it begins in.
    Year(i32),
    Moment(Moment),
    /// A choice: its id, and its words on the paper.
    Option(String, String),
    /// Several.
    Options(Vec<(String, String)>),
    Flag(bool),
    Number(i64),
}

/// One row: what it is known by on the lists beside the file (受付番号, a line's number),
/// and a value or nothing for each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: String,
    pub values: Vec<Option<Value>>,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl File {
    /// SHA-256 of its bytes, in hexadecimal: what the journal knows the file by.
    pub fn digest(&self) -> String {
        hex::digits(&Sha256::digest(&self.bytes))
    }
}

/// Files that are ready to leave, and how many rows are in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub profile: String,
    pub days: [Date; 2],
    pub files: Vec<File>,
    pub rows: usize,
    pub changed: usize,
    pub rejected: usize,
}

impl Bundle {
    /// What the journal keeps of it: no value of any row.
    pub fn facts(&self) -> serde_json::Value {
        let file = |file: &File| json!({ "name": file.name, "bytes": file.bytes.len(), "sha256": file.digest() });
        json!({
            "profile": self.profile,
            "from": clock::iso_day(self.days[0]),
            "until": clock::iso_day(self.days[1]),
            "rows": self.rows,
            "changed": self.changed,
            "rejected": self.rejected,
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
        })
    }
}

/// What the files of these days are named by: `juminhyo-2026-11-24`.
pub fn stem(profile: &str, [from, until]: [Date; 2]) -> String {
    match from == until {
        true => format!("{profile}-{}", clock::iso_day(from)),
        false => format!("{profile}-{}-{}", clock::iso_day(from), clock::iso_day(until)),
    }
}
