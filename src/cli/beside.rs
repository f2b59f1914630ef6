//! The database of an office whose server may be working at the same time.

use std::path::Path;

use anyhow::bail;

use crate::chance::SystemChance;
use crate::db::{self, Connection, Tx};
use crate::journal::{Journal, OfficeKey};
use crate::schema;
use crate::server::counter::{self, DATABASE, OFFICE_KEY};

/// Opens it for looking. One that another version of the program wrote is refused: this
/// one would read it wrongly.
pub(super) fn look(data: &Path) -> anyhow::Result<Connection> {
    let connection = counter::look(data)?;
    let version: usize = connection
        .query_row("pragma user_version", [], |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or_default())?;
    if version != schema::STEPS.len() {
        bail!("the database is of another version: start the server of this one first");
    }
    Ok(connection)
}

/// Opens the database for writing, with its journal.
pub(super) fn open(data: &Path) -> anyhow::Result<(Connection, Journal)> {
    let journal = journal(data)?;
    let connection = db::open(&data.join(DATABASE))?;
    journal.check_key(&connection)?;
    Ok((connection, journal))
}

/// The journal, sealed with the key that lies beside the database.
pub(super) fn journal(data: &Path) -> anyhow::Result<Journal> {
    let key = OfficeKey::load(&data.join(OFFICE_KEY), false, &SystemChance)?;
    Ok(Journal::of_this_machine(key))
}

/// One transaction, beside those of a server that is running.
pub(super) fn in_one<T>(
    connection: &Connection,
    work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    connection.execute_batch("begin immediate")?;
    let done = work(&Tx::alone(connection));
    connection.execute_batch(if done.is_ok() { "commit" } else { "rollback" })?;
    done
}
