//! Residents at the kiosk, in a real browser.

mod card;
mod certificates;
mod from_home;
mod harmless;
mod leaving;
mod walks;

use madoguchi::config::Config;

use crate::stage::resident::{Memory, Resident, memory};

/// What the desk's tests let a resident hand in.
pub use walks::{moving_in, moving_within_and_certificate};

/// The PIN that an invented resident remembers for a first card.
pub fn pin_of(resident: &str) -> String {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let (_, resident) = config.demo.resident(resident).unwrap();
    resident.cards[0].pin.clone().unwrap()
}

/// What 試験 花子 says for a certificate, beyond what her card says.
pub fn certificate() -> Memory {
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

/// From the first page to where 試験 花子's card is read.
pub fn tap(resident: &mut Resident<'_>, procedures: &[&str]) {
    resident.begin("はじめる", "わかりました");
    resident.choose(procedures, "次へ");
    resident.press("マイナンバーカード");
    resident.lay("shiken-hanako.1");
    resident.enter(&pin_of("shiken-hanako"));
}
