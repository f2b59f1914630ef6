//! The shipped papers, with people of every kind on them, read the way they always
//! did, and with their samples look it. `UPDATE_GOLDEN=1` writes down what they say
//! and how they look now.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::stage::picture::{Picture, told};
use crate::stage::skip;

const FORMS: [&str; 6] = ["ido", "inkan", "juminhyo", "koseki", "koseki_koiki", "zei"];

fn fixture(form: &str, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/papers/{form}.{ending}"))
}

/// Dots an inch of the kept pictures.
const DPI: u32 = 75;

/// Makes `form.pdf`, in the shipped fonts; what `fill` had to say.
fn fill(folder: &Path, form: &str, case: &Value) -> String {
    std::fs::write(folder.join("case.json"), case.to_string()).unwrap();
    let mut fill = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    fill.args(["fill", form, "--input", "case.json", "--out", "form.pdf"]);
    let filled = fill.current_dir(folder).output().unwrap();
    let said = String::from_utf8(filled.stderr).unwrap();
    assert!(filled.status.success(), "{form}: {said}");
    said
}

/// The words on a paper in the order they stand there, and what `fill` had to say.
fn paper(folder: &Path, form: &str, case: &Value) -> Option<String> {
    let said = fill(folder, form, case);
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

/// The sample of a form with all that a counter adds.
fn example(folder: &Path, form: &str) -> Value {
    let mut example = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    let example = example.args(["fill", form, "--example"]).current_dir(folder).output().unwrap();
    serde_json::from_slice(&example.stdout).unwrap()
}

/// The picture of a paper as it comes out now.
fn picture(folder: &Path, form: &str, case: &Value) -> Option<Picture> {
    fill(folder, form, case);
    Some(Picture::of_page(folder, "form.pdf", 1, DPI)?.in_16_greys())
}

#[test]
fn every_shipped_paper_looks_as_it_always_did() {
    let folder = tempfile::tempdir().unwrap();
    let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers");
    std::fs::create_dir_all(&now).unwrap();
    let mut faults = Vec::new();
    for form in FORMS {
        let example = example(folder.path(), form);
        let Some(found) = picture(folder.path(), form, &example) else {
            return skip("the look of the papers", "pdftoppm is not installed");
        };
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(fixture(form, "png"), found.to_png()).unwrap();
        }
        let kept = Picture::from_png(&std::fs::read(fixture(form, "png")).unwrap());
        let changes = kept.changes(&found);
        if !changes.is_empty() {
            let file = now.join(format!("{form}.png"));
            std::fs::write(&file, found.to_png()).unwrap();
            let (kept, told) = (fixture(form, "png"), told(&changes, DPI));
            faults.push(format!(
                "{form}: {told}\n  it was {}\n  it is  {}",
                kept.display(),
                file.display()
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn one_letter_that_is_another_is_seen_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = example(folder.path(), "inkan");
    let Some(before) = picture(folder.path(), "inkan", &case) else {
        return skip("one letter of a paper", "pdftoppm is not installed");
    };
    let kana = case["applicant"]["kana"].as_str().unwrap().to_owned();
    let last = kana.chars().last().unwrap();
    let changed = if last == 'ウ' { 'オ' } else { 'ウ' };
    case["applicant"]["kana"] = kana.replacen(last, &changed.to_string(), 1).into();
    let after = picture(folder.path(), "inkan", &case).unwrap();
    let changes = before.changes(&after);
    // Eight points are three millimetres.
    assert!((1..=6).contains(&changes.len()), "{}", told(&changes, DPI));
}
