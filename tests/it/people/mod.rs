//! Only the invented residents of the example town stand in tests, samples and
//! the demonstration.
//!
//! Whoever needs another person adds them to `residents.toml`, where a reader sees
//! at once who is there and what for. A name or an address of somebody else in a
//! test, or a sample whose facts belong to two people, is a fault here.

mod literals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use madoguchi::config::{Changed, Config, Demo, Household, Resident};
use madoguchi::text::Text;
use serde_json::Value;

/// Words that only look like a name or an address, with what they are there for.
const ONLY_WORDS: &[(&str, &str)] = &[
    ("字字字字字字字字　字字字字字字字字字", "where a long name is broken"),
    ("町民課　窓口", "where a slip sends people"),
    ("氏　名", "a label with a blank that only stretches it"),
    ("委　任　状", "a heading with blanks that only stretch it"),
    ("あいうえ　お", "where a line is broken"),
    ("あい　うえおか", "where a line is broken"),
    ("あいうえお　かき", "where a line is broken"),
    ("□　□雄", "a name on a screen, half of it boxes"),
    ("山□□□　太郎", "a name with every kind of piece"),
    ("山□　□郎", "a box that was typed over"),
    ("山﨑　太郎", "a box that was typed over"),
    ("髙﨑\u{E0100}　𠮷男", "what normalising would change"),
    ("神　神\u{E0100}　\u{FA19}", "what normalising would change"),
    ("葛\u{E0100}城　辻\u{E0100}子", "variants that the shipped fonts have"),
    ("シケン　ガッツ", "a reading in half-width letters"),
    ("試験　シ", "a few characters as bytes"),
    ("見本県みほん市中央", "an address out of town, for the rule against it"),
];

/// Everything that is written of the residents.
struct Listed {
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

fn example() -> Demo {
    Config::load(Path::new("kiosk-config/example")).unwrap().demo
}

fn plain(name: &Text) -> String {
    name.as_plain().unwrap_or_default().to_owned()
}

impl Listed {
    fn read() -> Self {
        let demo = example();
        let mut listed = Self { names: BTreeSet::new(), addresses: BTreeSet::new() };
        listed.names.extend(demo.staff.iter().map(|staff| staff.name.clone()));
        for household in &demo.households {
            listed.addresses.insert(household.address.clone());
            listed.addresses.extend(household.moves_to.clone());
            household.people.iter().for_each(|person| listed.add(person));
        }
        listed
    }

    fn add(&mut self, person: &Resident) {
        self.names.insert(plain(&person.name));
        self.names.extend(person.kana.iter().chain(&person.alias).cloned());
        for card in &person.cards {
            self.names.extend(card.name.iter().map(plain));
            self.addresses.extend(card.address.clone());
            for changed in &card.changed {
                match changed {
                    Changed::Name(name) => drop(self.names.insert(plain(name))),
                    Changed::Address(address) => drop(self.addresses.insert(address.clone())),
                }
            }
        }
    }

    /// What in these words is the name or the address of nobody who is listed.
    fn strangers(&self, words: &str) -> Vec<String> {
        let is_known =
            |name: &str| self.names.contains(name) || self.names.contains(&in_katakana(name));
        let names = names_in(words).filter(|name| !is_known(name));
        let lives_there = |place: &str| self.addresses.iter().any(|one| one.contains(place));
        let addresses = addresses_in(words).filter(|place| !lives_there(place));
        let no_words = |run: &&str| !ONLY_WORDS.iter().any(|(words, _)| words == run);
        names.chain(addresses).filter(no_words).map(str::to_owned).collect()
    }
}

/// A reading as the register has it; residents type hiragana.
fn in_katakana(text: &str) -> String {
    let katakana = |c| match c {
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap(),
        c => c,
    };
    text.chars().map(katakana).collect()
}

/// Han, kana, and what stands among them in names.
fn is_of_a_name(c: char) -> bool {
    matches!(c, '々' | '〆' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '□')
        || matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// What holds the words of a name or an address together.
fn holds_together(c: char) -> bool {
    is_of_a_name(c) || c.is_alphanumeric() || matches!(c, '　' | '・' | '－' | '−' | '-' | '○')
}

/// Runs of two or three words with wide spaces between them, as names are written.
fn names_in(words: &str) -> impl Iterator<Item = &str> {
    let is_word =
        |part: &&str| (1..=9).contains(&part.chars().count()) && part.chars().all(is_of_a_name);
    let is_name = move |run: &&str| {
        let parts: Vec<&str> = run.split('　').collect();
        (2..=3).contains(&parts.len()) && parts.iter().all(is_word)
    };
    words.split(|c| !holds_together(c)).filter(is_name)
}

/// Runs that name a prefecture and a place in it.
fn addresses_in(words: &str) -> impl Iterator<Item = &str> {
    words.split(|c| !holds_together(c)).filter(|run| {
        let after = run.split_once('県').map_or("", |(_, after)| after);
        ["市", "町", "村", "郡"].iter().any(|kind| after.contains(kind))
    })
}

/// Files under `folder` whose name ends so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_str().unwrap().ends_with(ending) => found.push(path),
                false => {}
            }
        }
    }
    found
}

#[test]
fn nobody_stands_in_a_test_who_is_not_in_the_list() {
    let listed = Listed::read();
    let mut strangers = Vec::new();
    for file in ["src", "tests"].iter().flat_map(|folder| files(Path::new(folder), ".rs")) {
        let source = std::fs::read_to_string(&file).unwrap();
        if file.ends_with("it/people/mod.rs") {
            continue;
        }
        let words = literals::of(&source);
        let found = words.iter().flat_map(|words| listed.strangers(words));
        strangers.extend(found.map(|found| format!("{}: {found}", file.display())));
    }
    assert!(strangers.is_empty(), "add them to residents.toml: {strangers:#?}");
}

#[test]
fn every_sample_is_of_one_listed_person_and_those_who_live_with_them() {
    let (demo, listed) = (example(), Listed::read());
    let samples = files(Path::new("templates/forms"), "sample.json");
    assert!(samples.len() >= 2);
    for file in samples {
        let sample: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let file = file.display();
        let everything = strings(&sample).into_iter().flat_map(|words| listed.strangers(words));
        assert_eq!(everything.collect::<Vec<_>>(), [""; 0], "{file}");
        let people = people_in(&sample);
        let lives_with_all = |household: &&Household| {
            people.iter().all(|facts| household.people.iter().any(|one| is(one, household, facts)))
        };
        assert!(people[0].iter().any(|(fact, _)| *fact == "name"), "{file}: {people:?}");
        assert!(demo.households.iter().any(|one| lives_with_all(&one)), "{file}: {people:?}");
    }
}

#[test]
fn a_stranger_is_found_however_they_are_written() {
    let listed = Listed::read();
    for (words, strangers) in [
        ("試験　花子", 0),
        ("見本県みほん町中央一丁目", 0),
        ("試験　花代", 1),
        ("name = \"見本　知代\"", 1),
        ("見本県みほん町本町１－２", 1),
        ("シケン　ハナヨ", 1),
        ("見本県公安委員会", 0),
    ] {
        assert_eq!(listed.strangers(words).len(), strangers, "{words}");
    }
    let source = "// \"試験　花代\"\nlet c = '\"'; f(\"a\\\"\\u{8FBB}\", r#\"b\"c\"#, b'\"', 'x');";
    assert_eq!(literals::of(source), ["a\"辻", "b\"c"]);
}

/// Every text in a document.
fn strings(json: &Value) -> Vec<&str> {
    match json {
        Value::String(text) => vec![text],
        Value::Array(rows) => rows.iter().flat_map(strings).collect(),
        Value::Object(entries) => entries.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// Facts of each person in a sample, the applicant first: what is kept under
/// `applicant` and under paths with a row number (`ido.member.2.name`).
fn people_in(sample: &Value) -> Vec<Vec<(&str, &str)>> {
    let mut people = vec![facts(sample["applicant"].as_object().unwrap().iter())];
    let answers = sample["answers"].as_object().unwrap();
    let row_of = |path: &str| -> Option<String> {
        let (row, _) = path.rsplit_once('.')?;
        row.rsplit('.').next()?.parse::<u32>().ok()?;
        Some(row.to_owned())
    };
    let rows: BTreeSet<String> = answers.keys().filter_map(|path| row_of(path)).collect();
    for row in rows {
        let of_row = answers.iter().filter(|(path, _)| row_of(path).as_deref() == Some(&*row));
        people.push(facts(of_row));
    }
    people
}

fn facts<'j>(entries: impl Iterator<Item = (&'j String, &'j Value)>) -> Vec<(&'j str, &'j str)> {
    let last = |path: &'j str| path.rsplit('.').next().unwrap_or(path);
    entries.filter_map(|(path, value)| Some((last(path), value.as_str()?))).collect()
}

/// Whether these facts can all be of this person.
fn is(person: &Resident, household: &Household, facts: &[(&str, &str)]) -> bool {
    facts.iter().all(|(fact, told)| match *fact {
        "name" => plain(&person.name) == *told || person.alias.as_deref() == Some(told),
        "kana" => person.kana.as_deref() == Some(told),
        "birth_date" => person.birth_date.to_string() == *told,
        "sex" => serde_json::to_value(person.sex).unwrap() == *told,
        "address" => household.address == *told,
        "phone" => person.phone.as_deref() == Some(told),
        "nationality" => person.nationality.as_deref() == Some(told),
        _ => true,
    })
}
