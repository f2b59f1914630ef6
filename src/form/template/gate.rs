//! `[[gate]]`: who cannot use the form.

use serde::Deserialize;

use super::Condition;
use crate::lang::Words;

/// Turns a resident away, kindly and early.
///
/// The questions a gate looks at, and the pages they stand on, are asked before
/// everything else of a visit, the card included: nobody answers ten pages and is
/// refused on the eleventh. So they may look at nothing but one another.
///
/// ```toml
/// [[gate]]
/// when = [{ question = "try.relation", is = ["other"] }]
/// title = { ja = "この方法では請求できません", en = "This way is not open to you" }
/// reason = { ja = "請求できるのは、ご本人だけです。", en = "Only the person may ask." }
/// instead = "other_form"
/// ```
///
/// One that looks at a repeated question (`try.year.#.place`) stands once for each
/// row, with the row's number in its words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The gate is closed while all of these hold.
    pub when: Vec<Condition>,
    /// What the resident is told first.
    pub title: Words,
    /// Why, and what they can do now.
    pub reason: Words,
    /// Id of the form that is offered in this one's place. A town that does not
    /// have it offers nothing, nor is one offered that the answers close as well.
    pub instead: Option<String>,
}
