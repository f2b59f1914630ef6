//! Bytes as two small hexadecimal digits each.

/// The digits.
pub(super) fn write(bytes: &[u8]) -> String {
    crate::hex::digits(bytes)
}

/// The bytes; `None` of anything else.
pub(super) fn read(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| {
        // `from_str_radix` takes a sign, too.
        let is_hex = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| is_hex)
    };
    digits.as_bytes().chunks(2).map(byte).collect()
}

pub(super) mod bytes {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::write(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let digits = String::deserialize(from)?;
        super::read(&digits).ok_or_else(|| de::Error::custom("no hexadecimal digits"))
    }
}

pub(super) mod hash {
    use serde::{Deserializer, Serializer, de};

    use crate::sync::Hash;

    pub fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        super::bytes::serialize(hash, to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let bytes = super::bytes::deserialize(from)?;
        bytes.try_into().map_err(|_| de::Error::custom("a hash has 32 bytes"))
    }
}
