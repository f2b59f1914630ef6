//! The key that a hub signs with (Ed25519), and the half of it that a counter trusts: it is
//! written into `site.toml` when the counter is set up.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::sign;
use zeroize::Zeroizing;

use super::hex;
use crate::chance::{self, Chance};

/// What stands before the 32 bytes of such a key (RFC 8410 §7), as `openssl genpkey` writes it.
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{0} is no Ed25519 key (PEM): make one with `madoguchi hub key`")]
    NoKey(String),
    #[error("{0}: {1}")]
    File(String, io::Error),
    #[error("a key has 64 hexadecimal digits, as `madoguchi hub key` prints them")]
    NotPublic,
}

/// Signs what a hub sends.
#[derive(Clone)]
pub struct SigningKey(Arc<dyn sign::SigningKey>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// The key in this file.
    ///
    /// # Errors
    /// When it is none.
    pub fn load(file: &Path) -> Result<Self, Unusable> {
        let none = || Unusable::NoKey(file.display().to_string());
        let der = PrivateKeyDer::from_pem_file(file).map_err(|_| none())?;
        Self::of(&der).ok_or_else(none)
    }

    /// A new key, written into `file` for its owner alone. A file that is there stays.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn make(file: &Path, chance: &dyn Chance) -> Result<Self, Unusable> {
        let failed = |error| Unusable::File(file.display().to_string(), error);
        let der = der(chance);
        let pem = Zeroizing::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            base64(&der)
        ));
        let mut options = OpenOptions::new();
        let mut to = options.write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
        to.write_all(pem.as_bytes()).and_then(|()| to.sync_all()).map_err(failed)?;
        Self::load(file)
    }

    /// A key that is kept nowhere.
    pub fn of_the_moment(chance: &dyn Chance) -> Option<Self> {
        let der = der(chance);
        Self::of(&PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der.to_vec())))
    }

    fn of(der: &PrivateKeyDer<'_>) -> Option<Self> {
        ring::sign::any_eddsa_type(match der {
            PrivateKeyDer::Pkcs8(der) => der,
            _ => return None,
        })
        .ok()
        .map(Self)
    }

    /// The half that counters are told.
    pub fn public(&self) -> Option<PublicKey> {
        let info = self.0.public_key()?;
        let (_, key) = info.split_last_chunk::<32>()?;
        Some(PublicKey(*key))
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.0.choose_scheme(&[SignatureScheme::ED25519])?.sign(bytes).ok()
    }
}

/// Whose signatures are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::write(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = Unusable;

    fn from_str(digits: &str) -> Result<Self, Unusable> {
        let bytes = hex::read(digits.trim()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(PublicKey).ok_or(Unusable::NotPublic)
    }
}

impl PublicKey {
    pub(super) fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let known = ring::default_provider().signature_verification_algorithms;
        known
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == SignatureScheme::ED25519)
            .flat_map(|(_, all)| all.iter())
            .any(|one| one.verify_signature(&self.0, bytes, signature).is_ok())
    }
}

fn der(chance: &dyn Chance) -> Zeroizing<[u8; 48]> {
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&PKCS8);
    let seed = Zeroizing::new(chance::bytes::<32>(chance));
    der[16..].copy_from_slice(&*seed);
    der
}

/// As PEM writes bytes; 48 of them need no filling.
fn base64(bytes: &[u8; 48]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let four = |three: &[u8]| {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[bits >> shift & 63]))
    };
    bytes.chunks(3).flat_map(four).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn a_key_is_written_for_its_owner_alone_read_back_and_never_written_over() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("downlink.pem");
        let made = SigningKey::make(&file, &SeededChance::new(1)).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let read = SigningKey::load(&file).unwrap();
        assert_eq!(read.public(), made.public());
        assert!(matches!(SigningKey::make(&file, &SeededChance::new(2)), Err(Unusable::File(..))));
        assert_eq!(SigningKey::load(&file).unwrap().public(), made.public());
        let public = made.public().unwrap();
        assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
        for wrong in ["", "00", "zz", &format!("{public}00"), &public.to_string()[1..]] {
            assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_another_key_signed_or_what_was_touched_is_not_taken() {
        let key = |seed| SigningKey::of_the_moment(&SeededChance::new(seed)).unwrap();
        let (one, other) = (key(1), key(2));
        let signature = one.sign(b"words").unwrap();
        let public = one.public().unwrap();
        assert!(public.has_signed(b"words", &signature));
        assert!(!other.public().unwrap().has_signed(b"words", &signature));
        assert!(!public.has_signed(b"wordz", &signature));
        for at in 0..signature.len() {
            let mut touched = signature.clone();
            touched[at] ^= 1;
            assert!(!public.has_signed(b"words", &touched), "{at}");
        }
    }
}
