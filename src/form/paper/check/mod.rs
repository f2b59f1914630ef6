//! Faults of a layout, found before anything is printed.
//!
//! Counts and sizes first ([`limits`]); then every field as it stands in each of
//! its rows, against what its paths hold ([`crate::form::subject`]); then whether
//! every answer comes to stand on the paper at all ([`shown`]).

use std::collections::BTreeSet;

use super::RowField;
use super::fault::{Fault, Place, Trouble};
use super::geometry::{moved, moved_point, points, shift, size_mm};
use super::layout::rows;
use super::place::min_size;
use super::sheet::repeat_of;
use crate::form::subject::{Subject, Subjects};
use crate::form::template::{Condition, Draw, Field, Kind, Point, Rect, Template, TextShape};
use crate::wareki::Era;

pub(in crate::form) mod limits;
mod shown;

/// All faults that need no font. `pages` are the sizes of the paper's pages in mm.
/// Counts are known to end.
pub(super) fn faults(
    template: &Template,
    subjects: &Subjects<'_>,
    pages: &[(f32, f32)],
) -> Vec<Fault> {
    let mut faults = limits::faults(template);
    let page = size_mm(&template.paper);
    for (number, draw) in (1..).zip(&template.draw) {
        if !rects_of_draw(draw).into_iter().all(|rect| is_on_page(rect, page)) {
            let trouble = Trouble::OffPage(page.0, page.1);
            faults.push(Fault { place: Place::Draw(number), trouble });
        }
    }
    let mut ids = BTreeSet::new();
    for field in &template.field {
        let mut troubles = Vec::new();
        if !ids.insert(&field.id) {
            troubles.push(Trouble::SameId);
        }
        let own = rows(field, subjects);
        let page = field.page.checked_sub(1).and_then(|page| pages.get(page));
        if page.is_none() {
            troubles.push(Trouble::NoSuchPage(field.page, pages.len()));
        }
        troubles.extend(of_field(field, page.copied()));
        troubles.extend(own.iter().flat_map(|row| of_row(row, subjects)));
        for trouble in troubles {
            let fault = Fault { place: Place::Field(field.id.clone()), trouble };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    faults
}

/// Answers that would come to stand nowhere on the paper.
pub(super) fn unseen(template: &Template) -> Vec<Fault> {
    if !limits::endless(template).is_empty() {
        return Vec::new();
    }
    let subjects = Subjects::of(template);
    let rows: Vec<RowField> =
        template.field.iter().flat_map(|field| rows(field, &subjects)).collect();
    shown::faults(template, &rows)
}

/// What is wrong with a field whatever its rows are.
fn of_field(field: &Field, page: Option<(f32, f32)>) -> Vec<Trouble> {
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
    if field.bind.paths().is_empty() {
        troubles.push(Trouble::NoPath);
    }
    if (field.check.is_some() || field.circle.is_some()) && field.marks().is_empty() {
        troubles.push(Trouble::NoMarks);
    }
    let conditions = field.when.iter().map(|when| &when.question);
    let mut paths = field.bind.paths().iter().chain(conditions);
    if field.repeat.is_some() && !paths.any(|path| path.contains('#')) {
        troubles.push(Trouble::SameInEveryRow);
    }
    troubles
}

/// What is wrong with a field as it stands in one of its rows.
fn of_row(row: &RowField, subjects: &Subjects<'_>) -> Vec<Trouble> {
    let field = &row.field;
    let mut troubles = Vec::new();
    let mut bound = Vec::new();
    for path in field.bind.paths() {
        match subjects.at(path) {
            Some(subject) => bound.push((path, subject)),
            None => troubles.push(Trouble::UnknownPath(path.clone())),
        }
    }
    troubles.extend(field.when.iter().filter_map(|when| of_condition(when, subjects)));
    troubles.extend(bound.iter().filter_map(|(_, subject)| part_trouble(field, subject)));
    troubles.extend(bound.iter().filter_map(|(_, subject)| boxes_trouble(field, subject)));
    troubles.extend(mark_troubles(field, &bound));
    troubles.extend(field.text.iter().flat_map(|text| text_troubles(text, row.is_name)));
    troubles
}

fn of_condition(condition: &Condition, subjects: &Subjects<'_>) -> Option<Trouble> {
    let path = &condition.question;
    let Some(subject) = subjects.at(path) else {
        return Some(Trouble::UnknownPath(path.clone()));
    };
    if let Some(option) = subject.lacks(condition) {
        return Some(Trouble::UnknownOption(option.to_owned(), path.clone()));
    }
    let counts = condition.at_least.is_none() || subject.counts();
    (!counts).then(|| Trouble::NotCounted(path.clone()))
}

fn text_troubles(text: &TextShape, is_name: bool) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    if text.wrap && is_name {
        troubles.push(Trouble::NameWraps);
    }
    if points(text.rect[3]) < min_size(text) || points(text.rect[2]) < min_size(text) {
        troubles.push(Trouble::TooLow(min_size(text)));
    }
    troubles
}

/// Each kind has its own parts; a mark shows an era or a whole value.
fn part_trouble(field: &Field, subject: &Subject<'_>) -> Option<Trouble> {
    let part = field.part.as_deref()?;
    let marks = field.check.is_some() || field.circle.is_some();
    let fits = match subject.kind {
        Kind::Date | Kind::FiscalYear if marks => part == "era",
        Kind::Date | Kind::FiscalYear => {
            matches!(part, "era" | "year" | "month" | "day" | "wareki" | "western" | "western_year")
        }
        Kind::Postal => !marks && matches!(part, "first" | "last"),
        Kind::Phone => !marks && matches!(part, "first" | "middle" | "last"),
        Kind::Copies => !marks && subject.options.iter().any(|option| option == part),
        _ => false,
    };
    (!fits).then(|| Trouble::UnknownPart(part.to_owned()))
}

/// Boxes that cannot hold the longest value that is taken.
fn boxes_trouble(field: &Field, subject: &Subject<'_>) -> Option<Trouble> {
    let count = field.digits.as_ref()?.count;
    let longest = match (subject.kind, field.part.as_deref()) {
        (Kind::Phone, _) => 11,
        (Kind::Digits, _) => subject.question.and_then(|question| question.digits)?[1],
        (Kind::Postal, Some("first")) => 3,
        (Kind::Postal, Some("last")) => 4,
        (Kind::Postal, _) => 7,
        (Kind::Date | Kind::FiscalYear, Some("western_year")) => 4,
        (Kind::Date | Kind::FiscalYear, Some("year" | "month" | "day" | "era")) => 2,
        // Up to 99 of each kind.
        (Kind::Copies, Some(_)) => 2,
        (Kind::Number, _) => {
            let largest = subject.question.and_then(|question| question.range)?[1];
            largest.to_string().len() as u32
        }
        _ => return None,
    };
    (count < longest).then_some(Trouble::TooFewBoxes(longest))
}

/// Marks for options that none of the field's paths has.
fn mark_troubles(field: &Field, bound: &[(&String, Subject<'_>)]) -> Vec<Trouble> {
    let known: BTreeSet<&str> = match field.part.as_deref() {
        Some("era") => Era::ALL.map(Era::id).into(),
        _ => bound.iter().flat_map(|(_, one)| one.options.iter().map(String::as_str)).collect(),
    };
    let path = || field.bind.paths().join("`, `");
    let unknown = field.marks().into_iter().filter(|mark| !known.contains(mark));
    unknown.map(|mark| Trouble::UnknownOption(mark.to_owned(), path())).collect()
}

/// Whether the field shows a name or a reading.
pub(super) fn is_name(field: &Field, subjects: &Subjects<'_>) -> bool {
    let mut kinds = field.bind.paths().iter().filter_map(|path| subjects.at(path));
    kinds.any(|subject| matches!(subject.kind, Kind::Name | Kind::Kana))
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

#[cfg(test)]
mod tests;
