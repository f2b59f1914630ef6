//! What happens to a card at the kiosk.

use serde_json::json;

use super::{certificate, pin_of};
use crate::stage::browser::{Browser, LANDSCAPE, PORTRAIT, browser};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// Where a card of this resident lies on the reader.
fn lay<'a>(
    browser: &'a Browser,
    program: &'a Program,
    card: &str,
    album: &'static str,
) -> Resident<'a> {
    let mut resident = Resident::arrive(browser, program, certificate()).with_album(album);
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo"], "次へ");
    resident.press("マイナンバーカード");
    resident.lay(card);
    resident
}

#[test]
fn a_wrong_pin_shows_the_tries_left_and_the_right_one_still_reads() {
    let Some(browser) = browser("a wrong PIN") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "shiken-hanako.1", "wrong-pin");
    assert!(browser.text_of(".tries").contains('3'), "{}", browser.text());
    resident.enter("9999");
    assert!(browser.text_of(".error-band").contains("あと2回"), "{}", browser.text());
    assert!(browser.text_of(".tries").contains('2'), "{}", browser.text());
    assert_eq!(browser.all("[name=digits]", "value"), [""]);
    resident.enter(&pin_of("shiken-hanako"));
    assert!(browser.shows("form.entries"), "{}", browser.text());
}

#[test]
fn the_last_try_is_made_only_by_who_agrees_to_it() {
    let Some(browser) = browser("the last try") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "mihon-taro.1", "last-try");
    for digit in pin_of("mihon-taro").chars() {
        browser.press(&format!("[data-key='{digit}']"));
    }
    // The browser holds the form back while the box is not ticked.
    browser.press(".bar-next button");
    let valid = "return document.querySelector('#step').checkValidity()";
    assert_eq!(browser.run(valid), json!(false));
    assert!(browser.shows("[name=consent]"));
    browser.press(".tick:has([name=consent])");
    resident.next();
    assert!(browser.shows("form.entries"), "{}", browser.text());
}

#[test]
fn a_card_taken_away_mid_way_is_asked_for_again() {
    let Some(browser) = browser("a card taken away") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "shiken-hanako.1", "taken-away");
    // Somebody lifts it while the number is being typed.
    let lift = "fetch('/kiosk/card/lay', {method: 'POST', \
         body: new URLSearchParams({card: '', \
         key: document.querySelector('[name=key]').value})}).catch(() => {}); return 1";
    browser.leave(|| drop(browser.run(lift)));
    browser.wait("the page asks for the card", "!!document.querySelector('.reader')");
    resident.look();
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn a_card_that_cannot_be_read_leaves_the_way_by_hand_open() {
    let Some(browser) = browser("a card that cannot be read") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "exemplo-maria.2", "residence-card");
    assert!(browser.text_of(".error-band").contains("在留カード"), "{}", browser.text());
    resident.press("カードを使わず、画面に入力する");
    assert!(browser.shows("form.entries"), "{}", browser.text());
    let words = browser.text_of(".notice-band");
    assert!(words.contains("お取りください") && !words.contains("読み取りました"), "{words}");
}

#[test]
fn a_blocked_card_is_read_by_the_numbers_on_its_face() {
    let Some(browser) = browser("a blocked card") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "mihon-kyoko.1", "number-b");
    assert!(browser.shows("[name=birth]"), "{}", browser.text());
    resident.enter("61113020329052");
    resident.answer_all();
    assert!(browser.text().contains("見本　京子"), "{}", browser.text());
}

/// What should be in reach and lies under the bar.
const UNDER_THE_BAR: &str = "const bar = document.querySelector('.bar').getBoundingClientRect().top; \
     return [...document.querySelectorAll(arguments[0])] \
         .filter(one => one.getBoundingClientRect().bottom > bar).map(one => one.innerText)";

#[test]
fn every_key_lies_in_reach_without_scrolling() {
    let Some(browser) = browser("the keys") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "shiken-hanako.1", "keys");
    for card in ["shiken-hanako.1", "mihon-taro.1", "mihon-kyoko.1"] {
        resident.lay(card);
        // Lying, the other way to go on stands there too.
        for (size, reached) in [(PORTRAIT, ".keypad button"), (LANDSCAPE, ".pin-keys button")] {
            browser.look_at(size);
            browser.run("scrollTo(0, 0)");
            let under = browser.run_with(UNDER_THE_BAR, json!([reached]));
            assert_eq!(under, json!([]), "{card} {size:?}");
        }
    }
}

#[test]
fn questions_stay_where_they_are_when_the_card_is_taken_away() {
    let Some(browser) = browser("a card taken away after it was read") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "shiken-hanako.1", "taken");
    resident.enter(&pin_of("shiken-hanako"));
    assert!(browser.shows(".notice-band"), "{}", browser.text());
    let places = "return [...document.querySelectorAll('h1, .entry, .bar-next button')] \
         .map(one => one.getBoundingClientRect().top)";
    let before = browser.run(places);
    browser.run(
        "return fetch('/kiosk/card/lay', { method: 'POST', redirect: 'manual', \
         body: new URLSearchParams({ key: document.querySelector('[name=key]').value }) })\
             .then(() => true)",
    );
    browser.wait("the notice is gone", "document.querySelector('.notice-band').hidden");
    assert_eq!(browser.run(places), before);
}
