//! The static sheet, drawn with printpdf.
//!
//! Text goes through glyph ids only (printpdf's own text path draws variation
//! selectors as boxes), and the fonts it is given are subsets made here, so its
//! subsetting feature, which builds a whole layout engine, stays off. What the
//! paper already is set to (a width, a font) is not set again: every filled form
//! carries these bytes.

use printpdf::{
    Codepoint, Color, FontId, Greyscale, Line, LineDashPattern, LinePoint, Mm, Op, PaintMode,
    ParsedFont, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect, TextItem,
    TextMatrix, WindingOrder,
};

use super::coverage::{Cluster, Ink};
use super::fit::{Area, PlacedLine};
use super::fonts::Fonts;
use super::slots::{Glyphs, Slots};
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
    /// The sheet as a document of one page; what its words use is put in `slots`.
    pub(super) fn drawn<'a>(&self, fonts: &'a Fonts, slots: &mut Slots<'a>) -> lopdf::Document {
        let mut drawing = Drawing { fonts, slots, stroke: None, font: None, ops: Vec::new() };
        for shape in &self.shapes {
            match shape {
                Shape::Line { from, to, width, dashed } => {
                    drawing.line(*from, *to, *width, *dashed);
                }
                Shape::Box { area, width, fill, dashed } => {
                    drawing.draw_box(area, *width, *fill, *dashed);
                }
                Shape::Words(line) => drawing.words(line),
            }
        }
        let ops = drawing.ops;
        let mut document = PdfDocument::new("");
        for (n, used) in slots.fonts().iter().enumerate() {
            let font = printpdf::font::PdfFont::new(parsed(fonts, used.number, &used.glyphs));
            document.resources.fonts.map.insert(FontId(font_name(n)), font);
        }
        let page = PdfPage::new(Mm::from(Pt(self.width)), Mm::from(Pt(self.height)), ops);
        document.with_pages(vec![page]);
        document.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new())
    }
}

/// The glyphs used, as a font that printpdf takes widths from.
fn parsed(fonts: &Fonts, number: u8, glyphs: &Glyphs) -> ParsedFont {
    let font = fonts.font(number);
    let glyphs = glyphs.in_order().iter().map(|(glyph, _)| font.glyph(*glyph)).collect();
    let bytes = Subset { font, glyphs }.file();
    ParsedFont::from_bytes(&bytes, 0, &mut Vec::new()).expect("a font made just now can be read")
}

/// The name of a sheet's font in the resources: `S0`, in order of first use.
pub(super) fn font_name(n: usize) -> String {
    format!("S{n}")
}

/// A sheet while it is drawn.
struct Drawing<'a, 'b> {
    fonts: &'a Fonts,
    slots: &'b mut Slots<'a>,
    /// What the paper is set to: width of strokes and whether they are dashed.
    stroke: Option<(f32, bool)>,
    /// Which of the sheet's fonts, and its size.
    font: Option<(usize, f32)>,
    ops: Vec<Op>,
}

impl Drawing<'_, '_> {
    fn stroke(&mut self, width: f32, dashed: bool) {
        let before = self.stroke.replace((width, dashed));
        if before.map(|(_, dashed)| dashed) != Some(dashed) {
            let pattern: &[f32] = if dashed { &[2.0, 1.5] } else { &[] };
            let dash = LineDashPattern::new(0.0, pattern);
            self.ops.push(Op::SetLineDashPattern { dash });
        }
        if before.map(|(width, _)| width) != Some(width) {
            self.ops.push(Op::SetOutlineThickness { pt: length(width) });
        }
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, dashed: bool) {
        self.stroke(width, dashed);
        let point = |(x, y)| LinePoint { p: Point { x: length(x), y: length(y) }, bezier: false };
        let line = Line { points: vec![point(from), point(to)], is_closed: false };
        self.ops.push(Op::DrawLine { line });
    }

    fn draw_box(&mut self, area: &Area, width: f32, fill: Option<f32>, dashed: bool) {
        if let Some(level) = fill {
            self.ops.push(Op::SetFillColor { col: grey(level) });
            self.rectangle(area, PaintMode::Fill);
            self.ops.push(Op::SetFillColor { col: grey(0.0) });
        }
        if width > 0.0 {
            self.stroke(width, dashed);
            self.rectangle(area, PaintMode::Stroke);
        }
    }

    fn rectangle(&mut self, area: &Area, mode: PaintMode) {
        let [x, y, width, height] = [area.x, area.y, area.width, area.height].map(length);
        let winding_order = Some(WindingOrder::NonZero);
        let rectangle = Rect { x, y, width, height, mode: Some(mode), winding_order };
        self.ops.push(Op::DrawRectangle { rectangle });
    }

    /// One `ShowText` for each stretch of one font.
    fn words(&mut self, line: &PlacedLine) {
        let mut x = line.x;
        for run in line.clusters.chunk_by(|one, next| one.ink.font() == next.ink.font()) {
            let start = x;
            x +=
                run.iter().map(|cluster| cluster.advance).sum::<f32>() * line.size * line.narrowing;
            self.run(run, line.size, (start, line.y));
        }
        for area in line.boxes() {
            self.draw_box(&area, 0.5, None, false);
        }
    }

    fn run(&mut self, run: &[Cluster], size: f32, (x, y): (f32, f32)) {
        let (mut used, mut codepoints) = (0, Vec::new());
        for cluster in run {
            let Ink::Glyph { font, glyph } = cluster.ink else { return };
            let (font, slot) = self.slots.slot(self.fonts, font, glyph, &cluster.text);
            used = font;
            codepoints.push(Codepoint::with_cid(slot, 0.0, cluster.text.clone()));
        }
        self.ops.push(Op::StartTextSection);
        if self.font.replace((used, size)) != Some((used, size)) {
            let font = PdfFontHandle::External(FontId(font_name(used)));
            self.ops.push(Op::SetFont { font, size: Pt(size) });
        }
        let matrix = TextMatrix::Translate(length(x), length(y));
        self.ops.push(Op::SetTextMatrix { matrix });
        self.ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(codepoints)] });
        self.ops.push(Op::EndTextSection);
    }
}

fn grey(level: f32) -> Color {
    Color::Greyscale(Greyscale { percent: level, icc_profile: None })
}

/// To a ten-thousandth of a point: printpdf writes whatever digits there are.
fn length(points: f32) -> Pt {
    Pt((points * 10_000.0).round() / 10_000.0)
}
