//! What people did at the hub: each a row of a chain, in the same transaction as the act,
//! so that nobody looks at anything where it cannot be written down.

use deadpool_postgres::Transaction;
use sha2::{Digest, Sha256};
use tokio_postgres::Row;

use super::SignedIn;
use crate::clock::{Moment, rfc3339};
use crate::hub::{Error, Hub, exactly, number};
use crate::sync::Hash;

/// So many of the newest are told.
const TOLD_MAX: i64 = 300;

/// One act, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub number: u64,
    /// RFC 3339.
    pub at: String,
    /// The name of who did it; of nobody that is known, nothing.
    pub who: Option<String>,
    /// `application.viewed`.
    pub kind: String,
    /// What it was about: an identity, or what was looked for.
    pub about: String,
}

/// Every part is led by its length, so that no two records have the same bytes.
fn hash(before: &Hash, municipality: &str, number: i64, parts: [&str; 4]) -> Hash {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(b"madoguchi hub record 1");
    part(before);
    part(municipality.as_bytes());
    part(&number.to_be_bytes());
    parts.iter().for_each(|text| part(text.as_bytes()));
    hash.finalize().into()
}

/// Adds what somebody did; `person` is empty where nobody knows who.
pub(in crate::hub) async fn append(
    tx: &Transaction<'_>,
    (municipality, now): (&str, Moment),
    person: &str,
    (kind, about): (&str, &str),
) -> Result<(), Error> {
    let nothing: &[u8] = &[0; 32];
    tx.execute(
        "insert into record_head (municipality, number, hash) values ($1, 0, $2)
         on conflict do nothing",
        &[&municipality, &nothing],
    )
    .await?;
    let head = tx
        .query_one(
            "select number, hash from record_head where municipality = $1 for update",
            &[&municipality],
        )
        .await?;
    let (number, before): (i64, Hash) = (head.try_get(0)?, exactly(head.try_get(1)?)?);
    let (number, at) = (number + 1, rfc3339(now));
    let hash = hash(&before, municipality, number, [&at, person, kind, about]);
    let (before, hash) = (before.as_slice(), hash.as_slice());
    tx.execute(
        "insert into record (municipality, number, at, person, kind, about, prev_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[&municipality, &number, &at, &person, &kind, &about, &before, &hash],
    )
    .await?;
    tx.execute(
        "update record_head set number = $2, hash = $3 where municipality = $1",
        &[&municipality, &number, &hash],
    )
    .await?;
    Ok(())
}

impl SignedIn {
    /// Writes down what they look at.
    pub(in crate::hub) async fn looks(
        &self,
        tx: &Transaction<'_>,
        now: Moment,
        what: (&str, &str),
    ) -> Result<(), Error> {
        append(tx, (&self.municipality, now), &self.person.id.to_string(), what).await
    }
}

impl Hub {
    /// The newest records, and the number of the first that is not what was written, or
    /// is missing.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn records(&self, me: &SignedIn) -> Result<(Vec<Record>, Option<u64>), Error> {
        let client = self.pool.get().await?;
        let torn = first_torn(&client, &me.municipality).await?;
        let rows = client
            .query(
                "select number, at, person.name, kind, about
                 from record left join person on person.municipality = record.municipality
                   and person.person::text = record.person
                 where record.municipality = $1 order by number desc limit $2",
                &[&me.municipality, &TOLD_MAX],
            )
            .await?;
        let told = |row: &Row| {
            Ok(Record {
                number: number(row.try_get(0)?)?,
                at: row.try_get(1)?,
                who: row.try_get(2)?,
                kind: row.try_get(3)?,
                about: row.try_get(4)?,
            })
        };
        Ok((rows.iter().map(told).collect::<Result<_, Error>>()?, torn))
    }
}

async fn first_torn(
    client: &tokio_postgres::Client,
    municipality: &str,
) -> Result<Option<u64>, Error> {
    let rows = client
        .query(
            "select number, at, person, kind, about, hash from record
             where municipality = $1 order by number",
            &[&municipality],
        )
        .await?;
    let (mut before, mut next): (Hash, i64) = ([0; 32], 1);
    for row in &rows {
        let parts = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        let (nth, kept): (i64, Hash) = (row.try_get(0)?, exactly(row.try_get(5)?)?);
        if nth != next || hash(&before, municipality, nth, parts) != kept {
            return Ok(Some(number(next)?));
        }
        (before, next) = (kept, next + 1);
    }
    let head: Option<i64> = client
        .query_opt("select number from record_head where municipality = $1", &[&municipality])
        .await?
        .map(|row| row.try_get(0))
        .transpose()?;
    let is_whole = head.unwrap_or(0) == next - 1;
    Ok(if is_whole { None } else { Some(number(next)?) })
}
