//! Keeps the outlook on a thread of its own: reads on in the journal after every
//! commit, and works the windows out again when something happened, and each half
//! minute besides, for time alone changes them. No page ever waits for it; until it
//! has spoken, pages say what is certain and nothing more. It speaks as soon as it has
//! read the last weeks once; what they say of its own quality it learns beside that.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};

use super::Office;
use crate::appointment::state::State as Booking;
use crate::appointment::{self, Plan};
use crate::chance;
use crate::clock::Moment;
use crate::config::Config;
use crate::db::{self, Connection};
use crate::journal::Journal;
use crate::queue;
use crate::queue::forecast::{Expected, Forecast, Setup};
use crate::queue::outlook::Outlook;
use crate::queue::wait::hall::Wait;

/// Windows are worked out again at least this often.
const EVERY: Duration = Duration::from_secs(30);

/// And no more often than this, however much happens.
const NO_SOONER: Duration = Duration::from_millis(700);

/// Until the last days have taught what they teach.
const SOON: Duration = Duration::from_secs(2);

/// What broke off is begun again after so long.
const AGAIN: Duration = Duration::from_secs(1);

/// Questions that may wait for the thread.
const ASKED_MAX: usize = 16;

/// By lane: the wait of somebody who comes now, as it is and as it would be.
pub(super) type Compared = BTreeMap<String, [Option<Wait>; 2]>;

enum Ask {
    /// Something was written to the journal.
    Look,
    /// What would be, were this counter opened now?
    IfOpened(u32, oneshot::Sender<Compared>),
    /// Something is wrong in the middle of it.
    #[cfg(test)]
    Panic,
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

    #[cfg(test)]
    pub(super) fn plant_a_panic(&self) {
        self.ask.try_send(Ask::Panic).unwrap();
    }

    /// Starts the thread, once. It ends with the office; what goes wrong in it does not
    /// end it.
    pub(super) fn start(&self, office: &Office) -> std::io::Result<()> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(asked), true) = (asked, office.config.site.modules.queue) else { return Ok(()) };
        let keeping = Keeping {
            path: office.db.path().to_owned(),
            setup: setup(&office.config),
            appointments: office.config.appointments().cloned(),
            giving_numbers: giving_numbers(&office.config),
            journal: office.journal.clone(),
            newest: self.newest.clone(),
        };
        let run = move || keeping.whatever_happens(&asked);
        std::thread::Builder::new().name("outlook".to_owned()).spawn(run).map(drop)
    }
}

fn setup(config: &Config) -> Setup {
    let lanes = config.lanes.iter().map(|lane| (lane.id.clone(), lane.minutes)).collect();
    let counters = config.lanes_of_counters();
    Setup { lanes, counters, rules: config.site.queue.order(), planned: Arc::new(config.clone()) }
}

/// The lanes that somebody comes to with nothing in hand.
pub(super) fn giving_numbers(config: &Config) -> Vec<String> {
    let lanes = config.lanes.iter().filter(|lane| lane.prefix.is_some());
    lanes.map(|lane| lane.id.clone()).collect()
}

/// What a keeper begins from, and begins from again.
struct Keeping {
    path: PathBuf,
    setup: Setup,
    /// What can be booked.
    appointments: Option<Plan>,
    giving_numbers: Vec<String>,
    journal: Arc<Journal>,
    newest: Arc<watch::Sender<Arc<Outlook>>>,
}

impl Keeping {
    /// Keeps the outlook until the office ends. After a panic it is begun anew from the
    /// journal: a fault in a sum must not take the times from everybody for the rest of
    /// the day.
    fn whatever_happens(&self, asked: &Receiver<Ask>) {
        loop {
            let kept = panic::catch_unwind(AssertUnwindSafe(|| self.keep(asked)));
            match kept {
                Ok(Ok(())) => return,
                Ok(Err(error)) => tracing::error!(%error, "waiting times cannot be worked out"),
                Err(_) => tracing::error!("the work on waiting times broke off"),
            }
            std::thread::sleep(AGAIN);
            if self.newest.receiver_count() == 0 {
                return;
            }
        }
    }

    fn keep(&self, asked: &Receiver<Ask>) -> Result<(), db::Error> {
        let connection = db::open_read_only(&self.path)?;
        let keeper = Keeper {
            keeping: self,
            forecast: self.forecast().in_haste(),
            rehearsed: Some(self.rehearse()),
        };
        keeper.keep(&connection, asked);
        Ok(())
    }

    /// Knows nothing yet but what the office expects.
    fn forecast(&self) -> Forecast {
        let seed = u64::from_le_bytes(chance::bytes(&*self.journal.chance));
        Forecast::new(self.setup.clone(), seed)
    }

    /// On a thread of its own: whatever was told in the last days is told again, to
    /// learn how it came out. That takes a while; nobody waits for it.
    fn rehearse(&self) -> Receiver<Forecast> {
        let (done, rehearsed) = sync_channel(1);
        let (mut forecast, path, journal) =
            (self.forecast(), self.path.clone(), self.journal.clone());
        let run = move || -> Result<(), queue::Error> {
            let connection = db::open_read_only(&path)?;
            forecast.catch_up(&connection, journal.now())?;
            // The office may have ended meanwhile.
            let _ = done.send(forecast);
            Ok(())
        };
        let told = move || {
            if let Err(error) = run() {
                tracing::error!(%error, "the last days teach nothing");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("rehearsal".to_owned()).spawn(told) {
            tracing::error!(%error, "the last days teach nothing");
        }
        rehearsed
    }
}

struct Keeper<'k> {
    keeping: &'k Keeping,
    forecast: Forecast,
    /// Where the one that was rehearsed comes from.
    rehearsed: Option<Receiver<Forecast>>,
}

impl Keeper<'_> {
    fn keep(mut self, connection: &Connection, asked: &Receiver<Ask>) {
        let mut due = Duration::ZERO;
        let mut told = Instant::now();
        loop {
            if told.elapsed() >= due {
                self.take_over();
                self.read(connection);
                self.tell();
                let every = if self.rehearsed.is_some() { SOON } else { EVERY };
                (told, due) = (Instant::now(), every);
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
                    let lanes = &self.keeping.giving_numbers;
                    let compared = self.forecast.if_opened(counter, lanes, self.now());
                    // Whoever asked may have gone.
                    let _ = reply.send(compared);
                }
                #[cfg(test)]
                Ok(Ask::Panic) => panic!("as planted"),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The rehearsed one takes the place of the hasty one.
    fn take_over(&mut self) {
        let Some(rehearsed) = &self.rehearsed else { return };
        match rehearsed.try_recv() {
            Ok(forecast) => {
                self.forecast = forecast.after(&self.forecast);
                self.rehearsed = None;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => self.rehearsed = None,
        }
    }

    fn now(&self) -> Moment {
        self.keeping.journal.now()
    }

    /// Whether anything happened in the queue.
    fn read(&mut self, connection: &Connection) -> bool {
        let now = self.now();
        let read = self.forecast.catch_up(connection, now).and_then(|anything| {
            self.forecast.expect(&self.expected(connection, now)?);
            Ok(anything)
        });
        read.unwrap_or_else(|error| {
            tracing::error!(%error, "the journal cannot be read for waiting times");
            false
        })
    }

    /// Whoever has an appointment today, will wait in a lane and is not here yet.
    fn expected(
        &self,
        connection: &Connection,
        now: Moment,
    ) -> Result<Vec<Expected>, queue::Error> {
        let Some(plan) = &self.keeping.appointments else { return Ok(Vec::new()) };
        let booked = appointment::of_day(connection, now.date()).map_err(|error| match error {
            appointment::Error::Db(error) => error,
            _ => db::Error::Inconsistent { table: "appointment", column: "state" },
        })?;
        let booked = booked.iter().filter(|one| one.state == Booking::Booked);
        let expected = booked.filter_map(|one| {
            let lane = plan.service(&one.service)?.lane.clone()?;
            Some(Expected { lane, slot: one.start })
        });
        Ok(expected.collect())
    }

    fn tell(&mut self) {
        let outlook = self.forecast.outlook(&self.keeping.giving_numbers, self.now());
        self.keeping.newest.send_if_modified(|newest| {
            let is_new = **newest != outlook;
            if is_new {
                *newest = Arc::new(outlook);
            }
            is_new
        });
    }
}

#[cfg(test)]
mod tests;
