//! Finding the code: the same picture at full and at half size, and nothing of
//! the decoder's own trouble gets out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::{BarcodeFormat, helpers};

use super::Luma;

/// A picture is not made smaller than this: below, no module of a code that is
/// used here has two pixels.
const SIDE_MIN: usize = 150;

/// The largest picture that is looked at as it is. A photograph is halved until
/// it fits; no camera needs more to see a code that fills a third of it.
const SIDE_MAX: usize = 2_400;

/// The words of the code in a picture; `None` where none can be read. Takes some
/// ten milliseconds for a camera's frame: not for a thread that others wait for.
pub fn read(picture: &Luma) -> Option<String> {
    let mut rung = picture.stretched();
    while rung.width().max(rung.height()) > SIDE_MAX {
        rung = rung.halved();
    }
    let half = rung.halved();
    decode(rung).or_else(|| decode(half))
}

fn decode(picture: Luma) -> Option<String> {
    let (width, height) = (picture.width(), picture.height());
    if width.min(height) < SIDE_MIN {
        return None;
    }
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let pixels = picture.into_pixels();
    // The decoder is asked for words about pictures that strangers make. It has
    // never panicked on one; if it does, there is no code in that picture.
    let found = catch_unwind(AssertUnwindSafe(|| {
        helpers::detect_in_luma(pixels, width, height, Some(BarcodeFormat::QR_CODE))
    }));
    Some(found.ok()?.ok()?.getText().to_owned())
}
