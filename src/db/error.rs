//! Faults of storage. None carries a value of a row.

/// What went wrong below the rules.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too much waits for the writer; the same request may be sent again.
    #[error("the writer's queue is full")]
    Busy,
    /// The change was undone; room on the disk is needed before it can be made.
    #[error("no room is left on the disk")]
    DiskFull,
    /// The disk or file system failed. The change was undone.
    #[error("the disk failed: {0}")]
    Disk(String),
    /// The file was written by a newer program.
    #[error("the database has schema {found}, this program knows {known}: use the newer program")]
    Newer { found: usize, known: usize },
    /// A stored row says what the rules forbid.
    #[error("table {table}, column {column}: the stored value cannot be")]
    Inconsistent { table: &'static str, column: &'static str },
    /// SQLite found damage, or a row points nowhere.
    #[error(
        "the database file is damaged: {0}. Put the newest good backup in its place with \
         `madoguchi restore`"
    )]
    Damaged(String),
    /// SQLite did not take the settings that durability rests on.
    #[error("SQLite answers {found:?} to `pragma {pragma}`, which must be {wanted:?}")]
    Setting { pragma: &'static str, found: String, wanted: &'static str },
    /// The writer has ended, or the job itself broke.
    #[error("the writer did not answer")]
    Stopped,
    /// Anything else SQLite said.
    #[error("{0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DiskFull,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Error::Disk(error.to_string())
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Damaged(error.to_string())
            }
            _ => Error::Sqlite(error),
        }
    }
}

impl Error {
    /// Whether the connection should be opened anew before going on.
    pub(super) fn breaks_connection(&self) -> bool {
        matches!(self, Error::Disk(_) | Error::Damaged(_) | Error::Stopped)
    }
}
