//! The hub (自治体側): where what every office of a municipality wrote down arrives.
//!
//! A batch is one transaction: of the entries that an office sends, those are taken that
//! follow on what is held ([`crate::sync::receive`]), and the answer says how far that is
//! now. Stored first, interpreted second: an entry that this version cannot make sense of
//! is stored and acknowledged like any other, and parked with a reason; what concerns the
//! same entity waits behind it, everything else goes on. An act takes effect once, even
//! if it arrives in two logs, as it does after a counter was set back.
//!
//! Nothing but PostgreSQL keeps anything here, and any number of hub processes may stand
//! before it. Every key of a table is led by the municipality.

mod backup;
mod downlink;
mod effect;
mod entered;
mod held;
mod keys;
mod line;
mod machines;
mod now;
mod overview;
mod parked;
pub mod people;
mod received;
mod schema;
mod take;
mod takings;

use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use sha2::{Digest, Sha256};
use tokio_postgres::error::SqlState;
use tokio_postgres::{NoTls, Row};

use crate::id::LogId;
use crate::journal;
use crate::notice;
use crate::staff;
use crate::sync::{Hash, Incarnation, Mark, Position};

pub use backup::BackupMark;
pub use downlink::{Became, SentNotice, ToSend};
pub use effect::Why;
pub use entered::{Entered, Look, OPENED_MAX, Opened};
pub use keys::{HubKey, KeyState};
pub use machines::{Device, Held, Incident};
pub use now::{Hall, Lane, Window};
pub use overview::Branch;
pub use parked::Parked;
pub use received::{Found, Happened, LISTED_MAX, Received, Search, Stage};
pub use takings::{Closing, NotKnown, Takings, Way};

/// What the hub holds one of for each journal entry.
pub type Entry = crate::sync::Entry<journal::Row>;

/// How long a hub that starts waits for what others hold, one lock at a time.
const START_PATIENCE: &str = "set lock_timeout = '10s'";
/// How long anybody waits for a free connection before the hub says that it is busy.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections at most; PostgreSQL itself allows a hundred by default, of all hubs.
const CONNECTIONS: usize = 16;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the database cannot be read.
    #[error("the database's address is not one: {0}")]
    Address(String),
    /// PostgreSQL is away, or too much is asked of it: to be tried again later.
    #[error("PostgreSQL cannot be asked now: {0}")]
    Busy(String),
    /// The tables are of a newer version of the program.
    #[error("the database was made by a newer version ({0}); install that one")]
    TooNew(i32),
    /// A newer version works on this database, too: what it makes of entries, this one
    /// does not know.
    #[error("a newer version of the hub works on this database; stop this one, or install that")]
    Overtaken,
    /// What is made of entries is of an earlier version, and is made again first.
    #[error("what the last version made of the entries of {0} is made again first")]
    Outdated(String),
    /// An office's name is not `municipality/office`.
    #[error("{0:?} names no office: `131016/honcho` does")]
    NoOffice(String),
    /// The office says of its log what it did not say before.
    #[error("this log was begun by another office, or in another place")]
    OtherLog,
    /// A backup's mark was taken before this database was restored, or of another one.
    #[error(
        "the mark is of another life of the database: it was restored since, or is another one. \
         Take a new mark, and then make a new backup"
    )]
    OtherLife,
    /// The key that wraps the visits' keys, or one of them, cannot be used.
    #[error(transparent)]
    Key(#[from] journal::Error),
    /// The entry is not what its hash was made of.
    #[error("entry {0} is not what was written")]
    Torn(i64),
    /// The database holds what this program never writes there.
    #[error("the database holds something else than what was written to it: {0}")]
    Inconsistent(&'static str),
    /// A notice says nothing that one of its kind says.
    #[error(transparent)]
    WrongBody(#[from] notice::WrongBody),
    /// The key cannot sign.
    #[error("the downlink key cannot sign")]
    Unsigned,
    /// A rule about people's accounts said no.
    #[error(transparent)]
    Staff(#[from] staff::Error),
    /// PostgreSQL refused, or the connection to it was lost; nothing of what was sent is in
    /// the words.
    #[error("PostgreSQL: {0} (SQLSTATE {code})", code = sqlstate(.0))]
    Sql(tokio_postgres::Error),
}

impl Error {
    /// Whether it may go away by itself. What does not needs whoever runs the hub.
    pub fn passes(&self) -> bool {
        match self {
            Error::Busy(_) | Error::Outdated(_) | Error::Overtaken => true,
            // Connections, deadlocks, too little of everything, locks, a server that ends
            // or takes nothing for a while. Without a code, it never answered.
            Error::Sql(error) => error.code().is_none_or(|code| {
                let classes = ["08", "40", "53", "55", "57", "25006"];
                classes.iter().any(|class| code.code().starts_with(class))
            }),
            _ => false,
        }
    }
}

/// What PostgreSQL calls it, for whoever looks it up.
fn sqlstate(error: &tokio_postgres::Error) -> &str {
    error.code().map_or("none", SqlState::code)
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => Error::Busy(HELD.to_owned()),
            _ => Error::Sql(error),
        }
    }
}

/// Who may hold up a hub that starts.
const HELD: &str = "somebody holds its tables for longer than 10 seconds: another hub process \
     that works through its entries, or somebody at psql with an open transaction";

impl From<deadpool_postgres::PoolError> for Error {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        // Nothing was asked yet: what is behind it says why PostgreSQL cannot be reached.
        let mut why = error.to_string();
        let mut behind = std::error::Error::source(&error);
        while let Some(error) = behind {
            let next = error.to_string();
            if !why.ends_with(&next) {
                why = format!("{why}: {next}");
            }
            behind = error.source();
        }
        Error::Busy(why)
    }
}

/// An office of a municipality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// The six digits of its code (全国地方公共団体コード).
    pub municipality: String,
    /// The name of its site: `honcho`.
    pub name: String,
}

impl FromStr for Office {
    type Err = Error;

    /// Reads `999997/honcho`, as a journal's log names its site.
    fn from_str(site: &str) -> Result<Self, Error> {
        let office = site.split_once('/').filter(|(municipality, name)| {
            let digits = municipality.bytes().all(|byte| byte.is_ascii_digit());
            municipality.len() == 6 && digits && !name.is_empty() && !name.contains('/')
        });
        let (municipality, name) = office.ok_or_else(|| Error::NoOffice(site.to_owned()))?;
        Ok(Office { municipality: municipality.to_owned(), name: name.to_owned() })
    }
}

/// What an office says of a log before it sends any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub office: Office,
    pub id: LogId,
    /// The log it goes on from, and where.
    pub parent: Option<(LogId, Mark)>,
    /// RFC 3339, as the office wrote it down.
    pub opened_at: String,
}

impl Log {
    /// What its first entry hangs on.
    pub fn beginning(&self) -> Hash {
        let site = format!("{}/{}", self.office.municipality, self.office.name);
        let parent = self.parent.as_ref().map(|(_, mark)| mark.hash.as_slice());
        journal::beginning(&self.id.to_string(), &site, parent)
    }
}

/// The hub's database.
#[derive(Clone)]
pub struct Hub {
    pool: Pool,
    incarnation: Incarnation,
    /// Where it keeps the visits' keys, the key that wraps them.
    keys: Option<keys::Keeping>,
}

impl Hub {
    /// Opens the database at `postgresql://…`, makes its tables or brings them up to date,
    /// and looks again at what is parked: this version may know more than the last.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Busy`], [`Error::TooNew`].
    pub async fn open(address: &str) -> Result<Hub, Error> {
        let (config, tls) = line::read(address)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls {
            Some(tls) => Manager::from_config(config, tls, recycling),
            None => Manager::from_config(config, NoTls, recycling),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(deadpool_postgres::Timeouts::wait_millis(
                u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX),
            ))
            .build()
            .map_err(|error| Error::Busy(error.to_string()))?;
        let mut client = pool.get().await?;
        client.batch_execute(START_PATIENCE).await?;
        schema::bring_up_to_date(&mut client).await?;
        let incarnation = incarnation(&client).await?;
        let hub = Hub { pool: pool.clone(), incarnation, keys: None };
        hub.look_again(&mut client).await?;
        client.batch_execute("reset lock_timeout").await?;
        Ok(hub)
    }

    /// Whether PostgreSQL answers.
    ///
    /// # Errors
    /// [`Error::Busy`], faults of PostgreSQL.
    pub async fn answers(&self) -> Result<(), Error> {
        self.pool.get().await?.execute("select 1", &[]).await?;
        Ok(())
    }

    /// Where it stands with a log.
    ///
    /// # Errors
    /// Faults of PostgreSQL.
    pub async fn position(&self, municipality: &str, log: LogId) -> Result<Position, Error> {
        let client = self.pool.get().await?;
        let known = client
            .query_opt(
                "select upto, upto_hash, backed_up from log
                 where municipality = $1 and log = $2::text::uuid",
                &[&municipality, &log.to_string()],
            )
            .await?;
        match known {
            Some(row) => self.position_in(&row),
            None => Ok(Position { upto: None, backed_up: 0, hub: self.incarnation }),
        }
    }

    /// Of a row that begins with `upto, upto_hash, backed_up`.
    fn position_in(&self, row: &Row) -> Result<Position, Error> {
        let hash: Option<Vec<u8>> = row.try_get(1)?;
        let mark = |hash: Vec<u8>| -> Result<Mark, Error> {
            Ok(Mark { seq: number(row.try_get(0)?)?, hash: exactly(hash)? })
        };
        Ok(Position {
            upto: hash.map(mark).transpose()?,
            backed_up: number(row.try_get(2)?)?,
            hub: self.incarnation,
        })
    }
}

/// One life of this database. A dump that is read back lies in another database or
/// cluster; one that is brought back to a point in time goes on in another timeline.
async fn incarnation(client: &tokio_postgres::Client) -> Result<Incarnation, Error> {
    let row = client
        .query_one(
            "select concat_ws('/', system_identifier, timeline_id, oid, born)
             from pg_control_system(), pg_control_checkpoint(), hub_born, pg_database
             where datname = current_database()",
            &[],
        )
        .await?;
    let life: String = row.try_get(0)?;
    let hash: Hash = Sha256::digest(life.as_bytes()).into();
    let mut incarnation = [0; 16];
    incarnation.copy_from_slice(&hash[..16]);
    Ok(Incarnation(incarnation))
}

fn number(held: i64) -> Result<u64, Error> {
    u64::try_from(held).map_err(|_| Error::Inconsistent("a number below nothing"))
}

fn exactly(hash: Vec<u8>) -> Result<Hash, Error> {
    hash.try_into().map_err(|_| Error::Inconsistent("a hash that is none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_named_by_its_municipality_and_its_site() {
        let office: Office = "999997/honcho".parse().unwrap();
        assert_eq!((office.municipality.as_str(), office.name.as_str()), ("999997", "honcho"));
        for wrong in ["", "honcho", "99999/honcho", "999997/", "99999x/honcho", "999997/a/b"] {
            assert!(matches!(wrong.parse::<Office>(), Err(Error::NoOffice(_))), "{wrong}");
        }
    }
}
