//! One thread per reader, and a watchdog.
//!
//! A command to a card that went silent blocks until the card is lifted, and
//! nothing can cancel it. So the blocking happens here, and whoever asked gets
//! [`Error::Silent`] when the watchdog runs out. From then on the reader counts as
//! wedged, until the blocked call comes back; what it brings is thrown away, and
//! a PIN that was not yet presented never will be. The next tap works.
//!
//! In between the thread looks whether a card lies on the reader and tells
//! everyone who watches. It knows neither visits nor screens.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::watch;

use super::error::Error;
use super::link::{CardReader, LinkError, Tap};
use super::pin::Secret;
use super::reading::{Probe, Reading, probe_unless, read_unless};
use super::session::Abandoned;

/// How often the thread looks at the reader: long enough to cost nothing, short
/// enough that a tap feels immediate.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What can be seen of a reader from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// No card.
    Empty,
    /// A card, which may be read.
    Card(Tap),
    /// The reader is unplugged.
    ReaderGone,
    /// The smart card service does not run.
    ServiceGone,
    /// A card went silent and has to be lifted.
    Wedged,
}

/// A reader and its thread. Clones share them; dropping the last one waits for
/// the thread to end, unless a card holds it.
#[derive(Clone)]
pub struct ReaderThread(Arc<Handle>);

struct Handle {
    name: String,
    watchdog: Duration,
    /// `None` only while the handle is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Drop for Handle {
    /// A thread that is inside the PC/SC library while the process ends makes it
    /// crash, so the thread goes first. A wedged one sleeps in the kernel and
    /// would never come.
    fn drop(&mut self) {
        drop(self.jobs.take());
        let wedged = *self.shared.lock() == State::Wedged;
        if let Some(thread) = self.thread.take().filter(|_| !wedged) {
            // It catches every panic of its work.
            let _ = thread.join();
        }
    }
}

struct Shared {
    state: Mutex<State>,
    presence: watch::Sender<Presence>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// A caller waits for an answer.
    Working,
    /// The caller gave up, and the thread has not come back yet.
    Wedged,
}

type Work = dyn FnOnce(&mut dyn CardReader) + Send;

/// Something to do with the reader; it answers on a channel of its own.
struct Job {
    run: Box<Work>,
    abandoned: Abandoned,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|held| held.into_inner())
    }

    fn show(&self, presence: Presence) {
        self.presence.send_if_modified(|shown| std::mem::replace(shown, presence) != presence);
    }
}

impl ReaderThread {
    /// The time one probe or one reading may take unless configured otherwise.
    pub const WATCHDOG: Duration = Duration::from_secs(10);

    /// Starts the thread of `reader`. Fails only if the system refuses a thread.
    pub fn start(reader: Box<dyn CardReader>, watchdog: Duration) -> std::io::Result<Self> {
        let (jobs, todo) = mpsc::channel();
        let name = reader.name();
        let shared = Arc::new(Shared {
            state: Mutex::new(State::Idle),
            presence: watch::Sender::new(Presence::Empty),
        });
        let worker = Worker { reader, todo, shared: shared.clone() };
        let thread =
            thread::Builder::new().name("card-reader".to_owned()).spawn(move || worker.run())?;
        let (jobs, thread) = (Some(jobs), Some(thread));
        Ok(Self(Arc::new(Handle { name, watchdog, jobs, thread, shared })))
    }

    /// As the reader's driver calls it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What was last seen on the reader; at most a fraction of a second old.
    pub fn presence(&self) -> Presence {
        *self.0.shared.presence.borrow()
    }

    /// Follows [`ReaderThread::presence`] without asking again and again.
    pub fn watch(&self) -> watch::Receiver<Presence> {
        self.0.shared.presence.subscribe()
    }

    /// [`super::probe`] on the reader's thread. Blocks until the watchdog at most.
    pub fn probe(&self) -> Result<Probe, Error> {
        self.call(probe_unless)
    }

    /// [`super::read`] on the reader's thread. Blocks until the watchdog at most.
    pub fn read(
        &self,
        tap: Tap,
        secret: Secret,
        consent_to_last_try: bool,
    ) -> Result<Reading, Error> {
        self.call(move |reader, abandoned| {
            read_unless(reader, tap, secret, consent_to_last_try, abandoned)
        })
    }

    /// [`ReaderThread::probe`] for async callers.
    pub async fn probe_async(&self) -> Result<Probe, Error> {
        let thread = self.clone();
        joined(tokio::task::spawn_blocking(move || thread.probe()).await)
    }

    /// [`ReaderThread::read`] for async callers.
    pub async fn read_async(
        &self,
        tap: Tap,
        secret: Secret,
        consent_to_last_try: bool,
    ) -> Result<Reading, Error> {
        let thread = self.clone();
        let read = move || thread.read(tap, secret, consent_to_last_try);
        joined(tokio::task::spawn_blocking(read).await)
    }

    fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn CardReader, &Abandoned) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.occupy()?;
        let (reply, outcome) = mpsc::sync_channel(1);
        let abandoned = Abandoned::default();
        let noticed = abandoned.clone();
        let run = Box::new(move |reader: &mut dyn CardReader| {
            // Whoever gave up does not listen; what was read is dropped here.
            let _ = reply.send(work(reader, &noticed));
        });
        let job = Job { run, abandoned: abandoned.clone() };
        if self.0.jobs.as_ref().is_none_or(|jobs| jobs.send(job).is_err()) {
            return Err(Error::ReaderGone);
        }
        let outcome = match outcome.recv_timeout(self.0.watchdog) {
            Err(RecvTimeoutError::Timeout) => return self.give_up(&outcome, &abandoned),
            // The work panicked; the card is off, and the thread lives on.
            Err(RecvTimeoutError::Disconnected) => Err(Error::Garbled),
            Ok(outcome) => outcome,
        };
        *self.0.shared.lock() = State::Idle;
        outcome
    }

    /// One caller at a time: a second reading of the same card is never meant.
    fn occupy(&self) -> Result<(), Error> {
        let mut state = self.0.shared.lock();
        match *state {
            State::Idle => *state = State::Working,
            State::Working => return Err(Error::ReaderBusy),
            State::Wedged => return Err(Error::Silent),
        }
        Ok(())
    }

    /// The watchdog ran out. Under the lock, so that the thread either sees that
    /// nobody waits, or has answered in the last moment.
    fn give_up<T>(
        &self,
        outcome: &mpsc::Receiver<Result<T, Error>>,
        abandoned: &Abandoned,
    ) -> Result<T, Error> {
        let mut state = self.0.shared.lock();
        if let Ok(outcome) = outcome.try_recv() {
            *state = State::Idle;
            return outcome;
        }
        abandoned.set();
        *state = State::Wedged;
        self.0.shared.show(Presence::Wedged);
        tracing::warn!(reader = %self.0.name, "a card went silent; waiting for it to be lifted");
        Err(Error::Silent)
    }
}

fn joined<T>(outcome: Result<Result<T, Error>, tokio::task::JoinError>) -> Result<T, Error> {
    outcome.unwrap_or(Err(Error::Garbled))
}

/// What runs on the thread.
struct Worker {
    reader: Box<dyn CardReader>,
    todo: mpsc::Receiver<Job>,
    shared: Arc<Shared>,
}

impl Worker {
    fn run(mut self) {
        loop {
            self.look();
            match self.todo.recv_timeout(LOOK_EVERY) {
                Ok(job) => self.work(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn work(&mut self, job: Job) {
        // A job that waited behind a blocked look may be given up already.
        if !job.abandoned.is_set() {
            let reader = self.reader.as_mut();
            if catch_unwind(AssertUnwindSafe(|| (job.run)(reader))).is_err() {
                tracing::error!("reading a card panicked; the card was powered off");
            }
        }
        let mut state = self.shared.lock();
        if job.abandoned.is_set() {
            *state = State::Idle;
        }
    }

    fn look(&mut self) {
        let seen = match self.reader.tap() {
            Ok(Some(tap)) => Presence::Card(tap),
            Err(LinkError::NoReader) => Presence::ReaderGone,
            Err(LinkError::NoService) => Presence::ServiceGone,
            Ok(None) | Err(_) => Presence::Empty,
        };
        let state = self.shared.lock();
        if *state != State::Wedged {
            self.shared.show(seen);
        }
    }
}

#[cfg(test)]
mod tests;
