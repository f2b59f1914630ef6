//! Rules to write on: 氏名＿＿＿＿＿, as letters and oaths have them.

use super::cells::{CLOSE, Cell, joined};
use super::labels::{inside, is_label, left_of};
use super::seen::{Line, Seen};
use super::{Place, Shape};

/// Shorter rules underline a word, in mm.
const LENGTH_MIN: f32 = 25.0;
/// What is left of a rule beside its label, in mm.
const ROOM_MIN: f32 = 20.0;
/// How high words stand over a rule, in mm.
const HEIGHT: f32 = 7.0;
/// Between a label and the words after it, in mm.
const AIR: f32 = 1.5;

/// The labelled rules of page `number` that are no side of a cell, with their tops
/// and left ends.
pub(super) fn underlines(number: usize, page: &Seen) -> Vec<(f32, f32, Place)> {
    let across = joined(&page.across);
    let alone = across.iter().filter(|line| {
        let is_met = |side: &Line| {
            side.from <= line.at + CLOSE
                && side.to >= line.at - CLOSE
                && (line.from - CLOSE..=line.to + CLOSE).contains(&side.at)
        };
        let has_other_above = across.iter().any(|other| {
            other.at < line.at - CLOSE
                && other.at > line.at - HEIGHT / 2.0
                && other.to.min(line.to) > other.from.max(line.from)
        });
        line.to - line.from >= LENGTH_MIN && !page.down.iter().any(is_met) && !has_other_above
    });
    alone.filter_map(|line| underline(number, page, line)).collect()
}

/// The label ends before the rule, or stands on its first half.
fn underline(number: usize, page: &Seen, line: &Line) -> Option<(f32, f32, Place)> {
    let top = (line.at - HEIGHT).max(0.0);
    let over = Cell { left: line.from, top, right: line.to, bottom: line.at + CLOSE };
    let on_it = inside(page, &over);
    let (label, start) = match on_it.is_empty() {
        true => (left_of(page, &over), line.from),
        false => {
            let ends = page.letters.iter().filter(|letter| over.holds(letter));
            (on_it, ends.map(|letter| letter.right()).fold(line.from, f32::max) + AIR)
        }
    };
    let is_free = start <= (line.from + line.to) / 2.0 && line.to - start >= ROOM_MIN;
    if !is_free || !is_label(&label) {
        return None;
    }
    let rect = page.on_paper([start, top, line.to - start, line.at - top]);
    let shape = Shape::Text { rect, several_lines: false, max_chars: None };
    Some((top, start, Place { page: number, label, name: None, shape }))
}

#[cfg(test)]
mod tests {
    use super::super::seen::Glyph;
    use super::*;

    /// A page with words at a left end and base line, and rules.
    fn page(words: &[(&str, f32, f32)], across: &[[f32; 3]], down: &[[f32; 3]]) -> Seen {
        let line = |[at, from, to]: &[f32; 3]| Line { at: *at, from: *from, to: *to };
        let letters = words.iter().flat_map(|(word, x, y)| {
            word.chars().enumerate().map(move |(n, letter)| Glyph {
                text: letter.to_string(),
                x: x + 4.0 * n as f32,
                y: *y,
                width: 4.0,
                size: 4.0,
            })
        });
        Seen {
            width: 210.0,
            height: 297.0,
            across: across.iter().map(line).collect(),
            down: down.iter().map(line).collect(),
            letters: letters.collect(),
            is_turned: false,
        }
    }

    fn found(page: &Seen) -> Vec<(String, [f32; 4])> {
        let rect = |shape: Shape| match shape {
            Shape::Text { rect, .. } => rect,
            other => panic!("{other:?}"),
        };
        let places = underlines(1, page).into_iter();
        places.map(|(.., place)| (place.label, rect(place.shape))).collect()
    }

    #[test]
    fn a_rule_after_a_label_or_under_it_takes_words() {
        let page = page(
            &[
                ("氏名", 20.0, 49.0),
                ("住所", 20.0, 69.0),
                ("ここに切り取り線があります", 60.0, 89.0),
            ],
            &[[50.0, 30.0, 120.0], [70.0, 20.0, 120.0], [90.0, 10.0, 200.0], [110.0, 10.0, 200.0]],
            &[],
        );
        let expected = [
            ("氏名".to_owned(), [30.0, 43.0, 90.0, 7.0]),
            ("住所".to_owned(), [29.5, 63.0, 90.5, 7.0]),
        ];
        assert_eq!(found(&page), expected);
    }

    #[test]
    fn a_side_of_a_cell_and_a_double_rule_take_none() {
        let words = [("氏名", 20.0, 49.0)];
        let cell = page(&words, &[[50.0, 30.0, 120.0]], &[[30.0, 20.0, 50.0]]);
        assert_eq!(found(&cell), []);
        let double = page(&words, &[[49.0, 30.0, 120.0], [50.0, 30.0, 120.0]], &[]);
        assert_eq!(found(&double).len(), 1);
    }
}
