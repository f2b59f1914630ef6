//! A page on the way into a file: a background, and the words and marks on it.

use super::background::Background;
use super::content::Content;
use super::coverage::{Cluster, Ink};
use super::fit::{Area, PlacedLine};
use super::fonts::Fonts;
use super::object::{hex_byte, integer, points};
use super::qr;
use super::slots::Slots;

/// A background with words and marks on it.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    pub(super) background: &'a Background,
    marks: Content,
    lines: Vec<PlacedLine>,
}

impl<'a> Page<'a> {
    /// A page with nothing filled in.
    pub fn new(background: &'a Background) -> Self {
        Self { background, marks: Content::default(), lines: Vec::new() }
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

    /// The content stream: the background, marks, then words.
    pub(super) fn content(&self, slots: &mut Slots<'a>) -> Vec<u8> {
        let mut out = b"q /B Do Q\n".to_vec();
        out.extend(&self.marks.0);
        if self.lines.is_empty() {
            return out;
        }
        out.extend(b"BT\n");
        let mut writer =
            Writer { background: self.background, slots, font: None, narrowing: 1.0, out };
        self.lines.iter().for_each(|line| writer.line(line));
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
