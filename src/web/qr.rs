//! A code on a page, as a drawing.

use std::fmt::Write;

use crate::pdf::qr_code;

/// Light modules around it.
const QUIET: usize = 4;

/// The code of some words.
pub(super) struct Drawing {
    /// Units of a side, the quiet zone included.
    pub side: usize,
    /// The dark modules, as a path.
    pub path: String,
}

/// The code of `text`; `None` when it is too long for any.
pub(super) fn draw(text: &str) -> Option<Drawing> {
    let code = qr_code(text)?;
    let mut path = String::new();
    for (at, _) in code.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (x, y) = (at % code.side + QUIET, at / code.side + QUIET);
        let _ = write!(path, "M{x} {y}h1v1h-1z");
    }
    Some(Drawing { side: code.side + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_inside_the_quiet_zone() {
        let drawing = draw("123456789").unwrap();
        let code = qr_code("123456789").unwrap();
        let dark = code.dark.iter().filter(|dark| **dark).count();
        assert_eq!(drawing.path.matches('M').count(), dark);
        assert!(drawing.path.starts_with("M4 4h1v1h-1z"));
        assert_eq!(drawing.side, code.side + 8);
    }
}
