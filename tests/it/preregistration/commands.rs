//! `madoguchi key` and `madoguchi preregistration open`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use madoguchi::applicant::Source;
use madoguchi::chance::SeededChance;
use madoguchi::clock::{Clock, SystemClock};
use madoguchi::config::Config;
use madoguchi::form::Forms;
use madoguchi::form::answers::{Answers, Value};
use madoguchi::preregistration::{Codebook, Jti, PublicFile, Visit, encode, seal};

use super::{new_key, on, open};

/// A code of today that asks for one procedure, sealed for this key.
fn code(key: &serde_json::Value, town: &str) -> String {
    let config = Config::load(Path::new("kiosk-config/example")).unwrap();
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let mut answers = Answers::default();
    answers.set("applicant.name", Value::Text("試験　花子".into()), Source::Typed);
    answers.set("inkan.card", Value::Choice("here".into()), Source::Typed);
    let now = SystemClock.now();
    let visit = Visit {
        booking: None,
        made_at: now,
        jti: Jti([0xAB; 8]),
        revision: 3,
        procedures: &["inkan"],
        answers: &answers,
    };
    let body = encode(&Codebook::of(&config, &forms, now.date()), &visit);
    let file: PublicFile = serde_json::from_value(key.clone()).unwrap();
    seal(&body, town, &file.key().unwrap(), &SeededChance::new(1)).unwrap()
}

#[test]
fn a_code_is_opened_with_the_key_of_its_month_and_told_as_json() {
    let data = tempfile::tempdir().unwrap();
    let key = new_key(data.path());
    assert_eq!((&key["town"], key["kid"].as_str().unwrap().len()), (&"999997".into(), 8));
    let told = open(data.path(), &code(&key, "999997")).unwrap();
    assert_eq!(told["jti"], "abababababababab");
    assert_eq!((&told["revision"], &told["procedures"][0]), (&3.into(), &"inkan".into()));
    let name = serde_json::json!({ "value": { "text": "試験　花子" }, "source": "qr" });
    assert_eq!(told["answers"]["applicant.name"], name);
    assert_eq!(told["doubtful"], serde_json::json!([]));
}

#[test]
fn a_refusal_is_a_code_and_a_sentence_on_standard_error() {
    let data = tempfile::tempdir().unwrap();
    let key = new_key(data.path());
    let sealed = code(&key, "999997");
    let other = tempfile::tempdir().unwrap();
    for (folder, text, reason, sentence) in [
        (
            &data,
            "https://www.example.jp/",
            "preregistration.not_ours",
            "ホームページで作ったものでは",
        ),
        (&data, &sealed[..100], "preregistration.", "ません"),
        (&data, code(&key, "022101").as_str(), "preregistration.not_opened", "開けません"),
        (&other, sealed.as_str(), "preregistration.unknown_key", "ほかの市区町村"),
    ] {
        let said = open(folder.path(), text).unwrap_err();
        assert!(said.contains(reason) && said.contains(sentence), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn keys_are_made_for_this_month_and_the_next_listed_and_erased() {
    let data = tempfile::tempdir().unwrap();
    let (code, listed, said) = on(data.path(), &["key", "list"]);
    assert_eq!((code, listed.as_str()), (Some(0), ""));
    assert!(said.contains("there is no key for 20") && said.contains("key new"), "{said}");
    let public = data.path().join("public.json");
    let this = new_key(data.path());
    let (code, out, _) = on(data.path(), &["key", "new", "--public", public.to_str().unwrap()]);
    assert_eq!((code, std::fs::read_to_string(&public).unwrap()), (Some(0), out.clone()));
    let next: serde_json::Value = serde_json::from_str(&out).unwrap();
    let (code, _, said) = on(data.path(), &["key", "new"]);
    assert_eq!(code, Some(1), "{said}");

    let (_, listed, _) = on(data.path(), &["key", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    for (line, key, place) in [(lines[0], &this, "current"), (lines[1], &next, "next")] {
        let epoch = key["epoch"].as_str().unwrap();
        assert!(line.starts_with(epoch) && line.ends_with(place), "{line}");
        assert!(line.contains(key["kid"].as_str().unwrap()) && line.contains("until 20"), "{line}");
    }
    let (_, listed, _) = on(data.path(), &["key", "list", "--public"]);
    let listed: Vec<serde_json::Value> =
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(listed, [this.clone(), next.clone()]);

    let file = |key: &serde_json::Value| {
        data.path().join(format!("preregistration-keys/{}.key", key["epoch"].as_str().unwrap()))
    };
    assert_eq!(file(&this).metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let (code, out, _) = on(data.path(), &["key", "retire"]);
    assert_eq!((code, out.as_str()), (Some(0), ""), "nothing is due");
    let stolen = this["epoch"].as_str().unwrap();
    let (code, out, _) = on(data.path(), &["key", "retire", "--epoch", stolen]);
    assert_eq!((code, out), (Some(0), format!("{stolen}\n")));
    assert!(!file(&this).exists() && file(&next).exists());
    for arguments in [
        ["key", "retire", "--epoch", stolen],
        ["key", "new", "--epoch", "2020-01"],
        ["key", "new", "--epoch", "x"],
    ] {
        let (code, out, said) = on(data.path(), &arguments);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{said}");
        assert!(said.starts_with("madoguchi: "), "{said}");
    }
}
