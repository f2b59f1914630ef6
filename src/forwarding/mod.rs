//! Forwarding (送信): the counter's end of the line to the hub.
//!
//! The journal is the outbox. What the hub said of each log is kept in the same database,
//! and may be as old as the database is: [`crate::sync`] compares before it sends. A log
//! that the hub has otherwise is not gone on with; the hub's version of it is fetched and
//! kept, and what only this counter has travels in a log of its own, under the identities
//! that it has in the journal. What an entry means is not looked at.

mod carried;
mod hear;
mod keys;
mod link;
mod post;
mod standing;
mod store;
mod work;

pub use crate::wire::Stuck;
pub use carried::Carried;
pub use link::{Error, Files, Heard, Link, Place};
pub use post::Post;
pub use standing::{Last, Standing, Trouble};
pub use store::{Parted, Waiting, parted, waiting};
pub use work::{Forwarding, Way};

/// What the journal says of a press that asks the hub to look again at what it parked.
pub const ASKED_AGAIN: &str = "hub.asked_again";

/// The tables of this room.
pub const SCHEMA: crate::db::Step = include_str!("sql/forwarding.sql");
/// What is kept of the hub's version of a log need not be fetched from its beginning.
pub const SHARED: crate::db::Step = include_str!("sql/shared.sql");
/// What the hub was told of visits' keys.
pub const KEYS: crate::db::Step = include_str!("sql/keys.sql");
