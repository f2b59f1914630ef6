//! QR codes (ISO/IEC 18004), error correction M.
//!
//! The mask is always the same one. The standard's way, trying all eight and
//! scoring them, costs forty times the rest of the code and helps only readers
//! far worse than a counter's.

use qrcode::bits;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, ec};

/// A square of modules, row by row from the top.
pub struct QrCode {
    /// Modules of one side, without the quiet zone.
    pub side: usize,
    pub dark: Vec<bool>,
}

/// Light modules around the code (quiet zone), each side.
pub(super) const QUIET: usize = 4;

/// The code of `text`, or `None` when it is too long for any.
pub fn encode(text: &str) -> Option<QrCode> {
    let bits = bits::encode_auto(text.as_bytes(), EcLevel::M).ok()?;
    let version = bits.version();
    let (codewords, corrections) =
        ec::construct_codewords(&bits.into_bytes(), version, EcLevel::M).ok()?;
    let mut canvas = Canvas::new(version, EcLevel::M);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&codewords, &corrections);
    canvas.apply_mask(MaskPattern::Checkerboard);
    let dark = canvas.into_colors().into_iter().map(|color| color == Color::Dark).collect();
    Some(QrCode { side: version.width() as usize, dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_code_is_small_and_starts_with_a_finder() {
        let code = encode("M-20261121-0042").unwrap();
        assert_eq!(code.dark.len(), code.side * code.side);
        assert!(code.side <= 25, "{}", code.side);
        assert!(code.dark[..7].iter().all(|dark| *dark));
        assert!(!code.dark[7]);
        assert!(encode(&"x".repeat(3_000)).is_none());
    }
}
