//! What the two sides say to each other: one byte of kind, then its content.

use zeroize::Zeroizing;

use super::LineError;
use crate::card::link::{LinkError, Tap};

/// The office asks; every question has one answer, in order. That it is there has
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Power the card and hold it.
    Connect,
    /// A command APDU. Wiped, because it may hold a PIN.
    Transmit(Zeroizing<Vec<u8>>),
    /// Take the power away and let go.
    PowerOff,
    /// The office is there; said at first, and whenever there is nothing to ask.
    Alive,
}

/// The reader tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tell {
    /// What lies on the reader; said at first, at every change, and now and then.
    Seen(Result<Option<Tap>, LinkError>),
    /// To `Connect` and `PowerOff`.
    Done,
    /// To `Transmit`. Wiped, because it may hold a name.
    Answer(Zeroizing<Vec<u8>>),
    /// What was asked did not come about.
    Failed(LinkError),
}

/// In the order of their numbers on the line.
const TROUBLES: [LinkError; 8] = [
    LinkError::NoCard,
    LinkError::Removed,
    LinkError::Transport,
    LinkError::NoReader,
    LinkError::Busy,
    LinkError::NoService,
    LinkError::Overheard,
    LinkError::Silent,
];

fn number(trouble: LinkError) -> u8 {
    let at = TROUBLES.iter().position(|one| *one == trouble);
    u8::try_from(at.expect("every trouble has a number")).expect("there are eight")
}

fn trouble(content: &[u8]) -> Result<LinkError, LineError> {
    match content {
        [number] => TROUBLES.get(usize::from(*number)).copied().ok_or(LineError::Garbled),
        _ => Err(LineError::Garbled),
    }
}

fn message(kind: u8, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(1 + content.len()));
    bytes.push(kind);
    bytes.extend_from_slice(content);
    bytes
}

impl Ask {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Ask::Connect => message(0x01, &[]),
            Ask::Transmit(command) => message(0x02, command),
            Ask::PowerOff => message(0x03, &[]),
            Ask::Alive => message(0x04, &[]),
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, LineError> {
        match bytes {
            [0x01] => Ok(Ask::Connect),
            [0x02, command @ ..] => Ok(Ask::Transmit(Zeroizing::new(command.to_vec()))),
            [0x03] => Ok(Ask::PowerOff),
            [0x04] => Ok(Ask::Alive),
            _ => Err(LineError::Garbled),
        }
    }
}

impl Tell {
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Tell::Seen(Ok(None)) => message(0x11, &[]),
            Tell::Seen(Ok(Some(tap))) => message(0x12, &tap.0.to_be_bytes()),
            Tell::Seen(Err(trouble)) => message(0x13, &[number(*trouble)]),
            Tell::Done => message(0x14, &[]),
            Tell::Answer(answer) => message(0x15, answer),
            Tell::Failed(trouble) => message(0x16, &[number(*trouble)]),
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, LineError> {
        let (kind, content) = bytes.split_first().ok_or(LineError::Garbled)?;
        match (kind, content) {
            (0x11, []) => Ok(Tell::Seen(Ok(None))),
            (0x12, tap) => {
                let tap = tap.try_into().map_err(|_| LineError::Garbled)?;
                Ok(Tell::Seen(Ok(Some(Tap(u64::from_be_bytes(tap))))))
            }
            (0x13, content) => Ok(Tell::Seen(Err(trouble(content)?))),
            (0x14, []) => Ok(Tell::Done),
            (0x15, answer) => Ok(Tell::Answer(Zeroizing::new(answer.to_vec()))),
            (0x16, content) => Ok(Tell::Failed(trouble(content)?)),
            _ => Err(LineError::Garbled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back_and_nonsense_is_refused() {
        let bytes = Zeroizing::new(vec![0x00, 0xA4]);
        for ask in [Ask::Connect, Ask::Transmit(bytes.clone()), Ask::PowerOff, Ask::Alive] {
            assert_eq!(Ask::from_bytes(&ask.to_bytes()).unwrap(), ask);
        }
        let troubles =
            TROUBLES.into_iter().flat_map(|one| [Tell::Seen(Err(one)), Tell::Failed(one)]);
        let seen =
            [Tell::Seen(Ok(None)), Tell::Seen(Ok(Some(Tap(7)))), Tell::Done, Tell::Answer(bytes)];
        for tell in troubles.chain(seen) {
            assert_eq!(Tell::from_bytes(&tell.to_bytes()).unwrap(), tell);
        }
        for nonsense in [&[][..], &[0x00], &[0x12, 1], &[0x13, 8], &[0x16], &[0x14, 0]] {
            assert!(Tell::from_bytes(nonsense).is_err(), "{nonsense:?}");
            assert!(Ask::from_bytes(nonsense).is_err(), "{nonsense:?}");
        }
    }
}
