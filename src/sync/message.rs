//! What the two ends say to each other.

use crate::id::LogId;

/// The hash of an entry, with that of the entry before it inside.
pub type Hash = [u8; 32];

/// One life of the hub's database. A restored hub begins another, so that every
/// counter compares again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(pub [u8; 16]);

/// A place in a log: an entry's number and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Numbers begin at 1 and have no gaps; 0 is the beginning, before any entry.
    pub seq: u64,
    pub hash: Hash,
}

/// How an entry hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub seq: u64,
    pub before: Hash,
    pub hash: Hash,
}

impl Link {
    /// Where a log ends with this entry.
    pub fn mark(&self) -> Mark {
        Mark { seq: self.seq, hash: self.hash }
    }
}

/// One entry under way; what it says is not looked at on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<B> {
    pub link: Link,
    pub body: B,
}

/// What a counter keeps of each log, in the same database as the log itself. All
/// of it may be old after a restore: it only saves asking, nothing rests on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watermark {
    pub log: LogId,
    /// As far as the hub had taken the log when it last answered.
    pub acked: Mark,
    /// The hub that answered; `None` before the first answer.
    pub hub: Option<Incarnation>,
    /// As far as the hub had a backup of it.
    pub backed_up: u64,
}

impl Watermark {
    /// Of a log of which the hub has not heard; `beginning` is the hash that its
    /// first entry hangs on.
    pub fn new(log: LogId, beginning: Hash) -> Self {
        Self { log, acked: Mark { seq: 0, hash: beginning }, hub: None, backed_up: 0 }
    }
}

/// Where the hub stands with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The newest entry of the prefix it holds; `None` when it holds none.
    pub upto: Option<Mark>,
    /// As far as a backup of the hub has it.
    pub backed_up: u64,
    pub hub: Incarnation,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<B> {
    /// To a greeting, and to entries: how far the hub is now.
    Position(Position),
    /// To a question for what the hub holds of a log, from the number asked for.
    /// Empty: there is no more.
    Held(Vec<Entry<B>>),
    /// The hub has too much to do: 429 or 503 with Retry-After.
    Busy { retry_after_ms: Option<u64> },
    /// No answer came, or none that can be read.
    Nothing,
}
