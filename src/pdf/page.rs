//! A page on the way into a file: a background, and the words and marks on it.

use super::background::Background;
use super::content::Content;
use super::coverage::{Cluster, Ink};
use super::fit::{Area, PlacedLine};
use super::fonts::Fonts;
use super::object::{hex_byte, integer, points};
use super::qr;
use super::slots::Slots;

/// The colour of what a preview draws over a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    Field,
    Grid,
    FineGrid,
    /// The numbers along the grid.
    Ruler,
}

impl Tint {
    /// Red, green, blue.
    fn colour(self) -> [f32; 3] {
        match self {
            Tint::Field => [0.8, 0.1, 0.3],
            Tint::Grid => [0.65, 0.8, 0.95],
            Tint::FineGrid => [0.87, 0.93, 0.98],
            Tint::Ruler => [0.1, 0.35, 0.65],
        }
    }
}

/// A background with words and marks on it.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    pub(super) background: &'a Background,
    marks: Content,
    lines: Vec<PlacedLine>,
    /// Words about the sheet, for a preview.
    remarks: Vec<(PlacedLine, Tint)>,
    /// How far what is filled in is moved on the background, in points.
    moved: (f32, f32),
    is_preview: bool,
}

impl<'a> Page<'a> {
    /// A page with nothing filled in.
    pub fn new(background: &'a Background) -> Self {
        Self {
            background,
            marks: Content::default(),
            lines: Vec::new(),
            remarks: Vec::new(),
            moved: (0.0, 0.0),
            is_preview: false,
        }
    }

    /// Moves all that is filled in, but not the background: to the right and up,
    /// in points.
    pub fn moved(mut self, right: f32, up: f32) -> Self {
        self.moved = (right, up);
        self
    }

    /// Height in points.
    pub fn height(&self) -> f32 {
        self.background.height
    }

    /// The fonts to look words up in before they are written.
    pub fn fonts(&self) -> &'a Fonts {
        self.background.fonts()
    }

    /// Writes words, which [`Page::fonts`] were asked for.
    pub fn words(&mut self, line: PlacedLine) {
        for area in line.boxes() {
            self.marks.hand_box(&area);
        }
        self.lines.push(line);
    }

    /// An empty box for the pen, where words did not fit.
    pub fn empty_box(&mut self, area: Area) {
        self.marks.hand_box(&area);
    }

    /// A レ in a check box.
    pub fn tick(&mut self, area: Area) {
        self.marks.tick(&area);
    }

    /// An ○ around printed words.
    pub fn ellipse(&mut self, area: Area) {
        self.marks.ellipse(&area);
    }

    /// Whether something of a preview is drawn over the sheet. It only darkens: the
    /// sheet's own rules and words stay what they are under a grid and outlines.
    pub(super) fn is_preview(&self) -> bool {
        self.is_preview
    }

    /// A thin coloured rule of a preview.
    pub fn guide(&mut self, from: (f32, f32), to: (f32, f32), tint: Tint) {
        let width = if tint == Tint::Field { 0.5 } else { 0.2 };
        self.tinted(tint, width);
        self.marks.op(&[from.0, from.1], "m");
        self.marks.op(&[to.0, to.1], "l");
        self.marks.op(&[], "S Q");
    }

    /// The outline of a field in a preview.
    pub fn outline(&mut self, area: Area) {
        self.tinted(Tint::Field, 0.7);
        self.marks.op(&[area.x, area.y, area.width, area.height], "re");
        self.marks.op(&[], "S Q");
    }

    fn tinted(&mut self, tint: Tint, width: f32) {
        self.is_preview = true;
        self.marks.op(&[], "q");
        self.marks.op(&tint.colour(), "RG");
        self.marks.op(&[width], "w");
    }

    /// Words of a preview.
    pub fn remark(&mut self, line: PlacedLine, tint: Tint) {
        self.is_preview = true;
        self.remarks.push((line, tint));
    }

    /// A QR code with its quiet zone inside `area`, or `false` when `text` is too
    /// long for one.
    pub fn qr(&mut self, area: Area, text: &str) -> bool {
        let Some(code) = qr::encode(text) else { return false };
        let side = area.width.min(area.height);
        let module = side / (code.side + 2 * qr::QUIET) as f32;
        let quiet = module * qr::QUIET as f32;
        let inner = Area {
            x: area.x + (area.width - side) / 2.0 + quiet,
            y: area.y + (area.height - side) / 2.0 + quiet,
            width: side - 2.0 * quiet,
            height: side - 2.0 * quiet,
        };
        self.marks.modules(&inner, code.side, &code.dark);
        true
    }

    /// The lines written so far.
    #[cfg(test)]
    pub fn lines(&self) -> &[PlacedLine] {
        &self.lines
    }

    /// The content stream: the background, marks, then words.
    pub(super) fn content(&self, slots: &mut Slots<'a>) -> Vec<u8> {
        let mut out = b"q /B Do Q\n".to_vec();
        if self.is_preview {
            out.extend(b"/M gs\n");
        }
        if self.moved != (0.0, 0.0) {
            let mut content = Content::default();
            content.op(&[1.0, 0.0, 0.0, 1.0, self.moved.0, self.moved.1], "cm");
            out.extend(content.0);
        }
        out.extend(&self.marks.0);
        if self.lines.is_empty() && self.remarks.is_empty() {
            return out;
        }
        out.extend(b"BT\n");
        let mut writer =
            Writer { background: self.background, slots, font: None, narrowing: 1.0, out };
        self.lines.iter().for_each(|line| writer.line(line));
        for (line, tint) in &self.remarks {
            let mut colour = Content::default();
            colour.op(&tint.colour(), "rg");
            writer.out.extend(colour.0);
            writer.line(line);
        }
        out = writer.out;
        out.extend(b"ET\n");
        out
    }
}

/// An embedded font as a page's content names it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Of the background, counted from 0.
    Sheet(usize),
    /// Of the file, counted from 0.
    File(usize),
}

/// Words on the way into a content stream.
struct Writer<'a, 'b> {
    background: &'a Background,
    slots: &'b mut Slots<'a>,
    /// What the viewer remembers between lines.
    font: Option<(Name, f32)>,
    narrowing: f32,
    out: Vec<u8>,
}

impl Writer<'_, '_> {
    fn line(&mut self, line: &PlacedLine) {
        if self.narrowing != line.narrowing {
            points(&mut self.out, line.narrowing * 100.0);
            self.out.extend(b" Tz ");
            self.narrowing = line.narrowing;
        }
        let mut x = line.x;
        for run in line.clusters.chunk_by(|one, next| one.ink.font() == next.ink.font()) {
            let start = x;
            x +=
                run.iter().map(|cluster| cluster.advance).sum::<f32>() * line.size * line.narrowing;
            if run[0].ink.font().is_some() {
                self.run(run, line.size, (start, line.y));
            }
        }
    }

    /// Clusters of one font. The subsets of a font have the same widths, so the
    /// place is set once.
    fn run(&mut self, run: &[Cluster], size: f32, (x, y): (f32, f32)) {
        let glyphs = run.iter().filter_map(|cluster| {
            let Ink::Glyph { font, glyph } = cluster.ink else { return None };
            let known = self.background.find(font, glyph, &cluster.text);
            Some(known.map_or_else(
                || {
                    let fonts = &self.background.fonts;
                    let (at, slot) = self.slots.slot(fonts, font, glyph, &cluster.text);
                    (Name::File(at), slot)
                },
                |(at, slot)| (Name::Sheet(at), slot),
            ))
        });
        let glyphs: Vec<(Name, u16)> = glyphs.collect();
        for (n, stretch) in glyphs.chunk_by(|(one, _), (next, _)| one == next).enumerate() {
            self.font(stretch[0].0, size);
            if n == 0 {
                self.out.extend(b"1 0 0 1 ");
                points(&mut self.out, x);
                self.out.push(b' ');
                points(&mut self.out, y);
                self.out.extend(b" Tm ");
            }
            self.out.push(b'<');
            for (_, slot) in stretch {
                hex_byte(&mut self.out, (slot >> 8) as u8);
                hex_byte(&mut self.out, *slot as u8);
            }
            self.out.extend(b"> Tj\n");
        }
    }

    fn font(&mut self, name: Name, size: f32) {
        if self.font == Some((name, size)) {
            return;
        }
        let (letter, number) = match name {
            Name::Sheet(number) => (b'S', number),
            Name::File(number) => (b'F', number),
        };
        self.out.extend([b'/', letter]);
        integer(&mut self.out, number as i64);
        self.out.push(b' ');
        points(&mut self.out, size);
        self.out.extend(b" Tf ");
        self.font = Some((name, size));
    }
}
