//! Whatever stands in a cell and however the profile wants it: it is read back as it was
//! stored, after exactly the changes that the list names; and it is never a formula.

use proptest::prelude::*;

use super::*;
use crate::csv;

/// What makes trouble in one of the encodings, in CSV or in a spreadsheet.
const LETTERS: &[&str] = &[
    "a",
    "1",
    " ",
    "　",
    ",",
    "\"",
    "'",
    "\t",
    "\r",
    "\n",
    "=",
    "+",
    "-",
    "@",
    "＝",
    "－",
    "山",
    "表",
    "ソ",
    "髙",
    "﨑",
    "𠮷",
    "辻\u{E0100}",
    "葛\u{E0101}",
    "\u{FA19}",
    "〜",
    "−",
    "—",
    "‖",
    "¥",
    "‾",
    "\\",
    "~",
    "ゔ",
    "①",
    "㈱",
    "ｶﾞ",
    "か\u{3099}",
    "噓",
    "é",
    "☃",
    "\u{E000}",
    "\u{1}",
];

fn words() -> impl Strategy<Value = String> {
    let letter = proptest::sample::select(LETTERS);
    proptest::collection::vec(letter, 0..8).prop_map(|letters| letters.concat())
}

fn any_profile() -> impl Strategy<Value = String> {
    let one = |options: &'static [&'static str]| proptest::sample::select(options);
    (
        one(&["cp932", "utf8", "utf8_bom"]),
        one(&["", "letters = \"cp932\"\n", "letters = \"jis_x_0208\"\n"]),
        one(&["all", "needed"]),
        one(&["comma", "tab"]),
        one(&["crlf", "lf"]),
        one(&["reject", "geta"]),
        one(&["", "shrink = \"names\"\n"]),
    )
        .prop_map(|(encoding, letters, quote, separator, end, lacking, shrink)| {
            format!(
                "encoding = \"{encoding}\"\n{letters}quote = \"{quote}\"\nseparator = \
                 \"{separator}\"\nline_end = \"{end}\"\nlacking = \"{lacking}\"\n{shrink}{TWO}"
            )
        })
}

/// The stored words with the changes that the list names for this row and column.
fn changed(stored: &str, changes: &[Vec<String>], row: usize, column: &str) -> String {
    let mut letters: Vec<String> = stored.chars().map(String::from).collect();
    let own = |line: &&Vec<String>| line[0] == row.to_string() && line[2] == column;
    for line in changes.iter().filter(own).collect::<Vec<_>>().into_iter().rev() {
        let (at, before) = (line[3].parse::<usize>().unwrap() - 1, &line[5]);
        let long = before.chars().count();
        assert_eq!(letters[at..at + long].concat(), *before, "the list says what stood there");
        letters.splice(at..at + long, [line[7].clone()]);
    }
    letters.concat()
}

proptest! {
    #[test]
    fn a_file_is_read_back_as_it_was_stored_but_for_what_the_list_names(
        text in any_profile(),
        stored in proptest::collection::vec([words(), words()], 1..6),
    ) {
        let profile = profile(&text);
        let rows: Vec<Row> = stored
            .iter()
            .enumerate()
            .map(|(at, [one, two])| row(&format!("r-{at}"), &[one, two]))
            .collect();
        let made = super::super::rows(&profile, "t", &rows);
        let (count, files) = (made.rows, made.clone().files("t"));
        let decoded = match profile.encoding() {
            Encoding::Cp932 => {
                let (read, faulty) = SHIFT_JIS.decode_without_bom_handling(&files[0].bytes);
                prop_assert!(!faulty);
                read.into_owned()
            }
            Encoding::Utf8 => String::from_utf8(files[0].bytes.clone()).unwrap(),
            Encoding::Utf8Bom => list(&files[0]).to_owned(),
        };
        let separator = if profile.separator == Separator::Tab { '\t' } else { ',' };
        let read = reading::table(&decoded, separator);
        prop_assert_eq!(&read[0], &["番号", "氏名"]);
        let changes = reading::table(list(&files[1]), ',');
        let rejects = reading::table(list(&files[2]), ',');
        let written: Vec<&Row> = rows
            .iter()
            .filter(|row| rejects.iter().all(|line| line[0] != row.key))
            .collect();
        prop_assert_eq!((read.len() - 1, written.len()), (count, count), "each row is in one of them");
        for (at, (row, cells)) in written.iter().zip(&read[1..]).enumerate() {
            for (column, (value, cell)) in ["番号", "氏名"].iter().zip(row.values.iter().zip(cells)) {
                let Some(Value::Text(text)) = value else { unreachable!() };
                // What is blank is written as nothing.
                let stored = if text.is_blank() { String::new() } else { text.to_string() };
                prop_assert_eq!(&changed(&stored, &changes[1..], at + 1, column), cell);
                prop_assert!(!csv::is_formula(cell), "{cell:?}");
                prop_assert!(profile.letters().hold(cell), "{cell:?}");
            }
        }
        // A row is left out only where the profile says to leave it out, or a letter has
        // no form at all.
        for (row, _) in rows.iter().zip(0..).filter(|(row, _)| !written.contains(row)) {
            prop_assert!(profile.lacking == Lacking::Reject, "{row:?}");
        }
    }
}
