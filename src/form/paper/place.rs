//! Answers into their places on the page.

use super::geometry::area;
use super::written::Written;
use super::{Finding, Misfit, RowField};
use crate::form::template::{Align, CheckShape, CircleShape, DigitsShape, Face, TextShape};
use crate::pdf::{Area, Fit, Lines, Page, PlacedLine};
use crate::text::Text;

/// Smallest size in points that words shrink to, unless the field says so.
const MIN_SIZE: f32 = 6.0;
const MIN_SIZE_SHARE: f32 = 0.7;

/// The pages of a form while answers are put on them.
pub(super) struct Placing<'a> {
    pages: Vec<Page<'a>>,
    /// The one at hand, counted from 0.
    at: usize,
    findings: Vec<Finding>,
    /// What was too long for its field.
    misfits: Vec<Misfit>,
}

impl<'a> Placing<'a> {
    pub fn new(pages: Vec<Page<'a>>) -> Self {
        Self { pages, at: 0, findings: Vec::new(), misfits: Vec::new() }
    }

    pub fn finish(self) -> (Vec<Page<'a>>, Vec<Finding>, Vec<Misfit>) {
        (self.pages, self.findings, self.misfits)
    }

    fn page(&mut self) -> &mut Page<'a> {
        &mut self.pages[self.at]
    }

    /// Writes one field; `path` is where the answer stands. Words that do not fit
    /// leave an empty box as large as the field.
    pub fn place(&mut self, row: &RowField, path: &str, written: &Written) {
        let field = &row.field;
        self.at = field.page - 1;
        let page_height = self.page().height();
        match written {
            Written::Words(words) => {
                if let Some(rect) = self.words_that_do_not_fit(row, words, page_height) {
                    self.page().empty_box(rect);
                    let (field, path) = (row.id.clone(), path.to_owned());
                    self.misfits.push(Misfit { field, path, words: words.clone() });
                }
            }
            Written::Selected(options) => {
                let is_selected = |option: &str| options.contains(option);
                if let Some(shape) = &field.check {
                    self.ticks(shape, is_selected, page_height);
                }
                if let Some(shape) = &field.circle {
                    self.circles(shape, is_selected, page_height);
                }
            }
        }
    }

    /// Writes words, or gives the place that is too small for them.
    fn words_that_do_not_fit(
        &mut self,
        row: &RowField,
        words: &Text,
        page_height: f32,
    ) -> Option<Area> {
        let RowField { id, field, is_name } = row;
        let (rect, fits) = if let Some(shape) = &field.text {
            (shape.rect, self.text(id, shape, *is_name, words, page_height))
        } else if let Some(shape) = &field.digits {
            (shape.rect, self.digits(id, shape, words, page_height))
        } else if let Some(shape) = &field.qr {
            (shape.rect, self.page().qr(area(shape.rect, page_height), &words.to_string()))
        } else {
            return None;
        };
        (!fits).then(|| area(rect, page_height))
    }

    fn text(
        &mut self,
        id: &str,
        shape: &TextShape,
        is_name: bool,
        words: &Text,
        page_height: f32,
    ) -> bool {
        let Some(lines) = fit(shape, is_name, page_height).text(words, self.page().fonts()) else {
            return false;
        };
        lines.into_iter().for_each(|line| self.words(id, line));
        true
    }

    /// One character a box, blanks and hyphens left out.
    fn digits(&mut self, id: &str, shape: &DigitsShape, words: &Text, page_height: f32) -> bool {
        let Area { x, y, width, height } = area(shape.rect, page_height);
        let clusters: Vec<_> = Fit::clusters(words, Face::Gothic, self.page().fonts())
            .into_iter()
            .filter(|cluster| !is_separator(&cluster.text))
            .collect();
        let count = shape.count as usize;
        let Some(free) = count.checked_sub(clusters.len()) else { return false };
        let first = match shape.align {
            Align::Left => 0,
            Align::Center => free / 2,
            Align::Right => free,
        };
        let pitch = width / count as f32;
        for (number, cluster) in (first..).zip(clusters) {
            let middle = x + pitch * (number as f32 + 0.5);
            self.words(id, PlacedLine::centred(cluster, middle, y, height, shape.size));
        }
        true
    }

    fn words(&mut self, id: &str, line: PlacedLine) {
        let lacking = line.clusters.iter().filter_map(|cluster| cluster.lacking.clone());
        self.findings.extend(lacking.map(|lacking| Finding { field: id.to_owned(), lacking }));
        self.page().words(line);
    }

    fn ticks(&mut self, shape: &CheckShape, selected: impl Fn(&str) -> bool, page_height: f32) {
        for (option, [x, y]) in &shape.marks {
            if selected(option) {
                self.page().tick(area([*x, *y, shape.size, shape.size], page_height));
            }
        }
    }

    fn circles(&mut self, shape: &CircleShape, selected: impl Fn(&str) -> bool, page_height: f32) {
        for (option, rect) in &shape.marks {
            if selected(option) {
                self.page().ellipse(area(*rect, page_height));
            }
        }
    }
}

/// The rectangle and the sizes of a text field.
fn fit(shape: &TextShape, is_name: bool, page_height: f32) -> Fit {
    let lines = match (shape.wrap, is_name) {
        (true, _) => Lines::Many,
        (false, true) => Lines::TwoAtWorst,
        (false, false) => Lines::One,
    };
    Fit {
        area: area(shape.rect, page_height),
        face: shape.font,
        size: shape.size,
        min_size: min_size(shape),
        lines,
        align: shape.align,
        valign: shape.valign,
    }
}

/// The smallest size in points a text field may shrink to.
pub(super) fn min_size(shape: &TextShape) -> f32 {
    let default = (shape.size * MIN_SIZE_SHARE).max(MIN_SIZE);
    shape.min_size.unwrap_or(default).min(shape.size)
}

fn is_separator(text: &str) -> bool {
    matches!(text, "-" | "−" | "－" | "‐" | " " | "　" | "(" | ")")
}
