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

impl Effect {
    pub(super) fn begins(&self) -> bool {
        matches!(self, Effect::Paired(..))
    }
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
) -> Result<Result<(), Why>, Error> {
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
                where municipality = $1 and device = $2::text::uuid and office = $4";
            let revoke = tx.prepare_cached(revoke).await?;
            let what = [municipality, &id.to_string(), at, &office.name];
            if tx.execute(&revoke, &[what[0], what[1], what[2], what[3]]).await? == 0 {
                return Ok(Err(Why::BehindAnother));
            }
        }
        Effect::Parted(Parted { incident }) => {
            let insert = "insert into incident (municipality, op, office, what, at)
                values ($1, $2::text::uuid, $3, $4, $5::text::timestamptz)";
            let insert = tx.prepare_cached(insert).await?;
            tx.execute(&insert, &[municipality, &row.op_id, &office.name, incident, at]).await?;
        }
    }
    Ok(Ok(()))
}

/// Notes when somebody last did something at each device of an office.
pub(in crate::hub) async fn acted<'r>(
    tx: &Transaction<'_>,
    municipality: &str,
    acts: impl Iterator<Item = (&'r str, &'r journal::Row)>,
) -> Result<(), Error> {
    let (mut offices, mut devices, mut at) = (Vec::new(), Vec::new(), Vec::new());
    for (office, row) in acts {
        if let Some(device) = row.actor.strip_prefix("device:") {
            offices.push(office);
            devices.push(device);
            at.push(row.occurred_at.as_str());
        }
    }
    if devices.is_empty() {
        return Ok(());
    }
    let update = tx
        .prepare_cached(
            "update device set acted_at = greatest(acted_at, newest.at)
             from (select office, device::uuid, max(at::timestamptz) at
                   from unnest($2::text[], $3::text[], $4::text[]) as t (office, device, at)
                   group by 1, 2) newest
             where municipality = $1 and device.office = newest.office
               and device.device = newest.device",
        )
        .await?;
    tx.execute(&update, &[&municipality, &offices, &devices, &at]).await?;
    Ok(())
}
