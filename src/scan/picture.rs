//! A picture file, unpacked to grey: PNG or JPEG.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Luma;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    #[error("PNG でも JPEG でもありません")]
    Kind,
    #[error("画像が壊れているか、途中で終わっています")]
    Broken,
    #[error("画像が大きすぎます（4千万画素まで）")]
    TooLarge,
}

/// What a decoder may use at most for what it unpacks.
const BYTES_MAX: usize = 256 << 20;

/// The picture in a file's bytes.
///
/// # Errors
/// What is no picture, a broken one, and one of too many pixels.
pub fn unpack(bytes: &[u8]) -> Result<Luma, PictureError> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => png(bytes),
        [0xFF, 0xD8, 0xFF, ..] => jpeg(bytes),
        _ => Err(PictureError::Kind),
    }
}

fn png(bytes: &[u8]) -> Result<Luma, PictureError> {
    let broken = |_| PictureError::Broken;
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: BYTES_MAX });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(broken)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    if !Luma::may_be(width, height) {
        return Err(PictureError::TooLarge);
    }
    let mut unpacked = vec![0; reader.output_buffer_size().ok_or(PictureError::TooLarge)?];
    let frame = reader.next_frame(&mut unpacked).map_err(broken)?;
    unpacked.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        ColorType::Grayscale => unpacked,
        ColorType::GrayscaleAlpha => {
            unpacked.chunks_exact(2).map(|one| on_white(one[0], one[1])).collect()
        }
        ColorType::Rgb => unpacked.chunks_exact(3).map(grey).collect(),
        ColorType::Rgba => {
            unpacked.chunks_exact(4).map(|one| on_white(grey(one), one[3])).collect()
        }
        // Expanded to colours by the transformation.
        ColorType::Indexed => return Err(PictureError::Broken),
    };
    Luma::new(width, height, pixels).ok_or(PictureError::Broken)
}

/// As bright as a person sees the colour (ITU-R BT.601, in parts of 256).
fn grey(colour: &[u8]) -> u8 {
    let [red, green, blue] = [colour[0], colour[1], colour[2]].map(u32::from);
    u8::try_from((77 * red + 150 * green + 29 * blue) >> 8).unwrap_or(255)
}

/// What is transparent lies on white paper.
fn on_white(level: u8, alpha: u8) -> u8 {
    let (level, alpha) = (u32::from(level), u32::from(alpha));
    u8::try_from((level * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
}

fn jpeg(bytes: &[u8]) -> Result<Luma, PictureError> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| PictureError::Broken)?;
    let (width, height) = decoder.dimensions().ok_or(PictureError::Broken)?;
    if !Luma::may_be(width, height) {
        return Err(PictureError::TooLarge);
    }
    let pixels = decoder.decode().map_err(|_| PictureError::Broken)?;
    Luma::new(width, height, pixels).ok_or(PictureError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(colour: ColorType, width: u32, height: u32, bytes: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(bytes).unwrap();
        writer.finish().unwrap();
        file
    }

    #[test]
    fn every_kind_of_png_is_grey_in_the_end() {
        let grey = |colour, bytes: &[u8]| unpack(&packed(colour, 2, 1, bytes)).unwrap();
        let expected = Luma::new(2, 1, vec![0, 255]).unwrap();
        assert_eq!(grey(ColorType::Grayscale, &[0, 255]), expected);
        assert_eq!(grey(ColorType::GrayscaleAlpha, &[0, 255, 9, 0]), expected);
        assert_eq!(grey(ColorType::Rgb, &[0, 0, 0, 255, 255, 255]), expected);
        assert_eq!(grey(ColorType::Rgba, &[0, 0, 0, 255, 0, 0, 0, 0]), expected);
    }

    #[test]
    fn what_is_no_picture_is_refused_and_a_torn_one_too() {
        let whole = packed(ColorType::Grayscale, 40, 40, &[7; 1_600]);
        assert_eq!(unpack(b"MK1 and no picture"), Err(PictureError::Kind));
        assert_eq!(unpack(&[]), Err(PictureError::Kind));
        for end in 8..whole.len() - 12 {
            assert_eq!(unpack(&whole[..end]), Err(PictureError::Broken), "{end} bytes");
        }
        assert_eq!(unpack(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 16]), Err(PictureError::Broken));
    }

    #[test]
    fn a_picture_that_claims_too_many_pixels_is_not_unpacked() {
        let mut whole = packed(ColorType::Grayscale, 40, 40, &[7; 1_600]);
        // Width and height in the header, and its checksum.
        whole[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let checksum = crc(&whole[12..29]);
        whole[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(unpack(&whole), Err(PictureError::TooLarge));
    }

    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1))
            })
        };
        !bytes.iter().fold(u32::MAX, step)
    }
}
