//! Whole ways, from the first touch to the number.

use madoguchi::config::Config;

use crate::stage::browser::browser;
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident, memory};

/// The PIN that an invented resident remembers.
fn pin_of(resident: &str) -> String {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let (_, resident) = config.demo.resident(resident).unwrap();
    resident.cards[0].pin.clone().unwrap()
}

fn certificate() -> Memory {
    memory(&[
        ("applicant.phone", "090-0000-0101"),
        ("applicant.kana", "しけん　はなこ"),
        ("juminhyo.relation", "self"),
        ("juminhyo.scope", "part"),
        ("juminhyo.copies", "copy=2"),
        ("juminhyo.head", "試験　花子"),
        ("juminhyo.show.honseki", "yes"),
        ("juminhyo.purpose", "bank"),
    ])
}

#[test]
fn a_resident_goes_from_card_to_number_for_a_certificate() {
    let Some(browser) = browser("a certificate") else { return };
    let program = Program::demo();
    let mut resident =
        Resident::arrive(&browser, &program, certificate()).with_album("certificate");
    resident.begin("はじめる", "わかりました");
    resident.choose(&["juminhyo"], "次へ");
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
    resident.answer_all();
    let checked = browser.text();
    for shown in ["試験　花子", "見本県みほん町中央一丁目２番３号", "平成5年5月14日", "090-0000-0101", "600円"] {
        assert!(checked.contains(shown), "{shown} in {checked}");
    }
    assert_eq!(resident.hand_in(), "A001");
    for known in ["applicant.name", "applicant.address", "applicant.birth_date"] {
        assert!(!resident.was_asked().contains(&known), "{known} stands on the card");
    }
}
