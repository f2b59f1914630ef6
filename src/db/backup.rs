//! A copy of the file while it is in use.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{Error, connection};

/// Pages copied between two looks at the writer.
const PAGES_A_STEP: std::ffi::c_int = 256;

/// Copies the database at `from` to a new file at `to`, page by page, while
/// others go on writing. The copy is one moment of the original.
#[expect(clippy::disallowed_methods, reason = "the copy gets its settings when it is restored")]
pub fn copy_to(from: &Path, to: &Path) -> Result<(), Error> {
    let source = connection::open_read_only(from)?;
    let mut target = Connection::open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    backup.run_to_completion(PAGES_A_STEP, Duration::from_millis(1), None)?;
    Ok(())
}

/// Puts a copy of the database at `from` in the place of the one at `target`.
/// What was there is first copied to `aside`. Nobody else may have it open.
pub fn replace(from: &Path, target: &Path, aside: &Path) -> Result<(), Error> {
    if target.exists() {
        copy_to(target, aside)?;
        for end in ["", "-wal", "-shm"] {
            let file = PathBuf::from(format!("{}{end}", target.display()));
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Disk(format!("{}: {error}", file.display())));
                }
                _ => {}
            }
        }
    }
    copy_to(from, target)
}
