//! A page as it is looked at: cropped, turned, and in points.
//!
//! A page says which part of it is shown (CropBox within MediaBox), how it is
//! turned (Rotate) and how long its unit is (UserUnit); the first three may stand
//! on any node of the page tree above it (ISO 32000-1, 7.7.3.3 and 7.7.3.4).

use lopdf::{Document, Object, ObjectId};

use super::error::ImportError;
use super::matrix::{Matrix, applied};
use crate::pdf::Area;

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Upright {
    /// What is shown, in the page's own units: left, bottom, right, top.
    pub shown: [f32; 4],
    /// From the page's own units to points from the lower left corner as seen.
    pub matrix: Matrix,
    /// As seen, in points.
    pub width: f32,
    /// As seen, in points.
    pub height: f32,
}

impl Upright {
    pub fn of(document: &Document, page: ObjectId) -> Result<Self, ImportError> {
        let media = rectangle(document, page, b"MediaBox")?.ok_or(SIZE)?;
        let crop = rectangle(document, page, b"CropBox")?.unwrap_or(media);
        let shown @ [left, bottom, right, top] = [
            crop[0].max(media[0]),
            crop[1].max(media[1]),
            crop[2].min(media[2]),
            crop[3].min(media[3]),
        ];
        let (across, up) = (right - left, top - bottom);
        let unit = unit(document, page)?;
        if !(across > 0.0 && up > 0.0 && across.is_finite() && up.is_finite()) {
            return Err(SIZE);
        }
        let turned = match turn(document, page)? {
            0 => ([1.0, 0.0, 0.0, 1.0, -left, -bottom], across, up),
            90 => ([0.0, -1.0, 1.0, 0.0, -bottom, right], up, across),
            180 => ([-1.0, 0.0, 0.0, -1.0, right, top], across, up),
            _ => ([0.0, 1.0, -1.0, 0.0, top, -left], up, across),
        };
        let (matrix, width, height) = turned;
        let matrix = matrix.map(|number| number * unit);
        Ok(Self { shown, matrix, width: width * unit, height: height * unit })
    }

    /// A rectangle of the page as seen.
    pub fn area(&self, [x1, y1, x2, y2]: [f32; 4]) -> Area {
        let (one, other) = (applied(self.matrix, (x1, y1)), applied(self.matrix, (x2, y2)));
        let (x, y) = (one.0.min(other.0), one.1.min(other.1));
        Area { x, y, width: (one.0 - other.0).abs(), height: (one.1 - other.1).abs() }
    }
}

const SIZE: ImportError = ImportError::Damaged("ページの大きさ");

/// Degrees clockwise: 0, 90, 180 or 270.
fn turn(document: &Document, page: ObjectId) -> Result<i64, ImportError> {
    let degrees = inherited(document, page, b"Rotate").map_or(Some(0.0), number);
    match degrees.map(|degrees| degrees.rem_euclid(360.0)) {
        Some(degrees) if degrees % 90.0 == 0.0 => Ok(degrees as i64),
        _ => Err(ImportError::Damaged("ページの向き")),
    }
}

/// Points in one unit of the page. Not inherited.
fn unit(document: &Document, page: ObjectId) -> Result<f32, ImportError> {
    let page = document.get_dictionary(page).map_err(|_| SIZE)?;
    let unit = page.get_deref(b"UserUnit", document).map_or(Some(1.0), number);
    unit.filter(|unit| *unit > 0.0 && unit.is_finite()).ok_or(SIZE)
}

fn rectangle(
    document: &Document,
    page: ObjectId,
    key: &[u8],
) -> Result<Option<[f32; 4]>, ImportError> {
    let Some(written) = inherited(document, page, key) else { return Ok(None) };
    four_numbers(document, written).map(Some).ok_or(SIZE)
}

/// A rectangle (ISO 32000-1, 7.9.5): any two opposite corners.
pub(super) fn four_numbers(document: &Document, written: &Object) -> Option<[f32; 4]> {
    let numbers: Option<Vec<f32>> = written
        .as_array()
        .ok()?
        .iter()
        .map(|item| number(document.dereference(item).ok()?.1))
        .collect();
    let [x1, y1, x2, y2] = numbers?[..] else { return None };
    let corners = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)];
    corners.iter().all(|number| number.is_finite()).then_some(corners)
}

/// A page attribute, from the page or the nearest page tree node above it.
pub(super) fn inherited<'a>(
    document: &'a Document,
    page: ObjectId,
    key: &[u8],
) -> Option<&'a Object> {
    // A page tree deeper than this is a loop.
    const DEPTH_MAX: u8 = 32;
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEPTH_MAX {
        if let Ok(value) = node.get(key) {
            return document.dereference(value).ok().map(|(_, value)| value);
        }
        node = node.get_deref(b"Parent", document).and_then(Object::as_dict).ok()?;
    }
    None
}

pub(super) fn number(object: &Object) -> Option<f32> {
    match object {
        Object::Integer(value) => Some(*value as f32),
        Object::Real(value) => Some(*value),
        _ => None,
    }
}
