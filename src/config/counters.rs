//! `counters.toml`: the counters (窓口) people are called to.

use serde::Deserialize;

use crate::lang::Words;

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The number above it, unique in the office.
    pub number: u32,
    pub name: Words,
    /// Id of the section (課) whose clerks sit here.
    pub section: String,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub counter: Vec<Counter>,
}
