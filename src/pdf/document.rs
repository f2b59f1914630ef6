//! A PDF file made of pages.
//!
//! Backgrounds and glyphs are copied; only the words' content is written anew. The
//! file carries no clock time, and its /ID is a hash of what it says: the same
//! pages give the same bytes. It asks viewers not to scale when printing
//! (PrintScaling /None), because marks must hit the boxes.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::background::Background;
use super::deflate;
use super::embed::write_font;
use super::file::{FLATE, File, reference, stream};
use super::fonts::Fonts;
use super::object::{OpenObject, integer, points, utf16};
use super::page::Page;
use super::slots::Slots;

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
    let mut written: Vec<(&Arc<[OpenObject]>, usize)> = Vec::new();
    let mut forms = Vec::with_capacity(pages.len());
    for page in pages {
        let (objects, form) = (&page.background.objects, page.background.form);
        // Pages of one file share their objects.
        let known = written.iter().find(|(known, _)| Arc::ptr_eq(known, objects));
        if let Some((_, first)) = known {
            forms.push(first + form);
            continue;
        }
        let first = file.next();
        for object in objects.iter() {
            file.object(|out| object.write(out, first));
        }
        written.push((objects, first));
        forms.push(first + form);
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
        points(out, width);
        out.push(b' ');
        points(out, height);
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
    use crate::pdf::{Align, Area, Face, Fit, Lines, Sheet, Valign};
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
                lines: Lines::Many,
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
