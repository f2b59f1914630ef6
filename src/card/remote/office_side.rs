//! The end in the counter server: a reader whose cards lie elsewhere.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::message::{Ask, Tell};
use super::sealed::{self, Ear, Mouth, Side};
use super::{ALIVE_EVERY, CUT_AFTER, LineError, LinkKey, SHOW_KEY_WITHIN};
use crate::card::link::{CardLink, CardReader, LinkError, Tap};
use crate::chance::Chance;

/// Longer than the watchdog of a reading, which ends it for whoever waits; this
/// only brings the reader's thread back.
const ANSWER_WITHIN: Duration = Duration::from_secs(12);

/// The reader, as the server's reader thread sees it.
pub struct RemoteReader {
    name: String,
    line: Line,
}

/// Where a calling reader is attached. Clones are the same line.
#[derive(Clone)]
pub struct Line(Arc<Mutex<State>>);

/// What lies on a reader.
type Seen = Result<Option<Tap>, LinkError>;

struct State {
    /// To whoever is attached, and which attachment that is.
    asks: Option<mpsc::UnboundedSender<Asked>>,
    attached: u64,
    seen: Seen,
    /// The tap as the reader counts it, and as this line does: the reader begins
    /// again whenever its program starts, and no old tap may come back.
    theirs: Option<Tap>,
    taps: u64,
}

struct Asked {
    ask: Ask,
    reply: SyncSender<Tell>,
}

impl RemoteReader {
    /// A reader that is not there yet, and the line it will call on.
    pub fn new(name: &str) -> (Self, Line) {
        let state = State {
            asks: None,
            attached: 0,
            seen: Err(LinkError::NoReader),
            theirs: None,
            taps: 0,
        };
        let line = Line(Arc::new(Mutex::new(state)));
        (Self { name: name.to_owned(), line: line.clone() }, line)
    }
}

#[cfg(test)]
impl RemoteReader {
    /// One more hand on a line.
    pub(super) fn on(line: Line) -> Self {
        Self { name: "reader-2".to_owned(), line }
    }
}

impl CardReader for RemoteReader {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn tap(&mut self) -> Result<Option<Tap>, LinkError> {
        self.line.lock().seen
    }

    fn connect(&mut self) -> Result<Box<dyn CardLink>, LinkError> {
        let asks = self.line.lock().asks.clone().ok_or(LinkError::NoReader)?;
        match ask(&asks, Ask::Connect)? {
            Tell::Done => Ok(Box::new(RemoteLink(asks))),
            Tell::Failed(trouble) => Err(trouble),
            _ => Err(LinkError::Transport),
        }
    }
}

/// A card that is held at the other end. Bound to the attachment it began on: a
/// reader that calls again has let go of its card.
struct RemoteLink(mpsc::UnboundedSender<Asked>);

impl CardLink for RemoteLink {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        match ask(&self.0, Ask::Transmit(Zeroizing::new(command.to_vec())))? {
            Tell::Answer(answer) => Ok(answer.to_vec()),
            Tell::Failed(trouble) => Err(trouble),
            _ => Err(LinkError::Transport),
        }
    }

    fn power_off(&mut self) {
        // When the line is cut, the reader does so by itself.
        let _ = ask(&self.0, Ask::PowerOff);
    }
}

/// Asks, and waits for the answer.
fn ask(asks: &mpsc::UnboundedSender<Asked>, ask: Ask) -> Result<Tell, LinkError> {
    let (reply, answer) = sync_channel(1);
    asks.send(Asked { ask, reply }).map_err(|_| LinkError::NoReader)?;
    answer.recv_timeout(ANSWER_WITHIN).map_err(|error| match error {
        RecvTimeoutError::Timeout => LinkError::Silent,
        RecvTimeoutError::Disconnected => LinkError::NoReader,
    })
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// Serves a reader that calls until the line is cut, and says why it was. An
    /// earlier call of the same reader ends as soon as this one has shown its key:
    /// the other may be a line that broke without a word.
    pub async fn attach<S: AsyncRead + AsyncWrite>(
        &self,
        stream: S,
        key: &LinkKey,
        chance: &dyn Chance,
    ) -> LineError {
        let opened = tokio::time::timeout(SHOW_KEY_WITHIN, async {
            let (mut mouth, mut ear) = sealed::open(stream, key, Side::Office, chance).await?;
            // So that who has another key knows it.
            mouth.say(&Ask::Alive.to_bytes()).await?;
            let first = Tell::from_bytes(&ear.hear().await?)?;
            Ok::<_, LineError>((mouth, ear, first))
        });
        let (mouth, ear, first) = match opened.await {
            Ok(Ok((mouth, ear, Tell::Seen(first)))) => (mouth, ear, first),
            Ok(Ok(_)) => return LineError::Garbled,
            Ok(Err(error)) => return error,
            Err(_) => return LineError::Silent,
        };
        let (asks, asked) = mpsc::unbounded_channel();
        let attached = self.begin(asks, first);
        let waiting = Mutex::default();
        tokio::select! {
            Err(error) = say(mouth, asked, &waiting) => error,
            Err(error) = self.hear(ear, &waiting, attached.number) => error,
        }
    }

    fn begin(&self, asks: mpsc::UnboundedSender<Asked>, first: Seen) -> Attached<'_> {
        let mut state = self.lock();
        (state.asks, state.theirs) = (Some(asks), None);
        state.attached += 1;
        state.see(first);
        Attached { line: self, number: state.attached }
    }

    async fn hear<S: AsyncRead + AsyncWrite>(
        &self,
        mut ear: Ear<S>,
        waiting: &Mutex<VecDeque<SyncSender<Tell>>>,
        attached: u64,
    ) -> Result<Infallible, LineError> {
        loop {
            let heard = tokio::time::timeout(CUT_AFTER, ear.hear()).await;
            match Tell::from_bytes(&heard.map_err(|_| LineError::Silent)??)? {
                Tell::Seen(seen) => {
                    let mut state = self.lock();
                    if state.attached != attached {
                        return Err(LineError::Replaced);
                    }
                    state.see(seen);
                }
                answer => {
                    let reply = locked(waiting).pop_front().ok_or(LineError::Garbled)?;
                    // Whoever gave up does not listen.
                    let _ = reply.try_send(answer);
                }
            }
        }
    }
}

/// One call of a reader. However it ends, the reader then counts as gone.
struct Attached<'l> {
    line: &'l Line,
    number: u64,
}

impl Drop for Attached<'_> {
    fn drop(&mut self) {
        let mut state = self.line.lock();
        if state.attached == self.number {
            (state.asks, state.seen) = (None, Err(LinkError::NoReader));
        }
    }
}

impl State {
    fn see(&mut self, seen: Seen) {
        self.seen = seen.map(|tap| {
            let tap = tap?;
            if self.theirs != Some(tap) {
                self.taps += 1;
            }
            self.theirs = Some(tap);
            Some(Tap(self.taps))
        });
    }
}

/// Passes on what is asked, and at least that the office is there. Ends when a newer
/// call took the line.
async fn say<S: AsyncRead + AsyncWrite>(
    mut mouth: Mouth<S>,
    mut asked: mpsc::UnboundedReceiver<Asked>,
    waiting: &Mutex<VecDeque<SyncSender<Tell>>>,
) -> Result<Infallible, LineError> {
    loop {
        let ask = match tokio::time::timeout(ALIVE_EVERY, asked.recv()).await {
            Ok(Some(Asked { ask, reply })) => {
                locked(waiting).push_back(reply);
                ask
            }
            Ok(None) => return Err(LineError::Replaced),
            Err(_) => Ask::Alive,
        };
        mouth.say(&ask.to_bytes()).await?;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|held| held.into_inner())
}
