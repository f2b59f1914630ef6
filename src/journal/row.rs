//! An entry as the columns of a table. The journal is not the only table with them: what
//! travels to the hub beside it has the same.

use rusqlite::{Row as SqlRow, params};

use super::Error;
use super::entry::{Hash, Row};
use crate::db::Tx;

/// The columns that [`read`] reads, in its order.
pub const COLUMNS: &str = "log, seq, op_id, kind, schema_version, entity_kind, entity_id, \
     occurred_at, boot_id, monotonic_ms, clock_quality, actor, facts, sealed, prev_hash";

/// The entry of a row that begins with [`COLUMNS`].
///
/// # Errors
/// A column that is not what it should be.
pub fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        log: row.get(0)?,
        seq: row.get(1)?,
        op_id: row.get(2)?,
        kind: row.get(3)?,
        schema_version: row.get(4)?,
        entity_kind: row.get(5)?,
        entity_id: row.get(6)?,
        occurred_at: row.get(7)?,
        boot_id: row.get(8)?,
        monotonic_ms: row.get(9)?,
        clock_quality: row.get(10)?,
        actor: row.get(11)?,
        facts: row.get(12)?,
        sealed: row.get(13)?,
        prev_hash: row.get(14)?,
    })
}

/// Adds an entry to `table`, which has [`COLUMNS`] and its hash. Into the journal itself
/// only [`super::Journal::append`] writes.
///
/// # Errors
/// Faults of storage; an entry that the table refuses.
pub fn write(tx: &Tx<'_>, table: &'static str, row: &Row, hash: &Hash) -> Result<(), Error> {
    tx.prepare_cached(&format!(
        "insert into {table} ({COLUMNS}, hash)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    ))?
    .execute(params![
        row.log,
        row.seq,
        row.op_id,
        row.kind,
        row.schema_version,
        row.entity_kind,
        row.entity_id,
        row.occurred_at,
        row.boot_id,
        row.monotonic_ms,
        row.clock_quality,
        row.actor,
        row.facts,
        row.sealed,
        row.prev_hash,
        hash,
    ])?;
    Ok(())
}
