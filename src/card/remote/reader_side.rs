//! The end at the PC where the reader is plugged in.

use std::sync::mpsc as blocking;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::message::{Ask, Tell};
use super::sealed::{self, Ear, Mouth, Side};
use super::{ALIVE_EVERY, LineError, LinkKey};
use crate::card::link::{CardLink, CardReader, LinkError};
use crate::chance::Chance;

/// How often the reader is looked at while nothing is asked.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Serves `reader` to the office at the other end of `stream` until the line is
/// cut, and says why it was. A card that is held then is powered off before this
/// returns.
pub async fn serve<S: AsyncRead + AsyncWrite>(
    reader: Box<dyn CardReader>,
    stream: S,
    key: &LinkKey,
    chance: &dyn Chance,
) -> LineError {
    let (mouth, ear) = match sealed::open(stream, key, Side::Reader, chance).await {
        Ok(opened) => opened,
        Err(error) => return error,
    };
    let (asks, asked) = blocking::channel();
    let (tells, told) = mpsc::unbounded_channel();
    let bench = Bench { reader, link: None, shown: None };
    let bench = tokio::task::spawn_blocking(move || bench.work(&asked, &tells));
    let ended = tokio::select! {
        ended = hear(ear, asks) => ended,
        ended = say(mouth, told) => ended,
    };
    // It ends because nobody asks any more. When it panicked, dropping it has
    // powered the card off.
    let _ = bench.await;
    ended
}

/// Takes what is asked to the reader's thread. Dropping the sender ends that.
async fn hear<S: AsyncRead + AsyncWrite>(
    mut ear: Ear<S>,
    asks: blocking::Sender<Ask>,
) -> LineError {
    loop {
        let ask = match ear.hear().await.and_then(|bytes| Ask::from_bytes(&bytes)) {
            Ok(ask) => ask,
            Err(error) => return error,
        };
        if asks.send(ask).is_err() {
            return LineError::Broken;
        }
    }
}

/// Says what the reader tells, and at least that it is there.
async fn say<S: AsyncRead + AsyncWrite>(
    mut mouth: Mouth<S>,
    mut told: mpsc::UnboundedReceiver<Tell>,
) -> LineError {
    let mut seen = Tell::Seen(Err(LinkError::NoReader));
    loop {
        let tell = match tokio::time::timeout(ALIVE_EVERY, told.recv()).await {
            Ok(Some(tell)) => tell,
            Ok(None) => return LineError::Broken,
            Err(_) => seen.clone(),
        };
        if let Err(error) = mouth.say(&tell.to_bytes()).await {
            return error;
        }
        if matches!(tell, Tell::Seen(_)) {
            seen = tell;
        }
    }
}

/// The reader and the card on it that is held.
struct Bench {
    reader: Box<dyn CardReader>,
    link: Option<Box<dyn CardLink>>,
    shown: Option<Tell>,
}

impl Bench {
    fn work(mut self, asked: &blocking::Receiver<Ask>, tells: &mpsc::UnboundedSender<Tell>) {
        loop {
            self.look(tells);
            match asked.recv_timeout(LOOK_EVERY) {
                Ok(ask) => {
                    let tell = self.answer(ask).unwrap_or_else(Tell::Failed);
                    // Nobody hears it when the line was cut; the next turn ends.
                    let _ = tells.send(tell);
                }
                Err(blocking::RecvTimeoutError::Timeout) => {}
                Err(blocking::RecvTimeoutError::Disconnected) => return self.let_go(),
            }
        }
    }

    /// Tells what lies on the reader, if that is news. A held card is left alone.
    fn look(&mut self, tells: &mpsc::UnboundedSender<Tell>) {
        if self.link.is_some() {
            return;
        }
        let seen = Tell::Seen(self.reader.tap());
        if self.shown.as_ref() != Some(&seen) {
            self.shown = Some(seen.clone());
            let _ = tells.send(seen);
        }
    }

    fn answer(&mut self, ask: Ask) -> Result<Tell, LinkError> {
        match ask {
            Ask::Connect => {
                self.let_go();
                self.link = Some(self.reader.connect()?);
                Ok(Tell::Done)
            }
            Ask::Transmit(command) => {
                let link = self.link.as_mut().ok_or(LinkError::NoCard)?;
                link.transmit(&command).map(|answer| Tell::Answer(answer.into()))
            }
            Ask::PowerOff => {
                self.let_go();
                Ok(Tell::Done)
            }
        }
    }

    fn let_go(&mut self) {
        self.link.take().into_iter().for_each(|mut link| link.power_off());
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.let_go();
    }
}
