//! Files for other systems: every slip of the pen is told with its line before anything
//! is written by it.

use super::*;
use crate::export::{Encoding, Letters};

/// What is told of an office whose `exports.toml` is `text`, forms and all.
fn told(text: &str) -> Vec<String> {
    told_of(("exports.toml", text))
}

/// A faultless profile.
const WELL: &str = r#"[shrink.names]
"𠮷" = "吉"

[[export]]
id = "list"
name = { ja = "一覧", en = "List" }
source = "applications"
forms = ["juminhyo"]
encoding = "cp932"
shrink = "names"
column = [
  { name = "番号", field = "receipt" },
  { name = "氏名", field = "applicant.name" },
  { name = "続柄", field = "juminhyo.relation", codes = { self = "1" }, otherwise = "9" },
  { name = "写し", field = "juminhyo.copies.copy" },
  { name = "出どころ", field = "applicant.name.source" },
]
"#;

#[test]
fn the_example_has_a_file_of_each_kind() {
    let config = example();
    let rpa = config.export("juminhyo_rpa").unwrap();
    assert_eq!((rpa.encoding(), rpa.letters()), (Encoding::Cp932, Letters::JisX0208));
    assert_eq!(rpa.table.0.get("𠮷").map(String::as_str), Some("吉"));
    assert!(rpa.is_personal() && !config.export("nikkei").unwrap().is_personal());
    assert_eq!(config.export("applications_json").unwrap().encoding(), Encoding::Utf8);
    let forms = crate::form::Forms::load(Path::new("templates/forms")).unwrap();
    assert_eq!(config.against_forms(&forms), []);
    assert_eq!(told(WELL), [""; 0]);
}

/// What is written instead, and what is told of it.
const BROKEN: &[(&str, &str, &str)] = &[
    // The three that a writer of profiles meets first.
    (
        "\"applicant.name\" }",
        "\"applicant.nane\" }",
        "exports.toml:13: 「applicant.nane」という項目はありません → 「applicant.name」と書きます",
    ),
    (
        "name = \"氏名\"",
        "name = \"番号\"",
        "exports.toml:13: 列「番号」が重なっています → ほかと重ならない名前にしてください",
    ),
    (
        "\"cp932\"",
        "\"sjis\"",
        "exports.toml:9: 「sjis」は選べません → 「cp932」「utf8」「utf8_bom」のどれかを書きます",
    ),
    (
        "\"juminhyo.copies.copy\"",
        "\"juminhyo.copies.cop\"",
        "exports.toml:15: 「juminhyo.copies.cop」という項目はありません → 「juminhyo.copies.copy」と書きます",
    ),
    (
        "\"juminhyo\"]",
        "\"juminhyu\"]",
        "exports.toml:8: 「juminhyu」は templates/forms にありません → 「juminhyo」と書きます",
    ),
    (
        "shrink = \"names\"",
        "shrink = \"name\"",
        "exports.toml:10: 「name」は [shrink] にありません → 「names」と書きます",
    ),
    (
        "= \"吉\"",
        "= \"𠮷\"",
        "exports.toml:2: 「𠮷」は、ファイル「list」の文字にありません → \
             そのファイルに書ける字を選んでください",
    ),
    (
        "\"𠮷\" =",
        "\"𠮷田\" =",
        "exports.toml:2: 「𠮷田」は一つの字ではありません → \
             一つの字を、一行に一つずつ書いてください",
    ),
    (
        "id = \"list\"",
        "id = \"queue\"",
        "exports.toml:5: 「queue」は、はじめからあるファイルの名前です → 別の名前にしてください",
    ),
    (
        "name = \"出どころ\"",
        "name = \"=出どころ\"",
        "exports.toml:16: 「=出どころ」は、表計算ソフトに数式とみなされます → \
             「=」「+」「-」「@」で始めないでください",
    ),
    (
        "name = \"出どころ\"",
        "name = \"𠮷\"",
        "exports.toml:16: 「𠮷」（U+20BB7）は、このファイルの文字にありません → \
             ほかの字で書くか、letters か encoding を選び直してください",
    ),
    (
        "field = \"receipt\"",
        "field = \"receipt\", value = \"1\"",
        "exports.toml:12: 値をどこから取るかが分かりません → \
             field か value の、どちらか一つを書いてください",
    ),
    (
        "codes = { self = \"1\" }, ",
        "",
        "exports.toml:14: コードの表がありません → codes を書くか、この行を消してください",
    ),
    (
        "encoding",
        "format = \"json\"\nencoding",
        "exports.toml:10: この文字コードで書けるのは CSV だけです → \
             「utf8」と書くか、この行を消してください",
    ),
    (
        "\"applications\"",
        "\"takings_sums\"",
        "exports.toml:8: 様式を選べるのは申請のファイルだけです → forms を消してください",
    ),
];

#[test]
fn every_rule_of_a_profile_can_be_broken() {
    for (from, to, expected) in BROKEN {
        assert!(WELL.contains(from), "{from}");
        let found = told(&WELL.replacen(from, to, 1));
        assert!(found.iter().any(|one| one == *expected), "{expected}\n{found:#?}");
    }
}
