//! The journal (記録簿): the one record of what happened.
//!
//! Every change of state appends one entry in the same transaction. Entries are
//! numbered without gaps inside a log, each hashed together with the one before
//! it, so an edit, a swap or a missing entry is found. Personal payloads are
//! sealed with the visit's own key; the hash covers the sealed bytes, so the
//! chain still verifies after the key is erased. Audit, statistics and the hub
//! read this and nothing else. It does not know what the entries mean.

mod chain;
mod entry;
mod row;
mod store;
mod vault;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::chance::{Chance, SystemChance};
use crate::clock::{Clock, Moment, SystemClock};
use crate::db;
use crate::id::{LogId, OpId, VisitId};

pub use chain::{Broken, Verified, check_tail, verify};
pub use entry::{Actor, Entity, Event, Row, Said, beginning};
pub use row::{COLUMNS as ROW_COLUMNS, read as read_row, write as write_row};
pub use store::{
    LogRow, carried, continue_in_new_log, ends_at, entities_unknown_to, entity_of_op,
    happened_after, logs, said_at, stands_at, told_by_op,
};
pub use vault::{OfficeKey, VisitKey};

/// The kind of the entry that tells that this journal and another record of it had parted:
/// one of them was set back.
pub const PARTED: &str = "log.parted";

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/journal.sql");

/// What can go wrong besides storage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The visit's key was erased; what it sealed cannot be read any more.
    #[error("the personal data of this visit was erased")]
    Erased,
    /// The bytes were not sealed with this key for this place.
    #[error("sealed data of {place} cannot be opened")]
    Unreadable { place: String },
    /// What was sent as one act was sent before as another.
    #[error("this operation id stands for another act")]
    OpTaken,
    /// The office key's file is missing, unreadable or not 32 bytes.
    #[error("office key: {0}")]
    OfficeKey(String),
    /// The journal is not what was written; nothing more is added to it.
    #[error("{0}. Restore the newest backup that `madoguchi verify` accepts")]
    Broken(#[from] Broken),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

/// Everything an entry needs besides what happened. One for the process.
pub struct Journal {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    office_key: OfficeKey,
    boot_id: String,
    started: Instant,
}

impl Journal {
    /// A journal that seals with visit keys wrapped by `office_key`.
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>, office_key: OfficeKey) -> Self {
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned());
        Self { clock, chance, office_key, boot_id, started: Instant::now() }
    }

    /// The journal of a real counter: system clock, system randomness.
    pub fn of_this_machine(office_key: OfficeKey) -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemChance), office_key)
    }

    /// The time on the clock that was passed in.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// So long on that clock, for what takes `wall` on the wall's ([`Clock::speed`]).
    pub fn lasting(&self, wall: Duration) -> Duration {
        wall.saturating_mul(self.clock.speed())
    }

    /// A fresh operation id.
    pub fn op(&self) -> OpId {
        OpId::new(self.now(), &*self.chance)
    }

    /// A secret for `subject` that is worked out again instead of being kept: what
    /// was handed out once can be handed out again to whoever sends the same act
    /// twice. Needs the office key, so the database alone gives nothing away.
    pub fn secret_of(&self, purpose: &str, subject: &str) -> [u8; 32] {
        self.office_key.secret_of(purpose, subject)
    }

    /// Appends one entry and returns its number in the open log.
    ///
    /// # Errors
    /// [`db::Error`]; also when the operation id is already in the journal, which
    /// callers look up first with [`entity_of_op`]. [`Error::Broken`] when the log
    /// does not end where its sealed head says: sealing the head anew would hide it.
    pub fn append(&self, tx: &db::Tx<'_>, event: &Event<'_>) -> Result<i64, Error> {
        let stamp = entry::Stamp {
            occurred_at: self.now(),
            boot_id: &self.boot_id,
            monotonic_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            clock_quality: entry::ClockQuality::of_this_machine(),
        };
        let sealed = match &event.personal {
            Some((visit, personal)) => {
                let key = self.visit_key(tx, *visit)?;
                let place = vault::place_of_entry(event.op);
                Some(key.seal(&*self.chance, &place, personal.to_string().as_bytes()))
            }
            None => None,
        };
        let end = store::end(tx)?;
        chain::ends_where_it_ended(tx, &self.office_key, &end)??;
        let head = store::append(tx, end, event, &stamp, sealed.as_deref())?;
        let stands = (head.seq, head.hash.as_slice());
        let sealed = vault::seal_head(&self.office_key, &*self.chance, &head.log, stands);
        store::keep_head(tx, &head.log, &sealed)?;
        Ok(head.seq)
    }

    /// Opens a journal at `site`, if none is open yet.
    pub fn open_log(&self, tx: &db::Tx<'_>, site: &str) -> Result<LogId, Error> {
        match store::open_log(tx)? {
            Some(log) => Ok(log),
            None => store::begin_log(tx, LogId::new(self.now(), &*self.chance), site, self.now()),
        }
    }

    /// Whether this journal's office key belongs to the database, and every log in
    /// it ends where it ended.
    ///
    /// # Errors
    /// [`Error::OfficeKey`] when it is another key: going on would mix the two.
    /// [`Error::Broken`] when a log was cut short.
    pub fn check_key(&self, connection: &db::Connection) -> Result<(), Error> {
        chain::check_key(connection, &self.office_key)
    }

    /// Reads the whole journal, as [`verify`] does with the office key.
    ///
    /// # Errors
    /// Faults of storage; [`Error::OfficeKey`] when it is another key.
    pub fn verify(&self, connection: &db::Connection) -> Result<Result<Verified, Broken>, Error> {
        verify(connection, Some(&self.office_key))
    }

    /// Makes the key of a new visit.
    pub fn make_visit_key(&self, tx: &db::Tx<'_>, visit: VisitId) -> Result<VisitKey, Error> {
        vault::make(tx, &self.office_key, &*self.chance, visit)
    }

    /// The key of a visit.
    ///
    /// # Errors
    /// [`Error::Erased`] once it was erased.
    pub fn visit_key(
        &self,
        connection: &rusqlite::Connection,
        visit: VisitId,
    ) -> Result<VisitKey, Error> {
        vault::open(connection, &self.office_key, visit)
    }

    /// Erases the key of a visit. The caller truncates the database's log after
    /// the commit ([`db::Db::truncate_log`]).
    pub fn erase_visit_key(&self, tx: &db::Tx<'_>, visit: VisitId) -> Result<(), Error> {
        vault::erase(tx, visit, self.now())
    }
}

#[cfg(test)]
mod tests;
