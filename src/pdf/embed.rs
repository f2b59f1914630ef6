//! A font in a file: its used glyphs, their widths, and what they mean as text.

use super::deflate::Deflate;
use super::file::{FLATE, stream};
use super::font::Font;
use super::object::{OpenObject, hexadecimal, integer, utf16};
use super::slots::{Glyphs, subset_tag};
use super::subset::Subset;

/// A composite font of these glyphs, as objects that refer to each other; number
/// 0 is the font itself.
pub(super) fn objects(font: &Font, glyphs: &Glyphs, deflate: &mut Deflate) -> [OpenObject; 5] {
    let glyphs = glyphs.in_order();
    let subset =
        Subset { font, glyphs: glyphs.iter().map(|(glyph, _)| font.glyph(*glyph)).collect() };
    let name = format!("{}+{}", subset_tag(glyphs), font.name());
    let program = subset.file();
    [
        composite(&name),
        descendant(&name, &subset),
        descriptor(&name, font),
        packed(&format!("{FLATE}/Length1 {}", program.len()), &deflate.stream(&program)),
        packed(FLATE, &deflate.stream(&to_unicode(glyphs))),
    ]
}

// Where the objects stand among those of their font.
const DESCENDANT: usize = 1;
const DESCRIPTOR: usize = 2;
const PROGRAM: usize = 3;
const TO_UNICODE: usize = 4;

fn composite(name: &str) -> OpenObject {
    let start =
        format!("<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[");
    let mut object = OpenObject::written(start.into_bytes());
    object.refer(DESCENDANT, "]/ToUnicode ");
    object.refer(TO_UNICODE, ">>");
    object
}

fn descendant(name: &str, subset: &Subset<'_>) -> OpenObject {
    let start = format!(
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)\
         /Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/DW 1000/W["
    );
    let mut out = start.into_bytes();
    widths(subset, &mut out);
    out.extend(b"]/FontDescriptor ");
    let mut object = OpenObject::written(out);
    object.refer(DESCRIPTOR, ">>");
    object
}

fn descriptor(name: &str, font: &Font) -> OpenObject {
    let [left, bottom, right, top] = font.bounds().map(|units| font.thousandths(units));
    let (ascent, descent) = (font.thousandths(font.ascender()), font.thousandths(font.descender()));
    // Flags 4: symbolic, because the encoding is the font's own.
    let start = format!(
        "<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{left} {bottom} {right} {top}]\
         /ItalicAngle 0/Ascent {ascent}/Descent {descent}/CapHeight {ascent}/StemV 80/FontFile2 "
    );
    let mut object = OpenObject::written(start.into_bytes());
    object.refer(PROGRAM, ">>");
    object
}

fn packed(entries: &str, content: &[u8]) -> OpenObject {
    let mut out = Vec::with_capacity(content.len() + 96);
    stream(&mut out, entries.as_bytes(), content);
    OpenObject::written(out)
}

/// Stretches of glyphs of one width: `first last width`. A whole em, which nearly
/// every Japanese glyph is wide, is the width of those that are not named.
fn widths(subset: &Subset<'_>, out: &mut Vec<u8>) {
    let units = u32::from(subset.font.embedded_units_per_em());
    let width = |advance: u16| (u32::from(advance) * 1000 + units / 2) / units;
    let mut first = 1;
    for stretch in subset.glyphs.chunk_by(|one, next| one.advance == next.advance) {
        let last = first + stretch.len() - 1;
        if width(stretch[0].advance) != 1000 {
            for number in [first, last, width(stretch[0].advance) as usize] {
                integer(out, number as i64);
                out.push(b' ');
            }
        }
        first = last + 1;
    }
}

/// A ToUnicode CMap (ISO 32000-1, 9.10.3): what each number means as text.
fn to_unicode(glyphs: &[(u16, String)]) -> Vec<u8> {
    let mut out = b"/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n\
        /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n\
        /CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
        1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        .to_vec();
    let numbered: Vec<(u16, &str)> =
        (1..).zip(glyphs).map(|(slot, (_, text))| (slot, text.as_str())).collect();
    // The ends of a range may differ in their last byte only.
    for range in numbered.chunk_by(|(one, _), (next, _)| one >> 8 == next >> 8) {
        out.extend(b"1 beginbfrange\n");
        for (end, _) in [range[0], range[range.len() - 1]] {
            hexadecimal(&mut out, &end.to_be_bytes());
        }
        out.push(b'[');
        range.iter().for_each(|(_, text)| utf16(&mut out, text));
        out.extend(b"]\nendbfrange\n");
    }
    out.extend(b"endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Fonts;

    fn embedded(texts: &[&str]) -> [String; 5] {
        let fonts = Fonts::shipped();
        let font = fonts.font(0);
        let mut glyphs = Glyphs::default();
        for text in texts {
            let glyph = font.glyph_of(text.chars().next().unwrap()).unwrap();
            glyphs.slot(glyph, text);
        }
        objects(font, &glyphs, &mut Deflate::quick())
            .map(|object| String::from_utf8_lossy(object.bytes()).into_owned())
    }

    #[test]
    fn only_widths_other_than_an_em_are_named_by_stretches() {
        let objects = embedded(&["窓", "1", "2", "口", "A", "町"]);
        assert!(objects[DESCENDANT].contains("/DW 1000/W[2 3 500 5 5 "), "{objects:?}");
        assert!(embedded(&["窓", "口"])[DESCENDANT].contains("/W[]"));
    }

    #[test]
    fn every_number_is_given_its_text_in_ranges_of_one_first_byte() {
        let glyphs: Vec<(u16, String)> = (0..300)
            .map(|n| (n, if n == 1 { "神\u{E0100}".to_owned() } else { "口".to_owned() }))
            .collect();
        let mapping = String::from_utf8(to_unicode(&glyphs)).unwrap();
        assert!(mapping.contains("<0001><00FF>[<53E3><795EDB40DD00><53E3>"), "{mapping}");
        assert!(mapping.contains("<0100><012C>[<53E3>"), "{mapping}");
        assert_eq!(mapping.matches("<53E3>").count(), 299);
    }
}
