//! A copy of the file while it is in use, and putting one in its place.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{Error, connection};

/// Copies the database at `from` to a new file at `to`, as it is at one moment,
/// while others go on writing. In one step: a copy in several would begin anew
/// with every write in between.
#[expect(clippy::disallowed_methods, reason = "the copy gets its settings when it is restored")]
pub fn copy_to(from: &Path, to: &Path) -> Result<(), Error> {
    let source = connection::open_read_only(from)?;
    // For its owner only, from the first byte on.
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| Error::Disk(format!("{}: {error}", to.display())))?;
    let mut target = Connection::open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    backup.run_to_completion(std::ffi::c_int::MAX, Duration::ZERO, None)?;
    drop(backup);
    // One file, without a log beside it.
    target.pragma_update(None, "journal_mode", "delete")?;
    Ok(())
}

/// Puts the finished database at `new` in the place of the one at `target`, in one
/// step that either happened or did not. Nobody may have either open.
pub fn put_in_place(new: &Path, target: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Disk(format!("{}: {error}", target.display()));
    File::open(new).and_then(|file| file.sync_all()).map_err(failed)?;
    for end in ["-wal", "-shm"] {
        match fs::remove_file(PathBuf::from(format!("{}{end}", target.display()))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    fs::rename(new, target).map_err(failed)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}
