//! A sheet with a millimetre grid and the outline of every field, for whoever
//! moves fields in a `form.toml`.
//!
//! Positions are read off at the rulers: the same millimetres from the top left
//! corner that the template is written in. It needs a template that can be laid
//! out, not one that is finished: words still to be found do not matter.

use super::RowField;
use super::fault::Fault;
use super::geometry::{area, millimetres, points};
use super::layout::Layout;
use crate::form::template::{Align, Face, Field, Rect, Template, Valign};
use crate::pdf::{self, Area, Fit, Fonts, Lines, Page, Tint};
use crate::text::Text;

/// Points.
const CAPTION: f32 = 5.0;
const RULER: f32 = 5.0;
/// mm
const STEP: f32 = 5.0;

/// Draws the sheet of `template`; `background` are the bytes of the PDF it names.
///
/// # Errors
/// Every fault of the layout at once.
pub fn preview(
    template: &Template,
    background: Option<&[u8]>,
    fonts: &Fonts,
) -> Result<Vec<u8>, Vec<Fault>> {
    let layout = Layout::of(template, background, fonts)?;
    let pages: Vec<Page<'_>> = (1..)
        .zip(&layout.sheet)
        .map(|(number, background)| {
            let (width, height) = background.size();
            let mut drawing = Drawing { page: Page::new(background), width, height, fonts };
            drawing.grid();
            let here = layout.fields.iter().filter(|row| row.field.page == number);
            here.for_each(|row| drawing.field(row));
            drawing.page
        })
        .collect();
    Ok(pdf::document(&format!("{}（下見）", template.title.ja), &pages))
}

struct Drawing<'a> {
    page: Page<'a>,
    /// Points.
    width: f32,
    /// Points.
    height: f32,
    fonts: &'a Fonts,
}

impl Drawing<'_> {
    /// A rule every 5 mm, a darker one every 10 with its number at all four sides.
    fn grid(&mut self) {
        let (across, down) = (millimetres(self.width), millimetres(self.height));
        for (number, mm) in steps(across) {
            let (x, tint) = (points(mm), tint(number));
            self.page.guide((x, 0.0), (x, self.height), tint);
            if number.is_multiple_of(2) {
                self.ruler(mm, [mm, 0.3, 8.0, 2.2]);
                self.ruler(mm, [mm, down - 2.5, 8.0, 2.2]);
            }
        }
        for (number, mm) in steps(down) {
            let (y, tint) = (self.height - points(mm), tint(number));
            self.page.guide((0.0, y), (self.width, y), tint);
            if number.is_multiple_of(2) {
                self.ruler(mm, [0.3, mm, 8.0, 2.2]);
                self.ruler(mm, [across - 8.3, mm, 8.0, 2.2]);
            }
        }
    }

    fn ruler(&mut self, mm: f32, rect: Rect) {
        let align =
            if rect[0] > millimetres(self.width) - 9.0 { Align::Right } else { Align::Left };
        self.words(&format!("{mm:.0}"), area(rect, self.height), RULER, align, Tint::Ruler);
    }

    fn field(&mut self, row: &RowField) {
        let RowField { id, field, .. } = row;
        for (caption, rect) in outlines(id, field) {
            let outline = area(rect, self.height);
            self.page.outline(outline);
            self.caption(&caption, outline);
        }
        if let Some(digits) = &field.digits {
            let Area { x, y, width, height } = area(digits.rect, self.height);
            for number in 1..digits.count {
                let x = x + width * number as f32 / digits.count as f32;
                self.page.guide((x, y), (x, y + height), Tint::Field);
            }
        }
    }

    /// The id in the upper left corner of a field, or above one too low for it.
    fn caption(&mut self, caption: &str, outline: Area) {
        let height = CAPTION * 1.3;
        let inside = outline.height > 2.0 * height;
        let top = outline.y + outline.height;
        let y = if inside { top - height } else { top };
        let place = Area { x: outline.x, y, width: self.width, height };
        self.words(caption, place, CAPTION, Align::Left, Tint::Field);
    }

    fn words(&mut self, words: &str, area: Area, size: f32, align: Align, tint: Tint) {
        let fit = Fit {
            area,
            face: Face::Gothic,
            size,
            min_size: size,
            lines: Lines::One,
            align,
            valign: Valign::Middle,
        };
        let lines = fit.text(&Text::from(words), self.fonts);
        lines.into_iter().flatten().for_each(|line| self.page.remark(line, tint));
    }
}

/// Every place of a field, and what is written at it.
fn outlines(id: &str, field: &Field) -> Vec<(String, Rect)> {
    let whole = [
        field.text.as_ref().map(|text| text.rect),
        field.digits.as_ref().map(|digits| digits.rect),
        field.qr.as_ref().map(|qr| qr.rect),
    ];
    let mut outlines: Vec<(String, Rect)> =
        whole.into_iter().flatten().map(|rect| (id.to_owned(), rect)).collect();
    if let Some(check) = &field.check {
        let of_mark = |(option, [x, y]): (&String, &[f32; 2])| {
            (format!("{id}={option}"), [*x, *y, check.size, check.size])
        };
        outlines.extend(check.marks.iter().map(of_mark));
    }
    let circles = field.circle.iter().flat_map(|circle| &circle.marks);
    outlines.extend(circles.map(|(option, rect)| (format!("{id}={option}"), *rect)));
    outlines
}

/// The places of the rules inside `length` mm, numbered from 1.
fn steps(length: f32) -> impl Iterator<Item = (u32, f32)> {
    (1..).map(|number: u32| (number, number as f32 * STEP)).take_while(move |(_, mm)| *mm < length)
}

fn tint(number: u32) -> Tint {
    if number.is_multiple_of(2) { Tint::Grid } else { Tint::FineGrid }
}
