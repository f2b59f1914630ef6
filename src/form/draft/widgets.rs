//! Places for answers where a fillable PDF has its fields.

use super::cells::Cell;
use super::labels::{around, right_of};
use super::seen::Seen;
use super::{Mark, Place, Rect, Shape};
use crate::pdf::{Offered, Widget};

/// Lower fields hold no words, in mm.
const HEIGHT_MIN: f32 = 2.2;
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
                // Words name one place only.
                if widget.label.is_none() && places.iter().any(|place| place.label == label) {
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

/// The tooltip, else the words beside the field.
fn label(page: &Seen, widget: &Widget, rect: Rect, limit: f32) -> String {
    let told = widget.label.as_deref().map(|label| label.trim().replace(['\r', '\n'], " "));
    let beside = || match widget.offered {
        Offered::Check { .. } => right_of(page, &cell(rect), limit),
        _ => String::new(),
    };
    let found = [told.unwrap_or_default(), beside()];
    let found = found.into_iter().find(|label| !label.is_empty());
    found.unwrap_or_else(|| around(page, &cell(rect)))
}

fn cell([x, y, width, height]: Rect) -> Cell {
    Cell { left: x, top: y, right: x + width, bottom: y + height }
}
