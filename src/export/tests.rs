//! What a receiving system reads is what was stored, after the changes that were told.

use encoding_rs::SHIFT_JIS;

use super::*;
use crate::text::Piece;

mod any;
mod reading;

fn profile(text: &str) -> Profile {
    let head =
        "[[export]]\nid = \"t\"\nname = { ja = \"試\", en = \"T\" }\nsource = \"applications\"\n";
    let tables = "[shrink.names]\n\"𠮷\" = \"吉\"\n\"髙\" = \"高\"\n\"辻\u{E0100}\" = \"辻\"\n";
    let profiles: Profiles = toml::from_str(&format!("{tables}{head}{text}")).unwrap();
    profiles.profiles().remove(0)
}

fn row(key: &str, values: &[&str]) -> Row {
    let text = |text: &&str| Some(Value::Text((*text).into()));
    Row { key: key.to_owned(), values: values.iter().map(text).collect() }
}

/// The letters of a list, without the mark at its beginning.
fn list(file: &File) -> &str {
    std::str::from_utf8(&file.bytes).unwrap().strip_prefix('\u{feff}').unwrap()
}

const TWO: &str = "column = [{ name = \"番号\", field = \"receipt\" }, { name = \"氏名\", field = \
     \"applicant.name\" }]\n";

/// The names of two invented residents, in each encoding. The bytes of CP932 were made
/// with another implementation (`iconv -t CP932` of glibc).
#[test]
fn each_encoding_has_its_bytes() {
    let rows = [row("r-1", &["1", "髙﨑　一郎"]), row("r-2", &["2", "辻\u{E0100}　𠮷男"])];
    let bytes = |text: &str| super::rows(&profile(text), "t", &rows).file.bytes;
    let first = b"\"\x94\xd4\x8d\x86\",\"\x8e\x81\x96\xbc\"\r\n\"1\",\"\xfb\xfc\xfa\xb1\x81\x40\x88\xea\x98\x59\"\r\n\
          \"2\",\"\x92\xd2\x81\x40\x8b\x67\x92\x6a\"\r\n";
    assert_eq!(bytes(&format!("shrink = \"names\"\n{TWO}")), first);
    // 髙 is no letter of JIS X 0208, and of 﨑 the table says nothing.
    let older = "letters = \"jis_x_0208\"\nlacking = \"geta\"\nshrink = \"names\"\nquote = \
                 \"needed\"\nline_end = \"lf\"\n";
    let second = b"\x94\xd4\x8d\x86,\x8e\x81\x96\xbc\n1,\x8d\x82\x81\xac\x81\x40\x88\xea\x98\x59\n\
          2,\x92\xd2\x81\x40\x8b\x67\x92\x6a\n";
    assert_eq!(bytes(&format!("{older}{TWO}")), second);
    let marked = "encoding = \"utf8_bom\"\nquote = \"needed\"\nseparator = \"tab\"\n";
    assert_eq!(
        bytes(&format!("{marked}{TWO}")),
        "\u{feff}番号\t氏名\r\n1\t髙﨑　一郎\r\n2\t辻\u{E0100}　𠮷男\r\n".as_bytes()
    );
    let plain = "encoding = \"utf8\"\nquote = \"needed\"\nheader = false\n";
    assert_eq!(
        bytes(&format!("{plain}{TWO}")),
        "1,髙﨑　一郎\r\n2,辻\u{E0100}　𠮷男\r\n".as_bytes()
    );
    let json = "format = \"json\"\n";
    assert_eq!(
        bytes(&format!("{json}{TWO}")),
        "[\n  {\n    \"氏名\": \"髙﨑　一郎\",\n    \"番号\": \"1\"\n  },\n  {\n    \"氏名\": \
         \"辻\u{E0100}　𠮷男\",\n    \"番号\": \"2\"\n  }\n]\n"
            .as_bytes()
    );
}

#[test]
fn every_letter_that_was_written_otherwise_stands_in_a_list() {
    let rows = [
        row("r-1", &["1", "髙﨑　一郎"]),
        row("r-2", &["〜¥\\~", "辻\u{E0100}　𠮷男"]),
        row("r-3", &["=1", "-3"]),
    ];
    let text = format!("letters = \"jis_x_0208\"\nlacking = \"geta\"\nshrink = \"names\"\n{TWO}");
    let made = super::rows(&profile(&text), "t", &rows);
    let files = made.files("t");
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["t.csv", "t.changes.csv", "t.rejects.csv"]);
    assert_eq!(
        list(&files[1]).lines().collect::<Vec<_>>(),
        [
            CHANGES,
            "1,r-1,氏名,1,縮退,髙,U+9AD9,高,U+9AD8",
            "1,r-1,氏名,2,〓（書けない字）,﨑,U+FA11,〓,U+3013",
            "2,r-2,番号,1,同じ記号の別の符号,〜,U+301C,～,U+FF5E",
            "2,r-2,番号,2,同じ記号の別の符号,¥,U+00A5,￥,U+FFE5",
            "2,r-2,氏名,1,縮退,辻\u{E0100},U+8FBB U+E0100,辻,U+8FBB",
            "2,r-2,氏名,4,縮退,𠮷,U+20BB7,吉,U+5409",
            "3,r-3,番号,1,数式でない印,,,',U+0027",
        ]
    );
    assert_eq!(list(&files[2]).lines().collect::<Vec<_>>(), [REJECTS]);
}

#[test]
fn what_cannot_be_written_stands_in_a_list_and_not_in_the_file() {
    let text = "encoding = \"cp932\"\ncolumn = [\n\
        { name = \"氏名\", field = \"a\", required = true, chars_max = 5 },\n\
        { name = \"続柄\", field = \"b\", codes = { head = \"1\" } },\n\
        { name = \"生年月日\", field = \"c\", date = \"wareki_digits\" } ]\n";
    let option = |id: &str| Some(Value::Option(id.to_owned(), "世帯主".to_owned()));
    let with = |key: &str, name: &str, relation, birth: &str| Row {
        key: key.to_owned(),
        values: vec![
            Some(Value::Text(name.into())),
            relation,
            Some(Value::Date(PartialDate::typed(birth).unwrap())),
        ],
    };
    let mut gaiji = with("r-6", "", option("head"), "1989-01-08");
    gaiji.values[0] = Some(Value::Text(Text::from_pieces([Piece::Gaiji(1)])));
    let rows = [
        with("r-1", "髙﨑　一郎", option("head"), "1989-01-08"),
        with("r-2", "辻\u{E0100}　𠮷男", option("head"), "1989-01-08"),
        with("r-3", " ", option("head"), "1989-01-08"),
        with("r-4", "髙橋　龍之介権兵衛", None, "1989-01-08"),
        with("r-5", "髙﨑　二郎", option("wife"), "1989-01-08"),
        gaiji,
        with("r-7", "髙﨑　二郎", None, "1989"),
    ];
    let made = super::rows(&profile(text), "t", &rows);
    assert_eq!(made.rows, 1);
    let (read, _) = SHIFT_JIS.decode_without_bom_handling(&made.file.bytes);
    let lines = ["\"氏名\",\"続柄\",\"生年月日\"", "\"髙﨑　一郎\",\"1\",\"4010108\""];
    assert_eq!(read.lines().collect::<Vec<_>>(), lines);
    let files = made.files("t");
    assert_eq!(
        list(&files[2]).lines().collect::<Vec<_>>(),
        [
            REJECTS,
            "r-2,氏名,書けない字「𠮷」（U+20BB7）",
            "r-3,氏名,必要な項目が空です",
            "r-4,氏名,5 文字より長い値です",
            "r-5,続柄,コードの表にない値です",
            "r-6,氏名,書けない字「□」（U+25A1）",
            "r-7,生年月日,元号が分からない年です",
        ]
    );
}

#[test]
fn a_cell_is_measured_with_what_was_added_to_it_and_no_machine_s_own_letter_leaves() {
    let text =
        "encoding = \"utf8\"\ncolumn = [{ name = \"備考\", field = \"a\", chars_max = 3 }]\n";
    let rows = [row("r-1", &["=12"]), row("r-2", &["=1"]), row("r-3", &["\u{E000}"])];
    let made = super::rows(&profile(text), "t", &rows);
    assert_eq!(String::from_utf8(made.file.bytes.clone()).unwrap(), "\"備考\"\r\n\"'=1\"\r\n");
    assert_eq!(
        list(&made.files("t")[2]).lines().skip(1).collect::<Vec<_>>(),
        ["r-1,備考,3 文字より長い値です", "r-3,備考,書けない字「\u{E000}」（U+E000）"]
    );
}

#[test]
fn what_is_kept_of_a_file_holds_nothing_of_its_rows() {
    let text = format!("shrink = \"names\"\n{TWO}");
    let made = super::rows(&profile(&text), "t", &[row("r-1", &["1", "髙﨑　一郎"])]);
    let days = [time::macros::date!(2026 - 11 - 24); 2];
    let facts = made.bundle("t", days, &stem("t", days)).facts().to_string();
    for personal in ["髙", "一郎", "r-1"] {
        assert!(!facts.contains(personal), "{facts}");
    }
    assert!(facts.contains("\"rows\":1") && facts.contains("\"sha256\":\""), "{facts}");
}
