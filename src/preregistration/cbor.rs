//! As much of CBOR (RFC 8949) as a body needs, read strictly.
//!
//! Definite lengths, the shortest spelling of every number, keys that are numbers
//! and ascend, no tags, no fractions, nothing after the end. So one content has
//! one spelling, and no key can stand twice.

/// How deep a body goes: body, procedures, one procedure, its answers, one answer.
const DEPTH_MAX: u32 = 5;

/// A value of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A whole number; day numbers before 1970 are negative.
    Number(i64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(u64, Item)>),
    Flag(bool),
    Null,
}

/// This is not a body's CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl Item {
    /// The bytes of this value.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    /// The value that `bytes` are, all of them.
    pub fn read(bytes: &[u8]) -> Result<Item, Malformed> {
        let mut reader = Reader(bytes);
        let item = reader.item(0)?;
        reader.0.is_empty().then_some(item).ok_or(Malformed)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Item::Number(number) => match u64::try_from(*number) {
                Ok(number) => head(bytes, 0, number),
                // −1 − n: what stands for the negative number n.
                Err(_) => head(bytes, 1, !number.cast_unsigned()),
            },
            Item::Bytes(content) => {
                head(bytes, 2, content.len() as u64);
                bytes.extend_from_slice(content);
            }
            Item::Text(text) => {
                head(bytes, 3, text.len() as u64);
                bytes.extend_from_slice(text.as_bytes());
            }
            Item::Array(items) => {
                head(bytes, 4, items.len() as u64);
                items.iter().for_each(|item| item.write(bytes));
            }
            Item::Map(entries) => {
                head(bytes, 5, entries.len() as u64);
                for (key, item) in entries {
                    head(bytes, 0, *key);
                    item.write(bytes);
                }
            }
            Item::Flag(flag) => bytes.push(if *flag { 0xF5 } else { 0xF4 }),
            Item::Null => bytes.push(0xF6),
        }
    }
}

fn head(bytes: &mut Vec<u8>, major: u8, number: u64) {
    let major = major << 5;
    let big = number.to_be_bytes();
    match number {
        0..24 => bytes.push(major | big[7]),
        24..0x100 => bytes.extend([major | 24, big[7]]),
        0x100..0x1_0000 => {
            bytes.push(major | 25);
            bytes.extend_from_slice(&big[6..]);
        }
        0x1_0000..0x1_0000_0000 => {
            bytes.push(major | 26);
            bytes.extend_from_slice(&big[4..]);
        }
        _ => {
            bytes.push(major | 27);
            bytes.extend_from_slice(&big);
        }
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn item(&mut self, depth: u32) -> Result<Item, Malformed> {
        if depth > DEPTH_MAX {
            return Err(Malformed);
        }
        let [first] = *self.take(1)? else { return Err(Malformed) };
        let (major, short) = (first >> 5, first & 0x1F);
        if major == 7 {
            return match short {
                20 => Ok(Item::Flag(false)),
                21 => Ok(Item::Flag(true)),
                22 => Ok(Item::Null),
                _ => Err(Malformed),
            };
        }
        let number = self.number(short)?;
        match major {
            0 => i64::try_from(number).map(Item::Number).map_err(|_| Malformed),
            1 => i64::try_from(number).map(|number| Item::Number(!number)).map_err(|_| Malformed),
            2 => Ok(Item::Bytes(self.take(number)?.to_vec())),
            3 => {
                let text = std::str::from_utf8(self.take(number)?).map_err(|_| Malformed)?;
                Ok(Item::Text(text.to_owned()))
            }
            4 => {
                // Every item has at least a byte, so a false count allots nothing.
                let len = self.count(number)?;
                (0..len).map(|_| self.item(depth + 1)).collect::<Result<_, _>>().map(Item::Array)
            }
            5 => self.map(number, depth),
            _ => Err(Malformed),
        }
    }

    fn map(&mut self, len: u64, depth: u32) -> Result<Item, Malformed> {
        let len = self.count(len)?;
        let mut entries: Vec<(u64, Item)> = Vec::with_capacity(len);
        for _ in 0..len {
            let [first @ 0..=0x1F] = *self.take(1)? else { return Err(Malformed) };
            let key = self.number(first)?;
            if entries.last().is_some_and(|(before, _)| *before >= key) {
                return Err(Malformed);
            }
            entries.push((key, self.item(depth + 1)?));
        }
        Ok(Item::Map(entries))
    }

    /// The number that follows a head, only as short as it can be.
    fn number(&mut self, short: u8) -> Result<u64, Malformed> {
        let (len, least) = match short {
            0..24 => return Ok(u64::from(short)),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(Malformed),
        };
        let number = self.take(len)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        (number >= least).then_some(number).ok_or(Malformed)
    }

    /// A count of items, of which each takes at least a byte of what is left.
    fn count(&self, len: u64) -> Result<usize, Malformed> {
        let len = usize::try_from(len).map_err(|_| Malformed)?;
        (len <= self.0.len()).then_some(len).ok_or(Malformed)
    }

    fn take(&mut self, len: u64) -> Result<&'b [u8], Malformed> {
        let len = self.count(len)?;
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_take_their_shortest_spelling() {
        for (number, bytes) in [
            (0, &[0x00][..]),
            (23, &[0x17]),
            (24, &[0x18, 24]),
            (255, &[0x18, 255]),
            (256, &[0x19, 1, 0]),
            (65_536, &[0x1A, 0, 1, 0, 0]),
            (-1, &[0x20]),
            (-25, &[0x38, 24]),
            (i64::MAX, &[0x1B, 0x7F, 255, 255, 255, 255, 255, 255, 255]),
        ] {
            assert_eq!(Item::Number(number).to_bytes(), bytes);
            assert_eq!(Item::read(bytes), Ok(Item::Number(number)));
        }
    }

    #[test]
    fn one_content_has_one_spelling() {
        for (what, bytes) in [
            ("nothing", &[][..]),
            ("a number longer than it need be", &[0x18, 23]),
            ("a number that does not end", &[0x19, 1]),
            ("too large a number", &[0x1B, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("bytes after the end", &[0x00, 0x00]),
            ("an array without a length", &[0x9F, 0xFF]),
            ("a map without a length", &[0xBF, 0xFF]),
            ("a text without a length", &[0x7F, 0x61, 0x61, 0xFF]),
            ("a text that is not UTF-8", &[0x61, 0xFF]),
            ("a text that does not end", &[0x62, 0x61]),
            ("a key twice", &[0xA2, 1, 0, 1, 0]),
            ("keys out of order", &[0xA2, 2, 0, 1, 0]),
            ("a key that is a text", &[0xA1, 0x61, 0x61, 0]),
            ("a key that is negative", &[0xA1, 0x20, 0]),
            ("a tag", &[0xC0, 0x60]),
            ("a fraction", &[0xF9, 0, 0]),
            ("undefined", &[0xF7]),
            ("a reserved length", &[0x1C]),
            ("more items than bytes", &[0x9B, 0, 0, 0, 1, 0, 0, 0, 0]),
            ("too deep", &[0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x00]),
        ] {
            assert_eq!(Item::read(bytes), Err(Malformed), "{what}");
        }
        assert!(Item::read(&[0x81, 0x81, 0x81, 0x81, 0x81, 0x00]).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(item) = Item::read(&bytes) {
                prop_assert_eq!(item.to_bytes(), bytes);
            }
        }
    }
}
