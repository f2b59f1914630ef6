//! Paths into rules: the straight strokes, and the thin bars that some programs
//! fill instead.

use super::matrix::{Matrix, applied};
use super::trace::{Rule, Way};

/// A filled bar is a rule when it is no thicker than this, in points.
const BAR_MAX: f32 = 2.0;
/// A stroke this little aslant is straight, in points.
const ASLANT_MAX: f32 = 0.4;
/// Shorter strokes are parts of letters and ornaments, in points.
const SHORTEST: f32 = 2.0;

/// A path under construction, as seen on the page.
#[derive(Default)]
pub(super) struct Path {
    parts: Vec<Part>,
}

#[derive(Default)]
struct Part {
    points: Vec<(f32, f32)>,
    curved: bool,
}

impl Path {
    pub fn move_to(&mut self, at: (f32, f32), matrix: Matrix) {
        self.parts.push(Part { points: vec![applied(matrix, at)], curved: false });
    }

    pub fn line_to(&mut self, at: (f32, f32), matrix: Matrix) {
        if let Some(part) = self.parts.last_mut() {
            part.points.push(applied(matrix, at));
        }
    }

    pub fn curve_to(&mut self, at: (f32, f32), matrix: Matrix) {
        self.line_to(at, matrix);
        if let Some(part) = self.parts.last_mut() {
            part.curved = true;
        }
    }

    pub fn close(&mut self) {
        if let Some(part) = self.parts.last_mut()
            && let Some(first) = part.points.first().copied()
        {
            part.points.push(first);
        }
    }

    pub fn rectangle(&mut self, [x, y, width, height]: [f32; 4], matrix: Matrix) {
        self.move_to((x, y), matrix);
        for corner in [(x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
            self.line_to(corner, matrix);
        }
    }

    /// The rules of a path that was stroked, or only filled.
    pub fn rules(&self, stroked: bool, found: &mut Vec<Rule>) {
        for part in self.parts.iter().filter(|part| !part.curved) {
            if stroked {
                let pairs = part.points.windows(2);
                found.extend(pairs.filter_map(|pair| straight(pair[0], pair[1])));
            } else {
                found.extend(bar(&part.points));
            }
        }
    }
}

fn straight((x1, y1): (f32, f32), (x2, y2): (f32, f32)) -> Option<Rule> {
    let (across, up) = ((x1 - x2).abs(), (y1 - y2).abs());
    if up <= ASLANT_MAX && across >= SHORTEST {
        return Some(Rule {
            way: Way::Across,
            at: (y1 + y2) / 2.0,
            from: x1.min(x2),
            to: x1.max(x2),
        });
    }
    (across <= ASLANT_MAX && up >= SHORTEST).then(|| Rule {
        way: Way::Up,
        at: (x1 + x2) / 2.0,
        from: y1.min(y2),
        to: y1.max(y2),
    })
}

/// A long thin rectangle, as the rule along its middle.
fn bar(points: &[(f32, f32)]) -> Option<Rule> {
    if !(4..=5).contains(&points.len()) {
        return None;
    }
    let ends = |values: &dyn Fn(&(f32, f32)) -> f32| {
        let all = points.iter().map(values);
        all.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let ((left, right), (bottom, top)) = (ends(&|point| point.0), ends(&|point| point.1));
    let middle = ((left + right) / 2.0, (bottom + top) / 2.0);
    match (right - left, top - bottom) {
        (across, up) if up <= BAR_MAX && across > up * 2.0 => {
            straight((left, middle.1), (right, middle.1))
        }
        (across, up) if across <= BAR_MAX && up > across * 2.0 => {
            straight((middle.0, bottom), (middle.0, top))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::SAME;
    use super::*;

    fn rules(path: &Path, stroked: bool) -> Vec<Rule> {
        let mut found = Vec::new();
        path.rules(stroked, &mut found);
        found
    }

    #[test]
    fn a_stroked_rectangle_is_four_rules_and_a_filled_bar_is_one() {
        let mut square = Path::default();
        square.rectangle([10.0, 10.0, 20.0, 20.0], SAME);
        assert_eq!(rules(&square, true).len(), 4);
        assert_eq!(rules(&square, false), [], "a shade is no rule");
        let mut bar = Path::default();
        bar.rectangle([10.0, 10.0, 100.0, 0.5], SAME);
        let along = Rule { way: Way::Across, at: 10.25, from: 10.0, to: 110.0 };
        assert_eq!(rules(&bar, false), [along]);
    }

    #[test]
    fn what_is_curved_or_aslant_is_no_rule() {
        let mut path = Path::default();
        path.move_to((0.0, 0.0), SAME);
        path.line_to((50.0, 50.0), SAME);
        path.move_to((0.0, 0.0), SAME);
        path.curve_to((50.0, 0.0), SAME);
        assert_eq!(rules(&path, true), []);
    }
}
