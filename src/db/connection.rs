//! How a connection is opened, and how the schema grows.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Error, Step};

/// How long to wait for another connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// So many statements stay prepared on a connection: all that the program has. Preparing
/// one that a dozen triggers hang on costs more than the rows it writes, and an act has
/// more of them than the sixteen that would be kept otherwise.
const STATEMENTS: usize = 512;

/// Opens for writing: WAL, full synchronisation, foreign keys, deleted content
/// overwritten. What durability rests on is read back.
#[expect(clippy::disallowed_methods, reason = "the one place that opens the file for writing")]
pub fn open(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(
        "pragma journal_mode = wal;
         pragma synchronous = full;
         pragma foreign_keys = on;
         pragma secure_delete = on;
         pragma trusted_schema = off;
         pragma temp_store = memory;",
    )?;
    for (pragma, wanted) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
    ] {
        let found = connection.query_row(&format!("pragma {pragma}"), [], |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str()?.to_owned(),
            })
        })?;
        if found != wanted {
            return Err(Error::Setting { pragma, found, wanted });
        }
    }
    Ok(connection)
}

/// Opens for reading; the connection refuses to write.
pub fn open_read_only(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("pragma query_only = on; pragma trusted_schema = off;")?;
    Ok(connection)
}

/// Takes the steps that the file has not seen yet, each in a transaction.
pub fn migrate(connection: &mut Connection, steps: &[Step]) -> Result<(), Error> {
    let found: usize = connection
        .query_row("pragma user_version", [], |row| row.get(0))
        .map(|version: i64| usize::try_from(version).unwrap_or(usize::MAX))?;
    if found > steps.len() {
        return Err(Error::Newer { found, known: steps.len() });
    }
    for (number, step) in steps.iter().enumerate().skip(found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", (number + 1) as i64)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Whether the file is sound and every row points at rows that are there.
pub fn verify(connection: &Connection) -> Result<(), Error> {
    let found: String = connection.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(Error::Damaged(found));
    }
    let dangling: i64 =
        connection
            .query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0))?;
    match dangling {
        0 => Ok(()),
        rows => Err(Error::Damaged(format!("{rows} rows point at rows that are not there"))),
    }
}
