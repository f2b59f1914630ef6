//! Pairing: a code goes from the desk to the device, a token stays there.

use std::time::Duration;

use serde_json::json;

use super::{Device, Error, Role, record, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{DeviceId, OpId};
use crate::journal::{self, Actor, Entity, Event, Journal};
use crate::secret::{Code, Token};

/// About forty bits, for ten minutes.
const CODE_LEN: usize = 8;
const CODE_LASTS: Duration = Duration::from_secs(10 * 60);
const PURPOSE: &str = "device pairing";

/// What the desk says about a device before it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    pub name: String,
    pub role: Role,
    pub reader: Option<String>,
}

impl NewDevice {
    /// Checks what was typed. An empty reader is none.
    ///
    /// # Errors
    /// [`Error::NameForm`], [`Error::ReaderForm`].
    pub fn typed(name: &str, role: Role, reader: &str) -> Result<Self, Error> {
        let name = name.trim().to_owned();
        if !(1..=40).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Error::NameForm);
        }
        Ok(Self { name, role, reader: typed_reader(role, reader)? })
    }
}

fn typed_reader(role: Role, reader: &str) -> Result<Option<String>, Error> {
    match (reader.trim(), role) {
        ("", _) => Ok(None),
        (reader, Role::Kiosk)
            if reader.chars().count() <= 200 && !reader.chars().any(char::is_control) =>
        {
            Ok(Some(reader.to_owned()))
        }
        _ => Err(Error::ReaderForm),
    }
}

/// Makes a code with which one device may be paired, and says until when. The
/// same `op` sent twice has the same code.
///
/// # Errors
/// [`Error::NameTaken`], [`Error::ReaderTaken`]; [`Error::UnknownCode`] when `op`
/// was sent before and its code is used up or too old.
pub fn offer(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    actor: Actor,
    new: &NewDevice,
) -> Result<(Code, Moment), Error> {
    let now = journal.now();
    store::forget_codes_before(tx, now)?;
    let code = Code::of(&journal.secret_of(PURPOSE, &op.to_string()), CODE_LEN);
    let digest = code.digest(PURPOSE);
    if journal::entity_of_op(tx, op, "device.pairing_offered")?.is_some() {
        let until = store::code_until(tx, &digest)?.ok_or(Error::UnknownCode)?;
        return Ok((code, until));
    }
    free(tx, new, None)?;
    let until = now + CODE_LASTS;
    store::insert_code(tx, &digest, new, until)?;
    let event = Event {
        op,
        kind: "device.pairing_offered",
        schema_version: 1,
        entity: Entity::new("device", "unpaired"),
        actor,
        facts: json!({ "role": new.role, "until": clock::rfc3339(until) }),
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok((code, until))
}

/// Pairs the device at which `typed` was entered. The token goes into the
/// device's cookie and nowhere else; the code is used up. The same `op` sent
/// twice with the same code has the same token.
///
/// # Errors
/// [`Error::UnknownCode`]; [`Error::NameTaken`] and [`Error::ReaderTaken`] when
/// another device was quicker, and then the code stays good.
pub fn redeem(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    typed: &str,
) -> Result<(Device, Token), Error> {
    let now = journal.now();
    store::forget_codes_before(tx, now)?;
    let code = Code::typed(typed).ok_or(Error::UnknownCode)?;
    // The code is part of it: whoever learns of `op` later has no token from that.
    let token = Token::of(journal.secret_of("device token", &format!("{op} {code}")));
    if let Some(device) = store::paired(tx, &token)? {
        return Ok((device, token));
    }
    let new = store::take_code(tx, &code.digest(PURPOSE))?.ok_or(Error::UnknownCode)?;
    free(tx, &new, None)?;
    let device = Device {
        id: DeviceId::new(now, &*journal.chance),
        name: new.name,
        role: new.role,
        reader: new.reader,
        paired_at: now,
        revoked_at: None,
        help: None,
    };
    store::insert(tx, &device, &token.digest())?;
    let facts = json!({ "role": device.role, "name": device.name, "reader": device.reader });
    let entity = Entity::new("device", device.id);
    let actor = device.actor();
    let event = Event {
        op,
        kind: "device.paired",
        schema_version: 1,
        entity,
        actor,
        facts,
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok((device, token))
}

/// Takes the device's token away. Doing it twice is no fault.
///
/// # Errors
/// [`Error::NoSuchDevice`].
pub fn revoke(tx: &Tx<'_>, journal: &Journal, actor: Actor, id: DeviceId) -> Result<(), Error> {
    let device = store::device(tx, id)?.ok_or(Error::NoSuchDevice)?;
    if device.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke(tx, id, journal.now())?;
    record(tx, journal, "device.revoked", id, actor, json!({}))
}

/// Takes every device's token away, and every code that was not used yet. After a
/// backup was restored nobody knows which of them were taken away since; how many
/// devices it were.
///
/// # Errors
/// Faults of storage.
pub fn revoke_all(tx: &Tx<'_>, journal: &Journal, actor: Actor) -> Result<usize, Error> {
    store::forget_codes(tx)?;
    let mut paired = store::all(tx)?;
    paired.retain(|device| device.revoked_at.is_none());
    paired.iter().try_for_each(|device| revoke(tx, journal, actor, device.id))?;
    Ok(paired.len())
}

/// Says which card reader stands beside a kiosk; an empty name is none.
///
/// # Errors
/// [`Error::NoSuchDevice`], [`Error::ReaderForm`], [`Error::ReaderTaken`].
pub fn choose_reader(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    id: DeviceId,
    reader: &str,
) -> Result<(), Error> {
    let device = active(tx, id)?;
    let reader = typed_reader(device.role, reader)?;
    let wanted = NewDevice { name: device.name, role: device.role, reader };
    free(tx, &wanted, Some(id))?;
    store::set_reader(tx, id, wanted.reader.as_deref())?;
    let facts = json!({ "reader": wanted.reader });
    record(tx, journal, "device.reader_chosen", id, actor, facts)
}

/// The device, if it still holds its token.
pub(super) fn active(tx: &Tx<'_>, id: DeviceId) -> Result<Device, Error> {
    store::device(tx, id)?.filter(|device| device.revoked_at.is_none()).ok_or(Error::NoSuchDevice)
}

/// Refuses a name or a reader that another active device has.
fn free(tx: &Tx<'_>, wanted: &NewDevice, but: Option<DeviceId>) -> Result<(), Error> {
    for other in store::all(tx)? {
        if other.revoked_at.is_some() || Some(other.id) == but {
            continue;
        }
        if other.name == wanted.name {
            return Err(Error::NameTaken);
        }
        if wanted.reader.is_some() && other.reader == wanted.reader {
            return Err(Error::ReaderTaken);
        }
    }
    Ok(())
}
