//! The silent alarm (緊急連絡): somebody at a counter needs colleagues, and whoever
//! stands before them must not notice. It stands on every colleague's screen until
//! somebody says they come, and goes when somebody says it is over.

mod store;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::clock::Moment;
use crate::db::{self, Tx};
use crate::id::{AlarmId, OpId, StaffId};
use crate::journal::{self, Actor, Entity, Event, Journal};

/// The table of this room.
pub const SCHEMA: db::Step = include_str!("alarm.sql");

/// A refusal, or a fault below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was never raised.
    #[error("there is no such alarm")]
    NoSuchAlarm,
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

/// One alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub id: AlarmId,
    pub raised_by: StaffId,
    /// The counter they sat at; none away from a counter.
    pub counter: Option<u32>,
    pub raised_at: Moment,
    /// Who said first that they come.
    pub accepted: Option<(StaffId, Moment)>,
    pub ended: Option<(StaffId, Moment)>,
}

/// Raises an alarm. Pressed again while it stands, it is the same alarm.
///
/// # Errors
/// Faults of storage.
pub fn raise(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    staff: StaffId,
    counter: Option<u32>,
) -> Result<Alarm, Error> {
    if let Some(id) = journal::entity_of_op(tx, op, "alarm.raised")? {
        return store::by_id(tx, &id)?.ok_or(Error::NoSuchAlarm);
    }
    if let Some(standing) = open(tx)?.into_iter().find(|alarm| alarm.raised_by == staff) {
        return Ok(standing);
    }
    let now = journal.now();
    let id = AlarmId::new(now, &*journal.chance);
    let alarm =
        Alarm { id, raised_by: staff, counter, raised_at: now, accepted: None, ended: None };
    store::insert(tx, &alarm)?;
    record(tx, journal, (op, staff), ("alarm.raised", json!({ "counter": counter })), id)?;
    Ok(alarm)
}

/// Notes that `staff` comes. Whoever says so second changes nothing.
///
/// # Errors
/// [`Error::NoSuchAlarm`].
pub fn accept(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, staff): (OpId, StaffId),
    id: AlarmId,
) -> Result<(), Error> {
    let alarm = store::by_id(tx, &id.to_string())?.ok_or(Error::NoSuchAlarm)?;
    if alarm.accepted.is_some() || alarm.ended.is_some() {
        return Ok(());
    }
    let now = journal.now();
    store::update(tx, &Alarm { accepted: Some((staff, now)), ..alarm })?;
    let facts = json!({ "after_secs": (now - alarm.raised_at).whole_seconds().max(0) });
    record(tx, journal, (op, staff), ("alarm.accepted", facts), id)
}

/// Notes that it is over. Whoever says so second changes nothing.
///
/// # Errors
/// [`Error::NoSuchAlarm`].
pub fn end(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, staff): (OpId, StaffId),
    id: AlarmId,
) -> Result<(), Error> {
    let alarm = store::by_id(tx, &id.to_string())?.ok_or(Error::NoSuchAlarm)?;
    if alarm.ended.is_some() {
        return Ok(());
    }
    let now = journal.now();
    store::update(tx, &Alarm { ended: Some((staff, now)), ..alarm })?;
    let facts = json!({ "after_secs": (now - alarm.raised_at).whole_seconds().max(0) });
    record(tx, journal, (op, staff), ("alarm.ended", facts), id)
}

/// The alarms that are not over, oldest first.
///
/// # Errors
/// Faults of storage.
pub fn open(connection: &Connection) -> Result<Vec<Alarm>, Error> {
    store::open(connection)
}

fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, staff): (OpId, StaffId),
    (kind, facts): (&str, Value),
    id: AlarmId,
) -> Result<(), Error> {
    let (entity, actor) = (Entity::new("alarm", id), Actor::Staff(staff));
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

#[cfg(test)]
mod tests;
