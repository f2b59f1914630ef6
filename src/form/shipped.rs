//! What the forms that come with the program promise, as a resident meets them
//! and as they come out on paper.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use time::Date;
use time::macros::date;

use super::answers::{Answers, Value};
use super::input::{Raw, read};
use super::paper::{FillError, Paper};
use super::questions::{AskQuestion, ignored, incomplete, known, missing, pages, with_defaults};
use super::template::Kind;
use super::{Form, Forms, counter, record};
use crate::applicant::Source;
use crate::pdf::Fonts;

mod certificates;

pub(super) const TODAY: Date = date!(2026 - 11 - 21);

const CARD: [(&str, Kind, &str); 4] = [
    ("applicant.name", Kind::Name, "試験　花子"),
    ("applicant.birth_date", Kind::Date, "1993-05-14"),
    ("applicant.sex", Kind::Choice, "female"),
    ("applicant.address", Kind::Address, "見本県みほん町中央一丁目２番３号"),
];

fn shipped() -> Forms {
    Forms::load(Path::new("templates/forms")).unwrap()
}

fn a_card() -> Answers {
    let mut answers = Answers::default();
    for (path, kind, value) in CARD {
        let value = match kind {
            Kind::Date => Value::Date(value.parse().unwrap()),
            Kind::Choice => Value::Choice(value.into()),
            _ => Value::Text(value.into()),
        };
        answers.set(path, value, Source::Card);
    }
    answers
}

fn choose(answers: &mut Answers, path: &str, option: &str) {
    answers.set(path, Value::Choice(option.into()), Source::Typed);
}

/// Answers every page as a resident would who presses "next", after
/// `decide` had a say; gives back the pages and questions seen.
fn walk(
    forms: &[&Form],
    answers: &mut Answers,
    mut decide: impl FnMut(&AskQuestion<'_>) -> Option<Raw>,
) -> (Vec<String>, Vec<String>) {
    let (mut pages, mut questions) = (Vec::new(), Vec::new());
    while let Some(page) = missing(forms, answers).into_iter().next() {
        pages.push(page.page.id.clone());
        assert!(pages.len() < 100, "no end: {pages:?}");
        for question in &page.questions {
            questions.push(question.path().to_owned());
            let raw = decide(question).unwrap_or_else(|| likely(question));
            let value = read(question, &raw, TODAY)
                .unwrap_or_else(|error| panic!("{}: {raw:?}: {error}", question.path()));
            answers.set(question.path(), value, Source::Typed);
        }
    }
    (pages, questions)
}

fn likely(question: &AskQuestion<'_>) -> Raw {
    let one = |entry: &str| Raw::One(entry.to_owned());
    if question.default().is_some() {
        return Raw::Absent;
    }
    match question.question.kind {
        _ if !question.required => Raw::Absent,
        Kind::Name => one("見本　太郎"),
        Kind::Kana => one("みほん"),
        Kind::Address => one("見本県みほん町中央二丁目６番１号"),
        Kind::Text => one("試験のため"),
        Kind::Phone => one("090-0000-0101"),
        Kind::Postal => one("999-9999"),
        Kind::Digits => one("0012345"),
        Kind::Date => one("2026-11-20"),
        Kind::FiscalYear => one(&question.years(TODAY)[0].to_string()),
        Kind::Flag => one("no"),
        Kind::Number => one("1"),
        Kind::Choice | Kind::Multi => one(&question.options[0].id),
        Kind::Copies => Raw::Counts([(question.options[0].id.clone(), "1".into())].into()),
    }
}

#[test]
fn a_card_and_a_certificate_leave_seven_pages() {
    let forms = shipped();
    let mut answers = a_card();
    let (pages, _) = walk(&[forms.get("juminhyo").unwrap()], &mut answers, |_| None);
    let expected = [
        "applicant.person",
        "juminhyo.relation",
        "juminhyo.scope",
        "juminhyo.copies",
        "juminhyo.head",
        "juminhyo.details",
        "juminhyo.purpose",
    ];
    assert_eq!(pages, expected);
    assert_eq!(answers.value("juminhyo.show.my_number"), Some(&Value::Flag(false)));
    assert_eq!(answers.value("juminhyo.purpose"), Some(&Value::skipped()));
}

#[test]
fn on_the_day_of_a_move_the_card_says_the_old_address() {
    let forms = shipped();
    let (ido, juminhyo) = (forms.get("ido").unwrap(), forms.get("juminhyo").unwrap());
    for kind in ["move_in", "move_within"] {
        let mut answers = a_card();
        choose(&mut answers, "ido.kind", kind);
        let (_, asked) = walk(&[juminhyo, ido], &mut answers, |_| None);
        let known = known(&[juminhyo, ido], &answers);
        let old = known.get("ido.old.address").unwrap();
        assert_eq!((&old.value, old.source), (&Value::Text(CARD[3].2.into()), Source::Card));
        let new = known.text("ido.new.address").unwrap();
        assert_ne!(Value::Text(new.clone()), old.value);
        // The certificate is for the new home, and nobody writes it twice.
        assert_eq!(known.text("juminhyo.target.address"), Some(new), "{kind}");
        assert_eq!(known.text("ido.contact.address"), Some(new), "{kind}");
        let addresses: Vec<_> = asked.iter().filter(|path| path.ends_with("address")).collect();
        assert_eq!(addresses, ["ido.new.address"], "{kind}");
    }
}

#[test]
fn someone_from_abroad_has_an_old_address_that_no_card_knows() {
    let forms = shipped();
    let ido = forms.get("ido").unwrap();
    let mut answers = a_card();
    choose(&mut answers, "ido.kind", "move_in");
    choose(&mut answers, "ido.from", "abroad");
    let (_, asked) = walk(&[ido], &mut answers, |_| None);
    assert!(asked.contains(&"ido.old.address".to_owned()));
}

#[test]
fn an_agent_is_not_the_person_concerned() {
    let forms = shipped();
    let ido = forms.get("ido").unwrap();
    let mut answers = a_card();
    choose(&mut answers, "ido.kind", "move_in");
    choose(&mut answers, "ido.filer", "agent");
    let (_, asked) = walk(&[ido], &mut answers, |_| None);
    for path in ["ido.agent.relation", "ido.member.1.name", "ido.old.address"] {
        assert!(asked.contains(&path.to_owned()), "{path}");
    }
    let known = known(&[ido], &answers);
    assert_eq!(known.text("ido.contact.address"), Some(&CARD[3].2.into()));
}

#[test]
fn what_nobody_else_may_have_is_not_offered() {
    let forms = shipped();
    let juminhyo = forms.get("juminhyo").unwrap();
    let mut answers = a_card();
    answers.set("juminhyo.show.my_number", Value::Flag(true), Source::Typed);
    choose(&mut answers, "juminhyo.relation", "third_party");
    let (_, asked) = walk(&[juminhyo], &mut answers, |_| None);
    assert!(asked.contains(&"juminhyo.reason".to_owned()));
    assert_eq!(known(&[juminhyo], &answers).get("juminhyo.show.my_number"), None);
    assert_eq!(ignored(&[juminhyo], &answers), ["juminhyo.show.my_number"]);
    // Kept in storage: it counts again when the condition does.
    choose(&mut answers, "juminhyo.relation", "self");
    assert!(known(&[juminhyo], &answers).get("juminhyo.show.my_number").is_some());
}

#[test]
fn copies_of_a_kind_no_longer_offered_are_asked_again() {
    let forms = shipped();
    let juminhyo = forms.get("juminhyo").unwrap();
    let mut answers = a_card();
    choose(&mut answers, "juminhyo.relation", "self");
    let wide = Value::Copies([("wide_area".into(), 1)].into());
    answers.set("juminhyo.copies", wide.clone(), Source::Typed);
    assert_eq!(known(&[juminhyo], &answers).value("juminhyo.copies"), Some(&wide));
    choose(&mut answers, "juminhyo.relation", "agent");
    assert_eq!(known(&[juminhyo], &answers).value("juminhyo.copies"), None);
}

#[test]
fn what_is_incomplete_is_named_with_its_page() {
    let forms = shipped();
    let juminhyo = forms.get("juminhyo").unwrap();
    let mut answers = a_card();
    choose(&mut answers, "juminhyo.relation", "self");
    let missing: Vec<_> = incomplete(&[juminhyo], &answers)
        .into_iter()
        .map(|missing| (missing.path, missing.page))
        .collect();
    let expected = [
        ("applicant.phone", "applicant.person"),
        ("juminhyo.scope", "juminhyo.scope"),
        ("juminhyo.head", "juminhyo.head"),
    ];
    assert_eq!(missing, expected.map(|(path, page)| (path.to_owned(), page.to_owned())));
}

#[test]
fn every_optional_item_of_a_shipped_certificate_defaults_to_no() {
    for form in shipped().iter() {
        let flags = form.questions().iter().filter(|question| question.kind == Kind::Flag);
        for flag in flags {
            assert_eq!(flag.default.as_deref(), Some("no"), "{}", flag.id);
        }
    }
}

#[test]
fn everything_known_leaves_nothing_to_ask_and_can_still_be_corrected() {
    let forms = shipped();
    let juminhyo = forms.get("juminhyo").unwrap();
    let mut answers = a_card();
    walk(&[juminhyo], &mut answers, |_| None);
    let pages = pages(&[juminhyo], &answers);
    assert!(pages.iter().flat_map(|page| &page.questions).all(|ask| ask.answer.is_some()));
    assert_eq!(pages[0].questions[0].prefill(), Some(Value::Text(CARD[0].2.into())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever is chosen, with or without a card, for any of the forms: the
    /// pages come to an end, no question comes twice, nothing is left open.
    #[test]
    fn every_way_through_the_pages_ends_with_nothing_left(
        with_card: bool,
        which in 0_usize..64,
        picks in proptest::collection::vec(0_usize..8, 64),
    ) {
        let forms = shipped();
        let chosen: Vec<&Form> = forms
            .iter()
            .enumerate()
            .filter_map(|(number, form)| (which >> number & 1 == 1).then_some(form))
            .collect();
        let chosen = chosen.as_slice();
        let mut answers = if with_card { a_card() } else { Answers::default() };
        let mut picks = picks.into_iter().cycle();
        let (_, asked) = walk(chosen, &mut answers, |ask| {
            let pick = picks.next()?;
            match ask.question.kind {
                Kind::Choice => {
                    Some(Raw::One(ask.options[pick % ask.options.len()].id.clone()))
                }
                Kind::Flag => Some(Raw::One(if pick % 2 == 0 { "yes" } else { "no" }.into())),
                Kind::Number => {
                    let [min, max] = ask.question.range?;
                    Some(Raw::One((min + pick as u32).min(max).to_string()))
                }
                _ => None,
            }
        });
        let once: BTreeSet<&String> = asked.iter().collect();
        prop_assert_eq!(once.len(), asked.len(), "asked twice: {:?}", asked);
        prop_assert_eq!(incomplete(chosen, &answers), vec![]);
    }
}

fn fonts() -> Fonts {
    let (fonts, faults) = Fonts::with_folder(Path::new("fonts"));
    assert!(faults.is_empty());
    fonts
}

/// A case on paper, as the whole visit's forms are printed.
fn print(form: &Form, case: &serde_json::Value) -> Result<usize, FillError> {
    let answers = record::read(&[form], case, Source::Typed, TODAY).unwrap();
    let paper = Paper::compile(form, &fonts()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let printed = with_defaults(&[form], &answers);
    paper.fill(&printed, &Answers::default()).map(|filled| filled.findings.len())
}

#[test]
fn the_sample_of_every_form_is_valid_complete_and_fits_its_paper() {
    for form in shipped().iter() {
        let sample = form.sample().expect("every shipped form has a sample");
        let answers = record::read(&[form], sample, Source::Typed, TODAY)
            .unwrap_or_else(|refused| panic!("{}: {refused:#?}", form.id()));
        assert_eq!(incomplete(&[form], &answers), [], "{}", form.id());
        assert_eq!(ignored(&[form], &answers), [""; 0], "{}", form.id());
        assert_eq!(print(form, sample), Ok(0), "{}", form.id());
    }
}

/// Bytes that no filled form may have, however much there is to write.
const BYTES_MAX: usize = 60_000;

/// A case with all that a counter adds, in the shipped fonts: the same bytes on
/// every machine.
fn bytes(form: &Form, case: &serde_json::Value) -> usize {
    let answers = record::read(&[form], case, Source::Typed, TODAY)
        .unwrap_or_else(|refused| panic!("{}: {refused:#?}", form.id()));
    let added = counter::read(
        form,
        &counter::example(form, Some("60,000円".to_owned())),
        Answers::default(),
    );
    let added = added.unwrap_or_else(|refused| panic!("{}: {refused:#?}", form.id()));
    let paper = Paper::compile(form, &Fonts::shipped()).unwrap();
    let printed = with_defaults(&[form], &answers);
    paper.fill(&printed, &added).unwrap().pdf.len()
}

#[test]
fn the_sample_of_every_form_is_a_small_file() {
    for form in shipped().iter() {
        let bytes = bytes(form, form.sample().unwrap());
        assert!(bytes < BYTES_MAX, "{}: {bytes} bytes", form.id());
    }
}

/// A household of six with long names, two of them from abroad; hardly a
/// character comes twice.
fn a_large_household(form: &Form) -> serde_json::Value {
    let mut case = form.sample().unwrap().clone();
    case["applicant"]["name"] = "勅使河原　薫右衛門".into();
    case["applicant"]["kana"] = "テシガワラ　クンエモン".into();
    let answers = case["answers"].as_object_mut().unwrap();
    answers.retain(|path, _| !path.starts_with("ido.member."));
    let mut set = |path: String, value: serde_json::Value| answers.insert(path, value);
    set("ido.members".into(), 6.into());
    let japanese = [
        (3, "榊原　勘解由小路左衛門", "サカキバラ　カデノコウジサエモン"),
        (4, "髙橋　龍之介権兵衛", "タカハシ　リュウノスケゴンベエ"),
        (6, "渡邊　彌太郎重右衛門", "ワタナベ　ヤタロウジュウエモン"),
    ];
    let abroad = [
        (
            2,
            "WOLFGANG ALEXANDER MAXIMILIAN",
            "ウォルフガング　アレクサンダー",
            "オーストリア",
            "技術・人文知識・国際業務",
        ),
        (5, "NGUYEN THI MINH KHAI", "グエン　ティ　ミン　カイ", "ベトナム", "家族滞在"),
    ];
    for (row, name, kana) in japanese {
        set(format!("ido.member.{row}.name"), name.into());
        set(format!("ido.member.{row}.kana"), kana.into());
        set(format!("ido.member.{row}.has"), ["card", "pension", "child"].into());
    }
    for (row, name, kana, nationality, status) in abroad {
        set(format!("ido.member.{row}.foreign"), true.into());
        for (part, words) in [
            ("name", name),
            ("kana", kana),
            ("nationality", nationality),
            ("status", status),
            ("category", "resident"),
            ("period", "5年"),
            ("until", "2030-02-28"),
            ("card_number", "AB12345678CD"),
        ] {
            set(format!("ido.member.{row}.{part}"), words.into());
        }
    }
    for row in 1..=6 {
        let relation = if row == 1 { "head" } else { "child" };
        set(format!("ido.member.{row}.relation"), relation.into());
        if row > 1 {
            set(format!("ido.member.{row}.birth_date"), format!("19{row}7-0{row}-1{row}").into());
            set(format!("ido.member.{row}.sex"), "female".into());
        }
    }
    case
}

#[test]
fn the_removal_of_a_large_household_is_a_small_file() {
    let forms = shipped();
    let ido = forms.get("ido").unwrap();
    let bytes = bytes(ido, &a_large_household(ido));
    assert!(bytes < BYTES_MAX, "{bytes} bytes");
}

/// The longest entry each question takes, its names made of `name`.
fn longest(question: &super::template::Question, name: &str) -> Option<serde_json::Value> {
    let fill = |unit: &str, max: usize| unit.chars().cycle().take(max).collect::<String>();
    let max = |usual: usize| question.max_chars.unwrap_or(usual);
    Some(match question.kind {
        Kind::Name => fill(name, max(60)).trim_end().to_owned().into(),
        Kind::Kana => fill("ウルフガング　アレクサンダー　", max(80)).trim_end().to_owned().into(),
        Kind::Address => fill("見本県みほん町大字架空字上野原１２３４番地", max(120)).into(),
        Kind::Text => fill("くわしく書いた言葉です。", max(200)).into(),
        Kind::Phone => "090-0000-0101".into(),
        Kind::Postal => "9999999".into(),
        Kind::Digits => "9".repeat(question.digits?[1] as usize).into(),
        Kind::Date => "2026-10-10".into(),
        // Each row another one.
        Kind::FiscalYear => {
            let row: u32 = question.id.chars().filter_map(|letter| letter.to_digit(10)).sum();
            (2022 + row).to_string().into()
        }
        Kind::Number => question.range?[1].into(),
        Kind::Choice => question.options.last()?.id.clone().into(),
        Kind::Flag => true.into(),
        Kind::Multi => question.options.iter().map(|option| option.id.clone()).collect(),
        Kind::Copies => {
            let counts = question.options.iter().map(|option| (option.id.clone(), 99.into()));
            serde_json::Value::Object(counts.collect())
        }
    })
}

/// Cases with the longest entries everywhere, for several kinds of names: with the
/// last option of every choice, and with the first.
pub(super) fn longest_cases(form: &Form) -> Vec<serde_json::Value> {
    let names = ["WOLFGANG ALEXANDER ", "見", "ウォルフガング・アレクサンダー　"];
    let mut cases = Vec::new();
    for name in names {
        let questions = form.questions().iter();
        let mut answers: serde_json::Map<_, _> = questions
            .filter_map(|question| Some((question.id.clone(), longest(question, name)?)))
            .collect();
        cases.push(serde_json::json!({ "answers": answers }));
        for question in form.questions().iter().filter(|question| question.kind == Kind::Choice) {
            answers[&question.id] = question.options[0].id.clone().into();
        }
        cases.push(serde_json::json!({ "answers": answers }));
    }
    cases
}

#[test]
fn the_longest_entries_that_are_taken_fit_the_paper_too() {
    for form in shipped().iter() {
        for case in longest_cases(form) {
            assert_eq!(print(form, &case), Ok(0), "{}", form.id());
        }
    }
}

/// Where the label stands that says 署名, and its row: nothing is written there.
fn signature_lines(template: &super::template::Template) -> Vec<super::template::Rect> {
    let labels = template.draw.iter().filter_map(|draw| match draw {
        super::template::Draw::Label { text, rect, .. } => Some((text.replace('　', ""), *rect)),
        _ => None,
    });
    labels.filter(|(text, _)| text == "署名").map(|(_, rect)| rect).collect()
}

#[test]
fn whoever_signs_has_an_empty_line_and_nobody_else_has_one() {
    use super::template::Signature;
    for form in shipped().iter() {
        let template = form.template();
        let lines = signature_lines(template);
        let signs = template.signature != Signature::PrintedName;
        assert_eq!(!lines.is_empty(), signs, "{}", form.id());
        for [x, y, width, height] in lines {
            // Thirty millimetres to the right of the word are left to the pen.
            let (right, below) = (x + width + 30.0, y + height);
            let written = template.field.iter().filter_map(|field| field.text.as_ref());
            let in_the_way = written.filter(|text| {
                let [left, top, wide, high] = text.rect;
                left < right && left + wide > x && top < below - 0.1 && top + high > y + 0.1
            });
            assert_eq!(in_the_way.count(), 0, "{}", form.id());
        }
    }
}

#[test]
fn no_form_asks_for_the_number_or_prints_it() {
    for form in shipped().iter() {
        for question in form.questions().iter().filter(|question| question.kind != Kind::Flag) {
            let words = [&question.label.ja, &question.label.en].map(|words| words.to_lowercase());
            for number in ["個人番号", "マイナンバー", "my number", "individual number"] {
                let named = words.iter().any(|words| words.contains(number));
                let card =
                    words.iter().all(|words| words.contains("カード") || words.contains("card"));
                assert!(!named || card, "{}: {}", form.id(), question.id);
            }
        }
    }
}
