//! Rows of the resident register (住民記録), as a clerk copies them from its screen or
//! saves them there: text, column by column, read for the boxes of a form that no card can
//! fill (世帯主, 続柄, 本籍, 筆頭者).
//!
//! A pure room: text in, entries for boxes out. What looks like it holds a 個人番号
//! ([`forbidden`]) is refused as a whole, before anything of it is used. It does not know
//! whose visit it is, screens, or what a question takes.

mod columns;
mod date;
mod forbidden;
mod letters;
mod table;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use columns::{Column, Columns, key};
pub use date::parts as date_parts;
pub use letters::read;
pub use table::Table;

/// Why nothing of a text is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A column is called as a 個人番号 is; the words of its head.
    #[error("a column is called as an individual number is")]
    NumberColumn(String),
    /// A cell holds twelve digits that pass the check of one; line and column, from 1.
    #[error("line {line} holds what looks like an individual number")]
    NumberCell { line: usize, column: usize },
    /// Neither UTF-8 nor CP932, or a letter that was lost on the way.
    #[error("the letters cannot be read")]
    Letters,
    /// A quotation mark that nothing closes.
    #[error("a quotation mark is not closed")]
    Quotes,
    /// Not a line with words.
    #[error("there are no rows below the head")]
    NoRows,
    /// More than a household.
    #[error("there are more than {most} rows")]
    TooManyRows { most: usize },
    /// A row has more cells than the head; its line, from 1.
    #[error("line {line} has more cells than the head")]
    Ragged { line: usize },
    /// No column is one that the town has named.
    #[error("no column is known")]
    NoColumn,
    /// Two columns would fill the same boxes; the words of the second head.
    #[error("two columns say the same")]
    Twice(String),
}

impl Refused {
    /// Whether it was refused for a 個人番号.
    pub fn is_number(&self) -> bool {
        matches!(self, Refused::NumberColumn(_) | Refused::NumberCell { .. })
    }
}

/// Which of the rows are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The row of the person the forms are about.
    pub person: usize,
    /// The rows of those who are entered one below the other.
    pub members: BTreeSet<usize>,
}

/// What stands in a row for one box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path of the box.
    pub path: String,
    /// The head of the column; empty for the number of people.
    pub head: String,
    /// The row it stands in; none for the number of people.
    pub row: Option<usize>,
    /// As it stands there, or the option that the town's codes make of it.
    pub text: String,
}

impl Table {
    /// What these rows say, for the boxes that the town has named. What is blank says
    /// nothing, and the number of people comes first: their boxes follow from it.
    pub fn entries(&self, columns: &Columns, choice: &Choice) -> Vec<Entry> {
        let members = self.in_order(choice);
        let mut entries = Vec::new();
        if !members.is_empty() {
            let count = |path: &String| Entry {
                path: path.clone(),
                head: String::new(),
                row: None,
                text: members.len().to_string(),
            };
            entries.extend(columns.count.iter().map(count));
        }
        let head = self.row_of_head(columns);
        for (at, column) in self.known(columns) {
            let entry = |path: &String, row| self.entry((at, column), path.clone(), row);
            entries.extend(column.person.iter().filter_map(|one| entry(one, choice.person)));
            if let Some(row) = head {
                entries.extend(column.head.iter().filter_map(|one| entry(one, row)));
            }
        }
        // One person after the other, as the forms have them.
        for (number, row) in (1_u32..).zip(&members) {
            let at_row = |path: &String| path.replace('#', &number.to_string());
            for (at, column) in self.known(columns) {
                let boxes = column.members.iter();
                entries.extend(boxes.filter_map(|one| self.entry((at, column), at_row(one), *row)));
            }
        }
        entries
    }

    /// What one cell says for one box; nothing where it is blank.
    fn entry(&self, (at, column): (usize, &Column), path: String, row: usize) -> Option<Entry> {
        let text = column.coded(self.cell(row, at));
        let head = self.head[at].clone();
        (!text.is_empty()).then_some(Entry { path, head, row: Some(row), text })
    }

    /// The members as they are entered: the person first, as the forms have it.
    fn in_order(&self, choice: &Choice) -> Vec<usize> {
        let mut rows: Vec<usize> =
            choice.members.iter().copied().filter(|row| *row < self.rows.len()).collect();
        rows.sort_by_key(|row| *row != choice.person);
        rows
    }

    /// The row of the household's head, where a column says so of exactly one.
    fn row_of_head(&self, columns: &Columns) -> Option<usize> {
        let (at, _) = self.known(columns).find(|(_, column)| column.tells_head)?;
        let is_head = |row: &usize| columns.is_head(self.cell(*row, at));
        let mut rows = (0..self.rows.len()).filter(is_head);
        rows.next().filter(|_| rows.next().is_none())
    }

    /// The columns that are known, with their places.
    pub fn known<'c>(&self, columns: &'c Columns) -> impl Iterator<Item = (usize, &'c Column)> {
        let known = move |(at, head): (usize, &String)| Some((at, columns.named(head)?));
        self.head.iter().enumerate().filter_map(known)
    }
}
