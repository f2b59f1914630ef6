//! The glyphs of a file, numbered in order of first use.
//!
//! A number belongs to a glyph *and* the text it stands for: two spellings that
//! share a glyph (神 and 神 with a selector) must both come back from a search.

use std::collections::HashMap;

use super::fonts::Fonts;

/// Glyphs of one font, numbered from 1: 0 is the blank glyph of every subset.
#[derive(Clone, Debug, Default)]
pub(super) struct Glyphs {
    /// The numbers of a glyph, one for each text.
    numbers: HashMap<u16, Vec<u16>>,
    in_order: Vec<(u16, String)>,
}

impl Glyphs {
    /// The number of a glyph that is there.
    pub fn find(&self, glyph: u16, text: &str) -> Option<u16> {
        let stands_for = |slot: &&u16| self.in_order[usize::from(**slot) - 1].1 == text;
        self.numbers.get(&glyph)?.iter().find(stands_for).copied()
    }

    /// The number of a glyph, which is there from now on.
    pub fn slot(&mut self, glyph: u16, text: &str) -> u16 {
        if let Some(slot) = self.find(glyph, text) {
            return slot;
        }
        self.in_order.push((glyph, text.to_owned()));
        let slot = self.in_order.len() as u16;
        self.numbers.entry(glyph).or_default().push(slot);
        slot
    }

    /// The glyphs and their texts; the first has number 1.
    pub fn in_order(&self) -> &[(u16, String)] {
        &self.in_order
    }
}

/// The glyphs of a file by font, the fonts in order of first use too.
#[derive(Default)]
pub(super) struct Slots<'a>(Vec<Used<'a>>);

/// A font of a file and its used glyphs.
pub(super) struct Used<'a> {
    /// Pages of one file may be written with different fonts: the number alone
    /// would not tell which it is.
    pub fonts: &'a Fonts,
    pub number: u8,
    pub glyphs: Glyphs,
}

impl<'a> Slots<'a> {
    /// Which font of the file it is, 0 first, and the number of the glyph in it.
    pub fn slot(&mut self, fonts: &'a Fonts, number: u8, glyph: u16, text: &str) -> (usize, u16) {
        let known = self.0.iter().position(|used| used.number == number && used.fonts.are(fonts));
        let at = known.unwrap_or_else(|| {
            self.0.push(Used { fonts, number, glyphs: Glyphs::default() });
            self.0.len() - 1
        });
        (at, self.0[at].glyphs.slot(glyph, text))
    }

    pub fn fonts(&self) -> &[Used<'a>] {
        &self.0
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
    use crate::pdf::Fonts;

    #[test]
    fn a_glyph_has_a_number_for_each_text_it_stands_for() {
        let fonts = Fonts::shipped();
        let mut slots = Slots::default();
        let numbers = [(1, "神"), (1, "神\u{E0100}"), (1, "神"), (0, "神")]
            .map(|(font, text)| slots.slot(&fonts, font, 7, text));
        assert_eq!(numbers, [(0, 1), (0, 2), (0, 1), (1, 1)]);
        let glyphs = slots.fonts().iter().map(|used| (used.number, used.glyphs.in_order().len()));
        assert_eq!(glyphs.collect::<Vec<_>>(), [(1, 2), (0, 1)]);
    }

    #[test]
    fn the_same_number_in_other_fonts_is_another_font() {
        let (one, other) = (Fonts::shipped(), Fonts::shipped());
        let mut slots = Slots::default();
        let numbers = [&one, &other, &one.clone()].map(|fonts| slots.slot(fonts, 0, 7, "神"));
        assert_eq!(numbers, [(0, 1), (1, 1), (0, 1)]);
    }

    #[test]
    fn a_glyph_is_found_with_the_text_it_stands_for_only() {
        let mut glyphs = Glyphs::default();
        assert_eq!([glyphs.slot(7, "神"), glyphs.slot(9, "口")], [1, 2]);
        assert_eq!([glyphs.find(7, "神"), glyphs.find(9, "口")], [Some(1), Some(2)]);
        assert_eq!([glyphs.find(7, "神\u{E0100}"), glyphs.find(8, "口")], [None, None]);
    }

    #[test]
    fn a_subset_is_named_after_its_glyphs() {
        let one = subset_tag(&[(7, "神".to_owned())]);
        assert_eq!(one, subset_tag(&[(7, "神".to_owned())]));
        assert_ne!(one, subset_tag(&[(8, "神".to_owned())]));
        assert!(one.len() == 6 && one.bytes().all(|letter| letter.is_ascii_uppercase()));
    }
}
