//! Rows of the resident register at the desk, in a real browser: copied, looked at box by
//! box, entered. And nothing of it where the town has not switched it on.

use std::fs;

use madoguchi::config::Config;

use crate::kiosk::moving_within_and_certificate;
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::http::Visitor;
use crate::stage::office::{hand_in, hidden, sign_in};
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

/// What 架空 健一 says, who moves with his wife and remembers some of it wrongly.
fn two_people() -> Memory {
    let mut all = moving_within_and_certificate();
    all.extend(memory(&[
        ("applicant.phone", "090-0000-0303"),
        ("applicant.kana", "かくう　けんいち"),
        ("ido.new.head", "架空　健一"),
        ("ido.present.head", "架空　健一"),
        ("ido.members", "2"),
        ("ido.member.2.name", "架空　由美"),
        ("ido.member.2.birth_date", "1983-07-17"),
        ("ido.member.2.sex", "female"),
        ("ido.member.2.relation", "wife"),
    ]));
    all.remove("ido.member.2.kana");
    all
}

/// The household as the register has it.
const ROWS: &str = "宛名番号\t氏名\tフリガナ\t生年月日\t性別\t続柄\t本籍\t備考\n\
    0001\t架空　正\tｶｸｳ ﾀﾀﾞｼ\t昭和26年2月11日\t男\t世帯主\t見本県みほん町大字架空字上野原１２３４番地\t\n\
    0003\t架空　健一\tｶｸｳ ｹﾝｲﾁ\tS55.8.8\t男\t子\t見本県みほん町大字架空字上野原１２３４番地\t\n\
    0004\t架空　由美\tｶｸｳ ﾕﾐ\tS58.07.07\t女\t子の妻\t見本県みほん町大字架空字上野原１２３４番地\t\n";

/// The example town that loads rows of the register.
fn loading(house: &std::path::Path) -> Program {
    Program::demo_in(house, |config| {
        let file = config.join("register.toml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("\nenabled = false\n"), "{text}");
        fs::write(&file, text.replace("enabled = false", "enabled = true")).unwrap();
    })
}

#[test]
fn a_clerk_fills_the_boxes_that_no_card_can_from_rows_of_the_register() {
    let Some(browser) = browser("rows of the register") else { return };
    if browser.with_examiner("rows of the register").is_none() {
        return;
    }
    let house = tempfile::tempdir().unwrap();
    let program = loading(house.path());
    let mut resident = Resident::arrive(&browser, &program, two_people()).in_a_hurry();
    resident.begin("はじめる", "わかりました");
    resident.choose(&["tenkyo"], "次へ");
    resident.press("運転免許証");
    resident.lay("kaku-kenichi.1");
    resident.enter("8080");
    resident.answer_all();
    resident.hand_in();

    let mut clerk = Clerk::sign_in(&browser, &program, "desk-register");
    clerk.find("かくう　けんいち");
    clerk.press("住民記録の行で埋める");
    // A number among the rows, as it may come from the register's own list.
    paste(&browser, &ROWS.replace("備考", "ﾏｲﾅﾝﾊﾞｰ"));
    clerk.press("どの欄に入るかを見る");
    assert!(browser.text().contains("全体をお断りしました"), "{}", browser.text());
    assert_eq!(browser.all("#rows", "value"), [""], "it is not shown again");

    paste(&browser, ROWS);
    clerk.press("どの欄に入るかを見る");
    assert_eq!(browser.all("[name=person]:checked", "value"), ["1"], "found by the name");
    // The head stays, and is not among those who move.
    browser.press("label:has([name=member][value='0'])");
    clerk.press("選び直して見る");
    let ticked = |boxes: &str| browser.all(&format!("[name=box]{boxes}"), "value");
    assert_eq!(ticked(":checked"), ["ido.member.2.kana"], "{}", browser.text());
    let offered = ticked("");
    for wrong in ["ido.present.head", "ido.member.2.birth_date"] {
        assert!(offered.contains(&wrong.to_owned()), "{offered:?}");
        browser.press(&format!("label:has([name=box][value='{wrong}'])"));
    }
    browser.look_at((1366, 768));
    browser.picture("desk-register-1366");
    clerk.press("選んだ欄に入れる");
    assert!(browser.text().contains("住民記録の値を入れました"), "{}", browser.text());
    for (path, value) in [
        ("ido.present.head", "架空　正"),
        ("ido.member.2.kana", "カクウ ユミ"),
        ("ido.member.2.birth_date", "昭和58年7月7日"),
    ] {
        let shown = clerk.shown(path);
        assert!(shown.contains(value) && shown.contains("住民記録"), "{path}: {shown}");
    }
    clerk.identify("licence");
    let words = words_of(&clerk.print());
    assert!(words.contains("架空正") && words.contains("カクウユミ"), "{words}");
    // The visit still stands on its tablet.
    browser.go(&format!("{}/kiosk", program.address));
    assert!(!browser.text().contains("架空　"), "{}", browser.text());
}

/// Puts text into the box, as pasting does.
fn paste(browser: &Browser, rows: &str) {
    let script = "document.getElementById('rows').value = arguments[0]";
    browser.run_with(script, serde_json::json!([rows]));
}

#[test]
fn a_town_that_loads_none_has_no_page_no_link_and_no_word_of_it() {
    for (on, status) in [(false, 404), (true, 200)] {
        let house = tempfile::tempdir().unwrap();
        let program =
            if on { loading(house.path()) } else { Program::demo_in(house.path(), |_| {}) };
        let mut tablet = program.visitor();
        tablet.get("/pair");
        let number = hand_in(&mut tablet, "試験　花子").unwrap();
        let config = Config::load("kiosk-config/example".as_ref()).unwrap();
        let account = &config.demo.staff[0];
        let mut clerk: Visitor = program.visitor();
        sign_in(&mut clerk, &account.login, &account.password);
        let list = clerk.get("/desk").text;
        let found = clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", &number)]);
        let visit = found.header("location").to_owned();
        let page = clerk.get(&visit).text;
        let told = page.contains(&format!("{visit}/register")) && page.contains("住民記録の行");
        assert_eq!(told, on, "{page}");
        assert_eq!(page.contains("住民記録の行"), on, "{page}");
        assert_eq!(clerk.get(&format!("{visit}/register")).status, status);
        for path in ["/", "/kiosk", "/status", "/display", "/desk", "/desk/password"] {
            let who = if path.starts_with("/desk") { &mut clerk } else { &mut tablet };
            let page = who.get(path).text;
            assert!(!page.contains("住民記録") && !page.contains("/register"), "{path}: {page}");
        }
    }
}
