//! What people did at the hub: each a row of a chain, in the same transaction as the act,
//! so that nobody looks at anything where it cannot be written down.

use deadpool_postgres::{ClientWrapper as Client, Transaction};
use sha2::{Digest, Sha256};
use tokio_postgres::{IsolationLevel, Row};

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
    /// The newest records, and the number of the first of them that is not what was
    /// written, or is missing. What came before them [`Hub::first_torn`] looks at.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn records(&self, me: &SignedIn) -> Result<(Vec<Record>, Option<u64>), Error> {
        let mut client = self.pool.get().await?;
        let tx = as_of_now(&mut client).await?;
        let municipality = me.municipality.as_str();
        let head = head(&tx, municipality).await?;
        let before = (head.number - TOLD_MAX).max(0);
        let mut chain = match before {
            0 => Some(Chain::default()),
            before => {
                let link = "select hash from record where municipality = $1 and number = $2";
                let link = tx.query_opt(link, &[&municipality, &before]).await?;
                match link {
                    Some(row) => Some(Chain { number: before, hash: exactly(row.try_get(0)?)? }),
                    None => None,
                }
            }
        };
        let rows = tx.query(&after(""), &[&municipality, &before]).await?;
        let torn = match &mut chain {
            Some(chain) => chain.torn_at(municipality, &rows)?.or(chain.other_than(&head)),
            None => Some(before),
        };
        let told = |row: &Row| {
            Ok(Record {
                number: number(row.try_get(0)?)?,
                at: row.try_get(1)?,
                who: row.try_get(6)?,
                kind: row.try_get(3)?,
                about: row.try_get(4)?,
            })
        };
        let told = rows.iter().rev().map(told).collect::<Result<_, Error>>()?;
        Ok((told, torn.map(number).transpose()?))
    }

    /// Reads the whole record of every municipality: how many there are, and the number of
    /// the first that is not what was written, or is missing.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn first_torn(&self) -> Result<Vec<(String, u64, Option<u64>)>, Error> {
        let mut client = self.pool.get().await?;
        let tx = as_of_now(&mut client).await?;
        let all = "select municipality from record_head order by municipality";
        let mut found = Vec::new();
        for row in tx.query(all, &[]).await? {
            let municipality: String = row.try_get(0)?;
            let (mut chain, mut torn) = (Chain::default(), None);
            while torn.is_none() {
                let of = (municipality.as_str(), chain.number);
                let rows = tx.query(&after("limit 1000"), &[&of.0, &of.1]).await?;
                if rows.is_empty() {
                    break;
                }
                torn = chain.torn_at(&municipality, &rows)?;
            }
            let torn = torn.or(chain.other_than(&head(&tx, &municipality).await?));
            let (count, torn) = (number(chain.number)?, torn.map(number).transpose()?);
            found.push((municipality, count, torn));
        }
        Ok(found)
    }
}

/// What is read in it belongs together, whatever is added meanwhile.
async fn as_of_now(client: &mut Client) -> Result<Transaction<'_>, Error> {
    let tx = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
    Ok(tx.read_only(true).start().await?)
}

/// Records after one number, in order, with the names of those who are known.
fn after(most: &str) -> String {
    format!(
        "select number, at, record.person, kind, about, hash, person.name
         from record left join person on person.municipality = record.municipality
           and person.person::text = record.person
         where record.municipality = $1 and number > $2 order by number {most}"
    )
}

/// Where the chain is.
#[derive(Debug, PartialEq, Eq)]
struct Chain {
    number: i64,
    hash: Hash,
}

impl Default for Chain {
    fn default() -> Self {
        Self { number: 0, hash: [0; 32] }
    }
}

impl Chain {
    /// Goes on along rows of [`after`]; the number of the first that does not follow.
    fn torn_at(&mut self, municipality: &str, rows: &[Row]) -> Result<Option<i64>, Error> {
        for row in rows {
            let parts = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
            let (nth, kept): (i64, Hash) = (row.try_get(0)?, exactly(row.try_get(5)?)?);
            let next = self.number + 1;
            if nth != next || hash(&self.hash, municipality, nth, parts) != kept {
                return Ok(Some(next));
            }
            *self = Chain { number: next, hash: kept };
        }
        Ok(None)
    }

    /// Where it ends otherwise than with the newest that was written.
    fn other_than(&self, head: &Chain) -> Option<i64> {
        let is_behind = self.number < head.number;
        (self != head).then_some(if is_behind { self.number + 1 } else { self.number })
    }
}

async fn head(tx: &Transaction<'_>, municipality: &str) -> Result<Chain, Error> {
    let head = "select number, hash from record_head where municipality = $1";
    match tx.query_opt(head, &[&municipality]).await? {
        Some(row) => Ok(Chain { number: row.try_get(0)?, hash: exactly(row.try_get(1)?)? }),
        None => Ok(Chain::default()),
    }
}
