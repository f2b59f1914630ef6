//! Notices (配信): what the hub sends down to an office, signed and numbered.
//!
//! Each office has its own numbers, from 1 and without gaps, each notice hung on the one
//! before it by its hash. A hub whose database was set back begins another series, later
//! than all before it: a number never stands for two things. [`follows`] is the table of
//! what a counter takes. This room knows neither clock nor line nor storage, nor what an
//! office does with a notice.

mod hex;
mod key;
mod kind;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::SeriesId;
use crate::sync::Hash;

pub use key::{PublicKey, SigningKey, Unusable};
pub use kind::{Account, Device, Kind, WrongBody};

/// What is signed begins with this: a signature is over a notice and nothing else.
const MAGIC: &[u8] = b"madoguchi notice 1\n";

/// What the first notice of a series hangs on.
pub const BEGINNING: Hash = [0; 32];

/// The longest that a notice says.
pub const BODY_LEN_MAX: usize = 256 * 1024;

/// What an office is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// `999997/honcho`: no other office takes it for its own.
    pub site: String,
    pub series: SeriesId,
    /// From 1 on, without gaps.
    pub number: u64,
    /// The hash of the one before it.
    #[serde(with = "hex::hash")]
    pub before: Hash,
    /// `fees`; a kind that is not known is refused by whoever should act on it.
    pub kind: String,
    pub body: String,
    /// RFC 3339; left out, at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activate_at: Option<String>,
    /// RFC 3339, by the hub's clock.
    pub sent_at: String,
}

/// How far somebody holds the notices of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub series: SeriesId,
    pub number: u64,
    #[serde(with = "hex::hash")]
    pub hash: Hash,
}

/// A notice as it travels: its text, and the signature over that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub text: String,
    #[serde(with = "hex::bytes")]
    pub signature: Vec<u8>,
}

/// Why a notice is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("no key that is trusted here has signed it")]
    Signature,
    #[error("it is signed, and not to be read")]
    Unreadable,
    #[error("it is for another office")]
    OtherOffice,
    /// One before it is missing.
    #[error("one before it is missing")]
    Gap,
    /// It does not hang on what is held, or stands in the place of another.
    #[error("it does not follow on what was taken before")]
    Parted,
}

impl Refused {
    /// The name used in storage: `signature`.
    pub fn id(self) -> &'static str {
        match self {
            Refused::Signature => "signature",
            Refused::Unreadable => "unreadable",
            Refused::OtherOffice => "other_office",
            Refused::Gap => "gap",
            Refused::Parted => "parted",
        }
    }
}

impl Notice {
    /// The same, signed.
    pub fn signed(&self, key: &SigningKey) -> Option<Signed> {
        let text = serde_json::to_string(self).ok()?;
        let signature = key.sign(&signed(&text))?;
        Some(Signed { text, signature })
    }
}

impl Signed {
    /// What the next one hangs on.
    pub fn hash(&self) -> Hash {
        Sha256::digest(signed(&self.text)).into()
    }

    /// What it says to `site`, if one of `trusted` has signed it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn open(&self, site: &str, trusted: &[PublicKey]) -> Result<Notice, Refused> {
        let bytes = signed(&self.text);
        if !trusted.iter().any(|key| key.has_signed(&bytes, &self.signature)) {
            return Err(Refused::Signature);
        }
        let notice: Notice = serde_json::from_str(&self.text).map_err(|_| Refused::Unreadable)?;
        if notice.site == site { Ok(notice) } else { Err(Refused::OtherOffice) }
    }
}

fn signed(text: &str) -> Vec<u8> {
    [MAGIC, text.as_bytes()].concat()
}

/// Whether a notice that is signed is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// It is the next one.
    Next,
    /// It was taken before; nothing is done.
    Known,
}

/// How a notice fits to what is held. `hash_at` answers for every one that is held.
///
/// # Errors
/// [`Refused::Gap`], [`Refused::Parted`].
pub fn follows(
    held: Option<&Place>,
    hash_at: impl Fn(SeriesId, u64) -> Option<Hash>,
    notice: &Notice,
    hash: &Hash,
) -> Result<Follows, Refused> {
    let Notice { series, number, before, .. } = notice;
    if let Some(held) = hash_at(*series, *number) {
        return if held == *hash { Ok(Follows::Known) } else { Err(Refused::Parted) };
    }
    let (expected, hangs_on) = match held {
        Some(held) if held.series == *series => (held.number + 1, held.hash),
        // A series ends where another, later one begins.
        Some(held) if held.series > *series => return Err(Refused::Parted),
        _ => (1, BEGINNING),
    };
    match (*number == expected, *before == hangs_on) {
        (true, true) => Ok(Follows::Next),
        (true, false) => Err(Refused::Parted),
        (false, _) if *number > expected => Err(Refused::Gap),
        (false, _) => Err(Refused::Parted),
    }
}
