//! What waits, and another look at it; and everything made again from the entries, where
//! this version makes more of them than the last.

use std::collections::BTreeSet;

use deadpool_postgres::{ClientWrapper as Client, Transaction};
use tokio_postgres::Row;

use super::effect::{EDITION, TABLES, Told, Why, acted, effect_of, tried};
use super::{Error, Hub, Office, held};

/// An entry that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    pub office: String,
    pub kind: String,
    pub entity: (String, String),
    /// When it happened, as the office wrote it down.
    pub at: String,
    pub why: Why,
}

/// What may wait for what: an office's own entity. Two offices close the same day.
pub(super) type Whose = (String, String, String);

/// The entities of which something is parked.
pub(super) async fn parked_entities(
    tx: &Transaction<'_>,
    municipality: &str,
) -> Result<BTreeSet<Whose>, Error> {
    let rows = tx
        .query(
            "select distinct log.office, act.entity_kind, act.entity_id
             from act join log using (municipality, log)
             where municipality = $1 and parked is not null",
            &[&municipality],
        )
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

impl Hub {
    /// What is parked, in the order in which it came.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn parked(&self, municipality: &str) -> Result<Vec<Parked>, Error> {
        let client = self.pool.get().await?;
        let rows = client
            .query(
                "select log.office, entry.kind, act.entity_kind, act.entity_id, act.parked,
                   entry.occurred_at
                 from act
                 join entry using (municipality, log, seq)
                 join log using (municipality, log)
                 where municipality = $1 and act.parked is not null order by act.taken",
                &[&municipality],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let why: &str = row.try_get(4)?;
                Ok(Parked {
                    office: row.try_get(0)?,
                    kind: row.try_get(1)?,
                    entity: (row.try_get(2)?, row.try_get(3)?),
                    at: row.try_get(5)?,
                    why: Why::from_id(why).ok_or(Error::Inconsistent("a reason that is none"))?,
                })
            })
            .collect()
    }

    /// Makes everything again where the rows are of an earlier edition, and looks at what
    /// is parked once more, each municipality in a transaction of its own.
    pub(super) async fn look_again(&self) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let all = client
            .query(
                "select municipality, understood < $1 from municipality
                 where understood < $1 or exists (select 1 from act
                   where act.municipality = municipality.municipality and parked is not null)",
                &[&EDITION],
            )
            .await?;
        for row in all {
            let municipality: String = row.try_get(0)?;
            match row.try_get(1)? {
                true => make_again_in(&mut client, &municipality).await?,
                false => look_again_in(&mut client, &municipality).await?,
            }
        }
        Ok(())
    }

    /// Looks at what is parked of one municipality once more.
    ///
    /// # Errors
    /// [`Error::Busy`], faults of PostgreSQL.
    pub async fn look_again_in(&self, municipality: &str) -> Result<(), Error> {
        look_again_in(&mut *self.pool.get().await?, municipality).await
    }

    /// Makes everything that the pages show of a municipality again, from its entries.
    ///
    /// # Errors
    /// [`Error::Busy`], faults of PostgreSQL.
    pub async fn make_again(&self, municipality: &str) -> Result<(), Error> {
        make_again_in(&mut *self.pool.get().await?, municipality).await
    }
}

async fn look_again_in(client: &mut Client, municipality: &str) -> Result<(), Error> {
    let tx = client.transaction().await?;
    super::take::lock(&tx, municipality).await?;
    let rows = tx.query(&acts("act.parked is not null", ""), &[&municipality]).await?;
    take_effect(&tx, municipality, &rows, &mut BTreeSet::new()).await?;
    Ok(tx.commit().await?)
}

/// How many entries are read at a time.
const AT_ONCE: i64 = 500;

async fn make_again_in(client: &mut Client, municipality: &str) -> Result<(), Error> {
    let tx = client.transaction().await?;
    super::take::lock(&tx, municipality).await?;
    for table in TABLES {
        let gone = format!("delete from {table} where municipality = $1");
        tx.execute(&gone, &[&municipality]).await?;
    }
    let (mut taken, mut waiting) = (0_i64, BTreeSet::new());
    loop {
        let next = acts("act.taken > $2", "limit $3");
        let rows = tx.query(&next, &[&municipality, &taken, &AT_ONCE]).await?;
        let Some(last) = rows.last() else { break };
        taken = last.try_get("taken")?;
        take_effect(&tx, municipality, &rows, &mut waiting).await?;
    }
    tx.execute(
        "update municipality set understood = $2 where municipality = $1",
        &[&municipality, &EDITION],
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Acts with their entries, in the order in which they came.
fn acts(which: &str, most: &str) -> String {
    format!(
        "select {}, log.office, act.taken, act.parked from act
         join entry using (municipality, log, seq)
         join log using (municipality, log)
         where municipality = $1 and {which} order by act.taken {most}",
        held::COLUMNS
    )
}

/// What this version makes sense of takes effect; what is behind something that it does
/// not goes on waiting.
async fn take_effect(
    tx: &Transaction<'_>,
    municipality: &str,
    rows: &[Row],
    waiting: &mut BTreeSet<Whose>,
) -> Result<(), Error> {
    let entries: Vec<_> = rows.iter().map(held::row).collect::<Result<_, _>>()?;
    for (one, row) in rows.iter().zip(&entries) {
        let name: String = one.try_get("office")?;
        let whose = (name.clone(), row.entity_kind.clone(), row.entity_id.clone());
        let office = Office { municipality: municipality.to_owned(), name };
        let meant = match waiting.contains(&whose) {
            true => Err(Why::BehindAnother),
            false => effect_of(row),
        };
        let done = match &meant {
            Ok(effect) => tried(tx, &Told { office: &office, row }, effect).await?,
            Err(why) => Err(*why),
        };
        let (before, why): (Option<&str>, _) = (one.try_get("parked")?, done.err().map(Why::id));
        if why.is_some() {
            waiting.insert(whose);
        }
        if before != why {
            tx.execute(
                "update act set parked = $3 where municipality = $1 and op = $2::text::uuid",
                &[&municipality, &row.op_id, &why],
            )
            .await?;
        }
    }
    acted(tx, municipality, entries.iter()).await
}
