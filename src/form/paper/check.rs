//! Faults of a layout, found before anything is printed.

use std::collections::BTreeSet;

use super::fault::{Fault, Place, Trouble};
use super::geometry::{moved, moved_point, points, shift, size_mm};
use super::place::min_size;
use super::sheet::repeat_of;
use super::written::any_row;
use crate::form::paths::{RESERVED, applicant_kind, prefix};
use crate::form::template::{Draw, Field, Kind, Point, Rect, Template, TextShape};

const PARTS: [&str; 9] =
    ["era", "year", "month", "day", "wareki", "western", "western_year", "first", "last"];
const ERAS: [&str; 5] = ["meiji", "taisho", "showa", "heisei", "reiwa"];

/// All faults that need no font. `pages` are the sizes of the paper's pages in mm.
pub(super) fn faults(template: &Template, pages: &[(f32, f32)]) -> Vec<Fault> {
    let page = size_mm(&template.paper);
    let mut faults = Vec::new();
    let mut fault = |place: Place, trouble: Trouble| faults.push(Fault { place, trouble });
    for (number, draw) in (1..).zip(&template.draw) {
        if !rects_of_draw(draw).into_iter().all(|rect| is_on_page(rect, page)) {
            fault(Place::Draw(number), Trouble::OffPage(page.0, page.1));
        }
        if matches!(draw, Draw::Boxes { count: 0, .. }) {
            fault(Place::Draw(number), Trouble::NoBoxes);
        }
    }
    let mut ids = BTreeSet::new();
    for field in &template.field {
        let place = || Place::Field(field.id.clone());
        if !ids.insert(&field.id) {
            fault(place(), Trouble::SameId);
        }
        let page = field.page.checked_sub(1).and_then(|page| pages.get(page));
        if page.is_none() {
            fault(place(), Trouble::NoSuchPage(field.page, pages.len()));
        }
        for trouble in field_troubles(field, template, page.copied()) {
            fault(place(), trouble);
        }
    }
    faults
}

fn field_troubles(field: &Field, template: &Template, page: Option<(f32, f32)>) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let shapes = [
        field.text.is_some(),
        field.digits.is_some(),
        field.check.is_some(),
        field.circle.is_some(),
        field.qr.is_some(),
    ];
    if shapes.iter().filter(|shape| **shape).count() != 1 {
        troubles.push(Trouble::OneShape);
    }
    if let Some(page) = page
        && !rects_of_field(field).into_iter().all(|rect| is_on_page(rect, page))
    {
        troubles.push(Trouble::OffPage(page.0, page.1));
    }
    for path in field.bind.paths().iter().chain(field.when.iter().map(|when| &when.question)) {
        if !is_known(path, template) {
            troubles.push(Trouble::UnknownPath(path.clone()));
        }
    }
    troubles.extend(part_trouble(field, template));
    troubles.extend(option_troubles(field, template));
    troubles.extend(field.text.iter().flat_map(|text| text_troubles(field, text, template)));
    if field.digits.as_ref().is_some_and(|digits| digits.count == 0) {
        troubles.push(Trouble::NoBoxes);
    }
    troubles
}

fn text_troubles(field: &Field, text: &TextShape, template: &Template) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if text.wrap && is_name(field, template) {
        troubles.push(Trouble::NameWraps);
    }
    if points(text.rect[3]) < min_size(text) {
        troubles.push(Trouble::TooLow(min_size(text)));
    }
    troubles
}

fn part_trouble(field: &Field, template: &Template) -> Option<Trouble> {
    let part = field.part.as_deref()?;
    let is_option = field
        .bind
        .paths()
        .iter()
        .filter_map(|path| options_of(path, template))
        .any(|options| options.contains(&part));
    (!PARTS.contains(&part) && !is_option).then(|| Trouble::UnknownPart(part.to_owned()))
}

/// Marks for options that the question does not have.
fn option_troubles(field: &Field, template: &Template) -> Vec<Trouble> {
    let marks = field.check.iter().flat_map(|check| check.marks.keys());
    let marks = marks.chain(field.circle.iter().flat_map(|circle| circle.marks.keys()));
    let known: Option<BTreeSet<&str>> = if field.part.as_deref() == Some("era") {
        Some(ERAS.into())
    } else {
        // A path whose options are not known here may have any.
        let options: Option<Vec<Vec<&str>>> =
            field.bind.paths().iter().map(|path| options_of(path, template)).collect();
        options.map(|options| options.into_iter().flatten().collect())
    };
    let Some(known) = known else { return Vec::new() };
    let path = || field.bind.paths().join("`, `");
    marks
        .filter(|mark| !known.contains(mark.as_str()))
        .map(|mark| Trouble::UnknownOption(mark.clone(), path()))
        .collect()
}

/// The applicant's facts are questions too; the rest of the paths no form owns
/// is the counter's.
fn is_known(path: &str, template: &Template) -> bool {
    let counter = prefix(path) != "applicant" && RESERVED.contains(&prefix(path));
    counter || kind_of(path, template).is_some()
}

/// Whether the field shows a name or a reading.
pub(super) fn is_name(field: &Field, template: &Template) -> bool {
    let mut kinds = field.bind.paths().iter().filter_map(|path| kind_of(path, template));
    kinds.any(|kind| matches!(kind, Kind::Name | Kind::Kana))
}

fn kind_of(path: &str, template: &Template) -> Option<Kind> {
    let path = any_row(path);
    let question = template.question.iter().find(|question| any_row(&question.id) == path);
    question.map(|question| question.kind).or_else(|| applicant_kind(&path))
}

/// The ids a choice of this path may have; `None` when the template cannot say.
fn options_of<'a>(path: &str, template: &'a Template) -> Option<Vec<&'a str>> {
    let path = any_row(path);
    let question = template.question.iter().find(|question| any_row(&question.id) == path);
    match question {
        Some(question) if question.kind == Kind::Flag => Some(vec!["yes", "no"]),
        Some(question) => Some(question.options.iter().map(|option| option.id.as_str()).collect()),
        None if path == "applicant.sex" => {
            Some(vec!["male", "female", "not_applicable", "unknown"])
        }
        None => None,
    }
}

fn is_on_page([x, y, width, height]: Rect, (page_width, page_height): (f32, f32)) -> bool {
    let all_finite = [x, y, width, height].iter().all(|length| length.is_finite());
    all_finite
        && x >= 0.0
        && y >= 0.0
        && width >= 0.0
        && height >= 0.0
        && x + width <= page_width
        && y + height <= page_height
}

/// The rectangles a drawing takes up in its first and its last row.
fn rects_of_draw(draw: &Draw) -> Vec<Rect> {
    let rect = match draw {
        Draw::Line { from, to, .. } => around(*from, *to),
        Draw::Box { rect, .. } | Draw::Boxes { rect, .. } | Draw::Label { rect, .. } => *rect,
        Draw::Checkbox { at, size, .. } => [at[0], at[1], *size, *size],
    };
    let last = repeat_of(draw).map_or([0.0, 0.0], |repeat| shift(repeat, repeat.count));
    vec![rect, moved(rect, last)]
}

fn around([x1, y1]: Point, [x2, y2]: Point) -> Rect {
    [x1.min(x2), y1.min(y2), (x1 - x2).abs(), (y1 - y2).abs()]
}

fn rects_of_field(field: &Field) -> Vec<Rect> {
    let mut rects: Vec<Rect> = Vec::new();
    rects.extend(field.text.iter().map(|text| text.rect));
    rects.extend(field.digits.iter().map(|digits| digits.rect));
    rects.extend(field.qr.iter().map(|qr| qr.rect));
    rects.extend(field.circle.iter().flat_map(|circle| circle.marks.values().copied()));
    if let Some(check) = &field.check {
        let mark = |at: &Point| [at[0], at[1], check.size, check.size];
        rects.extend(check.marks.values().map(mark));
    }
    let last = field.repeat.map_or([0.0, 0.0], |repeat| shift(repeat, repeat.count));
    let in_last_row: Vec<Rect> = rects
        .iter()
        .map(|rect| {
            let [x, y] = moved_point([rect[0], rect[1]], last);
            [x, y, rect[2], rect[3]]
        })
        .collect();
    rects.extend(in_last_row);
    rects
}
