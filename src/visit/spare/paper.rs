//! The sheets on paper: four on a page of A4, each with the number in big figures for
//! the resident and a stub that stays at the counter. Both have room for the times,
//! which are typed in from the stub when the machine runs again.

use crate::config::{Config, Lane};
use crate::lang::{Lang, Phrases};
use crate::pdf::{
    self, Align, Area, Background, Face, Fit, Fonts, Lines, Page, Shape, Sheet, Valign,
};
use crate::text::Text;

const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// A4, in millimetres.
const WIDTH: f32 = 210.0;
const HEIGHT: f32 = 297.0;
/// Sheets on a page, and how high each is.
const ON_A_PAGE: usize = 4;
const TALL: f32 = HEIGHT / ON_A_PAGE as f32;
/// Where the stub ends.
const STUB: f32 = 74.0;
/// What no printer reaches.
const MARGIN: f32 = 10.0;

/// The sheets of one lane, or of all that have any; `None` where there are none.
pub fn sheets(config: &Config, lane: Option<&str>, fonts: &Fonts) -> Option<Vec<u8>> {
    let meant = config.lanes.iter().filter(|one| lane.is_none_or(|lane| lane == one.id));
    // Each lane begins on a page of its own: they are cut and put away by lane.
    let pages: Vec<Background> = meant
        .flat_map(|lane| {
            let numbers: Vec<String> = numbers(lane);
            let pages = numbers
                .chunks(ON_A_PAGE)
                .map(|numbers| Background::from_sheet(&page(config, lane, numbers, fonts), fonts));
            pages.collect::<Vec<_>>()
        })
        .collect();
    let pages: Vec<Page<'_>> = pages.iter().map(Page::new).collect();
    (!pages.is_empty()).then(|| pdf::document("", &pages))
}

/// `A901`, `A902` …
fn numbers(lane: &Lane) -> Vec<String> {
    let Some((prefix, [first, last])) = lane.prefix.as_ref().zip(lane.spare) else {
        return Vec::new();
    };
    (first..=last).map(|number| format!("{prefix}{number}")).collect()
}

fn page(config: &Config, lane: &Lane, numbers: &[String], fonts: &Fonts) -> Sheet {
    let mut drawing = Drawing { fonts, shapes: Vec::new() };
    drawing.cut((STUB, 0.0), (STUB, HEIGHT));
    for row in 1..ON_A_PAGE {
        drawing.cut((0.0, row as f32 * TALL), (WIDTH, row as f32 * TALL));
    }
    for (number, row) in numbers.iter().zip(0_u8..) {
        let top = f32::from(row) * TALL;
        drawing.stub(top, (number, lane));
        drawing.ticket(top, (number, lane), config);
    }
    let mm = |length: f32| length * POINTS_PER_MM;
    Sheet { width: mm(WIDTH), height: mm(HEIGHT), shapes: drawing.shapes }
}

/// A page on the way; lengths in millimetres from the upper left corner.
struct Drawing<'a> {
    fonts: &'a Fonts,
    shapes: Vec<Shape>,
}

impl Drawing<'_> {
    /// What the resident takes along.
    fn ticket(&mut self, top: f32, (number, lane): (&str, &Lane), config: &Config) {
        let (words, english) = (Phrases::of(Lang::Ja), Phrases::of(Lang::En));
        let (left, width) = (STUB + 6.0, WIDTH - STUB - 6.0 - MARGIN);
        let line = |y: f32, tall: f32| [left, top + y, width, tall];
        let site = &config.site;
        let office = format!("{} {}", site.town.name, site.office.name.ja);
        self.words(line(6.0, 5.0), 10.0, Align::Center, &office);
        let title = format!("{}　{}", words.t("spare.paper.title"), lane.name.ja);
        self.words(line(11.5, 7.0), 15.0, Align::Center, &title);
        self.words(line(18.5, 27.0), 76.0, Align::Center, number);
        self.words(line(46.0, 5.0), 10.0, Align::Center, words.t("spare.paper.keep"));
        self.words(line(51.0, 4.0), 8.0, Align::Center, english.t("spare.paper.keep"));
        let at = [left + 12.0, top + 57.0, width - 24.0, 9.0];
        self.blank(at, words.t("spare.paper.came"), words.t("spare.paper.clock"));
    }

    /// What stays at the counter.
    fn stub(&mut self, top: f32, (number, lane): (&str, &Lane)) {
        let words = Phrases::of(Lang::Ja);
        let (left, width) = (MARGIN, STUB - MARGIN - 5.0);
        let head = [left, top + 5.0, width, 5.0];
        self.words(head, 9.0, Align::Left, words.t("spare.paper.stub"));
        self.words(head, 9.0, Align::Right, &lane.name.ja);
        self.words([left, top + 10.0, width, 14.0], 34.0, Align::Left, number);
        let clock = words.t("spare.paper.clock");
        let rows = [
            ("spare.paper.day", words.t("spare.paper.date")),
            ("spare.paper.came", clock),
            ("spare.paper.called", clock),
            ("spare.paper.ended", clock),
            ("spare.paper.counter", ""),
        ];
        for ((key, hint), row) in rows.into_iter().zip(0_u8..) {
            let y = top + 25.0 + f32::from(row) * 8.8;
            self.blank([left, y, width, 8.2], words.t(key), hint);
        }
    }

    /// A label, and a box for the pen.
    fn blank(&mut self, [x, y, width, tall]: [f32; 4], label: &str, hint: &str) {
        let label_width = 27.0;
        self.words([x, y, label_width, tall], 9.0, Align::Left, label);
        let place = [x + label_width, y, width - label_width, tall];
        let area = self.area(place);
        self.shapes.push(Shape::Box { area, width: 0.6, fill: None, dashed: false });
        self.words(place, 10.0, Align::Center, hint);
    }

    fn cut(&mut self, from: (f32, f32), to: (f32, f32)) {
        let point = |(x, y): (f32, f32)| (x * POINTS_PER_MM, (HEIGHT - y) * POINTS_PER_MM);
        let (from, to) = (point(from), point(to));
        self.shapes.push(Shape::Line { from, to, width: 0.4, dashed: true });
    }

    fn area(&self, [x, y, width, tall]: [f32; 4]) -> Area {
        let mm = |length: f32| length * POINTS_PER_MM;
        Area { x: mm(x), y: mm(HEIGHT - y - tall), width: mm(width), height: mm(tall) }
    }

    /// Words in their place, smaller where a lane's name is long.
    fn words(&mut self, place: [f32; 4], size: f32, align: Align, words: &str) {
        let fit = Fit {
            area: self.area(place),
            face: Face::Gothic,
            size,
            min_size: size / 2.0,
            lines: Lines::One,
            align,
            valign: Valign::Middle,
        };
        let placed = fit.text(&Text::from(words), self.fonts).unwrap_or_default();
        self.shapes.extend(placed.into_iter().map(Shape::Words));
    }
}
