//! Marks as vectors: what the pen would write in boxes and around words.
//!
//! Fonts do not agree on ☑, ✓ and ○, so none of them is ever text.

use super::fit::Area;
use super::object::points;

/// Part of a page's content stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Content(pub Vec<u8>);

/// A quarter circle as a cubic curve: control points lie at this part of the
/// radius.
const QUARTER: f32 = 0.552_285;

impl Content {
    /// Numbers, then the operator.
    pub fn op(&mut self, numbers: &[f32], operator: &str) {
        for number in numbers {
            points(&mut self.0, *number);
            self.0.push(b' ');
        }
        self.0.extend(operator.as_bytes());
        self.0.push(b'\n');
    }

    /// レ: a short stroke down, a long one up, as wide as the box and a little
    /// over its upper right corner.
    pub fn tick(&mut self, area: &Area) {
        let Area { x, y, width, height } = *area;
        self.op(&[], "q 1 J 1 j");
        self.op(&[width * 0.14], "w");
        self.op(&[x + width * 0.12, y + height * 0.62], "m");
        self.op(&[x + width * 0.38, y + height * 0.10], "l");
        self.op(&[x + width * 1.08, y + height * 1.12], "l");
        self.op(&[], "S Q");
    }

    /// ○: an ellipse in `area`.
    pub fn ellipse(&mut self, area: &Area) {
        let (rx, ry) = (area.width / 2.0, area.height / 2.0);
        let (cx, cy) = (area.x + rx, area.y + ry);
        let (kx, ky) = (rx * QUARTER, ry * QUARTER);
        self.op(&[], "q");
        self.op(&[1.1], "w");
        self.op(&[cx + rx, cy], "m");
        self.op(&[cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry], "c");
        self.op(&[cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy], "c");
        self.op(&[cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry], "c");
        self.op(&[cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy], "c");
        self.op(&[], "s Q");
    }

    /// An empty box for the pen.
    pub fn hand_box(&mut self, area: &Area) {
        self.op(&[], "q");
        self.op(&[0.5], "w");
        self.op(&[area.x, area.y, area.width, area.height], "re");
        self.op(&[], "S Q");
    }

    /// Dark modules of a square code of `side` modules in `area`, row by row from
    /// the top. One path, so that no seam shows between rows.
    pub fn modules(&mut self, area: &Area, side: usize, dark: &[bool]) {
        let module = area.width.min(area.height) / side as f32;
        self.op(&[], "q");
        // The matrix needs more places than points do.
        let scale = format!("{module:.5} 0 0 {module:.5}");
        self.0.extend(scale.into_bytes());
        self.0.push(b' ');
        self.op(&[area.x, area.y], "cm");
        for (row, modules) in dark.chunks(side).enumerate() {
            let mut at = 0;
            for run in modules.chunk_by(|one, next| one == next) {
                if run[0] {
                    let bottom = (side - 1 - row) as f32;
                    self.op(&[at as f32, bottom, run.len() as f32, 1.0], "re");
                }
                at += run.len();
            }
        }
        self.op(&[], "f Q");
    }
}
