//! The rooms of `src` import each other one way only. A new room needs a line
//! here; a new arrow should make its author think twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each room may import, vocabulary aside.
const ROOMS: &[(&str, &[&str])] = &[
    // machinery
    ("certificates", &[]),
    ("db", &[]),
    // Sealed for one receiver; what it is, it does not know.
    ("envelope", &[]),
    ("journal", &["db"]),
    ("pdf", &[]),
    ("scan", &[]),
    // domain
    ("applicant", &[]),
    ("card", &["applicant"]),
    ("form", &["applicant", "pdf"]),
    ("staff", &["db", "journal"]),
    ("device", &["db", "journal"]),
    ("queue", &["db", "journal"]),
    ("alarm", &["db", "journal"]),
    ("application", &["db", "journal"]),
    // Knows neither clock nor line nor storage.
    ("sync", &[]),
    // What the hub sends down; who acts on it and how, it does not know.
    ("notice", &["sync"]),
    // What travels, as bytes.
    ("wire", &["envelope", "journal", "notice", "sync"]),
    // Signed files; what they say, it does not know.
    ("letter", &["certificates"]),
    // The counter's end of the line to the hub.
    (
        "forwarding",
        &["certificates", "db", "envelope", "journal", "letter", "notice", "sync", "wire"],
    ),
    // Copies the file elsewhere; what is in it, it does not know.
    ("second_copy", &["db", "journal"]),
    ("jpqr", &[]),
    ("bill_code", &["jpqr"]),
    ("payment", &["db", "journal"]),
    // PostgreSQL, and nothing of the counter's own storage: the facts and rules of others.
    (
        "hub",
        &[
            "application",
            "certificates",
            "envelope",
            "journal",
            "notice",
            "payment",
            "queue",
            "staff",
            "sync",
            "wire",
        ],
    ),
    ("terminal", &["payment"]),
    // Rows as files; where they come from it does not know.
    ("export", &[]),
    // Rows of the resident register as entries for boxes; whose they are it does not know.
    ("register", &[]),
    // What is asked of whoever books follows the rules of any entry.
    ("appointment", &["db", "journal", "form"]),
    ("printer", &["pdf"]),
    (
        "config",
        &[
            "applicant",
            "appointment",
            "card",
            "export",
            "form",
            "jpqr",
            "payment",
            "printer",
            "queue",
            "register",
            "staff",
        ],
    ),
    // The counter's end of what comes down.
    (
        "downlink",
        &[
            "config",
            "db",
            "device",
            "form",
            "forwarding",
            "journal",
            "notice",
            "staff",
            "sync",
            "wire",
        ],
    ),
    ("procedure", &["config", "form"]),
    ("takings", &["db", "config", "export", "payment", "pdf"]),
    // A code may carry the number of an appointment.
    ("preregistration", &["db", "envelope", "applicant", "appointment", "config", "form"]),
    // Its town draws and calls numbers as everybody does.
    ("demo", &["db", "journal", "applicant", "card", "config", "queue"]),
    // The one room that joins slices.
    (
        "visit",
        &[
            "db",
            "journal",
            "pdf",
            "applicant",
            "application",
            "appointment",
            "config",
            "export",
            "form",
            "payment",
            "preregistration",
            "printer",
            "procedure",
            "queue",
            "register",
        ],
    ),
    (
        "schema",
        &[
            "db",
            "journal",
            "alarm",
            "application",
            "appointment",
            "device",
            "downlink",
            "forwarding",
            "payment",
            "preregistration",
            "queue",
            "staff",
            "visit",
        ],
    ),
];

/// Imported by everyone, imports only itself. Later ones may use earlier ones.
const VOCABULARY: &[&str] = &[
    "clock",
    "chance",
    "id",
    "kana",
    "personal_number",
    "text",
    "wareki",
    "yen",
    "hex",
    "secret",
    "fault",
    "document",
    "lang",
    "holiday",
    "cp932",
    "csv",
];

/// Pages and start-up stand above the rooms: whoever is below knows none of them.
const ABOVE: &[&str] = &["web", "server", "cli"];

/// Crates that only some rooms may know.
const CRATES: &[(&str, &[&str])] = &[
    ("printpdf", &["pdf"]),
    ("lopdf", &["pdf"]),
    ("ttf_parser", &["pdf"]),
    ("rxing", &["scan"]),
    ("png", &["scan"]),
    ("zune_jpeg", &["scan"]),
    ("rustix", &["scan"]),
    ("qrcode", &["pdf"]),
    ("axum", &["web", "server"]),
    ("tower_http", &["web", "server"]),
    ("askama", &["web"]),
    ("argon2", &["staff"]),
    ("chacha20poly1305", &["card", "journal"]),
    ("tokio_rustls", &["certificates", "web", "server", "forwarding", "hub", "letter", "notice"]),
    ("ureq", &["forwarding"]),
    ("tokio_postgres", &["hub"]),
    ("deadpool_postgres", &["hub"]),
    ("hpke", &["envelope"]),
    ("p256", &["envelope"]),
    (
        "rusqlite",
        &[
            "db",
            "journal",
            "alarm",
            "application",
            "appointment",
            "device",
            "downlink",
            "forwarding",
            "payment",
            "preregistration",
            "queue",
            "staff",
            "visit",
            "schema",
        ],
    ),
];

#[test]
fn rooms_import_each_other_one_way() {
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        for other in imports(&text).into_iter().filter(|other| *other != room) {
            if !may_import(&room, &other) {
                wrong.push(format!("{}: {room} may not import {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_has_no_circles_and_no_room_that_is_gone() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for (room, imports) in ROOMS {
        for other in *imports {
            assert!(done.contains(other), "{other} stands below {room}, which imports it");
        }
        done.insert(room);
        assert!(is_a_room(room), "there is no room {room}");
    }
}

#[test]
fn each_library_stays_in_its_rooms() {
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        for (name, rooms) in CRATES {
            if text.contains(&format!("{name}::")) && !rooms.contains(&room.as_str()) {
                wrong.push(format!("{}: {room} may not use {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_import_is_found_however_it_is_written() {
    let text = "use crate::form::{Form, Forms};\nuse crate::{db, journal::Event};\n\
                fn f() -> crate::visit::Visit {}\n// crate::web is only mentioned\n\
                #[cfg(test)]\nmod tests { use crate::schema; }";
    let found: Vec<String> = imports(&without_tests(text)).into_iter().collect();
    assert_eq!(found, ["db", "form", "journal", "visit"]);
    assert!(!may_import("form", "visit") && !may_import("text", "form"));
    assert!(!may_import("visit", "web") && may_import("web", "visit"));
}

fn may_import(room: &str, other: &str) -> bool {
    let word = |room| VOCABULARY.iter().position(|word| *word == room);
    match (word(room), word(other)) {
        (Some(room), Some(other)) => other < room,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => {
            let table: BTreeMap<_, _> = ROOMS.iter().copied().collect();
            let above = |room: &str| ABOVE.iter().position(|above| *above == room);
            match (above(room), above(other)) {
                (Some(room), Some(other)) => other < room,
                (Some(_), None) => table.contains_key(other),
                (None, Some(_)) => false,
                (None, None) => table.get(room).is_some_and(|may| may.contains(&other)),
            }
        }
    }
}

/// Every source file with its room and its text, tests and comments left out.
fn sources() -> Vec<(PathBuf, String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs")
                && !["tests.rs", "lib.rs", "main.rs"].contains(&name.as_str())
            {
                let room = path.iter().nth(1).unwrap().to_str().unwrap();
                let room = room.trim_end_matches(".rs").to_owned();
                let text = without_tests(&std::fs::read_to_string(&path).unwrap());
                found.push((path, room, text));
            }
        }
    }
    found
}

fn without_tests(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(code).collect::<Vec<_>>().join("\n")
}

/// The rooms a text names after `crate::`.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split(';').next().unwrap_or_default();
                found.extend(heads(group).map(str::to_owned));
            }
            None => {
                found.insert(first_word(rest).to_owned());
            }
        }
    }
    found.retain(|room| is_a_room(room));
    found
}

/// The first word of every part of a group that is not nested deeper.
fn heads(group: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    group
        .split(move |c| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            c == ',' && depth == 0
        })
        .map(|part| first_word(part.trim()))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn is_a_room(name: &str) -> bool {
    !name.is_empty()
        && (Path::new("src").join(name).is_dir()
            || Path::new("src").join(format!("{name}.rs")).is_file())
}
