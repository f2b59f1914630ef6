//! A grey picture, and the two changes that make a code in it readable.

/// The most pixels of one picture: a telephone's photograph of 40 megapixels.
const PIXELS_MAX: usize = 40_000_000;

/// A picture in shades of grey, a byte a pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// `None` where the bytes are not that many pixels, or there are too many.
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Luma> {
        let size = width.checked_mul(height)?;
        let fits = (1..=PIXELS_MAX).contains(&size) && pixels.len() == size;
        fits.then_some(Luma { width, height, pixels })
    }

    /// Whether a picture of this size is looked at; for asking before it is
    /// unpacked.
    pub(super) fn may_be(width: usize, height: usize) -> bool {
        width.checked_mul(height).is_some_and(|size| (1..=PIXELS_MAX).contains(&size))
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    pub(super) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// With the darkest and the brightest hundredth of its pixels pulled apart to
    /// black and white. Faint print and a dim telephone are read after it.
    pub(super) fn stretched(&self) -> Luma {
        let (dark, bright) = self.percentiles();
        let span = u32::from(bright.saturating_sub(dark)).max(1);
        let stretch = |level: usize| {
            let above = u32::try_from(level).unwrap_or(255).saturating_sub(u32::from(dark));
            u8::try_from((above * 255 / span).min(255)).unwrap_or(255)
        };
        let table: Vec<u8> = (0..256).map(stretch).collect();
        let pixels = self.pixels.iter().map(|level| table[usize::from(*level)]).collect();
        Luma { pixels, ..*self }
    }

    fn percentiles(&self) -> (u8, u8) {
        let mut counts = [0_usize; 256];
        for level in &self.pixels {
            counts[usize::from(*level)] += 1;
        }
        let tail = self.pixels.len() / 100;
        let (mut darker, mut brighter) = (0, 0);
        let dark = (0..=255).find(|level| {
            darker += counts[usize::from(*level)];
            darker > tail
        });
        let bright = (0..=255).rev().find(|level| {
            brighter += counts[usize::from(*level)];
            brighter > tail
        });
        (dark.unwrap_or(0), bright.unwrap_or(255))
    }

    /// At half the size, each pixel the mean of four: noise and the grid of a
    /// telephone's screen are gone then.
    pub(super) fn halved(&self) -> Luma {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for pair in self.pixels.chunks_exact(self.width * 2).take(height) {
            let (upper, lower) = pair.split_at(self.width);
            let columns = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pixels.extend(
                columns.map(|(upper, lower)| mean([upper[0], upper[1], lower[0], lower[1]])),
            );
        }
        Luma { width, height, pixels }
    }
}

fn mean(four: [u8; 4]) -> u8 {
    let sum: u16 = four.into_iter().map(u16::from).sum();
    u8::try_from((sum + 2) / 4).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_bytes_as_pixels() {
        assert!(Luma::new(2, 2, vec![0; 4]).is_some());
        for (width, height, bytes) in [(2, 2, 3), (0, 4, 0), (usize::MAX, 2, 4)] {
            assert_eq!(Luma::new(width, height, vec![0; bytes]), None, "{width}×{height}");
        }
        assert!(Luma::may_be(8_000, 5_000) && !Luma::may_be(8_001, 5_000));
    }

    #[test]
    fn stretching_pulls_the_greys_apart_and_leaves_one_grey_alone() {
        let faint = Luma::new(3, 1, vec![100, 125, 150]).unwrap();
        assert_eq!(faint.stretched().pixels, [0, 127, 255]);
        let plain = Luma::new(2, 2, vec![90; 4]).unwrap();
        assert_eq!(plain.stretched().pixels, [0; 4]);
    }

    #[test]
    fn halving_takes_the_mean_of_four_and_drops_an_odd_edge() {
        let odd = Luma::new(3, 3, vec![0, 100, 9, 200, 100, 9, 9, 9, 9]).unwrap();
        assert_eq!(odd.halved(), Luma::new(1, 1, vec![100]).unwrap());
    }
}
