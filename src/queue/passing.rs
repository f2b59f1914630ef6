//! People who need no number: they ask the way, or hand something in. Only how many
//! came is kept.

use rusqlite::Connection;
use serde_json::json;
use time::Date;

use super::{Error, now};
use crate::clock;
use crate::db::Tx;
use crate::id::OpId;
use crate::journal::{self, Actor, Entity, Event, Journal};

const COUNTED: &str = "visitor.counted";

/// Counts one. Sent a second time, it counts nobody more.
///
/// # Errors
/// Faults of storage.
pub fn count_passing(tx: &Tx<'_>, journal: &Journal, op: OpId, actor: Actor) -> Result<(), Error> {
    if journal::entity_of_op(tx, op, COUNTED)?.is_some() {
        return Ok(());
    }
    let entity = Entity::new("day", clock::iso_day(now(journal).date()));
    let (kind, facts) = (COUNTED, json!({}));
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

/// How many were counted on a day.
///
/// # Errors
/// Faults of storage.
pub fn passing_on(connection: &Connection, day: Date) -> Result<u32, Error> {
    let counted = "select count(*) from journal
        where entity_kind = 'day' and entity_id = ?1 and kind = ?2";
    let mut counted = connection.prepare_cached(counted)?;
    Ok(counted.query_row([clock::iso_day(day).as_str(), COUNTED], |row| row.get(0))?)
}
