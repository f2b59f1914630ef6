//! Sealing for one receiver: HPKE (RFC 9180) in base mode with DHKEM(P-256,
//! HKDF-SHA256), HKDF-SHA256 and AES-128-GCM. What is sealed, it does not know.
//!
//! The sender's key travels compressed, 33 bytes; the algorithm sees its 65. Base
//! mode proves nothing about who sealed: anybody may.

use std::convert::Infallible;

use hpke::aead::AesGcm128;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use p256::elliptic_curve::sec1::ToSec1Point;
use zeroize::Zeroizing;

use crate::chance::Chance;

type P256 = DhP256HkdfSha256;

/// Why nothing is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// The sender's key is not written the one way it is written.
    #[error("the sender's key is none")]
    NotAKey,
    /// It was sealed for somebody else, for another purpose, or changed.
    #[error("it does not open")]
    NotOpened,
}

/// Bytes of a compressed point.
pub const COMPRESSED_LEN: usize = 33;
/// Bytes of a point as it is.
pub const POINT_LEN: usize = 65;
/// Bytes that sealing adds to a content, besides the sender's key.
pub const TAG_LEN: usize = 16;

/// The receiver's private key.
#[derive(Clone)]
pub struct PrivateKey(<P256 as Kem>::PrivateKey);

/// The receiver's public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(<P256 as Kem>::PublicKey);

impl PrivateKey {
    /// A new key.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(P256::gen_keypair_with_rng(&mut Drawn(chance)).0)
    }

    /// The key that is these 32 bytes, if one is.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <P256 as Kem>::PrivateKey::from_bytes(bytes).ok().map(Self)
    }

    /// The key's 32 bytes.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public key of this one.
    pub fn public(&self) -> PublicKey {
        PublicKey(P256::sk_to_pk(&self.0))
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PublicKey {
    /// The key that is these 65 bytes, if one is.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <P256 as Kem>::PublicKey::from_bytes(bytes).ok().map(Self)
    }

    /// The key's 65 bytes.
    pub fn to_bytes(&self) -> [u8; POINT_LEN] {
        self.0.to_bytes().into()
    }
}

/// Seals `content`: the sender's compressed key, and what only the receiver opens.
/// `None` when the receiver's key agrees with no other.
pub fn seal(
    receiver: &PublicKey,
    (info, beside): (&[u8], &[u8]),
    content: &[u8],
    chance: &dyn Chance,
) -> Option<([u8; COMPRESSED_LEN], Vec<u8>)> {
    let (key, sealed) = hpke::single_shot_seal_with_rng::<AesGcm128, HkdfSha256, P256>(
        &OpModeS::Base,
        &receiver.0,
        info,
        content,
        beside,
        &mut Drawn(chance),
    )
    .ok()?;
    Some((compress(&key.to_bytes().into()), sealed))
}

/// Opens what [`seal`] made for this receiver with the same `info` and `beside`.
///
/// # Errors
/// [`Unopened`], which does not tell what was changed.
pub fn open(
    receiver: &PrivateKey,
    (info, beside): (&[u8], &[u8]),
    sender: &[u8; COMPRESSED_LEN],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let sender = decompress(sender).ok_or(Unopened::NotAKey)?;
    let sender = <P256 as Kem>::EncappedKey::from_bytes(&sender).map_err(|_| Unopened::NotAKey)?;
    hpke::single_shot_open::<AesGcm128, HkdfSha256, P256>(
        &OpModeR::Base,
        &receiver.0,
        &sender,
        info,
        sealed,
        beside,
    )
    .map(Zeroizing::new)
    .map_err(|_| Unopened::NotOpened)
}

fn compress(point: &[u8; POINT_LEN]) -> [u8; COMPRESSED_LEN] {
    let mut compressed = [0; COMPRESSED_LEN];
    compressed.copy_from_slice(&point[..COMPRESSED_LEN]);
    compressed[0] = 2 + (point[POINT_LEN - 1] & 1);
    compressed
}

/// The point, if it is written in the one way that is taken. The library also takes
/// a "compact" form (05) without the sign: one code would then have two texts.
fn decompress(compressed: &[u8; COMPRESSED_LEN]) -> Option<[u8; POINT_LEN]> {
    if !matches!(compressed[0], 2 | 3) {
        return None;
    }
    let point = p256::PublicKey::from_sec1_bytes(compressed).ok()?;
    point.as_affine().to_sec1_point(false).as_bytes().try_into().ok()
}

/// The randomness that was passed in, as the library asks for it.
struct Drawn<'c>(&'c dyn Chance);

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(crate::chance::bytes(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(crate::chance::bytes(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        let pairs = (0..digits.len()).step_by(2);
        pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    }

    /// RFC 9180 A.3.1, from the file that the page's test reads too.
    fn vector() -> impl Fn(&str) -> Vec<u8> {
        let text = include_str!("../tests/fixtures/preregistration/rfc9180-a3.json");
        let vector: serde_json::Value = serde_json::from_str(text).unwrap();
        move |key| hex(vector[key].as_str().unwrap())
    }

    /// The "random" bytes that the RFC made its sender's key of.
    struct Ikm(Vec<u8>);

    impl Chance for Ikm {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0);
        }
    }

    #[test]
    fn the_vector_of_rfc_9180_a_3_is_sealed_and_opened() {
        let vector = vector();
        let receiver = PrivateKey::generate(&Ikm(vector("ikmR")));
        assert_eq!(receiver.to_bytes().as_slice(), vector("skRm"));
        assert_eq!(receiver.public().to_bytes().as_slice(), vector("pkRm"));
        let (info, beside) = (vector("info"), vector("aad"));
        let chance = Ikm(vector("ikmE"));
        let (sender, sealed) =
            seal(&receiver.public(), (&info, &beside), &vector("pt"), &chance).unwrap();
        assert_eq!(
            (sealed.as_slice(), sender),
            (&vector("ct")[..], compress(&vector("enc").try_into().unwrap()))
        );
        assert_eq!(
            open(&receiver, (&info, &beside), &sender, &sealed).unwrap().as_slice(),
            vector("pt")
        );
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for bytes in [vec![0; 32], vec![0xFF; 32], vec![1; 31], Vec::new()] {
            assert!(PrivateKey::from_bytes(&bytes).is_none());
        }
        for bytes in [vec![4; 65], vec![0; 65], vec![0], Vec::new()] {
            assert!(PublicKey::from_bytes(&bytes).is_none());
        }
    }
}
