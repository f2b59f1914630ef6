//! Text as rows: what is copied from a screen has tabs between its cells, what is saved
//! as a file commas (RFC 4180).

use super::{Columns, Refused, forbidden};

/// A household is smaller than this; a whole town is not to be loaded at a counter.
const ROWS_MOST: usize = 50;

/// Rows below a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<String>,
    /// Each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The rows of a text.
    ///
    /// # Errors
    /// A 個人番号 is told before anything else that is wrong.
    pub fn parse(text: &str, columns: &Columns) -> Result<Table, Refused> {
        let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(Refused::NoRows)?;
        let copied = first.contains('\t') || (text.contains('\t') && !first.contains(','));
        let separator = if copied { '\t' } else { ',' };
        let (lines, closed) = cells(text, separator);
        forbidden::refuse(&lines)?;
        if !closed {
            return Err(Refused::Quotes);
        }
        let mut lines = lines.into_iter();
        let (_, head) = lines.next().ok_or(Refused::NoRows)?;
        let mut rows = Vec::new();
        for (line, mut row) in lines {
            while row.len() > head.len() && row.last().is_some_and(|cell| cell.trim().is_empty()) {
                row.pop();
            }
            if row.len() > head.len() {
                return Err(Refused::Ragged { line });
            }
            row.resize(head.len(), String::new());
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(Refused::NoRows);
        }
        if rows.len() > ROWS_MOST {
            return Err(Refused::TooManyRows { most: ROWS_MOST });
        }
        let table = Table { head, rows };
        table.each_column_once(columns)?;
        Ok(table)
    }

    /// A cell without the blanks around it.
    pub fn cell(&self, row: usize, at: usize) -> &str {
        self.rows.get(row).and_then(|cells| cells.get(at)).map_or("", |cell| cell.trim())
    }

    fn each_column_once(&self, columns: &Columns) -> Result<(), Refused> {
        let mut seen: Vec<*const super::Column> = Vec::new();
        for (at, column) in self.known(columns) {
            let this = std::ptr::from_ref(column);
            if seen.contains(&this) {
                return Err(Refused::Twice(self.head[at].trim().to_owned()));
            }
            seen.push(this);
        }
        if seen.is_empty() { Err(Refused::NoColumn) } else { Ok(()) }
    }
}

/// The lines that hold something, each with its number, and whether every quotation mark
/// is closed.
fn cells(text: &str, separator: char) -> (Vec<(usize, Vec<String>)>, bool) {
    let mut reader = Reader::default();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if reader.quoted && letters.peek() == Some(&'"') => {
                letters.next();
                reader.cell.push('"');
            }
            '"' if reader.quoted => reader.quoted = false,
            '"' if reader.cell.is_empty() => reader.quoted = true,
            '\n' | '\r' => {
                if letter == '\r' && letters.peek() == Some(&'\n') {
                    letters.next();
                }
                reader.line_end();
            }
            letter if letter == separator && !reader.quoted => reader.cell_end(),
            letter => reader.cell.push(letter),
        }
    }
    let closed = !reader.quoted;
    reader.quoted = false;
    reader.line_end();
    (reader.lines, closed)
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    lines: Vec<(usize, Vec<String>)>,
    line: Vec<String>,
    cell: String,
    quoted: bool,
    number: usize,
}

impl Reader {
    fn cell_end(&mut self) {
        self.line.push(std::mem::take(&mut self.cell));
    }

    /// A line that ends inside quotation marks goes on in the same cell.
    fn line_end(&mut self) {
        self.number += 1;
        if self.quoted {
            self.cell.push('\n');
            return;
        }
        self.cell_end();
        let line = std::mem::take(&mut self.line);
        if line.iter().any(|cell| !cell.trim().is_empty()) {
            self.lines.push((self.number, line));
        }
    }
}
