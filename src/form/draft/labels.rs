//! The words that stand at a place.

use super::by_hand::is_left_to_hand;
use super::cells::{CLOSE, Cell};
use super::seen::{Glyph, Seen, lines};

/// A label has no more characters than this; what is longer explains something.
const LABEL_MAX: usize = 24;
/// How far above a place its label may stand, in mm.
const ABOVE_MAX: f32 = 7.0;
/// How far to the left of a place its label may end, in mm.
const LEFT_MAX: f32 = 12.0;

/// The mark of the post office is a label, though no word.
const POSTAL_MARK: &str = "〒";

/// Whether a label asks for a postal code.
pub(super) fn is_postal(label: &str) -> bool {
    label.contains(POSTAL_MARK) || label.contains("郵便番号")
}

/// Whether a label asks for a telephone number.
pub(super) fn is_phone(label: &str) -> bool {
    ["電話", "連絡先", "TEL", "携帯"].iter().any(|word| label.contains(word))
}

/// All words in a cell, line by line, blanks left out.
pub(super) fn inside(page: &Seen, cell: &Cell) -> String {
    let letters: Vec<&Glyph> = page.letters.iter().filter(|letter| cell.holds(letter)).collect();
    joined(letters)
}

/// The label of a cell: the words in the cell to its left, else in the one above.
pub(super) fn of_cell(page: &Seen, cells: &[Cell], cell: &Cell) -> String {
    cell_of(page, cells, cell).map(|(_, label)| label).unwrap_or_default()
}

/// The cell that names a cell, and its words.
pub(super) fn cell_of(page: &Seen, cells: &[Cell], cell: &Cell) -> Option<(Cell, String)> {
    let shares = |share: f32, whole: f32| share >= whole * 0.6;
    let left = cells.iter().filter(|other| {
        (other.right - cell.left).abs() <= CLOSE
            && shares(other.beside(cell), cell.height().min(other.height()))
    });
    let above = cells.iter().filter(|other| {
        (other.bottom - cell.top).abs() <= CLOSE
            && shares(other.above(cell), cell.width().max(other.width()))
    });
    let mut labels = left.chain(above).map(|other| (*other, inside(page, other)));
    labels.find(|(_, label)| names(label))
}

/// The label of a box that stands free: the words to its left, else above it.
pub(super) fn around(page: &Seen, place: &Cell) -> String {
    let left = left_of(page, place);
    if names(&left) {
        return left;
    }
    let over = |letter: &&Glyph| {
        let (x, y) = letter.middle();
        y < place.top
            && y > place.top - ABOVE_MAX
            && x > place.left - CLOSE
            && x < place.left + place.width().max(40.0)
    };
    let mut above: Vec<&Glyph> = page.letters.iter().filter(over).collect();
    // Of several lines the lowest.
    let lowest = above.iter().map(|letter| letter.y).fold(f32::MIN, f32::max);
    above.retain(|letter| letter.y > lowest - letter.size * 0.5);
    let above = joined(above);
    if names(&above) { above } else { String::new() }
}

/// The words that end to the left of a place, without a wide gap between them.
pub(super) fn left_of(page: &Seen, place: &Cell) -> String {
    let mut letters = in_line(page, place);
    letters.retain(|letter| letter.right() <= place.left + CLOSE);
    letters.sort_by(|one, other| other.x.total_cmp(&one.x));
    let mut end = place.left;
    let mut gap_max = LEFT_MAX;
    let near = letters.into_iter().take_while(|letter| {
        let is_near = end - letter.right() <= gap_max;
        (end, gap_max) = (letter.x, letter.size * 3.0);
        is_near
    });
    joined(near.collect())
}

/// The words that begin to the right of a square, up to `limit`.
pub(super) fn right_of(page: &Seen, square: &Cell, limit: f32) -> String {
    let mut letters = in_line(page, square);
    letters.retain(|letter| letter.x >= square.right - CLOSE && letter.right() <= limit + CLOSE);
    letters.sort_by(|one, other| one.x.total_cmp(&other.x));
    let mut end = square.right;
    let near = letters.into_iter().take_while(|letter| {
        let is_near = letter.x - end <= letter.size * 1.6;
        end = letter.right();
        is_near
    });
    joined(near.collect())
}

fn in_line<'a>(page: &'a Seen, place: &Cell) -> Vec<&'a Glyph> {
    let is_beside = |letter: &&Glyph| {
        let (_, y) = letter.middle();
        y > place.top - CLOSE && y < place.bottom + CLOSE
    };
    page.letters.iter().filter(is_beside).collect()
}

/// The largest words in the upper half of the page.
pub(super) fn title(page: &Seen) -> Option<String> {
    let upper = page.letters.iter().filter(|letter| letter.y < page.height / 2.0);
    let largest = upper.clone().max_by(|one, other| one.size.total_cmp(&other.size))?;
    let on_its_line = upper.filter(|letter| {
        letter.size >= largest.size * 0.9 && (letter.y - largest.y).abs() < largest.size * 0.5
    });
    let title = joined(on_its_line.collect());
    (!title.is_empty() && title.chars().count() <= 40).then_some(title)
}

/// Words that can name a place.
pub(super) fn is_label(text: &str) -> bool {
    let says_something = text.chars().any(char::is_alphabetic) || text == POSTAL_MARK;
    says_something && text.chars().count() <= LABEL_MAX
}

/// Words that name a place, or say that it is not for answers, however long.
fn names(text: &str) -> bool {
    is_label(text) || is_left_to_hand(text)
}

/// Letters as they are read. Blanks only stretch words on forms (氏　　名), except
/// between Latin ones.
fn joined(letters: Vec<&Glyph>) -> String {
    let mut text = String::new();
    for line in lines(letters) {
        let mut end: Option<(f32, char)> = None;
        for letter in line {
            let first = letter.text.chars().next().unwrap_or(' ');
            if let Some((right, last)) = end
                && last.is_ascii()
                && first.is_ascii()
                && letter.x - right > letter.size * 0.2
            {
                text.push(' ');
            }
            text.push_str(letter.text.trim());
            end = Some((letter.right(), letter.text.chars().last().unwrap_or(' ')));
        }
    }
    text.trim_end_matches([':', '：']).trim().to_owned()
}
