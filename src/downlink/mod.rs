//! The downlink (配信): what the hub sends down to this office, and what becomes of it.
//!
//! A notice whose key, number and place are right is on disk before anything is done about
//! it, and that is how far the hub is told that it is held. When its time has come it is
//! checked by the rules of whatever it concerns and done, or refused with a reason: its
//! state, what it changes and its journal entry are one transaction, and the entry is how
//! the hub hears of it. What is not signed or does not follow changes nothing and is told
//! where the line is shown. What the pages do with a new configuration is not known here.

mod apply;
mod fetch;
mod standing;
mod store;
mod take;
#[cfg(test)]
mod tests;

pub use apply::{Due, Settled, apply, due, next_due_at, parts, pieces};
pub use fetch::{Fetching, From};
pub use standing::Standing;
pub use store::{Listed, NotTaken, State, in_force, listed, not_taken};
pub use take::{Taken, take};

/// What the journal says of a notice.
pub const APPLIED: &str = "notice.applied";
pub const REFUSED: &str = "notice.refused";
/// And of what is none, or does not follow.
pub const NOT_TAKEN: &str = "notice.not_taken";

/// The tables of this room.
pub const SCHEMA: crate::db::Step = include_str!("sql/downlink.sql");
