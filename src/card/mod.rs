//! Identity cards: what is on the reader, and what it may tell us.
//!
//! This room reads a マイナンバーカード or a driver's licence into an
//! [`Applicant`](crate::applicant::Applicant), recognises other cards in order to
//! decline them politely, and turns every mishap into one [`Error`] that a
//! resident can act on. Promises:
//!
//! - The 個人番号 cannot be read: the files that can be selected are an enum per
//!   application ([`file`]), and EF 0001 of the card is not among them.
//! - A PIN lives for one VERIFY. The counter of tries is asked immediately
//!   before, the last try needs the resident's word, and nothing is ever tried
//!   again by itself.
//! - A card is held exclusively and powered off on every way out, panics
//!   included, because a card remembers a correct PIN until it loses power.
//! - No command or answer is logged, only instruction, length and status.
//!
//! A tap is prefill, not 本人確認: this room does not judge who holds the card. It
//! knows nothing of screens, procedures or forms. Readers come in behind
//! [`CardReader`]: the [`emulator`], and PC/SC with the cargo feature `pcsc`.

mod apdu;
pub mod emulator;
mod error;
mod file;
mod identify;
mod jis;
mod licence;
mod link;
mod my_number;
#[cfg(feature = "pcsc")]
pub mod pcsc;
mod pin;
mod reader_thread;
mod reading;
pub mod remote;
mod session;
mod tlv;
#[cfg(target_os = "linux")]
pub mod vpcd;

pub use error::Error;
pub use identify::Kind;
pub use link::{CardLink, CardReader, LinkError, Tap};
pub use pin::{NotASecret, Pin, Secret, VerificationNumberB};
pub use reader_thread::{Presence, ReaderThread};
pub use reading::{Ask, Field, Probe, Reading, Warning, probe, read};

#[cfg(test)]
mod tests;
