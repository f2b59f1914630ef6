//! `templates/forms/<id>/form.toml`, as it is written.
//!
//! Lengths are millimetres from the top left corner of the page; font sizes are
//! points. Unknown keys are refused. A `#` in a path, a page id or a label
//! stands for the row number of a repeated group, 1 first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clock;
use crate::lang::{Lang, Words};
pub use crate::pdf::{Align, Face, Valign};

mod bring;
mod gate;
mod years;

pub use bring::Bring;
pub use gate::Gate;
pub use years::{Ready, Years};

/// `[x, y, width, height]` in mm.
pub type Rect = [f32; 4];
/// `[x, y]` in mm.
pub type Point = [f32; 2];

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Same as the folder's name: `juminhyo`. The folder of a further edition has
    /// more after an `@`: `juminhyo@2027-04`.
    pub id: String,
    /// Printed at the foot; a change of layout or wording is a new edition.
    pub edition: String,
    /// First day on which this edition is used; left out, since ever.
    #[serde(default, deserialize_with = "clock::written_day_if_any")]
    pub valid_from: Option<Date>,
    /// Last day on which this edition is used; left out, until further notice.
    #[serde(default, deserialize_with = "clock::written_day_if_any")]
    pub valid_until: Option<Date>,
    pub title: Words,
    /// One sentence for the kiosk: what this form is for.
    pub about: Words,
    /// The section (課) that receives the form.
    pub section: Words,
    /// Statutes the form rests on, for the clerk.
    pub law: String,
    pub signature: Signature,
    pub identity: IdentityRule,
    pub paper: Paper,
    /// Who is turned away, and what they are told.
    #[serde(default)]
    pub gate: Vec<Gate>,
    /// What to bring, beside what shows who one is.
    #[serde(default)]
    pub bring: Vec<Bring>,
    /// Kiosk pages, in the order they are asked.
    #[serde(default)]
    pub page: Vec<Page>,
    #[serde(default)]
    pub question: Vec<Question>,
    /// The static sheet, drawn in the order given.
    #[serde(default)]
    pub draw: Vec<Draw>,
    /// Where answers are written.
    #[serde(default)]
    pub field: Vec<Field>,
}

impl Template {
    /// Whether this edition is used on `day`.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|first| first <= day)
            && self.valid_until.is_none_or(|last| day <= last)
    }
}

/// What the resident does with the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// 記名: the printed name is enough, and nobody is asked to sign.
    PrintedName,
    /// 署名: the resident signs on an empty line.
    Handwritten,
    /// 署名又は記名押印.
    HandwrittenOrSeal,
}

/// Which identity documents the clerk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityRule {
    /// One with a photo, or two without.
    OnePhotoOrTwo,
    /// One with a photo, nothing else.
    OnePhoto,
    /// None, or what the form's own text says is shown in its place.
    None,
}

/// The sheet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    pub size: PaperSize,
    #[serde(default)]
    pub orientation: Orientation,
    /// A PDF in the template's folder to draw on, page by page, instead of an
    /// empty page; or `preprinted`: the paper in the printer's tray has the sheet
    /// on it already, and only answers are printed. A preview of those shows
    /// `background.pdf` of the folder, else what `[[draw]]` draws.
    pub background: Option<String>,
}

/// The word for paper that has the sheet on it already.
const PREPRINTED: &str = "preprinted";

impl Paper {
    /// Whether only answers are printed.
    pub fn is_preprinted(&self) -> bool {
        self.background.as_deref() == Some(PREPRINTED)
    }

    /// The name of the PDF that shows the sheet. Pre-printed paper may do without.
    pub fn background_file(&self) -> Option<&str> {
        match self.background.as_deref() {
            Some(PREPRINTED) => Some("background.pdf"),
            named => named,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum PaperSize {
    A3,
    A4,
    A5,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    #[default]
    Portrait,
    Landscape,
}

/// Questions that stand on one kiosk page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Unique among all forms, or the same words in each: `applicant.contact`.
    pub id: String,
    pub title: Words,
    pub help: Option<Words>,
    /// A repeated page (`ido.member.#`) exists once for each row.
    pub rows: Option<Rows>,
}

/// A repeated group: rows 1 to the number at `count`, at most `max`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// Path of the number question that says how many rows there are.
    pub count: String,
    pub max: u32,
}

/// One thing to ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The path its answer is kept under.
    pub id: String,
    pub page: String,
    pub kind: Kind,
    pub label: Words,
    pub help: Option<Words>,
    /// A required question must be answered before the form can be printed.
    #[serde(default)]
    pub required: bool,
    /// For `choice`, `multi` and `copies`.
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Asked only while all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Known without asking: the first of these that has a value.
    #[serde(default)]
    pub from: Vec<From>,
    /// Offered as a suggestion, but still asked.
    #[serde(default)]
    pub suggest: Vec<From>,
    /// Chosen until the resident chooses otherwise: an option id (one copy of it
    /// for `copies`), `yes`/`no`, or a number.
    pub default: Option<String>,
    /// Longest text, counted in characters as people count them.
    pub max_chars: Option<usize>,
    /// For `number`: the smallest and the largest.
    pub range: Option<[u32; 2]>,
    /// For `date`: which days make sense.
    pub days: Option<Days>,
    /// For `digits`: the fewest and the most digits.
    pub digits: Option<[u32; 2]>,
    /// For `fiscal_year`: which years are offered, and their words.
    pub years: Option<Years>,
    /// A repeated question (`ido.member.#.name`).
    pub rows: Option<Rows>,
    /// `false` for what only leads to other questions: otherwise an answer that
    /// stands nowhere on the paper is a fault.
    #[serde(default = "yes")]
    pub printed: bool,
}

/// The kind of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's name; on paper it takes a second line only where one cannot
    /// hold it.
    Name,
    /// A reading in katakana; hiragana is accepted and turned.
    Kana,
    /// An address as one string, building and room included.
    Address,
    /// Other words.
    Text,
    /// 10 or 11 digits with hyphens where they were typed.
    Phone,
    /// Seven digits.
    Postal,
    /// A number off a card or a letter, digit by digit: leading zeros stay.
    Digits,
    /// Any date; the day may be unknown.
    Date,
    /// A fiscal year (年度), from April to March; on paper it has the parts of a date.
    FiscalYear,
    /// One option.
    Choice,
    /// Any number of options.
    Multi,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// How many of each option; at least one in all when required.
    Copies,
}

/// An option of a choice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub id: String,
    pub ja: String,
    pub en: String,
    /// The option is offered only while all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// `false` for an option that the paper tells by leaving something empty.
    #[serde(default = "yes")]
    pub printed: bool,
}

impl Choice {
    /// The option's words in `lang`.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// Looks at another answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The path looked at. Without an answer there, no condition holds.
    pub question: String,
    /// Holds when any of these option ids is selected (`yes`/`no` for a flag).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// Holds when none of these is selected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is_not: Vec<String>,
    /// Holds when the number is at least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
}

/// A place to take a value from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum From {
    Path(String),
    Conditional(ConditionalFrom),
}

impl From {
    /// The path the value is taken from.
    pub fn path(&self) -> &str {
        match self {
            From::Path(path) => path,
            From::Conditional(origin) => &origin.path,
        }
    }

    /// What must hold for it.
    pub fn when(&self) -> &[Condition] {
        match self {
            From::Path(_) => &[],
            From::Conditional(origin) => &origin.when,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionalFrom {
    pub path: String,
    #[serde(default)]
    pub when: Vec<Condition>,
    /// For repeated questions: only this row is filled this way.
    pub row: Option<u32>,
}

/// Which days a date question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Today or before: births, moves that happened.
    Past,
    /// Today or after.
    Future,
    /// Known to the day, today or before: what is reported once it happened.
    Happened,
    /// Known to the day and at most a year ahead: days planned. A
    /// notice that comes late, by years even, is still taken.
    Near,
}

/// Copies of a drawing or field, each moved on from the last. `#` in a bind or
/// text becomes the row number.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    pub count: u32,
    #[serde(default)]
    pub dx: f32,
    #[serde(default)]
    pub dy: f32,
}

/// One part of the static sheet: `[[draw]]` with one key, the kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Draw {
    Line {
        from: Point,
        to: Point,
        /// mm
        #[serde(default = "thin")]
        width: f32,
        #[serde(default)]
        dashed: bool,
        repeat: Option<Repeat>,
    },
    /// A rectangle: an outline, a fill, or both.
    Box {
        rect: Rect,
        /// mm; 0 draws no outline.
        #[serde(default = "thin")]
        width: f32,
        /// 0 black … 1 white; left out, nothing is filled.
        fill: Option<f32>,
        #[serde(default)]
        dashed: bool,
        repeat: Option<Repeat>,
    },
    /// マス目: `count` equal boxes side by side in `rect`.
    Boxes {
        rect: Rect,
        count: u32,
        #[serde(default = "thin")]
        width: f32,
        repeat: Option<Repeat>,
    },
    /// Words printed on the sheet itself. `\n` starts a new line.
    Label {
        text: String,
        rect: Rect,
        #[serde(default = "label_size")]
        size: f32,
        #[serde(default)]
        align: Align,
        #[serde(default)]
        valign: Valign,
        #[serde(default)]
        font: Face,
        repeat: Option<Repeat>,
    },
    /// An empty check box whose top left corner is at `at`.
    Checkbox {
        at: Point,
        /// mm
        #[serde(default = "checkbox_size")]
        size: f32,
        repeat: Option<Repeat>,
    },
}

fn yes() -> bool {
    true
}

fn first() -> usize {
    1
}

fn thin() -> f32 {
    0.2
}

fn label_size() -> f32 {
    9.0
}

fn checkbox_size() -> f32 {
    3.2
}

/// A place on the paper where an answer is written. Exactly one of `text`,
/// `digits`, `check`, `circle` and `qr` says how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Names the field in messages.
    pub id: String,
    /// The path of the value: an answer, or `office.*`, `town.*`, `visit.*` from
    /// the counter. Of several the first that has a value.
    pub bind: OneOrMany,
    /// What of the value is written; left out, all of it. Dates have `era`,
    /// `year` (元 for 1), `month`, `day`, `wareki` (the whole, default),
    /// `western`, `western_year`; copies have one part an option id; postal codes
    /// `first`, `last`; telephone numbers `first`, `middle`, `last`.
    pub part: Option<String>,
    /// Written only while all of these hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The page of the paper it stands on, 1 first.
    #[serde(default = "first")]
    pub page: usize,
    pub repeat: Option<Repeat>,
    pub text: Option<TextShape>,
    pub digits: Option<DigitsShape>,
    pub check: Option<CheckShape>,
    pub circle: Option<CircleShape>,
    pub qr: Option<QrShape>,
}

impl Field {
    /// The options that get a mark.
    pub fn marks(&self) -> Vec<&str> {
        let ticks = self.check.iter().flat_map(|shape| shape.marks.keys());
        let circles = self.circle.iter().flat_map(|shape| shape.marks.keys());
        ticks.chain(circles).map(String::as_str).collect()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them, first choice first.
    pub fn paths(&self) -> &[String] {
        match self {
            OneOrMany::One(path) => std::slice::from_ref(path),
            OneOrMany::Many(paths) => paths,
        }
    }
}

/// Words in a rectangle, at the largest size from `size` down to `min_size` that
/// fits; with `wrap` in as many lines as the rectangle holds. At `min_size` they
/// may also be narrowed to four fifths. What still does not fit is a fault;
/// nothing is cut. A name or a reading never has `wrap`: it takes a second line only
/// where one cannot hold it. Words keep a millimetre from the left or right side they are aligned to, where there is room.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextShape {
    pub rect: Rect,
    #[serde(default = "text_size")]
    pub size: f32,
    /// Default: 70 % of `size`, never below 6.
    pub min_size: Option<f32>,
    #[serde(default)]
    pub wrap: bool,
    #[serde(default)]
    pub align: Align,
    #[serde(default)]
    pub valign: Valign,
    #[serde(default)]
    pub font: Face,
}

/// One character in each of `count` boxes (マス目).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigitsShape {
    pub rect: Rect,
    pub count: u32,
    #[serde(default = "text_size")]
    pub size: f32,
    /// Right: leading boxes stay empty.
    #[serde(default)]
    pub align: Align,
}

/// A レ in the box of each selected option; option id → top left corner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckShape {
    pub marks: BTreeMap<String, Point>,
    #[serde(default = "checkbox_size")]
    pub size: f32,
}

/// An ○ around each selected option's printed word; option id → rectangle.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircleShape {
    pub marks: BTreeMap<String, Rect>,
}

/// A QR code of the value, error correction M.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QrShape {
    pub rect: Rect,
}

fn text_size() -> f32 {
    11.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_reads_and_an_unknown_key_is_refused_with_its_line() {
        let text = r##"
id = "try"
edition = "見本 2026-04"
title = { ja = "試し", en = "Try" }
about = { ja = "試し", en = "Try" }
section = { ja = "市民課", en = "Citizens" }
law = "-"
signature = "handwritten"
identity = "one_photo_or_two"
paper = { size = "A4" }

[[page]]
id = "try.member.#"
title = { ja = "#人目の方", en = "Person #" }
rows = { count = "try.members", max = 6 }

[[question]]
id = "try.member.#.name"
page = "try.member.#"
kind = "name"
label = { ja = "氏名", en = "Name" }
required = true
rows = { count = "try.members", max = 6 }
from = [{ path = "applicant.name", row = 1 }]
when = [{ question = "try.kind", is = ["move_in"] }]

[[draw]]
label = { text = "氏名", rect = [20, 30, 20, 8] }

[[draw]]
line = { from = [20, 30], to = [190, 30], repeat = { count = 6, dy = 12 } }

[[field]]
id = "name"
bind = ["try.member.#.name", "applicant.name"]
repeat = { count = 6, dy = 12 }
text = { rect = [40, 30, 100, 8], size = 14 }
"##;
        let template: Template = toml::from_str(text).unwrap();
        assert_eq!(template.draw.len(), 2);
        assert_eq!(template.field[0].bind.paths().len(), 2);
        let error = toml::from_str::<Template>(&text.replace("size = 14", "sise = 14"));
        assert!(error.unwrap_err().to_string().contains("sise"));
        let error = toml::from_str::<Template>(&text.replace("to = [190, 30]", "too = [190, 30]"));
        assert!(error.unwrap_err().to_string().contains("too"));
    }
}
