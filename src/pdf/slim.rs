//! Fonts of a foreign page, made smaller without changing what they draw.
//!
//! Office programs embed fonts with their instructions, layout rules and names.
//! Printing needs none of that: outlines, metrics and the character map stay,
//! glyph numbers stay, the rest goes.

use std::collections::BTreeSet;

use lopdf::{Document, Object, ObjectId, Stream};
use ttf_parser::{RawFace, Tag};

use super::glyf::Outlines;
use super::sfnt::file_of;

/// Makes every embedded TrueType font of `document` smaller. A font that cannot
/// be read is left as it is.
pub(super) fn fonts(document: &mut Document) {
    for id in programs(document) {
        let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { continue };
        // No typeface is larger, and a stream may swell to anything.
        const PROGRAM_MAX: usize = 64 << 20;
        let program = stream.decompressed_content_with_limit(PROGRAM_MAX);
        let Ok(program) = program else { continue };
        if let Some(slim) = slim(&program).filter(|slim| slim.len() < program.len()) {
            let mut stream = Stream::new(lopdf::Dictionary::new(), Vec::new());
            stream.dict.set("Length1", slim.len() as i64);
            stream.content = slim;
            document.objects.insert(id, Object::Stream(stream));
        }
    }
}

/// The font programs that font descriptors name as TrueType.
fn programs(document: &Document) -> BTreeSet<ObjectId> {
    let descriptors = document.objects.values().filter_map(|object| object.as_dict().ok());
    descriptors
        .filter_map(|descriptor| descriptor.get(b"FontFile2").ok()?.as_reference().ok())
        .collect()
}

fn slim(program: &[u8]) -> Option<Vec<u8>> {
    let face = RawFace::parse(program, 0).ok()?;
    let table = |tag: &[u8; 4]| face.table(Tag::from_bytes(tag));
    let head = table(b"head").filter(|head| head.len() >= 54)?;
    let maxp = table(b"maxp").filter(|maxp| maxp.len() >= 32)?;
    let long_offsets = head[51] == 1;
    let (glyf, loca) = (table(b"glyf")?, table(b"loca")?);
    let outlines = Outlines { glyf, loca, long_offsets, divisor: 1 };
    let (mut glyf, mut loca) = (Vec::new(), vec![0; 4]);
    for glyph in 0..u16::from_be_bytes([maxp[4], maxp[5]]) {
        glyf.extend(outlines.stripped(glyph)?);
        glyf.resize(glyf.len().next_multiple_of(4), 0);
        loca.extend((glyf.len() as u32).to_be_bytes());
    }
    let mut head = head.to_vec();
    // indexToLocFormat: long.
    head[51] = 1;
    let maxp = super::subset::without_instructions(maxp);
    let kept = |tag: &'static [u8; 4]| Some((tag, table(tag)?.to_vec()));
    let mut tables: Vec<(&[u8; 4], Vec<u8>)> =
        vec![(b"glyf", glyf), (b"head", head), (b"loca", loca), (b"maxp", maxp)];
    tables.extend([b"cmap", b"hhea", b"hmtx", b"post"].into_iter().filter_map(kept));
    tables.sort();
    Some(file_of(&tables))
}

#[cfg(test)]
mod tests {
    use super::*;

    static GOTHIC: &[u8] = include_bytes!("../../fonts/BIZUDGothic-Regular.ttf");

    #[test]
    fn a_slim_font_is_smaller_and_keeps_every_glyph_number_and_outline() {
        let slim = slim(GOTHIC).unwrap();
        assert!(slim.len() * 10 < GOTHIC.len() * 8, "{} of {}", slim.len(), GOTHIC.len());
        let before = ttf_parser::Face::parse(GOTHIC, 0).unwrap();
        let after = ttf_parser::Face::parse(&slim, 0).unwrap();
        assert_eq!(after.number_of_glyphs(), before.number_of_glyphs());
        for c in ['窓', 'g', 'が', '㍻', 'é'] {
            let glyph = before.glyph_index(c).unwrap();
            assert_eq!(after.glyph_index(c), Some(glyph));
            assert_eq!(after.glyph_bounding_box(glyph), before.glyph_bounding_box(glyph), "{c}");
            assert_eq!(after.glyph_hor_advance(glyph), before.glyph_hor_advance(glyph));
        }
    }

    #[test]
    fn what_is_no_font_is_left_alone() {
        assert_eq!(slim(b"not a font"), None);
        assert_eq!(slim(&GOTHIC[..2_000]), None);
    }
}
