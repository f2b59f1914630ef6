//! Words into rectangles.
//!
//! Words shrink in steps of half a point, then are narrowed to four fifths, and
//! wrapped words take as many lines as the rectangle holds. A name stays on its
//! line as long as it can and takes a second one before it is refused. What still
//! does not fit is refused: nothing is ever cut off.

use serde::Deserialize;

use super::coverage::{self, Cluster, Ink};
use super::fonts::{Face, Fonts};
use super::wrap::{halves, width, wrap};
use crate::text::Text;

/// A rectangle in points, its lower left corner at `x`, `y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    #[default]
    Left,
    Center,
    Right,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Valign {
    Top,
    #[default]
    Middle,
    Bottom,
}

/// How many lines words may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    One,
    /// One, and two only where one cannot hold them: a name.
    TwoAtWorst,
    /// As many as the rectangle holds.
    Many,
}

/// How words stand in their rectangle.
#[derive(Clone, Copy, Debug)]
pub struct Fit {
    pub area: Area,
    pub face: Face,
    /// Points.
    pub size: f32,
    /// Points; not above `size`.
    pub min_size: f32,
    pub lines: Lines,
    pub align: Align,
    pub valign: Valign,
}

/// A line of words with its place: `x`, `y` is the start of the base line.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLine {
    pub clusters: Vec<Cluster>,
    pub x: f32,
    pub y: f32,
    pub size: f32,
    /// Horizontal scaling; 1 is none.
    pub narrowing: f32,
}

const SHRINK_STEP: f32 = 0.5;
const NARROWEST: f32 = 0.8;
/// From base line to base line, in em.
const LEADING: f32 = 1.25;
/// Several lines leave this much of their rectangle free, in em.
const AIR: f32 = 0.15;
/// What a label may stand over its rectangle, in em.
const TIGHT: f32 = 0.25;
/// The ideographic em box reaches this far above and below the base line.
const ABOVE: f32 = 0.88;
const BELOW: f32 = 0.12;
/// Words keep this distance from a rule at the left or right, where there is
/// room for it.
const MARGIN: f32 = 2.8;
/// Half a hundredth of a point: what rounding may add to a width.
const ROUNDING: f32 = 0.005;

impl Fit {
    /// The lines of `text`, or `None` when it does not fit.
    pub fn text(&self, text: &Text, fonts: &Fonts) -> Option<Vec<PlacedLine>> {
        self.place(&coverage::of_text(text, self.face, fonts))
    }

    /// The characters of `text`, not placed yet.
    pub fn clusters(text: &Text, face: Face, fonts: &Fonts) -> Vec<Cluster> {
        coverage::of_text(text, face, fonts)
    }

    /// Printed words: `\n` starts a new line, nothing shrinks or wraps.
    pub fn label(&self, text: &str, fonts: &Fonts) -> Option<Vec<PlacedLine>> {
        let lines: Vec<Vec<Cluster>> =
            text.split('\n').map(|line| coverage::of_str(line, self.face, fonts)).collect();
        let narrow = lines.iter().all(|line| width(line) * self.size <= self.area.width + ROUNDING);
        // A label may be set a little tighter than its em boxes, which are taller
        // than the strokes in them.
        let low = block(lines.len(), self.size) <= self.area.height + TIGHT * self.size;
        (narrow && low).then(|| self.placed(lines, self.size, 1.0))
    }

    fn place(&self, clusters: &[Cluster]) -> Option<Vec<PlacedLine>> {
        if clusters.is_empty() {
            return Some(Vec::new());
        }
        for size in self.sizes() {
            if let Some(lines) = self.lines(clusters, size, 1.0) {
                return Some(self.placed(lines, size, 1.0));
            }
        }
        // One line is narrowed only as far as it must be.
        let needed = self.inner_width() / (width(clusters) * self.min_size);
        let narrowing = if needed >= NARROWEST { needed } else { NARROWEST };
        if let Some(lines) = self.lines(clusters, self.min_size, narrowing) {
            return Some(self.placed(lines, self.min_size, narrowing));
        }
        (self.lines == Lines::TwoAtWorst).then(|| self.on_two_lines(clusters))?
    }

    /// A name that no single line holds, on two lines as large as they can be.
    fn on_two_lines(&self, clusters: &[Cluster]) -> Option<Vec<PlacedLine>> {
        let unnarrowed = self.sizes().map(|size| (size, 1.0));
        unnarrowed.chain([(self.min_size, NARROWEST)]).find_map(|(size, narrowing)| {
            let em = self.inner_width() / (size * narrowing) + ROUNDING;
            let height = block(2, size);
            if height > self.area.height + ROUNDING || width(clusters) > 2.0 * em {
                return None;
            }
            let two = |anywhere| wrap(clusters, em, anywhere).filter(|lines| lines.len() == 2);
            // A blank or a good place to break first; at the worst any place.
            let lines = two(false).or_else(|| two(true)).or_else(|| halves(clusters, em))?;
            Some(self.placed(lines, size, narrowing))
        })
    }

    /// From `size` down to `min_size`.
    fn sizes(&self) -> impl Iterator<Item = f32> {
        let steps = ((self.size - self.min_size) / SHRINK_STEP).ceil().max(0.0) as u32;
        let (size, min_size) = (self.size, self.min_size);
        (0..=steps).map(move |step| (size - step as f32 * SHRINK_STEP).max(min_size))
    }

    fn inner_width(&self) -> f32 {
        (self.area.width - 2.0 * MARGIN).max(self.area.width * 0.8)
    }

    fn lines(&self, clusters: &[Cluster], size: f32, narrowing: f32) -> Option<Vec<Vec<Cluster>>> {
        let em = self.inner_width() / (size * narrowing) + ROUNDING;
        if width(clusters) <= em {
            return (size <= self.area.height + ROUNDING).then(|| vec![clusters.to_vec()]);
        }
        if self.lines != Lines::Many {
            return None;
        }
        let last_resort = narrowing < 1.0;
        let lines = wrap(clusters, em, last_resort)?;
        let height = block(lines.len(), size) + AIR * size;
        (height <= self.area.height + ROUNDING).then_some(lines)
    }

    fn placed(&self, lines: Vec<Vec<Cluster>>, size: f32, narrowing: f32) -> Vec<PlacedLine> {
        let Area { x, y, width: outer, height } = self.area;
        let block = block(lines.len(), size);
        let top = match self.valign {
            Valign::Top => y + height,
            Valign::Middle => y + (height + block) / 2.0,
            Valign::Bottom => y + block,
        };
        let place = |(number, clusters): (usize, Vec<Cluster>)| {
            let slack = outer - width(&clusters) * size * narrowing;
            let margin = MARGIN.min(slack / 2.0).max(0.0);
            let x = match self.align {
                Align::Left => x + margin,
                Align::Center => x + slack / 2.0,
                Align::Right => x + slack - margin,
            };
            let y = top - ABOVE * size - number as f32 * LEADING * size;
            PlacedLine { clusters, x, y, size, narrowing }
        };
        lines.into_iter().enumerate().map(place).collect()
    }
}

impl PlacedLine {
    /// One character, its middle at `x` (マス目), in a box from `y` up to
    /// `y + height`.
    pub fn centred(cluster: Cluster, x: f32, y: f32, height: f32, size: f32) -> Self {
        let left = x - cluster.advance * size / 2.0;
        let base = y + height / 2.0 - (ABOVE - BELOW) / 2.0 * size;
        Self { clusters: vec![cluster], x: left, y: base, size, narrowing: 1.0 }
    }

    /// The em boxes of the line's characters, as one rectangle.
    #[cfg(test)]
    pub fn area(&self) -> Area {
        let width = width(&self.clusters) * self.size * self.narrowing;
        Area { x: self.x, y: self.y - BELOW * self.size, width, height: self.size }
    }

    /// The squares left for the pen: characters that no font draws.
    pub(super) fn boxes(&self) -> Vec<Area> {
        let mut x = self.x;
        let mut boxes = Vec::new();
        for cluster in &self.clusters {
            let advance = cluster.advance * self.size * self.narrowing;
            if cluster.ink == Ink::Box {
                let inset = 0.05 * self.size;
                boxes.push(Area {
                    x: x + inset,
                    y: self.y - BELOW * self.size + inset,
                    width: advance - 2.0 * inset,
                    height: self.size - 2.0 * inset,
                });
            }
            x += advance;
        }
        boxes
    }
}

/// Height of `lines` lines in points.
fn block(lines: usize, size: f32) -> f32 {
    (lines as f32 - 1.0) * LEADING * size + size
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(width: f32, height: f32, wraps: bool) -> Fit {
        Fit {
            area: Area { x: 100.0, y: 200.0, width, height },
            face: Face::Gothic,
            size: 10.0,
            min_size: 7.0,
            lines: if wraps { Lines::Many } else { Lines::One },
            align: Align::Left,
            valign: Valign::Middle,
        }
    }

    fn lines(fit: Fit, text: &str) -> Option<Vec<(String, f32, f32)>> {
        let lines = fit.text(&Text::from(text), &Fonts::shipped())?;
        let words = |line: &PlacedLine| -> String {
            line.clusters.iter().map(|cluster| cluster.text.as_str()).collect()
        };
        Some(lines.iter().map(|line| (words(line), line.size, line.narrowing)).collect())
    }

    #[test]
    fn words_shrink_then_narrow_then_are_refused() {
        // Inner width 94.4: nine kanji at 10 pt.
        let one_line = |count: usize| lines(fit(100.0, 20.0, false), &"字".repeat(count));
        let of = |count: usize, size, narrowing| Some(vec![("字".repeat(count), size, narrowing)]);
        assert_eq!(one_line(9), of(9, 10.0, 1.0));
        assert_eq!(one_line(11), of(11, 8.5, 1.0));
        assert_eq!(one_line(13), of(13, 7.0, 1.0));
        let narrowed = one_line(15).unwrap();
        assert!((0.89..0.90).contains(&narrowed[0].2), "{narrowed:?}");
        assert_eq!(one_line(17), None);
    }

    #[test]
    fn a_name_takes_a_second_line_only_where_one_cannot_hold_it_and_is_never_cut() {
        let name =
            |text: &str| lines(Fit { lines: Lines::TwoAtWorst, ..fit(100.0, 20.0, false) }, text);
        // Sixteen kanji at 7 pt and four fifths are the most for one line.
        assert_eq!(name(&"字".repeat(16)).unwrap().len(), 1);
        let two = name(&"字".repeat(17)).unwrap();
        assert_eq!(two.iter().map(|line| line.0.chars().count()).collect::<Vec<_>>(), [11, 6]);
        assert_eq!(two[0].1, 8.5, "as large as two lines can be");
        let at_blank = name("字字字字字字字字　字字字字字字字字字").unwrap();
        assert_eq!(at_blank[1].0.chars().count(), 9);
        // Thirty-two is all that two lines hold; a mark that should not begin a
        // line does so rather than be refused.
        for text in ["字".repeat(32), format!("{}ー{}", "字".repeat(16), "字".repeat(15))] {
            let two = name(&text).unwrap();
            let joined: String = two.iter().map(|line| line.0.as_str()).collect();
            assert_eq!((two.len(), two[0].1, joined), (2, 7.0, text));
        }
        assert_eq!(name(&"字".repeat(34)), None);
    }

    #[test]
    fn wrapped_words_take_the_largest_size_whose_lines_the_rectangle_holds() {
        let address = "見本県みほん町大字東西南北字上中下前後左右１２３４番地";
        let wrapped = lines(fit(100.0, 34.0, true), address).unwrap();
        assert_eq!(wrapped.len(), 3);
        assert_eq!(wrapped[0].1, 9.0);
        let joined: String = wrapped.iter().map(|line| line.0.as_str()).collect();
        assert_eq!(joined, address);
        assert_eq!(lines(fit(100.0, 9.0, true), address), None);
        // Better broken anywhere than refused.
        assert_eq!(lines(fit(60.0, 40.0, true), &"w".repeat(40)).unwrap().len(), 3);
    }

    #[test]
    fn a_line_neither_begins_nor_ends_where_it_may_not_and_numbers_stay_whole() {
        let broken = |text: &str| -> Vec<String> {
            let lines = lines(fit(56.0, 60.0, true), text).unwrap();
            lines.into_iter().map(|line| line.0).collect()
        };
        // Five kanji a line.
        assert_eq!(broken("あいうえお。かき"), ["あいうえ", "お。かき"]);
        assert_eq!(broken("あいうえ（おかき"), ["あいうえ", "（おかき"]);
        assert_eq!(broken("あいうえ　お"), ["あいうえ", "お"]);
        assert_eq!(broken("あい　うえおか"), ["あい", "うえおか"]);
        assert_eq!(broken("あいう１２３４か"), ["あいう", "１２３４か"]);
        assert_eq!(broken("あいうえお　かき"), ["あいうえお", "かき"]);
        assert_eq!(broken("あいうえ辻\u{E0100}か"), ["あいうえ辻\u{E0100}", "か"]);
    }

    #[test]
    fn words_stand_where_they_are_aligned() {
        let place = |align, valign| {
            let fit = Fit { align, valign, ..fit(100.0, 40.0, false) };
            let line = fit.text(&Text::from("字字"), &Fonts::shipped()).unwrap().remove(0);
            (line.x, line.y)
        };
        assert_eq!(place(Align::Left, Valign::Top), (102.8, 231.2));
        assert_eq!(place(Align::Center, Valign::Middle), (140.0, 216.2));
        assert_eq!(place(Align::Right, Valign::Bottom), (177.2, 201.2));
    }

    #[test]
    fn a_digit_stands_in_the_middle_of_its_box_by_its_own_width() {
        let digit = |text: &str| {
            let cluster = Fit::clusters(&Text::from(text), Face::Gothic, &Fonts::shipped());
            PlacedLine::centred(cluster[0].clone(), 50.0, 0.0, 20.0, 10.0).x
        };
        assert_eq!((digit("1"), digit("１")), (47.5, 45.0));
    }
}
