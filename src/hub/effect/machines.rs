//! 端末と通信: tablets and displays, and what a counter found out about its line.

use deadpool_postgres::Transaction;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Told, Why, facts};
use crate::hub::Error;
use crate::id::DeviceId;
use crate::journal;

#[derive(Debug)]
pub(in crate::hub) enum Effect {
    Paired(DeviceId, Paired),
    Revoked(DeviceId),
    Parted(Parted),
}

/// The facts of a device that was paired.
#[derive(Debug, Deserialize)]
pub(in crate::hub) struct Paired {
    name: String,
    role: String,
}

/// The facts of an incident.
#[derive(Debug, Deserialize)]
pub(in crate::hub) struct Parted {
    incident: String,
}

pub(super) fn read(row: &journal::Row) -> Result<Option<Effect>, Why> {
    let id = || row.entity_id.parse().map_err(|_| Why::NotAsExpected);
    Ok(Some(match row.kind.as_str() {
        "device.paired" => Effect::Paired(id()?, facts(row)?),
        "device.revoked" => {
            facts::<IgnoredAny>(row)?;
            Effect::Revoked(id()?)
        }
        journal::PARTED => Effect::Parted(facts(row)?),
        _ => return Ok(None),
    }))
}

pub(super) async fn apply(
    tx: &Transaction<'_>,
    Told { office, row }: &Told<'_>,
    effect: &Effect,
) -> Result<(), Error> {
    let (municipality, at) = (&office.municipality, &row.occurred_at);
    match effect {
        Effect::Paired(id, Paired { name, role }) => {
            let insert = "insert into device (municipality, device, office, name, role, paired_at,
                acted_at) values ($1, $2::text::uuid, $3, $4, $5, $6::text::timestamptz,
                $6::text::timestamptz)";
            let insert = tx.prepare_cached(insert).await?;
            let id = id.to_string();
            tx.execute(&insert, &[municipality, &id, &office.name, name, role, at]).await?;
        }
        Effect::Revoked(id) => {
            let revoke = "update device set revoked_at = $3::text::timestamptz
                where municipality = $1 and device = $2::text::uuid";
            let revoke = tx.prepare_cached(revoke).await?;
            tx.execute(&revoke, &[municipality, &id.to_string(), at]).await?;
        }
        Effect::Parted(Parted { incident }) => {
            let insert = "insert into incident (municipality, op, office, what, at)
                values ($1, $2::text::uuid, $3, $4, $5::text::timestamptz)";
            let insert = tx.prepare_cached(insert).await?;
            tx.execute(&insert, &[municipality, &row.op_id, &office.name, incident, at]).await?;
        }
    }
    Ok(())
}

/// Notes when somebody last did something at each device.
pub(in crate::hub) async fn acted<'r>(
    tx: &Transaction<'_>,
    municipality: &str,
    rows: impl Iterator<Item = &'r journal::Row>,
) -> Result<(), Error> {
    let acts = rows.filter_map(|row| Some((row.actor.strip_prefix("device:")?, &row.occurred_at)));
    let (devices, at): (Vec<&str>, Vec<&String>) = acts.unzip();
    if devices.is_empty() {
        return Ok(());
    }
    let update = tx
        .prepare_cached(
            "update device set acted_at = greatest(acted_at, newest.at)
             from (select device::uuid, max(at::timestamptz) at
                   from unnest($2::text[], $3::text[]) as t (device, at) group by 1) newest
             where municipality = $1 and device.device = newest.device",
        )
        .await?;
    tx.execute(&update, &[&municipality, &devices, &at]).await?;
    Ok(())
}
