//! Counts and sizes no paper has. They are looked at before anything is written
//! out: a repeat of a hundred million rows would not end.

use super::super::fault::{Fault, Place, Trouble};
use super::super::sheet::repeat_of;
use crate::form::template::{Draw, Field, Rect, Repeat, Template};

/// The most rows or boxes side by side.
pub(in crate::form) const COUNT_MAX: u32 = 100;
/// Words that people read, in points.
const WORDS: Limits = Limits("size", 6.0, 72.0);
/// Words printed on the sheet itself, in points.
const LABEL: Limits = Limits("size", 3.0, 100.0);
/// Rules and frames, in mm; 0 draws no outline.
const WIDTH: Limits = Limits("width", 0.0, 10.0);
/// Boxes to tick, in mm.
const BOX: Limits = Limits("size", 1.0, 30.0);
const FILL: Limits = Limits("fill", 0.0, 1.0);
/// Narrower, an office's scanner does not read the receipt's 25 modules at 300 dpi.
const QR_MIN_MM: f32 = 10.0;

/// The key, and its least and greatest value.
struct Limits(&'static str, f32, f32);

impl Limits {
    fn trouble(&self, value: f32) -> Option<Trouble> {
        let Limits(key, least, most) = *self;
        (!(least..=most).contains(&value)).then_some(Trouble::Size { key, least, most })
    }
}

/// Counts beyond their limit: with one of them nothing may be written out.
pub(in crate::form::paper) fn endless(template: &Template) -> Vec<Fault> {
    let mut faults = faults(template);
    faults.retain(|fault| matches!(fault.trouble, Trouble::Count(_)));
    faults
}

/// Every count and size that is beyond its limits.
pub(super) fn faults(template: &Template) -> Vec<Fault> {
    let draws = (1..).zip(&template.draw).flat_map(|(number, draw)| {
        let fault = move |trouble| Fault { place: Place::Draw(number), trouble };
        of_draw(draw).into_iter().map(fault)
    });
    let fields = template.field.iter().flat_map(|field| {
        let fault = |trouble| Fault { place: Place::Field(field.id.clone()), trouble };
        of_field(field).into_iter().map(fault)
    });
    draws.chain(fields).collect()
}

fn of_draw(draw: &Draw) -> Vec<Trouble> {
    let of_kind = match draw {
        Draw::Line { width, .. } => vec![WIDTH.trouble(*width)],
        Draw::Box { width, fill, .. } => {
            vec![WIDTH.trouble(*width), fill.and_then(|fill| FILL.trouble(fill))]
        }
        Draw::Boxes { count: boxes, width, .. } => vec![WIDTH.trouble(*width), count(*boxes)],
        Draw::Label { size, .. } => vec![LABEL.trouble(*size)],
        Draw::Checkbox { size, .. } => vec![BOX.trouble(*size)],
    };
    of_kind.into_iter().flatten().chain(repeat_of(draw).and_then(repeat)).collect()
}

fn of_field(field: &Field) -> Vec<Trouble> {
    let mut troubles = vec![field.repeat.and_then(repeat)];
    if let Some(text) = &field.text {
        let least =
            text.min_size.and_then(|size| Limits("min_size", WORDS.1, WORDS.2).trouble(size));
        let larger = text.min_size.filter(|least| *least > text.size);
        troubles.extend([WORDS.trouble(text.size), least, extent(text.rect, 1.0)]);
        troubles.push(larger.map(|_| Trouble::MinSize));
    }
    if let Some(digits) = &field.digits {
        let of_digits = [count(digits.count), WORDS.trouble(digits.size)];
        troubles.extend(of_digits);
        troubles.push(extent(digits.rect, 1.0));
    }
    troubles.extend(field.check.iter().map(|check| BOX.trouble(check.size)));
    let circles = field.circle.iter().flat_map(|circle| circle.marks.values());
    troubles.extend(circles.map(|rect| extent(*rect, 1.0)));
    troubles.extend(field.qr.iter().map(|qr| extent(qr.rect, QR_MIN_MM)));
    troubles.into_iter().flatten().collect()
}

fn count(count: u32) -> Option<Trouble> {
    (!(1..=COUNT_MAX).contains(&count)).then_some(Trouble::Count(COUNT_MAX))
}

fn repeat(repeat: Repeat) -> Option<Trouble> {
    count(repeat.count)
}

/// A place has a width and a height.
fn extent([_, _, width, height]: Rect, least: f32) -> Option<Trouble> {
    (!(width >= least && height >= least)).then_some(Trouble::Small(least))
}
