//! What is wrong with a template, said so that the person who wrote it can mend
//! it: where, what, and what to write instead.

use std::fmt;
use std::path::Path;

/// One fault of one `form.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line it stands on, 1 first, where one can be named.
    pub line: Option<usize>,
    pub message: String,
    /// What to write instead.
    pub instead: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, instead: impl Into<String>) -> Self {
        Fault { line: None, message: message.into(), instead: instead.into() }
    }

    /// The fault as standing on the line of `text` that first holds `"word"`.
    pub(super) fn at(mut self, text: &str, word: &str) -> Self {
        self.line = line_of(text, word);
        self
    }

    /// The fault as one of `file`, the way every file a person wrote tells its own.
    pub fn in_file(self, file: &Path) -> crate::fault::Fault {
        crate::fault::Fault::new(file, self.line, self.message, self.instead)
    }
}

impl From<crate::fault::Fault> for Fault {
    /// A fault of spelling, its file left out.
    fn from(fault: crate::fault::Fault) -> Self {
        Fault { line: fault.line, message: fault.message, instead: fault.instead }
    }
}

impl fmt::Display for Fault {
    /// `line 12: there is no page "x"; write one of …`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line.map_or(Ok(()), |line| write!(f, "line {line}: "))?;
        write!(f, "{}; {}", self.message, self.instead)
    }
}

/// The line that first holds `word` in quotes. An `id = ` line wins, because a
/// question is best found where it is declared.
fn line_of(text: &str, word: &str) -> Option<usize> {
    let quoted = [format!("\"{word}\""), format!("'{word}'")];
    let holds = |line: &str| quoted.iter().any(|quoted| line.contains(quoted));
    let declares = |line: &str| line.trim_start().starts_with("id") && holds(line);
    let lines = || text.lines().zip(1..);
    lines()
        .find(|(line, _)| declares(line))
        .or_else(|| lines().find(|(line, _)| holds(line)))
        .map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_the_line_where_the_word_is_declared() {
        let text = "page = \"a.b\"\n\nid = \"a.b\"\nwhen = ['c']\n";
        assert_eq!(line_of(text, "a.b"), Some(3));
        assert_eq!(line_of(text, "c"), Some(4));
        assert_eq!(line_of(text, "d"), None);
        let fault = Fault::new("there is no page", "write one").at(text, "c");
        assert_eq!(fault.to_string(), "line 4: there is no page; write one");
    }
}
