//! Every kind of person, through the screens, to every paper: what is entered at the
//! kiosk comes out at the desk, whole, on the paper that it belongs to. The PDFs stay
//! under `target` to be looked at.

use std::path::Path;
use std::process::Command;

use madoguchi::config::Config;
use serde_json::Value;

use crate::stage::http::Visitor;
use crate::stage::office::sign_in;
use crate::stage::person::{self, Says, Way};
use crate::stage::program::Program;
use crate::stage::skip;

/// Form and procedure, in the order the papers are printed.
const SIX: [(&str, &str); 6] = [
    ("juminhyo", "juminhyo"),
    ("inkan", "inkan"),
    ("koseki", "koseki"),
    ("koseki_koiki", "koseki-koiki"),
    ("ido", "tenkyo"),
    ("zei", "zei"),
];

/// What the person of `case` says for `form`, who they are included.
fn says(form: &str, case: &str) -> Says {
    let file = format!("{}/tests/fixtures/papers/{form}.json", env!("CARGO_MANIFEST_DIR"));
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let case = &cases[case];
    let mut says = case["answers"].as_object().unwrap_or_else(|| panic!("{form}")).clone();
    for (fact, value) in case["applicant"].as_object().unwrap() {
        says.insert(format!("applicant.{fact}"), value.clone());
    }
    // Whoever moves says these where no card does.
    let facts = [
        ("ido.old.address", "address"),
        ("ido.member.1.kana", "kana"),
        ("ido.member.1.sex", "sex"),
        ("ido.member.1.birth_date", "birth_date"),
    ];
    for (path, fact) in facts {
        if let Some(value) = case["applicant"].get(fact) {
            says.entry(path).or_insert_with(|| value.clone());
        }
    }
    says
}

/// The procedure that a case of moving is for.
fn procedure(form: &str, says: &Says) -> &'static str {
    let moving = ["move_in", "move_within", "move_out", "household_change"].into_iter().zip([
        "tennyu",
        "tenkyo",
        "tenshutsu",
        "setai-henko",
    ]);
    let kind = says.get("ido.kind").and_then(Value::as_str).unwrap_or_default();
    let found = moving.filter(|_| form == "ido").find(|(id, _)| *id == kind);
    let usual = SIX.iter().find(|(id, _)| *id == form).unwrap().1;
    found.map_or(usual, |(_, procedure)| procedure)
}

/// The words of each page of a PDF, without blanks; `None` where nobody can read it.
fn pages(folder: &Path, name: &str, pdf: &[u8]) -> Option<Vec<String>> {
    let file = folder.join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    let read = Command::new("pdftotext").arg("-raw").arg(&file).arg("-").output().ok()?;
    let words = String::from_utf8(read.stdout).unwrap();
    let plain = |page: &str| page.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    Some(words.split('\u{C}').map(plain).filter(|page| !page.is_empty()).collect())
}

/// Names, addresses and other words that a person entered, as a paper shows them.
fn words(says: &Says) -> Vec<(&String, String)> {
    let shown = says.iter().filter_map(|(path, value)| Some((path, value.as_str()?)));
    let is_words = |text: &str| text.chars().count() > 1 && !text.is_ascii();
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    shown.filter(|(_, text)| is_words(text)).map(|(path, text)| (path, plain(text))).collect()
}

/// An office, a tablet and a clerk.
struct Office {
    _program: Program,
    tablet: Visitor,
    clerk: Visitor,
    folder: std::path::PathBuf,
}

impl Office {
    fn open() -> Self {
        let program = Program::demo();
        let (tablet, mut clerk) = (program.visitor(), program.visitor());
        let config = Config::load("kiosk-config/example".as_ref()).unwrap();
        let account = &config.demo.staff[0];
        sign_in(&mut clerk, &account.login, &account.password);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("everybody");
        std::fs::create_dir_all(&folder).unwrap();
        Self { _program: program, tablet, clerk, folder }
    }

    /// What a hand must complete, and the words of each paper.
    fn visit(
        &mut self,
        name: &str,
        procedures: &[&str],
        way: &Way,
        says: &Says,
    ) -> Option<(Vec<String>, Vec<String>)> {
        let number = person::hand_in(&mut self.tablet, procedures, way, says);
        person::leave(&mut self.tablet);
        let (told, pdf) = person::papers(&mut self.clerk, &number);
        let pages = pages(&self.folder, name, &pdf);
        if pages.is_none() {
            skip("papers from the screens", "pdftotext is not installed");
        }
        Some((told, pages?))
    }
}

/// Every word of a person stands on the paper, and nothing is left to the hand.
fn stands_whole(name: &str, says: &Says, page: &str) {
    for (path, words) in words(says) {
        assert!(page.contains(&words), "{name}: {path} {words} is not in {page}");
    }
}

#[test]
fn who_says_little_and_who_says_the_usual_get_each_of_the_six_papers() {
    let mut office = Office::open();
    for case in ["minimal", "typical"] {
        for (form, _) in SIX {
            let says = says(form, case);
            let name = format!("{form}-{case}");
            let procedure = procedure(form, &says);
            let visit = office.visit(&name, &[procedure], &Way::ByHand, &says);
            let Some((told, pages)) = visit else { return };
            assert_eq!((told, pages.len()), (vec![], 1), "{name}");
            stands_whole(&name, &says, &pages[0]);
        }
    }
}

#[test]
fn six_people_move_in_and_all_of_them_stand_on_the_papers() {
    let mut office = Office::open();
    for form in ["ido", "juminhyo"] {
        let says = says(form, "a household of six");
        let name = format!("{form}-six");
        let procedure = procedure(form, &says);
        let visit = office.visit(&name, &[procedure], &Way::ByHand, &says);
        let Some((told, pages)) = visit else { return };
        assert_eq!((told, pages.len()), (vec![], 1), "{name}");
        stands_whole(&name, &says, &pages[0]);
    }
}

/// What one person says for all six forms.
fn all(case: &str) -> Says {
    SIX.iter().flat_map(|(form, _)| says(form, case)).collect()
}

#[test]
fn a_long_latin_name_with_an_alias_stands_on_all_six_papers_of_one_visit() {
    let mut office = Office::open();
    let says = all("a foreign resident with a long name and an alias");
    let procedures = SIX.map(|(form, _)| procedure(form, &says));
    let visit = office.visit("foreign", &procedures, &Way::ByHand, &says);
    let Some((told, pages)) = visit else { return };
    assert_eq!((told, pages.len()), (vec![], 6));
    for page in &pages {
        for part in ["EXEMPLOFERNANDEZMARIAISABELLADELAMUESTRA", "見本マリア"] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
    }
}

#[test]
fn variants_and_rare_characters_go_from_the_card_onto_all_six_papers() {
    let mut office = Office::open();
    let says = all("rare characters");
    let procedures = SIX.map(|(form, _)| procedure(form, &says));
    // A variant by its selector, and a character beyond the basic plane.
    let card = Way::Card("tsuji-yoshio.1", "1010");
    let Some((told, pages)) = office.visit("variants", &procedures, &card, &says) else { return };
    assert_eq!(pages.len(), 6);
    for page in &pages {
        assert!(page.contains("辻\u{E0100}"), "the variant is not in {page}");
    }
    // Where no font has 𠮷, every paper says so and leaves a box to the pen.
    assert!(told.is_empty() || told.iter().filter(|one| one.contains("𠮷")).count() >= 6);
}

#[test]
fn characters_without_a_code_are_boxes_on_all_six_papers_and_the_clerk_is_told() {
    let mut office = Office::open();
    let says = all("rare characters");
    let procedures = SIX.map(|(form, _)| procedure(form, &says));
    let card = Way::Card("tsuji-yoshio.2", "1965");
    let Some((told, pages)) = office.visit("gaiji", &procedures, &card, &says) else { return };
    assert_eq!(pages.len(), 6);
    assert!(told.len() >= 6, "on each paper: {told:?}");
    for page in &pages {
        assert!(page.contains('男'), "{page}");
    }
}
