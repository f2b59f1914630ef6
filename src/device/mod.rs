//! Devices: the tablets residents use and the displays on the wall.
//!
//! A device is trusted because a member of staff read a short code from the desk
//! and typed it into the device; from then on its token says which device asks.
//! Revoking takes the token away. A kiosk knows which card reader stands beside
//! it, and whether a resident there asked for somebody to come. This room knows
//! no residents, no cards and no cookies.

pub mod display;
mod help;
mod pairing;
mod store;

use serde_json::Value;

use crate::clock::Moment;
use crate::db::{self, Tx};
use crate::id::{DeviceId, StaffId};
use crate::journal::{self, Actor, Entity, Event, Journal};

pub use help::{answer_call, call_staff, withdraw_call};
pub use pairing::{NewDevice, choose_reader, offer, redeem, revoke, revoke_all};
pub use store::{all, device, paired};

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/device.sql");

/// What a device is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 来庁者端末: residents touch it.
    Kiosk,
    /// 表示盤: everybody sees it.
    Display,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 2] = [Role::Kiosk, Role::Display];

    /// The name used in storage and web forms: `kiosk`.
    pub fn id(self) -> &'static str {
        match self {
            Role::Kiosk => "kiosk",
            Role::Display => "display",
        }
    }

    /// The role of a [`Role::id`].
    pub fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }
}

/// A device that was paired, and perhaps revoked since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub id: DeviceId,
    /// What staff call it: 記載台1.
    pub name: String,
    pub role: Role,
    /// The card reader beside a kiosk, by the name the system gives it.
    pub reader: Option<String>,
    pub paired_at: Moment,
    pub revoked_at: Option<Moment>,
    pub help: Option<Help>,
}

impl Device {
    /// Since when somebody waits at this device for a member of staff.
    pub fn calling_since(&self) -> Option<Moment> {
        self.help.as_ref().filter(|help| help.answered.is_none()).map(|help| help.since)
    }

    /// Who acts, for the journal.
    pub fn actor(&self) -> Actor {
        Actor::Device(self.id)
    }
}

/// A resident pressed "call staff".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Help {
    pub since: Moment,
    /// When, and by whom.
    pub answered: Option<(Moment, StaffId)>,
}

/// Why something about a device was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a device's name is 1 to 40 characters")]
    NameForm,
    #[error("another device has this name")]
    NameTaken,
    #[error("only a kiosk has a card reader, named in 1 to 200 characters")]
    ReaderForm,
    #[error("another kiosk uses this card reader")]
    ReaderTaken,
    #[error("this pairing code is unknown, used or too old")]
    UnknownCode,
    #[error("there is no such device, or it was revoked")]
    NoSuchDevice,
    #[error("only a kiosk can call staff")]
    NotAKiosk,
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Appends what happened to a device.
fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    kind: &str,
    device: DeviceId,
    actor: Actor,
    facts: Value,
) -> Result<(), Error> {
    let entity = Entity::new("device", device);
    let op = journal.op();
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}

#[cfg(test)]
mod tests;
