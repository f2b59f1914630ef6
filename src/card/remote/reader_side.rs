//! The end at the PC where the reader is plugged in.

use std::sync::mpsc as blocking;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use super::message::{Ask, Tell};
use super::sealed::{self, Ear, Mouth, Side};
use super::{ALIVE_EVERY, CUT_AFTER, LineError, LinkKey, SHOW_KEY_WITHIN};
use crate::card::link::{CardLink, CardReader, LinkError};
use crate::chance::Chance;

/// How often the reader is looked at while nothing is asked.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long a card may take to be powered off at the end.
const LET_GO_WITHIN: Duration = Duration::from_secs(3);

/// Serves `reader` to the office at the other end of `stream` until the line is
/// cut, and says why it was; `stands` hears when the office has shown the key. A
/// card that is held at the end is powered off before this returns, unless it went
/// silent: then it is, as soon as it is lifted.
pub async fn serve<S: AsyncRead + AsyncWrite>(
    reader: Box<dyn CardReader>,
    stream: S,
    key: &LinkKey,
    chance: &dyn Chance,
    stands: impl FnOnce(),
) -> LineError {
    let opened = tokio::time::timeout(SHOW_KEY_WITHIN, async {
        let (mouth, mut ear) = sealed::open(stream, key, Side::Reader, chance).await?;
        match Ask::from_bytes(&ear.hear().await?)? {
            Ask::Alive => Ok((mouth, ear)),
            _ => Err(LineError::Garbled),
        }
    });
    let (mouth, ear) = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return error,
        Err(_) => return LineError::Silent,
    };
    stands();
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
    if tokio::time::timeout(LET_GO_WITHIN, bench).await.is_err() {
        tracing::warn!("a silent card holds the reader until it is lifted");
    }
    ended
}

/// Takes what is asked to the reader's thread. Dropping the sender ends that.
async fn hear<S: AsyncRead + AsyncWrite>(
    mut ear: Ear<S>,
    asks: blocking::Sender<Ask>,
) -> LineError {
    loop {
        let heard = tokio::time::timeout(CUT_AFTER, ear.hear()).await;
        let heard = heard.unwrap_or(Err(LineError::Silent));
        let ask = match heard.and_then(|bytes| Ask::from_bytes(&bytes)) {
            Ok(Ask::Alive) => continue,
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
            // The other is heard before it comes here.
            Ask::PowerOff | Ask::Alive => {
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
