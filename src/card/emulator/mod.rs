//! Cards without a reader: they speak APDUs like real ones, and misbehave on
//! request.
//!
//! For the demonstration and for tests. A card is laid on a [`VirtualReader`]
//! inside this process, or served to a real pcscd by `card::vpcd`; it is the same
//! [`Card`] either way. Retry counters last like EEPROM, opened keys until the
//! power goes. This room knows nobody: a persona is passed in.

mod chip;
pub mod fixtures;
mod persona;
mod virtual_reader;

pub use chip::Manner;
pub use persona::{Change, Licence, MyNumber};
pub use virtual_reader::{VirtualReader, VirtualSlot};

use crate::text::Text;
use chip::Chip;

/// An emulated card.
#[derive(Clone, Debug)]
pub struct Card {
    chip: Chip,
    faults: Faults,
    /// Commands since the last power-on.
    commands: u32,
}

/// What goes wrong, and when. Commands are counted from 1 at each power-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Taken off the reader instead of answering this command; happens once.
    pub removed_at: Option<u32>,
    /// Silent from this command on, until it is taken off the reader; happens
    /// once.
    pub stalls_at: Option<u32>,
    /// Answers `6F00` to the first command.
    pub wakes_slowly: bool,
    /// An answer of 256 bytes does not get through.
    pub chokes_on_full_answers: bool,
}

/// What a card does with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Data and status word.
    Answer(Vec<u8>),
    /// The exchange fails; the card is still there.
    Lost,
    /// Somebody takes the card away.
    Removed,
    /// Nothing comes back until somebody takes the card away.
    Stalled,
}

/// Whether a licence can hold these words: JIS X 0208, 外字 and 欠字.
pub fn fits_a_licence(text: &Text) -> bool {
    super::jis::encode(text).is_some()
}

impl Card {
    fn of(chip: Chip) -> Self {
        Self { chip, faults: Faults::default(), commands: 0 }
    }

    /// A マイナンバーカード.
    pub fn my_number(persona: &MyNumber) -> Self {
        Self::of(persona.chip())
    }

    /// A driver's licence.
    pub fn licence(persona: &Licence) -> Self {
        Self::of(persona.chip())
    }

    /// The same card with these faults.
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// The same card with other manners.
    pub fn with_manner(mut self, manner: Manner) -> Self {
        self.chip.manner = manner;
        self
    }

    /// Answers a command APDU.
    pub fn transmit(&mut self, command: &[u8]) -> Outcome {
        self.commands += 1;
        let now = Some(self.commands);
        if self.faults.removed_at == now {
            self.faults.removed_at = None;
            return Outcome::Removed;
        }
        if self.faults.stalls_at == now {
            self.faults.stalls_at = None;
            return Outcome::Stalled;
        }
        if self.faults.wakes_slowly && self.commands == 1 {
            return Outcome::Answer(vec![0x6F, 0x00]);
        }
        let answer = self.chip.answer(command);
        if self.faults.chokes_on_full_answers && answer.len() >= 258 {
            return Outcome::Lost;
        }
        Outcome::Answer(answer)
    }

    /// The power goes: open keys close, the commands are counted afresh.
    pub fn power_off(&mut self) {
        self.commands = 0;
        self.chip.power_off();
    }

    /// A reset with the power on: open keys stay open.
    pub fn warm_reset(&mut self) {
        self.chip.warm_reset();
    }

    /// Whether EF 0001 of 券面事項入力補助AP, the 個人番号, was ever selected, read or
    /// meant by a VERIFY. It never may be.
    pub fn personal_number_was_touched(&self) -> bool {
        persona::personal_number_was_touched(&self.chip)
    }

    /// The tries left of a マイナンバーカード's PIN.
    pub fn pin_tries_left(&self) -> Option<u8> {
        self.chip.tries_left((0, 0x0011))
    }

    /// The tries left of a licence's 暗証番号1.
    pub fn licence_pin_tries_left(&self) -> Option<u8> {
        self.chip.tries_left((0, 0x0001))
    }
}

#[cfg(test)]
mod tests;
