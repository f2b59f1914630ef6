//! Clerks at the desk, in a real browser: from the number to the paper.

mod moving;

use crate::kiosk::{certificate, moving_in, moving_within_and_certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, ENTER, words_of};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// A resident has gone from tap to number for a certificate.
fn handed_in(browser: &Browser, program: &Program) {
    let mut resident = Resident::arrive(browser, program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A1");
}

fn stand_on_paper(pdf: &[u8], values: &[&str]) {
    let words = words_of(pdf);
    for value in values {
        assert!(words.contains(value), "{value} in {words}");
    }
}

#[test]
fn a_clerk_goes_from_number_to_paper_for_a_certificate() {
    let Some(browser) = browser("a clerk and a certificate") else { return };
    let program = Program::demo();
    handed_in(&browser, &program);
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-certificate");
    assert!(browser.text().contains("試験　花子"), "{}", browser.text());
    clerk.find("しけん");

    clerk.correct("applicant.phone", "080-0000-0909");
    assert!(clerk.shown("applicant.phone").contains("080-0000-0909"));
    assert!(clerk.shown("applicant.phone").contains("職員"), "its source is the clerk");
    clerk.correct("applicant.birth_date", "4050515");
    assert!(clerk.shown("applicant.birth_date").contains("平成5年5月15日"));

    clerk.press("受理する A");
    assert!(browser.text().contains("本人確認を記録してから"), "{}", browser.text());
    clerk.identify("my_number_card");
    let pdf = clerk.print();
    stand_on_paper(
        &pdf,
        &["試験花子", "シケンハナコ", "見本県みほん町中央一丁目２番３号", "08000000909", "A1"],
    );
    assert!(browser.text().contains("印刷1回"), "{}", browser.text());
    clerk.press("受理する A");
    assert!(browser.text().contains("受理しました"), "{}", browser.text());
}

#[test]
fn a_clerk_goes_from_number_to_paper_for_a_couple_that_moves_in() {
    let Some(browser) = browser("a clerk and a couple") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, moving_in()).in_a_hurry();
    resident.begin("はじめる", "わかりました");
    resident.choose(&["tennyu"], "次へ");
    resident.press("運転免許証");
    resident.lay("tehon-kaoru.2");
    resident.enter("1231");
    resident.answer_all();
    resident.hand_in();
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-moving-in");
    clerk.find("B1");
    clerk.identify("licence");
    let pdf = clerk.print();
    stand_on_paper(
        &pdf,
        &[
            "手本薫",
            "テホンカオル",
            "手本絵美",
            "テホンエミ",
            "見本県みほん町中央二丁目６番１号",
            "みほんハイツ３０３",
            "手本県となり市本町三丁目４番５号",
            "09000000801",
            "B1",
        ],
    );
}

#[test]
fn a_clerk_prints_both_papers_of_one_visit_at_once() {
    let Some(browser) = browser("a clerk and two papers") else { return };
    let program = Program::demo();
    let all = moving_within_and_certificate();
    let mut resident = Resident::arrive(&browser, &program, all).in_a_hurry();
    tap(&mut resident, &["tenkyo", "juminhyo"]);
    resident.answer_all();
    resident.hand_in();
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-both");
    clerk.find("19930514");
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    for title in ["住民異動届", "住民票の写し等交付請求書"] {
        assert_eq!(words.matches(title).count(), 1, "{title} in {words}");
    }
    // The request is made from the new home, the notice tells the old one too.
    assert!(words.matches("見本県みほん町中央二丁目６番１号").count() >= 2, "{words}");
    assert!(words.contains("見本県みほん町中央一丁目２番３号"), "{words}");
    clerk.press("受理する A");
    clerk.press("受理する A");
    assert_eq!(browser.all("#papers .state", "innerText"), ["受理", "受理"]);
}

#[test]
fn a_form_is_sent_back_with_a_reason_and_opened_again() {
    let Some(browser) = browser("sending back") else { return };
    let program = Program::demo();
    handed_in(&browser, &program);
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-sent-back");
    clerk.find("A1");
    browser.press("#papers summary");
    browser.write("#papers [name=reason]", "委任状がありません");
    clerk.enter(ENTER);
    assert!(browser.text().contains("委任状がありません"), "{}", browser.text());
    clerk.press("受付中に戻す");
    assert_eq!(browser.all("#papers .state", "innerText"), ["受付中"]);
}

#[test]
fn a_clerk_is_told_who_calls_from_a_kiosk_and_says_that_somebody_comes() {
    let Some(browser) = browser("a call for staff") else { return };
    let program = Program::demo();
    let _resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    browser.press(".help");
    browser.wait(
        "the call is told",
        "document.querySelector('.help').innerText.includes('呼びました')",
    );
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-call");
    assert!(browser.shows(".calls"), "{}", browser.text());
    clerk.press("向かいます C");
    let told = browser.text();
    assert!(
        told.contains("職員が向かっている呼び出し") && !told.contains("職員を呼んでいます"),
        "{told}"
    );
    browser.go(&format!("{}/kiosk", program.address));
    assert!(browser.text().contains("職員がまいります"), "{}", browser.text());
}

#[test]
fn a_wrong_password_is_refused_without_saying_what_was_wrong() {
    let Some(browser) = browser("a wrong password") else { return };
    let program = Program::demo();
    let mut refusals = Vec::new();
    for login in ["madoguchi", "nobody"] {
        browser.go(&format!("{}/desk", program.address));
        browser.write("#login", login);
        browser.write("#password", "wrong");
        browser.leave(|| browser.type_keys(ENTER));
        refusals.push(browser.text_of(".desk-refused"));
        assert_eq!(browser.all("#password", "value"), [""]);
    }
    assert!(!refusals[0].is_empty(), "{}", browser.text());
    assert_eq!(refusals[0], refusals[1]);
}
