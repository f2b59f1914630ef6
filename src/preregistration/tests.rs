//! Codes from the page to the counter, and everything that may come instead.

mod fuzz;
mod refused;
mod understood;

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
use crate::envelope;
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
        envelope::seal(&key.public(), (info.as_bytes(), &beside), content, &chance).unwrap();
    format!("MK1{}", base41::encode(&[&header[..], &sender, &sealed].concat()))
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
