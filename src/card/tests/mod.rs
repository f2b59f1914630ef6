//! Every fixture, read through the in-process reader.

mod babble;
mod commands;

use serde_json::{Value, json};

use super::emulator::{Card, Faults, Manner, VirtualReader, VirtualSlot, fixtures};
use super::*;
use crate::demo::example::{self, licence, my_number, purse};

/// 照合番号B of 手本　薫, who has no PIN, and of 試験　花子.
const FACE: &str = "10123120348123";
const ANOTHER_FACE: &str = "05051420332285";

fn pin(digits: &str) -> Secret {
    Secret::Pin(Pin::new(digits).unwrap())
}

fn number_b(digits: &str) -> Secret {
    Secret::NumberB(VerificationNumberB::new(digits).unwrap())
}

fn reader_with(card: Card) -> (VirtualReader, VirtualSlot) {
    let (reader, slot) = VirtualReader::new();
    slot.insert(card);
    (reader, slot)
}

/// The card of this id, whoever's or nobody's.
fn card(id: &str) -> Card {
    example::cards().into_iter().find(|(own, _)| own == id).unwrap().1
}

/// Probes and reads, as a kiosk does.
fn tap(reader: &mut VirtualReader, secret: Secret, consent: bool) -> Result<Reading, Error> {
    let probe = probe(reader)?;
    read(reader, probe.tap, secret, consent)
}

fn tap_card(card: Card, secret: Secret) -> Result<Reading, Error> {
    tap(&mut reader_with(card).0, secret, false)
}

fn ask(card: Card) -> Result<(Kind, Ask), Error> {
    probe(&mut reader_with(card).0).map(|probe| (probe.kind, probe.ask))
}

fn values(reading: &Reading) -> Value {
    serde_json::to_value(&reading.applicant).unwrap()
}

#[test]
fn each_kind_of_card_is_told_apart_and_asks_for_what_it_takes() {
    let declined = |kind| (kind, Ask::Nothing(Error::NotReadable { kind }));
    for (id, expected) in [
        ("shiken-hanako.1", (Kind::MyNumber, Ask::Pin { tries_left: 3 })),
        ("mihon-taro.1", (Kind::MyNumber, Ask::Pin { tries_left: 1 })),
        ("tehon-kaoru.1", (Kind::MyNumber, Ask::NumberB { tries_left: 10 })),
        ("spent", (Kind::MyNumber, Ask::Nothing(Error::NumberBBlocked))),
        ("shiken-hanako.2", (Kind::Licence, Ask::Pin { tries_left: 3 })),
        ("mihon-taro.2", (Kind::Licence, Ask::NoSecret)),
        ("residence-card", declined(Kind::ResidenceCard)),
        ("passport", declined(Kind::Passport)),
        ("phone", declined(Kind::Phone)),
        ("unknown", declined(Kind::Unknown)),
        ("felica", declined(Kind::Unknown)),
    ] {
        assert_eq!(ask(card(id)), Ok(expected), "{id}");
    }
}

#[test]
fn a_my_number_card_gives_the_four_attributes_and_their_source() {
    let reading = tap_card(my_number(), pin("1234")).unwrap();
    assert_eq!(
        values(&reading),
        json!({
            "name": {"value": "試験　花子", "source": "card"},
            "birth_date": {"value": "1993-05-14", "source": "card"},
            "sex": {"value": "female", "source": "card"},
            "address": {"value": "見本県みほん町中央一丁目２番３号", "source": "card"},
        })
    );
    assert_eq!((reading.kind, reading.warnings), (Kind::MyNumber, vec![]));
}

#[test]
fn a_long_address_is_read_whole_in_more_than_one_chunk() {
    let reading = tap_card(card("shoshiki-tarobe.1"), pin("1955")).unwrap();
    let address = reading.applicant.address.unwrap().value;
    assert!(address.as_plain().unwrap().ends_with("１２０１号室"));
    assert!(address.as_plain().unwrap().len() > 200);
    assert_eq!(reading.warnings, []);
}

#[test]
fn a_name_keeps_its_rare_characters_and_variation_selectors() {
    let reading = tap_card(card("tsuji-yoshio.1"), pin("1010")).unwrap();
    assert_eq!(values(&reading)["name"]["value"], "辻\u{E0100}　𠮷男");
    assert_eq!(values(&reading)["address"]["value"], "見本県みほん町辻\u{E0100}ヶ丘７番地");
}

#[test]
fn a_character_that_unicode_lacks_asks_for_a_hand() {
    for name in ["\u{E001}　花子", "\u{FFFD}　花子"] {
        let persona =
            emulator::MyNumber { name: name.to_owned(), ..purse("shiken-hanako.1").my_number() };
        let reading = tap_card(Card::my_number(&persona), pin("1234")).unwrap();
        assert_eq!(reading.warnings, [Warning::NeedsHand { field: Field::Name }]);
        assert_eq!(values(&reading)["name"]["value"], name);
    }
}

#[test]
fn an_impossible_date_is_left_out_and_said_so() {
    let persona = emulator::MyNumber {
        birth_date: "19930230".to_owned(),
        ..purse("shiken-hanako.1").my_number()
    };
    let reading = tap_card(Card::my_number(&persona), pin("1234")).unwrap();
    assert_eq!(reading.applicant.birth_date, None);
    assert_eq!(reading.warnings, [Warning::Unreadable { field: Field::BirthDate }]);
}

#[test]
fn a_wrong_pin_costs_one_try_and_a_right_one_gives_all_back() {
    let (mut reader, slot) = reader_with(my_number());
    let tries = |slot: &VirtualSlot| slot.look(|card| card.unwrap().pin_tries_left().unwrap());
    assert_eq!(tap(&mut reader, pin("9999"), false), Err(Error::WrongPin { tries_left: 2 }));
    assert_eq!(tries(&slot), 2);
    assert!(tap(&mut reader, pin("1234"), false).is_ok());
    assert_eq!(tries(&slot), 3);
}

#[test]
fn the_last_try_is_used_only_with_the_holders_word() {
    let (mut reader, slot) = reader_with(card("mihon-taro.1"));
    let tries = |slot: &VirtualSlot| slot.look(|card| card.unwrap().pin_tries_left().unwrap());
    assert_eq!(tap(&mut reader, pin("9999"), false), Err(Error::LastTryNeedsConsent));
    assert_eq!(tries(&slot), 1);
    assert_eq!(tap(&mut reader, pin("9999"), true), Err(Error::Blocked { kind: Kind::MyNumber }));
    assert_eq!(tries(&slot), 0);
}

#[test]
fn a_blocked_card_is_refused_before_anything_is_presented() {
    let blocked = Error::Blocked { kind: Kind::MyNumber };
    assert_eq!(tap_card(card("spent"), pin("1234")), Err(blocked));
    assert_eq!(tap_card(card("tehon-kaoru.1"), pin("1234")), Err(blocked));
    let number = number_b(ANOTHER_FACE);
    assert_eq!(tap_card(card("spent"), number), Err(Error::NumberBBlocked));
}

#[test]
fn a_card_without_pins_is_read_by_the_number_on_its_face() {
    let wrong = tap_card(card("tehon-kaoru.1"), number_b("10123120348124"));
    assert_eq!(wrong, Err(Error::WrongNumberB { tries_left: 9 }));
    let reading = tap_card(card("tehon-kaoru.1"), number_b(FACE)).unwrap();
    assert_eq!(values(&reading)["name"]["value"], "手本　薫");
}

#[test]
fn a_licence_gives_a_reading_of_the_name_but_no_sex() {
    let reading = tap_card(licence(), pin("5678")).unwrap();
    assert_eq!(
        values(&reading),
        json!({
            "name": {"value": "試験　花子", "source": "licence"},
            "kana": {"value": "シケン　ハナコ", "source": "licence"},
            "birth_date": {"value": "1993-05-14", "source": "licence"},
            "address": {"value": "見本県みほん町中央一丁目２番３号", "source": "licence"},
        })
    );
    assert_eq!((reading.kind, reading.warnings), (Kind::Licence, vec![]));
}

#[test]
fn pictures_and_gaps_in_a_licence_name_stay_visible() {
    let reading = tap_card(card("tsuji-yoshio.2"), pin("1965")).unwrap();
    let name = json!([{"gaiji": 1}, "　", {"missing": true}, "男"]);
    assert_eq!(values(&reading)["name"]["value"], name);
    assert_eq!(reading.warnings, [Warning::NeedsHand { field: Field::Name }]);
}

#[test]
fn the_last_change_of_a_licence_wins_over_what_was_issued() {
    let reading = tap_card(card("tehon-kaoru.2"), pin("1231")).unwrap();
    let values = values(&reading);
    assert_eq!(values["name"]["value"], "手本　薫");
    assert_eq!(values["kana"]["value"], "テホン　カオル");
    assert_eq!(values["address"]["value"], "手本県となり市本町三丁目４番５号");
}

#[test]
fn a_licence_without_pins_needs_none_and_one_that_does_not_say_is_not_guessed_at() {
    assert!(tap_card(card("mihon-taro.2"), Secret::None).is_ok());
    let (mut reader, slot) = reader_with(card("silent-about-its-pin"));
    for secret in [Secret::None, pin("1234")] {
        assert_eq!(tap(&mut reader, secret, true), Err(Error::PinSettingUnknown));
    }
    assert_eq!(slot.look(|card| card.unwrap().licence_pin_tries_left()), Some(3));
}

#[test]
fn a_licence_with_a_pin_takes_nothing_else() {
    for secret in [Secret::None, number_b(ANOTHER_FACE)] {
        let (mut reader, slot) = reader_with(licence());
        assert_eq!(tap(&mut reader, secret, true), Err(Error::SecretNeeded));
        assert_eq!(slot.look(|card| card.unwrap().licence_pin_tries_left()), Some(3));
    }
    let wrong = tap_card(licence(), pin("9999"));
    assert_eq!(wrong, Err(Error::WrongPin { tries_left: 2 }));
}

#[test]
fn a_card_pulled_at_any_command_says_so_and_reads_on_the_next_tap() {
    for command in 1..=6 {
        let (mut reader, slot) = reader_with(fixtures::removed_at(my_number(), command));
        assert_eq!(tap(&mut reader, pin("1234"), false), Err(Error::CardPulled), "{command}");
        assert_eq!(tap(&mut reader, pin("1234"), false), Err(Error::NoCard), "{command}");
        slot.insert(slot.remove().unwrap());
        assert!(tap(&mut reader, pin("1234"), false).is_ok(), "{command}");
        assert_eq!(slot.look(|card| card.unwrap().pin_tries_left()), Some(3));
    }
}

#[test]
fn a_pin_is_never_presented_to_a_card_that_was_laid_down_after_it_was_asked_for() {
    let (mut reader, slot) = reader_with(my_number());
    let tap = probe(&mut reader).unwrap().tap;
    slot.insert(card("mihon-taro.1"));
    assert_eq!(read(&mut reader, tap, pin("9999"), true), Err(Error::CardChanged));
    assert_eq!(slot.look(|card| card.unwrap().pin_tries_left()), Some(1));
}

#[test]
fn a_card_that_wakes_slowly_is_asked_once_more() {
    for (card, digits) in [(my_number(), "1234"), (licence(), "5678")] {
        assert!(tap_card(fixtures::wakes_slowly(card), pin(digits)).is_ok());
    }
}

#[test]
fn cards_and_readers_of_every_manner_give_the_same_values() {
    let faults = Faults { chokes_on_full_answers: true, ..Faults::default() };
    for id in ["shoshiki-tarobe.1", "tehon-kaoru.2", "shiken-hanako.1"] {
        let (card, digits) = (card(id), purse(id).pin().unwrap().to_owned());
        let plain = tap_card(card.clone(), pin(&digits)).unwrap();
        for manner in [Manner::TellsLength, Manner::WarnsAtEnd, Manner::KeepsWaiting] {
            let other = tap_card(card.clone().with_manner(manner), pin(&digits));
            assert_eq!(other.as_ref(), Ok(&plain), "{manner:?}");
        }
        assert_eq!(tap_card(card.with_faults(faults), pin(&digits)), Ok(plain));
    }
}

#[test]
fn troubles_of_the_reader_have_a_name_and_pass() {
    let (mut reader, slot) = reader_with(my_number());
    for (trouble, error) in [
        (LinkError::NoReader, Error::ReaderGone),
        (LinkError::NoService, Error::ServiceGone),
        (LinkError::Busy, Error::ReaderBusy),
    ] {
        slot.set_trouble(Some(trouble));
        assert_eq!(tap(&mut reader, pin("1234"), false), Err(error));
    }
    slot.set_trouble(None);
    assert!(tap(&mut reader, pin("1234"), false).is_ok());
}
