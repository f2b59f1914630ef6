//! 配信: what became of what was sent down, as the office tells it.

use deadpool_postgres::Transaction;
use serde::Deserialize;

use super::{Told, Why, facts};
use crate::hub::Error;
use crate::id::SeriesId;
use crate::journal;

#[derive(Debug)]
pub(in crate::hub) struct Effect {
    settled: Settled,
    is_applied: bool,
}

/// The facts of a notice that was done or refused.
#[derive(Debug, Deserialize)]
struct Settled {
    series: SeriesId,
    number: i64,
    why: Option<String>,
    #[serde(default)]
    faults: Vec<String>,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let is_applied = match row.kind.as_str() {
        "notice.applied" => true,
        "notice.refused" => false,
        _ => return Ok(None),
    };
    let settled: Settled = facts(row)?;
    match settled.why.is_none() == is_applied {
        true => Ok(Some(Effect { settled, is_applied })),
        false => Err(Why::NotAsExpected),
    }
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    Told { office, row }: &Told<'_>,
    Effect { settled, is_applied }: &Effect,
) -> Result<(), Error> {
    // An office that was set back does it once more: the later of the two holds.
    let insert = tx
        .prepare_cached(
            "insert into notice_outcome (municipality, office, series, number, state, why, faults,
               at)
             values ($1, $2, $3::text::uuid, $4, $5, $6, $7, $8::text::timestamptz)
             on conflict (municipality, office, series, number) do update
             set state = excluded.state, why = excluded.why, faults = excluded.faults,
               at = excluded.at",
        )
        .await?;
    let state = if *is_applied { "applied" } else { "refused" };
    let (series, faults) = (settled.series.to_string(), settled.faults.join("\n"));
    tx.execute(
        &insert,
        &[
            &office.municipality,
            &office.name,
            &series,
            &settled.number,
            &state,
            &settled.why,
            &faults,
            &row.occurred_at,
        ],
    )
    .await?;
    Ok(())
}
