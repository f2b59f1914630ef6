//! One entry, and the bytes its hash is made of.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock::{self, Clock, Moment, SystemClock};
use crate::id::{DeviceId, OpId, StaffId, VisitId};

/// Who did it. Pseudonymous: names stand in the staff table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A resident at this tablet; no one is signed in.
    Device(DeviceId),
    Staff(StaffId),
    /// A resident at home; nobody knows who, and no address is kept.
    Home,
    /// Somebody at the machine's own command line.
    Console,
    /// Whoever holds a ticket, at a telephone; nobody knows who.
    Holder,
    /// The program itself: timers, clean-up.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Device(id) => write!(f, "device:{id}"),
            Actor::Staff(id) => write!(f, "staff:{id}"),
            Actor::Home => f.write_str("home"),
            Actor::Console => f.write_str("console"),
            Actor::Holder => f.write_str("holder"),
            Actor::System => f.write_str("system"),
        }
    }
}

/// What it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    pub kind: &'static str,
    pub id: String,
}

impl Entity {
    /// The entity of this kind and identity.
    pub fn new(kind: &'static str, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string() }
    }
}

/// What happened. `facts` holds nothing personal; what is personal goes into
/// `personal` and is sealed with that visit's key.
pub struct Event<'a> {
    pub op: OpId,
    /// `visit.submitted`: slice, dot, past participle.
    pub kind: &'a str,
    /// Version of what `facts` and `personal` look like.
    pub schema_version: u32,
    pub entity: Entity,
    pub actor: Actor,
    pub facts: Value,
    pub personal: Option<(VisitId, Value)>,
}

/// When it happened, as far as this machine can tell.
pub(super) struct Stamp<'a> {
    pub occurred_at: Moment,
    pub boot_id: &'a str,
    /// Since this process started.
    pub monotonic_ms: u64,
    pub clock_quality: ClockQuality,
}

/// Whether somebody keeps the wall clock right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockQuality {
    Synced,
    Unsynced,
}

impl ClockQuality {
    /// That of the machine, whatever clock is passed in.
    pub fn of_this_machine() -> Self {
        match SystemClock.is_set() {
            true => ClockQuality::Synced,
            false => ClockQuality::Unsynced,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ClockQuality::Synced => "synced",
            ClockQuality::Unsynced => "unsynced",
        }
    }
}

/// A row of the journal, as its hash sees it and as it travels to the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Default))]
pub struct Row {
    pub log: String,
    pub seq: i64,
    pub op_id: String,
    pub kind: String,
    pub schema_version: i64,
    pub entity_kind: String,
    pub entity_id: String,
    pub occurred_at: String,
    pub boot_id: String,
    pub monotonic_ms: i64,
    pub clock_quality: String,
    pub actor: String,
    /// JSON; its bytes are hashed.
    pub facts: String,
    /// The personal part, sealed with its visit's key.
    pub sealed: Option<Vec<u8>>,
    pub prev_hash: Vec<u8>,
}

pub(super) type Hash = [u8; 32];

impl Row {
    pub(super) fn new(
        event: &Event<'_>,
        stamp: &Stamp<'_>,
        sealed: Option<&[u8]>,
        at: (String, i64),
        prev_hash: &[u8],
    ) -> Self {
        Self {
            log: at.0,
            seq: at.1,
            op_id: event.op.to_string(),
            kind: event.kind.to_owned(),
            schema_version: i64::from(event.schema_version),
            entity_kind: event.entity.kind.to_owned(),
            entity_id: event.entity.id.clone(),
            occurred_at: clock::rfc3339(stamp.occurred_at),
            boot_id: stamp.boot_id.to_owned(),
            monotonic_ms: i64::try_from(stamp.monotonic_ms).unwrap_or(i64::MAX),
            clock_quality: stamp.clock_quality.as_str().to_owned(),
            actor: event.actor.to_string(),
            // serde_json keeps keys sorted, so equal facts are equal bytes.
            facts: event.facts.to_string(),
            sealed: sealed.map(<[u8]>::to_vec),
            prev_hash: prev_hash.to_vec(),
        }
    }

    /// About how many bytes it is: what is long in it, and something for the rest.
    pub fn size(&self) -> usize {
        const REST: usize = 512;
        let sealed = self.sealed.as_ref().map_or(0, Vec::len);
        // Sealed bytes travel as two digits each.
        self.facts.len() + self.entity_id.len() + 2 * sealed + REST
    }

    /// SHA-256 over a domain word and every column in order, each preceded by
    /// its length, so that no two different rows have the same bytes. A missing
    /// sealed part and an empty one differ by a leading 0 or 1.
    pub fn hash(&self) -> Hash {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(b"madoguchi journal 1");
        part(&self.prev_hash);
        for text in [&self.log, &self.op_id, &self.kind, &self.entity_kind, &self.entity_id] {
            part(text.as_bytes());
        }
        for text in
            [&self.occurred_at, &self.boot_id, &self.clock_quality, &self.actor, &self.facts]
        {
            part(text.as_bytes());
        }
        for number in [self.seq, self.schema_version, self.monotonic_ms] {
            part(&number.to_be_bytes());
        }
        match &self.sealed {
            None => part(&[0]),
            Some(sealed) => {
                part(&[1]);
                part(sealed);
            }
        }
        hash.finalize().into()
    }
}

/// An entry about a visit, its personal part opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// `visit.corrected`.
    pub kind: String,
    pub facts: Value,
    pub personal: Option<Value>,
}

/// What the first entry of a log is chained to.
pub fn beginning(log: &str, site: &str, parent_hash: Option<&[u8]>) -> Hash {
    let mut hash = Sha256::new();
    for part in [b"madoguchi log 1" as &[u8], log.as_bytes(), site.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(parent_hash.unwrap_or_default());
    hash.finalize().into()
}
