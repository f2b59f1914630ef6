//! A copy of the file while it is in use, and putting one in its place.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{Error, connection};

/// How a copy is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for it.
    AtOnce,
    /// Others work meanwhile: with a breath after each mebibyte, it leaves them the disk.
    Calmly,
}

impl Pace {
    /// Pages in a step, and the pause after it.
    fn steps(self) -> (std::ffi::c_int, Duration) {
        match self {
            Pace::AtOnce => (std::ffi::c_int::MAX, Duration::ZERO),
            Pace::Calmly => (256, Duration::from_millis(5)),
        }
    }
}

/// Copies the database at `from` to a new file at `to`, as it is at one moment,
/// while others go on writing. A copy that fails leaves no file.
pub fn copy_to(from: &Path, to: &Path, pace: Pace) -> Result<(), Error> {
    // For its owner only, from the first byte on.
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| Error::Disk(format!("{}: {error}", to.display())))?;
    copy_into(from, to, pace).inspect_err(|_| {
        // The reason of the failure is told; this one would only hide it.
        let _ = fs::remove_file(to);
    })
}

#[expect(clippy::disallowed_methods, reason = "the copy gets its settings when it is restored")]
fn copy_into(from: &Path, to: &Path, pace: Pace) -> Result<(), Error> {
    let source = connection::open_read_only(from)?;
    let mut target = Connection::open(to)?;
    // One moment is held on to. Without that, a copy in several steps would begin anew
    // with every write in between.
    source.execute_batch("begin; select count(*) from sqlite_schema")?;
    let backup = Backup::new(&source, &mut target)?;
    let (pages, pause) = pace.steps();
    backup.run_to_completion(pages, pause, None)?;
    drop(backup);
    // One file, without a log beside it.
    target.pragma_update(None, "journal_mode", "delete")?;
    Ok(())
}

/// Puts the finished file at `new` in the place of the database at `target`, if
/// there is one, in one step that either happened or did not. Nobody may have
/// either open.
pub fn put_in_place(new: &Path, target: &Path) -> Result<(), Error> {
    if target.exists() {
        fold_log(target)?;
    }
    put_over(new, target)
}

/// The same where the file at `target` is a copy that nobody writes to.
pub fn put_over(new: &Path, target: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Disk(format!("{}: {error}", target.display()));
    File::open(new).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(new, target).map_err(failed)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Moves the log beside a database into it. Left beside, it would be taken for the
/// log of the file that comes next; taken away, the last commits would be lost if
/// that file does not come.
fn fold_log(path: &Path) -> Result<(), Error> {
    let connection = connection::open(path)?;
    let mode = "pragma journal_mode = delete";
    let found: String = connection.query_row(mode, [], |row| row.get(0))?;
    match &*found {
        "delete" => Ok(()),
        _ => Err(Error::Setting { pragma: "journal_mode", found, wanted: "delete" }),
    }
}

/// Gives a database that cannot be read, and its log, another name as they are.
/// `false` when there is none.
pub fn set_aside(target: &Path, aside: &Path) -> Result<bool, Error> {
    let mut moved = false;
    for end in ["", "-wal", "-shm"] {
        let named = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        match fs::rename(named(target), named(aside)) {
            Ok(()) => moved = true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Error::Disk(format!("{}: {error}", named(target).display())));
            }
        }
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database whose newest row stands only in its log, as a power cut leaves it.
    fn cut_off(folder: &Path) -> PathBuf {
        let (path, target) = (folder.join("running.db"), folder.join("office.db"));
        let running = connection::open(&path).unwrap();
        running.execute_batch("create table note (words text) strict").unwrap();
        running.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
        running.execute("insert into note values ('the last')", []).unwrap();
        for end in ["", "-wal"] {
            let name = |path: &Path| format!("{}{end}", path.display());
            fs::copy(name(&path), name(&target)).unwrap();
        }
        target
    }

    fn notes(path: &Path) -> i64 {
        let connection = connection::open_read_only(path).unwrap();
        connection.query_row("select count(*) from note", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_calm_copy_is_of_one_moment_and_does_not_begin_anew_with_every_write() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("office.db"), folder.path().join("copy.db"));
        let writing = connection::open(&path).unwrap();
        writing.execute_batch("create table note (words text) strict").unwrap();
        let long = "x".repeat(100_000);
        for _ in 0..200 {
            writing.execute("insert into note values (?1)", [&long]).unwrap();
        }
        let copying = std::thread::spawn({
            let (path, copy) = (path.clone(), copy.clone());
            move || copy_to(&path, &copy, Pace::Calmly)
        });
        // Somebody writes all the time. A copy that began anew would not end before them.
        let mut written = 200;
        while !copying.is_finished() {
            writing.execute("insert into note values ('x')", []).unwrap();
            written += 1;
            assert!(written < 1_000_000, "the copy does not end while somebody writes");
        }
        copying.join().unwrap().unwrap();
        let mode = fs::metadata(&copy).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
        assert!((200..=written).contains(&notes(&copy)), "{} of {written}", notes(&copy));
        connection::verify(&connection::open_read_only(&copy).unwrap()).unwrap();
    }

    #[test]
    fn a_replacement_that_does_not_happen_costs_no_commit() {
        let folder = tempfile::tempdir().unwrap();
        let target = cut_off(folder.path());
        // A folder cannot take a file's place.
        let new = folder.path().join("new");
        fs::create_dir(&new).unwrap();
        assert!(put_in_place(&new, &target).is_err());
        assert_eq!(notes(&target), 1);
    }
}
