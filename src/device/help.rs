//! "Call staff": a resident at a kiosk asks for somebody to come.

use serde_json::json;

use super::{Error, Help, Role, pairing, record, store};
use crate::db::Tx;
use crate::id::{DeviceId, StaffId};
use crate::journal::{Actor, Journal};

/// Notes that somebody at `id` wants help. Pressing again while waiting changes
/// nothing, so the time shown is the time waited.
///
/// # Errors
/// [`Error::NoSuchDevice`], [`Error::NotAKiosk`].
pub fn call_staff(tx: &Tx<'_>, journal: &Journal, id: DeviceId) -> Result<Help, Error> {
    let device = pairing::active(tx, id)?;
    if device.role != Role::Kiosk {
        return Err(Error::NotAKiosk);
    }
    if let Some(help) = device.help.filter(|help| help.answered.is_none()) {
        return Ok(help);
    }
    let help = Help { since: journal.now(), answered: None };
    store::set_help(tx, id, Some(&help))?;
    record(tx, journal, "device.help_asked", id, Actor::Device(id), json!({}))?;
    Ok(help)
}

/// Notes that `staff` goes there. Whoever answers second changes nothing.
///
/// # Errors
/// [`Error::NoSuchDevice`].
pub fn answer_call(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    id: DeviceId,
) -> Result<(), Error> {
    let device = pairing::active(tx, id)?;
    let Some(since) = device.calling_since() else { return Ok(()) };
    let now = journal.now();
    store::set_help(tx, id, Some(&Help { since, answered: Some((now, staff)) }))?;
    let facts = json!({ "waited_secs": (now - since).whole_seconds().max(0) });
    record(tx, journal, "device.help_answered", id, Actor::Staff(staff), facts)
}

/// Takes back a call, answered or not, because whoever called has left. Where
/// nobody called, nothing happens.
///
/// # Errors
/// Faults of storage.
pub fn withdraw_call(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: DeviceId,
) -> Result<(), Error> {
    let Some(help) = store::device(tx, id)?.and_then(|device| device.help) else { return Ok(()) };
    store::set_help(tx, id, None)?;
    let facts = json!({ "answered": help.answered.is_some() });
    record(tx, journal, "device.help_withdrawn", id, actor, facts)
}
