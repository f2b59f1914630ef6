//! A copy of the file while it is in use.

use std::path::Path;
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
