//! 窓口: where somebody sits.

use deadpool_postgres::Transaction;
use serde_json::Value;

use super::{Told, Why, facts};
use crate::hub::Error;
use crate::journal;

#[derive(Debug)]
pub(in crate::hub) struct Effect {
    counter: i32,
    /// `None` where nobody sits any more.
    state: Option<&'static str>,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let state = match row.kind.as_str() {
        "counter.opened" | "counter.resumed" => Some("open"),
        "counter.paused" => Some("paused"),
        "counter.closed" => None,
        "counter.noted" => facts::<Value>(row)?["to"].is_object().then_some("open"),
        _ => return Ok(None),
    };
    facts::<Value>(row)?;
    let counter = row.entity_id.parse().map_err(|_| Why::NotAsExpected)?;
    Ok(Some(Effect { counter, state }))
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    Told { office, row }: &Told<'_>,
    Effect { counter, state }: &Effect,
) -> Result<(), Error> {
    let Some(state) = state else {
        let gone = "delete from counter where municipality = $1 and office = $2 and counter = $3";
        let gone = tx.prepare_cached(gone).await?;
        tx.execute(&gone, &[&office.municipality, &office.name, counter]).await?;
        return Ok(());
    };
    let put = tx
        .prepare_cached(
            "insert into counter (municipality, office, counter, state, since)
             values ($1, $2, $3, $4, $5::text::timestamptz)
             on conflict (municipality, office, counter) do update
             set state = excluded.state, since = excluded.since",
        )
        .await?;
    let what = [&office.municipality, &office.name];
    tx.execute(&put, &[what[0], what[1], counter, state, &row.occurred_at]).await?;
    Ok(())
}
