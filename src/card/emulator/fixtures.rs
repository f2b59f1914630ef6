//! Cards that are nobody's, and what can be wrong with anybody's.
//!
//! People come from elsewhere: whoever wants a card with a name on it has a
//! [`MyNumber`] or a [`Licence`] of one of the invented residents.

use super::persona::{self, Licence, MyNumber};
use super::{Card, Faults};

/// A card with a name of its own.
#[derive(Clone, Copy)]
pub struct Fixture {
    /// Stable: `passport`.
    pub id: &'static str,
    /// Makes a new card.
    pub card: fn() -> Card,
}

/// Every kind of card that is recognised and not read.
pub const ALL: &[Fixture] = &[
    Fixture { id: "residence-card", card: residence_card },
    Fixture { id: "passport", card: passport },
    Fixture { id: "phone", card: phone },
    Fixture { id: "unknown", card: unknown },
    Fixture { id: "felica", card: felica },
];

/// The fixture of that id.
pub fn by_id(id: &str) -> Option<&'static Fixture> {
    ALL.iter().find(|fixture| fixture.id == id)
}

/// Three wrong PINs were presented before, and 照合番号B is used up too.
pub fn spent(persona: MyNumber) -> Card {
    Card::my_number(&MyNumber { pin_tries_left: 0, number_b_tries_left: 0, ..persona })
}

/// MF/EF02 holds neither answer.
pub fn silent_about_its_pin(persona: Licence) -> Card {
    Card::licence(&Licence { pin_setting: Some(vec![0x05, 0x01]), ..persona })
}

/// Recognised and declined.
pub fn residence_card() -> Card {
    Card::of(persona::residence_card())
}

/// Recognised and declined.
pub fn passport() -> Card {
    Card::of(persona::passport())
}

/// 公的個人認証 without 券面事項入力補助AP.
pub fn phone() -> Card {
    Card::of(persona::phone())
}

/// Has none of the applications.
pub fn unknown() -> Card {
    Card::of(persona::stranger(0x6A82))
}

/// Does not know SELECT.
pub fn felica() -> Card {
    Card::of(persona::stranger(0x6D00))
}

/// `card`, taken off the reader at a command (from 1, counted at each power-on).
pub fn removed_at(card: Card, command: u32) -> Card {
    card.with_faults(Faults { removed_at: Some(command), ..Faults::default() })
}

/// `card`, silent from a command on.
pub fn stalls_at(card: Card, command: u32) -> Card {
    card.with_faults(Faults { stalls_at: Some(command), ..Faults::default() })
}

/// `card`, answering `6F00` to the first command after power-on.
pub fn wakes_slowly(card: Card) -> Card {
    card.with_faults(Faults { wakes_slowly: true, ..Faults::default() })
}
