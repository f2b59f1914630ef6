//! What only the demonstration has: the cards in the invented residents' purses.
//!
//! A [`PurseCard`] says whose it is and what its holder knows, so that a visitor
//! can play the resident, and makes the emulated chip to lay on the virtual
//! reader. [`town`] is everybody else: a busy day of numbers drawn and called. This room
//! knows the example configuration, the card emulator and the queue, and nothing of
//! pages.

mod chip;
pub mod town;

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

/// Every card of every household, in the order they are written. Not all of them
/// are for people to choose from ([`PurseCard::shows`]).
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

    /// What the card is there to show; nothing where it is for tests only.
    pub fn shows(&self) -> Option<&Words> {
        self.card.shows.as_ref()
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
        format!("{:02}{}", birth.latest_era_year().1, chip::month_and_day(birth))
    }

    /// What the face of a My Number card shows for 照合番号B: year of expiry and
    /// security code.
    pub fn face(&self) -> Option<(u16, &str)> {
        Some((self.card.expires_year?, self.card.security_code.as_deref()?))
    }
}

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod tests;
