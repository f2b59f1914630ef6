//! JIS X 0208 in seven bits, as a licence writes it: two bytes a character, each
//! `21`–`7E`, no escape sequences. `FFF1`–`FFF7` stand for pictures (外字) and
//! `FFFA` for a character that the card could not hold (欠字).

use encoding_rs::EUC_JP;

use crate::text::{Piece, Text};

/// Decodes pair by pair, so that nothing undefined is taken for a neighbour's
/// half and no look-alike is ever put in its place.
pub(super) fn decode(bytes: &[u8]) -> Text {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let odd = odd.iter().map(|byte| Piece::Unknown(u16::from(*byte)));
    Text::from_pieces(pairs.iter().map(|pair| decode_pair(*pair)).chain(odd))
}

fn decode_pair(pair: [u8; 2]) -> Piece {
    match pair {
        [0xFF, number @ 0xF1..=0xF7] => Piece::Gaiji(number - 0xF0),
        [0xFF, 0xFA] => Piece::Missing,
        [0x21..=0x7E, 0x21..=0x7E] => {
            character(pair).map_or_else(|| Piece::Unknown(u16::from_be_bytes(pair)), Piece::Text)
        }
        _ => Piece::Unknown(u16::from_be_bytes(pair)),
    }
}

/// EUC-JP is the same table with the high bits set.
fn character(pair: [u8; 2]) -> Option<String> {
    let euc = pair.map(|byte| byte | 0x80);
    EUC_JP
        .decode_without_bom_handling_and_without_replacement(&euc)
        .map(std::borrow::Cow::into_owned)
}

/// The bytes of a text, or `None` if JIS X 0208 lacks one of its characters.
pub(super) fn encode(text: &Text) -> Option<Vec<u8>> {
    let pieces: Option<Vec<Vec<u8>>> = text.pieces().iter().map(encode_piece).collect();
    pieces.map(|pieces| pieces.concat())
}

fn encode_piece(piece: &Piece) -> Option<Vec<u8>> {
    match piece {
        Piece::Gaiji(number) => Some(vec![0xFF, 0xF0 + number]),
        Piece::Missing => Some(vec![0xFF, 0xFA]),
        Piece::Unknown(code) => Some(code.to_be_bytes().to_vec()),
        Piece::Text(text) => {
            let (euc, _, replaced) = EUC_JP.encode(text);
            let two_bytes_each =
                euc.iter().all(|byte| *byte >= 0xA1) && euc.len().is_multiple_of(2);
            (!replaced && two_bytes_each).then(|| euc.iter().map(|byte| byte & 0x7F).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kanji_kana_and_full_width_signs_are_read() {
        let bytes = [0x3B, 0x6E, 0x38, 0x33, 0x21, 0x21, 0x25, 0x37, 0x21, 0x5D];
        assert_eq!(decode(&bytes), Text::from("試験　シ－"));
        assert_eq!(encode(&Text::from("試験　シ－")).unwrap(), bytes);
    }

    #[test]
    fn pictures_gaps_and_undefined_codes_become_pieces_of_their_own() {
        let bytes = [0x3B, 0x33, 0xFF, 0xF1, 0xFF, 0xFA, 0xFF, 0xF9, 0x75, 0x21, 0x21, 0x21, 0x41];
        let pieces = [
            Piece::Text("山".into()),
            Piece::Gaiji(1),
            Piece::Missing,
            Piece::Unknown(0xFFF9),
            Piece::Unknown(0x7521),
            Piece::Text("　".into()),
            Piece::Unknown(0x41),
        ];
        assert_eq!(decode(&bytes), Text::from_pieces(pieces));
    }

    #[test]
    fn what_the_set_lacks_is_not_encoded_as_something_else() {
        for text in ["𠮷", "辻\u{E0100}", "A", "ｱ"] {
            assert_eq!(encode(&Text::from(text)), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_lost_or_make_the_decoder_panic(bytes: Vec<u8>) {
            let text = decode(&bytes);
            let characters: usize = text.pieces().iter().map(|piece| match piece {
                Piece::Text(text) => text.chars().count(),
                _ => 1,
            }).sum();
            prop_assert_eq!(characters, bytes.len().div_ceil(2));
        }
    }
}
