//! That somebody saw what was told is recorded, as for visits; what was searched for
//! is kept nowhere.

use serde_json::json;

use super::Error;
use super::store::Entered;
use crate::db::Tx;
use crate::id::{AppointmentId, StaffId};
use crate::journal::{Actor, Entity, Event, Journal};

/// Records that a member of staff saw a list: of a day, or what a search found.
/// A list without anybody on it is none.
pub fn listed(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    (searched, seen): (bool, usize),
) -> Result<(), Error> {
    if seen == 0 {
        return Ok(());
    }
    let kind = if searched { "appointment.searched" } else { "appointment.listed" };
    let entity = Entity::new("appointment", "many");
    note(tx, journal, staff, (kind, entity, json!({ "appointments": seen })))
}

/// Records that a member of staff opened one.
pub fn viewed(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    id: AppointmentId,
) -> Result<(), Error> {
    let entity = Entity::new("appointment", id);
    note(tx, journal, staff, ("appointment.viewed", entity, json!({})))
}

/// How many of these tell of a person.
pub fn with_words(entered: &[Entered]) -> usize {
    entered.iter().filter(|one| !one.told.is_empty()).count()
}

fn note(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    (kind, entity, facts): (&str, Entity, serde_json::Value),
) -> Result<(), Error> {
    let (op, actor) = (journal.op(), Actor::Staff(staff));
    let event = Event { op, kind, schema_version: 1, entity, actor, facts, personal: None };
    journal.append(tx, &event)?;
    Ok(())
}
