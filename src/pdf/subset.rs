//! A small font made of the glyphs a page uses.
//!
//! The tables are those a PDF viewer needs for a TrueType CIDFont (ISO 32000-1,
//! 9.9): head, hhea, maxp, hmtx, loca and glyf; nothing that hints, shapes or
//! names. Glyph 0 is blank and never used.

use std::sync::Arc;

use super::font::{Font, Glyph};
use super::sfnt;

/// Glyphs of one font by their new numbers; 0 is the blank one, so the first
/// glyph is number 1.
pub(super) struct Subset<'a> {
    pub font: &'a Font,
    pub glyphs: Vec<Arc<Glyph>>,
}

impl Subset<'_> {
    /// The font as a file.
    pub fn file(&self) -> Vec<u8> {
        sfnt::file_of(&[
            (b"glyf", self.glyf()),
            (b"head", self.head()),
            (b"hhea", self.hhea()),
            (b"hmtx", self.hmtx()),
            (b"loca", self.loca()),
            (b"maxp", self.maxp()),
        ])
    }

    fn glyf(&self) -> Vec<u8> {
        let len = self.glyphs.iter().map(|glyph| glyph.outline.len()).sum();
        let mut glyf = Vec::with_capacity(len);
        self.glyphs.iter().for_each(|glyph| glyf.extend_from_slice(&glyph.outline));
        glyf
    }

    fn count(&self) -> u16 {
        self.glyphs.len() as u16 + 1
    }

    fn head(&self) -> Vec<u8> {
        let mut head = sized(self.font.table(b"head"), 54);
        head[18..20].copy_from_slice(&self.font.embedded_units_per_em().to_be_bytes());
        // xMin, yMin, xMax, yMax
        self.scale(&mut head[36..44]);
        // indexToLocFormat
        head[50..52].copy_from_slice(&[0, u8::from(!self.has_short_offsets())]);
        head
    }

    /// Whether the outlines end within the 128 KiB that halved offsets reach.
    fn has_short_offsets(&self) -> bool {
        let len: usize = self.glyphs.iter().map(|glyph| glyph.outline.len()).sum();
        len <= usize::from(u16::MAX) * 2
    }

    fn hhea(&self) -> Vec<u8> {
        let mut hhea = sized(self.font.table(b"hhea"), 36);
        // From ascender to xMaxExtent.
        self.scale(&mut hhea[4..18]);
        // numberOfHMetrics
        hhea[34..36].copy_from_slice(&self.count().to_be_bytes());
        hhea
    }

    /// Brings lengths in font units into embedded units.
    fn scale(&self, lengths: &mut [u8]) {
        for length in lengths.chunks_exact_mut(2) {
            let units = i16::from_be_bytes([length[0], length[1]]);
            length.copy_from_slice(&self.font.embedded(units).to_be_bytes());
        }
    }

    fn hmtx(&self) -> Vec<u8> {
        let mut hmtx = Vec::with_capacity(usize::from(self.count()) * 4);
        hmtx.extend(self.font.embedded_units_per_em().to_be_bytes());
        hmtx.extend([0, 0]);
        for glyph in &self.glyphs {
            hmtx.extend(glyph.advance.to_be_bytes());
            hmtx.extend(glyph.bearing.to_be_bytes());
        }
        hmtx
    }

    fn loca(&self) -> Vec<u8> {
        let mut loca = Vec::with_capacity(usize::from(self.count()) * 4 + 4);
        let short = self.has_short_offsets();
        let mut write = |offset: u32| {
            if short {
                loca.extend(((offset / 2) as u16).to_be_bytes());
            } else {
                loca.extend(offset.to_be_bytes());
            }
        };
        let mut offset = 0_u32;
        // Where the blank glyph begins and ends.
        write(offset);
        write(offset);
        for glyph in &self.glyphs {
            offset += glyph.outline.len() as u32;
            write(offset);
        }
        loca
    }

    fn maxp(&self) -> Vec<u8> {
        let mut maxp = without_instructions(&sized(self.font.table(b"maxp"), 32));
        maxp[4..6].copy_from_slice(&self.count().to_be_bytes());
        maxp
    }
}

/// A `maxp` table (version 1) for glyphs that are all simple and have no
/// instructions.
pub(super) fn without_instructions(maxp: &[u8]) -> Vec<u8> {
    let mut maxp = sized(maxp, 32);
    // Flattened composites are simple glyphs now: the composite limits on points
    // and contours become the simple ones where they are larger.
    for (simple, composite) in [(6, 10), (8, 12)] {
        let at = |at: usize| [maxp[at], maxp[at + 1]];
        let larger = at(simple).max(at(composite));
        maxp[simple..simple + 2].copy_from_slice(&larger);
    }
    maxp[10..14].fill(0);
    // maxZones 1: no twilight zone.
    maxp[14..16].copy_from_slice(&[0, 1]);
    maxp[16..32].fill(0);
    maxp
}

fn sized(table: &[u8], len: usize) -> Vec<u8> {
    let mut table = table.to_vec();
    table.resize(len, 0);
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Fonts;

    #[test]
    fn a_subset_is_a_whole_font_with_right_sums_and_the_same_outlines() {
        let fonts = Fonts::shipped();
        let font = fonts.font(0);
        let characters = ['窓', '口', 'が', 'A', '　', 'é'];
        let glyphs = characters.map(|c| font.glyph(font.glyph_of(c).unwrap())).to_vec();
        let subset = Subset { font, glyphs };
        let bytes = subset.file();
        let face = ttf_parser::Face::parse(&bytes, 0).unwrap();
        assert_eq!(face.number_of_glyphs(), 7);
        let original =
            ttf_parser::Face::parse(include_bytes!("../../fonts/BIZUDGothic-Regular.ttf"), 0)
                .unwrap();
        for (number, c) in (1..).zip(characters) {
            let before = original.glyph_index(c).unwrap();
            let after = ttf_parser::GlyphId(number);
            let (before_units, after_units) = (original.units_per_em(), face.units_per_em());
            let (one, other) =
                (drawing(&original, before, before_units), drawing(&face, after, after_units));
            assert_eq!(one.len(), other.len(), "{c}");
            // Half a unit of a grid of 512, and rounding.
            let apart = one.iter().zip(&other).map(|(one, other)| (one - other).abs());
            assert!(apart.fold(0.0, f32::max) < 0.0011, "{c}");
            let advance = |face: &ttf_parser::Face<'_>, glyph| {
                f32::from(face.glyph_hor_advance(glyph).unwrap()) / f32::from(face.units_per_em())
            };
            assert_eq!(advance(&face, after), advance(&original, before));
        }
    }

    /// The points of an outline in em, in order.
    fn drawing(face: &ttf_parser::Face<'_>, glyph: ttf_parser::GlyphId, units: u16) -> Vec<f32> {
        struct Points(Vec<f32>);
        impl ttf_parser::OutlineBuilder for Points {
            fn move_to(&mut self, x: f32, y: f32) {
                self.0.extend([x, y]);
            }
            fn line_to(&mut self, x: f32, y: f32) {
                self.0.extend([x, y]);
            }
            fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
                self.0.extend([x1, y1, x, y]);
            }
            fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
                unreachable!("TrueType has no cubic curves");
            }
            fn close(&mut self) {}
        }
        let mut points = Points(Vec::new());
        face.outline_glyph(glyph, &mut points);
        points.0.into_iter().map(|length| length / f32::from(units)).collect()
    }
}
