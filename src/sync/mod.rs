//! The forwarder (送信): brings every entry of the journal to the hub, once and in
//! order, over a line that loses, doubles and delays, between two ends that may
//! each wake up as an old copy of themselves.
//!
//! The journal is the outbox: nothing is queued beside it. Both ends compare the
//! number and the hash of the entry that came last ([`course`]); from there whole
//! prefixes travel ([`batch`]), and the hub takes what follows on what it holds
//! and nothing else ([`receive`]). When to ask and when to be silent is worked out
//! by [`forwarder`], which knows no clock, no socket and no database: it is told
//! the time, what the counter holds and what was heard, and says what to do next.
//! So the same code runs in an office and in the seeded weeks of its tests.

pub mod batch;
pub mod course;
pub mod forwarder;
pub mod message;
pub mod pause;
pub mod receive;

#[cfg(test)]
mod tests;

pub use course::{Course, Incident, course};
pub use forwarder::{Forwarder, Next};
pub use message::{Answer, Entry, Hash, Incarnation, Link, Mark, Position, Watermark};
pub use receive::{Receipt, receive};
