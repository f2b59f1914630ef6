//! A PDF file made of pages.
//!
//! Backgrounds and glyphs are copied; only the words' content is written anew. The
//! file carries no clock time, and its /ID is a hash of what it says: the same
//! pages give the same bytes. It asks viewers not to scale when printing
//! (PrintScaling /None), because marks must hit the boxes.

use sha2::{Digest, Sha256};

use super::background::Background;
use super::deflate;
use super::fonts::Fonts;
use super::object::{hex_byte, hexadecimal, integer};
use super::page::{Page, Slots, subset_tag};
use super::subset::Subset;

/// Writes `pages` into one file, which shares fonts and backgrounds among them.
pub fn document(title: &str, pages: &[Page<'_>], fonts: &Fonts) -> Vec<u8> {
    let mut slots = Slots::default();
    let contents: Vec<Vec<u8>> = pages.iter().map(|page| page.content(&mut slots)).collect();
    let mut file = File::new();
    let (catalog, tree, information) = (file.reserve(), file.reserve(), file.reserve());
    let backgrounds = write_backgrounds(pages, &mut file);
    let mut hash = Sha256::new();
    let fonts_at: Vec<(u8, usize)> = slots
        .fonts()
        .map(|(number, glyphs)| (number, write_font(&mut file, fonts, number, glyphs, &mut hash)))
        .collect();
    let mut kids = Vec::new();
    for ((page, content), form) in pages.iter().zip(contents).zip(backgrounds) {
        hash.update(page.background.fingerprint);
        hash.update(&content);
        kids.push(write_page(&mut file, page.background, tree, form, &fonts_at, &content));
    }
    write_catalog(&mut file, catalog, tree);
    write_tree(&mut file, tree, &kids);
    write_information(&mut file, information, title);
    file.finish(catalog, information, &hash.finalize()[..16])
}

/// Each different background once; gives the number of each page's form.
fn write_backgrounds(pages: &[Page<'_>], file: &mut File) -> Vec<usize> {
    let mut written: Vec<(&Background, usize)> = Vec::new();
    let mut forms = Vec::with_capacity(pages.len());
    for page in pages {
        let known = written.iter().find(|(known, _)| std::ptr::eq(*known, page.background));
        if let Some((_, form)) = known {
            forms.push(*form);
            continue;
        }
        let first = file.next();
        for object in &page.background.objects {
            file.object(|out| object.write(out, first));
        }
        written.push((page.background, first));
        forms.push(first);
    }
    forms
}

fn write_page(
    file: &mut File,
    background: &Background,
    tree: usize,
    form: usize,
    fonts_at: &[(u8, usize)],
    content: &[u8],
) -> usize {
    let stream = file.object(|out| stream(out, FLATE, &deflate::quick(content)));
    file.object(|out| {
        let (width, height) = (background.width, background.height);
        out.extend(b"<</Type/Page/Parent ");
        reference(out, tree);
        out.extend(b"/MediaBox[0 0 ");
        super::object::points(out, width);
        out.push(b' ');
        super::object::points(out, height);
        out.extend(b"]/Contents ");
        reference(out, stream);
        out.extend(b"/Resources<</XObject<</B ");
        reference(out, form);
        out.extend(b">>/Font<<");
        for (number, at) in fonts_at {
            out.extend(b"/F");
            integer(out, i64::from(*number));
            out.push(b' ');
            reference(out, *at);
        }
        out.extend(b">>>>>>");
    })
}

/// A composite font of the used glyphs; gives the number of the font object.
fn write_font(
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
    // Compressing outlines takes longer than all the rest and saves a fiftieth of
    // the file.
    let program = subset.file();
    let program = file.object(|out| stream(out, &format!("/Length1 {}", program.len()), &program));
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
fn to_unicode(glyphs: &[(u16, String)]) -> Vec<u8> {
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

/// Appends `<UTF-16BE>` in hexadecimal.
fn utf16(out: &mut Vec<u8>, text: &str) {
    out.push(b'<');
    for unit in text.encode_utf16() {
        hex_byte(out, (unit >> 8) as u8);
        hex_byte(out, unit as u8);
    }
    out.push(b'>');
}

fn write_catalog(file: &mut File, catalog: usize, tree: usize) {
    file.fill(catalog, |out| {
        out.extend(b"<</Type/Catalog/Pages ");
        reference(out, tree);
        out.extend(b"/Lang(ja-JP)/ViewerPreferences<</PrintScaling/None/DisplayDocTitle true>>>>");
    });
}

fn write_tree(file: &mut File, tree: usize, kids: &[usize]) {
    file.fill(tree, |out| {
        out.extend(b"<</Type/Pages/Count ");
        integer(out, kids.len() as i64);
        out.extend(b"/Kids[");
        for kid in kids {
            reference(out, *kid);
            out.push(b' ');
        }
        out.extend(b"]>>");
    });
}

fn write_information(file: &mut File, information: usize, title: &str) {
    file.fill(information, |out| {
        out.extend(b"<</Producer(madoguchi)/Title");
        utf16(out, &format!("\u{FEFF}{title}"));
        out.extend(b">>");
    });
}

fn reference(out: &mut Vec<u8>, number: usize) {
    integer(out, number as i64);
    out.extend(b" 0 R");
}

const FLATE: &str = "/Filter/FlateDecode";

/// A stream with extra dictionary entries.
fn stream(out: &mut Vec<u8>, entries: &str, content: &[u8]) {
    out.extend(b"<<");
    out.extend(entries.as_bytes());
    out.extend(b"/Length ");
    integer(out, content.len() as i64);
    out.extend(b">>stream\n");
    out.extend(content);
    out.extend(b"\nendstream");
}

/// Objects in the order they are written, and where they begin.
struct File {
    out: Vec<u8>,
    /// By object number; 0 is the head of the free list.
    offsets: Vec<usize>,
}

impl File {
    fn new() -> Self {
        let mut out = Vec::with_capacity(96 * 1024);
        // The second line tells transfer programs that the file is binary.
        out.extend(b"%PDF-1.7\n%\xE7\xAA\x93\xE5\x8F\xA3\n");
        Self { out, offsets: vec![0] }
    }

    /// The number the next object gets.
    fn next(&self) -> usize {
        self.offsets.len()
    }

    /// A number for an object that is filled in later.
    fn reserve(&mut self) -> usize {
        self.offsets.push(0);
        self.offsets.len() - 1
    }

    fn fill(&mut self, number: usize, write: impl FnOnce(&mut Vec<u8>)) {
        self.offsets[number] = self.out.len();
        integer(&mut self.out, number as i64);
        self.out.extend(b" 0 obj\n");
        write(&mut self.out);
        self.out.extend(b"\nendobj\n");
    }

    fn object(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let number = self.reserve();
        self.fill(number, write);
        number
    }

    /// The cross-reference table and the trailer.
    fn finish(mut self, catalog: usize, information: usize, id: &[u8]) -> Vec<u8> {
        let table_at = self.out.len();
        let out = &mut self.out;
        out.extend(b"xref\n0 ");
        integer(out, self.offsets.len() as i64);
        out.extend(b"\n0000000000 65535 f \n");
        for offset in &self.offsets[1..] {
            out.extend(format!("{offset:010} 00000 n \n").into_bytes());
        }
        out.extend(b"trailer\n<</Size ");
        integer(out, self.offsets.len() as i64);
        out.extend(b"/Root ");
        reference(out, catalog);
        out.extend(b"/Info ");
        reference(out, information);
        out.extend(b"/ID[");
        hexadecimal(out, id);
        hexadecimal(out, id);
        out.extend(b"]>>\nstartxref\n");
        integer(out, table_at as i64);
        out.extend(b"\n%%EOF\n");
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::{Align, Area, Face, Fit, Sheet, Valign};
    use crate::text::Text;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::shipped);
    static EMPTY: LazyLock<Background> = LazyLock::new(|| {
        Background::from_sheet(&Sheet { width: 400.0, height: 300.0, shapes: Vec::new() }, &FONTS)
    });

    proptest! {
        #[test]
        fn any_words_make_a_whole_file_without_the_missing_glyph(text in "[\\PC\\n]{0,80}") {
            let fit = Fit {
                area: Area { x: 10.0, y: 10.0, width: 380.0, height: 280.0 },
                face: Face::Gothic,
                size: 12.0,
                min_size: 9.0,
                wrap: true,
                align: Align::Left,
                valign: Valign::Top,
            };
            let lines = fit.text(&Text::from(text), &FONTS).unwrap();
            let right = |line: &crate::pdf::PlacedLine| {
                let advance: f32 = line.clusters.iter().map(|cluster| cluster.advance).sum();
                line.x + advance * line.size * line.narrowing
            };
            prop_assert!(lines.iter().all(|line| line.x >= 10.0 && right(line) <= 390.01));
            let mut page = Page::new(&EMPTY);
            lines.into_iter().for_each(|line| page.words(line));
            let file = document("", &[page], &FONTS);
            let file = lopdf::Document::load_mem(&file).unwrap();
            let page = *file.get_pages().values().next().unwrap();
            let content = lopdf::content::Content::decode(&file.get_page_content(page)).unwrap();
            for shown in content.operations.iter().filter(|shown| shown.operator == "Tj") {
                let codes = shown.operands[0].as_str().unwrap();
                prop_assert!(codes.chunks(2).all(|code| code != [0, 0]));
            }
        }
    }
}
