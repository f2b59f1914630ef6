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
fn an_answer_that_the_paper_would_not_show_is_named_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let sample = sample(folder.path(), "juminhyo");
    for (relation, path, answer) in [
        // 広域交付 is not for agents: without a word, one copy less would be printed.
        ("agent", "juminhyo.copies", json!({ "copy": 1, "wide_area": 2 })),
        ("self", "juminhyo.reason", json!("相続の手続きのため")),
    ] {
        let mut case = sample.clone();
        case["answers"]["juminhyo.relation"] = relation.into();
        case["answers"]["juminhyo.target.name"] = "見本　太郎".into();
        case["answers"]["juminhyo.target.address"] = "見本県みほん町".into();
        case["answers"][path] = answer;
        let (code, said, pdf) = filled(folder.path(), "juminhyo", &case);
        assert_eq!((code, pdf), (1, None));
        assert_eq!(said, json!({ "ignored": [path] }));
    }
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_said_as_everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let said = |input: &str, out: &str| {
        let output = fill(folder.path(), &["juminhyo", "--input", input, "--out", out]);
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice::<Value>(&output.stderr).unwrap()
    };
    assert!(said("nothing.json", "form.pdf")["unreadable"].as_str().unwrap().contains("nothing"));
    let case = sample(folder.path(), "juminhyo").to_string();
    std::fs::write(folder.path().join("case.json"), case).unwrap();
    assert!(said("case.json", "no/form.pdf")["unwritable"].as_str().unwrap().contains("no/form"));
}

#[test]
fn an_example_charges_what_the_town_charges_and_ticks_what_a_counter_would() {
    let folder = tempfile::tempdir().unwrap();
    let counter = |form: &str| sample(folder.path(), form)["counter"].clone();
    for (form, fee) in [("juminhyo", json!("900円")), ("ido", Value::Null)] {
        let counter = counter(form);
        let ticked = ["id_kind", "id_points", "exempt", "fee"]
            .map(|key| counter.get(format!("office.{key}")).cloned().unwrap_or_default());
        assert_eq!(ticked, [json!("my_number_card"), json!("one"), json!("none"), fee], "{form}");
    }
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
fn a_form_whose_last_edition_is_over_is_refused_with_its_day_and_check_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let form = folder.path().join("forms/inkan");
    std::fs::create_dir_all(&form).unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/forms/inkan/form.toml");
    let text = std::fs::read_to_string(shipped).unwrap();
    let edition = "edition = \"見本 2026-04\"\n";
    let over = text.replace(edition, &format!("{edition}valid_until = \"2026-04-30\"\n"));
    std::fs::write(form.join("form.toml"), &over).unwrap();
    let case = json!({ "applicant": { "name": "試験　花子" }, "answers": {} });
    std::fs::write(folder.path().join("case.json"), case.to_string()).unwrap();
    let arguments = ["inkan", "--templates", "forms", "--input", "case.json", "--out", "form.pdf"];
    let refused = fill(folder.path(), &arguments);
    let said: Value = serde_json::from_slice(&refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(said["not_in_use"]["valid_until"], "2026-04-30", "{said}");
    assert!(!folder.path().join("form.pdf").exists());

    let mut check = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    let check = check.args(["check", "--templates", "forms"]).current_dir(folder.path()).output();
    let told = String::from_utf8(check.unwrap().stderr).unwrap();
    let line = over.lines().position(|line| line.starts_with("valid_until")).unwrap() + 1;
    let expected = format!("forms/inkan/form.toml:{line}: この版は 2026-04-30 で終わり");
    assert!(told.contains(&expected), "{told}");
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
