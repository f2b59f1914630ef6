//! Something wrong in a file a person wrote: where it is, what it is, and what
//! to write instead. Configuration, templates and fonts all tell their faults
//! this way, so that `madoguchi check` can show them in one list.

use std::fmt;
use std::path::{Path, PathBuf};

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: PathBuf,
    /// 1 first; `None` when the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write instead; empty where the message says it already.
    pub instead: String,
}

impl Fault {
    /// A fault of `file`.
    pub fn new(
        file: impl AsRef<Path>,
        line: Option<usize>,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        let file = file.as_ref().to_owned();
        Self { file, line, message: message.into(), instead: instead.into() }
    }
}

impl fmt::Display for Fault {
    /// `site.toml:12: message → what to write instead`, as compilers write it,
    /// so that editors can jump there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        self.line.map_or(Ok(()), |line| write!(f, "{line}:"))?;
        write!(f, " {}", self.message)?;
        if self.instead.is_empty() { Ok(()) } else { write!(f, " → {}", self.instead) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_like_a_compilers() {
        let mut fault = Fault::new("site.toml", Some(12), "unknown key", "write `idle_secs`");
        assert_eq!(fault.to_string(), "site.toml:12: unknown key → write `idle_secs`");
        fault.line = None;
        fault.instead.clear();
        assert_eq!(fault.to_string(), "site.toml: unknown key");
    }
}
