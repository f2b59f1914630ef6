//! TrueType outlines: the `glyf` and `loca` tables (OpenType 1.9, chapters of the
//! same names).
//!
//! A glyph leaves this room self-contained and without instructions: hints do
//! nothing on paper and are a third of a kanji's bytes, and a composite glyph is
//! flattened into its outline, so that a subset never needs other glyphs. A grid
//! of 2,048 units may be quartered: a point moves by 4 µm at most at 12 points,
//! which no office printer can show, and a fifth of the bytes is gone.

/// Components of components of …: fonts in use go two deep.
const DEPTH_MAX: u8 = 6;

const ON_CURVE: u8 = 0x01;
const X_SHORT: u8 = 0x02;
const Y_SHORT: u8 = 0x04;
const REPEAT: u8 = 0x08;
const X_SAME_OR_POSITIVE: u8 = 0x10;
const Y_SAME_OR_POSITIVE: u8 = 0x20;

const ARGS_ARE_WORDS: u16 = 0x0001;
const ARGS_ARE_XY: u16 = 0x0002;
const HAS_SCALE: u16 = 0x0008;
const MORE_COMPONENTS: u16 = 0x0020;
const HAS_XY_SCALE: u16 = 0x0040;
const HAS_MATRIX: u16 = 0x0080;

/// The outlines of one font.
#[derive(Clone, Copy)]
pub(super) struct Outlines<'a> {
    pub glyf: &'a [u8],
    pub loca: &'a [u8],
    /// `head.indexToLocFormat` is 1.
    pub long_offsets: bool,
    /// The coordinates given out are the font's divided by this.
    pub divisor: u16,
}

#[derive(Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
    on_curve: bool,
}

#[derive(Default)]
struct Outline {
    points: Vec<Point>,
    /// Index of the last point of each contour.
    ends: Vec<usize>,
}

impl<'a> Outlines<'a> {
    /// The glyph's bytes as the font holds them; empty for a blank one.
    pub fn raw(&self, glyph: u16) -> Option<&'a [u8]> {
        let at = usize::from(glyph);
        let (start, end) = if self.long_offsets {
            (u32_at(self.loca, at * 4)? as usize, u32_at(self.loca, at * 4 + 4)? as usize)
        } else {
            let offset = |at| u16_at(self.loca, at).map(|half| usize::from(half) * 2);
            (offset(at * 2)?, offset(at * 2 + 2)?)
        };
        self.glyf.get(start..end)
    }

    /// The glyph as a simple outline without instructions, or `None` when the
    /// font is damaged there. Empty for a blank glyph.
    pub fn stripped(&self, glyph: u16) -> Option<Vec<u8>> {
        let raw = self.raw(glyph)?;
        if raw.is_empty() {
            return Some(Vec::new());
        }
        match i16_at(raw, 0)? {
            0 => Some(Vec::new()),
            contours if contours > 0 && self.divisor == 1 => {
                without_instructions(raw, contours as usize)
            }
            _ => Some(encode(&self.outline(glyph, DEPTH_MAX)?, self.divisor)),
        }
    }

    fn outline(&self, glyph: u16, depth: u8) -> Option<Outline> {
        let raw = self.raw(glyph)?;
        if raw.is_empty() {
            return Some(Outline::default());
        }
        match i16_at(raw, 0)? {
            contours if contours >= 0 => decode(raw, contours as usize),
            _ => self.compose(raw, depth.checked_sub(1)?),
        }
    }

    /// Puts the components of a composite glyph together.
    fn compose(&self, raw: &[u8], depth: u8) -> Option<Outline> {
        let mut whole = Outline::default();
        let mut at = 10;
        loop {
            let (component, next) = Component::read(raw, at)?;
            let part = self.outline(component.glyph, depth)?;
            component.add(part, &mut whole)?;
            if component.flags & MORE_COMPONENTS == 0 {
                return Some(whole);
            }
            at = next;
        }
    }
}

struct Component {
    flags: u16,
    glyph: u16,
    arguments: (i32, i32),
    /// xx, xy, yx, yy
    matrix: [f32; 4],
}

impl Component {
    /// The component at `at`, and where the next one begins.
    fn read(raw: &[u8], at: usize) -> Option<(Self, usize)> {
        let flags = u16_at(raw, at)?;
        let glyph = u16_at(raw, at + 2)?;
        let mut at = at + 4;
        let signed = flags & ARGS_ARE_XY != 0;
        let arguments = if flags & ARGS_ARE_WORDS != 0 {
            let word = |at| {
                let word = u16_at(raw, at)?;
                Some(if signed { i32::from(word as i16) } else { i32::from(word) })
            };
            at += 4;
            (word(at - 4)?, word(at - 2)?)
        } else {
            let byte = |at: usize| {
                let byte = *raw.get(at)?;
                Some(if signed { i32::from(byte as i8) } else { i32::from(byte) })
            };
            at += 2;
            (byte(at - 2)?, byte(at - 1)?)
        };
        let fraction = |at| i16_at(raw, at).map(|bits| f32::from(bits) / 16384.0);
        let matrix = if flags & HAS_SCALE != 0 {
            at += 2;
            let scale = fraction(at - 2)?;
            [scale, 0.0, 0.0, scale]
        } else if flags & HAS_XY_SCALE != 0 {
            at += 4;
            [fraction(at - 4)?, 0.0, 0.0, fraction(at - 2)?]
        } else if flags & HAS_MATRIX != 0 {
            at += 8;
            [fraction(at - 8)?, fraction(at - 6)?, fraction(at - 4)?, fraction(at - 2)?]
        } else {
            [1.0, 0.0, 0.0, 1.0]
        };
        Some((Self { flags, glyph, arguments, matrix }, at))
    }

    fn add(&self, mut part: Outline, whole: &mut Outline) -> Option<()> {
        let [xx, xy, yx, yy] = self.matrix;
        for point in &mut part.points {
            (point.x, point.y) = (point.x * xx + point.y * yx, point.x * xy + point.y * yy);
        }
        let (dx, dy) = if self.flags & ARGS_ARE_XY != 0 {
            (self.arguments.0 as f32, self.arguments.1 as f32)
        } else {
            // The arguments name a point of each that come to lie together.
            let anchor = whole.points.get(self.arguments.0 as usize)?;
            let own = part.points.get(self.arguments.1 as usize)?;
            (anchor.x - own.x, anchor.y - own.y)
        };
        let before = whole.points.len();
        whole.ends.extend(part.ends.iter().map(|end| end + before));
        whole.points.extend(part.points.iter().map(|point| Point {
            x: point.x + dx,
            y: point.y + dy,
            ..*point
        }));
        Some(())
    }
}

/// Says of a glyph that it fills the box of its whole font, and gives the left
/// side bearing that goes with it. A viewer draws the points where bearing and box
/// put them, and asks the box for no more than where nothing is drawn; the same
/// eight bytes in every glyph cost nothing, its own cost six in a hundred of the
/// file. A glyph that is blank, or larger than its font claims, stays as it is.
pub(super) fn in_box(outline: &mut [u8], bearing: i16, font: [i16; 4]) -> i16 {
    let own = [2, 4, 6, 8].map(|at| i16_at(outline, at));
    let [Some(left), Some(bottom), Some(right), Some(top)] = own else { return bearing };
    if left < font[0] || bottom < font[1] || right > font[2] || top > font[3] {
        return bearing;
    }
    for (bytes, bound) in outline[2..10].chunks_exact_mut(2).zip(font) {
        bytes.copy_from_slice(&bound.to_be_bytes());
    }
    // What lies between the two is how far the outline is moved.
    bearing.wrapping_sub(left).wrapping_add(font[0])
}

/// A simple glyph with its instructions left out.
fn without_instructions(raw: &[u8], contours: usize) -> Option<Vec<u8>> {
    let ends = 10 + contours * 2;
    let instructions = usize::from(u16_at(raw, ends)?);
    let mut stripped = raw.get(..ends)?.to_vec();
    stripped.extend([0, 0]);
    stripped.extend(raw.get(ends + 2 + instructions..)?);
    Some(stripped)
}

fn decode(raw: &[u8], contours: usize) -> Option<Outline> {
    let ends: Vec<usize> =
        (0..contours).map(|n| u16_at(raw, 10 + n * 2).map(usize::from)).collect::<Option<_>>()?;
    let count = ends.last().map_or(0, |end| end + 1);
    let mut at = 10 + contours * 2;
    if contours > 0 {
        at += 2 + usize::from(u16_at(raw, at)?);
    }
    let mut flags = Vec::with_capacity(count);
    while flags.len() < count {
        let flag = *raw.get(at)?;
        at += 1;
        flags.push(flag);
        if flag & REPEAT != 0 {
            let times = usize::from(*raw.get(at)?).min(count - flags.len());
            at += 1;
            flags.extend(std::iter::repeat_n(flag, times));
        }
    }
    let xs = coordinates(raw, &mut at, &flags, X_SHORT, X_SAME_OR_POSITIVE)?;
    let ys = coordinates(raw, &mut at, &flags, Y_SHORT, Y_SAME_OR_POSITIVE)?;
    let points = flags.iter().zip(xs).zip(ys);
    let points = points
        .map(|((flag, x), y)| Point { x: x as f32, y: y as f32, on_curve: flag & ON_CURVE != 0 })
        .collect();
    Some(Outline { points, ends })
}

fn coordinates(
    raw: &[u8],
    at: &mut usize,
    flags: &[u8],
    short: u8,
    same_or_positive: u8,
) -> Option<Vec<i32>> {
    let mut value = 0;
    let mut values = Vec::with_capacity(flags.len());
    for flag in flags {
        match (flag & short != 0, flag & same_or_positive != 0) {
            (true, positive) => {
                let step = i32::from(*raw.get(*at)?);
                *at += 1;
                value += if positive { step } else { -step };
            }
            (false, true) => {}
            (false, false) => {
                value += i32::from(i16_at(raw, *at)?);
                *at += 2;
            }
        }
        values.push(value);
    }
    Some(values)
}

fn encode(outline: &Outline, divisor: u16) -> Vec<u8> {
    let units = |length: f32| (length / f32::from(divisor)).round() as i16;
    let points: Vec<(i16, i16, bool)> = outline
        .points
        .iter()
        .map(|point| (units(point.x), units(point.y), point.on_curve))
        .collect();
    if points.is_empty() {
        return Vec::new();
    }
    let mut bytes = (outline.ends.len() as i16).to_be_bytes().to_vec();
    let xs = || points.iter().map(|point| point.0);
    let ys = || points.iter().map(|point| point.1);
    for bound in [xs().min(), ys().min(), xs().max(), ys().max()] {
        bytes.extend(bound.unwrap_or(0).to_be_bytes());
    }
    for end in &outline.ends {
        bytes.extend((*end as u16).to_be_bytes());
    }
    bytes.extend([0, 0]);
    let (mut flags, mut x_steps, mut y_steps) = (Vec::new(), Vec::new(), Vec::new());
    let mut before = (0, 0);
    for (x, y, on_curve) in points {
        let x_flags = step(x.wrapping_sub(before.0), X_SHORT, X_SAME_OR_POSITIVE, &mut x_steps);
        let y_flags = step(y.wrapping_sub(before.1), Y_SHORT, Y_SAME_OR_POSITIVE, &mut y_steps);
        flags.push(u8::from(on_curve) | x_flags | y_flags);
        before = (x, y);
    }
    bytes.extend(flags);
    bytes.extend(x_steps);
    bytes.extend(y_steps);
    bytes
}

/// Writes one coordinate step in its shortest form; returns its flags.
fn step(delta: i16, short: u8, same_or_positive: u8, steps: &mut Vec<u8>) -> u8 {
    match delta {
        0 => same_or_positive,
        1..=255 => {
            steps.push(delta as u8);
            short | same_or_positive
        }
        -255..=-1 => {
            steps.push(delta.unsigned_abs() as u8);
            short
        }
        _ => {
            steps.extend(delta.to_be_bytes());
            0
        }
    }
}

/// Big-endian, as all of sfnt is.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn i16_at(bytes: &[u8], at: usize) -> Option<i16> {
    u16_at(bytes, at).map(|bits| bits as i16)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_the_same_after_writing_and_reading() {
        let point = |x, y, on_curve| Point { x, y, on_curve };
        let outline = Outline {
            points: vec![
                point(0.0, 0.0, true),
                point(300.0, 0.0, true),
                point(300.0, -20.0, false),
                point(-900.0, 255.0, true),
            ],
            ends: vec![1, 3],
        };
        let bytes = encode(&outline, 1);
        let read = decode(&bytes, 2).unwrap();
        let flat = |outline: &Outline| -> Vec<(f32, f32, bool)> {
            outline.points.iter().map(|point| (point.x, point.y, point.on_curve)).collect()
        };
        assert_eq!((flat(&read), &read.ends), (flat(&outline), &outline.ends));
        assert_eq!(i16_at(&bytes, 2), Some(-900));
    }

    #[test]
    fn instructions_are_left_out_and_nothing_else() {
        // One contour, one point at (5, 7), three bytes of instructions.
        let raw = [0, 1, 0, 5, 0, 7, 0, 5, 0, 7, 0, 0, 0, 3, 9, 9, 9, 0x37, 5, 7];
        let stripped = without_instructions(&raw, 1).unwrap();
        assert_eq!(stripped, [0, 1, 0, 5, 0, 7, 0, 5, 0, 7, 0, 0, 0, 0, 0x37, 5, 7]);
    }

    #[test]
    fn a_glyph_says_its_font_s_box_and_is_drawn_in_the_same_place() {
        let mut glyph = vec![0, 1, 0, 5, 0, 7, 0, 9, 0, 8, 0, 0];
        // 3 right of where the points say.
        assert_eq!(in_box(&mut glyph, 8, [-10, -20, 512, 450]), -7);
        let bounds = [2, 4, 6, 8].map(|at| i16_at(&glyph, at).unwrap());
        assert_eq!(
            (bounds, &glyph[..2], &glyph[10..]),
            ([-10, -20, 512, 450], &[0, 1][..], &[0, 0][..])
        );
        let (mut larger, mut blank) = (vec![0, 1, 0, 5, 0, 7, 0, 9, 0, 8], Vec::new());
        assert_eq!(in_box(&mut larger, 8, [0, 0, 8, 8]), 8);
        assert_eq!(larger, [0, 1, 0, 5, 0, 7, 0, 9, 0, 8]);
        assert_eq!(in_box(&mut blank, 3, [0, 0, 8, 8]), 3);
    }

    #[test]
    fn damaged_tables_give_no_glyph_and_no_panic() {
        let outlines =
            Outlines { glyf: &[0; 8], loca: &[0, 0, 0, 9], long_offsets: false, divisor: 1 };
        assert_eq!(outlines.stripped(0), None);
        assert_eq!(outlines.stripped(1), None);
    }
}
