//! From a tap to an applicant, in two steps: [`probe`] says what lies on the
//! reader and what to ask for, [`read`] presents it once and reads.
//!
//! Between the two the card is powered off, while the resident types. Each step
//! looks at the card afresh and believes nothing from before, except that it
//! must still be the same tap.

use serde::{Deserialize, Serialize};

use crate::applicant::Applicant;
use crate::text::{Piece, Text};

use super::error::Error;
use super::identify::{Identified, Kind, identify};
use super::link::{CardReader, Tap};
use super::pin::Secret;
use super::session::{Abandoned, Session};
use super::{licence, my_number};

/// What lies on the reader, and what its holder must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub kind: Kind,
    pub ask: Ask,
    /// To be handed back to [`read`].
    pub tap: Tap,
}

/// What to ask the holder of a card for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The four-digit PIN.
    Pin {
        /// At least 1. At 1 the holder must agree before it is used.
        tries_left: u8,
    },
    /// 照合番号B: the PIN is blocked, or the card was issued without one.
    NumberB {
        /// At least 1. At 1 the holder must agree before it is used.
        tries_left: u8,
    },
    /// Only consent: a licence whose PINs were never set.
    NoSecret,
    /// Nothing helps; the error says why, and the other ways are offered.
    Nothing(Error),
}

/// Something that a card may tell of its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    Kana,
    BirthDate,
    Sex,
    Address,
}

/// Something that a person should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
pub enum Warning {
    /// A character has no code point (外字, 欠字), or a code that no font can be
    /// expected to know: a hand must complete it.
    NeedsHand { field: Field },
    /// The card holds nothing there, or nothing that can be understood.
    Unreadable { field: Field },
    /// The card's own table of offsets contradicts its objects. The objects were
    /// believed.
    OffsetsDisagree,
}

/// What a card told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub kind: Kind,
    pub applicant: Applicant,
    pub warnings: Vec<Warning>,
}

impl Reading {
    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, applicant: Applicant::default(), warnings: Vec::new() }
    }

    /// Adds the warnings that follow from the values. A card without so much as a
    /// name was not understood.
    pub(super) fn with_doubts(mut self) -> Result<Self, Error> {
        let Applicant { name, kana, address, .. } = &self.applicant;
        if name.is_none() {
            return Err(Error::Garbled);
        }
        for (field, text) in [(Field::Name, name), (Field::Kana, kana), (Field::Address, address)] {
            let doubtful = text.as_ref().is_some_and(|text| needs_hand(&text.value));
            self.warnings.extend(doubtful.then_some(Warning::NeedsHand { field }));
        }
        Ok(self)
    }
}

/// A replacement character or one from a private use area says only that the
/// issuer had a character that is not in Unicode.
fn needs_hand(text: &Text) -> bool {
    let private =
        |c: char| matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}');
    text.needs_hand()
        || text.pieces().iter().any(|piece| match piece {
            Piece::Text(text) => text.chars().any(private),
            Piece::Gaiji(_) | Piece::Missing | Piece::Unknown(_) => true,
        })
}

/// Finds out what lies on the reader and what to ask for. Presents nothing.
pub fn probe(reader: &mut dyn CardReader) -> Result<Probe, Error> {
    probe_unless(reader, &Abandoned::default())
}

pub(super) fn probe_unless(
    reader: &mut dyn CardReader,
    abandoned: &Abandoned,
) -> Result<Probe, Error> {
    let link = reader.connect()?;
    let mut session = Session::new(link, abandoned.clone());
    let tap = reader.tap()?.ok_or(Error::CardPulled)?;
    let (kind, ask) = match identify(&mut session)? {
        Identified::MyNumber(card) => (Kind::MyNumber, my_number::ask(card)?),
        Identified::Licence(card) => (Kind::Licence, licence::ask(card)?),
        Identified::Other(kind) => (kind, Ask::Nothing(Error::NotReadable { kind })),
    };
    Ok(Probe { kind, ask, tap })
}

/// Presents `secret` once, to the card of `tap` only, and reads. The secret is
/// wiped whatever happens. With one try left it is presented only if the holder
/// agreed to that.
pub fn read(
    reader: &mut dyn CardReader,
    tap: Tap,
    secret: Secret,
    consent_to_last_try: bool,
) -> Result<Reading, Error> {
    read_unless(reader, tap, secret, consent_to_last_try, &Abandoned::default())
}

pub(super) fn read_unless(
    reader: &mut dyn CardReader,
    tap: Tap,
    secret: Secret,
    consent_to_last_try: bool,
    abandoned: &Abandoned,
) -> Result<Reading, Error> {
    let link = reader.connect()?;
    let mut session = Session::new(link, abandoned.clone());
    if reader.tap()? != Some(tap) {
        return Err(Error::CardChanged);
    }
    match identify(&mut session)? {
        Identified::MyNumber(card) => my_number::read(card, secret, consent_to_last_try),
        Identified::Licence(card) => licence::read(card, secret, consent_to_last_try),
        Identified::Other(kind) => Err(Error::NotReadable { kind }),
    }
}
