//! One powered card, from connecting to power-off.
//!
//! A session hides what readers and cards do differently with long answers, and
//! takes the power away whichever way it ends. It can be abandoned from outside:
//! when a stalled card answers after all, nothing more is sent to it, least of
//! all a PIN that nobody waits for.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use super::apdu::{Answer, Command, Key, LE_MAX, Status};
use super::error::Error;
use super::file::{Application, ElementaryFile, LicenceEntries, LicenceRoot, LicenceRootFile};
use super::identify::Kind;
use super::link::{CardLink, LinkError};

/// What readers that choke on a full answer are asked for instead.
const CAUTIOUS_LEN: usize = 240;
/// An answer comes in at most this many pieces; more is a card gone mad.
const PIECES_MAX: usize = 16;

/// Set when the caller no longer waits for the outcome.
#[derive(Clone, Debug, Default)]
pub(super) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A card that is powered and held. Dropping it powers the card off.
pub(super) struct Session {
    link: Box<dyn CardLink>,
    abandoned: Abandoned,
    chunk_len: usize,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.link.power_off();
    }
}

impl Session {
    pub(super) fn new(link: Box<dyn CardLink>, abandoned: Abandoned) -> Self {
        Self { link, abandoned, chunk_len: LE_MAX }
    }

    /// Sends one command and takes its whole answer.
    pub(super) fn transmit(&mut self, command: &Command) -> Result<Answer, LinkError> {
        let mut answer = self.exchange(command)?;
        for _ in 0..PIECES_MAX {
            let Some(waiting) = answer.status.more_data() else { break };
            let more = self.exchange(&Command::get_response(waiting))?;
            answer.content.extend_from_slice(&more.content);
            answer.status = more.status;
        }
        Ok(answer)
    }

    fn exchange(&mut self, command: &Command) -> Result<Answer, LinkError> {
        if self.abandoned.is_set() {
            return Err(LinkError::Silent);
        }
        let answer = self.link.transmit(command.bytes()).and_then(Answer::new);
        // Never more than this: bodies hold PINs and personal data.
        match &answer {
            Ok(answer) => tracing::trace!(
                instruction = format_args!("{:02X}", command.instruction()),
                status = ?answer.status,
                len = answer.content.len(),
                "card answered"
            ),
            Err(error) => tracing::trace!(
                instruction = format_args!("{:02X}", command.instruction()),
                %error,
                "card link failed"
            ),
        }
        answer
    }

    /// Makes `A` the current application, if the card says so.
    pub(super) fn select<A: Application>(&mut self) -> Result<Status, LinkError> {
        Ok(self.transmit(&Command::select_application::<A>())?.status)
    }

    /// READ BINARY, with the length the card wants where it says so, and once
    /// with a shorter one where a full answer does not get through.
    fn read_chunk(&mut self, offset: u16, len: usize) -> Result<Answer, LinkError> {
        let len = len.min(self.chunk_len);
        let answer = match self.transmit(&Command::read_binary(offset, len)) {
            Err(LinkError::Transport) if len > CAUTIOUS_LEN => {
                self.chunk_len = CAUTIOUS_LEN;
                self.transmit(&Command::read_binary(offset, CAUTIOUS_LEN))
            }
            answer => answer,
        }?;
        match answer.status.wanted_len() {
            Some(wanted) => self.transmit(&Command::read_binary(offset, wanted)),
            None => Ok(answer),
        }
    }

    /// Reads the selected file from its start. `total_len` is asked once, with the
    /// first chunk, for the length of the whole.
    fn read_selected(
        &mut self,
        total_len: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let first = self.read_chunk(0, LE_MAX)?;
        let mut at_end = ends_file(first.status)?;
        let total_len = total_len(&first.content).ok_or(Error::Garbled)?;
        // The whole capacity at once: growing leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(total_len + LE_MAX));
        bytes.extend_from_slice(&first.content);
        while bytes.len() < total_len && !at_end {
            let offset = u16::try_from(bytes.len()).map_err(|_| Error::Garbled)?;
            let answer = self.read_chunk(offset, total_len - bytes.len())?;
            at_end = ends_file(answer.status)? || answer.content.is_empty();
            bytes.extend_from_slice(&answer.content);
        }
        bytes.truncate(total_len);
        Ok(bytes)
    }
}

/// Whether this status of READ BINARY says that there is nothing more to read.
fn ends_file(status: Status) -> Result<bool, Error> {
    match status {
        Status::OK => Ok(false),
        Status::END_OF_FILE | Status::BEYOND_FILE => Ok(true),
        _ => Err(Error::Garbled),
    }
}

/// A session in which an application is current, so that only its files can be
/// selected.
pub(super) struct Opened<'a, A> {
    session: &'a mut Session,
    application: PhantomData<A>,
}

impl<'a, A> Opened<'a, A> {
    /// To be called only after the application was selected.
    pub(super) fn after_select(session: &'a mut Session) -> Self {
        Self { session, application: PhantomData }
    }

    /// How many tries the key has left; 0 is blocked. Asked of the card itself
    /// each time, because other software may have used some up.
    pub(super) fn tries_left(&mut self, key: Key) -> Result<u8, Error> {
        let status = self.session.transmit(&Command::tries_left(key))?.status;
        match status {
            Status::BLOCKED => Ok(0),
            // The key is open already, and the card hides its counter. Nothing is
            // presented to a card whose counter is not known.
            Status::OK => Err(Error::LeftOpen),
            status => status.tries().ok_or(Error::Garbled),
        }
    }

    /// Presents a secret, once. The counter is asked immediately before; the last
    /// try is used only with consent.
    pub(super) fn verify_once(
        &mut self,
        key: Key,
        secret: &[u8],
        consent_to_last_try: bool,
    ) -> Result<Verified, Error> {
        match self.tries_left(key)? {
            0 => return Ok(Verified::Blocked),
            1 if !consent_to_last_try => return Err(Error::LastTryNeedsConsent),
            _ => {}
        }
        let status = self.session.transmit(&Command::verify(key, secret))?.status;
        let tries_left = match status {
            Status::OK => return Ok(Verified::Open),
            Status::BLOCKED => 0,
            Status::MISMATCH => self.tries_left(key)?,
            status => status.tries().ok_or(Error::Garbled)?,
        };
        Ok(if tries_left == 0 { Verified::Blocked } else { Verified::Wrong { tries_left } })
    }
}

impl<'a, A: Application> Opened<'a, A> {
    /// Makes `file` the selected one; `false` if the card lacks it.
    pub(super) fn select(&mut self, file: A::File) -> Result<bool, Error> {
        select_file(self.session, file)
    }

    /// Selects `file` and reads it. See [`Session::read_selected`].
    pub(super) fn read(
        &mut self,
        file: A::File,
        total_len: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        if !self.select(file)? {
            return Err(Error::Garbled);
        }
        self.session.read_selected(total_len)
    }
}

impl<'a> Opened<'a, LicenceEntries> {
    /// Goes up to the licence's master file. Only from its own application, so
    /// that the short key identifier used there never meets another card.
    pub(super) fn root(self) -> Result<Opened<'a, LicenceRoot>, Error> {
        match self.session.transmit(&Command::select_root())?.status {
            Status::OK => Ok(Opened::after_select(self.session)),
            _ => Err(Error::Garbled),
        }
    }
}

impl<'a> Opened<'a, LicenceRoot> {
    /// Reads exactly `len` bytes of a file of the master file, or `None`.
    pub(super) fn read_small<const LEN: usize>(
        &mut self,
        file: LicenceRootFile,
    ) -> Result<Option<[u8; LEN]>, Error> {
        if !select_file(self.session, file)? {
            return Ok(None);
        }
        let answer = self.session.read_chunk(0, LEN)?;
        Ok(answer.content.as_slice().try_into().ok().filter(|_| answer.status == Status::OK))
    }

    /// Goes back down to the entries.
    pub(super) fn entries(self) -> Result<Opened<'a, LicenceEntries>, Error> {
        match self.session.select::<LicenceEntries>()? {
            Status::OK => Ok(Opened::after_select(self.session)),
            Status::DEACTIVATED => Err(Error::Blocked { kind: Kind::Licence }),
            _ => Err(Error::Garbled),
        }
    }
}

fn select_file(session: &mut Session, file: impl ElementaryFile) -> Result<bool, Error> {
    match session.transmit(&Command::select_file(file))?.status {
        Status::OK => Ok(true),
        Status::NOT_FOUND => Ok(false),
        _ => Err(Error::Garbled),
    }
}

/// What a card said to a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verified {
    Open,
    Wrong {
        /// At least 1.
        tries_left: u8,
    },
    Blocked,
}
