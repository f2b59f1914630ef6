//! The static sheet, drawn with printpdf.
//!
//! Text goes through glyph ids only (printpdf's own text path draws variation
//! selectors as boxes), and the fonts it embeds are subsets made here, so its
//! subsetting feature, which builds a whole layout engine, stays off.

use printpdf::{
    Codepoint, Color, FontId, Greyscale, Line, LineDashPattern, LinePoint, Mm, Op, PaintMode,
    ParsedFont, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect, TextItem,
    TextMatrix, WindingOrder,
};

use super::coverage::Ink;
use super::fit::{Area, PlacedLine};
use super::fonts::Fonts;
use super::slots::{Slots, subset_tag};
use super::subset::Subset;

/// A page of rules, boxes and printed words, drawn in order.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Points.
    pub width: f32,
    /// Points.
    pub height: f32,
    pub shapes: Vec<Shape>,
}

/// One thing on a sheet; lengths in points.
#[derive(Clone, Debug)]
pub enum Shape {
    Line {
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        dashed: bool,
    },
    Box {
        area: Area,
        /// 0 draws no outline.
        width: f32,
        /// 0 black … 1 white.
        fill: Option<f32>,
        dashed: bool,
    },
    Words(PlacedLine),
}

impl Sheet {
    /// The sheet as a document of one page.
    pub(super) fn drawn(&self, fonts: &Fonts) -> lopdf::Document {
        let mut slots = Slots::default();
        let mut ops = Vec::new();
        for shape in &self.shapes {
            match shape {
                Shape::Line { from, to, width, dashed } => {
                    stroke(*width, *dashed, &mut ops);
                    ops.push(line(&[*from, *to], false));
                }
                Shape::Box { area, width, fill, dashed } => {
                    draw_box(area, *width, *fill, *dashed, &mut ops);
                }
                Shape::Words(line) => words(line, &mut slots, &mut ops),
            }
        }
        let mut document = PdfDocument::new("");
        for (number, glyphs) in slots.fonts() {
            document.resources.fonts.map.insert(
                font_id(number),
                printpdf::font::PdfFont::new(embedded(fonts, number, glyphs)),
            );
        }
        let page = PdfPage::new(Mm::from(Pt(self.width)), Mm::from(Pt(self.height)), ops);
        document.with_pages(vec![page]);
        document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new())
    }
}

/// The glyphs used, as a font that printpdf embeds whole.
fn embedded(fonts: &Fonts, number: u8, glyphs: &[(u16, String)]) -> ParsedFont {
    let font = fonts.font(number);
    let subset =
        Subset { font, glyphs: glyphs.iter().map(|(glyph, _)| font.glyph(*glyph)).collect() };
    let bytes = subset.file();
    let mut parsed = ParsedFont::from_bytes(&bytes, 0, &mut Vec::new())
        .expect("a font made just now can be read");
    parsed.font_name = Some(format!("{}+{}", subset_tag(glyphs), font.name()));
    parsed
}

fn font_id(number: u8) -> FontId {
    FontId(format!("S{number}"))
}

fn grey(level: f32) -> Color {
    Color::Greyscale(Greyscale { percent: level, icc_profile: None })
}

fn stroke(width: f32, dashed: bool, ops: &mut Vec<Op>) {
    let dash = if dashed {
        LineDashPattern::new(0.0, &[2.0, 1.5])
    } else {
        LineDashPattern::new(0.0, &[])
    };
    ops.push(Op::SetLineDashPattern { dash });
    ops.push(Op::SetOutlineThickness { pt: Pt(width) });
}

fn line(points: &[(f32, f32)], is_closed: bool) -> Op {
    let point =
        |(x, y): &(f32, f32)| LinePoint { p: Point { x: Pt(*x), y: Pt(*y) }, bezier: false };
    Op::DrawLine { line: Line { points: points.iter().map(point).collect(), is_closed } }
}

fn draw_box(area: &Area, width: f32, fill: Option<f32>, dashed: bool, ops: &mut Vec<Op>) {
    let Area { x, y, width: across, height } = *area;
    if let Some(level) = fill {
        ops.push(Op::SetFillColor { col: grey(level) });
        ops.push(Op::DrawRectangle {
            rectangle: Rect {
                x: Pt(x),
                y: Pt(y),
                width: Pt(across),
                height: Pt(height),
                mode: Some(PaintMode::Fill),
                winding_order: Some(WindingOrder::NonZero),
            },
        });
        ops.push(Op::SetFillColor { col: grey(0.0) });
    }
    if width > 0.0 {
        stroke(width, dashed, ops);
        let (right, top) = (x + across, y + height);
        ops.push(line(&[(x, y), (right, y), (right, top), (x, top)], true));
    }
}

/// One `ShowText` for each stretch of one font.
fn words(line: &PlacedLine, slots: &mut Slots, ops: &mut Vec<Op>) {
    let mut x = line.x;
    for run in line.clusters.chunk_by(|one, next| one.ink.font() == next.ink.font()) {
        let start = x;
        x += run.iter().map(|cluster| cluster.advance).sum::<f32>() * line.size * line.narrowing;
        let Some(number) = run[0].ink.font() else { continue };
        let codepoints = run.iter().filter_map(|cluster| {
            let Ink::Glyph { font, glyph } = cluster.ink else { return None };
            let slot = slots.slot(font, glyph, &cluster.text);
            Some(Codepoint::with_cid(slot, 0.0, cluster.text.clone()))
        });
        let codepoints = codepoints.collect();
        ops.push(Op::StartTextSection);
        ops.push(Op::SetFont {
            font: PdfFontHandle::External(font_id(number)),
            size: Pt(line.size),
        });
        ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(Pt(start), Pt(line.y)) });
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(codepoints)] });
        ops.push(Op::EndTextSection);
    }
    for Area { x, y, width, height } in line.boxes() {
        draw_box(&Area { x, y, width, height }, 0.5, None, false, ops);
    }
}
