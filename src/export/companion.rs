//! The two lists that go beside a file: what was changed, and what was not written. They
//! are always there, so that "nothing" is said and not guessed; and always in UTF-8,
//! because they show the letters that the file could not hold.

use super::File;
use super::write::{Noted, Reject};
use crate::csv;

/// The columns of the list of changes.
pub const CHANGES: &str = "row,key,column,at,kind,before,before_code,after,after_code";
/// The columns of the list of rows that are not in the file.
pub const REJECTS: &str = "key,column,reason";

/// Every letter that differs from what was stored.
pub(super) fn changes(stem: &str, changes: &[Noted]) -> File {
    let line = |noted: &Noted| {
        let change = &noted.change;
        csv::line(&[
            noted.row.to_string(),
            noted.key.clone(),
            noted.column.clone(),
            change.at.to_string(),
            change.kind.words().to_owned(),
            change.before.clone(),
            points(&change.before),
            change.after.clone(),
            points(&change.after),
        ])
    };
    list(format!("{stem}.changes.csv"), CHANGES, changes.iter().map(line))
}

/// Every row that is not in the file.
pub(super) fn rejects(stem: &str, rejects: &[Reject]) -> File {
    let line = |reject: &Reject| {
        csv::line(&[reject.key.clone(), reject.column.clone(), reject.why.words()])
    };
    list(format!("{stem}.rejects.csv"), REJECTS, rejects.iter().map(line))
}

fn list(name: String, head: &str, lines: impl Iterator<Item = String>) -> File {
    let all: Vec<String> = std::iter::once(head.to_owned()).chain(lines).collect();
    File { name, bytes: csv::file(&all).into_bytes() }
}

/// `U+9AD9`, or several.
fn points(text: &str) -> String {
    let points = text.chars().map(|one| format!("U+{:04X}", u32::from(one)));
    points.collect::<Vec<_>>().join(" ")
}
