//! `madoguchi card read`, the real program.

use serde_json::{Value, json};

use madoguchi::card::emulator::fixtures;

use super::purse::{card as card_of, licence, my_number};
use super::rig::{hold, with_pcscd};

/// A card, what is typed for it, and what it then tells.
struct Readable {
    id: &'static str,
    typed: &'static str,
    values: Value,
    warnings: Value,
}

impl Readable {
    fn new(id: &'static str, typed: &'static str, values: Value) -> Self {
        Self { id, typed, values, warnings: json!([]) }
    }

    fn expected(&self) -> Value {
        let licence = self.values["kana"].is_string();
        let (card, source) = if licence { ("licence", "licence") } else { ("my_number", "card") };
        let values = self.values.as_object().unwrap().clone().into_iter();
        let applicant: serde_json::Map<_, _> = values
            .map(|(field, value)| (field, json!({"value": value, "source": source})))
            .collect();
        json!({"card": card, "applicant": applicant, "warnings": self.warnings})
    }
}

fn my_number_cards() -> Vec<Readable> {
    let hanako = json!({
        "name": "試験　花子", "birth_date": "1993-05-14", "sex": "female",
        "address": "見本県みほん町中央一丁目２番３号",
    });
    let taro = json!({
        "name": "見本　太郎", "birth_date": "1984-01-08", "sex": "male",
        "address": "見本県みほん町ひがし台４５番地の６　コーポみほん２０１号室",
    });
    let long_address = json!({
        "name": "書式　太郎兵衛", "birth_date": "1955-08-15", "sex": "male",
        "address": "見本県みほん町大字東西南北字上中下前後左右１２３４番地５６７８　\
            グランドサンプルハイツみほん駅前ガーデンテラスノースウイング弐番館１２０１号室",
    });
    let rare_name = json!({
        "name": "辻\u{E0100}　𠮷男", "birth_date": "1965-10-10", "sex": "male",
        "address": "見本県みほん町辻\u{E0100}ヶ丘７番地",
    });
    let face = json!({
        "name": "手本　薫", "birth_date": "1998-12-31", "sex": "male",
        "address": "手本県となり市本町三丁目４番５号　となり駅前タワーレジデンス西館２８１４号室",
    });
    vec![
        Readable::new("shiken-hanako.1", "1234", hanako),
        Readable::new("mihon-taro.1", "2468", taro),
        Readable::new("shoshiki-tarobe.1", "1955", long_address),
        Readable::new("tsuji-yoshio.1", "1010", rare_name),
        Readable::new("tehon-kaoru.1", "10123120348123", face),
    ]
}

fn licences() -> Vec<Readable> {
    let hanako = json!({
        "name": "試験　花子", "kana": "シケン　ハナコ", "birth_date": "1993-05-14",
        "address": "見本県みほん町中央一丁目２番３号",
    });
    let taro = json!({
        "name": "見本　太郎", "kana": "ミホン　タロウ", "birth_date": "1984-01-08",
        "address": "見本県みほん町ひがし台４５番地の６　コーポみほん２０１号室",
    });
    let gaiji = json!({
        "name": [{"gaiji": 1}, "　", {"missing": true}, "男"], "kana": "ツジ　ヨシオ",
        "birth_date": "1965-10-10", "address": "見本県みほん町辻ヶ丘７番地",
    });
    let changed = json!({
        "name": "手本　薫", "kana": "テホン　カオル", "birth_date": "1998-12-31",
        "address": "手本県となり市本町三丁目４番５号",
    });
    let gaiji = Readable {
        warnings: json!([{"warning": "needs_hand", "field": "name"}]),
        ..Readable::new("tsuji-yoshio.2", "1965", gaiji)
    };
    vec![
        gaiji,
        Readable::new("tehon-kaoru.2", "1231", changed),
        Readable::new("mihon-taro.2", "", taro),
        Readable::new("shiken-hanako.2", "5678", hanako),
    ]
}

#[test]
fn every_readable_card_tells_what_it_holds_and_its_source() {
    with_pcscd(|rig| {
        for card in my_number_cards().into_iter().chain(licences()) {
            let Readable { id, typed, .. } = card;
            let inserted = rig.insert(card_of(id));
            let arguments: &[&str] = match (id, typed) {
                ("mihon-taro.1", _) => &["--pin-stdin", "--use-last-try"],
                (_, "") => &[],
                _ => &["--pin-stdin"],
            };
            let said = rig.card_read(arguments, typed);
            assert_eq!(said.code, Some(0), "{id}: {said:?}");
            assert_eq!(serde_json::from_str::<Value>(&said.out).unwrap(), card.expected(), "{id}");
            assert!(!inserted.remove().personal_number_was_touched(), "{id}");
        }
    });
}

#[test]
fn every_other_card_is_refused_with_its_reason_and_loses_no_try() {
    with_pcscd(|rig| {
        for (id, secret, code) in [
            ("spent", "1234", "card.blocked_number_b"),
            ("tehon-kaoru.1", "1234", "card.blocked"),
            ("mihon-taro.1", "2468", "card.last_try"),
            ("shiken-hanako.1", "12345", "card.not_a_secret"),
            ("shiken-hanako.1", "１２３４", "card.not_a_secret"),
            ("shiken-hanako.2", "10123120348123", "card.secret_needed"),
            ("silent-about-its-pin", "1234", "card.pin_setting_unknown"),
            ("residence-card", "1234", "card.not_readable.residence_card"),
            ("passport", "1234", "card.not_readable.passport"),
            ("phone", "1234", "card.not_readable.phone"),
            ("unknown", "1234", "card.not_readable.unknown"),
            ("felica", "1234", "card.not_readable.unknown"),
        ] {
            let card = card_of(id);
            let (before, before_licence) = (card.pin_tries_left(), card.licence_pin_tries_left());
            let (said, card) = rig.tap(card, secret);
            assert!(said.is_refusal(code), "{id}: {said:?}");
            assert_eq!(card.pin_tries_left(), before, "{id}");
            assert_eq!(card.licence_pin_tries_left(), before_licence, "{id}");
            assert!(!card.personal_number_was_touched(), "{id}");
        }
    });
}

#[test]
fn wrong_pins_are_counted_down_to_one_and_no_further() {
    with_pcscd(|rig| {
        let inserted = rig.insert(my_number());
        let wrong = |arguments: &[&str]| rig.card_read(arguments, "9999");
        let said = wrong(&["--pin-stdin"]);
        assert!(said.is_refusal("card.wrong_pin") && said.err.contains("2 more"), "{said:?}");
        let said = wrong(&["--pin-stdin"]);
        assert!(said.is_refusal("card.wrong_pin") && said.err.contains("1 more"), "{said:?}");
        for _ in 0..3 {
            assert!(wrong(&["--pin-stdin"]).is_refusal("card.last_try"));
        }
        let said = rig.card_read(&["--pin-stdin", "--use-last-try"], "1234");
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(inserted.remove().pin_tries_left(), Some(3));
    });
}

#[test]
fn a_card_pulled_at_any_command_is_said_so_and_read_on_the_next_tap() {
    with_pcscd(|rig| {
        for command in 1..=6 {
            let inserted = rig.insert(fixtures::removed_at(my_number(), command));
            let said = rig.card_read(&["--pin-stdin"], "1234");
            assert!(said.is_refusal("card.pulled"), "{command}: {said:?}");
            inserted.wait_until_lifted();
            let (said, card) = rig.tap(inserted.remove(), "1234");
            assert_eq!(said.code, Some(0), "{command}: {said:?}");
            assert_eq!(card.pin_tries_left(), Some(3), "{command}");
        }
    });
}

#[test]
fn a_card_that_wakes_slowly_is_read() {
    with_pcscd(|rig| {
        for (card, pin) in [(my_number(), "1234"), (licence(), "5678")] {
            let (said, _) = rig.tap(fixtures::wakes_slowly(card), pin);
            assert_eq!(said.code, Some(0), "{said:?}");
        }
    });
}

#[test]
fn a_silent_card_ends_the_program_and_the_next_tap_is_read() {
    with_pcscd(|rig| {
        let inserted = rig.insert(fixtures::stalls_at(my_number(), 5));
        let said = rig.card_read(&["--pin-stdin", "--watchdog", "1"], "1234");
        assert!(said.is_refusal("card.silent"), "{said:?}");
        let (said, _) = rig.tap(inserted.remove(), "1234");
        assert_eq!(said.code, Some(0), "{said:?}");
    });
}

#[test]
fn a_card_that_another_program_holds_is_busy_until_it_lets_go() {
    with_pcscd(|rig| {
        let _inserted = rig.insert(my_number());
        let mut held = hold().unwrap();
        assert!(rig.card_read(&["--pin-stdin"], "1234").is_refusal("card.reader_busy"));
        held.power_off();
        assert_eq!(rig.card_read(&["--pin-stdin"], "1234").code, Some(0));
    });
}

#[test]
fn an_empty_reader_a_missing_one_and_a_missing_service_are_told_apart() {
    with_pcscd(|rig| {
        let said = rig.card_read(&["--wait", "0"], "");
        assert!(said.is_refusal("card.no_card"), "{said:?}");
        let said = rig.card_read(&["--wait", "0", "--reader", "no such reader"], "");
        assert!(said.is_refusal("card.reader_gone"), "{said:?}");
        let _inserted = rig.insert(licence());
        assert!(
            rig.card_read(&["--reader", "PCD 00 01", "--wait", "0"], "").is_refusal("card.no_card")
        );
        let said = rig.card_read(&["--reader", "PCD 00 00"], "");
        assert!(said.is_refusal("card.secret_needed"), "{said:?}");
        rig.stop_pcscd();
        let said = rig.card_read(&["--wait", "0"], "");
        assert!(said.is_refusal("card.service_gone"), "{said:?}");
    });
}
