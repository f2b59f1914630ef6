//! What stays on the telephone: nothing, unless its owner says so; and what the page
//! says where it cannot work.

use serde_json::json;

use super::at_home::AtHome;
use super::hosted::{export, host};
use super::town::Town;
use super::walks::at_home;
use crate::stage::browser::browser;
use crate::stage::resident::memory;

const STORED: &str = "return localStorage.length + sessionStorage.length";

#[test]
fn a_draft_is_kept_only_for_whoever_asks_and_goes_when_it_is_erased() {
    let Some(browser) = browser("a draft") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let address = host(folder.path());
    let person = memory(&[("applicant.name", "試験　花子"), ("applicant.phone", "090-0000-0101")]);
    let mut home = AtHome::arrive(&browser, &address, "draft", person);
    home.choose(&["juminhyo"]);
    for (path, entry) in [("applicant.name", "試験　花子"), ("applicant.phone", "090-0000-0101")]
    {
        browser.write(&format!("[name='{path}']"), entry);
    }
    home.next();
    assert_eq!(browser.run(STORED), 0);
    home.press(".keep summary");
    home.press(".keep label");
    assert_eq!(browser.run(STORED), 1);
    browser.reload();
    browser.wait("the draft is offered", "document.querySelector('.go-on button')");
    home.look();
    home.press(".go-on button");
    assert_eq!(browser.heading(), "生年月日");
    home.press("#bar .quiet");
    let name = browser.all("[name='applicant.name']", "value");
    assert_eq!(name, ["試験　花子"]);
    home.press(".keep .danger");
    home.press("dialog .danger");
    assert_eq!(browser.run(STORED), 0);
    browser.reload();
    browser.wait("the page has begun", "document.querySelector('#bar .primary')");
    assert!(!browser.shows(".go-on"), "{}", browser.text());
}

#[test]
fn the_draft_of_a_code_that_was_used_makes_another_code_of_the_same_answers() {
    let Some(browser) = browser("a draft for another visit") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "another", at_home());
    home.choose(&["juminhyo"]);
    home.press(".keep summary");
    home.press(".keep label");
    let come_back = || {
        browser.reload();
        browser.wait("the draft is offered", "document.querySelector('.go-on button')");
    };
    come_back();
    // No code was made of it yet.
    assert_eq!(browser.all(".go-on button", "innerText"), ["下書きの続きから"]);
    home.press(".go-on button");
    home.answer_all();
    let used = town.open(&home.make()[0]);
    come_back();
    home.look();
    let ways = browser.all(".go-on button", "innerText");
    assert_eq!(ways, ["下書きの続きから", "同じ答えで新しいQRコードを作る"]);
    home.press(".go-on .again");
    assert!(browser.shows(".check-group"), "{}", browser.text());
    let another = town.open(&home.make()[0]);
    assert_ne!(another.jti, used.jti);
    assert_eq!(another.revision, used.revision);
    assert_eq!((another.procedures, another.answers), (used.procedures, used.answers));
    // From here on, the draft belongs to the new code.
    come_back();
    home.press(".go-on button");
    let mended = town.open(&home.make()[0]);
    assert_eq!((mended.jti, mended.revision), (another.jti, another.revision + 1));
}

#[test]
fn a_code_that_is_asked_for_twice_at_once_is_made_once() {
    let Some(browser) = browser("a double press at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "twice", at_home()).in_a_hurry();
    home.choose(&["juminhyo"]);
    home.press(".keep summary");
    home.press(".keep label");
    home.answer_all();
    let before = browser.run("return history.length").as_u64().unwrap();
    browser.run("const make = document.querySelector('#bar .primary'); make.click(); make.click()");
    browser.wait("the code", "document.querySelector('figure.code')");
    let kept = "return JSON.parse(localStorage.getItem('madoguchi.draft')).visit.revision";
    assert_eq!(browser.run(kept), 1);
    assert_eq!(browser.run("return history.length"), before + 1);
}

#[test]
fn a_draft_of_a_month_ago_and_one_nobody_understands_are_erased() {
    let Some(browser) = browser("an old draft") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    browser.go(&host(folder.path()));
    let visit = json!({ "procedures": ["juminhyo"], "answers": [], "jtis": [], "revision": 0 });
    let draft = |days: u32, visit: &serde_json::Value| {
        let set = "const at = Date.now() - arguments[0] * 86400000; localStorage.setItem( \
             'madoguchi.draft', JSON.stringify({ at, town: '999997', visit: arguments[1] }))";
        browser.run_with(set, json!([days, visit]));
        browser.reload();
        browser.wait("the page has begun", "document.querySelector('#bar .primary')");
        browser.shows(".go-on")
    };
    assert!(draft(29, &visit));
    for (days, visit) in [(31, visit), (1, json!({ "procedures": 7 }))] {
        assert!(!draft(days, &visit), "{visit}");
        assert_eq!(browser.run(STORED), 0);
    }
}

#[test]
fn a_personal_number_is_refused_with_its_sentence_and_never_leaves_the_page() {
    let Some(browser) = browser("a personal number at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "number", memory(&[]));
    home.choose(&["juminhyo"]);
    browser.write("[name='applicant.name']", "1234・5678・9018");
    browser.write("[name='applicant.phone']", "090-0000-0101");
    home.next();
    let told = browser.text_of(".entry-error");
    assert!(told.contains("マイナンバーを入力しないでください"), "{told}");
    assert_eq!(browser.run("return document.activeElement.name"), "applicant.name");
    // Another language keeps what was typed.
    home.press("#languages [lang=en]");
    assert_eq!(browser.all("[name='applicant.phone']", "value"), ["090-0000-0101"]);
    assert!(browser.text().contains("Daytime telephone number"));
}

#[test]
fn who_cannot_use_a_form_is_told_at_home_already() {
    let Some(browser) = browser("a gate at home") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let mut home = AtHome::arrive(&browser, &host(folder.path()), "gate", memory(&[]));
    home.choose(&["koseki-koiki"]);
    browser.press("label:has([value=sibling])");
    home.next();
    assert_eq!(browser.heading(), "この窓口では、お渡しできません");
    home.press(".way");
    assert_eq!(browser.heading(), "どの手続きですか");
    // The browser's own back shows what stood before, or what is next instead.
    browser.run("history.back()");
    browser.wait("a screen", "document.querySelector('h1')");
    home.look();
}

#[test]
fn without_script_or_with_an_old_key_the_page_says_so_in_plain_words() {
    let Some(browser) = browser("the page without script") else { return };
    let town = Town::found();
    let folder = export(&town.key());
    let address = host(folder.path());
    browser.with_script(false);
    browser.go(&address);
    let text = browser.text();
    assert!(text.contains("JavaScript") && text.contains("窓口の端末で"), "{text}");
    browser.with_script(true);
    // The clock of a telephone that is two years ahead.
    let ahead = "Object.defineProperty(navigator, 'language', { get: () => 'ja-JP' }); const now = Date.now; Date.now = () => now() + 2 * 366 * 86400000";
    let _ahead = browser.run_on_every_page(ahead);
    browser.go(&address);
    browser.wait("the page has begun", "document.querySelector('.error-band')");
    assert!(browser.text().contains("古くなったため"), "{}", browser.text());
    assert!(!browser.shows("#bar .primary"));
}
