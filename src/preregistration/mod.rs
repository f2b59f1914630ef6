//! The QR code made at home (事前申請): a visit's answers, sealed on the
//! resident's telephone and read by light, so that the internet and the counter
//! share no network.
//!
//! A code is read in this order, and what is cheap comes first: its text
//! (`wire`), the town's key of the month (`keys`), the seal (`envelope`), the body
//! (`cbor`, `body`), its days, and last each answer by the rules of its question
//! (`understand`). The seal hides the answers from whoever finds the code; it
//! proves nothing about who made it. So everything in it counts as typed by an
//! unknown person, and what is not understood is named, never dropped in silence.
//!
//! Nothing may be keyed on a code's text: only `jti` and revision are sealed.
//! Single use is kept by `jti`: where each code stands is a table (`life`), and a
//! row (`store`) that holds nothing of what the code says.
//! This room knows nothing of screens and cameras, nor whose visit it is.

mod base41;
mod body;
pub mod budget;
mod cbor;
mod codebook;
mod compact;
mod intake;
mod keys;
pub mod life;
mod refusal;
pub mod store;
mod trouble;
mod understand;
mod value;
mod wire;

#[cfg(test)]
mod tests;

pub use crate::envelope::PublicKey;
pub use body::{Visit, encode};
pub use codebook::{Codebook, Codebooks, Hash, hash_text};
pub use intake::{Intake, IntakeError};
pub use keys::{Epoch, Key, KeyFolder, Keyring, KeysError, PublicFile};
pub use refusal::{Doubt, Refusal, Why};
pub use trouble::{Trouble, troubles};
pub use wire::{KeyId, OVERHEAD, chars, seal};

use time::Duration;

use crate::appointment::Number;
use crate::clock::Moment;
use crate::form::answers::Answers;
use crate::hex;

/// Days a code may be brought: the 14 of a notice of moving fit in.
pub const VALID_DAYS: i64 = 30;
/// How wrong a telephone's clock may be.
const FUTURE_MAX: Duration = Duration::hours(24);

/// Names one visit's code through all its revisions. Sealed, so it is what single
/// use is kept by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jti(pub [u8; 8]);

impl std::fmt::Display for Jti {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::digits(&self.0))
    }
}

impl serde::Serialize for Jti {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a code said, understood as far as this counter's forms allow. Everything
/// in it was typed by an unknown person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub jti: Jti,
    pub revision: u32,
    pub made_at: Moment,
    /// Ids, in the order they were chosen.
    pub procedures: Vec<String>,
    /// Each with the source `Qr`.
    pub answers: Answers,
    /// The number of the appointment that the code checks in.
    pub booking: Option<Number>,
    /// What could not be understood: "please check".
    pub doubtful: Vec<Doubt>,
}

impl Opened {
    /// As the command line tells it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "jti": self.jti,
            "revision": self.revision,
            "made_at": crate::clock::rfc3339(self.made_at),
            "procedures": self.procedures,
            "answers": self.answers,
            "booking": self.booking.map(|number| number.digits()),
            "doubtful": self.doubtful,
        })
    }
}

/// Opens the text of a code.
///
/// # Errors
/// Why nothing of it is taken.
pub fn open(
    text: &str,
    keys: &Keyring,
    books: &Codebooks,
    town: &str,
    now: Moment,
) -> Result<Opened, Refusal> {
    let sealed = wire::Sealed::parse(text)?;
    let key = keys.find(sealed.key_id(), now.date()).ok_or(Refusal::UnknownKey)?;
    said(&sealed.open(town, key.private())?, books, now)
}

/// What a body says.
fn said(plain: &[u8], books: &Codebooks, now: Moment) -> Result<Opened, Refusal> {
    let body = body::Body::read(plain)?;
    if body.made_at - now > FUTURE_MAX {
        return Err(Refusal::FromFuture);
    }
    if now - body.made_at > Duration::days(VALID_DAYS) {
        return Err(Refusal::Expired);
    }
    Ok(understand::understand(body, books, now.date()))
}
