//! A font in a file: its used glyphs, their widths, and what they mean as text.

use sha2::{Digest, Sha256};

use super::deflate;
use super::file::{FLATE, File, stream};
use super::fonts::Fonts;
use super::object::{hexadecimal, integer, utf16};
use super::slots::subset_tag;
use super::subset::Subset;

/// A composite font of the used glyphs; gives the number of the font object.
pub(super) fn write_font(
    file: &mut File,
    fonts: &Fonts,
    number: u8,
    glyphs: &[(u16, String)],
    hash: &mut Sha256,
) -> usize {
    let font = fonts.font(number);
    let subset =
        Subset { font, glyphs: glyphs.iter().map(|(glyph, _)| font.glyph(*glyph)).collect() };
    let name = format!("{}+{}", subset_tag(glyphs), font.name());
    hash.update(name.as_bytes());
    let program = subset.file();
    let entries = format!("{FLATE}/Length1 {}", program.len());
    let program = file.object(|out| stream(out, &entries, &deflate::quick(&program)));
    let mapping = to_unicode(glyphs);
    hash.update(&mapping);
    let mapping = file.object(|out| stream(out, FLATE, &deflate::quick(&mapping)));
    let [left, bottom, right, top] = font.bounds().map(|units| font.thousandths(units));
    let (ascent, descent) = (font.thousandths(font.ascender()), font.thousandths(font.descender()));
    let descriptor = file.object(|out| {
        // Flags 4: symbolic, because the encoding is the font's own.
        out.extend(
            format!(
                "<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{left} {bottom} {right} \
                 {top}]/ItalicAngle 0/Ascent {ascent}/Descent {descent}/CapHeight {ascent}\
                 /StemV 80/FontFile2 {program} 0 R>>"
            )
            .into_bytes(),
        );
    });
    let descendant = file.object(|out| {
        out.extend(
            format!(
                "<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry\
                 (Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R\
                 /CIDToGIDMap/Identity/DW 1000/W[1["
            )
            .into_bytes(),
        );
        for glyph in &subset.glyphs {
            let width = u32::from(glyph.advance) * 1000;
            let units = u32::from(font.embedded_units_per_em());
            integer(out, i64::from((width + units / 2) / units));
            out.push(b' ');
        }
        out.extend(b"]]>>");
    });
    file.object(|out| {
        out.extend(
            format!(
                "<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H\
                 /DescendantFonts[{descendant} 0 R]/ToUnicode {mapping} 0 R>>"
            )
            .into_bytes(),
        );
    })
}

/// A ToUnicode CMap (ISO 32000-1, 9.10.3): what each number means as text.
pub(super) fn to_unicode(glyphs: &[(u16, String)]) -> Vec<u8> {
    // The operator takes at most this many pairs.
    const PAIRS_MAX: usize = 100;
    let mut out = b"/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n\
        /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n\
        /CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n\
        1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        .to_vec();
    for (block, pairs) in glyphs.chunks(PAIRS_MAX).enumerate() {
        integer(&mut out, pairs.len() as i64);
        out.extend(b" beginbfchar\n");
        for (n, (_, text)) in pairs.iter().enumerate() {
            let slot = (block * PAIRS_MAX + n + 1) as u16;
            hexadecimal(&mut out, &slot.to_be_bytes());
            utf16(&mut out, text);
            out.push(b'\n');
        }
        out.extend(b"endbfchar\n");
    }
    out.extend(b"endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    out
}
