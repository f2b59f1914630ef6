//! Tag, length, value, as cards write them.
//!
//! The マイナンバーカード uses BER (tags of one or two bytes), the licence one-byte
//! tags with the same lengths. Which it is follows from the file, never from the
//! tag: `5F` alone is an entry of the licence's EF04.

/// How tags are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// ISO/IEC 8825-1: `1F` in the low bits of the first byte means that another
    /// byte follows.
    Ber,
    /// Always one byte.
    OneByte,
}

/// One object of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object<'a> {
    pub(super) tag: u16,
    /// Where the tag begins, in bytes from the start of what was parsed.
    pub(super) at: usize,
    pub(super) value: &'a [u8],
}

/// The bytes are no such objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The head of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) tag: u16,
    /// Bytes of tag and length together.
    pub(super) len: usize,
    /// Bytes of the value.
    pub(super) value_len: usize,
}

impl Header {
    /// Reads the head at the start of `bytes`; the value need not be there yet.
    pub(super) fn parse(bytes: &[u8], tags: Tags) -> Result<Header, Malformed> {
        let (tag, tag_len) = parse_tag(bytes, tags)?;
        let rest = bytes.get(tag_len..).ok_or(Malformed)?;
        let (length_len, value_len) = match rest {
            [short @ 0x00..=0x7F, ..] => (1, usize::from(*short)),
            [0x81, len, ..] => (2, usize::from(*len)),
            [0x82, high, low, ..] => (3, usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return Err(Malformed),
        };
        Ok(Header { tag, len: tag_len + length_len, value_len })
    }
}

fn parse_tag(bytes: &[u8], tags: Tags) -> Result<(u16, usize), Malformed> {
    match (tags, bytes) {
        (Tags::Ber, [first, second @ 0x00..=0x7F, ..]) if first & 0x1F == 0x1F => {
            Ok((u16::from_be_bytes([*first, *second]), 2))
        }
        // No card of ours has tags of three bytes.
        (Tags::Ber, [first, ..]) if first & 0x1F == 0x1F => Err(Malformed),
        (_, [first, ..]) => Ok((u16::from(*first), 1)),
        (_, []) => Err(Malformed),
    }
}

/// The objects in `bytes`, one after the other, up to the filler. After a
/// malformed object nothing more is given.
pub(super) fn objects(
    bytes: &[u8],
    tags: Tags,
) -> impl Iterator<Item = Result<Object<'_>, Malformed>> {
    let mut at = 0;
    let mut broken = false;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        if broken || is_filler(rest, tags) {
            return None;
        }
        let object = object_at(rest, at, tags);
        match object {
            Ok((_, len)) => at += len,
            Err(Malformed) => broken = true,
        }
        Some(object.map(|(object, _)| object))
    })
}

fn object_at(rest: &[u8], at: usize, tags: Tags) -> Result<(Object<'_>, usize), Malformed> {
    let header = Header::parse(rest, tags)?;
    let end = header.len + header.value_len;
    let value = rest.get(header.len..end).ok_or(Malformed)?;
    Ok((Object { tag: header.tag, at, value }, end))
}

/// `00` or `FF` where a tag should be fills the file to its end. A BER tag may
/// begin with `FF`, but then a second byte below `80` follows.
fn is_filler(rest: &[u8], tags: Tags) -> bool {
    matches!(
        (tags, rest),
        (_, [] | [0x00, ..]) | (Tags::OneByte, [0xFF, ..]) | (Tags::Ber, [0xFF] | [0xFF, 0xFF, ..])
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tags_of(bytes: &[u8], tags: Tags) -> Result<Vec<(u16, usize, usize)>, Malformed> {
        objects(bytes, tags).map(|o| o.map(|o| (o.tag, o.at, o.value.len()))).collect()
    }

    #[test]
    fn lengths_of_one_two_and_three_bytes_are_read() {
        let long = [[0xDF, 0x22, 0x82, 0x01, 0x00].as_slice(), &[0x41; 256]].concat();
        assert_eq!(tags_of(&long, Tags::Ber), Ok(vec![(0xDF22, 0, 256)]));
        let middle = [[0xDF, 0x23, 0x81, 0x80].as_slice(), &[0x41; 128]].concat();
        assert_eq!(tags_of(&middle, Tags::Ber), Ok(vec![(0xDF23, 0, 128)]));
    }

    #[test]
    fn filler_ends_a_file_but_a_tag_that_begins_with_ff_does_not() {
        let bytes = [0xFF, 0x20, 0x01, 0x41, 0xFF, 0xFF, 0xDF];
        assert_eq!(tags_of(&bytes, Tags::Ber), Ok(vec![(0xFF20, 0, 1)]));
        let licence = [0x12, 0x02, 0x3B, 0x33, 0x13, 0x00, 0xFF, 0x20];
        assert_eq!(tags_of(&licence, Tags::OneByte), Ok(vec![(0x12, 0, 2), (0x13, 4, 0)]));
    }

    #[test]
    fn one_byte_tags_stay_one_byte_on_a_licence() {
        assert_eq!(tags_of(&[0x5F, 0x01, 0x41], Tags::OneByte), Ok(vec![(0x5F, 0, 1)]));
    }

    #[test]
    fn a_value_that_runs_past_the_end_is_malformed() {
        assert_eq!(tags_of(&[0xDF, 0x22, 0x05, 0x41], Tags::Ber), Err(Malformed));
        assert_eq!(tags_of(&[0x12, 0x80], Tags::OneByte), Err(Malformed));
        assert_eq!(tags_of(&[0xDF, 0x81, 0x01, 0x00], Tags::Ber), Err(Malformed));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic_or_reach_past_the_end(bytes: Vec<u8>) {
            for tags in [Tags::Ber, Tags::OneByte] {
                for object in objects(&bytes, tags).flatten() {
                    prop_assert!(object.at + object.value.len() < bytes.len());
                }
            }
        }
    }
}
