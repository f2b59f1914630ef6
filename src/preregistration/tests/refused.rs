//! What is no code of ours, and what is torn, changed, old, newer or swollen.

use super::*;

#[test]
fn what_is_no_code_of_ours_is_told_before_anything_is_opened() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["juminhyo"], &counter.sample("juminhyo")));
    let long = format!("MK1{}", "0".repeat(1_500));
    let longer = "MK1".repeat(3_000);
    for (scanned, refusal) in [
        ("", Refusal::NotOurs),
        ("https://www.example.jp/", Refusal::NotOurs),
        ("MK2000", Refusal::NotOurs),
        ("00020101021226680019jp.or.paymentsjapan", Refusal::NotOurs),
        (&longer, Refusal::NotOurs),
        ("MK1", Refusal::Torn),
        ("MK1000", Refusal::Torn),
        ("MK1///", Refusal::Torn),
        (&long, Refusal::Torn),
        (&format!("{text}*"), Refusal::Torn),
        (&format!("{text}//////"), Refusal::Torn),
        (&text.replacen("MK1", "MK1 ", 1), Refusal::Torn),
        (&format!("{}日本", &text[..40]), Refusal::Torn),
        (&text[..60], Refusal::Torn),
    ] {
        assert_eq!(counter.open(scanned), Err(refusal), "{scanned}");
    }
}

#[test]
fn a_code_torn_anywhere_never_opens() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    for len in 0..text.len() {
        let refusal = counter.open(&text[..len]).unwrap_err();
        let expected = [Refusal::NotOurs, Refusal::Torn, Refusal::NotOpened];
        assert!(expected.contains(&refusal), "{len}: {refusal:?}");
    }
}

#[test]
fn a_code_with_any_byte_changed_never_opens() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    let wire = base41::decode(&text[3..]).unwrap();
    for at in 0..wire.len() {
        for bit in 0..8 {
            let mut changed = wire.clone();
            changed[at] ^= 1 << bit;
            let refusal = counter.open(&format!("MK1{}", base41::encode(&changed))).unwrap_err();
            let expected: &[Refusal] = match at {
                0 => &[Refusal::Newer, Refusal::NotOpened],
                1..5 => &[Refusal::UnknownKey],
                5 if bit > 0 => &[Refusal::NotAKey],
                5..38 => &[Refusal::NotAKey, Refusal::NotOpened],
                _ => &[Refusal::NotOpened],
            };
            assert!(expected.contains(&refusal), "byte {at}, bit {bit}: {refusal:?}");
        }
    }
}

/// The library would open half of them: a compact point has no sign.
#[test]
fn the_senders_key_is_written_in_one_way_only() {
    let counter = Counter::new();
    let body = counter.body(&["inkan"], &counter.sample("inkan"));
    for seed in 0..20 {
        let text = seal(&body, TOWN, &counter.key().public(), &SeededChance::new(seed)).unwrap();
        let wire = base41::decode(&text[3..]).unwrap();
        assert!(matches!(wire[5], 2 | 3));
        for tag in [0x00, 0x01, 0x04, 0x05, 0x06, 0x07] {
            let mut changed = wire.clone();
            changed[5] = tag;
            let text = format!("MK1{}", base41::encode(&changed));
            assert_eq!(counter.open(&text), Err(Refusal::NotAKey), "{tag}");
        }
    }
}

#[test]
fn another_towns_code_and_one_whose_key_is_gone_are_refused() {
    let counter = Counter::new();
    let body = counter.body(&["inkan"], &counter.sample("inkan"));
    let text = counter.seal(&body);
    let open_at = |town, now| open(&text, &counter.keys, &counter.books, town, now);
    assert_eq!(open_at("022101", NOW), Err(Refusal::NotOpened));
    // The key's month is November; it opens until 30 December.
    assert_eq!(open_at(TOWN, datetime!(2026-12-30 23:59 +9)), Err(Refusal::Expired));
    assert_eq!(open_at(TOWN, datetime!(2026-12-31 0:00 +9)), Err(Refusal::UnknownKey));
    let other = Key::new(Epoch::of(NOW.date()), TOWN, &SeededChance::new(9));
    let text = seal(&body, TOWN, &other.public(), &SeededChance::new(2)).unwrap();
    assert_eq!(counter.open(&text), Err(Refusal::UnknownKey));
    assert_eq!(
        open(&text, &Keyring::default(), &counter.books, TOWN, NOW),
        Err(Refusal::UnknownKey)
    );
}

#[test]
fn a_code_is_good_for_thirty_days_and_a_clock_may_be_a_day_fast() {
    let counter = Counter::new();
    for (made_at, refusal) in [
        (NOW - Duration::days(30), None),
        (NOW - Duration::days(30) - Duration::minutes(1), Some(Refusal::Expired)),
        (NOW + Duration::hours(24), None),
        (NOW + Duration::hours(24) + Duration::minutes(1), Some(Refusal::FromFuture)),
        (NOW + Duration::days(3_000), Some(Refusal::FromFuture)),
        (datetime!(2020-01-01 0:00 UTC), Some(Refusal::Expired)),
    ] {
        let answers = Answers::default();
        let visit = Visit {
            booking: None,
            made_at,
            jti: JTI,
            revision: 0,
            procedures: &[],
            answers: &answers,
        };
        let text = counter.seal(&encode(counter.books.present(), &visit));
        assert_eq!(counter.open(&text).err(), refusal, "{made_at}");
    }
}

#[test]
fn suites_and_flags_of_a_later_page_are_told_as_newer() {
    let counter = Counter::new();
    let text = counter.seal(&counter.body(&["inkan"], &counter.sample("inkan")));
    let wire = base41::decode(&text[3..]).unwrap();
    for first in [0x00, 0x20, 0xF0, 0x12, 0x13, 0x14, 0x18, 0x1F] {
        let changed = [&[first], &wire[1..]].concat();
        let text = format!("MK1{}", base41::encode(&changed));
        assert_eq!(counter.open(&text), Err(Refusal::Newer), "{first:#x}");
    }
    for (key, value) in [(0, number(2)), (0, number(0))] {
        let mut parts = parts(&counter);
        parts[key] = (key as u64, value);
        assert_eq!(counter.open_item(&Item::Map(parts)), Err(Refusal::Newer));
    }
}

#[test]
fn a_bomb_swells_no_further_than_a_visit_could() {
    let counter = Counter::new();
    let body = Item::Map(parts(&counter)).to_bytes();
    let whole = deflated(&body);
    assert!(counter.open(&said_to_be_deflated(&counter, &whole)).is_ok());
    for (what, content, refusal) in [
        ("half a megabyte of zeros", deflated(&vec![0; 500_000]), Refusal::TooLarge),
        ("one byte too many", deflated(&vec![0; 4_097]), Refusal::TooLarge),
        ("as large as may be, but no body", deflated(&vec![0; 4_096]), Refusal::Malformed),
        ("an end that is missing", whole[..whole.len() - 1].to_vec(), Refusal::Malformed),
        ("something after the end", [&whole[..], &[0]].concat(), Refusal::Malformed),
        ("not deflated at all", body.clone(), Refusal::Malformed),
    ] {
        assert_eq!(counter.open(&said_to_be_deflated(&counter, &content)), Err(refusal), "{what}");
    }
}

#[test]
fn a_body_that_is_not_as_the_page_writes_it_is_refused() {
    let counter = Counter::new();
    let with = |key: usize, item: Item| {
        let mut parts = parts(&counter);
        parts[key].1 = item;
        Item::Map(parts).to_bytes()
    };
    let sound = Item::Map(parts(&counter)).to_bytes();
    let pair = |procedure| Item::Array(vec![number(procedure), Item::Array(Vec::new())]);
    let of_steps = |steps: &[i64]| {
        let steps = Item::Array(steps.iter().copied().map(number).collect());
        Item::Array(vec![Item::Array(vec![number(0), steps])])
    };
    let in_a_map = Item::Array(vec![number(0), Item::Map(Vec::new())]);
    let more = [parts(&counter), vec![(7, Item::Null)]].concat();
    assert!(counter.open(&counter.seal(&sound)).is_ok());
    for (what, body) in [
        ("a byte after the end", [&sound[..], &[0]].concat()),
        ("an end that is missing", sound[..sound.len() - 1].to_vec()),
        ("no map", number(1).to_bytes()),
        ("a map without its length", [&[0xBF][..], &sound[1..], &[0xFF]].concat()),
        ("a part too few", Item::Map(parts(&counter)[..6].to_vec()).to_bytes()),
        ("a part too many", Item::Map(more).to_bytes()),
        ("a key twice", [&[0xA8, 0, 1][..], &sound[1..]].concat()),
        ("a version in words", with(0, Item::Text("1".into()))),
        ("a hash too short", with(1, Item::Bytes(vec![0; 7]))),
        ("a time before time", with(2, number(-1))),
        ("a time that never comes", with(2, number(i64::MAX))),
        ("a jti too long", with(3, Item::Bytes(vec![0; 9]))),
        ("a negative revision", with(4, number(-1))),
        ("facts in a row", with(5, Item::Array(Vec::new()))),
        ("procedures in a map", with(6, Item::Map(Vec::new()))),
        ("a procedure alone", with(6, Item::Array(vec![number(0)]))),
        ("a procedure twice", with(6, Item::Array(vec![pair(0), pair(0)]))),
        ("a negative procedure", with(6, Item::Array(vec![pair(-1)]))),
        ("a question twice", with(6, of_steps(&[1, 0, 0, 0]))),
        ("a step back", with(6, of_steps(&[3, 0, -1, 0]))),
        ("a step without a value", with(6, of_steps(&[1, 0, 1]))),
        ("steps beyond all numbers", with(6, of_steps(&[i64::MAX, 0, i64::MAX, 0, i64::MAX, 0]))),
        ("answers in a map", with(6, Item::Array(vec![in_a_map]))),
        (
            "deeper than any body",
            with(6, (0..9).fold(number(0), |item, _| Item::Array(vec![item]))),
        ),
    ] {
        assert_eq!(counter.open(&counter.seal(&body)), Err(Refusal::Malformed), "{what}");
    }
}

proptest! {
    #[test]
    fn whatever_is_scanned_is_answered(text in any::<String>(), tail in "[0-9A-Z$%./-]{0,200}") {
        static COUNTER: LazyLock<Counter> = LazyLock::new(Counter::new);
        prop_assert!(COUNTER.open(&text).is_err());
        let text = format!("MK1{tail}");
        prop_assert!(COUNTER.open(&text).is_err());
        let looks_whole = |wire: &Vec<u8>| wire.len() > OVERHEAD && matches!(wire[0], 0x10 | 0x11);
        prop_assert_eq!(Sealed::parse(&text).is_ok(), base41::decode(&tail).is_some_and(|wire| looks_whole(&wire)));
    }
}
