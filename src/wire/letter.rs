//! The same in letters, where files are carried instead of a line: one question in each,
//! and what the hub answers to it.

use serde::{Deserialize, Serialize};

use super::{
    AllStuck, Batch, Holding, Keys, KeysHeard, Log, Notices, NoticesQuestion, Question, Standing,
};
use crate::id::LogId;

/// What kind of letter an office writes, and what the hub does.
pub const QUESTION: &str = "question";
pub const REPLY: &str = "reply";

/// What an office writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Of two letters of an office the one with the higher number is the later.
    pub number: u64,
    pub asks: Asks,
    /// Whether the hub is to look again at what it could not take further.
    #[serde(default)]
    pub again: bool,
    /// Keys of visits, where the town wants the hub to have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
    /// What of what the hub sent down it is to have next.
    #[serde(default)]
    pub notices: Option<NoticesQuestion>,
}

/// What a letter asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// "Here is a log, and what of it you may lack; how much have you?"
    Entries(Batch),
    /// "What have you of it?"
    Held(Question),
}

impl Asks {
    /// The office it comes from.
    pub fn site(&self) -> &str {
        match self {
            Asks::Entries(batch) => &batch.log.site,
            Asks::Held(question) => &question.site,
        }
    }

    /// The log it is about.
    pub fn log(&self) -> LogId {
        match self {
            Asks::Entries(Batch { log: Log { id, .. }, .. }) => *id,
            Asks::Held(question) => question.log,
        }
    }
}

/// What the hub answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The office, so that no other takes it for its own.
    pub site: String,
    /// The letter's number.
    pub to: u64,
    pub log: LogId,
    pub says: Says,
    /// What waits there.
    #[serde(default)]
    pub stuck: AllStuck,
    /// What came of the keys in the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<KeysHeard>,
    /// What was sent down.
    #[serde(default)]
    pub notices: Notices,
}

/// The answer itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    Standing(Standing),
    Holding(Holding),
    /// Nothing was taken; a code says why.
    Refused(String),
}
