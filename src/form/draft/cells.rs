//! Closed rectangles among rules: the cells of tables, and boxes on their own.

use super::seen::{Glyph, Line, Seen};

/// A rectangle of four rules with nothing between them. mm from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Cell {
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// How much of the height two cells share.
    pub fn beside(&self, other: &Cell) -> f32 {
        self.bottom.min(other.bottom) - self.top.max(other.top)
    }

    /// How much of the width two cells share.
    pub fn above(&self, other: &Cell) -> f32 {
        self.right.min(other.right) - self.left.max(other.left)
    }

    pub fn holds(&self, letter: &Glyph) -> bool {
        let (x, y) = letter.middle();
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }
}

/// Rules this close are one, and meet.
pub(super) const CLOSE: f32 = 0.45;
/// A cell is at least this wide and high.
const SMALLEST: f32 = 1.5;
/// More rules than this are a picture, not a form.
const LINES_MAX: usize = 4_000;
/// Rules looked at to the right of a corner.
const TRIES_MAX: usize = 40;

/// All cells of a page, by rows from the top.
pub(super) fn cells(page: &Seen) -> Vec<Cell> {
    let (across, down) = (joined(&page.across), joined(&page.down));
    if across.len() > LINES_MAX || down.len() > LINES_MAX {
        return Vec::new();
    }
    let mut cells = Vec::new();
    for (number, top) in across.iter().enumerate() {
        let sides: Vec<&Line> = down.iter().filter(|side| hangs_from(side, top)).collect();
        for (first, left) in sides.iter().enumerate() {
            let rights = sides[first + 1..].iter().take(TRIES_MAX);
            let mut closed = rights.filter_map(|right| {
                let bottom = bottom_of(&across[number + 1..], left, right)?;
                let cell = Cell { left: left.at, top: top.at, right: right.at, bottom };
                (cell.width() >= SMALLEST && cell.height() >= SMALLEST).then_some(cell)
            });
            cells.extend(closed.next());
        }
    }
    cells
}

/// Whether an upright rule goes down from a point of `top`.
fn hangs_from(side: &Line, top: &Line) -> bool {
    side.from <= top.at + CLOSE
        && side.to >= top.at + SMALLEST
        && side.at >= top.from - CLOSE
        && side.at <= top.to + CLOSE
}

/// The first rule below that reaches from `left` to `right` while both go on.
fn bottom_of(below: &[Line], left: &Line, right: &Line) -> Option<f32> {
    let end = left.to.min(right.to) + CLOSE;
    let reaches = |line: &&Line| line.from <= left.at + CLOSE && line.to >= right.at - CLOSE;
    let mut bottoms = below.iter().take_while(|line| line.at <= end).filter(reaches);
    bottoms.next().map(|line| line.at)
}

/// Rules on one line that touch become one; sorted by place.
pub(super) fn joined(lines: &[Line]) -> Vec<Line> {
    let mut lines = lines.to_vec();
    lines.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut joined: Vec<Line> = Vec::new();
    for row in lines.chunk_by(|one, next| next.at - one.at <= CLOSE / 3.0) {
        let at = row.iter().map(|line| line.at).sum::<f32>() / row.len() as f32;
        let mut row = row.to_vec();
        row.sort_by(|one, other| one.from.total_cmp(&other.from));
        let start = joined.len();
        for line in row {
            match joined[start..].last_mut() {
                Some(last) if line.from <= last.to + CLOSE => last.to = last.to.max(line.to),
                _ => joined.push(Line { at, ..line }),
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(across: &[[f32; 3]], down: &[[f32; 3]]) -> Seen {
        let line = |[at, from, to]: &[f32; 3]| Line { at: *at, from: *from, to: *to };
        Seen {
            across: across.iter().map(line).collect(),
            down: down.iter().map(line).collect(),
            ..Seen::default()
        }
    }

    fn found(page: &Seen) -> Vec<[f32; 4]> {
        cells(page).iter().map(|cell| [cell.left, cell.top, cell.right, cell.bottom]).collect()
    }

    #[test]
    fn a_table_with_a_joined_cell_has_its_cells_and_no_others() {
        // The lower row has one divider, the upper has two.
        let table = page(
            &[[10.0, 10.0, 90.0], [20.0, 10.0, 90.0], [30.0, 10.0, 90.0]],
            &[[10.0, 10.0, 30.0], [30.0, 10.0, 30.0], [60.0, 10.0, 20.0], [90.0, 10.0, 30.0]],
        );
        assert_eq!(
            found(&table),
            [
                [10.0, 10.0, 30.0, 20.0],
                [30.0, 10.0, 60.0, 20.0],
                [60.0, 10.0, 90.0, 20.0],
                [10.0, 20.0, 30.0, 30.0],
                [30.0, 20.0, 90.0, 30.0],
            ]
        );
    }

    #[test]
    fn rules_in_pieces_and_rules_drawn_twice_make_one_cell() {
        let square = page(
            &[[10.0, 10.0, 12.0], [10.1, 12.1, 15.0], [15.0, 9.9, 15.1]],
            &[[10.0, 9.9, 15.0], [10.1, 9.9, 15.0], [15.0, 10.0, 15.0]],
        );
        assert_eq!(found(&square).len(), 1);
    }

    #[test]
    fn what_is_open_on_a_side_is_no_cell() {
        let open = page(&[[10.0, 10.0, 20.0], [20.0, 10.0, 20.0]], &[[10.0, 10.0, 20.0]]);
        assert_eq!(found(&open), [] as [[f32; 4]; 0]);
    }
}
