//! When everybody who waits will be called: the journal of the live queue, told to
//! the estimator of [`wait`](super::wait).
//!
//! Only the journal is read, so after a restart the same is said as before it. What
//! cannot be understood is left out: a waiting time must never stop the queue. Besides
//! the journal it is told what the town has [`Planned`]: when lanes close, and when
//! counters take their breaks.

mod counters;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};
use time::Date;

use super::order::{Class, Place, Rules};
use super::outlook::Outlook;
use super::state::State;
use super::ticket::Ticket;
use super::wait::experience::Prior;
use super::wait::floor::Event;
use super::wait::hall::{Booking, Hall, Key, Lane, LaneSet, Second, Wait, Waits};
use super::wait::what_if::Change;
use super::wait::window::Window;
use super::wait::{Estimator, Kept};
use super::{Error, LanesOf};
use crate::clock::{self, Moment};
use crate::id::TicketId;

/// So much of the past teaches how long services take.
pub const LEARNED: Duration = Duration::from_secs(28 * 24 * 3600);

/// So much of it is also estimated again, so that the correction of the estimates
/// survives a restart.
const REHEARSED: Duration = Duration::from_secs(4 * 24 * 3600);

/// Nobody's ticket: who would come now.
const NEWCOMER: Key = Key::MAX;

/// What the office has, as far as waiting depends on it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Every lane, with the minutes that one service is expected to take.
    pub lanes: Vec<(String, u32)>,
    pub counters: LanesOf,
    pub rules: Rules,
    pub planned: Arc<dyn Planned>,
}

/// What the town has planned for a day, as far as it wrote it down.
pub trait Planned: Debug + Send + Sync {
    /// When a lane closes for the last time.
    fn closes(&self, lane: &str, day: Date) -> Option<Moment>;
    /// From when until when a counter takes its breaks, the earliest first.
    fn breaks(&self, counter: u32, day: Date) -> Vec<[Moment; 2]>;
}

/// Somebody who has an appointment and is not here yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub lane: String,
    pub slot: Moment,
}

/// The waiting times of the live queue.
#[derive(Clone, Debug)]
pub struct Forecast {
    setup: Setup,
    estimator: Estimator,
    /// The last entry read.
    read: i64,
    day: Option<Date>,
    tickets: BTreeMap<TicketId, Ticket>,
    /// What earlier days left open: kept, or ended.
    over_night: BTreeMap<TicketId, Ticket>,
    on_duty: BTreeSet<u32>,
    /// Where nobody is signed in: how many sit there.
    noted: BTreeMap<u32, u32>,
    /// Asked to pause, and until when, where that was said; begins once nobody is served
    /// there.
    pausing: BTreeMap<u32, Option<Second>>,
    /// Planned breaks that were taken today: whose, and from when.
    taken: BTreeSet<(u32, Second)>,
    shown: BTreeMap<TicketId, Window>,
    /// The same, of who would come to a lane.
    shown_to_newcomers: BTreeMap<String, Window>,
    /// From when on what was told is told again when the journal is read; never.
    rehearsed_from: Option<Moment>,
    rehearses: bool,
    kept_before: BTreeMap<Date, Kept>,
}

impl Forecast {
    /// Knows nothing yet but what the office expects.
    pub fn new(setup: Setup, seed: u64) -> Self {
        let prior =
            |minutes: u32| Prior { mean_secs: f64::from(minutes) * 60.0, ..Prior::default() };
        let priors = setup.lanes.iter().map(|(_, minutes)| prior(*minutes));
        let mut estimator = Estimator::new(&(0..).zip(priors).collect(), seed);
        estimator.limit_credited_in_a_row(Some(setup.rules.credited_in_a_row));
        Self {
            setup,
            estimator,
            read: 0,
            day: None,
            tickets: BTreeMap::new(),
            over_night: BTreeMap::new(),
            on_duty: BTreeSet::new(),
            noted: BTreeMap::new(),
            pausing: BTreeMap::new(),
            taken: BTreeSet::new(),
            shown: BTreeMap::new(),
            shown_to_newcomers: BTreeMap::new(),
            rehearsed_from: None,
            rehearses: true,
            kept_before: BTreeMap::new(),
        }
    }

    /// One that reads on without telling anew what was told before: it can speak soon,
    /// and does not correct itself by how the last days came out.
    #[must_use]
    pub fn in_haste(mut self) -> Self {
        self.rehearses = false;
        self
    }

    /// Goes on where `before` stood: people see the windows they saw, and what they
    /// were told is what will be judged.
    #[must_use]
    pub fn after(mut self, before: &Forecast) -> Self {
        self.shown.clone_from(&before.shown);
        self.shown_to_newcomers.clone_from(&before.shown_to_newcomers);
        self.estimator.keep_promises_of(&before.estimator);
        self
    }

    /// Who has an appointment today and is not here yet; all of them.
    pub fn expect(&mut self, expected: &[Expected]) {
        let rules = self.setup.rules;
        let booking = |(nth, expected): (Key, &Expected)| {
            let lane = self.lane(&expected.lane)?;
            let (slot, service) = (expected.slot.unix_timestamp(), lane.into());
            // No ticket has such a number.
            let ticket = NEWCOMER - 1 - nth;
            let place = Place {
                class: Class::Appointment,
                arrived: expected.slot,
                slot: Some(expected.slot),
                returned: None,
                issued: ticket,
            };
            let effective = place.effective(&rules).unix_timestamp();
            Some(Booking { ticket, lane, service, slot, effective })
        };
        let booked: Vec<Booking> = (0..).zip(expected).filter_map(booking).collect();
        self.estimator.expect(booked);
    }

    /// Reads what was written since the last time, at first the last weeks. Whether
    /// there was anything.
    ///
    /// # Errors
    /// A fault of storage; what was read until then is kept.
    pub fn catch_up(&mut self, connection: &Connection, now: Moment) -> Result<bool, Error> {
        if self.read == 0 {
            self.read = before(connection, now - LEARNED)?;
            self.rehearsed_from = self.rehearses.then(|| now - REHEARSED);
        }
        let mut rows = connection.prepare_cached(
            "select rowid, kind, entity_id, facts, occurred_at from journal
             where rowid > ?1 and occurred_at >= ?2
               and kind in ('ticket.issued', 'ticket.moved', 'ticket.undone', 'ticket.carried',
                            'counter.opened', 'counter.closed', 'counter.paused',
                            'counter.resumed', 'counter.noted')
             order by rowid",
        )?;
        let mut rows = rows.query(params![self.read, clock::rfc3339(now - LEARNED)])?;
        let mut anything = false;
        while let Some(row) = rows.next()? {
            let (kind, id, facts): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            let at: String = row.get(4)?;
            (self.read, anything) = (row.get(0)?, true);
            let Some(at) = clock::parse_rfc3339(&at) else { continue };
            self.begin_day(at);
            match id.parse::<TicketId>() {
                Ok(ticket) => self.ticket(at, (ticket, &kind, &facts)),
                Err(_) => self.counter(at, (&kind, &facts), &id),
            }
            if kind == "ticket.issued" && self.rehearsed_from.is_some_and(|from| at >= from) {
                self.estimate(at);
            }
        }
        Ok(anything)
    }

    /// The waits of everybody who waits, from one batch. Who is in a lane that no
    /// open counter calls has none.
    pub fn waits(&mut self, now: Moment) -> BTreeMap<TicketId, Wait> {
        self.begin_day(now);
        let waits = self.estimate(now);
        let of = |ticket: &Ticket| waits.get(&ticket.issued).map(|wait| (ticket.id, *wait));
        self.tickets.values().filter_map(of).collect()
    }

    /// Who was kept over night is told a time like everybody, and nobody is judged by
    /// it: they may come when they like.
    fn estimate(&mut self, now: Moment) -> Waits {
        let waits = self.estimator.estimate(now.unix_timestamp());
        for kept in self.tickets.values().filter(|ticket| ticket.drawn_on.is_some()) {
            self.estimator.promise_nothing(kept.issued);
        }
        waits
    }

    /// The windows that people are shown, each held against what they were shown
    /// before.
    pub fn windows(&mut self, now: Moment) -> BTreeMap<TicketId, Window> {
        let (waits, at) = (self.waits(now), now.unix_timestamp());
        let before = std::mem::take(&mut self.shown);
        let window = |(id, wait)| (id, Window::of(wait, at, before.get(&id).copied()));
        self.shown = waits.into_iter().map(window).collect();
        self.shown.clone()
    }

    /// Everything that is shown: the windows of all who wait, and of somebody who
    /// would come now to one of the lanes that give out numbers.
    pub fn outlook(&mut self, giving_numbers: &[String], now: Moment) -> Outlook {
        let windows = self.windows(now);
        let waits = self.tickets.values().filter(|one| one.leg().state == State::Waiting);
        let tickets = waits.map(|one| (one.id, windows.get(&one.id).copied())).collect();
        let before = std::mem::take(&mut self.shown_to_newcomers);
        let window = |lane: &String| {
            let wait = self.newcomer(lane, now)?;
            let shown = before.get(lane).copied();
            Some((lane.clone(), Window::of(wait, now.unix_timestamp(), shown)))
        };
        let lanes: BTreeMap<_, _> = giving_numbers.iter().filter_map(window).collect();
        self.shown_to_newcomers = lanes.clone();
        let (kept, kept_before) = (self.estimator.kept(), self.kept_before.clone());
        Outlook { tickets, lanes, kept, kept_before }
    }

    /// The wait of somebody who would come now.
    pub fn newcomer(&self, lane: &str, now: Moment) -> Option<Wait> {
        self.newcomer_in(&self.hall(now), self.lane(lane)?)
    }

    fn newcomer_in(&self, hall: &Hall, lane: Lane) -> Option<Wait> {
        let change = Change::Arrival { ticket: NEWCOMER, lane, service: lane.into() };
        self.estimator.imagine(&hall.with(&change)).get(&NEWCOMER).copied()
    }

    /// The waits as they are and as they would be, for a supervisor's question.
    pub fn what_if(&self, change: &Change, now: Moment) -> [BTreeMap<TicketId, Wait>; 2] {
        let hall = self.hall(now);
        [hall.clone(), hall.with(change)].map(|hall| {
            let waits = self.estimator.imagine(&hall);
            let of = |ticket: &Ticket| waits.get(&ticket.issued).map(|wait| (ticket.id, *wait));
            self.tickets.values().filter_map(of).collect()
        })
    }

    /// The wait of somebody who would come now, by lane: as it is, and as it would be
    /// were `counter` opened. Where nobody calls a lane there is none.
    pub fn if_opened(
        &self,
        counter: u32,
        giving_numbers: &[String],
        now: Moment,
    ) -> BTreeMap<String, [Option<Wait>; 2]> {
        let (hall, lanes, at) = (self.hall(now), self.lanes_of(counter), now.unix_timestamp());
        let opened = hall.with(&Change::Open { counter, lanes, at });
        let compared = |id: &String| {
            let lane = self.lane(id)?;
            let waits = [&hall, &opened].map(|hall| self.newcomer_in(hall, lane));
            Some((id.clone(), waits))
        };
        giving_numbers.iter().filter_map(compared).collect()
    }

    /// The lanes of a counter, for a question about it.
    pub fn lanes_of(&self, counter: u32) -> LaneSet {
        let lanes = self.setup.counters.get(&counter).into_iter().flatten();
        lanes.filter_map(|lane| self.lane(lane)).collect()
    }

    fn hall(&self, now: Moment) -> Hall {
        self.estimator.hall(now.unix_timestamp())
    }

    fn lane(&self, id: &str) -> Option<Lane> {
        let place = self.setup.lanes.iter().position(|(lane, _)| lane == id)?;
        Lane::try_from(place).ok()
    }

    /// Counters stay on duty over night where nobody has closed them.
    fn begin_day(&mut self, now: Moment) {
        if self.day == Some(now.date()) {
            return;
        }
        let over = self.day.replace(now.date());
        // Of a day that was not told from its beginning, part of the truth is not known.
        let told = |day: Date| self.rehearsed_from.is_some_and(|from| from.date() < day);
        let kept = self.estimator.kept();
        if let Some(over) = over.filter(|over| kept.judged > 0 && told(*over)) {
            self.kept_before.insert(over, kept);
        }
        self.estimator.begin_day();
        let closes = |(lane, _): &(String, u32)| self.setup.planned.closes(lane, now.date());
        let closes = self.setup.lanes.iter().map(closes);
        self.estimator.closes(closes.map(|at| at.map(Moment::unix_timestamp)).collect());
        self.taken.clear();
        let left = std::mem::take(&mut self.tickets).into_iter();
        self.over_night.extend(left.filter(|(_, ticket)| !ticket.leg().state.is_over()));
        self.shown.clear();
        self.shown_to_newcomers.clear();
        for counter in self.on_duty.clone() {
            let people = self.noted.remove(&counter);
            self.sit(now.unix_timestamp(), counter, people);
            self.open(now.unix_timestamp(), counter);
            if let Some(until) = self.pausing.get_mut(&counter) {
                *until = None;
                self.tell(now.unix_timestamp(), Event::Close { counter, until: None });
            }
        }
    }

    fn tell(&mut self, at: Second, event: Event) {
        self.estimator.observe(at, event);
    }
}

/// The last entry written before `since`, near enough: entries are in order of time
/// but for a clock that was put right, and whoever reads on looks at each time.
fn before(connection: &Connection, since: Moment) -> Result<i64, Error> {
    let since = clock::rfc3339(since);
    let last = "select coalesce(max(rowid), 0) from journal";
    let (mut low, mut high): (i64, i64) = (0, connection.query_row(last, [], |row| row.get(0))?);
    let mut at = connection.prepare_cached(
        "select occurred_at from journal where rowid > ?1 order by rowid limit 1",
    )?;
    while low < high {
        let middle = low + (high - low) / 2;
        let at: String = at.query_row([middle], |row| row.get(0))?;
        if at < since { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
