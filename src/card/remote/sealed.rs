//! A stream on which everything is sealed.
//!
//! Both sides say 32 random bytes; from those and the shared secret follow two
//! keys, one a direction. Every frame is two bytes of length and a sealed
//! message (XChaCha20-Poly1305) whose nonce is its number, so a frame that is
//! repeated, left out or moved does not open.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use zeroize::Zeroizing;

use super::{CUT_AFTER, LineError, LinkKey};
use crate::chance::{self, Chance};

/// The longest message: an extended APDU answer is far below.
const MESSAGE_LEN_MAX: usize = 60_000;

/// Which end of the line one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Office,
    Reader,
}

/// The half that says.
pub(super) struct Mouth<S> {
    stream: WriteHalf<S>,
    cipher: XChaCha20Poly1305,
    said: u64,
}

/// The half that listens.
pub(super) struct Ear<S> {
    stream: ReadHalf<S>,
    cipher: XChaCha20Poly1305,
    heard: u64,
}

/// Begins a sealed line. That the other side has the key shows with its first
/// message.
pub(super) async fn open<S: AsyncRead + AsyncWrite>(
    stream: S,
    key: &LinkKey,
    side: Side,
    chance: &dyn Chance,
) -> Result<(Mouth<S>, Ear<S>), LineError> {
    let (mut read, mut write) = tokio::io::split(stream);
    let own: [u8; 32] = chance::bytes(chance);
    write.write_all(&own).await?;
    write.flush().await?;
    let mut other = [0; 32];
    read.read_exact(&mut other).await?;
    let (office, reader) = match side {
        Side::Office => (own, other),
        Side::Reader => (other, own),
    };
    let cipher = |speaker: Side| {
        let mut hash = Sha256::new_with_prefix(b"madoguchi reader link 1");
        for part in [key.reader().as_bytes(), key.secret(), &office, &reader] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update([speaker as u8]);
        let key = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
        XChaCha20Poly1305::new((&*key).into())
    };
    let listener = if side == Side::Office { Side::Reader } else { Side::Office };
    let mouth = Mouth { stream: write, cipher: cipher(side), said: 0 };
    Ok((mouth, Ear { stream: read, cipher: cipher(listener), heard: 0 }))
}

fn nonce(number: u64) -> XNonce {
    let mut nonce = [0; 24];
    nonce[16..].copy_from_slice(&number.to_be_bytes());
    nonce.into()
}

impl<S: AsyncRead + AsyncWrite> Mouth<S> {
    pub(super) async fn say(&mut self, message: &[u8]) -> Result<(), LineError> {
        if message.len() > MESSAGE_LEN_MAX {
            return Err(LineError::Garbled);
        }
        let sealed =
            self.cipher.encrypt(&nonce(self.said), message).map_err(|_| LineError::Garbled)?;
        self.said += 1;
        let len = u16::try_from(sealed.len()).map_err(|_| LineError::Garbled)?;
        let frame = [&len.to_be_bytes(), sealed.as_slice()].concat();
        // Nobody takes anything off a line that is frozen.
        let said = tokio::time::timeout(CUT_AFTER, async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await
        });
        Ok(said.await.map_err(|_| LineError::Silent)??)
    }
}

impl<S: AsyncRead + AsyncWrite> Ear<S> {
    pub(super) async fn hear(&mut self) -> Result<Zeroizing<Vec<u8>>, LineError> {
        let mut len = [0; 2];
        self.stream.read_exact(&mut len).await?;
        let mut sealed = vec![0; usize::from(u16::from_be_bytes(len))];
        self.stream.read_exact(&mut sealed).await?;
        let message = self.cipher.decrypt(&nonce(self.heard), sealed.as_slice());
        self.heard += 1;
        message.map(Zeroizing::new).map_err(|_| LineError::Forged)
    }
}
