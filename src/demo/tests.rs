use std::collections::BTreeSet;

use super::example::{purse, residents};
use super::*;
use crate::applicant::Applicant;
use crate::card::emulator::VirtualReader;
use crate::card::{self, Ask, Error, Pin, Secret, VerificationNumberB};
use crate::config::Changed;
use crate::lang::Lang;
use crate::wareki::Wareki;

/// More than this nobody looks through.
const SHOWN_MAX: usize = 15;

/// Plays the holder: gives what the card asks for, as far as it is known.
fn read(card: &PurseCard) -> Result<Applicant, Error> {
    let (mut reader, slot) = VirtualReader::new();
    slot.insert(card.make());
    let probe = card::probe(&mut reader)?;
    let secret = match probe.ask {
        Ask::Pin { .. } => Secret::Pin(Pin::new(card.pin().unwrap()).unwrap()),
        Ask::NumberB { .. } => {
            let (year, code) = card.face().unwrap();
            let born = card.holder.birth_date.exact().and_then(Wareki::of).unwrap();
            let birth = format!("{:02}{:02}{:02}", born.year, born.month, born.day);
            let number = VerificationNumberB::of_card_face(&birth, &year.to_string(), code);
            Secret::NumberB(number.unwrap())
        }
        Ask::NoSecret => Secret::None,
        Ask::Nothing(error) => return Err(error),
    };
    card::read(&mut reader, probe.tap, secret, true).map(|reading| reading.applicant)
}

#[test]
fn every_holder_can_have_their_card_read_or_is_declined() {
    for card in purses(&residents()) {
        let kind = card.kind();
        match read(&card) {
            Ok(applicant) => {
                let name = &applicant.name.as_ref().unwrap().value;
                let changed = card.card.changed.iter().rev().find_map(|changed| match changed {
                    Changed::Name(name) => Some(name),
                    Changed::Address(_) => None,
                });
                let written = changed.or(card.card.name.as_ref());
                assert_eq!(name, written.unwrap_or(&card.holder.name), "{}", card.id);
                let birth = applicant.birth_date.as_ref().unwrap().value;
                assert_eq!(birth, card.holder.birth_date, "{}", card.id);
            }
            Err(error) => {
                let declined = matches!(kind, CardKind::Residence | CardKind::Unknown);
                assert!(declined, "{}: {error}", card.id);
            }
        }
    }
}

#[test]
fn the_list_to_choose_from_is_short_and_each_card_in_it_shows_something_else() {
    let cards = purses(&residents());
    let shown: Vec<_> = cards.iter().filter_map(|card| Some((card, card.shows()?))).collect();
    assert!((8..=SHOWN_MAX).contains(&shown.len()), "{}", shown.len());
    let told: BTreeSet<&str> = shown.iter().map(|(_, shows)| shows.in_lang(Lang::Ja)).collect();
    assert_eq!(told.len(), shown.len());
    let kinds: BTreeSet<_> = shown.iter().map(|(card, _)| card.kind()).collect();
    assert_eq!(kinds.len(), 4, "every kind is there: {kinds:?}");
}

#[test]
fn a_blocked_and_a_pinless_card_ask_for_the_numbers_on_the_face() {
    for id in ["mihon-kyoko.1", "tehon-kaoru.1"] {
        let (mut reader, slot) = VirtualReader::new();
        slot.insert(purse(id).make());
        let ask = card::probe(&mut reader).unwrap().ask;
        assert_eq!(ask, Ask::NumberB { tries_left: 10 }, "{id}");
    }
}

#[test]
fn a_licence_says_what_was_changed_last() {
    let applicant = read(&purse("tehon-kaoru.2")).unwrap();
    assert_eq!(applicant.name.unwrap().value.to_string(), "手本　薫");
    let address = applicant.address.unwrap().value.to_string();
    assert_eq!(address, "手本県となり市本町三丁目４番５号");
}
