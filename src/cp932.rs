//! Words in CP932 (Windows-31J), what Japanese slip printers and older spreadsheets call
//! Shift JIS.
//!
//! NEC's and IBM's additions are there (①, 髙, 﨑). What looks the same and has
//! two code points is written with the one CP932 has. What it lacks becomes 〓, the
//! printer's old mark for a missing letter, and is named: a slip carries the
//! words of the town's own configuration, so `madoguchi check` tells of every one
//! before anything is printed.

use encoding_rs::SHIFT_JIS;

/// 〓, in CP932.
const GETA: [u8; 2] = [0x81, 0xAC];

/// What CP932 has under another code point. `encoding_rs` would turn ¥ into a
/// backslash in silence; a Japanese printer's 0x5C is a ¥ and its 0x7E an
/// overline, so all four are written in full width.
const OTHER_CODE_POINT: &[(char, char)] = &[
    ('\\', '＼'),
    ('¥', '￥'),
    ('~', '～'),
    ('‾', '￣'),
    ('〜', '～'),
    ('−', '－'),
    ('—', '―'),
    ('‖', '∥'),
    ('¢', '￠'),
    ('£', '￡'),
    ('¬', '￢'),
];

/// One letter as bytes; `None` where CP932 has none.
pub fn letter(letter: char) -> Option<Vec<u8>> {
    let other = OTHER_CODE_POINT.iter().find(|(given, _)| *given == letter);
    let letter = other.map_or(letter, |(_, other)| *other);
    if letter.is_control() {
        return None;
    }
    let mut text = [0; 4];
    let (bytes, _, unmappable) = SHIFT_JIS.encode(letter.encode_utf8(&mut text));
    (!unmappable).then(|| bytes.into_owned())
}

/// The bytes that are read back as this very letter; `None` where there are none. For
/// files, in which a backslash is one: `encoding_rs` alone would write ¥, ‾ and − as
/// something else in silence.
pub fn exact(letter: char) -> Option<Vec<u8>> {
    let mut text = [0; 4];
    let text = letter.encode_utf8(&mut text);
    let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
    let (read, faulty) = SHIFT_JIS.decode_without_bom_handling(&bytes);
    (!unmappable && !faulty && read == *text).then(|| bytes.into_owned())
}

/// A text that was written in CP932; `None` where some bytes are no letter of it.
pub fn read(bytes: &[u8]) -> Option<String> {
    SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
}

/// The same sign under the code point that CP932 has it under.
pub fn same_sign(letter: char) -> Option<char> {
    let other = OTHER_CODE_POINT.iter().find(|(given, _)| *given == letter);
    other.map(|(_, other)| *other)
}

/// The bytes of a letter, 〓 for what is not there.
pub fn letter_or_geta(one: char) -> Vec<u8> {
    letter(one).unwrap_or_else(|| GETA.to_vec())
}

/// A text as bytes, without the selectors of variants.
pub fn bytes(text: &str) -> Vec<u8> {
    text.chars().filter(|one| !is_selector(*one)).flat_map(plain_or_geta).collect()
}

/// The same for a file: line ends and tabs stay.
fn plain_or_geta(one: char) -> Vec<u8> {
    match one {
        '\r' | '\n' | '\t' => vec![one as u8],
        one => letter_or_geta(one),
    }
}

/// Whether it changes the letter before it and takes no place of its own.
pub fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// The letters of `text` that a slip printer does not have. A variant (異体字) is
/// one of them: its common form is printed.
pub fn lacking(text: &str) -> Vec<char> {
    text.chars().filter(|one| *one != '\n' && letter(*one).is_none()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        let bytes = text.chars().flat_map(letter_or_geta);
        bytes.map(|byte| format!("{byte:02X}")).collect()
    }

    /// Made with the tables of another implementation (`iconv -t CP932` of glibc).
    #[test]
    fn the_bytes_are_those_of_windows_31j() {
        for (text, bytes) in [
            ("窓口", "918B8CFB"),
            ("みほん町", "82DD82D982F192AC"),
            // IBM's additions, in IBM's own place.
            ("髙﨑", "FBFCFAB1"),
            ("德濵", "FABAFB4D"),
            // NEC's.
            ("①⑳Ⅲ㈱№", "87408753875687 8A8782"),
            // In both, and in JIS: the oldest place counts.
            ("≒∵￢", "81E081E681CA"),
            ("〜～−－", "81608160817C817C"),
            ("¥\\~", "818F815F8160"),
            ("ｶﾅ", "B6C5"),
            ("A-12", "412D3132"),
        ] {
            assert_eq!(hex(text), bytes.replace(' ', ""), "{text}");
        }
    }

    #[test]
    fn what_it_lacks_is_a_geta_and_is_named() {
        assert_eq!(hex("𠮷"), "81AC");
        assert_eq!(lacking("𠮷野家と髙﨑①〜¥~\\か"), ['𠮷']);
        assert_eq!(lacking("邊\u{E010E}"), ['\u{E010E}'], "the variant, not its base");
        assert_eq!(lacking("二行\n目"), []);
    }

    #[test]
    fn no_letter_becomes_a_command() {
        for one in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let bytes = letter_or_geta(one);
            assert!(bytes.len() <= 2 && bytes[0] >= 0x20, "{one:?} {bytes:02X?}");
            assert!(bytes.get(1).is_none_or(|second| *second >= 0x40), "{one:?} {bytes:02X?}");
        }
    }
}
