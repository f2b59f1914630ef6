//! QR codes on pages, as a drawing that stands in the page itself.

use std::fmt::Write;

use crate::pdf;

/// Light modules around a code, each side.
const QUIET: usize = 4;

/// A code: the side of its box and the outline of its dark modules, one unit each.
pub(super) struct Drawing {
    pub side: usize,
    pub path: String,
}

/// The code of `text`; `None` when it is too long for any.
pub(super) fn drawing(text: &str) -> Option<Drawing> {
    let code = pdf::qr_code(text)?;
    let mut path = String::new();
    for (y, row) in code.dark.chunks(code.side).enumerate() {
        let mut x = 0;
        while x < row.len() {
            let run = row[x..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                // Writing to a text does not fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    Some(Drawing { side: code.side + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_in_runs_within_its_quiet_zone() {
        let drawn = drawing("https://madoguchi.town.mihon.example/s/7K3M-PQ2X-9ABC").unwrap();
        assert!(drawn.path.starts_with("M4 4h7v1h-7z"), "the finder's first row: {}", drawn.path);
        let dark: usize = drawn
            .path
            .split('M')
            .skip(1)
            .map(|run| run.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap())
            .sum();
        let code = pdf::qr_code("https://madoguchi.town.mihon.example/s/7K3M-PQ2X-9ABC").unwrap();
        assert_eq!(dark, code.dark.iter().filter(|dark| **dark).count());
        assert_eq!(drawn.side, code.side + 8);
    }
}
