//! Real readers, through PC/SC (the smart card service `pcscd`).
//!
//! A card is held in exclusive mode and unpowered on the way out, because a
//! verified PIN outlives both disconnecting and a warm reset. A context that lost
//! its service never recovers, so it is thrown away and made anew, less and less
//! often while the service stays away. Waiting is done by asking again, never by
//! `cancel`, which has a known race in pcsc-lite and does not end a stalled
//! command anyway.

mod eavesdropping;

use std::ffi::CString;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use pcsc::{
    Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, Protocols, ReaderState, Scope,
    ShareMode, State,
};
use zeroize::Zeroizing;

use super::link::{CardLink, CardReader, LinkError, Tap};

/// Another program usually lets go of a card soon.
const BUSY_TRIES: u32 = 5;
const BUSY_PAUSE: Duration = Duration::from_millis(100);

/// How long to leave a missing service alone: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// One reader of the service, found again whenever it comes back.
pub struct PcscReader {
    /// What the reader's name must contain; the first reader if `None`.
    wanted: Option<String>,
    context: Option<Context>,
    /// Grows whenever the service or the reader went away, so that its count of
    /// events, which then begins again, makes no old tap valid.
    epoch: u32,
    retry_at: Option<Instant>,
    pause: Duration,
    /// The service behind `context` writes commands, PINs included, to its log.
    service_logs_commands: bool,
}

impl PcscReader {
    /// The first reader whose name contains `wanted`, or the first of all. It need
    /// not be there yet.
    pub fn new(wanted: Option<String>) -> Self {
        Self {
            wanted,
            context: None,
            epoch: 0,
            retry_at: None,
            pause: PAUSE_MIN,
            service_logs_commands: false,
        }
    }

    /// The names of all readers that are connected now.
    pub fn names() -> Result<Vec<String>, LinkError> {
        let context = Context::establish(Scope::User).map_err(link_error)?;
        let names = context.list_readers_owned().map_err(link_error)?;
        Ok(names.into_iter().map(|name| name.to_string_lossy().into_owned()).collect())
    }

    /// Asks the service something, with a context that works.
    fn ask<T>(&mut self, ask: impl FnOnce(&Context) -> Result<T, Error>) -> Result<T, LinkError> {
        let context = match self.context.take() {
            Some(context) => context,
            None => self.establish()?,
        };
        let answer = ask(&context).map_err(link_error);
        match answer {
            Err(LinkError::NoService) => self.epoch += 1,
            _ => self.context = Some(context),
        }
        answer
    }

    fn establish(&mut self) -> Result<Context, LinkError> {
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return Err(LinkError::NoService);
        }
        match Context::establish(Scope::User) {
            Ok(context) => {
                (self.retry_at, self.pause) = (None, PAUSE_MIN);
                self.service_logs_commands =
                    eavesdropping::service_logs_commands(Path::new("/proc"));
                Ok(context)
            }
            Err(error) => {
                tracing::debug!(%error, "the smart card service does not answer");
                self.retry_at = Some(Instant::now() + self.pause);
                self.pause = PAUSE_MAX.min(self.pause * 2);
                Err(LinkError::NoService)
            }
        }
    }

    /// The reader's full name, if it is connected.
    fn find(&mut self) -> Result<CString, LinkError> {
        let names = self.ask(Context::list_readers_owned)?;
        let wanted = self.wanted.as_deref().unwrap_or_default();
        let found = names.into_iter().find(|name| name.to_string_lossy().contains(wanted));
        found.ok_or(LinkError::NoReader)
    }

    fn state(&mut self) -> Result<ReaderState, LinkError> {
        let mut states = [ReaderState::new(self.find()?, State::UNAWARE)];
        // Asking from UNAWARE answers at once.
        self.ask(|context| context.get_status_change(Duration::ZERO, &mut states))?;
        let [state] = states;
        if state.event_state().intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
            return Err(LinkError::NoReader);
        }
        Ok(state)
    }
}

impl CardReader for PcscReader {
    fn name(&self) -> String {
        self.wanted.clone().unwrap_or_else(|| "PC/SC".to_owned())
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        let state = self.state().inspect_err(|error| {
            if *error == LinkError::NoReader {
                self.epoch += 1;
            }
        })?;
        let tap = Tap(u64::from(self.epoch) << 32 | u64::from(state.event_count()));
        Ok(state.event_state().contains(State::PRESENT).then_some(tap))
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        let name = self.find()?;
        if self.service_logs_commands {
            return Err(LinkError::Overheard);
        }
        let mut tries = 1;
        loop {
            let connected =
                self.ask(|context| context.connect(&name, ShareMode::Exclusive, Protocols::ANY));
            match connected {
                Err(LinkError::Busy) if tries < BUSY_TRIES => {
                    tracing::debug!(tries, "another program holds the card");
                    thread::sleep(BUSY_PAUSE);
                }
                connected => return connected.map(PcscLink::held),
            }
            tries += 1;
        }
    }
}

/// A powered card that nobody else can reach.
struct PcscLink {
    /// `None` once it was powered off.
    card: Option<pcsc::Card>,
    /// Answers land here; wiped in the end.
    buffer: Zeroizing<Vec<u8>>,
}

impl PcscLink {
    fn held(card: pcsc::Card) -> Box<dyn CardLink> {
        let buffer = Zeroizing::new(vec![0; MAX_BUFFER_SIZE_EXTENDED]);
        Box::new(Self { card: Some(card), buffer })
    }
}

impl CardLink for PcscLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let card = self.card.as_ref().ok_or(LinkError::Removed)?;
        let answer = card.transmit(command, &mut self.buffer).map_err(link_error)?;
        Ok(answer.to_vec())
    }

    fn power_off(&mut self) {
        if let Some(card) = self.card.take()
            && let Err((_, error)) = card.disconnect(Disposition::UnpowerCard)
        {
            // The usual reason is that the card was lifted, which powers it off too.
            // If it only flickered at the edge of the field, pcscd now shows an
            // empty reader until the card has been away for half a second: so
            // the sentence for a pulled card asks to lift it, not to wait.
            tracing::debug!(%error, "a card was not powered off");
        }
    }
}

impl Drop for PcscLink {
    fn drop(&mut self) {
        self.power_off();
    }
}

/// PC/SC tells more than a resident can use, and drivers do not agree on which
/// code means a lifted card.
fn link_error(error: Error) -> LinkError {
    match error {
        Error::NoSmartcard => LinkError::NoCard,
        Error::RemovedCard | Error::ResetCard | Error::UnpoweredCard => LinkError::Removed,
        Error::NoService | Error::ServiceStopped | Error::InvalidHandle => LinkError::NoService,
        Error::NoReadersAvailable | Error::UnknownReader | Error::ReaderUnavailable => {
            LinkError::NoReader
        }
        Error::SharingViolation => LinkError::Busy,
        // Something lies there and cannot be spoken to, such as a card that lies
        // askew or the wrong way round.
        Error::UnresponsiveCard | Error::UnsupportedCard | Error::ProtoMismatch => {
            LinkError::Silent
        }
        // NotTransacted and CommError among them: a card that was lifted, or a
        // reader that cannot pass an answer of this length.
        _ => LinkError::Transport,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_lose_a_card_reader_or_service_has_its_name() {
        for (error, expected) in [
            (Error::RemovedCard, LinkError::Removed),
            (Error::NotTransacted, LinkError::Transport),
            (Error::CommError, LinkError::Transport),
            (Error::InsufficientBuffer, LinkError::Transport),
            (Error::NoSmartcard, LinkError::NoCard),
            (Error::UnresponsiveCard, LinkError::Silent),
            (Error::SharingViolation, LinkError::Busy),
            (Error::UnknownReader, LinkError::NoReader),
            (Error::NoService, LinkError::NoService),
        ] {
            assert_eq!(link_error(error), expected);
        }
    }
}
