//! Codes from the page to the counter, and everything that may come instead.

mod fuzz;

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;
use time::macros::datetime;

use super::cbor::Item;
use super::wire::Sealed;
use super::*;
use crate::applicant::Source;
use crate::chance::SeededChance;
use crate::config::Config;
use crate::form::answers::Value;
use crate::form::{Form, Forms, questions, record};
use crate::lang::{Catalogue, Lang};

const TOWN: &str = "999997";
const NOW: Moment = datetime!(2026-11-21 10:00 +9);
const MADE_AT: Moment = datetime!(2026-11-20 21:14 +9);
const JTI: Jti = Jti([1, 2, 3, 4, 5, 6, 7, 8]);

/// A counter of the example town with this month's key.
struct Counter {
    config: Config,
    forms: Forms,
    books: Codebooks,
    keys: Keyring,
}

impl Counter {
    fn new() -> Counter {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let forms = Forms::load(Path::new("templates/forms")).unwrap();
        let books = Codebooks::of(&config, &forms, NOW.date());
        let key = Key::new(Epoch::of(NOW.date()), TOWN, &SeededChance::new(1));
        Counter { config, forms, books, keys: Keyring::of([key]) }
    }

    fn key(&self) -> &Key {
        self.keys.of_epoch(Epoch::of(NOW.date())).unwrap()
    }

    fn form(&self, procedure: &str) -> &Form {
        self.forms.on(&self.config.procedure(procedure).unwrap().form, NOW.date()).unwrap()
    }

    /// What the sample of the procedure's form says, as far as it counts.
    fn sample(&self, procedure: &str) -> Answers {
        let form = self.form(procedure);
        let read = record::read(&[form], form.sample().unwrap(), Source::Qr, NOW.date());
        let mut answers = read.unwrap();
        for (path, option) in &self.config.procedure(procedure).unwrap().preset {
            answers.set(path, Value::Choice(option.clone()), Source::Preset);
        }
        let counted = questions::known(&[form], &answers);
        let given = answers.iter().filter(|(path, answer)| counted.get(path) == Some(answer));
        given.map(|(path, answer)| (path.to_owned(), answer.clone())).collect()
    }

    fn body(&self, procedures: &[&str], answers: &Answers) -> Vec<u8> {
        let visit =
            Visit { booking: None, made_at: MADE_AT, jti: JTI, revision: 2, procedures, answers };
        encode(self.books.present(), &visit)
    }

    fn seal(&self, body: &[u8]) -> String {
        seal(body, TOWN, &self.key().public(), &SeededChance::new(2)).unwrap()
    }

    fn open(&self, text: &str) -> Result<Opened, Refusal> {
        open(text, &self.keys, &self.books, TOWN, NOW)
    }

    /// A body whose parts are these, sealed and opened again.
    fn open_item(&self, item: &Item) -> Result<Opened, Refusal> {
        self.open(&self.seal(&item.to_bytes()))
    }
}

fn number(number: i64) -> Item {
    Item::Number(number)
}

/// The seven parts of a body that says nothing.
fn parts(counter: &Counter) -> Vec<(u64, Item)> {
    let minutes = (MADE_AT - datetime!(2020-01-01 0:00 UTC)).whole_minutes();
    vec![
        (0, number(1)),
        (1, Item::Bytes(counter.books.present().hash().to_vec())),
        (2, number(minutes)),
        (3, Item::Bytes(JTI.0.to_vec())),
        (4, number(0)),
        (5, Item::Map(Vec::new())),
        (6, Item::Array(Vec::new())),
    ]
}

#[test]
fn every_answer_of_every_form_comes_back() {
    let counter = Counter::new();
    for procedure in &counter.config.procedures {
        let answers = counter.sample(&procedure.id);
        let opened = counter.open(&counter.seal(&counter.body(&[&procedure.id], &answers)));
        let told = answers.iter().filter(|(_, answer)| answer.source == Source::Qr);
        let told = told.map(|(path, answer)| (path.to_owned(), answer.clone())).collect();
        let expected = Opened {
            jti: JTI,
            revision: 2,
            made_at: MADE_AT,
            procedures: vec![procedure.id.clone()],
            answers: told,
            booking: None,
            doubtful: Vec::new(),
        };
        assert_eq!(opened, Ok(expected), "{}", procedure.id);
    }
}

#[test]
fn a_whole_visit_is_one_code_and_what_two_procedures_share_goes_once() {
    let counter = Counter::new();
    let answers: Answers = ["juminhyo", "inkan"]
        .iter()
        .flat_map(|procedure| {
            let sample = counter.sample(procedure);
            let own = sample.iter().map(|(path, answer)| (path.to_owned(), answer.clone()));
            own.collect::<Vec<_>>()
        })
        .collect();
    let opened =
        counter.open(&counter.seal(&counter.body(&["inkan", "juminhyo"], &answers))).unwrap();
    assert_eq!(opened.procedures, ["inkan", "juminhyo"]);
    assert_eq!((opened.answers, opened.doubtful), (answers, Vec::new()));
    // Two notices of one form: its answers stand with the first.
    let moved = counter.sample("tenkyo");
    let one = counter.body(&["tenkyo"], &moved).len();
    assert_eq!(counter.body(&["tenkyo", "setai-henko"], &moved).len(), one + 3);
}

#[test]
fn the_same_visit_is_sealed_differently_each_time() {
    let counter = Counter::new();
    let body = counter.body(&["juminhyo"], &counter.sample("juminhyo"));
    let chance = SeededChance::new(7);
    let texts = [(); 2].map(|()| seal(&body, TOWN, &counter.key().public(), &chance).unwrap());
    assert_ne!(texts[0], texts[1]);
    assert_eq!(counter.open(&texts[0]), counter.open(&texts[1]));
}

#[test]
fn scanners_may_write_in_small_or_wide_letters_with_blanks_around() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["juminhyo"], &counter.sample("juminhyo")));
    let wide: String =
        text.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect();
    let opened = counter.open(&text);
    assert!(opened.is_ok());
    for scanned in [text.to_lowercase(), wide, format!(" {text}\r\n")] {
        assert_eq!(counter.open(&scanned), opened, "{scanned}");
    }
}

#[test]
fn what_is_no_code_of_ours_is_told_before_anything_is_opened() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["juminhyo"], &counter.sample("juminhyo")));
    let long = format!("MK1{}", "0".repeat(1_500));
    let longer = "MK1".repeat(3_000);
    for (scanned, refusal) in [
        ("", Refusal::NotOurs),
        ("https://www.example.jp/", Refusal::NotOurs),
        ("MK2000", Refusal::NotOurs),
        ("00020101021226680019jp.or.paymentsjapan", Refusal::NotOurs),
        (&longer, Refusal::NotOurs),
        ("MK1", Refusal::Torn),
        ("MK1000", Refusal::Torn),
        ("MK1///", Refusal::Torn),
        (&long, Refusal::Torn),
        (&format!("{text}*"), Refusal::Torn),
        (&format!("{text}//////"), Refusal::Torn),
        (&text.replacen("MK1", "MK1 ", 1), Refusal::Torn),
        (&format!("{}日本", &text[..40]), Refusal::Torn),
        (&text[..60], Refusal::Torn),
    ] {
        assert_eq!(counter.open(scanned), Err(refusal), "{scanned}");
    }
}

#[test]
fn a_code_torn_anywhere_never_opens() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    for len in 0..text.len() {
        let refusal = counter.open(&text[..len]).unwrap_err();
        let expected = [Refusal::NotOurs, Refusal::Torn, Refusal::NotOpened];
        assert!(expected.contains(&refusal), "{len}: {refusal:?}");
    }
}

#[test]
fn a_code_with_any_byte_changed_never_opens() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    let wire = base41::decode(&text[3..]).unwrap();
    for at in 0..wire.len() {
        for bit in 0..8 {
            let mut changed = wire.clone();
            changed[at] ^= 1 << bit;
            let refusal = counter.open(&format!("MK1{}", base41::encode(&changed))).unwrap_err();
            let expected: &[Refusal] = match at {
                0 => &[Refusal::Newer, Refusal::NotOpened],
                1..5 => &[Refusal::UnknownKey],
                5 if bit > 0 => &[Refusal::NotAKey],
                5..38 => &[Refusal::NotAKey, Refusal::NotOpened],
                _ => &[Refusal::NotOpened],
            };
            assert!(expected.contains(&refusal), "byte {at}, bit {bit}: {refusal:?}");
        }
    }
}

/// The library would open half of them: a compact point has no sign.
#[test]
fn the_senders_key_is_written_in_one_way_only() {
    let counter = Counter::new();
    let body = counter.body(&["inkan"], &counter.sample("inkan"));
    for seed in 0..20 {
        let text = seal(&body, TOWN, &counter.key().public(), &SeededChance::new(seed)).unwrap();
        let wire = base41::decode(&text[3..]).unwrap();
        assert!(matches!(wire[5], 2 | 3));
        for tag in [0x00, 0x01, 0x04, 0x05, 0x06, 0x07] {
            let mut changed = wire.clone();
            changed[5] = tag;
            let text = format!("MK1{}", base41::encode(&changed));
            assert_eq!(counter.open(&text), Err(Refusal::NotAKey), "{tag}");
        }
    }
}

#[test]
fn another_towns_code_and_one_whose_key_is_gone_are_refused() {
    let counter = Counter::new();
    let body = counter.body(&["inkan"], &counter.sample("inkan"));
    let text = counter.seal(&body);
    let open_at = |town, now| open(&text, &counter.keys, &counter.books, town, now);
    assert_eq!(open_at("022101", NOW), Err(Refusal::NotOpened));
    // The key's month is November; it opens until 30 December.
    assert_eq!(open_at(TOWN, datetime!(2026-12-30 23:59 +9)), Err(Refusal::Expired));
    assert_eq!(open_at(TOWN, datetime!(2026-12-31 0:00 +9)), Err(Refusal::UnknownKey));
    let other = Key::new(Epoch::of(NOW.date()), TOWN, &SeededChance::new(9));
    let text = seal(&body, TOWN, &other.public(), &SeededChance::new(2)).unwrap();
    assert_eq!(counter.open(&text), Err(Refusal::UnknownKey));
    assert_eq!(
        open(&text, &Keyring::default(), &counter.books, TOWN, NOW),
        Err(Refusal::UnknownKey)
    );
}

#[test]
fn a_code_is_good_for_thirty_days_and_a_clock_may_be_a_day_fast() {
    let counter = Counter::new();
    for (made_at, refusal) in [
        (NOW - Duration::days(30), None),
        (NOW - Duration::days(30) - Duration::minutes(1), Some(Refusal::Expired)),
        (NOW + Duration::hours(24), None),
        (NOW + Duration::hours(24) + Duration::minutes(1), Some(Refusal::FromFuture)),
        (NOW + Duration::days(3_000), Some(Refusal::FromFuture)),
        (datetime!(2020-01-01 0:00 UTC), Some(Refusal::Expired)),
    ] {
        let answers = Answers::default();
        let visit = Visit {
            booking: None,
            made_at,
            jti: JTI,
            revision: 0,
            procedures: &[],
            answers: &answers,
        };
        let text = counter.seal(&encode(counter.books.present(), &visit));
        assert_eq!(counter.open(&text).err(), refusal, "{made_at}");
    }
}

#[test]
fn suites_and_flags_of_a_later_page_are_told_as_newer() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    let wire = base41::decode(&text[3..]).unwrap();
    for first in [0x00, 0x20, 0xF0, 0x12, 0x13, 0x14, 0x18, 0x1F] {
        let changed = [&[first], &wire[1..]].concat();
        let text = format!("MK1{}", base41::encode(&changed));
        assert_eq!(counter.open(&text), Err(Refusal::Newer), "{first:#x}");
    }
    for (key, value) in [(0, number(2)), (0, number(0))] {
        let mut parts = parts(&counter);
        parts[key] = (key as u64, value);
        assert_eq!(counter.open_item(&Item::Map(parts)), Err(Refusal::Newer));
    }
}

fn deflated(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Seals `content` as it is, said to be deflated.
fn said_to_be_deflated(counter: &Counter, content: &[u8]) -> String {
    let key = counter.key();
    let [a, b, c, d] = key.id();
    let header = [0x11, a, b, c, d];
    let beside = [&b"MK1"[..], &header].concat();
    let info = format!("kakanai-madoguchi/prereg/1|{TOWN}");
    let chance = SeededChance::new(3);
    let (sender, sealed) =
        hpke::seal(&key.public(), (info.as_bytes(), &beside), content, &chance).unwrap();
    format!("MK1{}", base41::encode(&[&header[..], &sender, &sealed].concat()))
}

#[test]
fn a_bomb_swells_no_further_than_a_visit_could() {
    let counter = Counter::new();
    let body = Item::Map(parts(&counter)).to_bytes();
    let whole = deflated(&body);
    assert!(counter.open(&said_to_be_deflated(&counter, &whole)).is_ok());
    for (what, content, refusal) in [
        ("half a megabyte of zeros", deflated(&vec![0; 500_000]), Refusal::TooLarge),
        ("one byte too many", deflated(&vec![0; 4_097]), Refusal::TooLarge),
        ("as large as may be, but no body", deflated(&vec![0; 4_096]), Refusal::Malformed),
        ("an end that is missing", whole[..whole.len() - 1].to_vec(), Refusal::Malformed),
        ("something after the end", [&whole[..], &[0]].concat(), Refusal::Malformed),
        ("not deflated at all", body.clone(), Refusal::Malformed),
    ] {
        assert_eq!(counter.open(&said_to_be_deflated(&counter, &content)), Err(refusal), "{what}");
    }
}

#[test]
fn a_body_that_is_not_as_the_page_writes_it_is_refused() {
    let counter = Counter::new();
    let with = |key: usize, item: Item| {
        let mut parts = parts(&counter);
        parts[key].1 = item;
        Item::Map(parts).to_bytes()
    };
    let sound = Item::Map(parts(&counter)).to_bytes();
    let pair = |procedure| Item::Array(vec![number(procedure), Item::Array(Vec::new())]);
    let of_steps = |steps: &[i64]| {
        let steps = Item::Array(steps.iter().copied().map(number).collect());
        Item::Array(vec![Item::Array(vec![number(0), steps])])
    };
    let in_a_map = Item::Array(vec![number(0), Item::Map(Vec::new())]);
    let more = [parts(&counter), vec![(7, Item::Null)]].concat();
    assert!(counter.open(&counter.seal(&sound)).is_ok());
    for (what, body) in [
        ("a byte after the end", [&sound[..], &[0]].concat()),
        ("an end that is missing", sound[..sound.len() - 1].to_vec()),
        ("no map", number(1).to_bytes()),
        ("a map without its length", [&[0xBF][..], &sound[1..], &[0xFF]].concat()),
        ("a part too few", Item::Map(parts(&counter)[..6].to_vec()).to_bytes()),
        ("a part too many", Item::Map(more).to_bytes()),
        ("a key twice", [&[0xA8, 0, 1][..], &sound[1..]].concat()),
        ("a version in words", with(0, Item::Text("1".into()))),
        ("a hash too short", with(1, Item::Bytes(vec![0; 7]))),
        ("a time before time", with(2, number(-1))),
        ("a time that never comes", with(2, number(i64::MAX))),
        ("a jti too long", with(3, Item::Bytes(vec![0; 9]))),
        ("a negative revision", with(4, number(-1))),
        ("facts in a row", with(5, Item::Array(Vec::new()))),
        ("procedures in a map", with(6, Item::Map(Vec::new()))),
        ("a procedure alone", with(6, Item::Array(vec![number(0)]))),
        ("a procedure twice", with(6, Item::Array(vec![pair(0), pair(0)]))),
        ("a negative procedure", with(6, Item::Array(vec![pair(-1)]))),
        ("a question twice", with(6, of_steps(&[1, 0, 0, 0]))),
        ("a step back", with(6, of_steps(&[3, 0, -1, 0]))),
        ("a step without a value", with(6, of_steps(&[1, 0, 1]))),
        ("steps beyond all numbers", with(6, of_steps(&[i64::MAX, 0, i64::MAX, 0, i64::MAX, 0]))),
        ("answers in a map", with(6, Item::Array(vec![in_a_map]))),
        (
            "deeper than any body",
            with(6, (0..9).fold(number(0), |item, _| Item::Array(vec![item]))),
        ),
    ] {
        assert_eq!(counter.open(&counter.seal(&body)), Err(Refusal::Malformed), "{what}");
    }
}

/// Opens a body that holds one answer and tells what became of it.
fn one_answer(
    counter: &Counter,
    path: &str,
    item: Item,
) -> Result<Value, (Option<String>, &'static str)> {
    let book = counter.books.present();
    let mut parts = parts(counter);
    match body::FACTS.iter().find(|(_, fact, _)| *fact == path) {
        Some((fact, _, _)) => parts[5].1 = Item::Map(vec![(*fact, item)]),
        None => {
            let find = |(at, procedure): (usize, &codebook::Procedure)| {
                let questions = &book.form_of(procedure).questions;
                Some((at, questions.iter().position(|question| question.path == path)?))
            };
            let (procedure, question) = book.procedures.iter().enumerate().find_map(find).unwrap();
            let answers = body::steps([(question as u64, item)]);
            parts[6].1 = Item::Array(vec![Item::Array(vec![number(procedure as i64), answers])]);
        }
    }
    let opened = counter.open_item(&Item::Map(parts)).unwrap();
    match (opened.answers.get(path), opened.doubtful.as_slice()) {
        (Some(answer), []) => Ok(answer.value.clone()),
        (None, [doubt]) => Err((doubt.about.clone(), doubt.code())),
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn an_answer_that_its_question_does_not_take_is_named_and_the_rest_stands() {
    let counter = Counter::new();
    let words = |text: &str| Item::Text(text.to_owned());
    for (path, item, code) in [
        ("applicant.name", words("試験\u{202E}花子"), "input.control_character"),
        ("applicant.name", words("試験\u{0007}"), "input.control_character"),
        ("applicant.name", words(&"試".repeat(61)), "input.too_long"),
        ("applicant.name", words("123456789018"), "input.personal_number"),
        ("applicant.name", words("試験 1234-5678-9018"), "input.personal_number"),
        (
            "applicant.address",
            words("みなみ1-2-3 １２３４５６７８９０１８"),
            "input.personal_number",
        ),
        ("ido.new.address", words("中央 1234 5678 9018"), "input.personal_number"),
        ("ido.new.room", compact::words("1234・5678・9018号室"), "input.personal_number"),
        ("applicant.name", number(5), "preregistration.not_a_value"),
        ("applicant.name", Item::Bytes(vec![0, 255]), "preregistration.not_a_value"),
        ("applicant.kana", words("試験"), "input.not_katakana"),
        ("applicant.birth_date", words("1990-01-01"), "preregistration.not_a_value"),
        ("applicant.birth_date", number(i64::MAX), "preregistration.not_a_value"),
        ("applicant.birth_date", number(30_000), "input.future_day"),
        (
            "applicant.birth_date",
            Item::Array(vec![number(1990), number(13)]),
            "preregistration.not_a_value",
        ),
        ("applicant.sex", number(4), "input.not_an_option"),
        ("applicant.sex", number(-1), "input.not_an_option"),
        ("applicant.sex", Item::Flag(true), "preregistration.not_a_value"),
        ("applicant.phone", words("12"), "input.not_a_phone"),
        ("applicant.phone", Item::Map(Vec::new()), "preregistration.not_a_value"),
        ("ido.from", number(3), "input.not_an_option"),
        ("ido.new.postal", compact::digits("123456"), "input.not_a_postal_code"),
        ("ido.members", number(7), "input.out_of_range"),
        ("ido.members", number(-1), "input.not_a_number"),
        ("ido.member.1.has", Item::Array(vec![number(0), number(99)]), "input.not_an_option"),
        ("ido.member.1.has", number(1), "preregistration.not_a_value"),
        ("ido.member.1.foreign", number(1), "preregistration.not_a_value"),
        ("juminhyo.copies", Item::Map(vec![(99, number(1))]), "input.not_an_option"),
        ("juminhyo.copies", Item::Map(vec![(0, number(1_000))]), "input.out_of_range"),
        ("juminhyo.copies", Item::Map(vec![(0, Item::Null)]), "preregistration.not_a_value"),
    ] {
        assert_eq!(one_answer(&counter, path, item), Err((Some(path.to_owned()), code)));
    }
}

#[test]
fn dates_that_are_partly_known_come_back_as_they_were_given() {
    let counter = Counter::new();
    let book = counter.books.present();
    for date in [
        "1993-01-01",
        "1873-01-01",
        "1926-12-25",
        "1944-05",
        "1944",
        "2150000",
        "3010000",
        "4010100",
        "3640100",
    ] {
        let date: Value = serde_json::from_value(json!({ "date": date })).unwrap();
        let mut answers = Answers::default();
        answers.set("applicant.birth_date", date.clone(), Source::Qr);
        let visit = Visit {
            booking: None,
            made_at: MADE_AT,
            jti: JTI,
            revision: 0,
            procedures: &[],
            answers: &answers,
        };
        let opened = counter.open(&counter.seal(&encode(book, &visit))).unwrap();
        assert_eq!(opened.answers, answers, "{date:?} {:?}", opened.doubtful);
    }
}

#[test]
fn a_question_that_was_skipped_stays_skipped() {
    let counter = Counter::new();
    for path in ["applicant.kana", "ido.new.room", "ido.member.2.has", "ido.reason"] {
        assert_eq!(one_answer(&counter, path, Item::Null), Ok(Value::skipped()), "{path}");
    }
}

#[test]
fn of_a_code_from_forms_nobody_knows_the_applicant_is_still_understood() {
    let counter = Counter::new();
    let name = compact::words("試験　花子");
    let procedure = Item::Array(vec![number(3), body::steps([(0, number(1))])]);
    let mut parts = parts(&counter);
    parts[1].1 = Item::Bytes(vec![9; 8]);
    parts[5].1 = Item::Map(vec![(1, name), (77, Item::Null)]);
    parts[6].1 = Item::Array(vec![procedure]);
    let opened = counter.open_item(&Item::Map(parts)).unwrap();
    assert_eq!(opened.answers.text("applicant.name"), Some(&"試験　花子".into()));
    assert_eq!(opened.procedures, Vec::<String>::new());
    let codes: Vec<_> = opened.doubtful.iter().map(Doubt::code).collect();
    assert_eq!(codes, ["preregistration.unknown_number", "preregistration.unknown_forms"]);
}

#[test]
fn a_code_made_before_the_forms_were_edited_is_understood_as_far_as_they_agree() {
    let counter = Counter::new();
    let today = counter.books.present().to_json().to_string();
    // As the town's pages were before: other options, other questions, in another
    // order, and a procedure that is no longer offered.
    let mut before: serde_json::Value = serde_json::from_str(&today).unwrap();
    before["procedures"].as_array_mut().unwrap().reverse();
    let retired = json!({ "id": "retired", "form": 0, "preset": [] });
    before["procedures"].as_array_mut().unwrap().push(retired);
    for form in before["forms"].as_array_mut().unwrap() {
        let questions = form["questions"].as_array_mut().unwrap();
        questions.reverse();
        for question in questions.iter_mut() {
            if let Some(options) = question.get_mut("options") {
                options.as_array_mut().unwrap().reverse();
            }
        }
        let path = format!("{}.gone", form["id"].as_str().unwrap());
        form["questions"]
            .as_array_mut()
            .unwrap()
            .insert(0, json!({ "path": path, "kind": "flag" }));
    }
    before.as_object_mut().unwrap().remove("hash");
    let before: Codebook = serde_json::from_value(before).unwrap();

    let mut answers = counter.sample("tennyu");
    answers.set("ido.gone", Value::Flag(true), Source::Qr);
    let procedures = ["tennyu", "retired"];
    let visit = Visit {
        booking: None,
        made_at: MADE_AT,
        jti: JTI,
        revision: 0,
        procedures: &procedures,
        answers: &answers,
    };
    let text = counter.seal(&encode(&before, &visit));
    let books = counter.books.clone().with_older([before]);
    let opened = open(&text, &counter.keys, &books, TOWN, NOW).unwrap();

    assert_eq!(opened.procedures, ["tennyu"]);
    answers.remove("ido.gone");
    answers.remove("ido.kind");
    assert_eq!(opened.answers, answers);
    let doubts: Vec<_> =
        opened.doubtful.iter().map(|doubt| (doubt.about.as_deref(), doubt.code())).collect();
    assert_eq!(
        doubts,
        [
            (Some("ido.gone"), "preregistration.question_gone"),
            (Some("retired"), "preregistration.procedure_gone"),
        ]
    );
}

#[test]
fn a_codebook_reads_back_from_its_json_and_not_from_one_that_was_touched() {
    let counter = Counter::new();
    let book = counter.books.present();
    let text = book.to_json().to_string();
    assert_eq!(Codebook::from_json(&text).as_ref(), Some(book));
    assert_eq!(Codebook::from_json(&text.replace("juminhyo", "juminhyu")), None);
    assert_eq!(Codebook::from_json("{}"), None);
}

#[test]
fn every_refusal_and_doubt_has_a_sentence_in_every_language() {
    let codes = Refusal::ALL.iter().map(|refusal| refusal.code());
    for code in codes.chain(Why::ALL.iter().map(|why| why.code())) {
        for lang in Lang::ALL {
            assert_ne!(Catalogue::shipped().t(lang, code), code);
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_scanned_is_answered(text in any::<String>(), tail in "[0-9A-Z$%./-]{0,200}") {
        static COUNTER: LazyLock<Counter> = LazyLock::new(Counter::new);
        prop_assert!(COUNTER.open(&text).is_err());
        let text = format!("MK1{tail}");
        prop_assert!(COUNTER.open(&text).is_err());
        let looks_whole = |wire: &Vec<u8>| wire.len() > OVERHEAD && matches!(wire[0], 0x10 | 0x11);
        prop_assert_eq!(Sealed::parse(&text).is_ok(), base41::decode(&tail).is_some_and(|wire| looks_whole(&wire)));
    }
}

/// The page writes the same bytes of the same file: tests/it/preregistration.
#[test]
fn bodies_are_written_as_the_shared_file_says() {
    let fixture = |name: &str| {
        let path = Path::new("tests/fixtures/preregistration").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let book = Codebook::from_json(&fixture("codebook.json")).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&fixture("bodies.json")).unwrap();
    for case in &cases {
        let visit = &case["visit"];
        let mut answers = Answers::default();
        for (path, value) in visit["answers"].as_object().unwrap() {
            answers.set(path, serde_json::from_value(value.clone()).unwrap(), Source::Qr);
        }
        let procedures: Vec<&str> =
            visit["procedures"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let jti = u64::from_str_radix(visit["jti"].as_str().unwrap(), 16).unwrap();
        let body = encode(
            &book,
            &Visit {
                booking: None,
                made_at: datetime!(2020-01-01 0:00 UTC)
                    + Duration::minutes(visit["iat"].as_i64().unwrap()),
                jti: Jti(jti.to_be_bytes()),
                revision: u32::try_from(visit["revision"].as_u64().unwrap()).unwrap(),
                procedures: &procedures,
                answers: &answers,
            },
        );
        let body: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(body, case["body"].as_str().unwrap(), "{}", case["name"]);
    }
}

#[test]
fn a_booking_number_rides_in_the_code_and_what_is_none_is_named() {
    let counter = Counter::new();
    let number = Number::draw(&SeededChance::new(5));
    let answers = counter.sample("juminhyo");
    let with = |booking| {
        let procedures = &["juminhyo"];
        let visit = Visit {
            booking,
            made_at: MADE_AT,
            jti: JTI,
            revision: 2,
            procedures,
            answers: &answers,
        };
        encode(counter.books.present(), &visit)
    };
    let opened = counter.open(&counter.seal(&with(Some(number)))).unwrap();
    assert_eq!((opened.booking, opened.doubtful.len()), (Some(number), 0));
    assert!(with(Some(number)).len() - with(None).len() <= 6, "six bytes at most");
    let mut parts = parts(&counter);
    for (wrong, found) in [
        (super::tests::number(i64::from(number.to_u32()) + 1), 1),
        (super::tests::number(-1), 1),
        (Item::Bytes(vec![1, 2, 3]), 1),
        (super::tests::number(i64::from(number.to_u32())), 0),
    ] {
        parts[5].1 = Item::Map(vec![(7, wrong)]);
        let opened = counter.open_item(&Item::Map(parts.clone())).unwrap();
        assert_eq!((opened.doubtful.len(), opened.booking.is_some()), (found, found == 0));
    }
}
