//! A reader at another PC of the counter's network.
//!
//! `madoguchi reader` runs where the reader is plugged in and calls the counter
//! server; from then on the server speaks to a card there as to one beside it
//! ([`RemoteReader`] is a [`CardReader`](super::CardReader)). Promises:
//!
//! - Only who holds the reader's [`LinkKey`] is listened to, and everything said
//!   is sealed with keys of this one connection: whoever listens on the line sees
//!   neither PIN nor name, and what was recorded opens nothing later.
//! - A card is powered off when the line is cut, at whichever end, or has been
//!   silent for a few seconds: both ends say again and again that they are there.
//! - Both ends see soon that the line is gone, and the next call works.
//!
//! It knows no sockets: both ends take any stream of bytes.

mod key;
mod message;
mod office_side;
mod reader_side;
mod sealed;

use std::time::Duration;

pub use key::{LinkKey, NotAKey};
pub use office_side::{Line, RemoteReader};
pub use reader_side::serve;

/// What both sides call the protocol when a connection changes over to it.
pub const PROTOCOL: &str = "madoguchi-reader/2";

/// The purpose under which the office key gives a reader's secret.
pub const PURPOSE: &str = "reader link";

/// How often an end that has nothing to say says so.
const ALIVE_EVERY: Duration = Duration::from_secs(1);

/// After this silence the line counts as cut: an unplugged cable tells nobody.
const CUT_AFTER: Duration = Duration::from_secs(4);

/// Both ends must show the key soon; a busy machine takes its time.
const SHOW_KEY_WITHIN: Duration = Duration::from_secs(8);

/// Why a line ended.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The connection was closed or broke.
    #[error("the line was cut: {0}")]
    Cut(#[from] std::io::Error),
    /// What came was not sealed with the key of this line.
    #[error(
        "the other side has another key: make the reader's key anew with `madoguchi reader key`"
    )]
    Forged,
    /// What came makes no sense, or the other side speaks another version.
    #[error("the other side speaks another version of madoguchi: install the same on both")]
    Garbled,
    /// Nothing was heard for too long.
    #[error("the other side went silent")]
    Silent,
    /// The same reader called again.
    #[error("the same reader called again")]
    Replaced,
    /// The reader's thread ended.
    #[error("reading a card failed; the card was powered off")]
    Broken,
}

#[cfg(test)]
mod tests;
