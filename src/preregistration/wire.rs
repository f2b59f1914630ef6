//! The text of a code: `MK1`, and in base41 a header, the sender's key and the
//! sealed body. `docs/adr/0008-light-carries-the-visit.md` has the whole format.

use std::io::Write as _;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::base41;
use super::refusal::Refusal;
use crate::chance::Chance;
use crate::envelope::{self, COMPRESSED_LEN, PrivateKey, PublicKey, TAG_LEN};

/// How every code begins.
const PREFIX: &str = "MK1";
/// The most characters of a code that is looked at: more than any version that
/// may be drawn.
const CHARS_MAX: usize = 1_300;
/// The most bytes of a body.
const BODY_MAX: usize = 4_096;

/// Suite 1, in the upper half of the first byte.
const SUITE: u8 = 1 << 4;
/// The body is raw deflate.
const DEFLATED: u8 = 1;
const HEADER_LEN: usize = 5;
/// What sealing adds to a body.
pub const OVERHEAD: usize = HEADER_LEN + COMPRESSED_LEN + TAG_LEN;

/// Which key sealed a code: the first bytes of the public key's SHA-256.
pub type KeyId = [u8; 4];

/// A code as it was read, before anything is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    header: [u8; HEADER_LEN],
    sender: [u8; COMPRESSED_LEN],
    content: Vec<u8>,
}

/// The id of a public key.
pub fn key_id(key: &PublicKey) -> KeyId {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(key.to_bytes()));
    [a, b, c, d]
}

/// How many characters a body of `len` bytes becomes.
pub fn chars(len: usize) -> usize {
    PREFIX.len() + base41::len(OVERHEAD + len)
}

/// Seals a body for the town, deflated where that makes it smaller. `None` when the
/// key is none to seal for.
pub fn seal(body: &[u8], town: &str, key: &PublicKey, chance: &dyn Chance) -> Option<String> {
    let deflated = deflate(body);
    let (flags, content) =
        if deflated.len() < body.len() { (DEFLATED, deflated.as_slice()) } else { (0, body) };
    let [a, b, c, d] = key_id(key);
    let header = [SUITE | flags, a, b, c, d];
    let (info, beside) = (info(town), beside(header));
    let (sender, content) = envelope::seal(key, (&info, &beside), content, chance)?;
    Some(Sealed { header, sender, content }.to_text())
}

impl Sealed {
    /// Reads a text as scanners give it: full width, in small letters, with blanks
    /// around. Only what is cheap is looked at.
    pub fn parse(text: &str) -> Result<Sealed, Refusal> {
        let text = text.trim();
        // No letter takes more than four bytes.
        if text.len() > CHARS_MAX * 4 {
            return Err(Refusal::NotOurs);
        }
        let text: String = text.nfkc().map(|c| c.to_ascii_uppercase()).collect();
        let text = text.strip_prefix(PREFIX).ok_or(Refusal::NotOurs)?;
        if text.len() > CHARS_MAX {
            return Err(Refusal::Torn);
        }
        let wire = base41::decode(text).ok_or(Refusal::Torn)?;
        let (header, rest) = wire.split_first_chunk().ok_or(Refusal::Torn)?;
        match header[0] {
            flags if flags >> 4 != SUITE >> 4 || flags & 0x0F > DEFLATED => Err(Refusal::Newer),
            _ => {
                let (sender, content) = rest.split_first_chunk().ok_or(Refusal::Torn)?;
                if content.len() <= TAG_LEN {
                    return Err(Refusal::Torn);
                }
                Ok(Sealed { header: *header, sender: *sender, content: content.to_vec() })
            }
        }
    }

    /// The text that is drawn.
    pub fn to_text(&self) -> String {
        let wire = [&self.header[..], &self.sender, &self.content].concat();
        format!("{PREFIX}{}", base41::encode(&wire))
    }

    /// Which key it was sealed for.
    pub fn key_id(&self) -> KeyId {
        let [_, a, b, c, d] = self.header;
        [a, b, c, d]
    }

    /// The body, as far as it was sealed for this town and key.
    pub fn open(&self, town: &str, key: &PrivateKey) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let (info, beside) = (info(town), beside(self.header));
        let content = envelope::open(key, (&info, &beside), &self.sender, &self.content)?;
        if self.header[0] & DEFLATED == 0 { Ok(content) } else { inflate(&content) }
    }
}

/// A code made for another town does not open, even with the same key.
fn info(town: &str) -> Vec<u8> {
    format!("kakanai-madoguchi/prereg/1|{town}").into_bytes()
}

fn beside(header: [u8; HEADER_LEN]) -> Vec<u8> {
    [PREFIX.as_bytes(), &header].concat()
}

fn deflate(body: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory does not fail; were it to, the body would go as it is.
    let whole = encoder.write_all(body).and_then(|()| encoder.finish());
    Zeroizing::new(whole.unwrap_or_else(|_| body.to_vec()))
}

/// No more than any visit is, however much a bomb would swell; and nothing after
/// the end.
fn inflate(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut body = Zeroizing::new(Vec::with_capacity(BODY_MAX));
    let mut stream = flate2::Decompress::new(false);
    let status = stream.decompress_vec(content, &mut body, flate2::FlushDecompress::Finish);
    match status {
        Ok(flate2::Status::StreamEnd) if stream.total_in() == content.len() as u64 => Ok(body),
        Ok(flate2::Status::Ok | flate2::Status::BufError) if body.len() == BODY_MAX => {
            Err(Refusal::TooLarge)
        }
        _ => Err(Refusal::Malformed),
    }
}
