//! What may not be among the rows: a 個人番号 (番号法 第19・20条). Nobody needs it here, so
//! a text that looks like it holds one is refused whole, whichever columns would be used.
//!
//! One that is cut otherwise than into fours or single digits, or that has lost a leading
//! nought, is not found: of the other digits that would have to be tried for it, one in
//! eleven passes the check digit by chance.

use unicode_normalization::UnicodeNormalization;

use super::Refused;
use crate::{kana, personal_number};

/// What the number is called, as [`folded`] leaves it.
const NAMES: [&str; 7] = [
    "個人番号",
    "個人識別番号",
    "マイナンバ",
    "個人ナンバ",
    "個人no",
    "mynumber",
    "individualnumber",
];

/// Refuses a head that is called as the number is, and a cell that could be one.
pub(super) fn refuse(lines: &[(usize, Vec<String>)]) -> Result<(), Refused> {
    let Some((_, heads)) = lines.first() else { return Ok(()) };
    if let Some(head) = heads.iter().find(|head| is_name(head)) {
        return Err(Refused::NumberColumn(head.trim().to_owned()));
    }
    for (line, cells) in lines {
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let (line, whole) = (*line, |cell: &String| personal_number::contains(cell));
        let column = cells.iter().position(whole).or_else(|| in_pieces(&cells));
        if let Some(column) = column {
            return Err(Refused::NumberCell { line, column: column + 1 });
        }
    }
    Ok(())
}

/// A cell as it is seen: of one width, with one kind of blank, and without what has no
/// width at all.
fn plain(cell: &str) -> String {
    let is_seen = |letter: &char| {
        !matches!(letter, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
    };
    let blank = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    cell.nfkc().filter(is_seen).map(blank).collect()
}

/// Whether a head means the number, in whatever width, with whatever between.
fn is_name(head: &str) -> bool {
    let head = folded(head);
    NAMES.iter().any(|name| head.contains(name))
}

/// Letters and digits alone, of one width, kana as katakana, small letters; the long
/// mark, which is typed as many a dash, left out.
fn folded(head: &str) -> String {
    let katakana = kana::to_katakana(&head.nfkc().collect::<String>());
    let letters = katakana.chars().filter(|letter| letter.is_alphanumeric() && *letter != 'ー');
    letters.flat_map(char::to_lowercase).collect()
}

/// The place of the first of some cells that hold the number cut into fours, or into
/// single digits, as forms with boxes are saved.
fn in_pieces(cells: &[String]) -> Option<usize> {
    [4_usize, 1].into_iter().find_map(|len| {
        let whole =
            |digits: &&str| digits.len() == len && digits.bytes().all(|byte| byte.is_ascii_digit());
        let pieces: Vec<Option<&str>> =
            cells.iter().map(|cell| Some(cell.trim()).filter(whole)).collect();
        pieces.windows(12 / len).position(|window| {
            let joined: Option<String> = window.iter().copied().collect();
            joined.is_some_and(|digits| personal_number::contains(&digits))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_known_however_it_is_written() {
        for head in [
            "個人番号",
            "　個 人 番 号　",
            "個人番号（12桁）",
            "世帯員の個人番号",
            "マイナンバー",
            "ﾏｲﾅﾝﾊﾞｰ",
            "まいなんばー",
            "マイナンバ－",
            "マイ・ナンバー",
            "ﾏｲ ﾅﾝﾊﾞ",
            "個人識別番号",
            "My Number",
            "ＭＹ＿ＮＵＭＢＥＲ",
            "my-number",
            "個人Ｎｏ．",
            "個人\u{200B}番号",
        ] {
            assert!(is_name(head), "{head}");
        }
        for head in ["氏名", "宛名番号", "世帯番号", "住民票コード", "個人", "番号", "電話番号"]
        {
            assert!(!is_name(head), "{head}");
        }
    }

    #[test]
    fn a_number_is_found_in_one_cell_and_in_pieces() {
        let cells = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let found = |text: &str| refuse(&[(1, cells("見出し")), (7, cells(text))]);
        let at = |column| Err(Refused::NumberCell { line: 7, column });
        assert_eq!(found("試験,123456789018"), at(2));
        assert_eq!(found("１２３４－５６７８－９０１８"), at(1));
        assert_eq!(found("試験,1234,5678,9018"), at(2));
        for hidden in [
            "1234\u{200B}5678\u{200B}9018",
            "12\u{FEFF}345678\u{2060}9018",
            "1234\u{A0}5678\u{2009}9018",
            "1234\u{3000}5678\u{205F}9018",
            "①②③④⑤⑥⑦⑧⑨０①⑧",
            "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖",
            "1234\u{200E},５６７８,90\u{AD}18",
        ] {
            assert_eq!(found(hidden), at(1), "{hidden:?}");
        }
        assert_eq!(found("1,2,3,4,5,6,7,8,9,0,1,8"), at(1));
        assert_eq!(found("試験,1234,5678,9019,123456789012"), Ok(()));
        assert_eq!(found("19930514,9990002,2026-11-24"), Ok(()));
    }
}
