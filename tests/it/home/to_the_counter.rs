//! The whole way, unbroken: a resident answers at home, the page draws the code, the
//! tablet's camera sees the telephone, and a paper comes out.

use super::at_home::AtHome;
use super::walks::{at_home, long};
use crate::stage::browser::browser;
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::from_home::{BIRTHDAY, Held};
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

#[test]
fn what_the_page_has_drawn_is_opened_at_the_kiosk_and_becomes_a_paper() {
    let Some(browser) = browser("from the page to the paper") else { return };
    let program = Program::demo();
    let address = format!("{}/home/", program.address);
    let mut home = AtHome::arrive(&browser, &address, "to-the-counter", at_home()).in_a_hurry();
    home.choose(&["juminhyo"]);
    home.answer_all();
    home.make();
    let screen = browser.picture_of("figure.code img");
    drop(home);

    let mut resident =
        Resident::arrive(&browser, &program, Memory::new()).with_album("from-the-page");
    resident.begin("はじめる", "わかりました");
    resident.hold(Held::Screen(&screen));
    assert!(!browser.text().contains("試験"), "{}", browser.text());
    resident.enter(BIRTHDAY);
    let checked = browser.text();
    for known in
        ["試験　花子", "平成5年5月14日", "見本県みほん町中央一丁目２番３号", "ご自宅で入力"]
    {
        assert!(checked.contains(known), "{known} in {checked}");
    }
    assert_eq!(resident.hand_in(), "A1");
    assert_eq!(resident.was_asked(), [""; 0]);

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-from-the-page");
    clerk.find("しけん");
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    for value in ["試験花子", "シケンハナコ", "09000000101", "見本県みほん町中央一丁目２番３号"]
    {
        assert!(words.contains(value), "{value} in {words}");
    }
}

/// 試験 花子, who comes for others and has much to say of it.
fn talkative() -> Memory {
    let mut all = at_home();
    all.extend(memory(&[
        ("juminhyo.relation", "third_party"),
        ("koseki.relation", "third_party"),
        ("koseki.needed", "register"),
        ("koseki.copies", "full=1"),
        ("zei.relation", "agent"),
        ("zei.copies", "income=1"),
    ]));
    let paths = [
        ("applicant.address", 66),
        ("juminhyo.reason", 66),
        ("juminhyo.target.address", 66),
        ("koseki.honseki", 70),
        ("koseki.purpose", 70),
        ("koseki.reason", 70),
        ("zei.target.address", 66),
        ("zei.taxpayer.address", 66),
    ];
    for (seed, (path, chars)) in (1..).zip(paths) {
        all.insert(path.to_owned(), long(seed, chars));
    }
    all
}

#[test]
fn the_codes_of_a_visit_that_was_divided_are_shown_one_after_the_other() {
    let Some(browser) = browser("two codes at one visit") else { return };
    let program = Program::demo();
    let mut home =
        AtHome::arrive(&browser, &format!("{}/home/", program.address), "divided", talkative())
            .in_a_hurry();
    home.choose(&["juminhyo", "koseki", "zei"]);
    home.answer_all_anyhow();
    let count = home.make().len();
    assert!(count > 1, "{count}");
    let screen = |n| browser.picture_of(&format!("figure.code:nth-of-type({n}) img"));
    let screens: Vec<_> = (1..=count).map(screen).collect();
    drop(home);

    let mut resident = Resident::arrive(&browser, &program, Memory::new()).with_album("two-codes");
    resident.begin("はじめる", "わかりました");
    resident.hold(Held::Screen(&screens[0]));
    resident.enter(BIRTHDAY);
    let chosen = || browser.all(".chosen li", "innerText").len();
    assert!((1..3).contains(&chosen()), "{}", browser.text());
    for screen in &screens[1..] {
        resident.hold_another(Held::Screen(screen));
        resident.enter(BIRTHDAY);
    }
    assert_eq!(chosen(), 3, "{}", browser.text());
    assert_eq!(browser.text().matches("ご自宅で入力された内容です").count(), count);
    assert!(!browser.shows(".told"), "they say the same of her: {}", browser.text());
    resident.hand_in();
    assert_eq!(resident.was_asked(), [""; 0]);

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-two-codes");
    clerk.find("しけん");
    assert_eq!(browser.text_of("#code").matches("に作成").count(), count);
    clerk.identify("my_number_card");
    let words = words_of(&clerk.print());
    assert!(words.matches("試験花子").count() >= 3, "{words}");
}
