//! What kind of card lies on the reader.
//!
//! Asked by SELECT, never by ATR: over contactless the reader makes the ATR up,
//! and contact cards of one kind were seen with several.

use serde::{Deserialize, Serialize};

use super::apdu::{Command, Status};
use super::error::Error;
use super::file::{LicenceEntries, TextSupport, names};
use super::reading::Field;
use super::session::{Opened, Session};

/// A kind of card, as far as this program tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// マイナンバーカード.
    MyNumber,
    /// 運転免許証.
    Licence,
    /// 在留カード or 特別永住者証明書: its name is a picture only.
    ResidenceCard,
    /// A passport: no address, and a name in Latin letters only.
    Passport,
    /// A telephone that carries 公的個人認証 but no 券面事項.
    Phone,
    /// Anything else: FeliCa, a bank card, a staff card.
    Unknown,
}

impl Kind {
    /// What such a card can fill in; nothing for a card that is declined.
    pub fn gives(self) -> &'static [Field] {
        match self {
            Kind::MyNumber => &[Field::Name, Field::BirthDate, Field::Sex, Field::Address],
            Kind::Licence => &[Field::Name, Field::Kana, Field::BirthDate, Field::Address],
            Kind::ResidenceCard | Kind::Passport | Kind::Phone | Kind::Unknown => &[],
        }
    }

    pub(super) fn english(self) -> &'static str {
        match self {
            Kind::MyNumber => "a My Number card",
            Kind::Licence => "a driver's licence",
            Kind::ResidenceCard => "a residence card (its name is stored as a picture)",
            Kind::Passport => "a passport",
            Kind::Phone => "a telephone (lay the plastic My Number card on the reader)",
            Kind::Unknown => "this card",
        }
    }

    pub(super) fn secret_name(self) -> &'static str {
        match self {
            Kind::Licence => "PIN of the licence",
            _ => "PIN of the card",
        }
    }

    pub(super) fn unblocked_at(self) -> &'static str {
        match self {
            Kind::Licence => "a police station or licence centre",
            _ => "the municipal office",
        }
    }
}

/// A card whose kind is known, with its application current.
pub(super) enum Identified<'a> {
    MyNumber(Opened<'a, TextSupport>),
    Licence(Opened<'a, LicenceEntries>),
    Other(Kind),
}

/// Finds out what the card is. Reads and presents nothing.
pub(super) fn identify(session: &mut Session) -> Result<Identified<'_>, Error> {
    if first_select(session)? == Status::OK {
        return Ok(Identified::MyNumber(Opened::after_select(session)));
    }
    match session.select::<LicenceEntries>()? {
        Status::OK => return Ok(Identified::Licence(Opened::after_select(session))),
        Status::DEACTIVATED => return Err(Error::Blocked { kind: Kind::Licence }),
        _ => {}
    }
    for (name, kind) in [
        (names::RESIDENCE_CARD, Kind::ResidenceCard),
        (names::PASSPORT, Kind::Passport),
        (names::JPKI, Kind::Phone),
    ] {
        if session.transmit(&Command::select_name(name))?.status == Status::OK {
            return Ok(Identified::Other(kind));
        }
    }
    Ok(Identified::Other(Kind::Unknown))
}

/// The first SELECT after power-on, asked twice if the card is not yet awake.
fn first_select(session: &mut Session) -> Result<Status, Error> {
    match session.select::<TextSupport>()? {
        Status::NO_DIAGNOSIS => Ok(session.select::<TextSupport>()?),
        status => Ok(status),
    }
}
