//! What an entry means to the municipality, and what waits because nobody knows yet.

use std::collections::BTreeSet;

use deadpool_postgres::{ClientWrapper as Client, Transaction};
use serde::Deserialize;

use super::{Error, Hub, Office};
use crate::id::{ApplicationId, VisitId};
use crate::journal;

/// Why an entry is parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was written by a version of the program that is newer than this hub.
    TooNew,
    /// It does not say what an entry of its kind says.
    NotAsExpected,
    /// Another of the same entity is parked, and came before.
    BehindAnother,
}

impl Why {
    /// The name used in storage: `too_new`.
    pub fn id(self) -> &'static str {
        match self {
            Why::TooNew => "too_new",
            Why::NotAsExpected => "not_as_expected",
            Why::BehindAnother => "behind_another",
        }
    }

    fn from_id(id: &str) -> Option<Why> {
        [Why::TooNew, Why::NotAsExpected, Why::BehindAnother].into_iter().find(|why| why.id() == id)
    }
}

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

/// Something the municipality wants to know of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Stored, and nothing more is made of it.
    None,
    HandedIn {
        visit: VisitId,
        applications: Vec<HandedIn>,
    },
}

/// An application, as the journal tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct HandedIn {
    pub id: ApplicationId,
    pub procedure: String,
    pub form: String,
    pub edition: serde_json::Value,
    pub receipt: Option<String>,
}

/// What an entry means. Kinds that nothing is made of are never too new.
///
/// # Errors
/// Why it is parked.
pub(super) fn effect_of(row: &journal::Row) -> Result<Effect, Why> {
    let newest = match row.kind.as_str() {
        "visit.submitted" => 1,
        _ => return Ok(Effect::None),
    };
    if row.schema_version > newest {
        return Err(Why::TooNew);
    }
    #[derive(Deserialize)]
    struct Facts {
        applications: Vec<HandedIn>,
    }
    let facts: Result<Facts, _> = serde_json::from_str(&row.facts);
    match (facts, row.entity_id.parse()) {
        (Ok(Facts { applications }), Ok(visit)) => Ok(Effect::HandedIn { visit, applications }),
        _ => Err(Why::NotAsExpected),
    }
}

/// Lets it take effect.
async fn apply(
    tx: &Transaction<'_>,
    office: &Office,
    (row, effect): (&journal::Row, &Effect),
) -> Result<(), Error> {
    let Effect::HandedIn { visit, applications } = effect else { return Ok(()) };
    for one in applications {
        tx.execute(
            "insert into application (municipality, application, office, visit, procedure, form,
               edition, receipt, handed_in_at)
             values ($1, $2::text::uuid, $3, $4::text::uuid, $5, $6, $7, $8,
               $9::text::timestamptz)",
            &[
                &office.municipality,
                &one.id.to_string(),
                &office.name,
                &visit.to_string(),
                &one.procedure,
                &one.form,
                &one.edition.as_str().map_or_else(|| one.edition.to_string(), str::to_owned),
                &one.receipt,
                &row.occurred_at,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Lets it take effect, or says why it waits: what PostgreSQL refuses for what it says is
/// parked like what cannot be read, and holds up nothing else.
pub(super) async fn tried(
    tx: &Transaction<'_>,
    office: &Office,
    (row, effect): (&journal::Row, &Effect),
) -> Result<Result<(), Why>, Error> {
    if *effect == Effect::None {
        return Ok(Ok(()));
    }
    tx.batch_execute("savepoint effect").await?;
    match apply(tx, office, (row, effect)).await {
        Ok(()) => {
            tx.batch_execute("release savepoint effect").await?;
            Ok(Ok(()))
        }
        Err(Error::Sql(error)) if is_about_what_it_says(&error) => {
            tx.batch_execute("rollback to savepoint effect; release savepoint effect").await?;
            Ok(Err(Why::NotAsExpected))
        }
        Err(error) => Err(error),
    }
}

/// Data exceptions and broken rules of the tables (SQLSTATE classes 22 and 23).
fn is_about_what_it_says(error: &tokio_postgres::Error) -> bool {
    let code = error.code().map(tokio_postgres::error::SqlState::code).unwrap_or_default();
    code.starts_with("22") || code.starts_with("23")
}

/// The entities of which something is parked.
pub(super) async fn parked_entities(
    tx: &Transaction<'_>,
    municipality: &str,
) -> Result<BTreeSet<(String, String)>, Error> {
    let rows = tx
        .query(
            "select distinct entity_kind, entity_id from act
             where municipality = $1 and parked is not null",
            &[&municipality],
        )
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
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

    /// Looks at what is parked once more, each municipality in a transaction of its own.
    pub(super) async fn look_again(&self) -> Result<(), Error> {
        let mut client = self.pool.get().await?;
        let all = client
            .query("select distinct municipality from act where parked is not null", &[])
            .await?;
        for row in all {
            let municipality: String = row.try_get(0)?;
            look_again_in(&mut client, &municipality).await?;
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
}

async fn look_again_in(client: &mut Client, municipality: &str) -> Result<(), Error> {
    let tx = client.transaction().await?;
    super::take::lock(&tx, municipality).await?;
    look_again_at(&tx, municipality).await?;
    Ok(tx.commit().await?)
}

/// What this version makes sense of takes effect, in the order in which it came; what
/// is behind something that it does not goes on waiting.
async fn look_again_at(tx: &Transaction<'_>, municipality: &str) -> Result<(), Error> {
    let rows = tx
        .query(
            &format!(
                "select {}, log.office, act.op::text from act
                 join entry using (municipality, log, seq)
                 join log using (municipality, log)
                 where municipality = $1 and act.parked is not null order by act.taken",
                super::held::COLUMNS
            ),
            &[&municipality],
        )
        .await?;
    let mut waiting = BTreeSet::new();
    for one in &rows {
        let entry = super::held::row(one)?;
        let entity = (entry.entity_kind.clone(), entry.entity_id.clone());
        let meant = match waiting.contains(&entity) {
            true => Err(Why::BehindAnother),
            false => effect_of(&entry),
        };
        let office: String = one.try_get("office")?;
        let office = Office { municipality: municipality.to_owned(), name: office };
        let done = match &meant {
            Ok(effect) => tried(tx, &office, (&entry, effect)).await?,
            Err(why) => Err(*why),
        };
        let why = done.err().map(Why::id);
        if why.is_some() {
            waiting.insert(entity);
        }
        tx.execute(
            "update act set parked = $3 where municipality = $1 and op = $2::text::uuid",
            &[&municipality, &entry.op_id, &why],
        )
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submitted(schema_version: i64, facts: &str) -> journal::Row {
        let visit = "01a20ada-2c00-7cb9-b86b-f6c27eeb5590";
        journal::Row {
            log: "01a20ada-2c00-7cb9-b86b-f6c27eeb5591".into(),
            seq: 1,
            op_id: "01a20ada-2c00-7cb9-b86b-f6c27eeb5592".into(),
            kind: "visit.submitted".into(),
            schema_version,
            entity_kind: "visit".into(),
            entity_id: visit.into(),
            occurred_at: "2026-11-25T09:00:00+09:00".into(),
            boot_id: "unknown".into(),
            monotonic_ms: 0,
            clock_quality: "unsynced".into(),
            actor: "system".into(),
            facts: facts.into(),
            sealed: None,
            prev_hash: vec![0; 32],
        }
    }

    #[test]
    fn what_is_newer_or_other_than_expected_is_parked_and_what_nothing_is_made_of_never() {
        assert!(matches!(
            effect_of(&submitted(1, r#"{"applications":[]}"#)),
            Ok(Effect::HandedIn { .. })
        ));
        assert_eq!(effect_of(&submitted(2, r#"{"applications":[]}"#)), Err(Why::TooNew));
        assert_eq!(effect_of(&submitted(1, "{}")), Err(Why::NotAsExpected));
        let moved = journal::Row { kind: "ticket.moved".into(), ..submitted(9, "{}") };
        assert_eq!(effect_of(&moved), Ok(Effect::None));
    }
}
