//! A roll as a PDF, for printers that take pages.

use super::roll::{Align, Part, Roll, Size};
use crate::pdf::{self, Area, Background, Face, Fit, Fonts, Lines, Page, Shape, Sheet, Valign};
use crate::text::Text;

/// What a roll is printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pages {
    /// A5 upright, as many as it takes.
    #[default]
    A5,
    /// Roll paper, 80 mm wide and as long as it must be.
    Roll80,
}

const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// From one part to the next, in sizes of the normal letter.
const GAP: f32 = 0.45;
/// From top to bottom of a line, in its own size.
const LINE: f32 = 1.25;

/// Lengths in points.
struct Layout {
    width: f32,
    /// `None` is as long as it must be.
    height: Option<f32>,
    margin: f32,
    /// Of a normal letter.
    size: f32,
    code: f32,
}

impl Pages {
    fn layout(self) -> Layout {
        let mm = |length: f32| length * POINTS_PER_MM;
        match self {
            Pages::A5 => Layout {
                width: mm(148.0),
                height: Some(mm(210.0)),
                margin: mm(12.0),
                size: 12.0,
                code: mm(32.0),
            },
            Pages::Roll80 => {
                Layout { width: mm(80.0), height: None, margin: mm(4.0), size: 9.5, code: mm(26.0) }
            }
        }
    }
}

/// One sheet on the way.
#[derive(Default)]
struct Drawn {
    words: Vec<pdf::PlacedLine>,
    rules: Vec<Shape>,
    codes: Vec<(Area, String)>,
}

/// The file, one roll after the other. What no font draws is an empty box, as on every
/// paper.
pub fn pages(rolls: &[Roll], pages: Pages, fonts: &Fonts) -> Vec<u8> {
    let layout = pages.layout();
    let drawn: Vec<(Background, Drawn)> =
        rolls.iter().flat_map(|roll| layout.sheets(roll, fonts)).collect();
    let filled = drawn.iter().map(|(sheet, drawn)| {
        let mut page = Page::new(sheet);
        drawn.words.iter().for_each(|line| page.words(line.clone()));
        for (area, code) in &drawn.codes {
            page.qr(*area, code);
        }
        page
    });
    pdf::document("", &filled.collect::<Vec<_>>())
}

impl Layout {
    fn sheets(&self, roll: &Roll, fonts: &Fonts) -> Vec<(Background, Drawn)> {
        // Paper that is as long as it must be is measured first.
        let height = self.height.unwrap_or_else(|| {
            let bottom = self.draw(roll, 0.0, f32::NEG_INFINITY, fonts).1;
            self.margin - bottom
        });
        let (drawn, _) = self.draw(roll, height, self.margin, fonts);
        let sheet = |drawn: Drawn| {
            let sheet = Sheet { width: self.width, height, shapes: drawn.rules.clone() };
            (Background::from_sheet(&sheet, fonts), drawn)
        };
        drawn.into_iter().map(sheet).collect()
    }

    /// The sheets from `top` down to `end`, and where the last one ends.
    fn draw(&self, roll: &Roll, top: f32, end: f32, fonts: &Fonts) -> (Vec<Drawn>, f32) {
        let mut sheets = vec![Drawn::default()];
        let mut y = top - self.margin;
        for part in &roll.parts {
            let mut below = self.part(part, y, fonts);
            if below.1 < end - 0.01 && y < top - self.margin {
                sheets.push(Drawn::default());
                y = top - self.margin;
                below = self.part(part, y, fonts);
            }
            let (drawn, bottom) = below;
            if let Some(sheet) = sheets.last_mut() {
                sheet.words.extend(drawn.words);
                sheet.rules.extend(drawn.rules);
                sheet.codes.extend(drawn.codes);
            }
            y = bottom - GAP * self.size;
        }
        (sheets, y + GAP * self.size)
    }

    /// One part below `y`, and where it ends.
    fn part(&self, part: &Part, y: f32, fonts: &Fonts) -> (Drawn, f32) {
        let mut drawn = Drawn::default();
        let (left, width) = (self.margin, self.width - 2.0 * self.margin);
        let bottom = match part {
            Part::Words { text, size, align } => {
                let mut bottom = y;
                for line in text.split('\n') {
                    let placed = self.line(line, *size, *align, bottom, fonts);
                    let size = self.size * f32::from(size.times());
                    bottom -= size * LINE * placed.len().max(1) as f32;
                    drawn.words.extend(placed);
                }
                bottom
            }
            Part::Pair { left, right, size } => {
                let (words, bottom) = self.pair((left, right), *size, y, fonts);
                drawn.words = words;
                bottom
            }
            Part::Rule => {
                let at = y - GAP * self.size / 2.0;
                let (from, to) = ((left, at), (left + width, at));
                drawn.rules.push(Shape::Line { from, to, width: 0.5, dashed: false });
                at - GAP * self.size / 2.0
            }
            Part::Qr(text) => {
                let x = left + (width - self.code) / 2.0;
                let area = Area { x, y: y - self.code, width: self.code, height: self.code };
                drawn.codes.push((area, text.clone()));
                y - self.code
            }
        };
        (drawn, bottom)
    }

    fn line(
        &self,
        text: &str,
        size: Size,
        align: Align,
        y: f32,
        fonts: &Fonts,
    ) -> Vec<pdf::PlacedLine> {
        let align = match align {
            Align::Left => pdf::Align::Left,
            Align::Center => pdf::Align::Center,
        };
        self.within(self.width - 2.0 * self.margin, (text, size, align), y, fonts)
    }

    /// Words from the left margin on, so wide, below `y`.
    fn within(
        &self,
        width: f32,
        (text, size, align): (&str, Size, pdf::Align),
        y: f32,
        fonts: &Fonts,
    ) -> Vec<pdf::PlacedLine> {
        let size = self.size * f32::from(size.times());
        // Higher than anything a configuration holds.
        let height = size * LINE * 100.0;
        let fit = Fit {
            area: Area { x: self.margin, y: y - height, width, height },
            face: Face::Gothic,
            size,
            min_size: size,
            lines: Lines::Many,
            align,
            valign: Valign::Top,
        };
        fit.text(&Text::from(text), fonts).unwrap_or_default()
    }

    /// What belongs together on one line, the second at its right end. Where it leaves
    /// too little room for the first, it stands on a line of its own.
    fn pair(
        &self,
        (left, right): (&str, &str),
        size: Size,
        y: f32,
        fonts: &Fonts,
    ) -> (Vec<pdf::PlacedLine>, f32) {
        let whole = self.width - 2.0 * self.margin;
        let leading = self.size * f32::from(size.times()) * LINE;
        let at = |y: f32| self.within(whole, (right, size, pdf::Align::Right), y, fonts);
        let begins = at(y).iter().map(|line| line.x).fold(f32::INFINITY, f32::min);
        let room = begins - self.margin - GAP * self.size;
        let is_beside = room >= whole / 3.0;
        let width = if is_beside { room } else { whole };
        let mut words = self.within(width, (left, size, pdf::Align::Left), y, fonts);
        let below = words.len().max(1) - usize::from(is_beside);
        let amount = at(y - below as f32 * leading);
        let lines = below + amount.len().max(1);
        words.extend(amount);
        (words, y - lines as f32 * leading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of each page in whole points.
    fn boxes(pdf: &[u8]) -> Vec<(i32, i32)> {
        let pages = Background::from_pdf(pdf, &Fonts::shipped()).unwrap();
        let whole = |(width, height): (f32, f32)| (width.round() as i32, height.round() as i32);
        pages.iter().map(|page| whole(page.size())).collect()
    }

    #[test]
    fn a_roll_is_as_long_as_what_stands_on_it() {
        let fonts = Fonts::shipped();
        let short = Roll::default().centred("A12", Size::Giant);
        let long = short.clone().words("住民票の写し").rule().qr("honcho-20261124-0001");
        let of = |roll: &Roll| boxes(&pages(std::slice::from_ref(roll), Pages::Roll80, &fonts));
        let (short, long) = (of(&short), of(&long));
        assert_eq!((short.len(), long.len()), (1, 1));
        assert_eq!((short[0].0, long[0].0), (227, 227));
        assert!(short[0].1 < 80 && long[0].1 > short[0].1 + 74, "{short:?} {long:?}");
    }

    #[test]
    fn a_long_slip_goes_on_on_another_sheet() {
        let fonts = Fonts::shipped();
        let lines = |count| {
            (0..count).fold(Roll::default(), |roll, number| roll.words(format!("{number} 行目")))
        };
        let of = |count| boxes(&pages(&[lines(count)], Pages::A5, &fonts));
        assert_eq!(of(20), [(420, 595)]);
        let both = [lines(20), lines(20)];
        assert_eq!(boxes(&pages(&both, Pages::A5, &fonts)).len(), 2, "two slips");
        assert_eq!(of(40), [(420, 595), (420, 595)]);
    }
}
