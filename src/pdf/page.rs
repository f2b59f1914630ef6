//! A page on the way into a file: a background, and the words and marks on it.

use super::background::Background;
use super::content::Content;
use super::coverage::Ink;
use super::fit::{Area, PlacedLine};
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

    /// Writes words.
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

    /// The lines written so far.
    #[cfg(test)]
    pub fn lines(&self) -> &[PlacedLine] {
        &self.lines
    }

    /// The content stream: the background, marks, then words.
    pub(super) fn content(&self, slots: &mut Slots) -> Vec<u8> {
        let mut out = b"q /B Do Q\n".to_vec();
        out.extend(&self.marks.0);
        if self.lines.is_empty() {
            return out;
        }
        out.extend(b"BT\n");
        let mut state = TextState { font: None, narrowing: 1.0 };
        for line in &self.lines {
            write_line(line, slots, &mut state, &mut out);
        }
        out.extend(b"ET\n");
        out
    }
}

/// What the viewer remembers between lines.
struct TextState {
    font: Option<(u8, f32)>,
    narrowing: f32,
}

fn write_line(line: &PlacedLine, slots: &mut Slots, state: &mut TextState, out: &mut Vec<u8>) {
    let mut x = line.x;
    if state.narrowing != line.narrowing {
        points(out, line.narrowing * 100.0);
        out.extend(b" Tz ");
        state.narrowing = line.narrowing;
    }
    for run in line.clusters.chunk_by(|one, next| one.ink.font() == next.ink.font()) {
        let start = x;
        x += run.iter().map(|cluster| cluster.advance).sum::<f32>() * line.size * line.narrowing;
        let Some(font) = run[0].ink.font() else { continue };
        if state.font != Some((font, line.size)) {
            out.extend(b"/F");
            integer(out, i64::from(font));
            out.push(b' ');
            points(out, line.size);
            out.extend(b" Tf ");
            state.font = Some((font, line.size));
        }
        out.extend(b"1 0 0 1 ");
        points(out, start);
        out.push(b' ');
        points(out, line.y);
        out.extend(b" Tm <");
        for cluster in run {
            if let Ink::Glyph { font, glyph } = cluster.ink {
                let slot = slots.slot(font, glyph, &cluster.text);
                hex_byte(out, (slot >> 8) as u8);
                hex_byte(out, slot as u8);
            }
        }
        out.extend(b"> Tj\n");
    }
}
