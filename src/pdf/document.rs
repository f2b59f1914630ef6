//! A PDF file made of pages.
//!
//! Backgrounds and glyphs are copied; only the words' content is written anew. The
//! file carries no clock time, and its /ID is a hash of what it says: the same
//! pages give the same bytes. It asks viewers not to scale when printing
//! (PrintScaling /None), because marks must hit the boxes.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::deflate::Deflate;
use super::embed;
use super::file::{FLATE, File, reference, stream};
use super::object::{OpenObject, integer, points, utf16};
use super::page::Page;
use super::slots::{Slots, Used};

/// Writes `pages` into one file, which shares fonts and backgrounds among them.
pub fn document(title: &str, pages: &[Page<'_>]) -> Vec<u8> {
    let mut slots = Slots::default();
    let contents: Vec<Vec<u8>> = pages.iter().map(|page| page.content(&mut slots)).collect();
    let mut file = File::new();
    let (catalog, tree, information) = (file.reserve(), file.reserve(), file.reserve());
    let backgrounds = write_backgrounds(pages, &mut file);
    let (mut hash, mut deflate) = (Sha256::new(), Deflate::quick());
    let mut fonts_at = Vec::new();
    for used in slots.fonts() {
        fonts_at.push(write_font(&mut file, used, &mut deflate, &mut hash));
    }
    let mut kids = Vec::new();
    for ((page, content), first) in pages.iter().zip(contents).zip(backgrounds) {
        hash.update(page.background.fingerprint);
        hash.update(&content);
        let content = deflate.stream(&content);
        kids.push(write_page(&mut file, page, tree, first, &fonts_at, &content));
    }
    write_catalog(&mut file, catalog, tree);
    write_tree(&mut file, tree, &kids);
    write_information(&mut file, information, title);
    file.finish(catalog, information, &hash.finalize()[..16], &mut deflate)
}

/// Each different background once; gives the number of its first object for each
/// page.
fn write_backgrounds(pages: &[Page<'_>], file: &mut File) -> Vec<usize> {
    let mut written: Vec<(&Arc<[OpenObject]>, usize)> = Vec::new();
    let mut firsts = Vec::with_capacity(pages.len());
    for page in pages {
        let objects = &page.background.objects;
        // Pages of one file share their objects.
        let known = written.iter().find(|(known, _)| Arc::ptr_eq(known, objects));
        if let Some((_, first)) = known {
            firsts.push(*first);
            continue;
        }
        let first = file.next();
        for object in objects.iter() {
            file.object(|out| object.write(out, first));
        }
        written.push((objects, first));
        firsts.push(first);
    }
    firsts
}

/// A font with the glyphs that no background of the file has; gives its number.
fn write_font(file: &mut File, used: &Used<'_>, deflate: &mut Deflate, hash: &mut Sha256) -> usize {
    let font = used.fonts.font(used.number);
    let first = file.next();
    for object in embed::objects(font, &used.glyphs, deflate) {
        file.object(|out| object.write(out, first));
    }
    hash.update(font.name());
    for (glyph, text) in used.glyphs.in_order() {
        hash.update(glyph.to_be_bytes());
        hash.update(text);
    }
    first
}

fn write_page(
    file: &mut File,
    page: &Page<'_>,
    tree: usize,
    first: usize,
    fonts_at: &[usize],
    content: &[u8],
) -> usize {
    let background = page.background;
    let stream = file.object(|out| stream(out, FLATE.as_bytes(), content));
    file.object(|out| {
        let (width, height) = (background.width, background.height);
        out.extend(b"<</Type/Page/Parent ");
        reference(out, tree);
        out.extend(b"/MediaBox[0 0 ");
        points(out, width);
        out.push(b' ');
        points(out, height);
        out.extend(b"]/Contents ");
        reference(out, stream);
        out.extend(b"/Resources<</XObject<</B ");
        reference(out, first + background.form);
        out.extend(b">>");
        if page.is_preview() {
            out.extend(b"/ExtGState<</M<</BM/Multiply>>>>");
        }
        out.extend(b"/Font<<");
        let of_sheet = background.embedded.iter().map(|embedded| first + embedded.object);
        for (letter, number, at) in (0..)
            .zip(of_sheet)
            .map(|(number, at)| (b'S', number, at))
            .chain((0..).zip(fonts_at).map(|(number, at)| (b'F', number, *at)))
        {
            out.extend([b'/', letter]);
            integer(out, number);
            out.push(b' ');
            reference(out, at);
        }
        out.extend(b">>>>>>");
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::background::Background;
    use crate::pdf::{Align, Area, Face, Fit, Fonts, Lines, PlacedLine, Shape, Sheet, Valign};
    use crate::text::Text;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::shipped);
    static EMPTY: LazyLock<Background> = LazyLock::new(|| {
        Background::from_sheet(&Sheet { width: 400.0, height: 300.0, shapes: Vec::new() }, &FONTS)
    });

    fn written(words: &str) -> Vec<PlacedLine> {
        let fit = Fit {
            area: Area { x: 10.0, y: 10.0, width: 380.0, height: 280.0 },
            face: Face::Gothic,
            size: 12.0,
            min_size: 9.0,
            lines: Lines::Many,
            align: Align::Left,
            valign: Valign::Top,
        };
        fit.text(&Text::from(words), &FONTS).unwrap()
    }

    /// What the words of the only page are written with: font and numbers.
    fn shown(file: &[u8]) -> Vec<(String, Vec<u8>)> {
        let file = lopdf::Document::load_mem(file).unwrap();
        let page = *file.get_pages().values().next().unwrap();
        let content = lopdf::content::Content::decode(&file.get_page_content(page)).unwrap();
        let (mut font, mut shown) = (String::new(), Vec::new());
        for operation in content.operations {
            match operation.operator.as_str() {
                "Tf" => {
                    font = String::from_utf8_lossy(operation.operands[0].as_name().unwrap()).into()
                }
                "Tj" => {
                    shown.push((font.clone(), operation.operands[0].as_str().unwrap().to_vec()))
                }
                _ => {}
            }
        }
        shown
    }

    /// A page of a sheet that says 窓口.
    fn filled(words: &str) -> Vec<u8> {
        let shapes = written("窓口").into_iter().map(Shape::Words).collect();
        let sheet = Background::from_sheet(&Sheet { width: 400.0, height: 300.0, shapes }, &FONTS);
        let mut page = Page::new(&sheet);
        written(words).into_iter().for_each(|line| page.words(line));
        document("", &[page])
    }

    fn programs(file: &[u8]) -> usize {
        let file = lopdf::Document::load_mem(file).unwrap();
        let dictionaries = file.objects.values().filter_map(|object| object.as_dict().ok());
        dictionaries.filter(|dictionary| dictionary.has(b"FontFile2")).count()
    }

    #[test]
    fn words_use_the_glyphs_of_the_sheet_and_bring_only_what_is_new() {
        let known = filled("口窓口");
        assert_eq!(shown(&known), [("S0".to_owned(), vec![0, 2, 0, 1, 0, 2])]);
        assert_eq!(programs(&known), 1);
        let new = filled("町の窓口");
        let expected = [("F0".to_owned(), vec![0, 1, 0, 2]), ("S0".to_owned(), vec![0, 1, 0, 2])];
        assert_eq!(shown(&new), expected);
        assert_eq!(programs(&new), 2);
    }

    #[test]
    fn a_glyph_of_the_sheet_that_stands_for_other_text_is_not_used() {
        // 神 with this selector has the glyph of U+FA19, and is another text.
        let sheet = written("\u{FA19}").into_iter().map(Shape::Words).collect();
        let sheet = Sheet { width: 400.0, height: 300.0, shapes: sheet };
        let sheet = Background::from_sheet(&sheet, &FONTS);
        let mut page = Page::new(&sheet);
        written("\u{FA19}神\u{E0100}").into_iter().for_each(|line| page.words(line));
        let fonts: Vec<String> =
            shown(&document("", &[page])).into_iter().map(|(font, _)| font).collect();
        assert_eq!(fonts, ["S0", "F0"]);
    }

    proptest! {
        #[test]
        fn any_words_make_a_whole_file_without_the_missing_glyph(text in "[\\PC\\n]{0,80}") {
            let lines = written(&text);
            let right = |line: &PlacedLine| {
                let advance: f32 = line.clusters.iter().map(|cluster| cluster.advance).sum();
                line.x + advance * line.size * line.narrowing
            };
            prop_assert!(lines.iter().all(|line| line.x >= 10.0 && right(line) <= 390.01));
            let mut page = Page::new(&EMPTY);
            lines.into_iter().for_each(|line| page.words(line));
            let file = document("", &[page]);
            for (_, codes) in shown(&file) {
                prop_assert!(codes.chunks(2).all(|code| code != [0, 0]));
            }
        }
    }
}
