//! How long the code made at home is, beside the plain way to write the same
//! answers: CBOR with numbers for keys, UTF-8, and deflate where it is smaller.
//!
//! `cargo bench --bench preregistration`. Nothing is timed: the size is the same on
//! every machine.

use std::io::Write as _;
use std::path::Path;

use madoguchi::applicant::Source;
use madoguchi::chance::SeededChance;
use madoguchi::config::Config;
use madoguchi::form::answers::{Answers, Value};
use madoguchi::form::{Forms, questions, record};
use madoguchi::preregistration::{Codebook, Epoch, Jti, Key, OVERHEAD, Visit, chars, encode, seal};
use qrcode::{EcLevel, QrCode};
use serde_json::{Value as Json, json};
use time::macros::datetime;

const MADE_AT: time::OffsetDateTime = datetime!(2026-11-20 21:14 +9);

/// A payload, and the lengths that the plain way had for one of its kind when the
/// format was chosen.
struct Payload {
    name: &'static str,
    procedures: &'static [&'static str],
    case: Json,
    chosen_at: usize,
}

fn main() {
    let config = Config::load(Path::new("kiosk-config/example")).expect("the example is sound");
    let forms = Forms::load(Path::new("templates/forms")).expect("the forms are sound");
    let book = Codebook::of(&config, &forms, MADE_AT.date());
    let key = Key::new(Epoch::of(MADE_AT.date()), "999997", &SeededChance::new(1));
    println!(
        "{:<24} {:>5} {:>5} {:>5} {:>4} | {:>5} {:>5} {:>4} | {:>5} {:>6}",
        "payload", "body", "wire", "chars", "QR", "plain", "chars", "QR", "ratio", "(then)"
    );
    for payload in payloads() {
        let answers = answers(&config, &forms, &payload);
        let body = encode(
            &book,
            &Visit {
                booking: None,
                made_at: MADE_AT,
                jti: Jti([0xA5; 8]),
                revision: 0,
                procedures: payload.procedures,
                answers: &answers,
            },
        );
        let text =
            seal(&body, "999997", &key.public(), &SeededChance::new(2)).expect("a sound key");
        let plain = smaller(&plain(&book, &answers, &payload));
        let (ours, theirs) = (text.len(), chars(plain));
        println!(
            "{:<24} {:>5} {:>5} {:>5} {:>4} | {:>5} {:>5} {:>4} | {:>5.2} {:>6}",
            payload.name,
            body.len(),
            (ours - 3) * 2 / 3,
            ours,
            version(ours),
            plain + OVERHEAD,
            theirs,
            version(theirs),
            ours as f64 / theirs as f64,
            payload.chosen_at,
        );
        assert!(ours <= theirs, "{} is longer than the plain way", payload.name);
        assert!(ours <= 734, "{} does not fit version 17 at M", payload.name);
    }
}

/// The smallest QR version that holds so many alphanumeric characters at level M.
fn version(chars: usize) -> String {
    let code = QrCode::with_error_correction_level("A".repeat(chars), EcLevel::M);
    code.map_or_else(|_| "-".to_owned(), |code| format!("v{}", (code.width() - 17) / 4))
}

/// What counts of the case: as the page would send it.
fn answers(config: &Config, forms: &Forms, payload: &Payload) -> Answers {
    let day = MADE_AT.date();
    let chosen: Vec<_> = payload.procedures.iter().filter_map(|id| config.procedure(id)).collect();
    let forms: Vec<_> = chosen.iter().filter_map(|one| forms.on(&one.form, day)).collect();
    let mut answers = record::read(&forms, &payload.case, Source::Typed, day)
        .unwrap_or_else(|refused| panic!("{}: {refused:?}", payload.name));
    for (path, option) in chosen.iter().flat_map(|procedure| &procedure.preset) {
        answers.set(path, Value::Choice(option.clone()), Source::Preset);
    }
    let ignored = questions::ignored(&forms, &answers);
    assert!(ignored.is_empty(), "{}: {ignored:?}", payload.name);
    let lacking = questions::incomplete(&forms, &answers);
    assert!(lacking.is_empty(), "{}: {lacking:?}", payload.name);
    answers
}

/// Bytes after deflate, where that is smaller.
fn smaller(body: &[u8]) -> usize {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).expect("memory takes everything");
    let deflated = encoder.finish().expect("memory takes everything");
    body.len().min(deflated.len())
}

/// The same answers in the plain way: text as UTF-8, telephone and postal code as
/// numbers, days as day numbers, options by place.
fn plain(book: &Codebook, answers: &Answers, payload: &Payload) -> Vec<u8> {
    let said = book.to_json();
    let questions: Vec<&Json> = payload
        .procedures
        .iter()
        .filter_map(|id| {
            let procedures = said["procedures"].as_array()?;
            let procedure = procedures.iter().find(|procedure| procedure["id"] == *id)?;
            said["forms"].get(usize::try_from(procedure["form"].as_u64()?).ok()?)
        })
        .collect();
    let facts = ["name", "kana", "birth_date", "sex", "address", "phone"];
    let mut bytes = vec![0xA7, 0, 1, 1, 0x48];
    bytes.extend([0xC3; 8]);
    bytes.extend([2, 0x1A, 0, 0x37, 0x5A, 0x12, 3, 0x48]);
    bytes.extend([0xA5; 8]);
    bytes.extend([4, 0, 5]);
    let of_facts: Vec<(usize, &str, &Value)> = (1..)
        .zip(facts)
        .filter_map(|(number, fact)| {
            Some((number, fact, answers.value(&format!("applicant.{fact}"))?))
        })
        .collect();
    head(&mut bytes, 5, of_facts.len() as u64);
    for (number, _, value) in of_facts {
        head(&mut bytes, 0, number as u64);
        put(&mut bytes, &["male".into(), "female".into()], value);
    }
    bytes.push(6);
    head(&mut bytes, 4, questions.len() as u64);
    for (number, form) in questions.iter().enumerate() {
        bytes.push(0x82);
        head(&mut bytes, 0, number as u64);
        let own: Vec<(usize, &Json, &Value)> = form["questions"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .filter_map(|(number, question)| {
                let path = question["path"].as_str()?;
                let answer = answers.get(path).filter(|answer| answer.source != Source::Preset)?;
                Some((number, question, &answer.value))
            })
            .collect();
        head(&mut bytes, 5, own.len() as u64);
        for (number, question, value) in own {
            head(&mut bytes, 0, number as u64);
            let options = question["options"].as_array().into_iter().flatten();
            let options: Vec<String> =
                options.filter_map(|option| option.as_str().map(str::to_owned)).collect();
            put(&mut bytes, &options, value);
        }
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, options: &[String], value: &Value) {
    let place = |id: &String| options.iter().position(|option| option == id).unwrap_or(0) as u64;
    match value {
        value if value.is_blank() => bytes.push(0xF6),
        Value::Text(text) => {
            let text = text.to_string();
            let digits: String = text.chars().filter(|c| *c != '-').collect();
            match digits.parse::<u64>() {
                Ok(number) => head(bytes, 0, number),
                Err(_) => {
                    head(bytes, 3, text.len() as u64);
                    bytes.extend(text.bytes());
                }
            }
        }
        Value::Date(date) => match date.exact() {
            Some(day) => {
                let days =
                    day.to_julian_day() - time::macros::date!(1900 - 01 - 01).to_julian_day();
                head(bytes, 0, days.unsigned_abs().into());
            }
            None => head(bytes, 0, date.year().unsigned_abs().into()),
        },
        Value::Choice(id) => head(bytes, 0, place(id)),
        Value::Choices(ids) => {
            head(bytes, 4, ids.len() as u64);
            ids.iter().for_each(|id| head(bytes, 0, place(id)));
        }
        Value::Flag(flag) => bytes.push(if *flag { 0xF5 } else { 0xF4 }),
        Value::Number(number) => head(bytes, 0, u64::from(*number)),
        Value::Copies(copies) => {
            head(bytes, 5, copies.len() as u64);
            for (id, count) in copies {
                head(bytes, 0, place(id));
                head(bytes, 0, u64::from(*count));
            }
        }
    }
}

fn head(bytes: &mut Vec<u8>, major: u8, number: u64) {
    let (major, big) = (major << 5, number.to_be_bytes());
    match number {
        0..24 => bytes.push(major | big[7]),
        24..0x100 => bytes.extend([major | 24, big[7]]),
        0x100..0x1_0000 => bytes.extend([&[major | 25], &big[6..]].concat()),
        0x1_0000..0x1_0000_0000 => bytes.extend([&[major | 26], &big[4..]].concat()),
        _ => bytes.extend([&[major | 27], &big[..]].concat()),
    }
}

fn payloads() -> [Payload; 3] {
    let sample = |form: &str| -> Json {
        let file = format!("templates/forms/{form}/sample.json");
        let text = std::fs::read_to_string(file).expect("every form has a sample");
        serde_json::from_str(&text).expect("a sample is JSON")
    };
    let mut three = sample("juminhyo");
    for form in ["inkan", "zei"] {
        let own = sample(form);
        let own = own["answers"].as_object().cloned().unwrap_or_default();
        if let Some(answers) = three["answers"].as_object_mut() {
            answers.extend(own.into_iter().filter(|(path, _)| path.starts_with(form)));
        }
    }
    [
        Payload {
            name: "one procedure",
            procedures: &["juminhyo"],
            case: sample("juminhyo"),
            chosen_at: 348,
        },
        Payload {
            name: "three procedures",
            procedures: &["juminhyo", "inkan", "zei"],
            case: three,
            chosen_at: 503,
        },
        Payload {
            name: "a household of four moves",
            procedures: &["tennyu"],
            case: four(),
            chosen_at: 713,
        },
    ]
}

/// 架空 of the example: two grown-ups and two children move into the town.
fn four() -> Json {
    json!({
        "applicant": {
            "name": "架空　健一", "kana": "カクウ　ケンイチ", "birth_date": "1980-12-25", "sex": "male",
            "address": "手本県となり市ひがし台４５番地の６　コーポとなり２０１号室", "phone": "090-0000-0303",
        },
        "answers": {
            "ido.from": "town", "ido.filer": "self", "ido.moved_on": "2026-11-14",
            "ido.new.postal": "9999999", "ido.new.address": "見本県みほん町大字架空字上野原１２３４番地",
            "ido.new.room": "みほんハイツ３０５号室", "ido.new.head": "架空　健一", "ido.old.head": "架空　健一",
            "ido.members": 4, "ido.scope": "whole",
            "ido.member.1.relation": "head", "ido.member.1.foreign": false, "ido.member.1.has": ["card", "health", "pension"],
            "ido.member.2.name": "架空　由美", "ido.member.2.kana": "カクウ　ユミ", "ido.member.2.birth_date": "1983-07-07",
            "ido.member.2.sex": "female", "ido.member.2.relation": "wife", "ido.member.2.foreign": false,
            "ido.member.2.has": ["card", "health", "pension"],
            "ido.member.3.name": "架空　陽菜", "ido.member.3.kana": "カクウ　ヒナ", "ido.member.3.birth_date": "2012-03-03",
            "ido.member.3.sex": "female", "ido.member.3.relation": "child", "ido.member.3.foreign": false,
            "ido.member.3.has": ["card", "health", "child"],
            "ido.member.4.name": "架空　蓮", "ido.member.4.kana": "カクウ　レン", "ido.member.4.birth_date": "2019-05-01",
            "ido.member.4.sex": "male", "ido.member.4.relation": "child", "ido.member.4.foreign": false,
            "ido.member.4.has": ["card", "health", "child"],
            "ido.honseki": "見本県みほん町大字架空字上野原１２３４番地", "ido.hittosha": "架空　健一", "ido.reason": "work",
        },
    })
}
