//! From a card as it is written down to a chip that answers.

use super::PurseCard;
use crate::applicant::Sex;
use crate::card::emulator::{self, Change, Licence, MyNumber, fixtures};
use crate::config::{CardKind, Changed};
use crate::text::Text;
use crate::wareki::PartialDate;

/// Retry counters of a card nobody has mistyped on yet.
const PIN_TRIES: u8 = 3;
const NUMBER_B_TRIES: u8 = 10;

impl PurseCard {
    /// A new chip, its counters as they are written.
    pub fn make(&self) -> emulator::Card {
        match self.card.kind {
            CardKind::MyNumber => emulator::Card::my_number(&self.my_number()),
            CardKind::Licence => emulator::Card::licence(&self.licence()),
            CardKind::Residence => fixtures::residence_card(),
            CardKind::Unknown => fixtures::unknown(),
        }
    }

    /// What stands on the holder's マイナンバーカード, for who wants one that differs.
    pub fn my_number(&self) -> MyNumber {
        let birth = self.holder.birth_date;
        let (expiry, code) = self.face().unwrap_or((0, "0000"));
        MyNumber {
            name: self.name().to_string(),
            address: self.address().to_owned(),
            birth_date: format!("{:04}{}", birth.year(), month_and_day(birth)),
            sex: digit(self.holder.sex),
            pin: self.card.pin.clone().unwrap_or_else(|| "0000".to_owned()),
            pin_tries_left: match self.card.face_authentication {
                true => 0,
                false => self.card.tries_left.unwrap_or(PIN_TRIES),
            },
            number_b: format!("{}{expiry:04}{code}", self.face_birth()),
            number_b_tries_left: NUMBER_B_TRIES,
        }
    }

    /// What stands on the holder's licence, for who wants one that differs.
    pub fn licence(&self) -> Licence {
        let (era, year) = self.holder.birth_date.era_year();
        let change = |changed: &Changed| match changed {
            Changed::Name(name) => Change::Name { name: name.clone(), kana: self.kana() },
            Changed::Address(address) => Change::Address(address.as_str().into()),
        };
        Licence {
            name: self.name().clone(),
            kana: self.kana(),
            address: self.address().into(),
            birth_date: format!("{}{year:02}{}", era.code(), month_and_day(self.holder.birth_date)),
            pin: self.card.pin.clone(),
            pin_tries_left: self.card.tries_left.unwrap_or(PIN_TRIES),
            pin_setting: None,
            changes: self.card.changed.iter().map(change).collect(),
        }
    }

    fn name(&self) -> &Text {
        self.card.name.as_ref().unwrap_or(&self.holder.name)
    }

    fn address(&self) -> &str {
        self.card.address.as_deref().unwrap_or(&self.household.address)
    }

    fn kana(&self) -> Text {
        self.holder.kana.as_deref().unwrap_or_default().into()
    }
}

/// `MMDD`, `00` for what is not known.
pub(super) fn month_and_day(date: PartialDate) -> String {
    format!("{:02}{:02}", date.month().unwrap_or(0), date.day().unwrap_or(0))
}

/// JIS X 0303.
fn digit(sex: Sex) -> char {
    match sex {
        Sex::Male => '1',
        Sex::Female => '2',
        Sex::NotApplicable => '9',
        Sex::Unknown => '0',
    }
}
