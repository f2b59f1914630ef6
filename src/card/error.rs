//! What went wrong with a card, in the words of the person at the counter.

use super::identify::Kind;
use super::link::LinkError;

/// One variant for each sentence a resident may need to read. No variant holds
/// anything personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("no card is on the reader: lay the card on it")]
    NoCard,
    #[error("the card was moved too early: lift it, lay it on again and leave it there")]
    CardPulled,
    #[error("another card was laid on the reader, or the same one again: start over")]
    CardChanged,
    #[error("the card does not answer: lift it and lay it on again")]
    Silent,
    #[error("the card is still unlocked from another use: lift it and lay it on again")]
    LeftOpen,
    #[error("the PIN is wrong, {tries_left} more before the card is blocked")]
    WrongPin {
        /// Further wrong PINs the card allows before it blocks; at least 1.
        tries_left: u8,
    },
    #[error("the verification number is wrong, {tries_left} more before it is blocked")]
    WrongNumberB {
        /// Further wrong numbers the card allows before it blocks; at least 1.
        tries_left: u8,
    },
    #[error("one try is left: it is used only if the holder of the card agrees")]
    LastTryNeedsConsent,
    #[error("the {} is blocked: {} can unblock it", .kind.secret_name(), .kind.unblocked_at())]
    Blocked {
        /// Which card; it decides where the resident can go.
        kind: Kind,
    },
    #[error("the numbers printed on the card are blocked: the municipal office can reset them")]
    NumberBBlocked,
    #[error("this card cannot be read without its PIN or verification number")]
    SecretNeeded,
    #[error("no card shows these numbers, so they were not tried: look at them again")]
    NumberBForm,
    #[error("the card does not say whether it has a PIN, so none was tried")]
    PinSettingUnknown,
    #[error("{} cannot fill in a form", .kind.english())]
    NotReadable {
        /// What lies on the reader instead of a readable card.
        kind: Kind,
    },
    #[error("the card gave something that cannot be understood")]
    Garbled,
    #[error("another program uses the card reader")]
    ReaderBusy,
    #[error("the card reader is not connected")]
    ReaderGone,
    #[error("the smart card service (pcscd) does not run")]
    ServiceGone,
    #[error("pcscd runs with --apdu and would write the PIN to its log: start it without")]
    ServiceOverhears,
}

impl Error {
    /// Further wrong entries the card allows, where the sentence says it.
    pub fn tries_left(self) -> Option<u8> {
        match self {
            Error::WrongPin { tries_left } | Error::WrongNumberB { tries_left } => Some(tries_left),
            _ => None,
        }
    }

    /// Stable name; screens look up their sentence by it.
    pub fn code(self) -> &'static str {
        match self {
            Error::NoCard => "card.no_card",
            Error::CardPulled => "card.pulled",
            Error::CardChanged => "card.changed",
            Error::Silent => "card.silent",
            Error::LeftOpen => "card.left_open",
            Error::WrongPin { .. } => "card.wrong_pin",
            Error::WrongNumberB { .. } => "card.wrong_number_b",
            Error::LastTryNeedsConsent => "card.last_try",
            Error::Blocked { kind: Kind::Licence } => "card.blocked_licence",
            Error::Blocked { .. } => "card.blocked",
            Error::NumberBBlocked => "card.blocked_number_b",
            Error::SecretNeeded => "card.secret_needed",
            Error::NumberBForm => "card.number_b_form",
            Error::PinSettingUnknown => "card.pin_setting_unknown",
            Error::NotReadable { kind } => match kind {
                Kind::ResidenceCard => "card.not_readable.residence_card",
                Kind::Passport => "card.not_readable.passport",
                Kind::Phone => "card.not_readable.phone",
                Kind::MyNumber | Kind::Licence | Kind::Unknown => "card.not_readable.unknown",
            },
            Error::Garbled => "card.garbled",
            Error::ReaderBusy => "card.reader_busy",
            Error::ReaderGone => "card.reader_gone",
            Error::ServiceGone => "card.service_gone",
            Error::ServiceOverhears => "card.service_overhears",
        }
    }
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NoCard => Error::NoCard,
            // Nobody can tell a pulled card from a failed exchange (PC/SC itself
            // reports them alike), and the remedy is the same.
            LinkError::Removed | LinkError::Transport => Error::CardPulled,
            LinkError::NoReader => Error::ReaderGone,
            LinkError::Busy => Error::ReaderBusy,
            LinkError::NoService => Error::ServiceGone,
            LinkError::Overheard => Error::ServiceOverhears,
            LinkError::Silent => Error::Silent,
        }
    }
}
