//! What every library has to make: a sheet, words at places, a code.

use madoguchi::applicant::Source;
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::template::{Draw, Field, Point, Rect};
use madoguchi::form::{Form, questions, record};
use madoguchi::text::Text;

pub const POINTS_PER_MM: f32 = 72.0 / 25.4;
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;

/// Words at a place: points from the upper left corner to the base line.
pub struct Words {
    pub x: f32,
    pub y: f32,
    pub size: f32,
    pub text: String,
}

pub struct Job {
    /// Rules of the sheet: from, to, width, in points from the upper left corner.
    pub rules: Vec<(Point, Point, f32)>,
    pub labels: Vec<Words>,
    fields: Vec<Field>,
    pub code: Option<Rect>,
    pub residents: Vec<Answers>,
}

impl Job {
    pub fn of(form: &Form) -> Self {
        let template = form.template();
        let mut job = Self {
            rules: Vec::new(),
            labels: Vec::new(),
            fields: template.field.clone(),
            code: template.field.iter().find_map(|field| field.qr.as_ref().map(|qr| qr.rect)),
            residents: (0..100).map(|n| resident(form, n)).collect(),
        };
        template.draw.iter().for_each(|draw| job.draw(draw));
        job
    }

    /// The answers as words at their places; marks are left out.
    pub fn words(&self, answers: &Answers) -> Vec<Words> {
        let mut words = Vec::new();
        for field in &self.fields {
            let shape = field.text.as_ref().map(|text| (text.rect, text.size));
            let shape = shape.or(field.digits.as_ref().map(|digits| (digits.rect, digits.size)));
            let value = field.bind.paths().iter().find_map(|path| answers.value(path));
            let (Some((rect, size)), Some(value)) = (shape, value) else { continue };
            let text = match value {
                Value::Text(text) => text.to_string(),
                Value::Date(date) => date.wareki(),
                Value::Number(number) => number.to_string(),
                Value::Choice(id) => id.clone(),
                _ => continue,
            };
            words.push(label(&text, rect, size));
        }
        words
    }

    fn draw(&mut self, draw: &Draw) {
        let mut outline = |[x, y, width, height]: Rect, thick: f32| {
            let corners =
                [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]];
            for pair in corners.windows(2) {
                self.rules.push((points(pair[0]), points(pair[1]), thick * POINTS_PER_MM));
            }
        };
        match draw {
            Draw::Line { from, to, width, .. } => {
                self.rules.push((points(*from), points(*to), width * POINTS_PER_MM));
            }
            Draw::Box { rect, width, .. } | Draw::Boxes { rect, width, .. } => {
                outline(*rect, *width);
            }
            Draw::Checkbox { at, size, .. } => outline([at[0], at[1], *size, *size], 0.25),
            Draw::Label { text, rect, size, .. } => {
                self.labels.extend(text.split('\n').map(|line| label(line, *rect, *size)));
            }
        }
    }
}

fn points([x, y]: Point) -> Point {
    [x * POINTS_PER_MM, y * POINTS_PER_MM]
}

fn label(text: &str, [x, y, _, height]: Rect, size: f32) -> Words {
    let middle = (y + height / 2.0) * POINTS_PER_MM;
    Words { x: x * POINTS_PER_MM, y: middle + 0.38 * size, size, text: text.to_owned() }
}

/// The form's sample, with a name and an address of its own for each.
fn resident(form: &Form, number: usize) -> Answers {
    let kanji: Vec<char> = "山川田中村上下木林森石原野沢池島崎橋谷岡松竹梅杉桜花月星空海浜\
        北南東西春夏秋冬青赤白黒金銀銅鉄玉宝光明正和平安永久長高大小太一二三四五六七八九十百千万"
        .chars()
        .collect();
    let at = |step: usize| kanji[number * step % kanji.len()];
    let day = madoguchi::clock::parse_iso_day("2026-11-21").unwrap();
    let sample = form.sample().unwrap();
    let answers = record::read(&[form], sample, Source::Typed, day).unwrap();
    let mut answers = questions::with_defaults(&[form], &answers);
    let mut set = |path: &str, text: String| {
        answers.set(path, Value::Text(Text::from(text)), Source::Typed);
    };
    set("applicant.name", format!("{}{}　{}{}", at(7), at(11), at(13), at(17)));
    set(
        "applicant.address",
        format!(
            "見本県{}{}市{}町{}丁目{}番{}号",
            at(19),
            at(23),
            at(29),
            number % 9 + 1,
            number,
            at(1)
        ),
    );
    answers
}
