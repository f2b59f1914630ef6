//! The static sheet: the `[[draw]]` entries of a template, or a town's own PDF
//! with them on top.

use super::fault::{Fault, Place, Trouble};
use super::geometry::{area, millimetres, moved, moved_point, point, points, shift, size_mm};
use crate::form::condition::at_row;
use crate::form::template::{Draw, Point, Rect, Repeat, Template};
use crate::pdf::{Area, Background, Fit, Fonts, Lines, Shape, Sheet};

/// Compiles the drawn sheet, or adds what is wrong with it to `faults`.
pub(super) fn drawn(
    template: &Template,
    fonts: &Fonts,
    faults: &mut Vec<Fault>,
) -> Option<Background> {
    let sheet = drawing(template, fonts, faults);
    faults.is_empty().then(|| Background::from_sheet(&sheet, fonts))
}

/// Every drawing of the template, in order.
pub(super) fn drawing(template: &Template, fonts: &Fonts, faults: &mut Vec<Fault>) -> Sheet {
    let (width, height) = size_mm(&template.paper);
    let (width, height) = (points(width), points(height));
    let mut drawing = Drawing { height, fonts, shapes: Vec::new(), faults, number: 0 };
    for (number, draw) in (1..).zip(&template.draw) {
        drawing.number = number;
        drawing.draw(draw);
    }
    Sheet { width, height, shapes: drawing.shapes }
}

/// Compiles the pages of a town's own PDF.
pub(super) fn of_town(
    template: &Template,
    bytes: &[u8],
    fonts: &Fonts,
) -> Result<Vec<Background>, Vec<Fault>> {
    let fault = |trouble| Fault { place: Place::Background, trouble };
    if !template.draw.is_empty() {
        return Err(vec![fault(Trouble::DrawOnBackground)]);
    }
    let pages = Background::from_pdf(bytes, fonts)
        .map_err(|error| vec![fault(Trouble::Background(error))])?;
    let wrong = (1..).zip(&pages).filter(|(number, page)| {
        let is_first = *number == 1;
        !fits(page, size_mm(&template.paper)) && (is_first || !fits(page, turned(template)))
    });
    let faults: Vec<Fault> = wrong
        .map(|(page, background)| {
            let (width, height) = background.size();
            let (width, height) = (millimetres(width).round(), millimetres(height).round());
            fault(Trouble::BackgroundSize { page, width, height })
        })
        .collect();
    if faults.is_empty() { Ok(pages) } else { Err(faults) }
}

/// The size in mm of a town's page: that of the template, or it turned.
pub(super) fn town_size(template: &Template, page: &Background) -> (f32, f32) {
    let upright = size_mm(&template.paper);
    if fits(page, upright) { upright } else { turned(template) }
}

fn turned(template: &Template) -> (f32, f32) {
    let (width, height) = size_mm(&template.paper);
    (height, width)
}

/// To a millimetre: producers round A4 to 595 × 842 points.
fn fits(page: &Background, (width, height): (f32, f32)) -> bool {
    let (wide, high) = page.size();
    (wide - points(width)).abs() <= points(1.0) && (high - points(height)).abs() <= points(1.0)
}

struct Drawing<'a> {
    /// Of the page, in points.
    height: f32,
    fonts: &'a Fonts,
    shapes: Vec<Shape>,
    faults: &'a mut Vec<Fault>,
    /// Of the `[[draw]]` entry at hand, 1 first.
    number: usize,
}

impl Drawing<'_> {
    fn draw(&mut self, draw: &Draw) {
        for row in 1..=repeat_of(draw).map_or(1, |repeat| repeat.count) {
            let by = repeat_of(draw).map_or([0.0, 0.0], |repeat| shift(repeat, row));
            self.draw_row(draw, row, by);
        }
    }

    fn draw_row(&mut self, draw: &Draw, row: u32, by: Point) {
        match draw {
            Draw::Line { from, to, width, dashed, .. } => {
                let end = |at: &Point| point(moved_point(*at, by), self.height);
                let (from, to) = (end(from), end(to));
                self.shapes.push(Shape::Line { from, to, width: points(*width), dashed: *dashed });
            }
            Draw::Box { rect, width, fill, dashed, .. } => {
                self.outline(moved(*rect, by), *width, *fill, *dashed);
            }
            Draw::Boxes { rect, count, width, .. } => self.boxes(moved(*rect, by), *count, *width),
            Draw::Checkbox { at, size, .. } => {
                let [x, y] = moved_point(*at, by);
                self.outline([x, y, *size, *size], 0.25, None, false);
            }
            Draw::Label { text, rect, size, align, valign, font, .. } => {
                let fit = Fit {
                    area: area(moved(*rect, by), self.height),
                    face: *font,
                    size: *size,
                    min_size: *size,
                    lines: Lines::One,
                    align: *align,
                    valign: *valign,
                };
                self.label(&at_row_of(draw, text, row), &fit);
            }
        }
    }

    fn outline(&mut self, rect: Rect, width: f32, fill: Option<f32>, dashed: bool) {
        let area = area(rect, self.height);
        self.shapes.push(Shape::Box { area, width: points(width), fill, dashed });
    }

    /// An outline with upright rules between the boxes, so that no rule is drawn
    /// twice.
    fn boxes(&mut self, rect: Rect, count: u32, width: f32) {
        self.outline(rect, width, None, false);
        let Area { x, y, width: across, height } = area(rect, self.height);
        for n in 1..count {
            let x = x + across * n as f32 / count as f32;
            let (from, to) = ((x, y), (x, y + height));
            self.shapes.push(Shape::Line { from, to, width: points(width), dashed: false });
        }
    }

    fn label(&mut self, text: &str, fit: &Fit) {
        let Some(lines) = fit.label(text, self.fonts) else {
            return self.fault(Trouble::LabelTooLarge(text.to_owned()));
        };
        for line in lines {
            let lacking: Vec<String> = line
                .clusters
                .iter()
                .filter_map(|cluster| cluster.lacking.as_ref())
                .map(|lacking| lacking.code_point.clone())
                .collect();
            for code_point in lacking {
                self.fault(Trouble::LabelGlyph { text: text.to_owned(), code_point });
            }
            self.shapes.push(Shape::Words(line));
        }
    }

    fn fault(&mut self, trouble: Trouble) {
        self.faults.push(Fault { place: Place::Draw(self.number), trouble });
    }
}

/// `#` is the row number in repeated labels only.
fn at_row_of(draw: &Draw, text: &str, row: u32) -> String {
    if repeat_of(draw).is_some() { at_row(text, row) } else { text.to_owned() }
}

pub(super) fn repeat_of(draw: &Draw) -> Option<Repeat> {
    match draw {
        Draw::Line { repeat, .. }
        | Draw::Box { repeat, .. }
        | Draw::Boxes { repeat, .. }
        | Draw::Label { repeat, .. }
        | Draw::Checkbox { repeat, .. } => *repeat,
    }
}
