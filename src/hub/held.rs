//! What the hub holds of a log, as it was sent.

use tokio_postgres::Row;

use super::{Entry, Error, Hub, Office, exactly, number};
use crate::id::LogId;
use crate::journal;
use crate::sync::Hash;
use crate::sync::batch::{self, Most};
use crate::sync::message::Link;

/// The columns that [`row`] reads.
pub(super) const COLUMNS: &str = "entry.log::text as log, entry.seq, entry.op::text as op, \
     entry.kind, entry.schema_version, entry.entity_kind, entry.entity_id, entry.occurred_at, \
     entry.boot_id, entry.monotonic_ms, entry.clock_quality, entry.actor, \
     entry.facts::text as facts, entry.sealed, entry.prev_hash, entry.hash";

/// The entry of a row that begins with [`COLUMNS`].
pub(super) fn row(row: &Row) -> Result<journal::Row, Error> {
    Ok(journal::Row {
        log: row.try_get(0)?,
        seq: row.try_get(1)?,
        op_id: row.try_get(2)?,
        kind: row.try_get(3)?,
        schema_version: row.try_get(4)?,
        entity_kind: row.try_get(5)?,
        entity_id: row.try_get(6)?,
        occurred_at: row.try_get(7)?,
        boot_id: row.try_get(8)?,
        monotonic_ms: row.try_get(9)?,
        clock_quality: row.try_get(10)?,
        actor: row.try_get(11)?,
        facts: row.try_get(12)?,
        sealed: row.try_get(13)?,
        prev_hash: row.try_get(14)?,
    })
}

impl Hub {
    /// What it holds of an office's log from number `first` on, as much as goes into one
    /// answer; nothing when there is no more.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn held(
        &self,
        office: &Office,
        (log, first): (LogId, u64),
        most: Most,
    ) -> Result<Vec<Entry>, Error> {
        let client = self.pool.get().await?;
        let first = i64::try_from(first).unwrap_or(i64::MAX);
        let count = i64::try_from(most.entries).unwrap_or(i64::MAX);
        let rows = client
            .query(
                &format!(
                    "select {COLUMNS} from entry join log using (municipality, log)
                     where municipality = $1 and log = $2::text::uuid and seq >= $3
                       and log.office = $5
                     order by seq limit $4"
                ),
                &[&office.municipality, &log.to_string(), &first, &count, &office.name],
            )
            .await?;
        let entry = |one: &Row| {
            let (body, hash): (_, Vec<u8>) = (row(one)?, one.try_get(15)?);
            let before: Hash = exactly(body.prev_hash.clone())?;
            let link = Link { seq: number(body.seq)?, before, hash: exactly(hash)? };
            Ok(Entry { link, body })
        };
        let mut entries: Vec<Entry> = rows.iter().map(entry).collect::<Result<_, Error>>()?;
        entries.truncate(batch::cut(entries.iter().map(|entry| entry.body.size()), most));
        Ok(entries)
    }
}
