//! JSON, compressed (gzip), never larger than somebody can hold.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes that are taken from the line at most.
pub const BODY_LEN_MAX: usize = 4 * 1024 * 1024;

/// Bytes that they may become: a batch is a mebibyte before it is written as JSON, and
/// one entry alone may be larger.
const UNPACKED_LEN_MAX: usize = 16 * 1024 * 1024;

/// What arrived is nothing that this version can read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("what arrived is not compressed (gzip), or was cut off")]
    NotCompressed,
    #[error("what arrived is larger than {UNPACKED_LEN_MAX} bytes")]
    TooLarge,
    /// Where it is wrong, and nothing of what it says.
    #[error("what arrived is not what is said here: line {0}, column {1}")]
    NotAsExpected(usize, usize),
}

/// What is said, as it travels.
pub fn pack(said: &impl Serialize) -> Vec<u8> {
    // Neither fails: what is said here has no maps with strange keys, and memory takes
    // every byte.
    let json = serde_json::to_vec(said).unwrap_or_default();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let _ = encoder.write_all(&json);
    encoder.finish().unwrap_or_default()
}

/// What was said.
///
/// # Errors
/// [`Unreadable`], with nothing of the text itself.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    let mut json = Vec::new();
    let most = UNPACKED_LEN_MAX as u64 + 1;
    let read = GzDecoder::new(bytes).take(most).read_to_end(&mut json);
    read.map_err(|_| Unreadable::NotCompressed)?;
    if json.len() > UNPACKED_LEN_MAX {
        return Err(Unreadable::TooLarge);
    }
    serde_json::from_slice(&json)
        .map_err(|error| Unreadable::NotAsExpected(error.line(), error.column()))
}

/// Bytes as two small hexadecimal digits each.
pub mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&crate::hex::digits(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let digits = String::deserialize(from)?;
        let wrong = || de::Error::custom("no bytes in hexadecimal digits");
        let pair = |pair: &[u8]| {
            let pair = std::str::from_utf8(pair).ok()?;
            // `from_str_radix` takes a sign, too.
            let is_hex = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            u8::from_str_radix(pair, 16).ok().filter(|_| is_hex)
        };
        digits.as_bytes().chunks(2).map(|two| pair(two).ok_or_else(wrong)).collect()
    }
}

/// The same where there may be none.
pub mod maybe_hex {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => super::hex::serialize(bytes, to),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        #[derive(Deserialize)]
        struct Bytes(#[serde(with = "super::hex")] Vec<u8>);
        Ok(Option::<Bytes>::deserialize(from)?.map(|Bytes(bytes)| bytes))
    }
}

/// The same of a hash.
pub mod hash {
    use serde::{Deserializer, Serializer, de};

    use crate::sync::Hash;

    pub fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        super::hex::serialize(hash, to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let bytes = super::hex::deserialize(from)?;
        bytes.try_into().map_err(|_| de::Error::custom("a hash has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_refused_and_not_quoted() {
        let told = |bytes: &[u8]| unpack::<super::super::Question>(bytes).unwrap_err().to_string();
        assert!(told(b"{}").contains("gzip"));
        let whole = pack(&serde_json::json!({ "site": "みほん 花子" }));
        assert!(told(&whole[..whole.len() / 2]).contains("gzip"));
        let strange = told(&whole);
        assert!(strange.contains("line 1") && !strange.contains("花子"), "{strange}");
        // Few bytes that become many.
        let bomb = pack(&" ".repeat(UNPACKED_LEN_MAX));
        assert!(bomb.len() < 100_000);
        assert!(matches!(unpack::<String>(&bomb), Err(Unreadable::TooLarge)));
    }

    #[test]
    fn bytes_are_read_back_and_what_is_none_is_refused() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Bytes(#[serde(with = "hex")] Vec<u8>);
        let all = Bytes((0..=255).collect());
        assert_eq!(unpack::<Bytes>(&pack(&all)).unwrap(), all);
        for wrong in ["0", "0g", "+1", "あ"] {
            assert!(unpack::<Bytes>(&pack(&wrong)).is_err(), "{wrong}");
        }
    }
}
