//! The glyphs of a file, numbered in order of first use.
//!
//! A number belongs to a glyph *and* the text it stands for: two spellings that
//! share a glyph (神 and 神 with a selector) must both come back from a search.

use std::collections::{BTreeMap, HashMap};

/// The glyphs of a file by font.
#[derive(Default)]
pub(super) struct Slots {
    numbers: HashMap<(u8, u16, String), u16>,
    fonts: BTreeMap<u8, Vec<(u16, String)>>,
}

impl Slots {
    /// The number of a glyph in its font's subset, 1 first.
    pub fn slot(&mut self, font: u8, glyph: u16, text: &str) -> u16 {
        let key = (font, glyph, text.to_owned());
        if let Some(slot) = self.numbers.get(&key) {
            return *slot;
        }
        let glyphs = self.fonts.entry(font).or_default();
        glyphs.push((glyph, text.to_owned()));
        let slot = glyphs.len() as u16;
        self.numbers.insert(key, slot);
        slot
    }

    /// The glyphs by font, in order of their numbers.
    pub fn fonts(&self) -> impl Iterator<Item = (u8, &[(u16, String)])> {
        self.fonts.iter().map(|(font, glyphs)| (*font, glyphs.as_slice()))
    }
}

/// Six capitals that name a subset (ISO 32000-1, 9.6.4); the same glyphs get
/// the same.
pub(super) fn subset_tag(glyphs: &[(u16, String)]) -> String {
    // FNV-1a; it only has to tell the subsets of one file apart.
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for (glyph, text) in glyphs {
        for byte in glyph.to_be_bytes().into_iter().chain(text.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    (0..6).map(|n| char::from(b'A' + (hash >> (n * 8) & 0xFF) as u8 % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glyph_has_a_number_for_each_text_it_stands_for() {
        let mut slots = Slots::default();
        let numbers = [(0, "神"), (0, "神\u{E0100}"), (0, "神"), (1, "神")]
            .map(|(font, text)| slots.slot(font, 7, text));
        assert_eq!(numbers, [1, 2, 1, 1]);
        let glyphs: Vec<_> = slots.fonts().map(|(font, glyphs)| (font, glyphs.len())).collect();
        assert_eq!(glyphs, [(0, 2), (1, 1)]);
    }

    #[test]
    fn a_subset_is_named_after_its_glyphs() {
        let one = subset_tag(&[(7, "神".to_owned())]);
        assert_eq!(one, subset_tag(&[(7, "神".to_owned())]));
        assert_ne!(one, subset_tag(&[(8, "神".to_owned())]));
        assert!(one.len() == 6 && one.bytes().all(|letter| letter.is_ascii_uppercase()));
    }
}
