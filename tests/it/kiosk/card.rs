//! What happens to a card at the kiosk.

use serde_json::json;

use super::{certificate, pin_of};
use crate::stage::browser::{Browser, browser};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// Where a card of this resident lies on the reader.
fn lay<'a>(browser: &'a Browser, program: &'a Program, card: &str) -> Resident<'a> {
    let mut resident = Resident::arrive(browser, program, certificate());
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
    let mut resident = lay(&browser, &program, "shiken-hanako.1").with_album("wrong-pin");
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
    let mut resident = lay(&browser, &program, "mihon-taro.1").with_album("last-try");
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
    let mut resident = lay(&browser, &program, "shiken-hanako.1").with_album("taken-away");
    // Somebody lifts it while the number is being typed.
    let lift = "fetch('/kiosk/card/lay', {method: 'POST', \
         body: new URLSearchParams({card: '', key: document.querySelector('[name=key]').value})}).catch(() => {}); return 1";
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
    let mut resident = lay(&browser, &program, "exemplo-maria.2").with_album("residence-card");
    assert!(browser.text_of(".error-band").contains("在留カード"), "{}", browser.text());
    resident.press("カードを使わず、画面に入力する");
    assert!(browser.shows("form.entries"), "{}", browser.text());
}

#[test]
fn a_blocked_card_is_read_by_the_numbers_on_its_face() {
    let Some(browser) = browser("a blocked card") else { return };
    let program = Program::demo();
    let mut resident = lay(&browser, &program, "mihon-kyoko.1").with_album("number-b");
    assert!(browser.shows("[name=birth]"), "{}", browser.text());
    resident.enter("61113020329052");
    resident.answer_all();
    assert!(browser.text().contains("見本　京子"), "{}", browser.text());
}
