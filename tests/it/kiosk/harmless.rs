//! Back, reload, a second press: nothing of it does harm.

use super::{certificate, tap};
use crate::stage::browser::browser;
use crate::stage::program::Program;
use crate::stage::resident::Resident;

#[test]
fn back_and_reload_at_every_step_are_harmless() {
    let Some(browser) = browser("back and reload") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo"], "次へ");
    resident.press("画面に入力する");
    let mut answers = certificate();
    for (path, answer) in [
        ("applicant.name", "架空　由美"),
        ("applicant.birth_date", "1983-07-07"),
        ("applicant.address", "見本県みほん町大字架空"),
    ] {
        answers.insert(path.to_owned(), answer.to_owned());
    }
    let mut resident = Resident::arrive(&browser, &program, answers);
    while !browser.shows(".check-group") {
        let here = browser.heading();
        browser.leave(|| browser.reload());
        assert_eq!(browser.heading(), here, "a reload stays at the step");
        browser.back();
        browser.wait("a page", "document.readyState === 'complete'");
        browser.go(&format!("{}/kiosk", program.address));
        assert_eq!(browser.heading(), here, "Back changes nothing");
        resident.fill_in();
        resident.next();
        assert!(!browser.shows(".error-band"), "{}", browser.text());
    }
    assert_eq!(resident.hand_in(), "A1");
    browser.leave(|| browser.reload());
    assert_eq!(browser.text_of(".ticket strong"), "A1", "a reload keeps the number");
    browser.back();
    browser.wait("a page", "document.readyState === 'complete'");
    browser.go(&format!("{}/kiosk", program.address));
    assert_eq!(browser.text_of(".ticket strong"), "A1", "Back does not hand in again");
}

#[test]
fn the_way_back_on_the_screen_leads_to_every_page_that_was_answered() {
    let Some(browser) = browser("the way back") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    let mut led_to = Vec::new();
    while browser.path() != "/kiosk/way" {
        resident.press("もどる");
        led_to.push(browser.path());
        assert!(led_to.len() < 20, "it leads in a circle: {led_to:?}");
    }
    let pages = resident.pages_that_asked();
    let (way, led_to) = led_to.split_last().unwrap();
    assert_eq!(way, "/kiosk/way");
    assert_eq!(led_to.iter().rev().collect::<Vec<_>>(), pages, "no page that was never shown");
    browser.go(&format!("{}/kiosk", program.address));
    assert!(browser.shows(".check-group"), "nothing was lost: {}", browser.text());
}

#[test]
fn a_value_corrected_from_the_check_page_comes_back_to_it() {
    let Some(browser) = browser("a correction") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate()).with_album("mend");
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    resident.press("お名前とご連絡先 なおす");
    let name = browser.all("[name='applicant.name']", "value");
    assert_eq!(name, ["試験　花子"], "what is known stands there");
    browser.write("[name='applicant.phone']", "080-0000-0909");
    resident.next();
    assert!(browser.shows(".check-group"), "{}", browser.text());
    assert!(browser.text().contains("080-0000-0909"), "{}", browser.text());
    // What the card said and nobody touched keeps its source.
    assert!(browser.text().contains("試験　花子マイナンバーカード"), "{}", browser.text());
}

#[test]
fn what_was_entered_stays_when_something_else_is_wrong() {
    let Some(browser) = browser("wrong entries") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate()).with_album("wrong");
    tap(&mut resident, &["juminhyo"]);
    assert!(browser.shows("[name='applicant.phone']"), "{}", browser.text());
    browser.write("[name='applicant.kana']", "しけん　はなこ");
    browser.write("[name='applicant.phone']", "12");
    resident.next();
    assert!(browser.text_of(".entry.wrong").contains("0から始まる"), "{}", browser.text());
    assert_eq!(browser.all("[name='applicant.kana']", "value"), ["しけん　はなこ"]);
    assert_eq!(browser.all("[name='applicant.phone']", "value"), ["12"]);
    let focused = browser.run("return document.activeElement.name");
    assert_eq!(focused, "applicant.phone", "the hand goes where the fault is");
}

#[test]
fn a_walk_over_many_pages_does_not_stall() {
    let Some(browser) = browser("a long walk") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    let begun = std::time::Instant::now();
    for _ in 0..12 {
        browser.leave(|| browser.go(&format!("{}/kiosk/card", program.address)));
        browser.leave(|| browser.go(&format!("{}/kiosk", program.address)));
    }
    // One page that holds a connection for ever would stall the sixth visit for
    // a minute.
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// Where the keyboard stands, unless something lies over it.
const COVERED: &str = "const one = document.activeElement; if (one === document.body) return null; \
     const box = (one.closest('label') ?? one).getBoundingClientRect(); \
     const top = document.elementFromPoint(box.left + box.width / 2, box.bottom - 4); \
     const seen = top && ((one.closest('label') ?? one).contains(top) || top.contains(one)); \
     return seen ? null : one.outerHTML";

#[test]
fn the_bar_never_hides_where_the_keyboard_stands() {
    let Some(browser) = browser("the keyboard") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    let many = browser.all("main a, main button", "tagName").len();
    assert!(many > 8, "the page is longer than the screen: {many}");
    for _ in 0..many + 8 {
        browser.type_keys("\u{E004}");
        let covered = browser.run(COVERED);
        assert!(covered.is_null(), "{covered}");
    }
}
