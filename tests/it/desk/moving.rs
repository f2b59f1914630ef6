//! A notice of moving alone, for a household that fills every row of the paper.

use crate::kiosk::moving_within_and_certificate;
use crate::stage::browser::browser;
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

/// The household of 架空 健一 after himself: name, reading, birth, sex, relation.
const HOUSEHOLD: [[&str; 5]; 5] = [
    ["架空　由美", "かくう　ゆみ", "1983-07-07", "female", "wife"],
    ["架空　正", "かくう　ただし", "1951-02-11", "male", "father"],
    ["架空　和子", "かくう　かずこ", "1954-09-01", "female", "mother"],
    ["架空　陽菜", "かくう　ひな", "2012-03-03", "female", "child"],
    ["架空　蓮", "かくう　れん", "2019-05-01", "male", "child"],
];

/// What 架空 健一 says, who moves within the town with five others.
fn six_people() -> Memory {
    let mut all = moving_within_and_certificate();
    all.extend(memory(&[
        ("applicant.phone", "090-0000-0303"),
        ("applicant.kana", "かくう　けんいち"),
        ("ido.new.head", "架空　健一"),
        ("ido.old.head", "架空　正"),
        ("ido.members", "6"),
    ]));
    for (row, person) in (2..).zip(HOUSEHOLD) {
        let told = ["name", "kana", "birth_date", "sex", "relation"].into_iter().zip(person);
        for (asked, answer) in told {
            all.insert(format!("ido.member.{row}.{asked}"), answer.to_owned());
        }
    }
    all
}

#[test]
fn a_clerk_takes_a_notice_of_moving_from_number_to_acceptance() {
    let Some(browser) = browser("a clerk and a notice of moving") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, six_people()).in_a_hurry();
    resident.begin("はじめる", "わかりました");
    resident.choose(&["tenkyo"], "次へ");
    resident.press("運転免許証");
    resident.lay("kaku-kenichi.1");
    resident.enter("8080");
    resident.answer_all();
    assert!(browser.text().contains("〒999-0002"), "{}", browser.text());
    let ticket = resident.hand_in();

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-notice-of-moving");
    // Anybody in the household finds the visit.
    clerk.find("かくう　れん");
    assert!(browser.text().contains(&ticket), "{}", browser.text());
    assert!(clerk.shown("ido.new.postal").contains("〒999-0002"), "as it stands on letters");
    clerk.identify("licence");
    let words = words_of(&clerk.print());
    assert_eq!(words.matches("住民異動届").count(), 1, "one sheet: {words}");
    for [name, ..] in HOUSEHOLD {
        assert!(words.contains(&name.replace('　', "")), "{name} in {words}");
    }

    // Heard at the counter: the paper that was printed is outdated by it.
    clerk.correct("ido.member.4.birth_date", "3290930");
    assert!(clerk.shown("ido.member.4.birth_date").contains("昭和29年9月30日"));
    assert!(browser.shows(".outdated"), "{}", browser.text());
    clerk.print();
    assert!(!browser.shows(".outdated"), "{}", browser.text());
    clerk.press("受理する A");
    assert_eq!(browser.all("#papers .state", "innerText"), ["受理"]);
    assert!(!browser.shows("[id='q-ido.member.4.birth_date'] a.mend"), "what is accepted stands");
}
