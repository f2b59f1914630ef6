//! `register.toml`: which column of the register fills which boxes.

use std::collections::BTreeMap;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Without a yes there is nothing of it in the office.
    #[serde(default)]
    pub enabled: bool,
    /// What stands for the head of the household in the column that tells it.
    #[serde(default)]
    pub heads: Vec<String>,
    /// Boxes for the number of people who were chosen.
    #[serde(default)]
    pub count: Vec<String>,
    #[serde(default)]
    pub column: Vec<Column>,
}

/// One column of the register.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What it may be called in the first line.
    pub names: Vec<String>,
    /// Boxes for what it says of the person.
    #[serde(default)]
    pub person: Vec<String>,
    /// Boxes for what it says of the head of the household.
    #[serde(default)]
    pub head: Vec<String>,
    /// Boxes of one row each, `#` for the number of the row, for what it says of each
    /// of the people chosen.
    #[serde(default)]
    pub members: Vec<String>,
    /// Whether it says who is the head ([`Columns::heads`]).
    #[serde(default)]
    pub tells_head: bool,
    /// What is written in the register, and the option of the form it stands for.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

impl Columns {
    /// The column that is called so.
    pub(super) fn named(&self, head: &str) -> Option<&Column> {
        let head = key(head);
        self.column.iter().find(|column| column.names.iter().any(|name| key(name) == head))
    }

    pub(super) fn is_head(&self, cell: &str) -> bool {
        let cell = key(cell);
        !cell.is_empty() && self.heads.iter().any(|head| key(head) == cell)
    }

    /// Every box that is named, with its column's place; none for a number of people.
    pub fn boxes(&self) -> impl Iterator<Item = (Option<usize>, &str)> {
        let own = self.column.iter().enumerate().flat_map(|(row, column)| {
            let boxes = column.person.iter().chain(&column.head).chain(&column.members);
            boxes.map(move |path| (Some(row), path.as_str()))
        });
        self.count.iter().map(|path| (None, path.as_str())).chain(own)
    }
}

impl Column {
    /// What a cell says: the option of its code, or the cell as it is.
    pub(super) fn coded(&self, cell: &str) -> String {
        let key = key(cell);
        let code = self.codes.iter().find(|(written, _)| self::key(written) == key);
        code.map_or_else(|| cell.trim().to_owned(), |(_, option)| option.clone())
    }
}

/// What two spellings of one head or code have in common. Never what is entered.
pub fn key(text: &str) -> String {
    text.nfkc().filter(|letter| !letter.is_whitespace()).collect()
}
