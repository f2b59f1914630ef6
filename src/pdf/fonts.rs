//! The fonts a program has: two shipped faces, then whatever else is there.
//!
//! BIZ UD Gothic and BIZ UD Mincho are part of the program, so a form prints
//! wherever it is started. Names need more: no single font has every kanji and
//! every variation sequence, so fonts dropped into a folder and a few that may be
//! installed are asked glyph by glyph after the leading face.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::font::Font;
use crate::fault::Fault;

static GOTHIC: &[u8] = include_bytes!("../../fonts/BIZUDGothic-Regular.ttf");
static MINCHO: &[u8] = include_bytes!("../../fonts/BIZUDMincho-Regular.ttf");

/// Where Debian puts IPAmj Mincho (fonts-ipamj-mincho), the one font that has the
/// Moji_Joho sequences of the resident registers, and DejaVu Sans
/// (fonts-dejavu-core), for the letters of foreign names.
const INSTALLED: &[&str] = &[
    "/usr/share/fonts/truetype/ipamj/ipamjm.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
];

/// Fonts are numbered in a byte.
const FONTS_MAX: usize = 255;

/// Which of the two shipped faces leads the chain of fonts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    #[default]
    Gothic,
    Mincho,
}

/// All fonts, in the order they are asked. A clone is the same fonts, not a copy.
#[derive(Clone, Debug)]
pub struct Fonts(Arc<Vec<Font>>);

impl Fonts {
    /// The two shipped faces and nothing else: the same on every machine.
    pub fn shipped() -> Self {
        Self(Arc::new(shipped()))
    }

    /// The shipped faces, then every `.ttf` of `folder` by file name, then what
    /// is installed. A missing folder is no fault; a file in it that cannot be
    /// used is.
    pub fn with_folder(folder: &Path) -> (Self, Vec<Fault>) {
        let (mut fonts, mut faults) = (shipped(), Vec::new());
        let installed = INSTALLED.iter().map(PathBuf::from).filter(|path| path.exists());
        for path in font_files(folder).into_iter().chain(installed) {
            match Font::open(&path) {
                // The shipped files themselves may lie in the folder.
                Ok(font) if fonts.iter().any(|known| known.name() == font.name()) => {}
                Ok(_) if fonts.len() == FONTS_MAX => {
                    let message = format!("書体は {FONTS_MAX} 個までです");
                    faults.push(Fault::new(
                        path,
                        None,
                        message,
                        "使わない書体を、フォルダーから出してください",
                    ));
                }
                Ok(font) => fonts.push(font),
                Err(reason) => {
                    let instead = "TrueType の書体に替えるか、フォルダーから出してください";
                    faults.push(Fault::new(path, None, reason.to_string(), instead));
                }
            }
        }
        (Self(Arc::new(fonts)), faults)
    }

    /// The names of the fonts, in the order they are asked.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Font::name)
    }

    /// Whether these are the same fonts, so that their numbers mean the same.
    pub(super) fn are(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn font(&self, number: u8) -> &Font {
        &self.0[usize::from(number)]
    }

    /// The fonts asked for a glyph: the leading face, then those not shipped.
    /// The other shipped face has the same characters.
    pub(super) fn chain(&self, face: Face) -> impl Iterator<Item = (u8, &Font)> {
        let numbered = || (0_u8..).zip(&*self.0);
        let lead = if face == Face::Gothic { 0 } else { 1 };
        numbered().skip(lead).take(1).chain(numbered().skip(2))
    }
}

fn shipped() -> Vec<Font> {
    let shipped = |bytes| Font::from_static(bytes).expect("the shipped fonts are TrueType");
    vec![shipped(GOTHIC), shipped(MINCHO)]
}

fn font_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_font = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| {
            ["ttf", "otf", "ttc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        })
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_font).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_usable_font_is_named_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.ttf"), b"not a font").unwrap();
        std::fs::write(folder.path().join("b.ttc"), b"ttcf....").unwrap();
        std::fs::write(folder.path().join("c.ttf"), &GOTHIC[..2_000]).unwrap();
        std::fs::write(folder.path().join("OFL.txt"), b"words").unwrap();
        std::fs::write(folder.path().join("same.ttf"), GOTHIC).unwrap();
        let (fonts, faults) = Fonts::with_folder(folder.path());
        let reasons: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
        assert_eq!(
            reasons,
            [
                "TrueType の書体ではないか、壊れています",
                "書体をまとめたファイル（.ttc）です。一つずつの .ttf にしてください",
                "TrueType の書体ではないか、壊れています",
            ]
        );
        assert_eq!(fonts.names().filter(|name| name.contains("Gothic")).count(), 1);
    }
}
