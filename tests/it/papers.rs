//! The shipped papers, with people of every kind on them, read the way they always
//! did. `UPDATE_GOLDEN=1` writes down what they say now.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::stage::skip;

const FORMS: [&str; 6] = ["ido", "inkan", "juminhyo", "koseki", "koseki_koiki", "zei"];

fn fixture(form: &str, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/papers/{form}.{ending}"))
}

/// The words on a paper in the order they stand there, and what `fill` had to say.
fn paper(folder: &Path, form: &str, case: &Value) -> Option<String> {
    std::fs::write(folder.join("case.json"), case.to_string()).unwrap();
    let mut fill = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    fill.args(["fill", form, "--input", "case.json", "--out", "form.pdf"]);
    let filled = fill.current_dir(folder).output().unwrap();
    let said = String::from_utf8(filled.stderr).unwrap();
    assert!(filled.status.success(), "{form}: {said}");
    let mut reader = Command::new("pdftotext");
    let read = reader.args(["-raw", "form.pdf", "-"]).current_dir(folder).output();
    let words = read.ok().filter(|read| read.status.success())?.stdout;
    let words = String::from_utf8(words).unwrap();
    let lines = words.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    Some(format!("{}\n{said}", lines.join("\n")))
}

#[test]
fn every_shipped_paper_says_what_it_always_said_for_people_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    for form in FORMS {
        let cases = std::fs::read_to_string(fixture(form, "json")).unwrap();
        let cases: serde_json::Map<String, Value> = serde_json::from_str(&cases).unwrap();
        let mut found = String::new();
        for (name, case) in &cases {
            let Some(words) = paper(folder.path(), form, case) else {
                return skip("the words of the papers", "pdftotext is not installed");
            };
            found += &format!("== {name}\n{words}\n");
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(fixture(form, "txt"), &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(fixture(form, "txt")).unwrap(), "{form}");
    }
}
