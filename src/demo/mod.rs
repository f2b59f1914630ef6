//! What only the demonstration has: the cards in the invented residents' purses.
//!
//! A [`PurseCard`] says whose it is and what its holder knows, so that a visitor
//! can play the resident, and makes the emulated chip to lay on the virtual
//! reader. This room knows the example configuration and the card emulator, and
//! nothing of pages.

mod chip;

use crate::config::{Card, CardKind, Demo, Household, Resident};
use crate::lang::Words;

/// One card of one invented resident.
#[derive(Clone, Debug)]
pub struct PurseCard {
    /// Stable, for URLs: `shiken-hanako.1` is her first card.
    pub id: String,
    household: Household,
    holder: Resident,
    card: Card,
}

/// Every card of every household, in the order they are written.
pub fn purses(demo: &Demo) -> Vec<PurseCard> {
    let mut cards = Vec::new();
    for household in &demo.households {
        for holder in &household.people {
            for (number, card) in (1..).zip(&holder.cards) {
                cards.push(PurseCard {
                    id: format!("{}.{number}", holder.id),
                    household: household.clone(),
                    holder: holder.clone(),
                    card: card.clone(),
                });
            }
        }
    }
    cards
}

impl PurseCard {
    /// The name of its holder as the register has it.
    pub fn holder(&self) -> String {
        self.holder.name.to_string()
    }

    /// What the holder's household is there to show.
    pub fn household(&self) -> &Words {
        &self.household.about
    }

    /// What kind of card it is.
    pub fn kind(&self) -> CardKind {
        self.card.kind
    }

    /// The PIN its holder remembers.
    pub fn pin(&self) -> Option<&str> {
        self.card.pin.as_deref()
    }

    /// Tries left before the first one, if not all of them.
    pub fn tries_left(&self) -> Option<u8> {
        self.card.tries_left
    }

    /// Whether it is a 顔認証マイナンバーカード.
    pub fn is_without_pin(&self) -> bool {
        self.card.face_authentication
    }

    /// The date of birth as 照合番号B begins: six digits in the Japanese calendar.
    pub fn face_birth(&self) -> String {
        let birth = self.holder.birth_date;
        format!("{:02}{}", birth.era_year().1, chip::month_and_day(birth))
    }

    /// What the face of a My Number card shows for 照合番号B: year of expiry and
    /// security code.
    pub fn face(&self) -> Option<(u16, &str)> {
        Some((self.card.expires_year?, self.card.security_code.as_deref()?))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::applicant::Applicant;
    use crate::card::emulator::VirtualReader;
    use crate::card::{self, Ask, Error, Pin, Secret, VerificationNumberB};
    use crate::config::Config;
    use crate::wareki::Wareki;

    fn example() -> Vec<PurseCard> {
        purses(&Config::load(Path::new("kiosk-config/example")).unwrap().demo)
    }

    fn card_of(id: &str) -> PurseCard {
        example().into_iter().find(|card| card.id == id).unwrap()
    }

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
        for card in example() {
            let kind = card.kind();
            match read(&card) {
                Ok(applicant) => {
                    let name = &applicant.name.as_ref().unwrap().value;
                    let changed = card.card.changed.as_ref().and_then(|now| now.name.as_ref());
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
    fn a_blocked_and_a_pinless_card_ask_for_the_numbers_on_the_face() {
        for id in ["mihon-kyoko.1", "tehon-kaoru.1"] {
            let (mut reader, slot) = VirtualReader::new();
            slot.insert(card_of(id).make());
            let ask = card::probe(&mut reader).unwrap().ask;
            assert_eq!(ask, Ask::NumberB { tries_left: 10 }, "{id}");
        }
    }

    #[test]
    fn a_licence_says_what_was_changed_last() {
        let applicant = read(&card_of("tehon-kaoru.2")).unwrap();
        assert_eq!(applicant.name.unwrap().value.to_string(), "手本　薫");
        let address = applicant.address.unwrap().value.to_string();
        assert_eq!(address, "手本県となり市本町三丁目４番５号");
    }
}
