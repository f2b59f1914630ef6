//! Keys of visits on their way to the hub, where a town wants that: sealed for the hub
//! alone ([`crate::envelope`]), for a letter lies open on its way. They are no entries:
//! what was told here can be erased.
//!
//! A message may come twice, late and out of order. What was erased stays erased, and the
//! answer names what it is about, so that nobody has to remember which letter it was in.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::bytes;
use crate::chance::Chance;
use crate::envelope::{self, COMPRESSED_LEN, POINT_LEN, PrivateKey, PublicKey, Unopened};
use crate::id::VisitId;
use crate::journal::VisitKey;
use crate::sync::Incarnation;

/// "Here are keys of visits, and which of them were erased."
pub const KEYS: &str = "/sync/v1/keys";

/// Visits of which something is told at once, at most.
pub const VISITS_MAX: usize = 200;

const INFO: &[u8] = b"madoguchi visit keys 1";

/// Keys of visits of one office, and visits whose keys it has erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub site: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
    #[serde(default)]
    pub erased: Vec<VisitId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed {
    #[serde(with = "bytes::hex")]
    sender: Vec<u8>,
    #[serde(with = "bytes::hex")]
    content: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct One {
    visit: VisitId,
    #[serde(with = "bytes::hex")]
    key: Vec<u8>,
}

impl Drop for One {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
    }
}

impl Keys {
    /// What is erased at `site`, and no key.
    pub fn erased(site: String, erased: Vec<VisitId>) -> Self {
        Self { site, sealed: None, erased }
    }

    /// The same with keys that only `to` can open. None where that key agrees with no
    /// other.
    pub fn with_keys(
        self,
        to: &PublicKey,
        keys: &[(VisitId, VisitKey)],
        chance: &dyn Chance,
    ) -> Option<Self> {
        let all: Vec<One> = keys
            .iter()
            .map(|(visit, key)| One { visit: *visit, key: key.exposed().to_vec() })
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&all).unwrap_or_default());
        let beside = self.site.as_bytes();
        let (sender, content) = envelope::seal(to, (INFO, beside), &plain, chance)?;
        Some(Self { sealed: Some(Sealed { sender: sender.to_vec(), content }), ..self })
    }

    /// Whether it tells anything.
    pub fn is_empty(&self) -> bool {
        self.sealed.is_none() && self.erased.is_empty()
    }

    /// Whether there are keys in it.
    pub fn has_keys(&self) -> bool {
        self.sealed.is_some()
    }

    /// The keys.
    ///
    /// # Errors
    /// They are not for this receiver, or not from this site.
    pub fn open(&self, key: &PrivateKey) -> Result<Vec<(VisitId, VisitKey)>, Unopened> {
        let Some(sealed) = &self.sealed else { return Ok(Vec::new()) };
        let sender: [u8; COMPRESSED_LEN] =
            sealed.sender.as_slice().try_into().map_err(|_| Unopened::NotAKey)?;
        let plain = envelope::open(key, (INFO, self.site.as_bytes()), &sender, &sealed.content)?;
        let all: Vec<One> = serde_json::from_slice(&plain).map_err(|_| Unopened::NotOpened)?;
        let key = |one: &One| {
            let bytes = one.key.as_slice().try_into().map_err(|_| Unopened::NotOpened)?;
            Ok((one.visit, VisitKey::of(bytes)))
        };
        all.iter().map(key).collect()
    }
}

/// What the hub has of it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysHeard {
    /// The life of its database.
    #[serde(with = "bytes::hex")]
    hub: Vec<u8>,
    /// What keys are sealed with for it; nothing where it keeps none.
    #[serde(default, with = "bytes::maybe_hex", skip_serializing_if = "Option::is_none")]
    to: Option<Vec<u8>>,
    /// Visits whose keys it was told.
    pub has: Vec<VisitId>,
    /// Visits that it knows to be erased.
    pub erased: Vec<VisitId>,
}

impl KeysHeard {
    /// An answer that names nothing yet.
    pub fn new(hub: Incarnation, to: Option<&PublicKey>) -> Self {
        let to = to.map(|to| to.to_bytes().to_vec());
        Self { hub: hub.0.to_vec(), to, has: Vec::new(), erased: Vec::new() }
    }

    /// Its life, and the key for it: what a counter remembers.
    pub fn remembered(&self) -> (&[u8], Option<&[u8]>) {
        let to = self.to.as_deref().filter(|to| to.len() == POINT_LEN);
        (&self.hub, to)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::{pack, unpack};
    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn keys_are_opened_by_their_receiver_from_their_site_and_by_nobody_else() {
        let chance = SeededChance::new(1);
        let visit = VisitId::new(datetime!(2026-11-25 9:00 +9), &chance);
        let (hub, other) = (PrivateKey::generate(&chance), PrivateKey::generate(&chance));
        let told = Keys::erased("999997/honcho".into(), vec![visit]);
        let told =
            told.with_keys(&hub.public(), &[(visit, VisitKey::of([7; 32]))], &chance).unwrap();
        let came: Keys = unpack(&pack(&told)).unwrap();
        assert_eq!(came, told);
        let opened = came.open(&hub).unwrap();
        let opened: Vec<_> = opened.iter().map(|(visit, key)| (*visit, *key.exposed())).collect();
        assert_eq!(opened, [(visit, [7; 32])]);
        assert_eq!(came.open(&other).err(), Some(Unopened::NotOpened));
        let elsewhere = Keys { site: "999997/higashi".into(), ..came };
        assert_eq!(elsewhere.open(&hub).err(), Some(Unopened::NotOpened));
        let text = serde_json::to_string(&told).unwrap();
        assert!(!text.contains(&"07".repeat(32)), "nothing of a key is to be read");
    }

    #[test]
    fn an_answer_says_who_keeps_keys_and_what_it_has() {
        let key = PrivateKey::generate(&SeededChance::new(1)).public();
        for to in [None, Some(&key)] {
            let heard = KeysHeard::new(Incarnation([3; 16]), to);
            let came: KeysHeard = unpack(&pack(&heard)).unwrap();
            assert_eq!(came, heard);
            let (hub, remembered) = came.remembered();
            assert_eq!(hub, [3; 16]);
            assert_eq!(remembered, to.map(|to| to.to_bytes()).as_ref().map(<[u8; 65]>::as_slice));
        }
    }
}
