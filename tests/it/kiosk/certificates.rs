//! Everything the counter serves in one visit, and whoever cannot have something.

use super::{certificate, moving_in, pin_of};
use crate::stage::browser::browser;
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

/// The six, as their buttons are named, in the order their papers are printed.
const SIX: [&str; 6] = ["juminhyo", "inkan", "koseki", "koseki-koiki", "tenkyo", "zei"];

/// What 試験 花子 says, who needs everything on the day she moves within the town.
fn everything() -> Memory {
    let mut all = moving_in();
    all.extend(certificate());
    all.extend(memory(&[
        ("ido.new.head", "試験　花子"),
        ("koseki.needed", "register"),
        ("koseki_koiki.relation", "descendant"),
        ("koseki_koiki.proof", "photo"),
        ("koseki_koiki.honseki", "手本県となり市本町三丁目４番５号"),
        ("koseki_koiki.hittosha", "手本　薫"),
        ("koseki_koiki.hittosha_birth", "1998-12-31"),
        ("koseki_koiki.copies", "full=1"),
        ("inkan.card", "here"),
        ("inkan.number", "0012345"),
        ("zei.subject", "income"),
        ("zei.relation", "self"),
        ("zei.january", "same"),
        ("zei.copies", "taxation=1"),
        ("koseki.honseki", "見本県みほん町中央一丁目２番"),
        ("koseki.hittosha", "試験　花子"),
        ("koseki.copies", "full=1"),
        ("koseki.purpose", "相続のため"),
    ]));
    all
}

/// From the first page through the gates to where the card is laid.
fn through_the_gates(resident: &mut Resident<'_>, procedures: &[&str]) {
    resident.begin("はじめる", "わかりました");
    resident.choose(procedures, "次へ");
    resident.answer_all();
}

#[test]
fn all_six_procedures_in_one_visit_ask_nothing_twice_and_give_six_papers_in_order() {
    let Some(browser) = browser("all six procedures") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, everything()).with_album("six");
    through_the_gates(&mut resident, &SIX);
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    for followed in ["inkan.relation", "zei.taxpayer.name"] {
        assert!(!resident.was_asked().contains(&followed), "{followed} was said already");
    }
    let shown = browser.text();
    let year = likely_fiscal_year();
    assert!(shown.contains(&year), "{year} in {shown}");
    assert_eq!(resident.hand_in(), "A1");

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-six");
    clerk.find("A1");
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    let titles = [
        "住民票の写し等交付請求書",
        "印鑑登録証明書交付申請書",
        "戸籍証明書等交付請求書",
        "戸籍証明書等広域交付請求書",
        "住民異動届",
        "税証明等交付申請書",
    ];
    let places: Vec<usize> = titles
        .iter()
        .map(|title| words.find(title).unwrap_or_else(|| panic!("{title} in {words}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // The number of the card keeps its zeros.
    assert!(words.contains("0012345"), "{words}");
}

/// `令和8年度` of the day the test runs on.
fn likely_fiscal_year() -> String {
    in_wareki(likely_year())
}

fn likely_year() -> i32 {
    use madoguchi::clock::{Clock, SystemClock};
    let today = SystemClock.today();
    // Papers on income are ready in June; before, the year before is likely.
    today.year() - i32::from(u8::from(today.month()) < 6)
}

fn in_wareki(year: i32) -> String {
    format!("令和{}年度", year - 2018)
}

/// What 試験 花子 says, who needs a certificate of this year and one of another.
fn of_two_years(subject: &str, copy: &str) -> Memory {
    let mut all = certificate();
    let year = (likely_year() - 1).to_string();
    all.extend(memory(&[
        ("zei.subject", subject),
        ("zei.relation", "self"),
        ("zei.january", "same"),
        ("zei.more", "1"),
        ("zei.other.1.year", &year),
        ("zei.copies", copy),
        ("zei.other.1.copies", copy),
        ("zei.taxes", "resident"),
        ("zei.other.1.taxes", "health"),
    ]));
    all
}

/// Goes all the way for payment certificates of two years: the buttons from the
/// first page to the card, and what the check page shows.
fn pay_for_two_years(album: &'static str, buttons: [&str; 4], shown: [&str; 3]) {
    let Some(browser) = browser(album) else { return };
    let program = Program::demo();
    let all = of_two_years("payment", "payment=1");
    let mut resident = Resident::arrive(&browser, &program, all).with_album(album);
    let [start, understood, next, card] = buttons;
    resident.begin(start, understood);
    resident.choose(&["zei"], next);
    resident.answer_all();
    resident.press(card);
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    let asked = resident.was_asked();
    for path in ["zei.taxes", "zei.other.1.taxes"] {
        assert!(asked.contains(&path), "{path}: {asked:?}");
    }
    let text = browser.text();
    for shown in shown {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn a_payment_certificate_of_another_year_has_taxes_of_its_own() {
    let year = in_wareki(likely_year() - 1);
    let buttons = ["はじめる", "わかりました", "次へ", "マイナンバーカード"];
    pay_for_two_years("other-year", buttons, [&*year, "町県民税", "国民健康保険税"]);
}

#[test]
fn a_payment_certificate_of_another_year_has_taxes_of_its_own_in_english() {
    let year = format!("Fiscal {}", likely_year() - 1);
    let buttons = ["Start", "I understand", "Next", "My Number Card"];
    let shown = [&*year, "Resident tax", "National health insurance tax"];
    pay_for_two_years("other-year-english", buttons, shown);
}

#[test]
fn another_year_in_another_town_is_told_before_the_card_and_has_its_own_address() {
    let Some(browser) = browser("1 January of another year") else { return };
    let program = Program::demo();
    let mut all = of_two_years("income", "income=1");
    let old = "見本県みほん町中央二丁目６番１号";
    all.extend(memory(&[("zei.other.1.january", "elsewhere"), ("zei.other.1.address", old)]));
    let mut resident = Resident::arrive(&browser, &program, all).with_album("other-january");
    through_the_gates(&mut resident, &["zei"]);
    let told = "ほかの年度（1）は、1月1日に住んでいた市区町村が証明を出します";
    assert_eq!(browser.heading(), told);
    resident.press("答えを直す");
    resident.answer("zei.other.1.january", "moved");
    resident.next();
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    assert!(!resident.was_asked().contains(&"zei.taxpayer.january"), "the card says it");
    assert_eq!(resident.hand_in(), "A1");
    let mut clerk = Clerk::sign_in(&browser, &program, "desk-other-january");
    clerk.find("A1");
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    for address in ["見本県みほん町中央一丁目２番３号", old] {
        assert!(words.contains(address), "{address} in {words}");
    }
}

#[test]
fn a_sibling_is_told_kindly_where_to_ask_and_whose_register_is_here_goes_on() {
    let Some(browser) = browser("a sibling's register") else { return };
    let program = Program::demo();
    let all = memory(&[("koseki_koiki.relation", "sibling"), ("koseki.needed", "register")]);
    let mut resident = Resident::arrive(&browser, &program, all).with_album("sibling");
    through_the_gates(&mut resident, &["koseki-koiki"]);
    let asked = ["koseki_koiki.place", "koseki_koiki.relation"];
    assert_eq!(resident.was_asked(), asked, "nothing else was asked");
    assert!(browser.heading().contains("お渡しできません"), "{}", browser.text());
    assert!(!browser.text().contains("に替える"), "{}", browser.text());
    resident.press("答えを直す");
    resident.answer("koseki_koiki.place", "here");
    resident.next();
    resident.press("「戸籍・附票・身分証明」に替える");
    resident.answer("koseki.needed", "register");
    resident.next();
    resident.press("画面に入力する");
    assert!(browser.shows("[name='applicant.name']"), "{}", browser.text());
    browser.go(&format!("{}/kiosk/procedures", program.address));
    let chosen = browser.all(".offer input:checked", "value");
    assert_eq!(chosen, ["koseki"]);
}
