//! Cells with words in them that leave room for an answer: 年 月 日, 〒 －, 電話 ( ),
//! 男・女, 円.
//!
//! What is understood becomes places in the gaps. What is not is told to whoever
//! drafts, so that no such cell is passed over in silence.

use super::cells::Cell;
use super::labels::{self, inside};
use super::seen::{Glyph, Seen, lines};
use super::{Place, Rect, Shape};
use room::{Room, date_in};

mod room;

#[cfg(test)]
mod tests;

/// A gap narrower than this takes no words, in mm.
const WORDS_MIN: f32 = 10.0;
/// A cell with words is a place for one answer within these, in mm.
const WIDTH_MIN: f32 = 12.0;
const HEIGHT: std::ops::RangeInclusive<f32> = 4.0..=80.0;
/// Words with one of these hint at an answer.
const HINTS: &str = "年月日時分円人名枚通個〒（）()・：:";

/// The places among the printed words of page `number`, with tops and left ends.
/// `labels` are the cells that name other places.
pub(super) fn hints(
    number: usize,
    page: &Seen,
    all: &[Cell],
    labels: &[Cell],
) -> Vec<(f32, f32, Place)> {
    let mut labels = labels.to_vec();
    let mut found: Vec<(Cell, String, Shape)> = Vec::new();
    let candidates = || all.iter().filter(|cell| is_candidate(page, all, cell));
    for cell in candidates().filter(|cell| !labels.contains(cell)) {
        found.extend(understood(page, all, cell));
    }
    let named = found.iter().filter_map(|(cell, ..)| labels::cell_of(page, all, cell));
    labels.extend(named.map(|(cell, _)| cell));
    for cell in candidates().filter(|cell| !labels.contains(cell)) {
        if !found.iter().any(|(known, ..)| known == cell) {
            found.extend(unclear(page, all, cell));
        }
    }
    found.extend(free_dates(page, all));
    let place = |(cell, label, shape): (Cell, String, Shape)| {
        (cell.top, cell.left, Place { page: number, label, name: None, shape })
    };
    found.into_iter().map(place).collect()
}

/// A cell with words and no boxes in it.
fn is_candidate(page: &Seen, all: &[Cell], cell: &Cell) -> bool {
    let holds = |other: &Cell| {
        other != cell
            && other.left >= cell.left
            && other.right <= cell.right
            && other.top >= cell.top
            && other.bottom <= cell.bottom
    };
    cell.width() >= WIDTH_MIN
        && HEIGHT.contains(&cell.height())
        && !all.iter().any(holds)
        && !inside(page, cell).is_empty()
}

/// What the words of a cell leave room for.
fn understood(page: &Seen, all: &[Cell], cell: &Cell) -> Vec<(Cell, String, Shape)> {
    let letters: Vec<&Glyph> = page.letters.iter().filter(|letter| cell.holds(letter)).collect();
    let lines = lines(letters);
    let named = |label: &str| match label.is_empty() {
        true => labels::of_cell(page, all, cell),
        false => label.to_owned(),
    };
    let mut found = Vec::new();
    for line in &lines {
        let room = Room { page, cell, line, lines: &lines };
        let mut shapes = room.dates();
        if shapes.is_empty() {
            shapes.extend(room.phone().or_else(|| room.amount()));
        }
        found.extend(shapes.into_iter().map(|(own, shape)| (*cell, named(&own), shape)));
        if let Some((shape, rest)) = room.postal() {
            found.push((*cell, "郵便番号".to_owned(), shape));
            found.extend(rest.map(|shape| (*cell, named(""), shape)));
        }
    }
    let label = named("");
    if found.is_empty() && label.contains('性') {
        found.extend(sex(page, &lines).map(|shape| (*cell, label, shape)));
    }
    found.retain(|(_, label, _)| !label.is_empty());
    found
}

/// 男 and 女, to put a ring around one.
fn sex(page: &Seen, lines: &[Vec<&Glyph>]) -> Option<Shape> {
    let marks = [("male", "男"), ("female", "女")].map(|(id, word)| {
        let mut letters = lines.iter().flatten();
        let letter = letters.find(|letter| letter.text == word)?;
        Some((id, word.to_owned(), ring(page, &[*letter])))
    });
    let marks: Option<Vec<_>> = marks.into_iter().collect();
    Some(Shape::Circles { marks: marks? })
}

/// A ring around printed letters.
fn ring(page: &Seen, letters: &[&Glyph]) -> Rect {
    let air = letters[0].size * 0.25;
    let (_, middle) = letters[0].middle();
    let left = letters.iter().map(|letter| letter.x).fold(f32::MAX, f32::min) - air;
    let right = letters.iter().map(|letter| letter.right()).fold(f32::MIN, f32::max) + air;
    let height = letters[0].size + 2.0 * air;
    page.on_paper([left, middle - height / 2.0, right - left, height])
}

/// A cell that hints at an answer, in a way that is not understood.
fn unclear(page: &Seen, all: &[Cell], cell: &Cell) -> Option<(Cell, String, Shape)> {
    let words = inside(page, cell);
    let letters: Vec<&Glyph> = page.letters.iter().filter(|letter| cell.holds(letter)).collect();
    let hints = words.chars().any(|c| HINTS.contains(c));
    let has_room = lines(letters).iter().any(|line| {
        let ends = line.iter().map(|letter| letter.right());
        let starts = line.iter().map(|letter| letter.x).chain([cell.right]);
        let mut gaps = std::iter::once(cell.left).chain(ends).zip(starts);
        gaps.any(|(end, start)| start - end >= WORDS_MIN)
    });
    let label = labels::of_cell(page, all, cell);
    let rect = page.on_paper([cell.left, cell.top, cell.width(), cell.height()]);
    (hints && has_room && !label.is_empty()).then_some((
        *cell,
        label,
        Shape::Unclear { rect, words },
    ))
}

/// Dates to write that stand in no cell, as at the top of a sheet.
fn free_dates(page: &Seen, all: &[Cell]) -> Vec<(Cell, String, Shape)> {
    let outside = |letter: &&Glyph| !all.iter().any(|cell| cell.holds(letter));
    let lines = lines(page.letters.iter().filter(outside).collect());
    let dates = lines.iter().filter(|line| date_in(line).is_some());
    dates
        .map(|line| {
            let (first, last) = (line[0], line[line.len() - 1]);
            let [top, bottom] = [first.y - first.size, first.y];
            let cell = Cell { left: first.x, top, right: last.right(), bottom };
            let rect = page.on_paper([first.x, top, cell.width(), cell.height()]);
            let words = text_of(line);
            (cell, words.clone(), Shape::Unclear { rect, words })
        })
        .collect()
}

fn text_of(letters: &[&Glyph]) -> String {
    letters.iter().map(|letter| letter.text.trim()).collect()
}

fn is_one_of(letter: &Glyph, set: &str) -> bool {
    let mut letters = letter.text.chars();
    letters.next().is_some_and(|c| set.contains(c)) && letters.next().is_none()
}
