//! Headings, words and tables on sheets of A4: as many as it takes, the head of a table
//! on each.

use crate::pdf::{
    self, Align, Area, Background, Face, Fit, Fonts, Lines, Page, PlacedLine, Shape, Sheet, Valign,
};
use crate::text::Text;

const POINTS_PER_MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 210.0 * POINTS_PER_MM;
const HEIGHT: f32 = 297.0 * POINTS_PER_MM;
const MARGIN: f32 = 15.0 * POINTS_PER_MM;
const SIZE: f32 = 9.0;
/// Above and below the words of a row.
const PADDING: f32 = 2.5;
const LINE: f32 = 1.25;

/// One column of a table.
pub(super) struct Column {
    pub title: &'static str,
    /// Of the width of the sheet between its margins, in parts of all columns.
    pub parts: f32,
    pub is_number: bool,
}

/// One thing on the sheets, from top to bottom.
pub(super) enum Block {
    Title(String),
    Heading(String),
    Words(String),
    /// The last row is the sum of the others.
    Table {
        columns: Vec<Column>,
        rows: Vec<Vec<String>>,
    },
}

#[derive(Default)]
struct Drawn {
    words: Vec<PlacedLine>,
    shapes: Vec<Shape>,
}

struct Drawing<'f> {
    fonts: &'f Fonts,
    sheets: Vec<Drawn>,
    y: f32,
}

/// The file; `foot` stands below each sheet, with its number.
pub(super) fn pdf(blocks: &[Block], foot: &str, fonts: &Fonts) -> Vec<u8> {
    let mut drawing = Drawing { fonts, sheets: vec![Drawn::default()], y: HEIGHT - MARGIN };
    blocks.iter().for_each(|block| drawing.block(block));
    let (count, mut sheets) = (drawing.sheets.len(), drawing.sheets);
    for (place, sheet) in sheets.iter_mut().enumerate() {
        let foot = format!("{foot}　{} / {count}", place + 1);
        let area = Area { x: MARGIN, y: MARGIN - 14.0, width: WIDTH - 2.0 * MARGIN, height: 12.0 };
        sheet.words.extend(placed(&foot, (area, 8.0, Align::Right), fonts));
    }
    let backgrounds: Vec<(Background, Vec<PlacedLine>)> = sheets
        .into_iter()
        .map(|sheet| {
            let paper = Sheet { width: WIDTH, height: HEIGHT, shapes: sheet.shapes };
            (Background::from_sheet(&paper, fonts), sheet.words)
        })
        .collect();
    let pages = backgrounds.iter().map(|(background, words)| {
        let mut page = Page::new(background);
        words.iter().for_each(|line| page.words(line.clone()));
        page
    });
    pdf::document("", &pages.collect::<Vec<_>>())
}

/// Words that shrink, and take as many lines as they must.
fn placed(text: &str, (area, size, align): (Area, f32, Align), fonts: &Fonts) -> Vec<PlacedLine> {
    let fit = Fit {
        area,
        face: Face::Gothic,
        size,
        min_size: size,
        lines: Lines::Many,
        align,
        valign: Valign::Top,
    };
    fit.text(&Text::from(text), fonts).unwrap_or_default()
}

impl Drawing<'_> {
    fn block(&mut self, block: &Block) {
        let whole = WIDTH - 2.0 * MARGIN;
        match block {
            Block::Title(text) => self.words(text, 16.0, whole),
            Block::Heading(text) => {
                // With two rows of what follows, or on the next sheet.
                self.room(3.0 * 20.0);
                self.y -= 8.0;
                self.words(text, 11.0, whole);
            }
            Block::Words(text) => self.words(text, SIZE, whole),
            Block::Table { columns, rows } => self.table(columns, rows),
        }
    }

    /// Goes on on another sheet where there is no room for this much.
    fn room(&mut self, height: f32) -> bool {
        let is_full = self.y - height < MARGIN;
        if is_full {
            self.sheets.push(Drawn::default());
            self.y = HEIGHT - MARGIN;
        }
        is_full
    }

    fn words(&mut self, text: &str, size: f32, width: f32) {
        let at = |y: f32| Area { x: MARGIN, y: y - HEIGHT, width, height: HEIGHT };
        let lines = placed(text, (at(self.y), size, Align::Left), self.fonts).len().max(1);
        let height = lines as f32 * size * LINE + 4.0;
        self.room(height);
        let words = placed(text, (at(self.y), size, Align::Left), self.fonts);
        self.sheet().words.extend(words);
        self.y -= height;
    }

    fn sheet(&mut self) -> &mut Drawn {
        if self.sheets.is_empty() {
            self.sheets.push(Drawn::default());
        }
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let head: Vec<String> = columns.iter().map(|column| column.title.to_owned()).collect();
        self.row(columns, &head, Some(0.9));
        for (place, row) in rows.iter().enumerate() {
            let is_sum = place + 1 == rows.len();
            if self.room(self.height(columns, row)) {
                self.row(columns, &head, Some(0.9));
            }
            self.row(columns, row, is_sum.then_some(0.96));
        }
        self.y -= 6.0;
    }

    fn widths(columns: &[Column]) -> Vec<(f32, f32)> {
        let parts: f32 = columns.iter().map(|column| column.parts).sum();
        let mut x = MARGIN;
        let place = |column: &Column| {
            let (from, width) = (x, (WIDTH - 2.0 * MARGIN) * column.parts / parts);
            x += width;
            (from, width)
        };
        columns.iter().map(place).collect()
    }

    fn cells(&self, columns: &[Column], row: &[String], y: f32) -> Vec<Vec<PlacedLine>> {
        let cell = |((text, column), (x, width)): ((&String, &Column), (f32, f32))| {
            let area = Area { x, y: y - PADDING - HEIGHT, width, height: HEIGHT };
            let align = if column.is_number { Align::Right } else { Align::Left };
            placed(text, (area, SIZE, align), self.fonts)
        };
        row.iter().zip(columns).zip(Self::widths(columns)).map(cell).collect()
    }

    fn height(&self, columns: &[Column], row: &[String]) -> f32 {
        let lines = self.cells(columns, row, 0.0).iter().map(Vec::len).max().unwrap_or(1).max(1);
        lines as f32 * SIZE * LINE + 2.0 * PADDING
    }

    fn row(&mut self, columns: &[Column], row: &[String], fill: Option<f32>) {
        let (height, y) = (self.height(columns, row), self.y);
        let cells = self.cells(columns, row, y);
        let boxes = Self::widths(columns).into_iter().map(|(x, width)| {
            let area = Area { x, y: y - height, width, height };
            Shape::Box { area, width: 0.5, fill, dashed: false }
        });
        let boxes: Vec<Shape> = boxes.collect();
        let sheet = self.sheet();
        sheet.shapes.extend(boxes);
        sheet.words.extend(cells.into_iter().flatten());
        self.y -= height;
    }
}
