//! Keeps the outlook on a thread of its own: reads on in the journal after every
//! commit, and works the windows out again when something happened, and each half
//! minute besides, for time alone changes them. No page ever waits for it; until it
//! has spoken, pages say what is certain and nothing more.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::Office;
use crate::chance;
use crate::clock::Moment;
use crate::config::Config;
use crate::db::{self, Connection};
use crate::journal::Journal;
use crate::queue::forecast::{Forecast, Setup};
use crate::queue::outlook::Outlook;
use crate::queue::wait::hall::Wait;

/// Windows are worked out again at least this often.
const EVERY: Duration = Duration::from_secs(30);

/// And no more often than this, however much happens.
const NO_SOONER: Duration = Duration::from_millis(700);

/// Questions that may wait for the thread.
const ASKED_MAX: usize = 16;

/// By lane: the wait of somebody who comes now, as it is and as it would be.
pub(super) type Compared = BTreeMap<String, [Option<Wait>; 2]>;

enum Ask {
    /// Something was written to the journal.
    Look,
    /// What would be, were this counter opened now?
    IfOpened(u32, oneshot::Sender<Compared>),
}

/// The newest outlook, and the way to the thread that keeps it.
pub(super) struct Outlooks {
    newest: Arc<watch::Sender<Arc<Outlook>>>,
    ask: SyncSender<Ask>,
    /// Until the thread takes it.
    asked: Mutex<Option<Receiver<Ask>>>,
}

impl Default for Outlooks {
    fn default() -> Self {
        let (ask, asked) = sync_channel(ASKED_MAX);
        let newest = Arc::new(watch::Sender::default());
        Self { newest, ask, asked: Mutex::new(Some(asked)) }
    }
}

impl Outlooks {
    /// The newest outlook, and every one after it.
    pub(super) fn newest(&self) -> watch::Receiver<Arc<Outlook>> {
        self.newest.subscribe()
    }

    /// Something was written. Where so much is asked already that nothing more is
    /// taken, it is read anyway.
    pub(super) fn look(&self) {
        let _ = self.ask.try_send(Ask::Look);
    }

    /// Whether the thread was started that works windows out.
    pub(super) fn is_kept(&self) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// What would be, were `counter` opened now; `None` when nobody can say.
    pub(super) async fn if_opened(&self, counter: u32) -> Option<Compared> {
        let (reply, answer) = oneshot::channel();
        self.ask.try_send(Ask::IfOpened(counter, reply)).ok()?;
        answer.await.ok()
    }

    /// Starts the thread, once. It ends with the office.
    pub(super) fn start(&self, office: &Office) -> std::io::Result<()> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(asked), true) = (asked, office.config.site.modules.queue) else { return Ok(()) };
        let keeper = Keeper {
            forecast: forecast(&office.config, &office.journal),
            giving_numbers: giving_numbers(&office.config),
            journal: office.journal.clone(),
            newest: self.newest.clone(),
        };
        let path = office.db.path().to_owned();
        let run = move || match db::open_read_only(&path) {
            Ok(connection) => keeper.keep(&connection, &asked),
            Err(error) => tracing::error!(%error, "waiting times cannot be worked out"),
        };
        std::thread::Builder::new().name("outlook".to_owned()).spawn(run).map(drop)
    }
}

/// Knows nothing yet but what the office expects.
fn forecast(config: &Config, journal: &Journal) -> Forecast {
    let lanes = config.lanes.iter().map(|lane| (lane.id.clone(), lane.minutes)).collect();
    let counters = config.counters.iter();
    let counters = counters.map(|counter| (counter.number, config.lanes_of(counter))).collect();
    let setup = Setup { lanes, counters, rules: config.site.queue.order() };
    Forecast::new(setup, u64::from_le_bytes(chance::bytes(&*journal.chance)))
}

/// The lanes that somebody comes to with nothing in hand.
pub(super) fn giving_numbers(config: &Config) -> Vec<String> {
    let lanes = config.lanes.iter().filter(|lane| lane.prefix.is_some());
    lanes.map(|lane| lane.id.clone()).collect()
}

struct Keeper {
    forecast: Forecast,
    giving_numbers: Vec<String>,
    journal: Arc<Journal>,
    newest: Arc<watch::Sender<Arc<Outlook>>>,
}

impl Keeper {
    fn keep(mut self, connection: &Connection, asked: &Receiver<Ask>) {
        let mut due = Duration::ZERO;
        let mut told = Instant::now();
        loop {
            if told.elapsed() >= due {
                self.read(connection);
                self.tell();
                (told, due) = (Instant::now(), EVERY);
            }
            match asked.recv_timeout(due.saturating_sub(told.elapsed())) {
                Ok(Ask::Look) => {
                    if self.read(connection) {
                        due = NO_SOONER;
                    }
                }
                Ok(Ask::IfOpened(counter, reply)) => {
                    if self.read(connection) {
                        due = NO_SOONER;
                    }
                    let lanes = &self.giving_numbers;
                    let compared = self.forecast.if_opened(counter, lanes, self.now());
                    // Whoever asked may have gone.
                    let _ = reply.send(compared);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn now(&self) -> Moment {
        self.journal.now()
    }

    /// Whether anything happened in the queue.
    fn read(&mut self, connection: &Connection) -> bool {
        let now = self.now();
        self.forecast.catch_up(connection, now).unwrap_or_else(|error| {
            tracing::error!(%error, "the journal cannot be read for waiting times");
            false
        })
    }

    fn tell(&mut self) {
        let outlook = self.forecast.outlook(&self.giving_numbers, self.now());
        self.newest.send_if_modified(|newest| {
            let is_new = **newest != outlook;
            if is_new {
                *newest = Arc::new(outlook);
            }
            is_new
        });
    }
}
