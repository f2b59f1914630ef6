//! Rows as a file, with the two lists that go beside it.

use time::Date;

use super::companion;
use super::letters::{self, Change};
use super::profile::{Column, Encoding, Format, LineEnd, Profile, Quote, Separator};
use super::{Bundle, File, Row, Value, cell};
use crate::cp932;
use crate::csv;

/// Why a row is not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A letter that the receiving system lacks, and no table names another for.
    Letter(String),
    /// A column that must be filled is empty.
    Missing,
    /// Longer than the receiving system holds.
    TooLong(usize),
    /// An option that the profile has no code for.
    NoCode,
    /// A year of two eras, and nobody wrote down which.
    NoSuchEra,
    /// The town has taken the form of this id out since: what was answered cannot be told.
    NoForm(String),
}

impl Why {
    /// For whoever types the row by hand.
    pub fn words(&self) -> String {
        match self {
            Why::Letter(letter) => {
                let points = letter.chars().map(|one| format!("U+{:04X}", u32::from(one)));
                format!("書けない字「{letter}」（{}）", points.collect::<Vec<_>>().join(" "))
            }
            Why::Missing => "必要な項目が空です".to_owned(),
            Why::TooLong(most) => format!("{most} 文字より長い値です"),
            Why::NoCode => "コードの表にない値です".to_owned(),
            Why::NoSuchEra => "元号が分からない年です".to_owned(),
            Why::NoForm(form) => format!("様式「{form}」が、今の設定にありません"),
        }
    }
}

/// A row that is not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub key: String,
    /// The name of the column; empty where it is about the whole row.
    pub column: String,
    pub why: Why,
}

/// A letter of the file that differs from what was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its row among those written, 1 first.
    pub row: usize,
    pub key: String,
    pub column: String,
    pub change: Change,
}

/// A file and its two lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub file: File,
    pub rows: usize,
    pub changes: Vec<Noted>,
    pub rejects: Vec<Reject>,
}

impl Made {
    /// With rows that were never made.
    pub fn without(mut self, rejects: Vec<Reject>) -> Made {
        self.rejects.splice(0..0, rejects);
        self
    }

    /// What leaves: the file with its lists, and how much is in them.
    pub fn bundle(self, profile: &str, days: [Date; 2], stem: &str) -> Bundle {
        let (rows, changed, rejected) = (self.rows, self.changes.len(), self.rejects.len());
        let (profile, files) = (profile.to_owned(), self.files(stem));
        Bundle { profile, days, files, rows, changed, rejected }
    }

    /// The file, the list of changes and the list of rejected rows, under these names.
    pub fn files(self, stem: &str) -> Vec<File> {
        let changes = companion::changes(stem, &self.changes);
        let rejects = companion::rejects(stem, &self.rejects);
        vec![self.file, changes, rejects]
    }
}

/// Writes rows as the profile says. A profile of papers has no rows: they are made
/// elsewhere.
pub fn rows(profile: &Profile, stem: &str, rows: &[Row]) -> Made {
    let (mut lines, mut changes, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let number = lines.len() + 1;
        match of_row(profile, row) {
            Ok((cells, found)) => {
                lines.push((row, cells));
                changes.extend(found.into_iter().map(|(column, change)| Noted {
                    row: number,
                    key: row.key.clone(),
                    column: column.name.clone(),
                    change,
                }));
            }
            Err((column, why)) => {
                let (key, column) = (row.key.clone(), column.name.clone());
                rejects.push(Reject { key, column, why });
            }
        }
    }
    let written = lines.len();
    let (ending, bytes) = match profile.format {
        Format::Json => ("json", json(profile, &lines)),
        Format::Csv | Format::Pdf => ("csv", table(profile, &lines)),
    };
    let file = File { name: format!("{stem}.{ending}"), bytes };
    Made { file, rows: written, changes, rejects }
}

/// The cells of one row, and what changed in each.
type Cells<'p> = (Vec<String>, Vec<(&'p Column, Change)>);

fn of_row<'p>(profile: &'p Profile, row: &Row) -> Result<Cells<'p>, (&'p Column, Why)> {
    let (mut cells, mut changes) = (Vec::new(), Vec::new());
    for (at, column) in profile.column.iter().enumerate() {
        let value = row.values.get(at).and_then(Option::as_ref);
        let fitted = cell::written(column, value, profile).map_err(|why| (column, why))?;
        // Only a spreadsheet knows formulas.
        let (text, found) = match profile.format {
            Format::Json => fitted,
            Format::Csv | Format::Pdf => letters::guard(fitted),
        };
        // With everything that was added: the receiving system cuts what is longer.
        cell::fits(column, &text).map_err(|why| (column, why))?;
        cells.push(text);
        changes.extend(found.into_iter().map(|change| (column, change)));
    }
    Ok((cells, changes))
}

fn table(profile: &Profile, lines: &[(&Row, Vec<String>)]) -> Vec<u8> {
    let between = match profile.separator {
        Separator::Comma => ",",
        Separator::Tab => "\t",
    };
    let end = match profile.line_end {
        LineEnd::Crlf => "\r\n",
        LineEnd::Lf => "\n",
    };
    let cell = |text: &str| match profile.quote {
        Quote::All => csv::quoted(text),
        Quote::Needed if text.contains([',', '\t', '"', '\r', '\n']) => csv::quoted(text),
        Quote::Needed => text.to_owned(),
    };
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        cells.map(cell).collect::<Vec<_>>().join(between) + end
    };
    let mut text = String::new();
    if profile.header {
        text += &line(&mut profile.column.iter().map(|column| column.name.as_str()));
    }
    for (_, cells) in lines {
        text += &line(&mut cells.iter().map(String::as_str));
    }
    encoded(&text, profile.encoding())
}

/// One object a row, under the columns' names. Numbers and flags are what they are,
/// unless the profile has codes for them.
fn json(profile: &Profile, lines: &[(&Row, Vec<String>)]) -> Vec<u8> {
    let object = |(row, cells): &(&Row, Vec<String>)| -> serde_json::Value {
        let columns = profile.column.iter().zip(&row.values).zip(cells);
        let value = |((column, value), cell): ((&Column, &Option<Value>), &String)| {
            let value = match value {
                Some(Value::Number(number)) if column.codes.is_empty() => (*number).into(),
                Some(Value::Flag(flag)) if column.codes.is_empty() => (*flag).into(),
                _ if cell.is_empty() => serde_json::Value::Null,
                _ => cell.as_str().into(),
            };
            (column.name.clone(), value)
        };
        columns.map(value).collect::<serde_json::Map<_, _>>().into()
    };
    let rows: Vec<serde_json::Value> = lines.iter().map(object).collect();
    let text = format!("{:#}\n", serde_json::Value::from(rows));
    encoded(&text, profile.encoding())
}

/// Every letter was looked at before, so each has its bytes.
fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Cp932 => {
            let bytes = |one| cp932::exact(one).unwrap_or_else(|| cp932::letter_or_geta(one));
            text.chars().flat_map(bytes).collect()
        }
    }
}
