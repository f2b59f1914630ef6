//! Words about a person, exactly as they were read.
//!
//! A name may hold characters that no code point exists for: a driver's licence
//! stores them as pictures (外字) and says so in place. So a text is a row of
//! pieces, and nothing here ever normalises, folds or replaces one: NFC alone
//! would turn 神 (U+FA19) into another character. Folding for *searching* lives
//! in [`crate::kana`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// Ordinary characters, with their variation selectors.
    Text(String),
    /// 外字: character `n` (1–7) exists on the card as a picture only.
    Gaiji(u8),
    /// 欠字: the card says that it could not hold this character at all.
    Missing,
    /// Two bytes that the card's character set does not define.
    Unknown(u16),
}

/// A name, an address or any other words, piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<Piece>);

impl Text {
    /// Joins neighbouring ordinary pieces and drops empty ones, so that equal
    /// texts are equal values.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => joined.push(piece),
            }
        }
        Self(joined)
    }

    /// The pieces in reading order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether there is nothing to read: no piece, or only blanks and what leaves
    /// no ink by itself.
    pub fn is_blank(&self) -> bool {
        let is_blank = |text: &str| text.chars().all(|c| c.is_whitespace() || is_invisible(c));
        self.0.iter().all(|piece| matches!(piece, Piece::Text(text) if is_blank(text)))
    }

    /// The words, if every character has a code point.
    pub fn as_plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether a person must complete this text by hand (要確認).
    pub fn needs_hand(&self) -> bool {
        self.0.iter().any(|piece| !matches!(piece, Piece::Text(_)))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from_pieces([Piece::Text(text.to_owned())])
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from_pieces([Piece::Text(text)])
    }
}

impl fmt::Display for Text {
    /// For screens: a character without a code point shows as a box, never as a
    /// look-alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Gaiji(_) | Piece::Missing | Piece::Unknown(_) => f.write_str("□"),
        })
    }
}

/// How a piece without a code point is written in JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PieceJson {
    Text(String),
    Gaiji { gaiji: u8 },
    Missing { missing: bool },
    Unknown { unknown: String },
}

impl Serialize for Text {
    /// A plain string where that says everything, else an array of pieces:
    /// `["山", {"gaiji": 1}, "　太郎"]`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(plain) = self.as_plain() {
            return serializer.serialize_str(plain);
        }
        serializer.collect_seq(self.0.iter().map(|piece| match piece {
            Piece::Text(text) => PieceJson::Text(text.clone()),
            Piece::Gaiji(gaiji) => PieceJson::Gaiji { gaiji: *gaiji },
            Piece::Missing => PieceJson::Missing { missing: true },
            Piece::Unknown(code) => PieceJson::Unknown { unknown: format!("{code:04X}") },
        }))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum TextJson {
            Plain(String),
            Pieces(Vec<PieceJson>),
        }
        let pieces = match TextJson::deserialize(deserializer)? {
            TextJson::Plain(text) => return Ok(Self::from(text)),
            TextJson::Pieces(pieces) => pieces,
        };
        let read = |piece| match piece {
            PieceJson::Text(text) => Ok(Piece::Text(text)),
            PieceJson::Gaiji { gaiji } => Ok(Piece::Gaiji(gaiji)),
            PieceJson::Missing { .. } => Ok(Piece::Missing),
            PieceJson::Unknown { unknown } => u16::from_str_radix(&unknown, 16)
                .map(Piece::Unknown)
                .map_err(|_| serde::de::Error::custom("`unknown` takes four hexadecimal digits")),
        };
        pieces.into_iter().map(read).collect::<Result<Vec<_>, _>>().map(Self::from_pieces)
    }
}

/// Characters that are seen only by what they do to others, or not at all:
/// Default_Ignorable_Code_Point of Unicode 16, and the blank of braille.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_one_json_string_and_keeps_every_character() {
        for name in ["髙﨑　一郎", "辻\u{E0100}　𠮷男", "\u{FA19}山", "か\u{3099}"] {
            let text = Text::from(name);
            assert_eq!(serde_json::to_value(&text).unwrap(), name);
            assert_eq!(serde_json::from_value::<Text>(name.into()).unwrap(), text);
        }
    }

    #[test]
    fn pieces_without_a_code_point_survive_json_and_ask_for_a_hand() {
        let text = Text::from_pieces([
            Piece::Text("山".into()),
            Piece::Gaiji(1),
            Piece::Missing,
            Piece::Unknown(0xFFF9),
            Piece::Text("　太郎".into()),
        ]);
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(json, r#"["山",{"gaiji":1},{"missing":true},{"unknown":"FFF9"},"　太郎"]"#);
        assert_eq!(serde_json::from_str::<Text>(&json).unwrap(), text);
        assert!(text.needs_hand());
        assert_eq!(text.to_string(), "山□□□　太郎");
    }

    #[test]
    fn what_leaves_no_ink_is_blank() {
        for text in ["", " 　", "\u{FE0F}", "\u{AD}\u{AD}", "\u{3164}", "\u{E0100}", "\u{2800} "] {
            assert!(Text::from(text).is_blank(), "{text:?}");
        }
        for text in ["-", "辻\u{E0100}", "\u{3099}"] {
            assert!(!Text::from(text).is_blank(), "{text:?}");
        }
        assert!(!Text::from_pieces([Piece::Missing]).is_blank());
    }
}
