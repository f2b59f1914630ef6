//! Bytes as characters of a QR code's alphanumeric mode.
//!
//! Two bytes, big end first, are three characters, least significant first; a last
//! single byte is two. The alphabet leaves out what a scanner with an American
//! keyboard garbles on a Japanese computer (`* + :`) and the blank. Every text
//! stands for one row of bytes only: what is not written the one way is refused.

const ALPHABET: &[u8; 41] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./";
const BASE: u32 = 41;

/// The characters that stand for `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for group in bytes.chunks(2) {
        let mut rest = group.iter().fold(0, |value, byte| value << 8 | u32::from(*byte));
        for _ in 0..=group.len() {
            text.push(char::from(ALPHABET[(rest % BASE) as usize]));
            rest /= BASE;
        }
    }
    text
}

/// The bytes that `text` stands for; `None` for what nothing is written as.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut value = 0;
        for character in group.iter().rev() {
            let digit = ALPHABET.iter().position(|letter| letter == character)?;
            value = value * BASE + u32::try_from(digit).ok()?;
        }
        match group.len() {
            3 => bytes.extend(u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

/// How many characters `len` bytes are.
pub fn len(len: usize) -> usize {
    len / 2 * 3 + len % 2 * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_bytes_are_three_characters_and_one_is_two() {
        for (bytes, text) in [
            (&[][..], ""),
            (&[0], "00"),
            (&[255], "96"),
            (&[0, 0], "000"),
            (&[0, 41], "010"),
            (&[255, 255], "H/-"),
            (&[1, 2, 3], "C6030"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_no_bytes_are_written_as_is_refused() {
        // Too large for two bytes, for one; a lone character; other characters.
        for text in ["///", "I/-", "A6", "//", "0", "0000", "00a", "0 0", "0*0", "é0", "００"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), len(bytes.len()));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn no_two_texts_are_the_same_bytes(text in "[0-9A-Z$%./-]{0,40}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
