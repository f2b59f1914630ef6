//! Folders that letters are put into and taken from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How the name of a letter ends.
pub const END: &str = ".letter";

/// Bytes of a letter at most: one that is larger is none of ours.
const LETTER_LEN_MAX: u64 = 16 * 1024 * 1024;

/// Where what is refused goes, below the folder it came to.
const ASIDE: &str = "refused";

/// Puts a letter into a folder: nobody finds it before all of it is there. Others of the
/// same writer, which it says again, are taken away.
///
/// # Errors
/// Faults of the disk.
pub fn put(folder: &Path, name: &str, letter: &[u8]) -> io::Result<()> {
    let part = folder.join(format!(".{name}.part"));
    // The file is somebody else's to read, too: whoever carries it.
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o640).open(&part)?;
    file.write_all(letter)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(name))?;
    File::open(folder)?.sync_all()?;
    for (other, path) in letters(folder)? {
        if other.as_str() < name {
            remove(&path)?;
        }
    }
    Ok(())
}

/// A letter that has come.
#[derive(Debug)]
pub struct Come {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// Where letters come to.
#[derive(Debug)]
pub struct Inbox {
    folder: PathBuf,
    /// What was found unreadable, and how it looked then: it may still be under way.
    unripe: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
    /// What the disk does not let be read, or put away, and what was said of it.
    faulty: BTreeMap<PathBuf, String>,
}

impl Inbox {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, unripe: BTreeMap::new(), faulty: BTreeMap::new() }
    }

    /// Everything that has come, by name; of subfolders, too, for those who keep one for
    /// each office. One that cannot be read holds up itself alone, and is told of.
    ///
    /// # Errors
    /// When the folder itself is not there, or cannot be read.
    pub fn come(&mut self) -> io::Result<Vec<Come>> {
        self.faulty.retain(|path, _| path.exists());
        let mut found = letters(&self.folder)?;
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != ASIDE) {
                let inside = letters(&path);
                found.extend(self.went(&path, inside).unwrap_or_default());
            }
        }
        found.sort();
        self.unripe.retain(|path, _| found.iter().any(|(_, there)| there == path));
        let mut come = Vec::new();
        for (_, path) in found {
            let read = match fs::metadata(&path).map(|file| file.len()) {
                Ok(len) if len > LETTER_LEN_MAX => Ok(Vec::new()),
                _ => fs::read(&path),
            };
            match read {
                Ok(bytes) => come.push(Come { path, bytes }),
                // Somebody took it away again.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => self.failed(&path, &error.to_string()),
            }
        }
        Ok(come)
    }

    /// Nothing comes of what lies there as long as this is so; told of once, and once more
    /// when it has changed.
    pub fn failed(&mut self, path: &Path, why: &str) {
        if self.faulty.get(path).is_none_or(|before| before != why) {
            tracing::error!(file = %path.display(), "it waits: {why}");
            self.faulty.insert(path.to_owned(), why.to_owned());
        }
    }

    /// The same of what was tried; what came of it, if it went well.
    pub fn went<T>(&mut self, path: &Path, tried: io::Result<T>) -> Option<T> {
        match tried {
            Ok(done) => {
                if self.faulty.remove(path).is_some() {
                    tracing::info!(file = %path.display(), "it waits no more");
                }
                Some(done)
            }
            Err(error) => {
                self.failed(path, &error.to_string());
                None
            }
        }
    }

    /// Somebody has read it.
    ///
    /// # Errors
    /// Faults of the disk.
    pub fn done(&mut self, path: &Path) -> io::Result<()> {
        remove(path)
    }

    /// It is not taken: it goes aside, and beside it stands why. A letter that cannot be
    /// read may be one that is being copied, so it is left alone until it looks the same
    /// twice. Whether it went.
    ///
    /// # Errors
    /// Faults of the disk.
    pub fn refuse(&mut self, path: &Path, why: &str) -> io::Result<bool> {
        let file = fs::metadata(path)?;
        let looks = (file.len(), file.modified().ok());
        if self.unripe.insert(path.to_owned(), looks) != Some(looks) {
            return Ok(false);
        }
        let aside = self.folder.join(ASIDE);
        fs::create_dir_all(&aside)?;
        let name = path.file_name().unwrap_or_default();
        fs::rename(path, aside.join(name))?;
        fs::write(aside.join(name).with_extension("txt"), format!("{why}\n"))?;
        self.unripe.remove(path);
        tracing::warn!(file = %path.display(), "a letter is not taken: {why}");
        Ok(true)
    }
}

fn letters(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut letters = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(END) && !name.starts_with('.') && entry.path().is_file() {
            letters.push((name, entry.path()));
        }
    }
    letters.sort();
    Ok(letters)
}

/// Somebody may have carried it away already.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        letters(folder).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_letter_replaces_those_it_says_again_and_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2.letter", "3.letter", "1.letter"] {
            put(folder.path(), name, name.as_bytes()).unwrap();
        }
        assert_eq!(names(folder.path()), ["1.letter", "3.letter"]);
        put(folder.path(), "4.letter", b"").unwrap();
        assert_eq!(names(folder.path()), ["4.letter"]);
    }

    #[test]
    fn what_is_still_being_copied_is_left_alone_and_what_stays_so_goes_aside_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let office = folder.path().join("999997-honcho");
        fs::create_dir(&office).unwrap();
        let path = office.join("1.letter");
        let mut inbox = Inbox::new(folder.path().to_owned());
        for half in ["ha", "half"] {
            fs::write(&path, half).unwrap();
            let come = inbox.come().unwrap();
            assert_eq!((come.len(), come[0].bytes.as_slice()), (1, half.as_bytes()));
            assert!(!inbox.refuse(&path, "torn").unwrap(), "it has changed since");
        }
        assert!(inbox.refuse(&path, "torn").unwrap());
        assert!(inbox.come().unwrap().is_empty());
        let aside = folder.path().join(ASIDE);
        assert_eq!(fs::read_to_string(aside.join("1.letter")).unwrap(), "half");
        assert_eq!(fs::read_to_string(aside.join("1.txt")).unwrap(), "torn\n");
        // A name of its own does not hide what is being written.
        fs::write(folder.path().join(".2.letter.part"), "").unwrap();
        assert!(inbox.come().unwrap().is_empty());
        // Nor is a folder that is gone an empty one.
        assert!(Inbox::new(folder.path().join("gone")).come().is_err());
    }

    #[test]
    fn what_the_disk_does_not_let_be_read_or_put_away_holds_up_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["1.letter", "2.letter"] {
            fs::write(at(name), name).unwrap();
        }
        // Reading it is an error, for root, too.
        std::os::unix::fs::symlink("/proc/self/mem", at("0.letter")).unwrap();
        // And nothing can go aside here.
        fs::write(at(ASIDE), "").unwrap();
        let mut inbox = Inbox::new(folder.path().to_owned());
        let come = |inbox: &mut Inbox| -> Vec<PathBuf> {
            inbox.come().unwrap().into_iter().map(|come| come.path).collect()
        };
        assert_eq!(come(&mut inbox), [at("1.letter"), at("2.letter")]);
        assert_eq!(inbox.faulty.keys().collect::<Vec<_>>(), [&at("0.letter")]);
        assert!(!inbox.refuse(&at("1.letter"), "torn").unwrap());
        let refused = inbox.refuse(&at("1.letter"), "torn");
        assert_eq!(inbox.went(&at("1.letter"), refused), None);
        assert_eq!(inbox.faulty.len(), 2);
        assert_eq!(come(&mut inbox), [at("1.letter"), at("2.letter")]);
        // Somebody looks after it.
        for name in [ASIDE, "0.letter"] {
            fs::remove_file(at(name)).unwrap();
        }
        let refused = inbox.refuse(&at("1.letter"), "torn");
        assert_eq!(inbox.went(&at("1.letter"), refused), Some(true));
        assert_eq!(come(&mut inbox), [at("2.letter")]);
        assert!(inbox.faulty.is_empty());
    }
}
