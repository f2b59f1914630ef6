//! `[[bring]]`: what a resident takes along, beside what shows who they are.

use serde::Deserialize;

use super::Condition;
use crate::lang::Words;

/// One thing to bring, told to whoever prepares the visit at home.
///
/// ```toml
/// [[bring]]
/// when = [{ question = "try.relation", is = ["agent"] }]
/// what = { ja = "委任状", en = "The letter of authority" }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bring {
    /// It is needed while all of these hold; without any, by everybody.
    #[serde(default)]
    pub when: Vec<Condition>,
    pub what: Words,
}
