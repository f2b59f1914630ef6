//! A traced page in the measure of templates.

use crate::pdf::{Area, Traced, Way};

use super::Rect;

/// What a person sees on a page; mm from the top left corner.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub width: f32,
    pub height: f32,
    pub across: Vec<Line>,
    pub down: Vec<Line>,
    /// Those that stand upright.
    pub letters: Vec<Glyph>,
    /// Whether most of the words lie on their side or stand on their head.
    pub is_turned: bool,
}

/// A rule: where it crosses the other axis, and from where to where it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub at: f32,
    pub from: f32,
    pub to: f32,
}

/// A letter by its left end and base line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub size: f32,
}

impl Glyph {
    /// The middle of what is drawn: most of a letter stands over its base line.
    pub fn middle(&self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y - self.size * 0.35)
    }

    pub fn right(&self) -> f32 {
        self.x + self.width
    }
}

const MM_PER_POINT: f32 = 25.4 / 72.0;

impl Seen {
    pub fn of(page: &Traced) -> Self {
        let mm = |points: f32| points * MM_PER_POINT;
        let from_top = |y: f32| mm(page.height - y);
        let mut seen = Self { width: mm(page.width), height: mm(page.height), ..Self::default() };
        for rule in &page.rules {
            match rule.way {
                Way::Across => seen.across.push(Line {
                    at: from_top(rule.at),
                    from: mm(rule.from),
                    to: mm(rule.to),
                }),
                Way::Up => seen.down.push(Line {
                    at: mm(rule.at),
                    from: from_top(rule.to),
                    to: from_top(rule.from),
                }),
            }
        }
        let upright = || page.letters.iter().filter(|letter| letter.is_upright);
        seen.is_turned = upright().count() * 2 < page.letters.len();
        seen.letters = upright()
            .map(|letter| Glyph {
                text: letter.text.clone(),
                x: mm(letter.x),
                y: from_top(letter.y),
                width: mm(letter.width),
                size: mm(letter.size),
            })
            .collect();
        seen
    }

    /// An area of the page in points as a rectangle that stays on the paper.
    pub fn rect(&self, area: Area) -> Rect {
        let mm = |points: f32| points * MM_PER_POINT;
        let (left, right) = (mm(area.x), mm(area.x + area.width));
        let (top, bottom) = (self.height - mm(area.y + area.height), self.height - mm(area.y));
        self.on_paper([left, top, right - left, bottom - top])
    }

    /// To a tenth of a millimetre, and never over the edge.
    pub fn on_paper(&self, [x, y, width, height]: Rect) -> Rect {
        let tenths = |mm: f32| (mm * 10.0).round() / 10.0;
        // Producers round the paper's size; a form's is whole millimetres.
        let (right, bottom) = (self.width.round(), self.height.round());
        let (x, y) = (tenths(x.clamp(0.0, right)), tenths(y.clamp(0.0, bottom)));
        [x, y, tenths(width.clamp(0.0, right - x)), tenths(height.clamp(0.0, bottom - y))]
    }
}

/// Letters as they are read: lines from the top, each from the left.
pub(super) fn lines(mut letters: Vec<&Glyph>) -> Vec<Vec<&Glyph>> {
    letters.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut lines = Vec::new();
    for line in letters.chunk_by(|one, next| next.y - one.y <= one.size * 0.5) {
        let mut line = line.to_vec();
        line.sort_by(|one, other| one.x.total_cmp(&other.x));
        lines.push(line);
    }
    lines
}

/// `size = "A4", orientation = "landscape"` for a page of so many mm.
pub(super) fn paper(width: f32, height: f32) -> Option<&'static str> {
    let is = |short: f32, long: f32| (width - short).abs() <= 1.0 && (height - long).abs() <= 1.0;
    Some(match () {
        () if is(210.0, 297.0) => r#"size = "A4""#,
        () if is(297.0, 210.0) => r#"size = "A4", orientation = "landscape""#,
        () if is(297.0, 420.0) => r#"size = "A3""#,
        () if is(420.0, 297.0) => r#"size = "A3", orientation = "landscape""#,
        () if is(148.0, 210.0) => r#"size = "A5""#,
        () if is(210.0, 148.0) => r#"size = "A5", orientation = "landscape""#,
        () => return None,
    })
}
