//! The way to a card, whoever provides it.

use serde::{Deserialize, Serialize};

/// One powered card. Whoever holds the link holds the card exclusively.
pub trait CardLink: Send {
    /// Sends a command APDU and returns the answer with its status word. An
    /// answer shorter than two bytes means that the card went away: PC/SC was
    /// seen to report a pulled card as success with no bytes.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError>;

    /// Takes the power away, so that the card forgets a verified PIN. Called once
    /// on every way out; must not fail loudly, because the card may be gone.
    fn power_off(&mut self);
}

/// A reader that a card can be laid on.
pub trait CardReader: Send {
    /// As the reader is called by its driver.
    fn name(&self) -> String;

    /// The card that lies on the reader now, if any. Cheap enough to be asked
    /// several times a second; recovers by itself from a reader that was
    /// unplugged or a service that was restarted.
    fn tap(&mut self) -> Result<Option<Tap>, LinkError>;

    /// Powers the card and holds it exclusively.
    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError>;
}

/// One laying-down of one card. Lifting it and laying it down again is another
/// tap, so a PIN typed for one card is never presented to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tap(pub u64);

/// Why a link or a reader did not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nothing lies on the reader.
    #[error("no card is on the reader")]
    NoCard,
    /// The card was taken away in the middle.
    #[error("the card was taken off the reader")]
    Removed,
    /// The exchange failed, and nobody can say whether the card is still there.
    #[error("the reader could not exchange data with the card")]
    Transport,
    /// The reader is unplugged, or no reader has the wanted name.
    #[error("the card reader is not connected")]
    NoReader,
    /// Another program holds the card.
    #[error("another program uses the card reader")]
    Busy,
    /// The smart card service (pcscd) does not run.
    #[error("the smart card service does not run")]
    NoService,
    /// The smart card service writes every command to its log, PINs included.
    #[error("the smart card service logs every command (pcscd --apdu)")]
    Overheard,
    /// The card cannot be spoken to, did not answer in time, or the caller no
    /// longer waits.
    #[error("the card does not answer")]
    Silent,
}
