//! Whoever thinks again at home: leaves a procedure out, cannot use one, begins anew, or
//! has written more than a code holds.

use super::at_home::AtHome;
use super::hosted::{export, host};
use super::town::Town;
use super::walks::{at_home, four_move, long};
use crate::stage::browser::{Browser, browser};
use crate::stage::resident::memory;

/// Which procedures are ticked.
fn ticked(browser: &Browser) -> Vec<String> {
    browser.all("[name=procedure]:checked", "value")
}

#[test]
fn a_procedure_that_is_unticked_leaves_nothing_in_the_code() {
    let Some(browser) = browser("unticking at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "unticked", at_home());
    home.choose(&["juminhyo", "inkan"]);
    home.answer_all();
    let both = town.open(&home.make()[0]);
    assert_eq!(both.procedures, ["juminhyo", "inkan"]);
    assert!(both.answers.iter().any(|(path, _)| path.starts_with("inkan.")));

    home.press(".actions .quiet");
    home.mend("手続き");
    assert_eq!(ticked(&browser), ["juminhyo", "inkan"]);
    browser.press(".offer:has(input[value='inkan'])");
    home.next();
    // Nothing is asked again, and nothing of it is shown.
    assert!(browser.shows(".check-group") && !browser.text().contains("印鑑"));
    let one = town.open(&home.make()[0]);
    assert_eq!((one.procedures.as_slice(), one.jti), (&["juminhyo".to_owned()][..], both.jti));
    assert_eq!(one.revision, both.revision + 1);
    let left: Vec<_> = one.answers.iter().filter(|(path, _)| path.starts_with("inkan.")).collect();
    assert_eq!(left, []);
    assert!(!browser.text().contains("印鑑登録証"), "{}", browser.text());
}

#[test]
fn whoever_leaves_a_procedure_out_that_is_not_for_them_goes_on_with_the_others() {
    let Some(browser) = browser("leaving one out at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "left-out", at_home());
    home.choose(&["juminhyo", "koseki-koiki"]);
    browser.press("label:has([value=sibling])");
    home.next();
    assert_eq!(browser.heading(), "この窓口では、お渡しできません");
    let ways = browser.all(".way strong", "innerText");
    assert_eq!(ways, ["ほかの手続きだけ続ける", "答えを直す"]);
    home.press(".way");
    home.answer_all();
    let opened = town.open(&home.make()[0]);
    assert_eq!(opened.procedures, ["juminhyo"]);
    let of_koseki = opened.answers.iter().filter(|(path, _)| path.starts_with("koseki"));
    assert_eq!(of_koseki.collect::<Vec<_>>(), []);
    assert_eq!(opened.doubtful, []);
}

/// What this browser keeps.
const KEPT: &str = "return JSON.stringify(localStorage)";

#[test]
fn whoever_begins_anew_finds_nothing_of_the_last_and_leaves_the_kept_draft_alone() {
    let Some(browser) = browser("beginning anew at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "anew", at_home());
    home.choose(&["juminhyo"]);
    home.press(".keep summary");
    home.press(".keep label");
    home.answer_all();
    home.make();
    let (kept, at_code) = (browser.run(KEPT), browser.run("return history.length"));
    assert!(kept.to_string().contains("試験"), "{kept}");
    home.back_to_start();
    assert_eq!(browser.text_of("#bar .primary"), "新しくはじめる");
    home.next();
    assert_eq!(ticked(&browser), [""; 0]);

    // The browser's own back leads to where the code stood, and it is not there.
    browser.run_with("history.go(arguments[0] - history.length)", serde_json::json!([at_code]));
    browser.wait("the code's entry", "history.state.is === 'code'");
    assert_eq!(browser.heading(), "どの手続きですか");
    assert!(!browser.shows("figure.code") && !browser.text().contains("試験"));
    home.look();

    // The next person's answers are kept by nobody.
    browser.press(".offer:has(input[value='juminhyo'])");
    home.next();
    assert!(!browser.shows(".keep :checked"), "{}", browser.text());
    browser.write("[name='applicant.name']", "架空　由美");
    browser.write("[name='applicant.phone']", "090-0000-0304");
    home.next();
    assert_eq!(browser.run(KEPT), kept);
    // What was begun is not lost by going back to the first page.
    home.back_to_start();
    assert!(browser.text_of(".go-on").contains("入力の途中です"), "{}", browser.text());
    home.press(".go-on button");
    assert_eq!(browser.heading(), "生年月日");

    // They leave, and whoever kept the draft goes on with it.
    home.back_to_start();
    home.next();
    home.back_to_start();
    home.press(".go-on button");
    let shown = browser.text();
    assert!(shown.contains("試験　花子") && !shown.contains("架空"), "{shown}");
}

#[test]
fn a_draft_that_is_kept_no_more_is_not_offered_again() {
    let Some(browser) = browser("a draft given up") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "given-up", memory(&[]));
    home.choose(&["juminhyo"]);
    home.press(".keep summary");
    home.press(".keep label");
    browser.reload();
    browser.wait("the draft is offered", "document.querySelector('.go-on button')");
    home.press(".go-on button");
    home.press(".keep label");
    assert_eq!(browser.run("return localStorage.length"), 0);
    home.back_to_start();
    home.next();
    home.back_to_start();
    assert!(!browser.shows(".go-on"), "{}", browser.text());
}

#[test]
fn one_procedure_that_is_longer_than_any_code_is_refused_until_it_is_shorter() {
    let Some(browser) = browser("too long at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut all = four_move();
    all.insert("ido.members".to_owned(), "6".to_owned());
    for (n, path) in ["applicant.address", "ido.new.address"].iter().enumerate() {
        all.insert((*path).to_owned(), long(n as u32 + 1, 66));
    }
    for row in 1..=6 {
        all.insert(format!("ido.member.{row}.name"), long(row + 10, 50));
        all.insert(format!("ido.member.{row}.kana"), "シケン".to_owned());
    }
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "too-long", all).in_a_hurry();
    home.choose(&["tenkyo"]);
    home.answer_all_anyhow();
    home = home.with_a_look();
    home.next();
    let told = browser.text_of(".error-band");
    assert!(told.contains("内容が長すぎて") && told.contains("窓口の端末で"), "{told}");
    assert!(!browser.shows("figure.code") && browser.shows(".check-group"));
    // Nothing is lost: what is mended makes a code, and only then a revision is counted.
    home.mend("異動する方の人数");
    browser.write("[name='ido.members']", "1");
    home.next();
    let opened = town.open(&home.make()[0]);
    assert_eq!((opened.procedures.as_slice(), opened.revision), (&["tenkyo".to_owned()][..], 1));
    assert_eq!(opened.doubtful, []);
}
