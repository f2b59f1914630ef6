//! The whole way without cash: the fee that the kiosk expects, what a clerk corrects, the
//! way of paying chosen at the tablet, the terminal, the papers, and the closed day.

use madoguchi::config::Config;

use super::{looked_up, sent};
use crate::kiosk::{certificate, tap};
use crate::stage::browser::browser;
use crate::stage::clerk::{Clerk, ENTER, words_of};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// Three copies at 300 yen, once one of them was added.
const PAID: &str = "900円";

#[test]
#[expect(clippy::too_many_lines, reason = "one way from the tablet to the closed day")]
fn a_resident_chooses_at_the_tablet_and_what_the_terminal_took_is_compared_and_closed() {
    let Some(browser) = browser("from the tablet to the closed day") else { return };
    let program = Program::demo();
    let tablet = format!("{}/kiosk", program.address);
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    assert!(browser.text_of(".fee").contains("600円"), "expected: {}", browser.text());
    assert_eq!(resident.hand_in(), "A1");
    if browser.with_examiner("from the tablet to the closed day").is_none() {
        return;
    }
    let mut resident = resident.unhurried();
    let mut clerk = Clerk::sign_in(&browser, &program, "at-the-tablet");
    clerk.find("しけん");
    // One copy more than was written down.
    browser.leave(|| browser.press("[id='q-juminhyo.copies'] .mend"));
    browser.write("[name='juminhyo.copies.copy']", "3");
    clerk.enter(ENTER);
    clerk.press("会計をひらく");
    assert!(browser.text().contains(&format!("合計 {PAID}")), "{}", browser.text());
    let bill = browser.address();
    clerk.press("来庁者用の端末で選んでいただく");
    // Where every clerk looks, somebody chooses.
    let waits = "document.querySelector('.paying')?.innerText.includes('選んでいます')";
    browser.go(&format!("{}/desk", program.address));
    browser.wait("the list of today tells who chooses", waits);
    clerk.look();
    clerk.press("呼び出し 4");
    browser.leave(|| browser.press("[name=counter][value='1']"));
    browser.wait("the page for calling does, too", waits);
    clerk.look();
    // The tablet asks its terminal, and both sides see that it paid.
    browser.go(&tablet);
    browser.wait("ways to pay", "document.querySelector('.pay-with')");
    assert!(browser.text_of(".pay").contains(PAID), "{}", browser.text());
    resident.look();
    browser.leave(|| browser.press(".pay-with [value='emoney:transit']"));
    browser.wait("paid", "document.querySelector('.pay')?.innerText.includes('終わりました')");
    resident.look();
    browser.go(&bill);
    assert!(browser.text().contains("交通系IC 900円"), "{}", browser.text());
    assert!(browser.text().contains("収納済"), "{}", browser.text());
    let form = "form[action$='/receipt']";
    let slip = words_of(&sent(&browser, form));
    for words in ["利用明細", "交通系IC", "みほん決済株式会社", PAID] {
        assert!(slip.contains(words), "{words} in {slip}");
    }
    assert!(!slip.contains("領収しました"), "the company receives it: {slip}");
    assert!(words_of(&sent(&browser, form)).contains("再発行"));

    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    browser.leave(|| browser.press("form[action='/desk/sign-out'] button"));
    let supervisor = &config.demo.staff[1];
    let mut clerk = Clerk::sign_in_as(&browser, &program, supervisor, "at-the-tablet-closing");
    clerk.press("締め 8");
    assert!(browser.text().contains("突き合わせていません"), "{}", browser.text());
    // First a figure that is not the books', then what the terminal's own paper says.
    for (told, comes_of_it) in [("600", "違いがあります"), ("900", "すべて一致しています")]
    {
        browser.write(".closing-told [name=told_count]", "1");
        browser.write(".closing-told [name=told_amount]", told);
        browser.leave(|| browser.press("button[value=compare]"));
        clerk.look();
        assert!(browser.text().contains(comes_of_it), "{told}: {}", browser.text());
    }
    browser.leave(|| browser.press("button[value=close]"));
    clerk.look();
    assert!(browser.text().contains("この日は締めました"), "{}", browser.text());
    let path = browser.path();
    let paper = words_of(&looked_up(&browser, &format!("{path}/paper.pdf")));
    let (day, month) = (path.rsplit('/').next().unwrap(), &path[..path.len() - "-01".len()]);
    for words in ["日計表", "交通系IC", "締めの記録", "900"] {
        assert!(paper.contains(words), "{words} in {paper}");
    }
    let paper = words_of(&looked_up(&browser, &format!("{month}/paper.pdf")));
    assert!(paper.contains("月計表") && paper.contains("900"), "{paper}");
    let sums = String::from_utf8(looked_up(&browser, &format!("{month}/sums.csv"))).unwrap();
    assert!(sums.lines().any(|line| line.starts_with(day) && line.contains("900")), "{sums}");
}
