//! The texts of a configuration folder, as they were when they were read: what comes
//! later is held against these, whatever somebody writes in the folder meanwhile.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pieces::{self, Piece};
use crate::document::nearest;
use crate::fault::Fault;

const KNOWN: [&str; 11] = [
    "site.toml",
    "counters.toml",
    "procedures.toml",
    "fees.toml",
    "devices.toml",
    "printers.toml",
    "cashless.toml",
    "exports.toml",
    "register.toml",
    "appointments.toml",
    "demo",
];
const IN_DEMO: [&str; 2] = ["residents.toml", "staff.toml"];

/// One text, and the name that faults call it by.
#[derive(Clone, Debug)]
struct Text {
    shown: PathBuf,
    read: Result<String, Arc<io::Error>>,
}

/// All of a folder.
#[derive(Clone, Debug)]
pub(super) struct Files {
    dir: PathBuf,
    texts: BTreeMap<String, Text>,
    has_demo: bool,
}

impl Files {
    /// Those in `dir`; one that is not there is left out.
    pub(super) fn read(dir: &Path) -> Self {
        let own = KNOWN.iter().map(|name| (*name).to_owned());
        let names = own.chain(IN_DEMO.iter().map(|name| format!("demo/{name}")));
        let text = |name: String| {
            let shown = dir.join(&name);
            // What Windows' editor puts before the first line.
            let plain = |text: String| text.trim_start_matches('\u{FEFF}').to_owned();
            let read = match std::fs::read_to_string(&shown) {
                Err(error) if error.kind() == ErrorKind::NotFound => return None,
                read => read.map(plain).map_err(Arc::new),
            };
            Some((name, Text { shown, read }))
        };
        let texts = names.filter(|name| name != "demo").filter_map(text).collect();
        Self { dir: dir.to_owned(), texts, has_demo: dir.join("demo").is_dir() }
    }

    /// The same with `pieces` instead of what stands there, and what is wrong with these.
    pub(super) fn with(&self, pieces: &[Piece<'_>]) -> (Self, Vec<Fault>) {
        let (mut files, mut faults) = (self.clone(), Vec::new());
        for piece in pieces {
            faults.extend(pieces::faults_alone(piece));
            let name = piece.part.file();
            match files.texts.get_mut(name) {
                Some(Text { read: Ok(text), .. }) if piece.part.is_added() => {
                    text.push('\n');
                    text.push_str(piece.text);
                }
                // An office without that file has nothing that it could be added to.
                None if piece.part.is_added() => {}
                _ => {
                    let text = Text { shown: piece.shown(), read: Ok(piece.text.to_owned()) };
                    files.texts.insert(name.to_owned(), text);
                }
            }
        }
        (files, faults)
    }

    /// What faults call it, and what it says.
    pub(super) fn text(&self, name: &str) -> Result<(&Path, &str), Fault> {
        let file = self.dir.join(name);
        match self.texts.get(name) {
            Some(Text { shown, read: Ok(text) }) => Ok((shown, text)),
            Some(Text { read: Err(error), .. }) => Err(unreadable(&file, error)),
            None => Err(unreadable(&file, &ErrorKind::NotFound.into())),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.texts.contains_key(name)
    }

    pub(super) fn has_demo(&self) -> bool {
        self.has_demo
    }
}

/// Files that look like configuration and are read by nobody: most are one that
/// is misspelt. Hidden files are left alone.
pub(super) fn strange(dir: &Path) -> Vec<Fault> {
    let strange = |dir: &Path, known: &[&'static str]| -> Vec<Fault> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| !name.starts_with('.') && !known.contains(&name.as_str()))
            .map(|name| {
                let instead = match nearest(&name, known) {
                    Some(near) => format!("「{near}」のことなら、名前を直してください"),
                    None => "使わないファイルは、このフォルダーから出してください".to_owned(),
                };
                Fault::new(dir.join(&name), None, "読まれないファイルです", instead)
            })
            .collect()
    };
    [strange(dir, &KNOWN), strange(&dir.join("demo"), &IN_DEMO)].concat()
}

fn unreadable(file: &Path, error: &std::io::Error) -> Fault {
    let from_example = "見本の設定（kiosk-config/example）の同じ名前のファイルから作ってください";
    let (message, instead) = match error.kind() {
        ErrorKind::NotFound => ("ファイルがありません".to_owned(), from_example),
        ErrorKind::InvalidData => {
            ("文字コードが UTF-8 ではありません".to_owned(), "UTF-8 で保存してください")
        }
        _ => (format!("ファイルを読めません（{error}）"), from_example),
    };
    Fault::new(file, None, message, instead)
}
