//! Sheets that other programs made, as procedures of an office: imported, completed
//! at the kiosk, printed by the clerk through CUPS, and compared with what they were.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::cups::Cups;
use crate::sheets::{DEBIAN, decide, fixture, import, is_whole};
use crate::stage::clerk::words_of;
use crate::stage::office::{hidden, hire, pair, set_up};
use crate::stage::person::{self, Says, Way};
use crate::stage::picture::Picture;
use crate::stage::program::{Program, madoguchi};
use crate::stage::{skip, wait_until};

/// The words that a draft leaves to the town are all this one.
const PROCEDURES: &str = r#"
[[section]]
id = "own"
name = { ja = "見本", en = "Own" }

[[lane]]
id = "own"
prefix = "A"
name = { ja = "町の様式", en = "Own sheets" }
"#;
const COUNTERS: &str = r#"
[[counter]]
number = 1
name = { ja = "町の様式の窓口", en = "Own sheets" }
section = "own"
"#;

fn procedure(form: &str) -> String {
    format!(
        "\n[[procedure]]\nid = \"{form}\"\nform = \"{form}\"\nsection = \"own\"\nlane = \"own\"\n\
         title = {{ ja = \"{form}\", en = \"{form}\" }}\npictogram = \"certificate\"\n\
         about = {{ ja = \"町の様式です。\", en = \"A sheet of the town.\" }}\n"
    )
}

/// An office that has these forms and a printer.
fn open(folder: &Path, forms: &[&str], printers: String) -> Program {
    let config = folder.join("config");
    fs::create_dir(&config).unwrap();
    let site = fs::read_to_string("kiosk-config/example/site.toml").unwrap();
    let site = site.replace("\nappointments = true\n", "\nappointments = false\n");
    let procedures: String = forms.iter().map(|form| procedure(form)).collect();
    for (file, text) in [
        ("site.toml", site),
        ("procedures.toml", PROCEDURES.to_owned() + &procedures),
        ("counters.toml", COUNTERS.to_owned()),
        ("fees.toml", String::new()),
        ("devices.toml", String::new()),
        ("printers.toml", printers),
    ] {
        fs::write(config.join(file), text).unwrap();
    }
    let mut serve = madoguchi(&["serve", "--listen", "127.0.0.1:0"]);
    serve.arg("--data").arg(folder.join("data")).arg("--config").arg(&config);
    Program::start(serve.arg("--templates").arg(folder.join("forms")))
}

/// What somebody says for the sheets.
fn says() -> Says {
    let says = json!({
        "applicant.name": "試験　花子",
        "applicant.phone": "090-0000-0101",
        "shukaijo.people": "12人",
        "shukaijo.purpose": "みほん町の読書会",
        "shukaijo.postal": "999-0001",
        "shukaijo.field": ["option1", "option3"],
        "jitensha.bike_colour": "あかるい青",
        "jitensha.class": "adult",
        "jitensha.place": "south",
        "jitensha.note": "かごがこわれています",
        "lp.job_title": "みほんの印刷",
    });
    says.as_object().unwrap().clone()
}

#[test]
fn sheets_that_we_did_not_make_are_completed_at_the_kiosk_and_come_out_of_the_printer_whole() {
    let Some(cups) = Cups::start("own sheets through CUPS") else { return };
    if !Path::new(DEBIAN).exists() {
        return skip("a sheet of Debian's", "cups-filters is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // An office program's page, a fillable form of two pages, one that Debian ships.
    let sheets = [
        ("shukaijo", fixture("shukaijo.pdf"), 1),
        ("jitensha", fixture("jitensha.pdf"), 2),
        ("lp", DEBIAN.into(), 1),
    ];
    for (id, sheet, _) in &sheets {
        let (code, told) = import(folder, sheet, id);
        assert_eq!(code, 0, "{told}");
        decide(&folder.join("forms").join(id));
        fs::copy(sheet, folder.join(format!("{id}.pdf"))).unwrap();
    }
    let forms = sheets.each_ref().map(|(id, ..)| *id);
    let program = open(folder, &forms, super::queue(&cups, "a4"));
    let mut administrator = set_up(&program);
    let mut tablet = pair(&mut administrator, "記載台1");
    let mut clerk = hire(&mut administrator);

    let number = person::hand_in(&mut tablet, &forms, &Way::ByHand, &says());
    let visit = person::find(&mut clerk, &number);
    let page = clerk.get(&visit).text;
    let (_, form) = page.split_once(&format!("action=\"{visit}/papers\"")).unwrap();
    let sent = [("key", hidden(&page, "key")), ("op", hidden(form, "op"))];
    clerk.post(&format!("{visit}/papers"), &sent);
    wait_until("the papers come out", || !cups.came_out().is_empty());

    let paper = cups.came_out().remove(0);
    fs::write(folder.join("paper.pdf"), &paper).unwrap();
    let words = words_of(&paper);
    for said in
        ["試験花子", "みほん町の読書会", "あかるい青", "かごがこわれています", "みほんの印刷"]
    {
        assert!(words.contains(said), "{said} is not in {words}");
    }
    let mut at = 0;
    for (id, _, pages) in &sheets {
        for page in 1..=*pages {
            at += 1;
            let sheet = Picture::of_page(folder, &format!("{id}.pdf"), page, 100);
            let printed = Picture::of_page(folder, "paper.pdf", at, 100);
            let (Some(sheet), Some(printed)) = (sheet, printed) else {
                return skip("the look of the sheets", "pdftoppm is not installed");
            };
            is_whole(&format!("page {page} of {id}"), &sheet, &printed);
        }
    }
}

/// Where a word begins on the first page, in mm from the left and from the top.
fn place_of(word: &str, folder: &Path, pdf: &[u8]) -> [f32; 2] {
    fs::write(folder.join("paper.pdf"), pdf).unwrap();
    let mut reader = Command::new("pdftotext");
    let read = reader.args(["-bbox", "paper.pdf", "-"]).current_dir(folder).output().unwrap();
    let boxes = String::from_utf8(read.stdout).unwrap();
    let found = boxes.lines().find(|line| line.contains(&format!(">{word}<")));
    let line = found.unwrap_or_else(|| panic!("{word} in {boxes}"));
    ["xMin", "yMin"].map(|key| {
        let (_, rest) = line.split_once(&format!("{key}=\"")).unwrap();
        let points: f32 = rest.split('"').next().unwrap().parse().unwrap();
        points * 25.4 / 72.0
    })
}

#[test]
fn on_pre_printed_paper_each_printer_moves_the_answers_by_its_own_offset_and_prints_no_sheet() {
    let Some(cups) = Cups::start("pre-printed paper") else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(import(folder, &fixture("shukaijo.pdf"), "shukaijo").0, 0);
    let form = folder.join("forms/shukaijo");
    decide(&form);
    let text = fs::read_to_string(form.join("form.toml")).unwrap();
    let own = "background = \"background.pdf\"";
    assert!(text.contains(own), "{text}");
    fs::write(form.join("form.toml"), text.replace(own, "background = \"preprinted\"")).unwrap();
    let printer = |queue: &str, offset: &str| {
        format!(
            "[[printer]]\nid = \"{queue}\"\nname = {{ ja = \"{queue}\", en = \"{queue}\" }}\n\
             kind = \"cups\"\nqueue = \"{queue}\"\nserver = \"{}\"\noffset_mm = {offset}\n",
            cups.socket().display()
        )
    };
    let printers = printer("a4", "[0.0, 0.0]") + &printer("tax", "[2.0, -1.5]");
    let program = open(folder, &["shukaijo"], printers + "[[papers]]\nprinter = \"a4\"\n");
    let mut administrator = set_up(&program);
    let mut tablet = pair(&mut administrator, "記載台1");
    let mut clerk = hire(&mut administrator);
    let number = person::hand_in(&mut tablet, &["shukaijo"], &Way::ByHand, &says());
    let visit = person::find(&mut clerk, &number);
    for queue in ["a4", "tax"] {
        let page = clerk.get(&visit).text;
        let (_, form) = page.split_once(&format!("action=\"{visit}/papers\"")).unwrap();
        let sent = [("key", hidden(&page, "key")), ("op", hidden(form, "op")), ("printer", queue)];
        clerk.post(&format!("{visit}/papers"), &sent);
    }
    let came_out = || [cups.came_out_of("paper"), cups.came_out_of("paper2")];
    wait_until("both come out", || came_out().iter().all(|papers| papers.len() == 1));
    let [one, other] = came_out().map(|mut papers| papers.remove(0));
    let words = words_of(&one);
    assert!(words.contains("みほん町の読書会") && !words.contains("集会所使用申込書"), "{words}");
    let [x, y] = place_of("みほん町の読書会", folder, &one);
    let [moved_x, moved_y] = place_of("みほん町の読書会", folder, &other);
    assert!((moved_x - x - 2.0).abs() < 0.05, "{x} {moved_x}");
    assert!((moved_y - y + 1.5).abs() < 0.05, "{y} {moved_y}");
}
