//! Characters without a code point, as they come back from a screen.

use super::super::template::{Kind, Question};
use super::Raw;
use crate::text::{Piece, Text};

/// How a character without a code point is shown and typed.
const BOX: char = '□';

impl Raw {
    /// Reads every □ of words as a character that a pen will write: those of
    /// `before`, what stood in the entry, stay what they were, in order, and one
    /// more is left out (欠字). As an ordinary character it would be printed, and
    /// nobody would write over it.
    pub fn with_boxes(self, question: &Question, before: Option<&Text>) -> Raw {
        let takes_boxes = matches!(question.kind, Kind::Name | Kind::Address | Kind::Text);
        match self {
            Raw::One(typed) if takes_boxes && typed.contains(BOX) => {
                Raw::Words(pieces(&typed, before))
            }
            raw => raw,
        }
    }
}

fn pieces(typed: &str, before: Option<&Text>) -> Text {
    let mut boxes = before.into_iter().flat_map(|text| text.pieces());
    let mut next_box = || boxes.find(|piece| !matches!(piece, Piece::Text(_))).cloned();
    let mut pieces = Vec::new();
    for (n, words) in typed.trim().split(BOX).enumerate() {
        if n > 0 {
            pieces.push(next_box().unwrap_or(Piece::Missing));
        }
        pieces.push(Piece::Text(words.to_owned()));
    }
    Text::from_pieces(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stays_the_character_of_the_card_or_is_left_for_the_pen() {
        let question: Question = toml::from_str(
            "id = 'a.b'\npage = 'a'\nkind = 'name'\nlabel = { ja = 'あ', en = 'a' }",
        )
        .unwrap();
        let name = Text::from_pieces([
            Piece::Text("山".into()),
            Piece::Gaiji(1),
            Piece::Text("　太郎".into()),
        ]);
        let words = |pieces: Vec<Piece>| Raw::Words(Text::from_pieces(pieces));
        let with_boxes = |typed: &str, before: Option<&Text>| {
            Raw::One(typed.to_owned()).with_boxes(&question, before)
        };
        assert_eq!(with_boxes(&name.to_string(), Some(&name)), Raw::Words(name.clone()));
        assert_eq!(
            with_boxes("山□　□郎", Some(&name)),
            words(vec![
                Piece::Text("山".into()),
                Piece::Gaiji(1),
                Piece::Text("　".into()),
                Piece::Missing,
                Piece::Text("郎".into()),
            ])
        );
        assert_eq!(with_boxes("山﨑　太郎", Some(&name)), Raw::One("山﨑　太郎".into()));
        assert_eq!(with_boxes("□", None), words(vec![Piece::Missing]));
    }
}
