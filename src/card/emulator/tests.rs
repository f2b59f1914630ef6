//! What the emulator promises to whoever tests with it.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::demo::example::{self, licence, my_number, purse};

fn answer(card: &mut Card, command: &[u8]) -> Vec<u8> {
    match card.transmit(command) {
        Outcome::Answer(answer) => answer,
        outcome => panic!("{outcome:?}"),
    }
}

const SELECT_TEXT: &[u8] = b"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08";
const SELECT_PIN: &[u8] = b"\x00\xA4\x02\x0C\x02\x00\x11";
const SELECT_FOUR: &[u8] = b"\x00\xA4\x02\x0C\x02\x00\x02";
const RIGHT: &[u8] = b"\x00\x20\x00\x80\x041234";
const WRONG: &[u8] = b"\x00\x20\x00\x80\x049999";
const QUERY: &[u8] = b"\x00\x20\x00\x80";
const READ: &[u8] = b"\x00\xB0\x00\x00\x00";

#[test]
fn wrong_pins_count_down_to_blocked_and_stay_so_without_power() {
    let mut card = my_number();
    let trace = |card: &mut Card, commands: &[&[u8]]| -> Vec<Vec<u8>> {
        commands.iter().map(|command| answer(card, command)).collect()
    };
    assert_eq!(
        trace(&mut card, &[SELECT_TEXT, SELECT_PIN, QUERY, WRONG, WRONG, WRONG, QUERY, RIGHT]),
        [
            [0x90, 0],
            [0x90, 0],
            [0x63, 0xC3],
            [0x63, 0xC2],
            [0x63, 0xC1],
            [0x63, 0xC0],
            [0x63, 0xC0],
            [0x69, 0x84]
        ]
    );
    card.power_off();
    assert_eq!(
        trace(&mut card, &[SELECT_TEXT, SELECT_PIN, QUERY, SELECT_FOUR, READ]),
        [[0x90, 0], [0x90, 0], [0x63, 0xC0], [0x90, 0], [0x69, 0x82]]
    );
}

#[test]
fn a_warm_reset_keeps_the_card_open_and_power_off_closes_it() {
    let mut card = my_number();
    for command in [SELECT_TEXT, SELECT_PIN, RIGHT] {
        assert_eq!(answer(&mut card, command), [0x90, 0]);
    }
    let mut read_afresh = |reset: fn(&mut Card)| {
        reset(&mut card);
        answer(&mut card, SELECT_TEXT);
        answer(&mut card, SELECT_FOUR);
        answer(&mut card, READ).len()
    };
    assert!(read_afresh(Card::warm_reset) > 2);
    assert_eq!(read_afresh(Card::power_off), 2);
}

#[test]
fn the_table_of_offsets_points_at_the_tags() {
    for (id, first) in [("shiken-hanako.1", 0x0E), ("shoshiki-tarobe.1", 0x10)] {
        let persona = MyNumber { pin: "1234".to_owned(), ..purse(id).my_number() };
        let mut card = Card::my_number(&persona);
        for command in [SELECT_TEXT, SELECT_PIN, RIGHT, SELECT_FOUR] {
            answer(&mut card, command);
        }
        let bytes = answer(&mut card, READ);
        let table = bytes.windows(3).position(|tag| tag == [0xDF, 0x21, 0x08]).unwrap() + 3;
        let at = u16::from_be_bytes([bytes[table], bytes[table + 1]]);
        assert_eq!(at, first);
        assert_eq!(bytes[usize::from(at)..][..2], [0xDF, 0x22]);
    }
}

#[test]
fn a_touch_of_the_personal_number_is_noticed_however_it_is_made() {
    for command in
        [b"\x00\xA4\x02\x0C\x02\x00\x01".as_slice(), b"\x00\xB0\x81\x00\x00", b"\x00\x20\x00\x81"]
    {
        let mut card = my_number();
        answer(&mut card, SELECT_TEXT);
        assert!(!card.personal_number_was_touched());
        answer(&mut card, command);
        assert!(card.personal_number_was_touched(), "{command:02X?}");
    }
}

#[test]
fn malformed_commands_are_answered_with_wrong_length() {
    for command in [
        b"".as_slice(),
        b"\x00\xA4\x04",
        b"\x00\xA4\x04\x0C\x0A\xD3",
        b"\x00\x20\x00\x80\x00\x00",
        b"\x00\xA4\x04\x0C\x00\x00\x02\xD3",
    ] {
        assert_eq!(answer(&mut my_number(), command), [0x67, 0x00], "{command:02X?}");
    }
    assert_eq!(answer(&mut my_number(), b"\x80\xA4\x04\x0C"), [0x6E, 0x00]);
    assert_eq!(answer(&mut my_number(), b"\x00\xFF\x00\x00"), [0x6D, 0x00]);
}

#[test]
fn extended_lengths_are_understood() {
    let mut card = licence();
    for command in [
        b"\x00\xA4\x00\x00\x02\x3F\x00".as_slice(),
        b"\x00\x20\x00\x81\x00\x00\x045678",
        b"\x00\xA4\x04\x0C\x10\xA0\x00\x00\x02\x31\x01\0\0\0\0\0\0\0\0\0\0",
        b"\x00\xA4\x02\x0C\x02\x00\x01",
    ] {
        assert_eq!(answer(&mut card, command), [0x90, 0x00], "{command:02X?}");
    }
    assert_eq!(answer(&mut card, b"\x00\xB0\x00\x00\x00\x03\x70").len(), 882);
}

/// Made once: the residents are read from their file.
static CARDS: LazyLock<Vec<Card>> =
    LazyLock::new(|| example::cards().into_iter().map(|(_, card)| card).collect());

proptest! {
    #[test]
    fn no_command_makes_a_card_panic(commands: Vec<Vec<u8>>) {
        for card in CARDS.iter() {
            let mut card = card.clone();
            card.transmit(SELECT_TEXT);
            for command in &commands {
                card.transmit(command);
            }
        }
    }
}
