//! Words and rows of digits in fewer bytes, every character kept as it is.
//!
//! UTF-8 takes three bytes for a kana or a kanji. Here those of Japanese names and
//! addresses take two, a text that is a reading through and through takes one, and
//! whatever else Unicode has takes four. Nothing is folded or replaced. A text
//! that is no shorter this way stays UTF-8.

use super::cbor::Item;

/// Two-byte characters: where each range begins and how many it has. Their order
/// is part of the format.
const PAIRS: [(u32, u32); 7] = [
    (0x4E00, 0x5200), // kanji
    (0x3000, 0x0100), // punctuation, kana
    (0xFF00, 0x00F0), // full width and half width
    (0x3400, 0x19C0), // rarer kanji
    (0xF900, 0x0200), // compatibility kanji
    (0x00A0, 0x01B0), // Latin letters with marks
    (0x1E00, 0x0100), // more of them
];

/// Leads a text that is a reading through and through.
const READING: u8 = 0x00;
/// Leads three bytes of code point.
const OTHER: u8 = 0x01;

/// The longest row of digits that is written as a number.
const DIGITS_MAX: usize = 24;

/// A text as short as it can be.
pub fn words(text: &str) -> Item {
    let short = reading(text).unwrap_or_else(|| pairs(text));
    if short.len() < text.len() { Item::Bytes(short) } else { Item::Text(text.to_owned()) }
}

/// The text that [`words`] wrote.
pub fn read_words(item: &Item) -> Option<String> {
    match item {
        Item::Text(text) => Some(text.clone()),
        Item::Bytes(bytes) => match bytes.split_first() {
            Some((&READING, letters)) => letters.iter().map(|byte| read_letter(*byte)).collect(),
            _ => read_pairs(bytes),
        },
        _ => None,
    }
}

fn reading(text: &str) -> Option<Vec<u8>> {
    let letters = text.chars().map(letter);
    std::iter::once(Some(READING)).chain(letters).collect()
}

/// Katakana, the blank of either width and ASCII.
fn letter(c: char) -> Option<u8> {
    match c {
        ' '..='~' => Some(c as u8),
        '\u{30A0}'..='\u{30FF}' => u8::try_from(c as u32 - 0x30A0 + 0x80).ok(),
        '\u{3000}' => Some(0xE0),
        _ => None,
    }
}

fn read_letter(byte: u8) -> Option<char> {
    match byte {
        b' '..=b'~' => Some(char::from(byte)),
        0x80..0xE0 => char::from_u32(0x30A0 + u32::from(byte) - 0x80),
        0xE0 => Some('\u{3000}'),
        _ => None,
    }
}

fn pairs(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match (c, pair(c as u32)) {
            (' '..='~', _) => bytes.push(c as u8),
            (_, Some(pair)) => bytes.extend((pair | 0x8000).to_be_bytes()),
            (_, None) => {
                let [_, code @ ..] = (c as u32).to_be_bytes();
                bytes.push(OTHER);
                bytes.extend(code);
            }
        }
    }
    bytes
}

fn pair(code: u32) -> Option<u16> {
    let mut before = 0;
    for (first, count) in PAIRS {
        if (first..first + count).contains(&code) {
            return u16::try_from(before + code - first).ok();
        }
        before += count;
    }
    None
}

fn read_pairs(mut bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len() * 2);
    loop {
        let (c, rest) = match bytes {
            [] => return Some(text),
            [byte @ b' '..=b'~', rest @ ..] => (char::from(*byte), rest),
            [OTHER, a, b, c, rest @ ..] => {
                (char::from_u32(u32::from_be_bytes([0, *a, *b, *c]))?, rest)
            }
            [high @ 0x80..=0xFF, low, rest @ ..] => {
                (of_pair(u16::from_be_bytes([high & 0x7F, *low]))?, rest)
            }
            _ => return None,
        };
        text.push(c);
        bytes = rest;
    }
}

fn of_pair(pair: u16) -> Option<char> {
    let mut pair = u32::from(pair);
    for (first, count) in PAIRS {
        if pair < count {
            return char::from_u32(first + pair);
        }
        pair -= count;
    }
    None
}

/// Digits and hyphens as one number in base 11 with a 1 before them, so that zeros
/// in front stay; anything else as it is.
pub fn digits(text: &str) -> Item {
    let figure = |byte| match byte {
        b'0'..=b'9' => Some(u128::from(byte - b'0')),
        b'-' => Some(10),
        _ => None,
    };
    let number = text.bytes().try_fold(1, |number: u128, byte| Some(number * 11 + figure(byte)?));
    match number.filter(|_| text.len() <= DIGITS_MAX) {
        Some(number) => {
            let bytes = number.to_be_bytes();
            Item::Bytes(bytes[number.leading_zeros() as usize / 8..].to_vec())
        }
        None => Item::Text(text.to_owned()),
    }
}

/// The row that [`digits`] wrote.
pub fn read_digits(item: &Item) -> Option<String> {
    let bytes = match item {
        Item::Text(text) => return Some(text.clone()),
        // Twelve bytes hold every row of the longest.
        Item::Bytes(bytes) if bytes.len() <= 12 => bytes,
        _ => return None,
    };
    let mut number = bytes.iter().fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
    let mut row = Vec::new();
    while number > 1 {
        let figure = u8::try_from(number % 11).ok()?;
        row.push(if figure == 10 { '-' } else { char::from(b'0' + figure) });
        number /= 11;
    }
    (number == 1).then(|| row.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn japanese_takes_two_bytes_and_a_reading_one() {
        for (text, len) in [
            ("", 1),
            ("SEISHO LUISA MUESTRA", 21),
            ("セイショ　ヒカル", 2 + 8),
            ("清書　光", 1 + 8),
            ("みほん町大字架空字上野原１２３４番地", 2 + 36),
            ("辻\u{E0100}", 1 + 6),
            ("𠮷", 1 + 4),
        ] {
            let item = words(text);
            assert_eq!(item.to_bytes().len(), len, "{text}");
            assert_eq!(read_words(&item).as_deref(), Some(text));
        }
    }

    #[test]
    fn digits_keep_their_zeros_and_hyphens() {
        for (row, len) in [("9999999", 5), ("0000001", 5), ("090-0000-0304", 7), ("", 2), ("00", 2)]
        {
            let item = digits(row);
            assert_eq!(item.to_bytes().len(), len, "{row}");
            assert_eq!(read_digits(&item).as_deref(), Some(row));
        }
        assert_eq!(digits("12a"), Item::Text("12a".into()));
        let long = "0".repeat(25);
        assert_eq!(digits(&long), Item::Text(long.clone()));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for bytes in [
            &[0x00, 0x01][..],
            &[0x00, 0xFF],
            &[0x01, 0, 0],
            &[0x01, 0x11, 0, 0],
            &[0x01, 0, 0xD8, 0],
            &[0x80],
            &[0xFF, 0xFF],
            &[0x1F],
            &[0x7F],
        ] {
            assert_eq!(read_words(&Item::Bytes(bytes.to_vec())), None, "{bytes:?}");
        }
        for bytes in [&[][..], &[0], &[5], &[1; 13]] {
            assert_eq!(read_digits(&Item::Bytes(bytes.to_vec())), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "\\PC{0,30}", any in any::<String>()) {
            prop_assert_eq!(read_words(&words(&text)), Some(text));
            prop_assert_eq!(read_words(&words(&any)), Some(any));
        }

        #[test]
        fn every_row_of_digits_comes_back(row in "[0-9-]{0,30}") {
            prop_assert_eq!(read_digits(&digits(&row)), Some(row));
        }
    }
}
