//! Files that leave the office by the command line: whole or not at all, for their owner
//! only, and never without an entry in the journal.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::super::{beside, say};
use crate::export::{self, Bundle};
use crate::journal::Actor;
use crate::visit::export::record;

/// Writes the files under other names, records that they leave, and only then gives them
/// their own. Cut off in between, the journal may know of files that are not there; never
/// the other way round.
pub(super) fn hand_out(data: &Path, out: &Path, bundle: &Bundle) -> anyhow::Result<()> {
    let (connection, journal) = beside::open(data)?;
    let staged = Staged::write(out, &bundle.files)?;
    beside::in_one(&connection, |tx| {
        Ok(record(tx, &journal, (journal.op(), Actor::Console), bundle)?)
    })?;
    for path in staged.place()? {
        say(path.display());
    }
    Ok(())
}

/// Files that have not got their names yet; dropped, they are gone.
struct Staged {
    folder: PathBuf,
    /// What each is called now, and is to be called.
    files: Vec<(PathBuf, PathBuf)>,
}

impl Staged {
    fn write(folder: &Path, files: &[export::File]) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let mut staged = Self { folder: folder.to_owned(), files: Vec::new() };
        for file in files {
            let part = folder.join(format!(".{}.{}.part", file.name, std::process::id()));
            staged.files.push((part.clone(), folder.join(&file.name)));
            write_whole(&part, &file.bytes).with_context(|| part.display().to_string())?;
        }
        Ok(staged)
    }

    fn place(mut self) -> anyhow::Result<Vec<PathBuf>> {
        let mut placed = Vec::new();
        for (part, path) in std::mem::take(&mut self.files) {
            fs::rename(&part, &path).with_context(|| path.display().to_string())?;
            placed.push(path);
        }
        File::open(&self.folder).and_then(|folder| folder.sync_all())?;
        Ok(placed)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Whatever is left says so itself by its name; there is nobody to tell here.
        self.files.iter().for_each(|(part, _)| drop(fs::remove_file(part)));
    }
}

/// A file for its owner only, on the disk when this returns.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // What a run of the same number left behind.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn files_appear_whole_and_for_their_owner_only_or_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let file = export::File { name: "a.csv".to_owned(), bytes: b"1\r\n".to_vec() };
        let staged = Staged::write(&out, std::slice::from_ref(&file)).unwrap();
        assert!(!out.join("a.csv").exists(), "not before it was recorded");
        drop(staged);
        assert_eq!(names(&out), [""; 0]);
        // One that was written before is replaced as a whole.
        fs::write(out.join("a.csv"), "an older, longer file").unwrap();
        Staged::write(&out, &[file]).unwrap().place().unwrap();
        assert_eq!(names(&out), ["a.csv"]);
        assert_eq!(fs::read(out.join("a.csv")).unwrap(), b"1\r\n");
        let mode = fs::metadata(out.join("a.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
