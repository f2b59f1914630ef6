//! When everybody who waits will be called: the journal of the live queue, told to
//! the estimator of [`wait`](super::wait).
//!
//! Only the journal is read, so after a restart the same is said as before it. What
//! cannot be understood is left out: a waiting time must never stop the queue.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::{Connection, params};
use time::Date;

use super::order::{self, Class, Place, Rules};
use super::outlook::Outlook;
use super::state::State;
use super::ticket::{Leg, Ticket};
use super::wait::experience::Prior;
use super::wait::floor::Event;
use super::wait::hall::{Booking, Hall, Key, Lane, LaneSet, Second, Wait, Waiting};
use super::wait::what_if::Change;
use super::wait::window::Window;
use super::wait::{Estimator, Kept};
use super::{Error, duty, replay};
use crate::clock::{self, Moment};
use crate::id::TicketId;

/// So much of the past teaches how long services take.
pub const LEARNED: Duration = Duration::from_secs(28 * 24 * 3600);

/// So much of it is also estimated again, so that the correction of the estimates
/// survives a restart.
const REHEARSED: Duration = Duration::from_secs(4 * 24 * 3600);

/// Where nobody is signed in others press the buttons. Who is free and calls nobody
/// for so long is taken to be busy with somebody whom no button was pressed for.
const PRESSED_WITHIN_SECS: Second = 120;

/// The numbers of the places beside a counter, above those of all counters.
const BESIDE: u32 = 1 << 20;

/// Nobody's ticket: who would come now.
const NEWCOMER: Key = Key::MAX;

/// What the office has, as far as waiting depends on it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Every lane, with the minutes that one service is expected to take.
    pub lanes: Vec<(String, u32)>,
    /// The lanes that each counter calls.
    pub counters: BTreeMap<u32, Vec<String>>,
    pub rules: Rules,
    /// How long after midnight the counters close, where that is known.
    pub closes: Option<Duration>,
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
    on_duty: BTreeSet<u32>,
    /// Where nobody is signed in: how many sit there.
    noted: BTreeMap<u32, u32>,
    /// Asked to pause; begins once nobody is served there.
    pausing: BTreeSet<u32>,
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
            on_duty: BTreeSet::new(),
            noted: BTreeMap::new(),
            pausing: BTreeSet::new(),
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
               and kind in ('ticket.issued', 'ticket.moved', 'ticket.undone', 'counter.opened',
                            'counter.closed', 'counter.paused', 'counter.resumed',
                            'counter.noted')
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
                self.estimator.estimate(at.unix_timestamp());
            }
        }
        Ok(anything)
    }

    /// The waits of everybody who waits, from one batch. Who is in a lane that no
    /// open counter calls has none.
    pub fn waits(&mut self, now: Moment) -> BTreeMap<TicketId, Wait> {
        self.begin_day(now);
        let waits = self.estimator.estimate(now.unix_timestamp());
        let of = |ticket: &Ticket| waits.get(&ticket.issued).map(|wait| (ticket.id, *wait));
        self.tickets.values().filter_map(of).collect()
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
        let midnight = now.replace_time(time::Time::MIDNIGHT);
        let closes = self.setup.closes.map(|after| (midnight + after).unix_timestamp());
        self.estimator.closes(closes);
        self.tickets.clear();
        self.shown.clear();
        self.shown_to_newcomers.clear();
        for counter in self.on_duty.clone() {
            let people = self.noted.remove(&counter);
            self.sit(now.unix_timestamp(), counter, people);
            self.open(now.unix_timestamp(), counter);
            if self.pausing.contains(&counter) {
                self.tell(now.unix_timestamp(), Event::Close { counter, until: None });
            }
        }
    }

    fn counter(&mut self, at: Moment, (kind, facts): (&str, &str), id: &str) {
        let Ok(counter) = id.parse::<u32>() else { return };
        let at = at.unix_timestamp();
        let busy = self.tickets.values().any(|ticket| at_counter(ticket.leg()) == Some(counter));
        match kind {
            "counter.opened" | "counter.resumed" => {
                self.pausing.remove(&counter);
                self.on_duty.insert(counter);
                self.sit(at, counter, None);
                self.open(at, counter);
            }
            "counter.closed" => self.shut(at, counter),
            "counter.noted" => match duty::people_noted(facts) {
                0 => {
                    self.shut(at, counter);
                    // Not a break: it was said that nobody sits there.
                    self.estimator.is_gone(counter);
                }
                people => {
                    self.on_duty.insert(counter);
                    self.sit(at, counter, Some(people));
                    self.open(at, counter);
                }
            },
            _ => {
                self.pausing.insert(counter);
                if !busy {
                    self.tell(at, Event::Close { counter, until: None });
                }
            }
        }
    }

    /// How many sit at a counter where nobody is signed in. Only one of them calls by
    /// the buttons; what the others do is not seen.
    fn sit(&mut self, at: Second, counter: u32, people: Option<u32>) {
        let before = self.noted.remove(&counter).unwrap_or_default().max(1);
        let after = people.unwrap_or_default().max(1);
        for nth in after..before {
            let other = nth * BESIDE + counter;
            self.estimator.is_gone(other);
        }
        for nth in before..after {
            let (other, lanes) = (nth * BESIDE + counter, self.lanes_of(counter));
            let opened = Event::Open { counter: other, lanes, breaks: Vec::new(), closes: None };
            self.tell(at, opened);
            self.estimator.is_unseen(other, 0);
        }
        match people {
            Some(people) => {
                self.noted.insert(counter, people);
                self.estimator.is_unseen(counter, PRESSED_WITHIN_SECS);
            }
            None => self.estimator.is_seen(counter),
        }
    }

    fn shut(&mut self, at: Second, counter: u32) {
        self.pausing.remove(&counter);
        self.on_duty.remove(&counter);
        self.sit(at, counter, None);
        self.tell(at, Event::Close { counter, until: None });
    }

    fn open(&mut self, at: Second, counter: u32) {
        let lanes = self.lanes_of(counter);
        self.tell(at, Event::Open { counter, lanes, breaks: Vec::new(), closes: None });
    }

    fn ticket(&mut self, at: Moment, entry: (TicketId, &str, &str)) {
        let before = self.tickets.get(&entry.0);
        let Ok(Some(after)) = replay::after(before, entry) else { return };
        if Some(after.day) != self.day {
            return;
        }
        if after.stands_by_hand() {
            return self.was_served_by_hand(at, after);
        }
        let undone = entry.1 == "ticket.undone";
        let before = before.map(|ticket| ticket.leg().clone());
        for event in self.events(before.as_ref(), &after, undone) {
            self.tell(at.unix_timestamp(), event);
        }
        self.tickets.insert(after.id, after);
        if let Some(counter) = before.as_ref().and_then(at_counter)
            && self.pausing.contains(&counter)
        {
            let busy = |ticket: &Ticket| at_counter(ticket.leg()) == Some(counter);
            if !self.tickets.values().any(busy) {
                self.tell(at.unix_timestamp(), Event::Close { counter, until: None });
            }
        }
    }

    /// Nobody saw it happen, and the counter may serve somebody else by now.
    fn was_served_by_hand(&mut self, at: Moment, ticket: Ticket) {
        self.tell(at.unix_timestamp(), Event::Cancel { ticket: ticket.issued });
        self.tickets.insert(ticket.id, ticket);
    }

    /// What a step of a ticket is for the hall: where it left, and where it went.
    fn events(&self, before: Option<&Leg>, after: &Ticket, undone: bool) -> Vec<Event> {
        let (ticket, leg) = (after.issued, after.leg());
        let (from, to) = (before.and_then(at_counter), at_counter(leg));
        let was = before.map(|leg| leg.state);
        let mut events = Vec::new();
        match (from, to) {
            (Some(_), Some(counter)) => {
                // Called again, served by another clerk, or a press taken back.
                if (was, leg.state) == (Some(State::Called), State::Serving) {
                    events.push(Event::Serve { ticket, counter });
                }
                return events;
            }
            (Some(counter), None) => events.push(match (was, leg.state) {
                (Some(State::Called), State::Absent) => Event::Absent { ticket, counter },
                // How long it took is not known: it was forgotten, or not meant.
                (_, State::Expired | State::Cancelled) => Event::Freed { counter },
                (Some(State::Serving), _) if !undone => Event::Done { ticket, counter },
                _ => Event::Freed { counter },
            }),
            (None, _) => {}
        }
        match (was, leg.state, to) {
            (_, State::Waiting, _) => events.extend(self.waiting(after)),
            (_, _, Some(counter)) => {
                if was != Some(State::Waiting) {
                    events.extend(self.waiting(after));
                }
                events.push(Event::Call { ticket, counter });
                if leg.state == State::Serving {
                    events.push(Event::Serve { ticket, counter });
                }
            }
            (Some(State::Waiting), ..) => events.push(Event::Cancel { ticket }),
            _ => {}
        }
        events
    }

    fn waiting(&self, ticket: &Ticket) -> Option<Event> {
        let (place, rules) = (ticket.place(), &self.setup.rules);
        let lane = self.lane(&ticket.leg().lane)?;
        Some(Event::Issue(Waiting {
            ticket: ticket.issued,
            lane,
            service: lane.into(),
            issued: ticket.leg().since.unix_timestamp(),
            effective: place.effective(rules).unix_timestamp(),
            credited: order::counts_as_credited(&place, rules),
        }))
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

/// The counter where this leg is called or served.
fn at_counter(leg: &Leg) -> Option<u32> {
    leg.counter.filter(|_| leg.state.is_at_counter())
}
