//! Sheets that other programs made, all the way: imported, decided, filled in and
//! printed, and looked at as pictures. Nothing of the sheet may be missing under
//! the answers.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::json;

use crate::stage::picture::Picture;
use crate::stage::skip;

const SHEETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sheets");
/// A fillable form of the printing system: Debian's `cups-filters`.
pub const DEBIAN: &str = "/usr/share/cups/data/form_english.pdf";

/// Runs a program in `folder`; `None` where it is not installed.
fn ask(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{program} is needed: {error}");
            eprintln!("NOT TESTED: {program} is not installed");
            None
        }
    }
}

fn madoguchi(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = ask(env!("CARGO_BIN_EXE_madoguchi"), arguments, folder).unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Imports a sheet; exit code and what was said.
pub fn import(folder: &Path, sheet: &Path, id: &str) -> (i32, String) {
    let sheet = sheet.to_str().unwrap();
    madoguchi(folder, &["forms", "import", sheet, "--id", id, "--templates", "forms"])
}

/// Every word that a draft leaves to the town, decided in one stroke.
pub fn decide(form: &Path) {
    let file = form.join("form.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"\"", "\"見本\"")).unwrap();
}

/// What `check` says about the form.
fn faults(folder: &Path, id: &str) -> Vec<String> {
    let (_, told) = madoguchi(folder, &["check", "--templates", "forms"]);
    let of_form = |line: &&str| line.starts_with(&format!("forms/{id}/"));
    told.lines().filter(of_form).map(str::to_owned).collect()
}

/// One page at 100 dpi.
fn picture(folder: &Path, pdf: &str, page: usize) -> Option<Picture> {
    let picture = Picture::of_page(folder, pdf, page, 100);
    if picture.is_none() {
        skip("the look of a sheet", "pdftoppm is not installed");
    }
    picture
}

const DARK: u8 = 110;

/// How many pixels are dark on the sheet, how many of them are not on the paper
/// (nor beside their place: edges are smoothed in other ways), and how many are
/// dark on the paper.
fn ink(sheet: &Picture, paper: &Picture) -> [usize; 3] {
    let (width, sheet, paper) = (sheet.width, &sheet.grey, &paper.grey);
    assert_eq!(sheet.len(), paper.len());
    let is_near = |at: usize| {
        let rows = [at.wrapping_sub(width), at, at + width];
        let near = rows.iter().flat_map(|row| [row.wrapping_sub(1), *row, row + 1]);
        near.into_iter().any(|at| paper.get(at).is_some_and(|grey| *grey < 190))
    };
    let dark: Vec<usize> = (0..sheet.len()).filter(|at| sheet[*at] < DARK).collect();
    let lost = dark.iter().filter(|at| !is_near(**at)).count();
    [dark.len(), lost, paper.iter().filter(|grey| **grey < DARK).count()]
}

/// All that is on the sheet is on the paper; dark pixels of both.
pub fn is_whole(what: &str, sheet: &Picture, paper: &Picture) -> [usize; 2] {
    let [dark, lost, printed] = ink(sheet, paper);
    assert!(dark > 500, "{what} has ink: {dark}");
    assert!(lost * 1_000 <= dark, "{what}: {lost} of {dark} are lost");
    [dark, printed]
}

/// Imports a sheet, fills it in, and looks whether all of the sheet and every
/// answer are on the paper.
/// The words of the paper where they can be read.
fn goes_all_the_way(
    sheet: &Path,
    id: &str,
    pages: usize,
    answers: serde_json::Value,
) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::copy(sheet, folder.join("sheet.pdf")).unwrap();
    let (code, told) = import(folder, &folder.join("sheet.pdf"), id);
    assert_eq!(code, 0, "{told}");
    let undecided = faults(folder, id);
    assert!(!undecided.is_empty() && undecided.iter().all(|fault| fault.contains(" → ")));
    decide(&folder.join("forms").join(id));
    assert_eq!(faults(folder, id), [] as [&str; 0]);

    let mut case = json!({ "applicant": { "name": "試験　花子" }, "answers": {} });
    for (path, value) in answers.as_object().unwrap() {
        let (group, key) = match path.strip_prefix("applicant.") {
            Some(fact) => ("applicant", fact),
            None => ("answers", path.as_str()),
        };
        case[group][key] = value.clone();
    }
    std::fs::write(folder.join("case.json"), case.to_string()).unwrap();
    let filling =
        ["fill", id, "--templates", "forms", "--input", "case.json", "--out", "paper.pdf"];
    let (code, told) = madoguchi(folder, &filling);
    assert_eq!((code, told.as_str()), (0, ""), "{id}");

    if let Some(checked) = ask("qpdf", &["--check", "paper.pdf"], folder) {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
    for page in 1..=pages {
        let before = picture(folder, "sheet.pdf", page)?;
        let after = picture(folder, "paper.pdf", page)?;
        let [dark, printed] = is_whole(&format!("page {page} of {id}"), &before, &after);
        assert!(page > 1 || printed > dark + 300, "{printed} with answers, {dark} without");
    }
    let text = ask("pdftotext", &["-raw", "paper.pdf", "-"], folder)?;
    let text = String::from_utf8(text.stdout).unwrap();
    for value in answers.as_object().unwrap().values().filter_map(|value| value.as_str()) {
        let is_words = value.chars().count() > 3 && !value.is_ascii();
        assert!(!is_words || text.contains(value), "{value} in {text}");
    }
    assert!(text.contains("試験 花子") || id == "lp", "{text}");
    Some(text)
}

fn shukaijo() -> serde_json::Value {
    json!({
        "shukaijo.people": "12人",
        "shukaijo.purpose": "みほん町の読書会",
        "shukaijo.postal": "123-4567",
        "shukaijo.field": ["option1", "option3"],
    })
}

/// A sheet among the fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(SHEETS).join(name)
}

#[test]
fn a_page_of_an_office_program_is_filled_in() {
    goes_all_the_way(&fixture("shukaijo.pdf"), "shukaijo", 1, shukaijo());
}

#[test]
fn a_page_of_a_browser_with_words_between_its_answers_is_filled_in() {
    let answers = json!({
        "applicant.birth_date": "1993-05-14",
        "applicant.phone": "090-0000-0101",
        "applicant.address": "見本県みほん町中央一丁目２番３号",
        "chushajo.sex": "female",
        "chushajo.postal": "9990001",
        "chushajo.field": "2026-12-01",
        "chushajo.field_2": "2027-03-31",
        "chushajo.field_3": "1",
    });
    let words = goes_all_the_way(&fixture("chushajo.pdf"), "chushajo", 1, answers);
    let Some(words) = words else { return };
    for line in ["5", "14", "999", "0001", "090", "0000", "0101", "令和", "8", "12", "9", "31"] {
        assert!(words.split_whitespace().any(|found| found == line), "{line} in {words}");
    }
}

#[test]
fn printed_words_that_nobody_understands_are_told_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told) = import(folder.path(), &fixture("chushajo.pdf"), "chushajo");
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("2 places with printed words in them"), "{told}");
    let form = folder.path().join("forms/chushajo/form.toml");
    let text = std::fs::read_to_string(form).unwrap();
    for words in ["使用時間：「時から時まで」", "「令和年月日」", "上から 122.8 mm"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn a_fillable_form_of_an_office_program_is_filled_in() {
    let answers = json!({
        "inu.dog_name": "みほんまる",
        "inu.sex": "female",
        "inu.vaccinated": true,
        "inu.note": "とてもよくほえます",
    });
    goes_all_the_way(&fixture("inu.pdf"), "inu", 1, answers);
}

#[test]
fn a_fillable_form_of_two_pages_is_filled_in() {
    let answers = json!({
        "jitensha.bike_colour": "あかるい青",
        "jitensha.class": "adult",
        "jitensha.helmet": true,
        "jitensha.place": "south",
        "jitensha.note": "かごがこわれています",
    });
    goes_all_the_way(&fixture("jitensha.pdf"), "jitensha", 2, answers);
}

#[test]
fn a_fillable_form_from_debian_is_filled_in() {
    if !Path::new(DEBIAN).exists() {
        assert!(std::env::var_os("CI").is_none(), "{DEBIAN} is needed: install cups-filters");
        eprintln!("NOT TESTED: {DEBIAN} is not installed");
        return;
    }
    let answers = json!({ "lp.job_title": "みほんの印刷", "lp.user": "みほんの係" });
    goes_all_the_way(Path::new(DEBIAN), "lp", 1, answers);
}

#[test]
fn the_same_page_is_filled_in_however_a_file_keeps_it() {
    for kept in [
        &["--object-streams=generate", "--compress-streams=y"][..],
        &["--linearize"],
        &["--qdf", "--object-streams=disable"],
        &["--coalesce-contents", "--normalize-content=y", "--min-version=1.7"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let sheet = fixture("shukaijo.pdf");
        let arguments = [kept, &[sheet.to_str().unwrap(), "kept.pdf"]].concat();
        let Some(output) = ask("qpdf", &arguments, folder.path()) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let sheet = folder.path().join("kept.pdf");
        goes_all_the_way(&sheet, "shukaijo", 1, shukaijo());
    }
}

#[test]
fn a_page_that_is_drawn_lying_and_shown_upright_is_read_as_it_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = fixture("shukaijo.pdf");
    let laid = ["--rotate=+90:1", "--flatten-rotation", sheet.to_str().unwrap(), "laid.pdf"];
    if ask("qpdf", &laid, folder.path()).is_none() {
        return;
    }
    ask("qpdf", &["--rotate=-90:1", "laid.pdf", "upright.pdf"], folder.path());
    goes_all_the_way(&folder.path().join("upright.pdf"), "shukaijo", 1, shukaijo());
}

#[test]
fn words_that_lie_or_stand_on_their_heads_are_told_and_name_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = fixture("shukaijo.pdf");
    for (id, turn) in [("lying", "--rotate=+90:1"), ("turned", "--rotate=+180:1")] {
        let turned = folder.path().join(format!("{id}.pdf"));
        let turning = [turn, sheet.to_str().unwrap(), turned.to_str().unwrap()];
        if ask("qpdf", &turning, folder.path()).is_none() {
            return;
        }
        let (code, told) = import(folder.path(), &turned, id);
        assert_eq!(code, 0, "{told}");
        assert!(told.contains("the words on page 1 lie on their side or upside down"), "{told}");
        let form = folder.path().join("forms").join(id).join("form.toml");
        let text = std::fs::read_to_string(form).unwrap();
        assert!(!text.contains("\n[[field]]"), "{text}");
    }
}

#[test]
fn a_lying_page_stands_as_a_viewer_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sheet = fixture("shukaijo.pdf");
    let turning = ["--rotate=+90:1", sheet.to_str().unwrap(), "sheet.pdf"];
    if ask("qpdf", &turning, folder).is_none() {
        return;
    }
    assert_eq!(import(folder, &folder.join("sheet.pdf"), "lying").0, 0);
    let form = folder.join("forms/lying/form.toml");
    let text = std::fs::read_to_string(&form).unwrap();
    assert!(text.contains(r#"paper = { size = "A4", orientation = "landscape""#), "{text}");
    let field = "[[field]]\nid = \"name\"\nbind = \"applicant.name\"\n\
                 text = { rect = [20, 150, 60, 10] }\n";
    let question = "[[page]]\nid = \"applicant.person\"\ntitle = { ja = \"氏名\", en = \"Name\" }\n\
                    [[question]]\nid = \"applicant.name\"\npage = \"applicant.person\"\n\
                    kind = \"name\"\nlabel = { ja = \"氏名\", en = \"Name\" }\n";
    // What lies on its side is beside no label: nothing was proposed.
    std::fs::write(&form, format!("{text}\n{question}{field}")).unwrap();
    decide(&folder.join("forms/lying"));
    let case = json!({ "applicant": { "name": "試験　花子" }, "answers": {} });
    std::fs::write(folder.join("case.json"), case.to_string()).unwrap();
    let filling =
        ["fill", "lying", "--templates", "forms", "--input", "case.json", "--out", "paper.pdf"];
    assert_eq!(madoguchi(folder, &filling), (0, String::new()));
    let Some(before) = picture(folder, "sheet.pdf", 1) else { return };
    let Some(after) = picture(folder, "paper.pdf", 1) else { return };
    assert!(before.width > before.height, "wider than high");
    let [dark, lost, printed] = ink(&before, &after);
    assert!(dark > 500 && lost * 1_000 <= dark && printed > dark, "{dark} {lost} {printed}");
}

#[test]
fn a_preview_shows_every_field_before_the_words_are_decided() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(import(folder, &fixture("shukaijo.pdf"), "shukaijo").0, 0);
    let (code, told) = madoguchi(folder, &["forms", "preview", "shukaijo", "--templates", "forms"]);
    assert_eq!((code, told.as_str()), (0, ""));
    let arguments = ["-raw", "shukaijo-preview.pdf", "-"];
    let Some(text) = ask("pdftotext", &arguments, folder) else { return };
    let text = String::from_utf8(text.stdout).unwrap();
    for word in ["集会所使用申込書", "kana", "purpose", "field=option2", "190", "290"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    // The town's own rules and words stay as dark as they are under grid and outlines.
    let Some(sheet) = picture(folder, "forms/shukaijo/background.pdf", 1) else { return };
    let Some(preview) = picture(folder, "shukaijo-preview.pdf", 1) else { return };
    let pairs = sheet.grey.iter().zip(&preview.grey);
    let paled = pairs.filter(|(before, after)| **before < 200 && **after > **before + 20);
    assert_eq!(paled.count(), 0);
    let (code, told) = madoguchi(folder, &["forms", "preview", "nowhere", "--templates", "forms"]);
    assert!(code == 2 && told.contains("nowhere"), "{told}");
}

#[test]
fn what_is_there_already_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let there = folder.join("forms/shukaijo");
    std::fs::create_dir_all(&there).unwrap();
    std::fs::write(there.join("form.toml"), "mine").unwrap();
    let (code, told) = import(folder, &fixture("shukaijo.pdf"), "shukaijo");
    assert!(code == 1 && told.contains("exists already"), "{told}");
    assert_eq!(std::fs::read_to_string(there.join("form.toml")).unwrap(), "mine");
    assert!(!there.join("background.pdf").exists());
    for id in ["applicant", "../out", "Großes", ""] {
        assert_eq!(import(folder, &fixture("shukaijo.pdf"), id).0, 2, "{id}");
    }
}

#[test]
fn a_refused_file_is_told_with_its_name_its_reason_and_what_to_do_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sheet = fixture("shukaijo.pdf");
    let whole = std::fs::read(&sheet).unwrap();
    std::fs::write(folder.join("cut.pdf"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.join("word.pdf"), "PK\u{3}\u{4}").unwrap();
    let refused = |name: &str, reason: &str| {
        let (code, told) = import(folder, Path::new(name), "x");
        assert_eq!(code, 1, "{told}");
        assert!(told.starts_with(name) && told.contains(reason) && told.contains(" → "), "{told}");
        assert!(!folder.join("forms/x").exists());
    };
    refused("cut.pdf", "壊れているか、途中で切れています");
    refused("word.pdf", "PDF として読めません");
    let sheet = sheet.to_str().unwrap();
    let locking = ["--encrypt", "", "owner", "256", "--", sheet, "locked.pdf"];
    if ask("qpdf", &locking, folder).is_some() {
        refused("locked.pdf", "暗号化されています");
    }
    let attached = ["--add-attachment", sheet, "--", sheet, "attached.pdf"];
    if ask("qpdf", &attached, folder).is_some() {
        refused("attached.pdf", "中に入れられたファイルを含みます");
    }
}
