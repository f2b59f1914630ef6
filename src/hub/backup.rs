//! How far a backup of this database has what it holds. PostgreSQL is backed up by whoever
//! runs it, and only they know when a backup lies where it is to stay; so they say it.
//!
//! A mark is taken before the backup begins: how far each log is now. What it names is then
//! in the backup, for what is held is never removed. When the backup is done, the mark is
//! told, and every office hears with its next answer how much of its records would outlive
//! this machine. A mark of another life of the database, or of what is not held, is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Error, Hub};
use crate::hex;
use crate::id::LogId;

/// How far the logs were at one moment. A backup that begins later has all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMark {
    /// The life of the database.
    life: String,
    logs: Vec<Reached>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reached {
    municipality: String,
    log: LogId,
    upto: i64,
    /// Of the newest entry, in hexadecimal digits.
    hash: String,
}

impl Hub {
    /// How far all logs are now.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn mark(&self) -> Result<BackupMark, Error> {
        let rows = self
            .pool
            .get()
            .await?
            .query(
                "select municipality, log::text, upto, encode(upto_hash, 'hex') from log
                 where upto > 0 order by municipality, log",
                &[],
            )
            .await?;
        let reached = |row: &tokio_postgres::Row| {
            let log: &str = row.try_get(1)?;
            Ok(Reached {
                municipality: row.try_get(0)?,
                log: log.parse().map_err(|_| Error::Inconsistent("a log without a name"))?,
                upto: row.try_get(2)?,
                hash: row.try_get(3)?,
            })
        };
        let logs = rows.iter().map(reached).collect::<Result<_, Error>>()?;
        Ok(BackupMark { life: self.life(), logs })
    }

    /// A backup that began after `mark` was taken is where it is to stay; how many logs it
    /// has.
    ///
    /// # Errors
    /// [`Error::OtherLife`], and nothing is changed; faults of PostgreSQL.
    pub async fn backed_up(&self, mark: &BackupMark) -> Result<usize, Error> {
        if mark.life != self.life() {
            return Err(Error::OtherLife);
        }
        let mut towns: BTreeMap<&str, Vec<&Reached>> = BTreeMap::new();
        for log in &mark.logs {
            towns.entry(&log.municipality).or_default().push(log);
        }
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        for (municipality, logs) in towns {
            super::take::lock(&tx, municipality).await?;
            let raised = tx
                .execute(
                    "update log set backed_up = greatest(backed_up, mark.upto)
                     from unnest($2::text[]::uuid[], $3::bigint[], $4::text[])
                       as mark (log, upto, hash)
                     join entry on entry.municipality = $1 and entry.log = mark.log
                       and entry.seq = mark.upto and entry.hash = decode(mark.hash, 'hex')
                     where log.municipality = $1 and log.log = mark.log",
                    &[
                        &municipality,
                        &logs.iter().map(|log| log.log.to_string()).collect::<Vec<_>>(),
                        &logs.iter().map(|log| log.upto).collect::<Vec<_>>(),
                        &logs.iter().map(|log| log.hash.as_str()).collect::<Vec<_>>(),
                    ],
                )
                .await?;
            if usize::try_from(raised) != Ok(logs.len()) {
                return Err(Error::OtherLife);
            }
        }
        tx.commit().await?;
        Ok(mark.logs.len())
    }

    fn life(&self) -> String {
        hex::digits(&self.incarnation.0)
    }
}
