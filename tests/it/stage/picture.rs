//! Pictures of pages: made by poppler, kept as small PNG files, compared so that a
//! lost letter or a moved rule is found, and told where.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::Command;

use flate2::Crc;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Grey values, 0 black to 255 white, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<u8>,
}

/// A PNG of 16 greys keeps four bits of each value.
const STEP: u8 = 17;
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Cells of so many pixels are compared: two millimetres at 75 dpi.
const CELL: usize = 6;
/// The mean difference of a cell's pixels that is a change. Other versions of the
/// same renderer smooth edges in other ways, by less than this.
const DIFFERENCE_MAX: u32 = 20;
/// Places that are told at once.
const TOLD_MAX: usize = 12;

impl Picture {
    /// Page `page` of a PDF. Fillable fields are hidden: they are not on the sheet.
    /// `None` where there is no renderer.
    pub fn of_page(folder: &Path, pdf: &str, page: usize, dpi: u32) -> Option<Self> {
        let (page, dpi) = (page.to_string(), dpi.to_string());
        let mut renderer = Command::new("pdftoppm");
        renderer.args(["-r", &dpi, "-gray", "-hide-annotations", "-f", &page, "-l", &page, pdf]);
        let output = renderer.current_dir(folder).output().ok()?;
        let pgm = output.stdout;
        let mut header = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut next = || String::from_utf8_lossy(header.next().unwrap()).into_owned();
        assert_eq!(next(), "P5", "{pdf} has page {page}");
        let (width, height): (usize, usize) = (next().parse().unwrap(), next().parse().unwrap());
        // The largest value stands between the size and the pixels.
        let grey = pgm[pgm.len() - width * height..].to_vec();
        Some(Self { width, height, grey })
    }

    /// As it is after it was kept.
    pub fn in_16_greys(mut self) -> Self {
        self.grey.iter_mut().for_each(|grey| *grey = (*grey / STEP) * STEP);
        self
    }

    /// A PNG of 16 greys.
    pub fn to_png(&self) -> Vec<u8> {
        let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        for row in self.grey.chunks(self.width) {
            let pair = |pair: &[u8]| ((pair[0] / STEP) << 4) | (pair.get(1).unwrap_or(&255) / STEP);
            let row: Vec<u8> = std::iter::once(0).chain(row.chunks(2).map(pair)).collect();
            packed.write_all(&row).unwrap();
        }
        let size = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
        // Four bits a pixel, grey, nothing special.
        let head = [&size(self.width)[..], &size(self.height), &[4, 0, 0, 0, 0]].concat();
        let mut png = SIGNATURE.to_vec();
        for (kind, data) in
            [(b"IHDR", head), (b"IDAT", packed.finish().unwrap()), (b"IEND", Vec::new())]
        {
            let named = [&kind[..], &data].concat();
            let mut sum = Crc::new();
            sum.update(&named);
            png.extend(size(data.len()));
            png.extend(named);
            png.extend(sum.sum().to_be_bytes());
        }
        png
    }

    /// Reads what [`Picture::to_png`] wrote.
    pub fn from_png(png: &[u8]) -> Self {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        assert!(png.starts_with(SIGNATURE) && &png[12..16] == b"IHDR", "a PNG of ours");
        let (width, height) = (number(16), number(20));
        // Signature, head, then the only block of pixels.
        let pixels = SIGNATURE.len() + 25;
        assert_eq!(&png[pixels + 4..pixels + 8], b"IDAT");
        let mut packed = ZlibDecoder::new(&png[pixels + 8..pixels + 8 + number(pixels)]);
        let mut rows = Vec::new();
        packed.read_to_end(&mut rows).unwrap();
        let length = width.div_ceil(2) + 1;
        assert_eq!(rows.len(), length * height);
        let row = |row: &[u8]| -> Vec<u8> {
            assert_eq!(row[0], 0, "rows as they are");
            let both = row[1..].iter().flat_map(|pair| [(pair >> 4) * STEP, (pair & 15) * STEP]);
            both.take(width).collect()
        };
        Self { width, height, grey: rows.chunks(length).flat_map(row).collect() }
    }

    /// Where `other` looks different, in pixels: left, top, and whether it is darker
    /// there.
    pub fn changes(&self, other: &Self) -> Vec<(usize, usize, bool)> {
        assert_eq!((self.width, self.height), (other.width, other.height), "the paper's size");
        let cells = |length: usize| (0..length).step_by(CELL);
        let corners = cells(self.height).flat_map(|y| cells(self.width).map(move |x| (x, y)));
        let changed = |(x, y): (usize, usize)| {
            let pixels = (y..(y + CELL).min(self.height))
                .flat_map(|y| (x..(x + CELL).min(self.width)).map(move |x| (x, y)));
            let pairs =
                pixels.map(|(x, y)| y * self.width + x).map(|at| (self.grey[at], other.grey[at]));
            let (mut sum, mut darker, mut count) = (0, 0, 0);
            for (one, next) in pairs {
                sum += u32::from(one.abs_diff(next));
                darker += i32::from(one) - i32::from(next);
                count += 1;
            }
            (sum > DIFFERENCE_MAX * count).then_some((x, y, darker > 0))
        };
        corners.filter_map(changed).collect()
    }
}

/// The changes in words, for a picture at `dpi`.
pub fn told(changes: &[(usize, usize, bool)], dpi: u32) -> String {
    let mm = |pixels: usize| (pixels + CELL / 2) as f32 * 25.4 / dpi as f32;
    let mut told = format!("{} places differ:", changes.len());
    for (x, y, is_darker) in changes.iter().take(TOLD_MAX) {
        let how = if *is_darker { "something new" } else { "something lost or moved" };
        let _ = write!(
            told,
            "\n  {how} at {:.0} mm from the left, {:.0} mm from the top",
            mm(*x),
            mm(*y)
        );
    }
    told
}

#[test]
fn a_picture_outlives_being_kept() {
    let grey = (0..35_u8).map(|n| n * 7).collect();
    let picture = Picture { width: 7, height: 5, grey }.in_16_greys();
    assert!(Picture::from_png(&picture.to_png()) == picture);
}

#[test]
fn a_lost_letter_and_a_moved_rule_are_found_and_other_edges_are_not() {
    let white = Picture { width: 60, height: 60, grey: vec![255; 3600] };
    let mut drawn = white.clone();
    // A letter of seven pixels with a third of its ground black, and a rule.
    for n in 0..49 {
        if n % 3 == 0 {
            drawn.grey[(20 + n / 7) * 60 + 20 + n % 7] = 0;
        }
    }
    drawn.grey[45 * 60..46 * 60].fill(90);
    assert_eq!(drawn.changes(&drawn), []);
    let mut smoothed = drawn.clone();
    smoothed.grey.iter_mut().for_each(|grey| *grey = grey.saturating_sub(15));
    assert_eq!(drawn.changes(&smoothed), []);
    let mut lost = drawn.clone();
    lost.grey[20 * 60..28 * 60].fill(255);
    let places = drawn.changes(&lost);
    assert!(places.contains(&(18, 18, false)), "{places:?}");
    assert!(told(&places, 75).contains("lost or moved at 7 mm from the left, 7 mm from the top"));
    let mut moved = drawn.clone();
    moved.grey.copy_within(45 * 60..46 * 60, 46 * 60);
    moved.grey[45 * 60..46 * 60].fill(255);
    assert_eq!(drawn.changes(&moved).len(), 10, "the rule in every cell it crosses");
}
