//! Places for answers among the cells of a sheet that is not fillable.

use std::ops::RangeInclusive;

use super::cells::{CLOSE, Cell, cells};
use super::hints::hints;
use super::labels::{around, cell_of, inside, is_postal, of_cell, right_of};
use super::seen::Seen;
use super::underlines::underlines;
use super::{Mark, Place, Rect, Shape};

/// マス目, in mm.
const BOX_WIDTH: RangeInclusive<f32> = 3.0..=12.5;
const BOX_HEIGHT: RangeInclusive<f32> = 3.5..=15.0;
/// Boxes further apart than this do not belong together.
const BOX_GAP_MAX: f32 = 2.2;
/// Between the two parts of a postal code, in mm.
const POSTAL_GAP_MAX: f32 = 12.0;
/// A square for a tick, in mm.
const SQUARE: RangeInclusive<f32> = 2.0..=7.0;
/// A higher cell frames the sheet, and says nothing about what belongs together.
const HOME_HEIGHT_MAX: f32 = 45.0;
/// A cell that words fit into, in mm.
const TEXT_WIDTH_MIN: f32 = 12.0;
const TEXT_HEIGHT: RangeInclusive<f32> = 4.0..=80.0;
/// From this height on, words take several lines.
const LINES_HEIGHT: f32 = 15.0;

/// All places of page `number`, from the top.
pub(super) fn places(number: usize, page: &Seen) -> Vec<Place> {
    let all = cells(page);
    let empty: Vec<Cell> =
        all.iter().filter(|cell| inside(page, cell).is_empty()).copied().collect();
    let (runs, rest) = runs(&empty);
    let (squares, rest): (Vec<Cell>, Vec<Cell>) = rest.into_iter().partition(is_square);
    let mut found: Vec<(f32, f32, Place)> = Vec::new();
    // Cells that are named by another.
    let mut named: Vec<Cell> = Vec::new();
    let mut add = |at: &Cell, label: String, shape: Shape| {
        let place = Place { page: number, label, name: None, shape };
        found.push((at.top, at.left, place));
    };
    for run in &runs {
        let (whole, shape) = digits(page, run);
        named.push(whole);
        let label = of_cell(page, &all, &whole);
        add(&whole, if label.is_empty() { around(page, &whole) } else { label }, shape);
    }
    for group in groups(&all, &squares) {
        let (first, label, shape) = checks(page, &all, &squares, &group);
        named.extend(home(&all, &first));
        add(&first, label, shape);
    }
    for cell in rest.iter().filter(|cell| takes_words(cell)) {
        let label = of_cell(page, &all, cell);
        // An empty cell that nothing names is as likely left empty on purpose.
        if !label.is_empty() {
            let rect = page.on_paper([cell.left, cell.top, cell.width(), cell.height()]);
            let several_lines = cell.height() >= LINES_HEIGHT;
            named.push(*cell);
            add(cell, label, Shape::Text { rect, several_lines, max_chars: None });
        }
    }
    let labels: Vec<Cell> =
        named.iter().filter_map(|cell| Some(cell_of(page, &all, cell)?.0)).collect();
    found.extend(hints(number, page, &all, &labels));
    found.extend(underlines(number, page));
    found.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    with_postal_codes(found.into_iter().map(|(.., place)| place).collect())
}

/// Three boxes labelled as a postal code and the four beside them are one place.
fn with_postal_codes(mut places: Vec<Place>) -> Vec<Place> {
    let boxes = |place: &Place, wanted: u32| match place.shape {
        Shape::Digits { rect, count } if count == wanted => Some(rect),
        _ => None,
    };
    let pair = |places: &[Place]| {
        places.iter().enumerate().find_map(|(at, place)| {
            let first = boxes(place, 3).filter(|_| is_postal(&place.label))?;
            let follows = |last: &Rect| {
                let gap = last[0] - (first[0] + first[2]);
                (last[1] - first[1]).abs() <= 1.0 && (0.0..=POSTAL_GAP_MAX).contains(&gap)
            };
            let last = |place: &Place| boxes(place, 4).filter(follows);
            let other = places.iter().position(|place| last(place).is_some())?;
            Some((at, first, other, last(&places[other])?))
        })
    };
    while let Some((at, first, other, last)) = pair(&places) {
        places[at].shape = Shape::Postal { first, last };
        places.remove(other);
    }
    places
}

fn is_square(cell: &Cell) -> bool {
    let (width, height) = (cell.width(), cell.height());
    SQUARE.contains(&width) && SQUARE.contains(&height) && (0.75..=1.34).contains(&(width / height))
}

fn takes_words(cell: &Cell) -> bool {
    cell.width() >= TEXT_WIDTH_MIN && TEXT_HEIGHT.contains(&cell.height())
}

/// Rows of equal boxes, and the cells in none: three with small gaps, or two that
/// touch.
fn runs(cells: &[Cell]) -> (Vec<Vec<Cell>>, Vec<Cell>) {
    let is_box =
        |cell: &&Cell| BOX_WIDTH.contains(&cell.width()) && BOX_HEIGHT.contains(&cell.height());
    let mut boxes: Vec<Cell> = cells.iter().filter(is_box).copied().collect();
    let row = |cell: &Cell| (cell.top * 2.0).round();
    boxes.sort_by(|one, other| {
        row(one).total_cmp(&row(other)).then(one.left.total_cmp(&other.left))
    });
    let mut runs: Vec<Vec<Cell>> = Vec::new();
    for cell in boxes {
        match runs.last_mut() {
            Some(run) if goes_on(run, &cell) => run.push(cell),
            _ => runs.push(vec![cell]),
        }
    }
    runs.retain(|run| {
        let touching = run.len() == 2 && run[1].left - run[0].right <= CLOSE;
        run.len() >= 3 || touching
    });
    let rest = cells.iter().filter(|cell| !runs.iter().flatten().any(|used| used == *cell));
    let rest = rest.copied().collect();
    (runs, rest)
}

/// Whether `next` is one more box of a row: as large, and as far on as the others.
fn goes_on(run: &[Cell], next: &Cell) -> bool {
    let Some(last) = run.last() else { return false };
    let alike = |one: f32, other: f32| (one - other).abs() <= CLOSE.max(one * 0.12);
    let gap = next.left - last.right;
    let same_gap = match run {
        [.., before, last] => (gap - (last.left - before.right)).abs() <= CLOSE,
        _ => true,
    };
    (last.top - next.top).abs() <= CLOSE
        && alike(last.height(), next.height())
        && alike(last.width(), next.width())
        && (-CLOSE..=BOX_GAP_MAX).contains(&gap)
        && same_gap
}

/// A row of boxes as one cell, and as a place. Half a gap belongs to each side of
/// a box, so that all are equally far apart.
fn digits(page: &Seen, run: &[Cell]) -> (Cell, Shape) {
    let (first, last) = (run[0], run[run.len() - 1]);
    let whole = Cell { right: last.right, ..first };
    let gap = (run[1].left - run[0].right).max(0.0);
    let rect = [first.left - gap / 2.0, first.top, whole.width() + gap, first.height()];
    (whole, Shape::Digits { rect: page.on_paper(rect), count: run.len() as u32 })
}

/// Squares that belong together: in one cell of a table, or in a column or a row
/// close to each other. Each by its numbers in `squares`.
fn groups(all: &[Cell], squares: &[Cell]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (number, square) in squares.iter().enumerate() {
        let home = home(all, square);
        let joins = |group: &&mut Vec<usize>| {
            group.iter().any(|other| {
                let other = &squares[*other];
                home.is_some() && home == self::home(all, other) || is_near(other, square)
            })
        };
        match groups.iter_mut().find(joins) {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
    }
    groups
}

/// The cell of a table that a square stands in.
fn home(all: &[Cell], square: &Cell) -> Option<Cell> {
    let around = all.iter().filter(|cell| {
        cell.left < square.left - CLOSE
            && cell.right > square.right + CLOSE
            && cell.top < square.top - CLOSE / 2.0
            && cell.bottom > square.bottom + CLOSE / 2.0
            && cell.height() <= HOME_HEIGHT_MAX
    });
    around.min_by(|one, other| one.width().total_cmp(&other.width())).copied()
}

/// Below each other like a list, within two lines.
fn is_near(one: &Cell, other: &Cell) -> bool {
    let step = other.top - one.bottom;
    (one.left - other.left).abs() <= CLOSE && (0.0..=one.height() * 2.5).contains(&step)
}

fn checks(page: &Seen, all: &[Cell], squares: &[Cell], group: &[usize]) -> (Cell, String, Shape) {
    let mark = |number: &usize| {
        let square = &squares[*number];
        let right =
            next_square(squares, square).min(home(all, square).map_or(f32::MAX, |c| c.right));
        let [x, y, width, height] =
            page.on_paper([square.left, square.top, square.width(), square.height()]);
        let label = right_of(page, square, right);
        Mark { label, on: String::new(), at: [x, y], size: width.min(height) }
    };
    let mut marks: Vec<Mark> = group.iter().map(mark).collect();
    let first = squares[group[0]];
    let label = match home(all, &first) {
        Some(home) => of_cell(page, all, &home),
        None => around(page, &first),
    };
    match marks.pop() {
        Some(only) if marks.is_empty() => {
            let label = if only.label.is_empty() { label } else { only.label.clone() };
            (first, label, Shape::Check(only))
        }
        last => {
            marks.extend(last);
            (first, label, Shape::Checks { marks, one: false })
        }
    }
}

/// Where the next square on the same line begins.
fn next_square(squares: &[Cell], square: &Cell) -> f32 {
    let after = squares
        .iter()
        .filter(|other| other.left > square.right && other.beside(square) > square.height() * 0.5);
    after.map(|other| other.left).fold(f32::MAX, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(label: &str, x: f32, count: u32) -> Place {
        let shape = Shape::Digits { rect: [x, 30.0, 6.0 * count as f32, 7.0], count };
        Place { page: 1, label: label.to_owned(), name: None, shape }
    }

    #[test]
    fn three_boxes_and_four_of_a_postal_code_are_one_place() {
        let joined = with_postal_codes(vec![boxes("〒", 20.0, 3), boxes("", 41.0, 4)]);
        let [Place { shape: Shape::Postal { first, last }, .. }] = &joined[..] else {
            panic!("{joined:?}")
        };
        assert_eq!((first[0], last[0]), (20.0, 41.0));
        for apart in [
            vec![boxes("番号", 20.0, 3), boxes("", 41.0, 4)],
            vec![boxes("〒", 20.0, 3), boxes("", 90.0, 4)],
            vec![boxes("〒", 20.0, 3), boxes("", 41.0, 5)],
        ] {
            assert_eq!(with_postal_codes(apart.clone()), apart);
        }
    }
}
