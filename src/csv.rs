//! Files for spreadsheets. No cell is taken for a formula or for two.

use serde::Deserialize;

use crate::cp932;

/// The mark that it is UTF-8, without which spreadsheets in Japan take it for something
/// else.
const MARK: char = '\u{feff}';

/// How letters are written in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// With the mark.
    #[default]
    Utf8,
    /// For programs that know nothing else; what it lacks is 〓.
    Cp932,
}

/// A whole file.
pub fn bytes(lines: &[String], encoding: Encoding) -> Vec<u8> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    match encoding {
        Encoding::Utf8 => format!("{MARK}{text}").into_bytes(),
        Encoding::Cp932 => cp932::bytes(&text),
    }
}

/// A whole file in UTF-8.
pub fn file(lines: &[String]) -> String {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    format!("{MARK}{text}")
}

/// One line of fields.
pub fn line(fields: &[String]) -> String {
    fields.iter().map(|field| cell(field)).collect::<Vec<_>>().join(",")
}

/// Whether a spreadsheet could take a cell for a formula. A number below nothing is none.
/// Where people write in full width, signs of full width may be taken for the narrow ones,
/// unless they stand alone, as a mark that there is nothing.
pub fn is_formula(text: &str) -> bool {
    let is_number = text.strip_prefix(['-', '－']).is_some_and(|digits| {
        let is_digit = |one: char| one.is_ascii_digit() || ('０'..='９').contains(&one);
        !digits.is_empty() && digits.chars().all(is_digit)
    });
    let wide = text.strip_prefix(['＝', '＋', '－', '＠']).is_some_and(|rest| !rest.is_empty());
    (wide || text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])) && !is_number
}

/// A cell that no spreadsheet takes for a formula or for two. A number below nothing is
/// one, and stays.
pub fn cell(text: &str) -> String {
    let text = if is_formula(text) { format!("'{text}") } else { text.to_owned() };
    match text.contains([',', '"', '\r', '\n']) {
        true => quoted(&text),
        false => text,
    }
}

/// In quotation marks, its own doubled (RFC 4180 §2.7).
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_comma_is_one_cell_and_no_formula() {
        assert_eq!(cell("証明書, 税"), "\"証明書, 税\"");
        assert_eq!(cell("いわゆる\"証明\""), "\"いわゆる\"\"証明\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("A12"), "A12");
        for (text, safe) in [
            ("-300", "-300"),
            ("-", "'-"),
            ("-1+1", "'-1+1"),
            ("+81", "'+81"),
            ("＝１＋１", "'＝１＋１"),
            ("＠SUM(A1)", "'＠SUM(A1)"),
            ("－３００", "－３００"),
            ("－", "－"),
            ("\n=1", "\"'\n=1\""),
        ] {
            assert_eq!(cell(text), safe);
        }
    }

    #[test]
    fn a_file_says_in_which_letters_it_is_written() {
        let lines = ["髙﨑,𠮷".to_owned(), "1".to_owned()];
        assert_eq!(bytes(&lines, Encoding::Utf8), "\u{feff}髙﨑,𠮷\r\n1\r\n".as_bytes());
        let old = bytes(&lines, Encoding::Cp932);
        assert_eq!(old, b"\xfb\xfc\xfa\xb1,\x81\xac\r\n1\r\n");
    }
}
