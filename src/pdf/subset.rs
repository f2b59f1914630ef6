//! A small font made of the glyphs a page uses.
//!
//! The tables are those a PDF viewer needs for a TrueType CIDFont (ISO 32000-1,
//! 9.9): head, hhea, maxp, hmtx, loca and glyf; nothing that hints, shapes or
//! names. Glyph 0 is blank and never used. The outlines come last, so that they
//! can be appended as they were compressed.

use std::sync::Arc;

use super::deflate::ZlibStream;
use super::font::{Font, Glyph};

/// `head.checkSumAdjustment` makes the sum over the whole font this.
const FONT_CHECKSUM: u32 = 0xB1B0_AFBA;
const TABLES: usize = 6;

/// Glyphs of one font by their new numbers; 0 is the blank one, so the first
/// glyph is number 1.
pub(super) struct Subset<'a> {
    pub font: &'a Font,
    pub glyphs: Vec<Arc<Glyph>>,
}

impl Subset<'_> {
    /// The font as a zlib stream, and its length before compression.
    pub fn compressed(&self) -> (Vec<u8>, usize) {
        let front = self.front();
        let outlines: usize = self.glyphs.iter().map(|glyph| glyph.outline.deflated.len()).sum();
        let mut stream = ZlibStream::with_capacity(front.len() + outlines + 32);
        stream.push_stored(&front);
        for glyph in &self.glyphs {
            stream.push(&glyph.outline);
        }
        (stream.finish(), front.len() + self.outlines_len())
    }

    /// The font as a file.
    pub fn plain(&self) -> Vec<u8> {
        let mut bytes = self.front();
        for glyph in &self.glyphs {
            bytes.extend(&glyph.outline.plain);
        }
        bytes
    }

    fn outlines_len(&self) -> usize {
        self.glyphs.iter().map(|glyph| glyph.outline.plain.len()).sum()
    }

    /// Everything before the outlines.
    fn front(&self) -> Vec<u8> {
        let tables: [(&[u8; 4], Vec<u8>); TABLES - 1] = [
            (b"head", self.head()),
            (b"hhea", self.hhea()),
            (b"hmtx", self.hmtx()),
            (b"loca", self.loca()),
            (b"maxp", self.maxp()),
        ];
        let mut front = vec![0, 1, 0, 0, 0, TABLES as u8, 0, 64, 0, 2, 0, 32];
        let mut offset = front.len() + TABLES * 16;
        let lengths: usize = tables.iter().map(|(_, table)| table.len().next_multiple_of(4)).sum();
        let outline_sum =
            self.glyphs.iter().fold(0_u32, |sum, glyph| sum.wrapping_add(glyph.checksum));
        // The directory is in order of tag; the place of a table is free.
        directory_entry(&mut front, b"glyf", outline_sum, offset + lengths, self.outlines_len());
        let head_at = offset;
        for (tag, table) in &tables {
            directory_entry(&mut front, tag, checksum(table), offset, table.len());
            offset += table.len().next_multiple_of(4);
        }
        for (_, table) in tables {
            front.extend(table);
            front.resize(front.len().next_multiple_of(4), 0);
        }
        adjust(&mut front, head_at, outline_sum);
        front
    }

    fn count(&self) -> u16 {
        self.glyphs.len() as u16 + 1
    }

    fn head(&self) -> Vec<u8> {
        let mut head = sized(self.font.table(b"head"), 54);
        head[8..12].fill(0);
        head[18..20].copy_from_slice(&self.font.embedded_units_per_em().to_be_bytes());
        // xMin, yMin, xMax, yMax
        self.scale(&mut head[36..44]);
        // indexToLocFormat: long.
        head[50..52].copy_from_slice(&[0, 1]);
        head
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
        let mut offset = 0_u32;
        loca.extend([0; 8]);
        for glyph in &self.glyphs {
            offset += glyph.outline.plain.len() as u32;
            loca.extend(offset.to_be_bytes());
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

/// A font file of these tables, which are in order of tag.
pub(super) fn file_of(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = 1_u16 << count.ilog2();
    let mut file = vec![0, 1, 0, 0];
    for word in [count, power * 16, count.ilog2() as u16, (count - power) * 16] {
        file.extend(word.to_be_bytes());
    }
    let mut offset = file.len() + tables.len() * 16;
    for (tag, table) in tables {
        directory_entry(&mut file, tag, checksum(table), offset, table.len());
        offset += table.len().next_multiple_of(4);
    }
    let mut head_at = None;
    for (tag, table) in tables {
        if *tag == b"head" {
            head_at = Some(file.len());
        }
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    if let Some(head_at) = head_at {
        adjust(&mut file, head_at, 0);
    }
    file
}

/// Makes the sum over the whole font right; `rest` is the sum of what follows.
fn adjust(file: &mut [u8], head_at: usize, rest: u32) {
    let field = head_at + 8..head_at + 12;
    file[field.clone()].fill(0);
    let adjustment = FONT_CHECKSUM.wrapping_sub(checksum(file).wrapping_add(rest));
    file[field].copy_from_slice(&adjustment.to_be_bytes());
}

fn sized(table: &[u8], len: usize) -> Vec<u8> {
    let mut table = table.to_vec();
    table.resize(len, 0);
    table
}

fn directory_entry(front: &mut Vec<u8>, tag: &[u8; 4], sum: u32, offset: usize, len: usize) {
    front.extend(tag);
    front.extend(sum.to_be_bytes());
    front.extend((offset as u32).to_be_bytes());
    front.extend((len as u32).to_be_bytes());
}

/// The sum of big-endian words, the last one filled with zeros.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0_u32, |sum, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
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
        let bytes = subset.plain();
        assert_eq!(checksum(&bytes), FONT_CHECKSUM);
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
            // Half a unit of a grid of 1,024, and rounding.
            let apart = one.iter().zip(&other).map(|(one, other)| (one - other).abs());
            assert!(apart.fold(0.0, f32::max) < 0.0006, "{c}");
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
