//! The town of the demonstration comes to life: its weeks before are written, its clerks
//! get accounts, and then somebody does something whenever it is due.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::macros::time;

use crate::chance::{self, SystemChance};
use crate::clock::{Clock, FastClock, HeldClock, Moment, SystemClock};
use crate::db::Tx;
use crate::demo::town::{self, Town, past};
use crate::hex;
use crate::id::StaffId;
use crate::journal::{Actor, Journal, OfficeKey};
use crate::queue;
use crate::queue::wait::rng::Rng;
use crate::staff::{self, NewAccount, Role};
use crate::web::Office;

/// Every demonstration has the same people.
const SEED: u64 = 8;

/// After a fault of storage it is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// Nothing is due before somebody does something: it is looked again.
const IDLE: Duration = Duration::from_secs(60);

/// What day the demonstration has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoDay {
    /// Nobody is there.
    Empty,
    /// In the middle of a busy one, by the wall's clock.
    Busy,
    /// From 8:30 on, faster than the wall's clock.
    Replayed { speed: u32 },
}

/// The town that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoTown {
    pub day: DemoDay,
    /// When it begins; left out, now.
    pub begins: Option<Moment>,
    /// Working days that lie behind it.
    pub past_days: usize,
}

impl DemoTown {
    /// How much faster than the wall's its clock runs.
    pub fn speed(self) -> u32 {
        self.day.speed()
    }

    /// The clock the office goes by.
    pub fn clock(self) -> Arc<dyn Clock> {
        let morning = || SystemClock.now().replace_time(time!(8:30));
        match (self.day, self.begins) {
            (DemoDay::Empty | DemoDay::Busy, None) => Arc::new(SystemClock),
            (DemoDay::Empty | DemoDay::Busy, Some(begins)) => Arc::new(FastClock::at(begins, 1)),
            (DemoDay::Replayed { speed }, begins) => {
                Arc::new(FastClock::at(begins.unwrap_or_else(morning), speed))
            }
        }
    }
}

impl DemoDay {
    fn hours(self, now: Moment) -> [Moment; 2] {
        match self {
            DemoDay::Replayed { .. } => past::hours(now.date()),
            DemoDay::Empty | DemoDay::Busy => past::hours_around(now),
        }
    }

    fn speed(self) -> u32 {
        match self {
            DemoDay::Replayed { speed } => speed,
            DemoDay::Empty | DemoDay::Busy => 1,
        }
    }
}

/// The town on its day.
pub(super) struct Living {
    town: Town,
    speed: u32,
}

/// Writes what went before; nothing where the hall is to be empty, or the office calls
/// nobody by number.
pub(super) async fn populate(
    office: &Office,
    key: &Path,
    DemoTown { day, past_days, .. }: DemoTown,
) -> anyhow::Result<Option<Living>> {
    if day == DemoDay::Empty || !office.config.site.modules.queue {
        return Ok(None);
    }
    let key = OfficeKey::load(key, false, &SystemChance)?;
    let [opens, closes] = day.hours(office.journal.now());
    let days = past::days(opens.date(), past_days);
    let clock = Arc::new(HeldClock::at(past::hours(*days.first().unwrap_or(&opens.date()))[0]));
    let journal = Arc::new(Journal::new(clock.clone(), Arc::new(SystemChance), key));
    let staff = clerks(office, &journal).await?;
    let mut town = Town::new(&office.config, &staff, journal.now(), SEED);
    let mut rng = Rng::new(SEED);
    for past_day in days {
        let busy = past::busy(past_day, &mut rng);
        let then = (journal.clone(), clock.clone());
        let write = move |tx: &Tx<'_>| {
            past::write_day(tx, (&then.0, &then.1), &mut town, (past_day, busy))?;
            Ok::<_, queue::Error>(town)
        };
        town = office.db.write(write).await?;
    }
    let now = office.journal.now();
    let write = move |tx: &Tx<'_>| {
        clock.hold(opens);
        queue::close_day(tx, &journal, opens.date())?;
        let mut town = town.seen_at(day.speed());
        town.begin([opens, closes], 1.0);
        past::write_until(tx, (&journal, &clock), &mut town, now)?;
        Ok::<_, queue::Error>(town)
    };
    Ok(Some(Living { town: office.db.write(write).await?, speed: day.speed() }))
}

/// One account for each counter the town sits at. Nobody knows their passwords.
async fn clerks(office: &Office, journal: &Arc<Journal>) -> anyhow::Result<Vec<StaffId>> {
    let mut staff = Vec::new();
    for counter in town::counters(&office.config) {
        let password = hex::digits(&chance::bytes::<12>(&SystemChance));
        // They are nobody.
        let (login, name) = (format!("jitsuen-{counter}"), format!("実演の係員{counter}"));
        let new = NewAccount::typed(
            &login,
            &name,
            Role::Clerk,
            &password,
            false,
            &*office.journal.chance,
        )?;
        let journal = journal.clone();
        let add = move |tx: &Tx<'_>| staff::add(tx, &journal, journal.op(), Actor::System, &new);
        staff.push(office.db.write(add).await?.id);
    }
    Ok(staff)
}

fn held(town: &Mutex<Town>) -> MutexGuard<'_, Town> {
    town.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Living {
    /// Goes on as long as the office is open.
    pub(super) async fn live(self, office: Arc<Office>) {
        let (town, speed) = (Arc::new(Mutex::new(self.town)), self.speed);
        loop {
            let now = office.journal.now();
            held(&town).go_on(now);
            let due = held(&town).due();
            let wait = due.map_or(IDLE, |due| Duration::try_from(due - now).unwrap_or_default());
            tokio::time::sleep(wait.min(IDLE * speed) / speed).await;
            let (journal, acting) = (office.journal.clone(), town.clone());
            let step = move |tx: &Tx<'_>| held(&acting).step(tx, &journal);
            if let Err(error) = office.db.write(step).await {
                tracing::error!(%error, "the town's day is held up");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
