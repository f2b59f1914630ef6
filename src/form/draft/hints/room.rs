//! What one line of printed words leaves room for.

use super::super::by_hand::plain;
use super::super::cells::Cell;
use super::super::labels::{self, is_label};
use super::super::seen::{Glyph, Seen};
use super::super::{Rect, Shape};
use super::{WORDS_MIN, is_one_of, ring, text_of};
use crate::form::template::Kind;

/// A gap narrower than this takes no number, in mm.
const GAP_MIN: f32 = 4.0;
/// The gap of a year that takes its era too, in mm.
const ERA_AND_YEAR: f32 = 14.0;
/// How high a line of answers is, in mm.
const LINE_HEIGHT: f32 = 8.0;
/// Four digits after the － of a postal code, in mm.
const LAST_FOUR: f32 = 18.0;
/// An address needs this much beside or below its postal code, in mm.
const ADDRESS: [f32; 2] = [40.0, 5.0];

const ERAS: [(&str, &str); 5] =
    [("明", "meiji"), ("大", "taisho"), ("昭", "showa"), ("平", "heisei"), ("令", "reiwa")];
/// What stands after a number, and what may stand before it.
const UNITS: [&str; 18] = [
    "円", "人", "名", "枚", "通", "部", "個", "台", "本", "頭", "匹", "件", "回", "歳", "才",
    "日間", "泊", "㎡",
];
const BEFORE_UNITS: [&str; 5] = ["", "金", "約", "計", "合計"];
const DASHES: &str = "-－―ー‐–−—";

/// One line of words in a cell.
pub(super) struct Room<'a> {
    pub page: &'a Seen,
    pub cell: &'a Cell,
    pub line: &'a [&'a Glyph],
    /// All of the cell.
    pub lines: &'a [Vec<&'a Glyph>],
}

impl Room<'_> {
    /// Each 年 月 日 with room before its parts; what names it in its own cell.
    pub fn dates(&self) -> Vec<(String, Shape)> {
        let mut dates = Vec::new();
        let mut start = 0;
        while let Some(at) = date_in(&self.line[start..]).map(|at| start + at) {
            dates.extend(self.date(start, at));
            start = at + 3;
        }
        dates
    }

    /// The one whose 年 is letter `at`; what is before letter `start` belongs to another.
    fn date(&self, start: usize, at: usize) -> Option<(String, Shape)> {
        let year = self.line[at];
        let before: Vec<&Glyph> = match start {
            // Eras may stand in lines of their own.
            0 => {
                let all = self.lines.iter().flatten().copied();
                all.filter(|letter| letter.right() <= year.x).collect()
            }
            _ => self.line[start..at].to_vec(),
        };
        let left = start.checked_sub(1).map_or(self.cell.left, |day| self.line[day].right());
        let from = before.iter().map(|letter| letter.right()).fold(left, f32::max);
        if year.x - from < GAP_MIN {
            return None;
        }
        let eras = eras(&before);
        let is_western = before.iter().any(|letter| letter.text == "西");
        let gap = [from, year.x];
        let mut parts = match (eras.len(), is_western) {
            (0, false) if year.x - from >= ERA_AND_YEAR => {
                let middle = from + (year.x - from) * 0.55;
                vec![("era", self.rect([from, middle])), ("year", self.rect([middle, year.x]))]
            }
            (0, _) => vec![("western_year", self.rect(gap))],
            _ => vec![("year", self.rect(gap))],
        };
        for (part, number) in [("month", at), ("day", at + 1)] {
            let gap = [self.line[number].right(), self.line[number + 1].x];
            parts.push((part, self.rect(gap)));
        }
        let words = plain(&text_of(&before));
        let names = start == 0 && eras.is_empty() && !is_western && is_label(&words);
        let label = if names { words } else { String::new() };
        // One era alone is printed, and nobody chooses.
        let rings = |(id, letters): &(_, Vec<&Glyph>)| (*id, ring(self.page, letters));
        let eras = if eras.len() > 1 { eras.iter().map(rings).collect() } else { Vec::new() };
        Some((label, Shape::Parts { kind: Kind::Date, parts, eras }))
    }

    /// （　　）　　－　　, or two dashes.
    pub fn phone(&self) -> Option<(String, Shape)> {
        let marks: Vec<usize> = (0..self.line.len())
            .filter(|at| is_one_of(self.line[*at], DASHES) || is_one_of(self.line[*at], "()（）"))
            .collect();
        let end = self.cell.right;
        let x = |mark: usize| (self.line[mark].x, self.line[mark].right());
        let (first, gaps) = match marks[..] {
            [open, close, dash] => {
                (open, [[x(open).1, x(close).0], [x(close).1, x(dash).0], [x(dash).1, end]])
            }
            [one, two] if !is_one_of(self.line[one], "(（") => {
                let from = one.checked_sub(1).map_or(self.cell.left, |before| x(before).1);
                (one, [[from, x(one).0], [x(one).1, x(two).0], [x(two).1, end]])
            }
            _ => return None,
        };
        let own = plain(&text_of(&self.line[..first]));
        let label = if labels::is_phone(&own) { own } else { String::new() };
        // Two numbers would be two places.
        let is_last = marks.last() == Some(&(self.line.len() - 1));
        let is_wide = gaps.iter().all(|[from, to]| to - from >= GAP_MIN + 2.0);
        let parts = ["first", "middle", "last"].into_iter().zip(gaps.map(|gap| self.rect(gap)));
        (is_last && is_wide).then(|| {
            (label, Shape::Parts { kind: Kind::Phone, parts: parts.collect(), eras: Vec::new() })
        })
    }

    /// 〒　　－　　, and where the address goes: beside it, or below.
    pub fn postal(&self) -> Option<(Shape, Option<Shape>)> {
        let mark = self.line.iter().position(|letter| letter.text == "〒")?;
        let dash = mark + 1;
        let next = self.line.get(dash).filter(|letter| is_one_of(letter, DASHES))?;
        let after = self.line.get(dash + 1).map_or(self.cell.right, |letter| letter.x);
        let (first, last) = ([self.line[mark].right(), next.x], [next.right(), after]);
        if first[1] - first[0] < GAP_MIN + 2.0 || last[1] - last[0] < GAP_MIN + 4.0 {
            return None;
        }
        let four = [last[0], last[1].min(last[0] + LAST_FOUR)];
        let parts = vec![("first", self.rect(first)), ("last", self.rect(four))];
        let shape = Shape::Parts { kind: Kind::Postal, parts, eras: Vec::new() };
        Some((shape, self.address(four[1], after)))
    }

    fn address(&self, from: f32, to: f32) -> Option<Shape> {
        let Cell { left, right, bottom, .. } = *self.cell;
        let below = self.line[0].y + self.line[0].size * 0.3;
        let is_last = self.lines.last().is_some_and(|last| last[0].y == self.line[0].y);
        let rect = match () {
            () if is_last && bottom - below >= ADDRESS[1] => {
                [left, below, right - left, bottom - below]
            }
            () if to - from >= ADDRESS[0] => self.rect([from, to]),
            () => return None,
        };
        Some(Shape::Text { rect: self.page.on_paper(rect), several_lines: true, max_chars: None })
    }

    /// A number before its unit: 　　円.
    pub fn amount(&self) -> Option<(String, Shape)> {
        let words = |line: &[&Glyph]| plain(&text_of(line));
        let starts = (0..self.line.len()).find(|at| UNITS.contains(&&*words(&self.line[*at..])))?;
        let own = words(&self.line[..starts]);
        let from = starts.checked_sub(1).map_or(self.cell.left, |at| self.line[at].right());
        let gap = [from, self.line[starts].x];
        let is_label = is_label(&own);
        let fits = self.lines.len() == 1
            && gap[1] - gap[0] >= WORDS_MIN
            && (is_label || BEFORE_UNITS.contains(&&*own));
        let shape = Shape::Text { rect: self.rect(gap), several_lines: false, max_chars: None };
        let label = if BEFORE_UNITS.contains(&&*own) { String::new() } else { own };
        fits.then_some((label, shape))
    }

    /// Between two ends, as high as a line of answers and level with the words.
    fn rect(&self, [from, to]: [f32; 2]) -> Rect {
        let height = self.cell.height().min(LINE_HEIGHT);
        let (_, middle) = self.line[0].middle();
        let top = (middle - height / 2.0).clamp(self.cell.top, self.cell.bottom - height);
        self.page.on_paper([from, top, to - from, height])
    }
}

/// Where 年 stands, with 月 and 日 after it and room between them.
pub(super) fn date_in(line: &[&Glyph]) -> Option<usize> {
    (0..line.len().saturating_sub(2)).find(|at| {
        let [year, month, day] = [line[*at], line[at + 1], line[at + 2]];
        [&year.text, &month.text, &day.text] == ["年", "月", "日"]
            && month.x - year.right() >= GAP_MIN
            && day.x - month.right() >= GAP_MIN
    })
}

/// The eras among letters, each with the letters that spell it.
fn eras<'g>(letters: &[&'g Glyph]) -> Vec<(&'static str, Vec<&'g Glyph>)> {
    let mut eras = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let Some((_, id)) = ERAS.iter().find(|(first, _)| letter.text == *first) else { continue };
        let second = letters.get(at + 1).filter(|next| {
            is_one_of(next, "治正和成") && next.x - letter.right() < letter.size * 0.5
        });
        eras.push((*id, std::iter::once(letter).chain(second).copied().collect()));
    }
    eras
}
