//! What waits, and another look at it; and everything made again from the entries, where
//! this version makes more of them than the last.

use std::collections::BTreeMap;

use deadpool_postgres::{ClientWrapper as Client, Transaction};
use tokio_postgres::Row;

use super::effect::{EDITION, Effect, TABLES, Told, Why, acted, effect_of, tried};
use super::{Error, Hub, Office, held, take};

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

/// The entities of which something is parked, and whether all of that waits for another
/// entry only.
#[derive(Debug, Default)]
pub(super) struct Waiting(BTreeMap<Whose, bool>);

impl Waiting {
    /// Those of a municipality.
    pub(super) async fn of(tx: &Transaction<'_>, municipality: &str) -> Result<Self, Error> {
        let rows = tx
            .query(
                "select log.office, act.entity_kind, act.entity_id,
                   bool_and(act.parked = 'behind_another')
                 from act join log using (municipality, log)
                 where municipality = $1 and parked is not null group by 1, 2, 3",
                &[&municipality],
            )
            .await?;
        let whose =
            |row: &Row| Ok(((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?), row.try_get(3)?));
        rows.iter().map(whose).collect::<Result<_, _>>().map(Waiting)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether anything waits for another entry only.
    pub(super) fn is_for_another(&self) -> bool {
        self.0.values().any(|is_for_another| *is_for_another)
    }

    /// What an entry may do. Behind what is parked it waits, unless it is what all of that
    /// waits for: the entry that the entity begins with.
    pub(super) fn lets(&self, whose: &Whose, meant: Result<Effect, Why>) -> Result<Effect, Why> {
        match self.0.get(whose) {
            None => meant,
            Some(true) => meant.and_then(|effect| match effect.begins() {
                true => Ok(effect),
                false => Err(Why::BehindAnother),
            }),
            Some(false) => Err(Why::BehindAnother),
        }
    }

    pub(super) fn add(&mut self, whose: Whose, why: Why) {
        let is_for_another = why == Why::BehindAnother;
        self.0.entry(whose).and_modify(|all| *all &= is_for_another).or_insert(is_for_another);
    }
}

impl Hub {
    /// What is parked, in the order in which it came.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn parked(&self, municipality: &str) -> Result<Vec<Parked>, Error> {
        let client = self.pool.get().await?;
        let all = client.query(&which_wait("", "order by act.taken"), &[&municipality]).await?;
        all.iter().map(parked).collect()
    }

    /// The oldest that is parked of an office, `most` at most, and how much more there is.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn parked_of(
        &self,
        office: &Office,
        most: usize,
    ) -> Result<(Vec<Parked>, usize), Error> {
        let client = self.pool.get().await?;
        let Office { municipality, name } = office;
        let oldest = which_wait("and log.office = $2", "order by act.taken limit $3");
        let count = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = client.query(&oldest, &[municipality, name, &count]).await?;
        let all: i64 = match rows.first() {
            Some(row) => row.try_get(6)?,
            None => 0,
        };
        let more = usize::try_from(all).unwrap_or(0).saturating_sub(rows.len());
        Ok((rows.iter().map(parked).collect::<Result<_, _>>()?, more))
    }

    /// Makes everything again where the rows are of an earlier edition, and looks at what
    /// is parked once more, each municipality in a transaction of its own.
    pub(super) async fn look_again(&self, client: &mut Client) -> Result<(), Error> {
        let all = client
            .query(
                "select municipality, understood < $1 from municipality
                 where understood <> $1 or exists (select 1 from act
                   where act.municipality = municipality.municipality and parked is not null)",
                &[&EDITION],
            )
            .await?;
        for row in all {
            let municipality: String = row.try_get(0)?;
            match row.try_get(1)? {
                true => make_again_in(client, &municipality).await?,
                false => look_again_in(client, &municipality).await?,
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

/// What is parked, and how much that is.
fn which_wait(whose: &str, order: &str) -> String {
    format!(
        "select log.office, entry.kind, act.entity_kind, act.entity_id, act.parked,
           entry.occurred_at, count(*) over ()
         from act
         join entry using (municipality, log, seq)
         join log using (municipality, log)
         where municipality = $1 and act.parked is not null {whose} {order}"
    )
}

fn parked(row: &Row) -> Result<Parked, Error> {
    Ok(Parked {
        office: row.try_get(0)?,
        kind: row.try_get(1)?,
        entity: (row.try_get(2)?, row.try_get(3)?),
        at: row.try_get(5)?,
        why: Why::from_id(row.try_get(4)?).ok_or(Error::Inconsistent("a reason that is none"))?,
    })
}

async fn look_again_in(client: &mut Client, municipality: &str) -> Result<(), Error> {
    let tx = client.transaction().await?;
    take::lock(&tx, municipality).await?;
    let rows = tx.query(&acts("act.parked is not null", ""), &[&municipality]).await?;
    take_effect(&tx, municipality, &rows, &mut Waiting::default()).await?;
    go_on(&tx, municipality).await?;
    Ok(tx.commit().await?)
}

/// Looks at what waits for another entry only, as long as something of it takes effect.
pub(super) async fn go_on(tx: &Transaction<'_>, municipality: &str) -> Result<(), Error> {
    let which = "act.parked = 'behind_another' and not exists (
        select 1 from act other join log its using (municipality, log)
        where other.municipality = act.municipality and other.entity_kind = act.entity_kind
          and other.entity_id = act.entity_id and its.office = log.office
          and other.parked is not null and other.parked <> 'behind_another')";
    loop {
        let rows = tx.query(&acts(which, ""), &[&municipality]).await?;
        let took = take_effect(tx, municipality, &rows, &mut Waiting::default()).await?;
        if took == 0 {
            return Ok(());
        }
    }
}

/// How many entries are read at a time.
const AT_ONCE: i64 = 500;

async fn make_again_in(client: &mut Client, municipality: &str) -> Result<(), Error> {
    let tx = client.transaction().await?;
    if take::lock_whatever_edition(&tx, municipality).await? > EDITION {
        return Err(Error::Overtaken);
    }
    for table in TABLES {
        let gone = format!("delete from {table} where municipality = $1");
        tx.execute(&gone, &[&municipality]).await?;
    }
    let (mut taken, mut waiting) = (0_i64, Waiting::default());
    loop {
        let next = acts("act.taken > $2", "limit $3");
        let rows = tx.query(&next, &[&municipality, &taken, &AT_ONCE]).await?;
        let Some(last) = rows.last() else { break };
        taken = last.try_get("taken")?;
        take_effect(&tx, municipality, &rows, &mut waiting).await?;
    }
    go_on(&tx, municipality).await?;
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
/// not goes on waiting. How many do.
async fn take_effect(
    tx: &Transaction<'_>,
    municipality: &str,
    rows: &[Row],
    waiting: &mut Waiting,
) -> Result<usize, Error> {
    let mut took = 0;
    let entries: Vec<_> = rows.iter().map(held::row).collect::<Result<_, _>>()?;
    let offices: Vec<String> =
        rows.iter().map(|one| one.try_get("office")).collect::<Result<_, _>>()?;
    for ((one, row), name) in rows.iter().zip(&entries).zip(&offices) {
        let whose = (name.clone(), row.entity_kind.clone(), row.entity_id.clone());
        let office = Office { municipality: municipality.to_owned(), name: name.clone() };
        let done = match waiting.lets(&whose, effect_of(row)) {
            Ok(effect) => tried(tx, &Told { office: &office, row }, &effect).await?,
            Err(why) => Err(why),
        };
        match done {
            Ok(()) => took += 1,
            Err(why) => waiting.add(whose, why),
        }
        let (before, why): (Option<&str>, _) = (one.try_get("parked")?, done.err().map(Why::id));
        if before != why {
            tx.execute(
                "update act set parked = $3 where municipality = $1 and op = $2::text::uuid",
                &[&municipality, &row.op_id, &why],
            )
            .await?;
        }
    }
    acted(tx, municipality, offices.iter().map(String::as_str).zip(&entries)).await?;
    Ok(took)
}
