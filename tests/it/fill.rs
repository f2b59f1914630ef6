//! `madoguchi fill`, as scripts use it: from another folder, with files.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn fill(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.arg("fill").args(arguments).current_dir(folder).output().unwrap()
}

fn sample(folder: &Path, form: &str) -> Value {
    let output = fill(folder, &[form, "--example"]);
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Exit code, what was said as JSON, and the file if one was made.
fn filled(folder: &Path, form: &str, case: &Value) -> (i32, Value, Option<Vec<u8>>) {
    std::fs::write(folder.join("case.json"), case.to_string()).unwrap();
    let _ = std::fs::remove_file(folder.join("form.pdf"));
    let output = fill(folder, &[form, "--input", "case.json", "--out", "form.pdf"]);
    let said = serde_json::from_slice(&output.stderr).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said, std::fs::read(folder.join("form.pdf")).ok())
}

#[test]
fn every_listed_form_is_made_from_its_own_example_in_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    let listed = String::from_utf8(fill(folder.path(), &["--list"]).stdout).unwrap();
    let forms: Vec<&str> = listed.lines().collect();
    assert!(forms.contains(&"juminhyo") && forms.contains(&"ido"), "{forms:?}");
    for form in forms {
        let (code, said, pdf) = filled(folder.path(), form, &sample(folder.path(), form));
        assert_eq!((code, said), (0, Value::Null), "{form}");
        assert!(pdf.unwrap().starts_with(b"%PDF-1.7"));
    }
}

#[test]
fn what_is_missing_or_refused_is_named_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = sample(folder.path(), "juminhyo");
    case["applicant"]["name"] = Value::Null;
    let (code, said, pdf) = filled(folder.path(), "juminhyo", &case);
    assert_eq!((code, pdf), (1, None));
    let missing = said["missing"].as_array().unwrap();
    assert!(missing.contains(&json!("applicant.name")), "{said}");

    let mut case = sample(folder.path(), "juminhyo");
    case["applicant"]["birth_date"] = "2023-02-30".into();
    case["answers"]["juminhyo.nothing"] = "x".into();
    let (code, said, pdf) = filled(folder.path(), "juminhyo", &case);
    assert_eq!((code, pdf), (1, None));
    let refused = said["refused"].as_array().unwrap();
    let expected = [
        ("juminhyo.nothing", "record.unknown_path", "この様式に、この名前の項目はありません"),
        ("applicant.birth_date", "input.no_such_day", "その日は暦にありません"),
    ];
    let expected = expected
        .map(|(path, code, message)| json!({ "path": path, "code": code, "message": message }));
    assert_eq!(*refused, expected, "{said}");
}

#[test]
fn a_character_that_nothing_draws_is_listed_and_the_paper_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = sample(folder.path(), "juminhyo");
    // Tamil Ka is in none of the fonts that are shipped or looked for.
    case["applicant"]["name"] = "見本\u{0B95}".into();
    let (code, said, pdf) = filled(folder.path(), "juminhyo", &case);
    assert_eq!(code, 0);
    assert!(pdf.is_some());
    let listed = said["cannot_be_drawn"].as_array().unwrap();
    let of_name = json!({
        "field": "visitor_name",
        "character": "\u{0B95}",
        "code_point": "U+0B95",
        "lack": "no_glyph",
    });
    assert!(listed.contains(&of_name), "{said}");
}

#[test]
fn a_form_that_is_not_there_is_answered_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = fill(folder.path(), &["nothing", "--example"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("juminhyo"));
    assert_eq!(fill(folder.path(), &[]).status.code(), Some(2));
    assert_eq!(fill(folder.path(), &["juminhyo"]).status.code(), Some(2));
}

#[test]
fn a_file_is_written_whole_or_goes_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let case = sample(folder.path(), "juminhyo");
    let (_, _, pdf) = filled(folder.path(), "juminhyo", &case);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let marked = format!("\u{FEFF}{case}");
    std::fs::write(folder.path().join("case.json"), marked).unwrap();
    let output = fill(folder.path(), &["juminhyo", "--input", "case.json", "--out", "-"]);
    assert_eq!(Some(output.stdout), pdf, "the same bytes, and a byte order mark is passed over");
}

#[test]
fn what_is_said_is_one_object_whatever_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| -> Value {
        let arguments =
            [&["juminhyo", "--input", "case.json", "--out", "form.pdf"], arguments].concat();
        serde_json::from_slice(&fill(folder.path(), &arguments).stderr).unwrap()
    };
    let mut case = sample(folder.path(), "juminhyo");
    case["applicant"]["name"] = "見本\u{0B95}".into();
    std::fs::write(folder.path().join("case.json"), case.to_string()).unwrap();
    std::fs::write(folder.path().join("broken.ttf"), "no font").unwrap();
    let both = said(&["--fonts", "."]);
    assert!(both["fonts"].is_array() && both["cannot_be_drawn"].is_array(), "{both}");
    assert!(said(&["--config", "nowhere"])["faults"].is_array());
    std::fs::write(folder.path().join("case.json"), r#"{"answers": {}, "answers": {}}"#).unwrap();
    assert!(said(&[])["no_json"].as_str().unwrap().contains("キー「answers」が2度"));
    case["counter"]["office.nothing"] = "x".into();
    case["applicant"]["birth_date"] = "5450101".into();
    std::fs::write(folder.path().join("case.json"), case.to_string()).unwrap();
    let refused = said(&[]);
    let paths: Vec<&Value> =
        refused["refused"].as_array().unwrap().iter().map(|one| &one["path"]).collect();
    assert_eq!(paths, ["applicant.birth_date", "counter.office.nothing"]);
}
