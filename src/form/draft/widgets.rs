//! Places for answers where a fillable PDF has its fields.

use super::by_hand::is_left_to_hand;
use super::cells::Cell;
use super::labels::{around, right_of};
use super::seen::Seen;
use super::{Mark, Place, Rect, Shape};
use crate::pdf::{Offered, Widget};

/// Lower fields hold no words, in mm.
const HEIGHT_MIN: f32 = 2.2;
/// A narrower field is a box, in mm.
const BOX_WIDTH_MAX: f32 = 12.5;
/// The largest box that gets a tick of its own size, in mm.
const TICK_MAX: f32 = 7.0;

/// The fields of page `number`, as the PDF lists them; boxes of one field are one
/// place.
pub(super) fn places(number: usize, page: &Seen, widgets: &[Widget]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let rects: Vec<Rect> = widgets.iter().map(|widget| page.rect(widget.area)).collect();
    for (widget, rect) in widgets.iter().zip(&rects) {
        let rect = *rect;
        let limit = next_beside(&rects, rect);
        let Some(shape) = shape(page, widget, rect, limit) else { continue };
        let same = places.iter_mut().find(|place| place.name.as_deref() == Some(&widget.name));
        match (same, shape) {
            (Some(place), Shape::Checks { marks, one }) => join(place, marks, one),
            (Some(place), Shape::Check(mark)) => join(place, vec![mark], false),
            (_, shape) => {
                let mut label = label(page, widget, rect, limit);
                // Words name one place only, but forbid many.
                if widget.label.is_none()
                    && !is_left_to_hand(&label)
                    && places.iter().any(|place| place.label == label)
                {
                    label.clear();
                }
                let name = Some(widget.name.clone()).filter(|name| !name.is_empty());
                places.push(Place { page: number, label, name, shape });
            }
        }
    }
    places
}

/// Where the next field on the same line begins.
fn next_beside(rects: &[Rect], rect: Rect) -> f32 {
    let [x, y, width, height] = rect;
    let beside = rects
        .iter()
        .filter(|[left, top, _, high]| *left >= x + width && *top < y + height && y < *top + *high);
    beside.map(|[left, ..]| *left).fold(f32::MAX, f32::min)
}

fn shape(page: &Seen, widget: &Widget, rect: Rect, limit: f32) -> Option<Shape> {
    if rect[2] < HEIGHT_MIN || rect[3] < HEIGHT_MIN {
        return None;
    }
    Some(match &widget.offered {
        Offered::Text { max_chars: Some(count), comb: true, .. } => {
            Shape::Digits { rect, count: *count }
        }
        Offered::Text { max_chars, several_lines, .. } => {
            Shape::Text { rect, several_lines: *several_lines, max_chars: *max_chars }
        }
        Offered::Check { on } => Shape::Check(mark(page, rect, on, limit)),
        Offered::Radio { on } => {
            Shape::Checks { marks: vec![mark(page, rect, on, limit)], one: true }
        }
        Offered::List { options } => Shape::List { rect, options: options.clone() },
    })
}

/// A tick in the middle of the box.
fn mark(page: &Seen, rect: Rect, on: &str, limit: f32) -> Mark {
    let [x, y, width, height] = rect;
    let size = width.min(height).min(TICK_MAX);
    let [x, y, size, _] =
        page.on_paper([x + (width - size) / 2.0, y + (height - size) / 2.0, size, size]);
    let label = right_of(page, &cell(rect), limit);
    Mark { label, on: on.to_owned(), at: [x, y], size }
}

/// One more box of a field. Boxes of one name exclude each other, as in a viewer;
/// the same state twice is the same answer in two places, and the first stays.
fn join(place: &mut Place, more: Vec<Mark>, one: bool) {
    let known = match &place.shape {
        Shape::Check(mark) => vec![mark.clone()],
        Shape::Checks { marks, .. } => marks.clone(),
        _ => return,
    };
    let mut marks = known;
    for mark in more {
        if !marks.iter().any(|known| known.on == mark.on) {
            marks.push(mark);
        }
    }
    if marks.len() > 1 || one {
        place.shape = Shape::Checks { marks, one: true };
    }
}

/// The tooltip, else the words beside the field. What forbids an answer goes first:
/// a tooltip may only count the digits.
fn label(page: &Seen, widget: &Widget, rect: Rect, limit: f32) -> String {
    let told = widget.label.as_deref().map(tidy).unwrap_or_default();
    let around = around(page, &cell(rect));
    let is_box =
        rect[2] <= BOX_WIDTH_MAX || matches!(widget.offered, Offered::Text { comb: true, .. });
    if is_box && is_left_to_hand(&around) {
        return around;
    }
    let beside = match widget.offered {
        Offered::Check { .. } => right_of(page, &cell(rect), limit),
        _ => String::new(),
    };
    let found = [told, beside].into_iter().find(|label| !label.is_empty());
    found.unwrap_or(around)
}

/// A tooltip on one line. Blanks only stretch words (氏　名), except between Latin
/// ones.
fn tidy(tooltip: &str) -> String {
    let mut tidy = String::new();
    for word in tooltip.split_whitespace() {
        let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        if is_latin(tidy.chars().last()) && is_latin(word.chars().next()) {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

fn cell([x, y, width, height]: Rect) -> Cell {
    Cell { left: x, top: y, right: x + width, bottom: y + height }
}
