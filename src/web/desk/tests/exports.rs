//! Files for other systems, taken at the desk.

use super::*;
use crate::clock::iso_day;

/// What a form for these files sends.
fn fields<'f>(profile: &'f str, day: &'f str, act: &'f str) -> [(&'f str, &'f str); 4] {
    [("profile", profile), ("from", day), ("until", day), ("act", act)]
}

/// The example town, in which nothing has to be accepted first.
async fn town() -> (Town, String) {
    let town = Town::changed(|config| {
        config.exports.iter_mut().for_each(|profile| profile.accepted_only = false);
    })
    .await;
    for role in Role::ALL {
        town.add(role.id(), role, false).await;
    }
    let day = iso_day(town.office.journal.now().date());
    (town, day)
}

#[tokio::test]
async fn a_supervisor_sees_how_much_there_is_and_then_takes_it() {
    let (town, day) = town().await;
    town.visit_by("juminhyo", Some("髙﨑　一郎")).await;
    let supervisor = town.sign_in("supervisor").await;
    let page = supervisor.get("/desk/exports").await;
    assert!(page.says("住民票の請求（RPA用）") && page.says("受け付けた申請 · CSV (CP932)"));
    let before = town.kinds().await;
    let look = supervisor.post("/desk/exports", &fields("juminhyo_rpa", &day, "look")).await;
    assert!(look.says("書き出す行") && look.says(&format!("juminhyo_rpa-{day}.changes.csv")));
    assert!(!look.says("一郎"), "numbers only");
    assert_eq!(town.kinds().await, before, "nothing has left");
    let taken = supervisor.post("/desk/exports", &fields("juminhyo_rpa", &day, "download")).await;
    assert_eq!((taken.status, &taken.body[..4]), (StatusCode::OK, b"PK\x03\x04".as_slice()));
    // 高崎　一郎 in CP932, as the table of the town has it.
    let name = b"\"\x8d\x82\x8d\xe8\x81\x40\x88\xea\x98\x59\"";
    assert!(taken.body.windows(name.len()).any(|part| part == name));
    assert_eq!(town.kinds().await.last().map(String::as_str), Some("export.made"));
}

#[tokio::test]
async fn the_same_press_is_one_entry_and_another_file_is_another_press() {
    let (town, day) = town().await;
    town.visit("juminhyo").await;
    let supervisor = town.sign_in("supervisor").await;
    let op = town.office.journal.op().to_string();
    let download = fields("juminhyo_rpa", &day, "download");
    let press = [&[("key", supervisor.key.as_str()), ("op", &op)], download.as_slice()].concat();
    let made = |kinds: Vec<String>| kinds.iter().filter(|kind| *kind == "export.made").count();
    for _ in 0..2 {
        let taken = town.post("/desk/exports", &supervisor.cookie, &press).await;
        assert!(taken.body.starts_with(b"PK"));
        assert_eq!(made(town.kinds().await), 1);
    }
    town.visit("juminhyo").await;
    let late = town.post("/desk/exports", &supervisor.cookie, &press).await;
    assert!(late.says("もう一度、件数を確かめてください"), "{}", late.text());
    assert_eq!(made(town.kinds().await), 1);
}

#[tokio::test]
async fn an_administrator_takes_sums_and_nothing_that_residents_entered() {
    let (town, day) = town().await;
    town.visit("juminhyo").await;
    let administrator = town.sign_in("administrator").await;
    let page = administrator.get("/desk/exports").await;
    assert!(page.says("日計（財務会計用）") && !page.says("住民票の請求"));
    for profile in ["juminhyo_rpa", "applications_json", "papers"] {
        let asked = administrator.post("/desk/exports", &fields(profile, &day, "download")).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{profile}");
    }
    assert!(!town.kinds().await.contains(&"export.made".to_owned()));
}

#[tokio::test]
async fn what_makes_no_file_is_told_in_a_sentence() {
    let (town, day) = town().await;
    let supervisor = town.sign_in("supervisor").await;
    let ask = async |from: &str, until: &str| {
        let fields = [("profile", "papers"), ("from", from), ("until", until), ("act", "download")];
        supervisor.post("/desk/exports", &fields).await.text().to_owned()
    };
    for (from, until, words) in [
        (day.as_str(), day.as_str(), "書き出すものはありません"),
        ("", &day, "日付を入れてください"),
        (&day, "2026-11-01", "はじめの日より前です"),
        ("2026-01-01", &day, "92日分までです"),
    ] {
        assert!(ask(from, until).await.contains(words), "{words}");
    }
}

#[tokio::test]
async fn an_office_without_such_files_has_no_such_page() {
    let town = Town::changed(|config| config.exports.clear()).await;
    town.add("supervisor", Role::Supervisor, false).await;
    let supervisor = town.sign_in("supervisor").await;
    assert_eq!(supervisor.get("/desk/exports").await.status, StatusCode::NOT_FOUND);
    assert!(!supervisor.get("/desk").await.says("/desk/exports"));
}
