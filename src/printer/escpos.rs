//! A roll as the bytes of ESC/POS, the language of slip printers.
//!
//! Only commands that Epson's reference lists for every Japanese model since the
//! TM-T88II, and that Star, Citizen and Sewoo printers take in their ESC/POS
//! mode.

use super::roll::{Align, Part, Roll, Size};
use crate::{cp932, pdf};

/// How a printer makes a QR code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qr {
    /// By itself (`GS ( k`).
    #[default]
    Native,
    /// As a picture, for printers that know no QR code.
    Raster,
}

/// ESC @: as after switching on.
const INITIALISE: &[u8] = b"\x1b@";
/// FS C 1: two bytes are Shift JIS. FS &: kanji mode, which older models need.
const KANJI: &[u8] = b"\x1cC\x01\x1c&";
/// ESC t 1: single bytes from A1 are half-width katakana.
const KATAKANA: &[u8] = b"\x1bt\x01";
/// GS V 66 0: feeds to the knife and cuts.
const CUT: &[u8] = b"\x1dVB\x00";
/// Dots of one module: 0.75 mm on an 80 mm printer of 203 dpi.
const MODULE_DOTS: u8 = 6;

/// The bytes that print `roll` on paper of `columns` half-width letters, and cut
/// it off.
pub fn bytes(roll: &Roll, columns: usize, qr: Qr) -> Vec<u8> {
    let mut out = [INITIALISE, KANJI, KATAKANA].concat();
    for part in &roll.parts {
        match part {
            Part::Words { text, size, align } => words(text, *size, *align, columns, &mut out),
            Part::Pair { left, right, size } => pair((left, right), *size, columns, &mut out),
            Part::Rule => {
                plain(&mut out);
                out.extend(std::iter::repeat_n(b'-', columns));
                out.push(b'\n');
            }
            Part::Qr(text) => {
                align_to(Align::Center, &mut out);
                match qr {
                    Qr::Native => native_code(text, &mut out),
                    Qr::Raster => raster_code(text, &mut out),
                }
                out.push(b'\n');
            }
        }
    }
    out.extend(CUT);
    out
}

fn plain(out: &mut Vec<u8>) {
    align_to(Align::Left, out);
    magnify(Size::Normal, out);
}

/// ESC a.
fn align_to(align: Align, out: &mut Vec<u8>) {
    out.extend([0x1B, b'a', u8::from(align == Align::Center)]);
}

/// GS !: width in the upper, height in the lower half, each less one.
fn magnify(size: Size, out: &mut Vec<u8>) {
    let more = size.times() - 1;
    out.extend([0x1D, b'!', more << 4 | more]);
}

fn words(text: &str, size: Size, align: Align, columns: usize, out: &mut Vec<u8>) {
    align_to(align, out);
    magnify(size, out);
    for line in text.split('\n').flat_map(|line| lines(line, columns / usize::from(size.times()))) {
        out.extend(line);
        out.push(b'\n');
    }
}

/// What belongs together on one line, the second at its right end; on two where one
/// cannot hold them. Nothing is cut off.
fn pair((left, right): (&str, &str), size: Size, columns: usize, out: &mut Vec<u8>) {
    align_to(Align::Left, out);
    magnify(size, out);
    let columns = columns / usize::from(size.times());
    let (mut left, right) = (lines(left, columns), lines(right, columns));
    let fits = |left: &Vec<u8>| right.len() == 1 && left.len() + 1 + right[0].len() <= columns;
    let shared = left.pop_if(|last| fits(last)).unwrap_or_default();
    left.iter().for_each(|line| out.extend([line.as_slice(), b"\n"].concat()));
    for (line, before) in
        right.iter().zip(std::iter::once(shared).chain(std::iter::repeat(Vec::new())))
    {
        out.extend(&before);
        out.extend(std::iter::repeat_n(b' ', columns.saturating_sub(before.len() + line.len())));
        out.extend(line);
        out.push(b'\n');
    }
}

/// A text on lines of at most `columns` bytes: a letter of two bytes is two
/// columns wide. Broken at the last blank where there is one.
fn lines(text: &str, columns: usize) -> Vec<Vec<u8>> {
    let letters = text.chars().filter(|one| !cp932::is_selector(*one));
    let letters: Vec<Vec<u8>> = letters.map(cp932::letter_or_geta).collect();
    let mut lines = Vec::new();
    let mut rest = letters.as_slice();
    loop {
        let fits = fitting(rest, columns);
        if fits == rest.len() {
            lines.push(rest.concat());
            return lines;
        }
        let blank = rest[..=fits].iter().rposition(|letter| letter == b" ").filter(|at| *at > 0);
        let end = blank.unwrap_or(fits);
        lines.push(rest[..end].concat());
        rest = &rest[end + usize::from(blank.is_some())..];
    }
}

/// How many letters fit; at least one, so that every line gets on.
fn fitting(letters: &[Vec<u8>], columns: usize) -> usize {
    let mut used = 0;
    let fits = letters.iter().take_while(|letter| {
        used += letter.len();
        used <= columns
    });
    fits.count().max(1).min(letters.len())
}

/// GS ( k, functions 165, 167, 169, 180 and 181: model 2, the size of a module,
/// error correction M, the text, print.
fn native_code(text: &str, out: &mut Vec<u8>) {
    let mut function = |number: u8, parameters: &[u8]| {
        let length = u16::try_from(parameters.len() + 2).unwrap_or(u16::MAX);
        out.extend(b"\x1d(k");
        out.extend(length.to_le_bytes());
        out.extend([0x31, number]);
        out.extend(parameters);
    };
    function(65, &[0x32, 0]);
    function(67, &[MODULE_DOTS]);
    function(69, &[0x31]);
    function(80, &[b"0", text.as_bytes()].concat());
    function(81, b"0");
}

/// GS v 0: a picture, eight dots to a byte, the leftmost one highest.
fn raster_code(text: &str, out: &mut Vec<u8>) {
    let Some(code) = pdf::qr_code(text) else { return };
    let dots = usize::from(MODULE_DOTS);
    let side = code.side * dots;
    let across = side.div_ceil(8);
    out.extend(b"\x1dv0\x00");
    for length in [across, side] {
        out.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
    }
    for row in code.dark.chunks(code.side) {
        let is_dark = |dot: usize| row.get(dot / dots).copied().unwrap_or_default();
        let byte =
            |at: usize| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(is_dark(at * 8 + bit)));
        let line: Vec<u8> = (0..across).map(byte).collect();
        out.extend(line.repeat(dots));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_these_bytes() {
        let roll = Roll::default()
            .centred("みほん町", Size::Normal)
            .centred("A12", Size::Giant)
            .rule()
            .words("髙﨑①〜")
            .qr("honcho-20261124-0001");
        let expected = [
            b"\x1b@\x1cC\x01\x1c&\x1bt\x01".as_slice(),
            b"\x1ba\x01\x1d!\x00\x82\xdd\x82\xd9\x82\xf1\x92\xac\n",
            b"\x1ba\x01\x1d!\x33A12\n",
            b"\x1ba\x00\x1d!\x00--------------------------------\n",
            b"\x1ba\x00\x1d!\x00\xfb\xfc\xfa\xb1\x87\x40\x81\x60\n",
            b"\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1",
            b"\x1d(k\x17\x001P0honcho-20261124-0001\x1d(k\x03\x001Q0\n",
            b"\x1dVB\x00",
        ];
        assert_eq!(bytes(&roll, 32, Qr::Native), expected.concat());
    }

    #[test]
    fn an_amount_stands_at_the_right_end_of_its_line_or_of_the_next() {
        let text = |left: &str, right: &str, size| -> Vec<String> {
            let mut out = Vec::new();
            pair((left, right), size, 16, &mut out);
            let words = encoding_rs::SHIFT_JIS.decode(&out[6..]).0.into_owned();
            words.lines().map(str::to_owned).collect()
        };
        assert_eq!(text("写し", "300円", Size::Normal), ["写し       300円"]);
        assert_eq!(
            text("住民票の写し", "300円", Size::Normal),
            ["住民票の写し", "           300円"]
        );
        assert_eq!(
            text("住民票の写しと戸籍", "1円", Size::Normal),
            ["住民票の写しと戸", "籍           1円"]
        );
        assert_eq!(text("合計", "9円", Size::Double), ["合計 9円"]);
        let long = text("計", "123,456,789,012円", Size::Normal);
        assert_eq!(long, ["計", " 123,456,789,012", "              円"]);
    }

    #[test]
    fn a_raster_code_has_the_modules_of_the_code() {
        let code = pdf::qr_code("A1").unwrap();
        let mut out = Vec::new();
        raster_code("A1", &mut out);
        let across = (code.side * 6).div_ceil(8);
        let rows: Vec<&[u8]> = out[8..].chunks(across).collect();
        assert_eq!((out[4], out[6], rows.len()), (across as u8, 126, 126));
        let dot = |x: usize, y: usize| rows[y][x / 8] >> (7 - x % 8) & 1 == 1;
        for (at, dark) in code.dark.iter().enumerate() {
            let (x, y) = (at % code.side * 6, at / code.side * 6);
            assert!(dot(x, y) == *dark && dot(x + 5, y + 5) == *dark, "{at}");
        }
    }

    #[test]
    fn long_words_go_on_on_the_next_line_and_no_letter_is_cut_in_two() {
        let text = |text: &str, columns| -> Vec<String> {
            let line = |line: Vec<u8>| encoding_rs::SHIFT_JIS.decode(&line).0.into_owned();
            lines(text, columns).into_iter().map(line).collect()
        };
        assert_eq!(text("住民票の写し", 7), ["住民票", "の写し"]);
        assert_eq!(text("Certificate of residence", 14), ["Certificate of", "residence"]);
        assert_eq!(text("Certificates", 5), ["Certi", "ficat", "es"]);
        assert_eq!(text("", 7), [""]);
        assert_eq!(text("窓口", 1), ["窓", "口"]);
        assert_eq!(text("辻\u{E0100}", 7), ["辻"]);
    }
}
