//! What travels between an office and the hub, as bytes: JSON, compressed, under an
//! address that names its version.
//!
//! | to | says | and hears |
//! | --- | --- | --- |
//! | [`HELLO`] | [`Greeting`] | [`Standing`] |
//! | [`ENTRIES`] | [`Batch`] | [`Standing`] |
//! | [`HELD`] | [`Question`] | [`Holding`] |
//! | [`STUCK`] | [`StuckQuestion`] | [`AllStuck`] |
//! | [`KEYS`] | [`Keys`] | [`KeysHeard`] |
//! | [`NOTICES`] | [`NoticesQuestion`] | [`Notices`] |
//!
//! An entry travels as its columns, for its hash is made of them; whoever takes it in
//! works the hash out again. Names that are not known are passed over, so that a newer
//! office may say more to an older hub.

mod bytes;
mod keys;
pub mod letter;
mod notices;

use serde::{Deserialize, Serialize};

use crate::id::LogId;
use crate::journal::{LogRow, Row};
use crate::sync::message::Link;
use crate::sync::{Entry, Hash, Incarnation, Mark, Position};

pub use notices::{NOTICES, Notices, NoticesQuestion};

pub use bytes::{BODY_LEN_MAX, Unreadable, pack, unpack};
pub use keys::{KEYS, Keys, KeysHeard, VISITS_MAX};

/// "Here is a log; how much of it have you?"
pub const HELLO: &str = "/sync/v1/hello";
/// "Here are entries of it."
pub const ENTRIES: &str = "/sync/v1/entries";
/// "What have you of it, from here on?"
pub const HELD: &str = "/sync/v1/held";

/// "What of mine can you not take further?"
pub const STUCK: &str = "/sync/v1/stuck";

/// What of an office the hub could not take further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuckQuestion {
    pub site: String,
    /// Whether it is to look again first.
    #[serde(default)]
    pub again: bool,
}

/// The answer: the oldest of it, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllStuck {
    pub stuck: Vec<Stuck>,
    pub more: usize,
}

/// An entry that the hub has, and that waits there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    pub kind: String,
    pub entity: (String, String),
    /// When it happened, RFC 3339.
    pub at: String,
    /// `too_new`.
    pub why: String,
}

/// A log, before any of it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    pub log: Log,
}

/// Entries of a log, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub log: Log,
    entries: Vec<Written>,
}

/// What the hub holds of a log from a number on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub site: String,
    pub log: LogId,
    pub first: u64,
}

/// The answer; nothing when there is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    log: LogId,
    /// The number that was asked for: an answer may come late, and after that to a later
    /// question.
    first: u64,
    entries: Vec<Written>,
}

/// A log, as it was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    pub id: LogId,
    pub site: String,
    parent: Option<Parent>,
    pub opened_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Parent {
    log: LogId,
    seq: u64,
    #[serde(with = "bytes::hash")]
    hash: Hash,
}

/// Where the hub stands with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    upto: Option<Place>,
    backed_up: u64,
    #[serde(with = "bytes::hex")]
    hub: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    seq: u64,
    #[serde(with = "bytes::hash")]
    hash: Hash,
}

/// An entry; its log is said once for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    seq: i64,
    op: String,
    kind: String,
    version: i64,
    entity: (String, String),
    at: String,
    boot: String,
    monotonic_ms: i64,
    clock: String,
    actor: String,
    /// The text itself: its bytes are hashed.
    facts: String,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "bytes::maybe_hex")]
    sealed: Option<Vec<u8>>,
    #[serde(with = "bytes::hash")]
    before: Hash,
    #[serde(with = "bytes::hash")]
    hash: Hash,
}

impl Batch {
    /// These entries of `log`.
    pub fn new(log: Log, entries: &[Entry<Row>]) -> Self {
        Self { log, entries: entries.iter().map(Written::from).collect() }
    }

    /// The entries. What their hashes say is not looked at.
    pub fn entries(&self) -> Vec<Entry<Row>> {
        self.entries.iter().map(|entry| entry.of(self.log.id)).collect()
    }
}

impl Holding {
    /// What is held of `log` from number `first` on.
    pub fn new((log, first): (LogId, u64), entries: &[Entry<Row>]) -> Self {
        Self { log, first, entries: entries.iter().map(Written::from).collect() }
    }

    /// Whether it answers the question for what is held of `log` from `first` on.
    pub fn is_of(&self, log: LogId, first: u64) -> bool {
        let begins = self.entries.first().map(|entry| u64::try_from(entry.seq));
        (self.log, self.first) == (log, first) && begins.is_none_or(|seq| seq == Ok(first))
    }

    /// The entries. What their hashes say is not looked at.
    pub fn entries(&self) -> Vec<Entry<Row>> {
        self.entries.iter().map(|entry| entry.of(self.log)).collect()
    }
}

impl From<&LogRow> for Log {
    fn from(row: &LogRow) -> Self {
        let LogRow { id, site, parent, opened_at } = row.clone();
        let parent = parent.map(|(log, seq, hash)| Parent { log, seq, hash });
        Log { id, site, parent, opened_at }
    }
}

impl Log {
    /// The log it goes on from, and where.
    pub fn parent(&self) -> Option<(LogId, Mark)> {
        let mark = |parent: &Parent| Mark { seq: parent.seq, hash: parent.hash };
        self.parent.as_ref().map(|parent| (parent.log, mark(parent)))
    }
}

impl From<Position> for Standing {
    fn from(Position { upto, backed_up, hub }: Position) -> Self {
        let upto = upto.map(|Mark { seq, hash }| Place { seq, hash });
        Standing { upto, backed_up, hub: hub.0.to_vec() }
    }
}

impl Standing {
    /// The same for the forwarder; `None` of a hub without a life of its own.
    pub fn position(&self) -> Option<Position> {
        let hub = Incarnation(self.hub.clone().try_into().ok()?);
        let upto = self.upto.as_ref().map(|place| Mark { seq: place.seq, hash: place.hash });
        Some(Position { upto, backed_up: self.backed_up, hub })
    }
}

impl From<&Entry<Row>> for Written {
    fn from(Entry { link, body }: &Entry<Row>) -> Self {
        let Row { op_id, kind, entity_kind, entity_id, occurred_at, boot_id, .. } = body.clone();
        let Row { clock_quality, actor, facts, sealed, .. } = body.clone();
        Written {
            seq: body.seq,
            op: op_id,
            kind,
            version: body.schema_version,
            entity: (entity_kind, entity_id),
            at: occurred_at,
            boot: boot_id,
            monotonic_ms: body.monotonic_ms,
            clock: clock_quality,
            actor,
            facts,
            sealed,
            before: link.before,
            hash: link.hash,
        }
    }
}

impl Written {
    fn of(&self, log: LogId) -> Entry<Row> {
        let seq = u64::try_from(self.seq).unwrap_or(0);
        let one = self.clone();
        let body = Row {
            log: log.to_string(),
            seq: one.seq,
            op_id: one.op,
            kind: one.kind,
            schema_version: one.version,
            entity_kind: one.entity.0,
            entity_id: one.entity.1,
            occurred_at: one.at,
            boot_id: one.boot,
            monotonic_ms: one.monotonic_ms,
            clock_quality: one.clock,
            actor: one.actor,
            facts: one.facts,
            sealed: one.sealed,
            prev_hash: one.before.to_vec(),
        };
        Entry { link: Link { seq, before: self.before, hash: self.hash }, body }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;

    fn entry(log: LogId, sealed: Option<Vec<u8>>) -> Entry<Row> {
        let body = Row {
            log: log.to_string(),
            seq: 3,
            op_id: "01a20ada-2c00-7cb9-b86b-f6c27eeb5592".into(),
            kind: "visit.submitted".into(),
            schema_version: 1,
            entity_kind: "visit".into(),
            entity_id: "01a20ada-2c00-7cb9-b86b-f6c27eeb5590".into(),
            occurred_at: "2026-11-25T09:00:00+09:00".into(),
            boot_id: "unknown".into(),
            monotonic_ms: 5,
            clock_quality: "unsynced".into(),
            actor: "system".into(),
            // Keys as they were written, a letter beyond the sixteen bits.
            facts: r#"{"z":1,"a":"𠮷"}"#.into(),
            sealed,
            prev_hash: vec![7; 32],
        };
        let link = Link { seq: 3, before: [7; 32], hash: body.hash() };
        Entry { link, body }
    }

    #[test]
    fn what_arrives_is_what_was_sent() {
        let log = LogId::new(datetime!(2026-11-25 8:30 +9), &SeededChance::new(1));
        let row = LogRow {
            id: log,
            site: "999997/honcho".into(),
            parent: Some((log, 9, [4; 32])),
            opened_at: "2026-11-25T08:30:00+09:00".into(),
        };
        let entries = [None, Some(vec![]), Some(vec![0, 255])].map(|sealed| entry(log, sealed));
        let batch = Batch::new(Log::from(&row), &entries);
        let arrived: Batch = unpack(&pack(&batch)).unwrap();
        assert_eq!(arrived.entries(), entries);
        assert_eq!(arrived.log.parent(), Some((log, Mark { seq: 9, hash: [4; 32] })));
        let held: Holding = unpack(&pack(&Holding::new((log, 3), &entries))).unwrap();
        assert_eq!(held.entries(), entries);
        let hub = Incarnation([8; 16]);
        for upto in [None, Some(Mark { seq: 9, hash: [1; 32] })] {
            let position = Position { upto, backed_up: 2, hub };
            let said: Standing = unpack(&pack(&Standing::from(position))).unwrap();
            assert_eq!(said.position(), Some(position));
        }
    }
}
