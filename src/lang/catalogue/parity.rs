//! Every language says the same things, and everything that is asked for is said.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

fn keys(lang: Lang) -> BTreeSet<&'static str> {
    Catalogue::shipped().0[&lang].keys().map(String::as_str).collect()
}

fn placeholders(words: &str) -> BTreeSet<&str> {
    let mut rest = words;
    std::iter::from_fn(|| {
        let (_, name, after) = next_placeholder(rest)?;
        rest = after;
        Some(name)
    })
    .collect()
}

#[test]
fn every_language_has_every_key_with_the_same_placeholders() {
    for lang in Lang::ALL {
        assert_eq!(keys(lang), keys(Lang::Ja), "{}", lang.tag());
        for key in keys(lang) {
            let catalogue = Catalogue::shipped();
            let (japanese, words) = (catalogue.t(Lang::Ja, key), catalogue.t(lang, key));
            assert!(!words.trim().is_empty(), "{key} is empty in {}", lang.tag());
            assert_eq!(placeholders(words), placeholders(japanese), "{key} in {}", lang.tag());
        }
    }
}

/// Keys are written where pages ask for them, `t("…")` and `with("…"`, and where
/// refusals name their sentences, `"card.…"`, `"input.…"` and `"preregistration.…"`.
#[test]
fn every_key_that_is_asked_for_exists() {
    let asked: BTreeSet<(String, PathBuf)> = files("src", "rs")
        .into_iter()
        .chain(files("templates", "html"))
        .chain(files("templates/static", "js"))
        .flat_map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            asked_for(&text).into_iter().map(move |key| (key, file.clone())).collect::<Vec<_>>()
        })
        .collect();
    let known = keys(Lang::Ja);
    let missing: Vec<_> = asked.iter().filter(|(key, _)| !known.contains(key.as_str())).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn keys_are_recognised_where_they_are_asked_for() {
    let text = r#"{{ words.t("kiosk.start") }} {{ words.with(
            "kiosk.left", &[]) }}
        Error::NoCard => "card.no_card", insert("kiosk.other") "input" paint("a.b")"#;
    assert_eq!(asked_for(text), ["kiosk.start", "kiosk.left", "card.no_card"]);
}

fn asked_for(text: &str) -> Vec<String> {
    let quoted = text.match_indices('"').filter_map(|(at, _)| {
        let (key, _) = text[at + 1..].split_once('"')?;
        let before = text[..at].trim_end();
        let asked = [".t(", ".with("].iter().any(|call| before.ends_with(call));
        let named =
            ["card.", "input.", "preregistration."].iter().any(|prefix| key.starts_with(prefix));
        ((asked || named) && is_key(key)).then(|| key.to_owned())
    });
    quoted.collect()
}

fn is_key(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| {
            !part.is_empty()
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        })
}

/// Every file below `dir` with this ending.
fn files(dir: impl AsRef<Path>, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| match path.is_dir() {
            true => files(&path, ending),
            false if path.extension().is_some_and(|own| own == ending) => vec![path],
            false => Vec::new(),
        })
        // The examples of these tests are not asked for by anyone.
        .filter(|path| !path.starts_with("src/lang/catalogue"))
        .collect()
}
