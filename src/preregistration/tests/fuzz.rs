//! Texts that nobody would make, a few thousand at every run and a million where
//! `MADOGUCHI_FUZZ=1000000` asks for them. Each is answered, none panics; a text
//! that does can be made again from its number, which is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::*;
use crate::chance::{self, Chance};

/// How many a plain run tries.
const SLICE: u64 = 3_000;

/// Small numbers drawn from the chance of one case.
struct Dice(SeededChance);

impl Dice {
    fn below(&self, many: usize) -> usize {
        u32::from_be_bytes(chance::bytes(&self.0)) as usize % many.max(1)
    }

    fn bytes(&self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.fill(&mut bytes);
        bytes
    }

    /// One to four places changed, dropped, doubled or put in.
    fn mangle(&self, bytes: &mut Vec<u8>, letter: impl Fn(&Dice) -> u8) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => drop(bytes.remove(at)),
                1 => bytes.insert(at.min(bytes.len()), letter(self)),
                2 => bytes.truncate(at),
                3 if !bytes.is_empty() => {
                    let tail = bytes[at..].to_vec();
                    bytes.extend(tail);
                }
                _ if !bytes.is_empty() => bytes[at] = letter(self),
                _ => {}
            }
        }
    }

    /// A value of any shape, seldom a sound one.
    fn item(&self, depth: u32) -> Item {
        let few =
            |dice: &Dice| (0..dice.below(4)).map(|_| dice.item(depth + 1)).collect::<Vec<_>>();
        match self.below(if depth < 4 { 9 } else { 6 }) {
            0 => number(self.below(40) as i64),
            1 => number(i64::from_be_bytes(chance::bytes(&self.0))),
            2 => Item::Bytes(self.bytes(self.below(20))),
            3 => Item::Text(String::from_utf8_lossy(&self.bytes(self.below(20))).into_owned()),
            4 => Item::Flag(self.below(2) == 0),
            5 => Item::Null,
            6 => Item::Array(few(self)),
            7 => compact::words("試験　花子 1234-5678-9018\u{202E}"),
            _ => Item::Map((0..).zip(few(self)).map(|(key, item)| (key * 3, item)).collect()),
        }
    }

    /// A body whose outside is sound and whose answers are anything.
    fn body(&self, fuzzed: &Fuzzed) -> Vec<u8> {
        let mut parts = fuzzed.parts.clone();
        let entries = |many: u64| {
            let keys = (0..many).filter(|_| self.below(3) == 0);
            keys.map(|key| (key, self.item(3))).collect::<Vec<_>>()
        };
        parts[5].1 = Item::Map(entries(9));
        let chosen = (0..12).filter(|_| self.below(4) == 0);
        let procedure = |procedure| Item::Array(vec![number(procedure), body::steps(entries(60))]);
        parts[6].1 = Item::Array(chosen.map(procedure).collect());
        if self.below(8) == 0 {
            parts[self.below(7)].1 = self.item(0);
        }
        Item::Map(parts).to_bytes()
    }
}

/// A counter, and the parts of a body that says nothing.
struct Fuzzed {
    counter: Counter,
    parts: Vec<(u64, Item)>,
}

fn letter(dice: &Dice) -> u8 {
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./ *+:azM\n"[dice.below(49)]
}

/// What one case answers. A body is sealed one time in four: what comes after the
/// seal is the same, and sealing takes most of the time.
fn answer(fuzzed: &Fuzzed, sound: (&str, &[u8]), seed: u64) -> Result<Opened, Refusal> {
    let (dice, counter) = (Dice(SeededChance::new(seed)), &fuzzed.counter);
    let body = match dice.below(20) {
        13..16 => {
            let mut body = sound.1.to_vec();
            dice.mangle(&mut body, |dice| dice.bytes(1)[0]);
            body
        }
        16..20 => dice.body(fuzzed),
        way => return counter.open(&text(&dice, counter, sound, way)),
    };
    match dice.below(4) {
        0 => counter.open(&seal(&body, TOWN, &counter.key().public(), &dice.0).unwrap()),
        _ => said(&body, &counter.books, NOW),
    }
}

/// A text that was not made, or not left, as the page makes it.
fn text(dice: &Dice, counter: &Counter, (sound, body): (&str, &[u8]), way: usize) -> String {
    match way {
        0..2 => String::from_utf8_lossy(&dice.bytes(dice.below(300))).into_owned(),
        2..5 => {
            let tail: Vec<u8> = (0..dice.below(400)).map(|_| letter(dice)).collect();
            format!("MK1{}", String::from_utf8_lossy(&tail))
        }
        5..9 => {
            let mut text = sound.as_bytes().to_vec();
            dice.mangle(&mut text, letter);
            String::from_utf8_lossy(&text).into_owned()
        }
        9..12 => {
            let mut wire = base41::decode(&sound[3..]).unwrap();
            dice.mangle(&mut wire, |dice| dice.bytes(1)[0]);
            format!("MK1{}", base41::encode(&wire))
        }
        _ => {
            let mut content = match dice.below(2) {
                0 => deflated(body),
                _ => body.to_vec(),
            };
            dice.mangle(&mut content, |dice| dice.bytes(1)[0]);
            said_to_be_deflated(counter, &content)
        }
    }
}

#[test]
fn no_text_panics_and_each_has_its_answer() {
    let many =
        std::env::var("MADOGUCHI_FUZZ").ok().and_then(|many| many.parse().ok()).unwrap_or(SLICE);
    let counter = Counter::new();
    let body = counter.body(&["tennyu"], &counter.sample("tennyu"));
    let sound = counter.seal(&body);
    let parts = parts(&counter);
    let fuzzed = Fuzzed { counter, parts };
    let begun = Instant::now();
    let tried = |seeds: std::ops::Range<u64>| {
        let mut answers = std::collections::BTreeMap::<&str, u64>::new();
        for seed in seeds {
            let answer =
                catch_unwind(AssertUnwindSafe(|| match answer(&fuzzed, (&sound, &body), seed) {
                    Ok(opened) if opened.doubtful.is_empty() => "understood",
                    Ok(_) => "doubtful",
                    Err(refusal) => refusal.code(),
                }));
            let answer = answer.unwrap_or_else(|_| panic!("the text of seed {seed} panics"));
            *answers.entry(answer).or_default() += 1;
        }
        answers
    };
    let half = many / 2;
    let answers = std::thread::scope(|scope| {
        let other = scope.spawn(|| tried(half..many));
        let mut answers = tried(0..half);
        for (answer, count) in other.join().unwrap() {
            *answers.entry(answer).or_default() += count;
        }
        answers
    });
    println!("{many} texts in {:?}: {answers:#?}", begun.elapsed());
    assert_eq!(answers.values().sum::<u64>(), many);
    // Every way a text can go was gone.
    for way in ["not_ours", "torn", "newer", "unknown_key", "not_a_key", "not_opened", "malformed"]
    {
        assert!(answers.contains_key(format!("preregistration.{way}").as_str()), "{way}");
    }
    assert!(answers.contains_key("doubtful"));
}
