//! Which glyph of which font stands for each character of a text.
//!
//! A character and the marks on it are one [`Cluster`] and are never taken
//! apart: a base kanji with its variation selector, or a kana with a voicing mark
//! of its own (which is drawn composed; ideographs are never composed, because
//! that would replace some). What no font can draw becomes an empty box for the
//! pen and says why.

use serde::Serialize;
use unicode_normalization::char::{compose, is_combining_mark};

use super::fonts::{Face, Fonts};
use super::script::is_shaped;
use crate::kana::is_variation_selector;
use crate::text::{Piece, Text};

/// One character as people count them, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// What text extraction gives back; empty for a character without code point.
    pub text: String,
    /// In em.
    pub advance: f32,
    pub ink: Ink,
    /// What is not as it was written, if anything.
    pub lacking: Option<Lacking>,
}

/// What is put on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Glyph {
        /// Number of the font in its [`Fonts`].
        font: u8,
        glyph: u16,
    },
    /// An empty box.
    Box,
}

impl Ink {
    /// The number of the glyph's font.
    pub(super) fn font(self) -> Option<u8> {
        match self {
            Ink::Glyph { font, .. } => Some(font),
            Ink::Box => None,
        }
    }
}

/// A character that is not drawn as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// The character with its marks; `□` without a code point.
    pub character: String,
    /// The code points of `character`, spelled `U+8FBB U+E0100`.
    pub code_point: String,
    pub lack: Lack,
}

/// Why a character is not drawn as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// No font has the character, or its script is not written letter after letter
    /// from the left: an empty box is drawn.
    NoGlyph,
    /// The base character is there, but no font has the variation sequence: an
    /// empty box is drawn. The base would be another name.
    NoVariant,
    /// The card gave no code point (外字, 欠字): an empty box is drawn.
    NoCodePoint,
}

const BOX_ADVANCE: f32 = 1.0;

/// The clusters of a text with pieces.
pub(super) fn of_text(text: &Text, face: Face, fonts: &Fonts) -> Vec<Cluster> {
    let of_piece = |piece: &Piece| match piece {
        Piece::Text(text) => of_str(text, face, fonts),
        Piece::Gaiji(number) => vec![without_code_point(format!("外字 {number}"))],
        Piece::Missing => vec![without_code_point("欠字".to_owned())],
        Piece::Unknown(code) => vec![without_code_point(format!("0x{code:04X}"))],
    };
    text.pieces().iter().flat_map(of_piece).collect()
}

/// The clusters of ordinary words.
pub(super) fn of_str(text: &str, face: Face, fonts: &Fonts) -> Vec<Cluster> {
    let mut clusters = Vec::with_capacity(text.len() / 3 + 1);
    let mut rest = text;
    while !rest.is_empty() {
        let (cluster, after) = rest.split_at(cluster_len(rest));
        clusters.push(resolve(cluster, face, fonts));
        rest = after;
    }
    clusters
}

/// Bytes of the first character and the marks on it.
fn cluster_len(text: &str) -> usize {
    let mut chars = text.char_indices();
    chars.next();
    chars.find(|(_, c)| !is_mark(*c)).map_or(text.len(), |(at, _)| at)
}

fn is_mark(c: char) -> bool {
    is_variation_selector(c) || is_combining_mark(c)
}

fn resolve(text: &str, face: Face, fonts: &Fonts) -> Cluster {
    let mut chars = text.chars();
    let base = chars.next().unwrap_or(' ');
    let marks = chars.as_str();
    if base.is_control() {
        // A tab or line end inside a line is a blank; there is nothing to draw.
        return resolve(" ", face, fonts);
    }
    let exact = match marks.chars().next() {
        None => glyph(base, face, fonts),
        Some(selector) if is_variation_selector(selector) && marks.chars().count() == 1 => {
            sequence(base, selector, face, fonts)
        }
        Some(_) => composed(base, marks).and_then(|c| glyph(c, face, fonts)),
    };
    if let Some(ink) = exact {
        return drawn(text, ink, fonts);
    }
    if base.is_whitespace() && base != ' ' && marks.is_empty() {
        return resolve(" ", face, fonts);
    }
    let only_selectors = !marks.is_empty() && marks.chars().all(is_variation_selector);
    let lack = match glyph(base, face, fonts).filter(|_| only_selectors) {
        Some(_) => Lack::NoVariant,
        None => Lack::NoGlyph,
    };
    Cluster {
        text: text.to_owned(),
        advance: BOX_ADVANCE,
        ink: Ink::Box,
        lacking: Some(lacking(text, lack)),
    }
}

fn glyph(c: char, face: Face, fonts: &Fonts) -> Option<Ink> {
    if is_shaped(c) {
        return None;
    }
    fonts.chain(face).find_map(|(number, font)| {
        let glyph = font.glyph_of(c).filter(|glyph| font.has_outline(*glyph))?;
        Some(Ink::Glyph { font: number, glyph })
    })
}

fn sequence(base: char, selector: char, face: Face, fonts: &Fonts) -> Option<Ink> {
    fonts.chain(face).find_map(|(number, font)| {
        let glyph = font.glyph_of_sequence(base, selector)?;
        font.has_outline(glyph).then_some(Ink::Glyph { font: number, glyph })
    })
}

/// The one character that `base` and `marks` make, if there is one.
fn composed(base: char, marks: &str) -> Option<char> {
    marks.chars().try_fold(base, compose)
}

fn drawn(text: &str, ink: Ink, fonts: &Fonts) -> Cluster {
    let advance = match ink {
        Ink::Glyph { font, glyph } => fonts.font(font).advance(glyph),
        Ink::Box => BOX_ADVANCE,
    };
    Cluster { text: text.to_owned(), advance, ink, lacking: None }
}

fn lacking(text: &str, lack: Lack) -> Lacking {
    let code_points: Vec<String> = text.chars().map(|c| format!("U+{:04X}", c as u32)).collect();
    Lacking { character: text.to_owned(), code_point: code_points.join(" "), lack }
}

fn without_code_point(name: String) -> Cluster {
    Cluster {
        text: String::new(),
        advance: BOX_ADVANCE,
        ink: Ink::Box,
        lacking: Some(Lacking {
            character: "□".to_owned(),
            code_point: name,
            lack: Lack::NoCodePoint,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(text: &str) -> Vec<(String, Lack)> {
        let clusters = of_str(text, Face::Gothic, &Fonts::shipped());
        let lacking = clusters.into_iter().filter_map(|cluster| cluster.lacking);
        lacking.map(|lacking| (lacking.code_point, lacking.lack)).collect()
    }

    #[test]
    fn ordinary_and_hard_characters_of_the_shipped_font_are_drawn_as_written() {
        for text in
            ["髙﨑　一郎", "葛\u{E0100}城 辻\u{E0100} 神\u{E0100}", "\u{FA19}山", "㋿①㈱Ⅲ", "ｼｹﾝ"]
        {
            assert_eq!(lacks(text), [], "{text}");
        }
    }

    #[test]
    fn a_character_no_font_has_is_an_empty_box_with_its_code_point() {
        assert_eq!(lacks("𠮷田"), [("U+20BB7".to_owned(), Lack::NoGlyph)]);
        assert_eq!(lacks("槗本"), [("U+69D7".to_owned(), Lack::NoGlyph)]);
    }

    #[test]
    fn words_that_run_to_the_left_are_left_to_the_pen_whatever_fonts_there_are() {
        let (fonts, _) = Fonts::with_folder(std::path::Path::new("fonts"));
        for name in ["\u{0645}\u{062D}\u{0645}\u{062F}", "\u{05E9}\u{05DC}\u{05D5}\u{05DD}"] {
            let clusters = of_str(name, Face::Gothic, &fonts);
            assert!(clusters.iter().all(|cluster| cluster.ink == Ink::Box), "{name}");
            assert!(clusters.iter().all(|cluster| cluster.lacking.is_some()), "{name}");
        }
    }

    #[test]
    fn an_unknown_variation_sequence_is_an_empty_box_and_never_the_base_character() {
        assert_eq!(lacks("邊\u{E010E}"), [("U+908A U+E010E".to_owned(), Lack::NoVariant)]);
        assert_eq!(of_str("邊\u{E010E}", Face::Gothic, &Fonts::shipped())[0].ink, Ink::Box);
    }

    #[test]
    fn a_kana_and_its_voicing_mark_are_one_cluster_and_keep_their_text() {
        let clusters = of_str("か\u{3099}い", Face::Gothic, &Fonts::shipped());
        let composed = of_str("が", Face::Gothic, &Fonts::shipped());
        assert_eq!(clusters.len(), 2);
        assert_eq!(clusters[0].ink, composed[0].ink);
        assert_eq!(clusters[0].text, "か\u{3099}");
    }

    #[test]
    fn a_compatibility_ideograph_keeps_its_own_glyph() {
        let both = of_str("\u{FA19}神", Face::Gothic, &Fonts::shipped());
        assert_ne!(both[0].ink, both[1].ink);
    }

    #[test]
    fn pieces_without_a_code_point_are_boxes() {
        let text = Text::from_pieces([Piece::Text("山".into()), Piece::Gaiji(2), Piece::Missing]);
        let clusters = of_text(&text, Face::Gothic, &Fonts::shipped());
        let lacks: Vec<_> =
            clusters.iter().filter_map(|cluster| cluster.lacking.as_ref()).collect();
        assert_eq!(lacks.len(), 2);
        assert_eq!(lacks[0].code_point, "外字 2");
        assert!(lacks.iter().all(|lacking| lacking.lack == Lack::NoCodePoint));
    }
}
