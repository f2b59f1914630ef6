//! krilla: the sheet as an embedded PDF page, words as glyphs.

use std::sync::Arc;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::pdf::{Pdf, PdfDocument};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use madoguchi::form::answers::Answers;

use crate::job::{HEIGHT, Job, POINTS_PER_MM, WIDTH, Words};
use crate::ours::RECEIPT;

pub static GOTHIC: &[u8] = include_bytes!("../../../fonts/BIZUDGothic-Regular.ttf");

pub struct Rival {
    font: Font,
    face: ttf_parser::Face<'static>,
    sheet: PdfDocument,
}

impl Rival {
    pub fn new(_: &Job, sheet: Vec<u8>) -> Self {
        Self {
            font: Font::new(GOTHIC.into(), 0).unwrap(),
            face: ttf_parser::Face::parse(GOTHIC, 0).unwrap(),
            sheet: PdfDocument::new(Arc::new(Pdf::new(Arc::new(sheet)).unwrap())),
        }
    }

    pub fn document(&self, job: &Job, answers: &Answers) -> Vec<u8> {
        let mut document = Document::new();
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).unwrap());
        let mut surface = page.surface();
        surface.draw_pdf_page(&self.sheet, Size::from_wh(WIDTH, HEIGHT).unwrap(), 0);
        surface.set_fill(Some(Fill {
            paint: rgb::Color::new(0, 0, 0).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
        for words in job.words(answers) {
            self.words(&mut surface, &words);
        }
        if let Some(rect) = job.code {
            code(&mut surface, rect);
        }
        surface.finish();
        page.finish();
        document.finish().unwrap()
    }

    fn words(&self, surface: &mut Surface<'_>, words: &Words) {
        let units = f32::from(self.face.units_per_em());
        let glyphs: Vec<KrillaGlyph> = words
            .text
            .char_indices()
            .filter_map(|(at, c)| {
                let glyph = self.face.glyph_index(c)?;
                let advance = f32::from(self.face.glyph_hor_advance(glyph)?) / units;
                let id = GlyphId::new(u32::from(glyph.0));
                Some(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
            })
            .collect();
        let start = Point::from_xy(words.x, words.y);
        surface.draw_glyphs(start, &glyphs, self.font.clone(), &words.text, words.size, false);
    }
}

fn code(surface: &mut Surface<'_>, [x, y, width, _]: [f32; 4]) {
    let code = qrcode::QrCode::with_error_correction_level(RECEIPT, qrcode::EcLevel::M).unwrap();
    let side = code.width();
    let module = width * POINTS_PER_MM / (side + 8) as f32;
    let mut path = PathBuilder::new();
    for (n, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let left = x * POINTS_PER_MM + (n % side + 4) as f32 * module;
            let top = y * POINTS_PER_MM + (n / side + 4) as f32 * module;
            path.push_rect(Rect::from_xywh(left, top, module, module).unwrap());
        }
    }
    surface.draw_path(&path.finish().unwrap());
}
