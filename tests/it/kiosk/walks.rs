//! Whole ways, from the first touch to the number.

use super::{certificate, pin_of, tap};
use crate::stage::browser::browser;
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

/// The day of a move must be near today, whatever day the test runs on.
fn today() -> String {
    use madoguchi::clock::{Clock, SystemClock, iso_day};
    iso_day(SystemClock.today())
}

/// What 手本 薫 says, who has just come with his wife from the next city.
pub fn moving_in() -> Memory {
    let mut moving = memory(&[
        ("applicant.phone", "090-0000-0801"),
        ("applicant.kana", "てほん　かおる"),
        ("ido.from", "town"),
        ("ido.filer", "self"),
        ("ido.new.address", "見本県みほん町中央二丁目６番１号"),
        ("ido.new.room", "みほんハイツ３０３"),
        ("ido.new.postal", "999-0002"),
        ("ido.new.head", "手本　薫"),
        ("ido.old.head", "手本　薫"),
        ("ido.members", "2"),
        ("ido.scope", "whole"),
        // A licence does not say it.
        ("ido.member.1.sex", "male"),
        ("ido.member.1.relation", "head"),
        ("ido.member.2.name", "手本　絵美"),
        ("ido.member.2.kana", "てほん　えみ"),
        ("ido.member.2.birth_date", "1999-02-03"),
        ("ido.member.2.sex", "female"),
        ("ido.member.2.relation", "wife"),
        ("ido.reason", "marriage"),
    ]);
    moving.insert("ido.moved_on".to_owned(), today());
    moving
}

/// What 試験 花子 says, who has moved within the town and needs a certificate.
pub fn moving_within_and_certificate() -> Memory {
    let mut all = moving_in();
    all.extend(certificate());
    all.extend(memory(&[
        ("ido.members", "1"),
        ("ido.new.head", "試験　花子"),
        ("ido.old.head", "試験　花子"),
    ]));
    all
}

fn shows_all(checked: &str, shown: &[&str]) {
    for shown in shown {
        assert!(checked.contains(shown), "{shown} in {checked}");
    }
}

#[test]
fn a_resident_goes_from_card_to_number_for_a_certificate() {
    let Some(browser) = browser("a certificate") else { return };
    let program = Program::demo();
    let mut resident =
        Resident::arrive(&browser, &program, certificate()).with_album("certificate");
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    let known = ["試験　花子", "見本県みほん町中央一丁目２番３号", "平成5年5月14日"];
    shows_all(&browser.text(), &known);
    shows_all(&browser.text(), &["シケン　ハナコ", "090-0000-0101", "住民票の写し 2通", "600円"]);
    assert_eq!(resident.hand_in(), "A1");
    for known in ["applicant.name", "applicant.address", "applicant.birth_date"] {
        assert!(!resident.was_asked().contains(&known), "{known} stands on the card");
    }
}

#[test]
fn a_couple_moves_in_with_a_card_that_has_the_old_address() {
    let Some(browser) = browser("moving in") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, moving_in()).with_album("moving-in");
    resident.begin("はじめる", "わかりました");
    resident.choose(&["tennyu"], "次へ");
    resident.press("運転免許証");
    resident.lay("tehon-kaoru.2");
    resident.enter("1231");
    resident.answer_all();
    let old = "手本県となり市本町三丁目４番５号";
    shows_all(
        &browser.text(),
        &["手本　薫", old, "見本県みほん町中央二丁目６番１号", "手本　絵美"],
    );
    assert_eq!(resident.hand_in(), "B1");
}

#[test]
fn a_move_and_a_certificate_together_ask_nothing_twice() {
    let Some(browser) = browser("a move and a certificate") else { return };
    let program = Program::demo();
    let all = moving_within_and_certificate();
    let mut resident = Resident::arrive(&browser, &program, all).with_album("both");
    tap(&mut resident, &["tenkyo", "juminhyo"]);
    resident.answer_all();
    // The certificate shows the address after the move; nobody was asked for it.
    let new = "見本県みほん町中央二丁目６番１号";
    shows_all(&browser.text(), &["試験　花子", new]);
    for followed in ["juminhyo.visitor.address", "juminhyo.target.name", "ido.old.address"] {
        assert!(!resident.was_asked().contains(&followed), "{followed} follows from the rest");
    }
    assert!(!resident.hand_in().is_empty());
}

#[test]
fn a_resident_without_a_card_enters_everything_by_hand() {
    let Some(browser) = browser("by hand") else { return };
    let program = Program::demo();
    let mut all = certificate();
    all.extend(memory(&[
        ("applicant.name", "架空　由美"),
        ("applicant.birth_date", "1983-07-07"),
        ("applicant.address", "見本県みほん町大字架空字上野原１２３４番地"),
    ]));
    let mut resident = Resident::arrive(&browser, &program, all).with_album("by-hand");
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo"], "次へ");
    resident.press("画面に入力する");
    resident.answer_all();
    shows_all(&browser.text(), &["架空　由美", "昭和58年7月7日", "上野原１２３４番地"]);
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn a_visitor_goes_all_the_way_in_english() {
    let Some(browser) = browser("in English") else { return };
    let program = Program::demo();
    let mut all = certificate();
    all.remove("applicant.kana");
    let mut resident = Resident::arrive(&browser, &program, all).with_album("english");
    resident.press("Start");
    assert_eq!(browser.run("return document.documentElement.lang"), "en");
    resident.next();
    resident.choose(&["juminhyo"], "Next");
    resident.press("My Number Card");
    resident.lay("exemplo-maria.1");
    resident.enter(&pin_of("exemplo-maria"));
    resident.answer_all();
    shows_all(&browser.text(), &["EXEMPLO FERNANDEZ MARIA ISABELLA DE LA MUESTRA"]);
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn every_page_of_a_whole_way_works_without_script() {
    let Some(browser) = browser("without script") else { return };
    let program = Program::demo();
    browser.with_script(false);
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap_without_script(&mut resident);
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
}

/// No pad appears without script; the number is typed on a keyboard.
fn tap_without_script(resident: &mut Resident<'_>) {
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo"], "次へ");
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    assert!(!resident.browser.shows("[data-keypad]"));
    resident.browser.write("[name=digits]", &pin_of("shiken-hanako"));
    resident.next();
}

#[test]
fn larger_text_fits_every_page_in_either_direction() {
    let Some(browser) = browser("larger text") else { return };
    let program = Program::demo();
    let all = moving_within_and_certificate();
    let mut resident = Resident::arrive(&browser, &program, all).with_album("larger");
    browser.press(".tick:has([name=big_type])");
    tap(&mut resident, &["tenkyo", "juminhyo"]);
    resident.answer_all();
    assert!(browser.shows("html.big-type"));
    assert_eq!(resident.hand_in(), "A1");
}
