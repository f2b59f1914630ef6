//! The example town is faultless and complete, and every rule can be broken.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::fault::Fault;

const EXAMPLE: &str = "kiosk-config/example";

fn example() -> Config {
    Config::load(Path::new(EXAMPLE)).unwrap()
}

/// A copy of the example with one file changed.
fn changed(file: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    changed_with(file, "", change)
}

/// The same, with other printers.
fn changed_with(file: &str, printers: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("printers.toml"), printers).unwrap();
    std::fs::create_dir(dir.path().join("demo")).unwrap();
    for name in [
        "site.toml",
        "counters.toml",
        "procedures.toml",
        "fees.toml",
        "devices.toml",
        "appointments.toml",
        "demo/residents.toml",
        "demo/staff.toml",
    ] {
        let text = std::fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap();
        let text = if name == file { change(&text) } else { text };
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let faults = Config::load(dir.path()).err().unwrap_or_default();
    faults.iter().map(|fault| short(dir.path(), fault)).collect()
}

/// What is told of an office that has this file besides, forms and all.
fn told_of((file, text): (&str, &str)) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let files = ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"];
    for name in files {
        std::fs::copy(Path::new(EXAMPLE).join(name), dir.path().join(name)).unwrap();
    }
    std::fs::write(dir.path().join("devices.toml"), "").unwrap();
    std::fs::write(dir.path().join(file), text).unwrap();
    let forms = crate::form::Forms::load(Path::new("templates/forms")).unwrap();
    let faults = match Config::load(dir.path()) {
        Ok(config) => config.against_forms(&forms),
        Err(faults) => faults,
    };
    faults.iter().map(|fault| short(dir.path(), fault)).collect()
}

/// A fault as it is told, without the folder it is in.
fn short(dir: &Path, fault: &Fault) -> String {
    let file = fault.file.strip_prefix(dir).unwrap();
    Fault { file: file.to_owned(), ..fault.clone() }.to_string()
}

#[test]
fn the_example_town_is_faultless() {
    let config = example();
    assert_eq!(config.site.town.name, "みほん町");
    assert_eq!(config.procedures.len(), 9);
    let day = time::macros::date!(2026 - 11 - 21);
    let fee = config.fee("juminhyo", "juminhyo.copies", "copy", day).unwrap();
    assert_eq!(fee.yen, crate::yen::Yen(300));
    let other_year = config.fee("zei", "zei.other.2.copies", "income", day).unwrap();
    assert_eq!(other_year.yen, crate::yen::Yen(300));
    assert!(config.section(&config.procedures[0].section).is_some());
    assert!(config.lane(&config.procedures[0].lane).is_some());
}

#[test]
fn every_household_pattern_has_its_household() {
    let config = example();
    let there: BTreeSet<_> = config.demo.households.iter().map(|one| one.pattern).collect();
    assert_eq!(there, Pattern::ALL.into());
}

#[test]
fn the_invented_people_bring_every_kind_of_card_and_quirk() {
    let config = example();
    let people = || config.demo.households.iter().flat_map(|household| &household.people);
    let cards = || people().flat_map(|person| &person.cards);
    let kinds: BTreeSet<_> = cards().map(|card| card.kind).collect();
    use CardKind::{Licence, MyNumber, Residence, Unknown};
    assert_eq!(kinds, [MyNumber, Licence, Residence, Unknown].into());
    assert!(cards().any(|card| card.tries_left == Some(1)));
    assert!(cards().any(|card| card.tries_left == Some(0)));
    assert!(cards().any(|card| card.face_authentication));
    assert!(cards().any(|card| card.kind == Licence && card.pin.is_none()));
    assert!(cards().any(|card| card.changed.len() > 1));
    assert!(cards().any(|card| card.name.as_ref().is_some_and(|name| name.needs_hand())));
    assert!(people().any(|person| person.birth_date.day().is_none()));
    let names = || people().flat_map(|person| person.name.as_plain().unwrap().chars());
    assert!(names().any(crate::kana::is_variation_selector));
    assert!(names().any(|c| matches!(c, '\u{20000}'..='\u{3FFFF}')));
    assert!(names().any(|c| c == '髙') && names().any(|c| c == '﨑'));
    assert!(config.demo.resident("shiken-hanako").is_some());
}

#[test]
fn a_hub_is_named_with_its_certificates_or_lies_on_the_same_machine() {
    let text = std::fs::read_to_string(Path::new(EXAMPLE).join("site.toml")).unwrap();
    let line = text.lines().position(|line| line == "hub = false").unwrap() + 1;
    let with = |hub: &str, on: bool| {
        let told = changed("site.toml", |text| {
            let text = text.replace("hub = false\n", &format!("hub = {on}\n"));
            let (before, rest) = text.split_once("[hub]\n").unwrap();
            let (_, after) = rest.split_once("[jpqr]\n").unwrap();
            format!("{before}{hub}[jpqr]\n{after}")
        });
        told.into_iter()
            .map(|one| one.lines().next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let files = "certificate = '/etc/a.pem'\nkey = '/etc/a.key'\nauthority = '/etc/ca.pem'\n";
    let https = "[hub]\nurl = 'https://hub.example:8443'\n";
    assert_eq!(changed("site.toml", |text| text.replace("hub = false\n", "")), [""; 0]);
    assert_eq!(with(&format!("{https}{files}"), true), [""; 0]);
    assert_eq!(with("[hub]\nurl = 'http://127.0.0.1:8090'\nspread_secs = 0\n", true), [""; 0]);
    // Written down already, and not used yet.
    assert_eq!(with(&format!("{https}{files}"), false), [""; 0]);
    for (hub, told) in [
        ("", "[hub] がありません"),
        (https, "証明書のファイルがそろっていません"),
        ("[hub]\nurl = 'http://hub.example'\n", "へは送れません"),
        ("[hub]\nurl = 'http://127.0.0.1:1'\nkey = 'a.key'\n", "どのフォルダー"),
        ("[hub]\nurl = 'http://127.0.0.1:1'\nspread_secs = 61\n", "0 から 60 まで"),
    ] {
        let found = with(hub, true);
        assert!(found.iter().any(|one| one.contains(told)), "{hub}: {found:#?}");
    }
    assert!(with("", true)[0].contains(&format!("site.toml:{line}")));
}

#[test]
fn every_key_of_the_example_is_explained_in_japanese_and_english() {
    for name in ["site", "counters", "procedures", "fees", "devices"] {
        let text = std::fs::read_to_string(format!("{EXAMPLE}/{name}.toml")).unwrap();
        let mut explained = BTreeSet::new();
        let mut comment = String::new();
        for line in text.lines() {
            if let Some(words) = line.strip_prefix('#') {
                comment.push_str(words);
            } else if let Some((key, _)) = line.split_once(" = ") {
                let bilingual = comment.chars().any(|c| c.is_ascii_alphabetic())
                    && comment.chars().any(|c| matches!(c, 'ぁ'..='ヺ' | '一'..='鿿'));
                assert!(
                    bilingual || explained.contains(key),
                    "{name}.toml: {key} has no comment in both languages"
                );
                explained.insert(key.to_owned());
                comment.clear();
            }
        }
    }
}

#[test]
fn every_key_of_the_residents_is_explained_at_the_head_of_the_file() {
    let text = std::fs::read_to_string(format!("{EXAMPLE}/demo/residents.toml")).unwrap();
    let (head, rows) = text.split_once("\n[[household]]").unwrap();
    let mut table = "household";
    for line in rows.lines() {
        if let Some(name) = line.strip_prefix("[[") {
            table = name.trim_end_matches(']').rsplit('.').next().unwrap();
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
            let key = format!("# {table}.{key} ");
            assert!(head.contains(&key), "{key}has no line at the head");
        }
    }
}

#[test]
fn a_lane_without_numbers_has_none_on_paper_either() {
    let told = changed("procedures.toml", |text| {
        text.replace("prefix = \"B\"", "numbers = [1, 900]\nspare = [901, 950]")
    });
    let wanted = "procedures.toml:66: 番号を出さない系統に、予備の番号札はありません";
    assert!(told.iter().any(|told| told.contains(wanted)), "{told:#?}");
}

#[test]
fn the_faults_of_all_files_are_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let files: Vec<_> = Config::load(dir.path())
        .unwrap_err()
        .into_iter()
        .map(|fault| (fault.file.file_name().unwrap().to_owned(), fault.message))
        .collect();
    let wanted = ["site.toml", "procedures.toml", "fees.toml", "devices.toml", "counters.toml"]
        .map(|name| (name.into(), "ファイルがありません".to_owned()));
    assert_eq!(files, wanted);
}

#[test]
fn every_reference_to_a_form_is_held_against_the_forms() {
    let templates = tempfile::tempdir().unwrap();
    std::fs::create_dir(templates.path().join("ido")).unwrap();
    std::fs::write(templates.path().join("ido/form.toml"), MOVING).unwrap();
    let forms = crate::form::Forms::load(templates.path()).unwrap();
    let config = example();
    let found: Vec<_> = config
        .against_forms(&forms)
        .iter()
        .filter(|fault| fault.file.ends_with("procedures.toml"))
        .map(|fault| (fault.line.unwrap(), fault.message.clone()))
        .collect();
    let no_form = |id| format!("「{id}」は templates/forms にありません");
    let no_option = |option| format!("「{option}」は 質問 ido.kind の選択肢 にありません");
    let section = "課は「町民課」ですが、様式には「税務課」と印刷されます".to_owned();
    assert_eq!(
        found,
        [
            (76, no_form("juminhyo")),
            (90, no_form("inkan")),
            (99, no_form("koseki")),
            (108, no_form("koseki_koiki")),
            (117, no_form("zei")),
            (130, section.clone()),
            (142, section.clone()),
            (152, section.clone()),
            (154, no_option("move_out")),
            (162, section),
            (164, no_option("household_change")),
        ]
    );
    let faults = config.against_forms(&forms);
    let of_fees = faults.iter().filter(|fault| fault.file.ends_with("fees.toml")).count();
    let exempt: usize = config.exemptions.iter().map(|one| one.forms.len()).sum();
    assert_eq!(of_fees, config.fees.len() + exempt);
}

const MOVING: &str = r#"
id = "ido"
edition = "見本 2026-04"
title = { ja = "住民異動届", en = "Notice of moving" }
about = { ja = "引っ越しの届出です。", en = "For moving house." }
section = { ja = "税務課", en = "Taxes" }
law = "-"
signature = "handwritten"
identity = "one_photo_or_two"
paper = { size = "A4" }

[[page]]
id = "ido.kind"
title = { ja = "種類", en = "Kind" }

[[question]]
id = "ido.kind"
page = "ido.kind"
kind = "choice"
label = { ja = "種類", en = "Kind" }
options = [
    { id = "move_in", ja = "転入", en = "In" },
    { id = "move_within", ja = "転居", en = "Within" },
]
"#;

mod cashless;
mod exports;
mod printers;
mod register;
mod rules;
