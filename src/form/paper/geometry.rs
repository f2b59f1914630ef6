//! Millimetres from the top left corner into points from the lower left one.

use crate::form::condition::{at_row, of_row};
use crate::form::template::{Field, OneOrMany, Orientation, Paper, PaperSize, Point, Rect, Repeat};
use crate::pdf::Area;

const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// Millimetres in points.
pub(super) fn points(mm: f32) -> f32 {
    mm * POINTS_PER_MM
}

/// Points in millimetres.
pub(super) fn millimetres(points: f32) -> f32 {
    points / POINTS_PER_MM
}

/// Width and height of the sheet in mm (ISO 216).
pub(super) fn size_mm(paper: &Paper) -> (f32, f32) {
    let (short, long) = match paper.size {
        PaperSize::A3 => (297.0, 420.0),
        PaperSize::A4 => (210.0, 297.0),
        PaperSize::A5 => (148.0, 210.0),
    };
    match paper.orientation {
        Orientation::Portrait => (short, long),
        Orientation::Landscape => (long, short),
    }
}

/// A rectangle on a page of `page_height` points.
pub(super) fn area([x, y, width, height]: Rect, page_height: f32) -> Area {
    Area {
        x: points(x),
        y: page_height - points(y + height),
        width: points(width),
        height: points(height),
    }
}

/// A point on a page of `page_height` points.
pub(super) fn point([x, y]: Point, page_height: f32) -> (f32, f32) {
    (points(x), page_height - points(y))
}

/// How far row `number` (1 first) stands from the first.
pub(super) fn shift(repeat: Repeat, number: u32) -> Point {
    let steps = number as f32 - 1.0;
    [repeat.dx * steps, repeat.dy * steps]
}

pub(super) fn moved([x, y, width, height]: Rect, [dx, dy]: Point) -> Rect {
    [x + dx, y + dy, width, height]
}

pub(super) fn moved_point([x, y]: Point, [dx, dy]: Point) -> Point {
    [x + dx, y + dy]
}

/// The field as it stands in row `number`: moved, and with `#` as the number.
pub(super) fn field_of_row(field: &Field, repeat: Repeat, number: u32) -> Field {
    let by = shift(repeat, number);
    let mut field = field.clone();
    let paths = field.bind.paths().iter().map(|path| at_row(path, number)).collect();
    field.bind = OneOrMany::Many(paths);
    field.when = field.when.iter().map(|condition| of_row(condition, number)).collect();
    if let Some(text) = &mut field.text {
        text.rect = moved(text.rect, by);
    }
    if let Some(digits) = &mut field.digits {
        digits.rect = moved(digits.rect, by);
    }
    if let Some(check) = &mut field.check {
        check.marks.values_mut().for_each(|at| *at = moved_point(*at, by));
    }
    if let Some(circle) = &mut field.circle {
        circle.marks.values_mut().for_each(|rect| *rect = moved(*rect, by));
    }
    if let Some(qr) = &mut field.qr {
        qr.rect = moved(qr.rect, by);
    }
    field
}
