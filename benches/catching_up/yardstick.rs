//! Bare inserts: the same entries, column by column, into one table that refuses an entry
//! and an act that are there already. One statement and one transaction a batch; nobody
//! reads, packs, carries, unpacks, checks or understands anything.

use std::path::Path;
use std::time::Instant;

use madoguchi::journal::{self, Row};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// As many as travel together at most.
const A_BATCH: usize = 500;

const TABLE: &str = "create table bare (
    municipality text, log uuid, seq bigint, op uuid not null, kind text not null,
    schema_version bigint not null, entity_kind text not null, entity_id text not null,
    occurred_at text not null, boot_id text not null, monotonic_ms bigint not null,
    clock_quality text not null, actor text not null, facts json not null, sealed bytea,
    prev_hash bytea not null, primary key (municipality, log, seq), unique (municipality, op))";

const INSERT: &str = "insert into bare
    select '999997', log::uuid, seq, op::uuid, kind, schema_version, entity_kind, entity_id,
      occurred_at, boot_id, monotonic_ms, clock_quality, actor, facts::json, sealed, prev_hash
    from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
      $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[],
      $14::bytea[], $15::bytea[])
      as new (log, seq, op, kind, schema_version, entity_kind, entity_id, occurred_at, boot_id,
        monotonic_ms, clock_quality, actor, facts, sealed, prev_hash)";

pub struct Yardstick {
    runtime: Runtime,
    client: Client,
    rows: Vec<Row>,
}

impl Yardstick {
    /// In an empty database, with what an office has written.
    pub fn open(database: &str, office: &Path) -> Self {
        let file = madoguchi::db::open_read_only(office).unwrap();
        let log = journal::logs(&file).unwrap().pop().unwrap().id;
        let carried = journal::carried(&file, log, 1, usize::MAX).unwrap();
        let rows = carried.into_iter().map(|(row, _)| row).collect();
        let runtime = Runtime::new().unwrap();
        let (client, line) = runtime.block_on(tokio_postgres::connect(database, NoTls)).unwrap();
        runtime.spawn(line);
        Self { runtime, client, rows }
    }

    /// Fills an empty table with all of it.
    pub fn entries_a_second(&self) -> f64 {
        self.runtime.block_on(self.filled())
    }

    async fn filled(&self) -> f64 {
        self.client.batch_execute("drop table if exists bare").await.unwrap();
        self.client.batch_execute(TABLE).await.unwrap();
        let insert = self.client.prepare(INSERT).await.unwrap();
        let begun = Instant::now();
        for batch in self.rows.chunks(A_BATCH) {
            let texts = |of: fn(&Row) -> &str| batch.iter().map(of).collect::<Vec<_>>();
            let numbers = |of: fn(&Row) -> i64| batch.iter().map(of).collect::<Vec<_>>();
            let sealed: Vec<_> = batch.iter().map(|row| row.sealed.as_deref()).collect();
            let before: Vec<_> = batch.iter().map(|row| row.prev_hash.as_slice()).collect();
            let new = self
                .client
                .execute(
                    &insert,
                    &[
                        &texts(|row| &row.log),
                        &numbers(|row| row.seq),
                        &texts(|row| &row.op_id),
                        &texts(|row| &row.kind),
                        &numbers(|row| row.schema_version),
                        &texts(|row| &row.entity_kind),
                        &texts(|row| &row.entity_id),
                        &texts(|row| &row.occurred_at),
                        &texts(|row| &row.boot_id),
                        &numbers(|row| row.monotonic_ms),
                        &texts(|row| &row.clock_quality),
                        &texts(|row| &row.actor),
                        &texts(|row| &row.facts),
                        &sealed,
                        &before,
                    ],
                )
                .await
                .unwrap();
            assert_eq!(new, batch.len() as u64);
        }
        super::per_second(self.rows.len() as u64, begun.elapsed())
    }
}
