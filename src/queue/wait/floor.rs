//! The hall kept from what happens in it, one event after another. What an event
//! teaches goes to the experience in the same breath.
//!
//! Events may be missing or strange, as logs are: what does not fit is taken as well
//! as it can be, and teaches nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::experience::Experience;
use super::hall::{Booking, Break, Counter, Doing, Hall, Key, LaneSet, Second, Service, Waiting};

/// A planned break counts as begun when its counter closes at most this much before.
pub const BREAK_EARLY_SECS: Second = 900;

/// After so long nobody believes that a break is still to come.
pub const BREAK_LATE_SECS: Second = 3600;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A counter calls from now on.
    Open {
        counter: u32,
        lanes: LaneSet,
        breaks: Vec<Break>,
        closes: Option<Second>,
    },
    /// A counter calls nobody until it opens again.
    Close {
        counter: u32,
        until: Option<Second>,
    },
    /// An appointment for today.
    Booked(Booking),
    /// Somebody has come: a new ticket, a checked-in appointment under its own key, or
    /// one that goes on in another lane.
    Issue(Waiting),
    /// Somebody waits again, or stands elsewhere in the order, who has come before.
    Back(Waiting),
    Call {
        ticket: Key,
        counter: u32,
    },
    /// The person is there.
    Serve {
        ticket: Key,
        counter: u32,
    },
    Done {
        ticket: Key,
        counter: u32,
    },
    /// Called, and did not come.
    Absent {
        ticket: Key,
        counter: u32,
    },
    /// The counter is free again and nothing is to be learned: a ticket held or handed
    /// on in the middle.
    Freed {
        counter: u32,
    },
    /// The same, and the call was none.
    Uncalled {
        counter: u32,
    },
    /// The ticket or the appointment is given up.
    Cancel {
        ticket: Key,
    },
}

/// A ticket that was called, with how long it had waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    pub ticket: Key,
    pub at: Second,
}

#[derive(Clone, Debug)]
struct Place {
    lanes: LaneSet,
    doing: Doing,
    breaks: Vec<Break>,
    closes: Option<Second>,
    credited_in_a_row: u32,
    /// What it did before the last call, and how many it had called in a row.
    before: (Doing, u32),
}

impl Place {
    /// Free, and nothing was done there yet.
    fn new(lanes: LaneSet) -> Self {
        let doing = Doing::Free { since: Second::MIN, wanted: None };
        let (breaks, closes) = (Vec::new(), None);
        Self { lanes, doing, breaks, closes, credited_in_a_row: 0, before: (doing, 0) }
    }
}

/// The hall, from its events.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    counters: BTreeMap<u32, Place>,
    waiting: Vec<Waiting>,
    booked: BTreeMap<Key, Booking>,
    pub credited_in_a_row_max: Option<u32>,
    /// When each lane closes today.
    pub closes: Vec<Option<Second>>,
}

impl Floor {
    /// The hall at a moment.
    pub fn hall(&self, now: Second) -> Hall {
        let overdue = |pause: &&Break| now.saturating_sub(pause.from) <= BREAK_LATE_SECS;
        let counter = |(number, place): (&u32, &Place)| Counter {
            number: *number,
            lanes: place.lanes,
            doing: place.doing,
            breaks: place.breaks.iter().filter(overdue).copied().collect(),
            closes: place.closes,
            credited_in_a_row: place.credited_in_a_row,
        };
        Hall {
            now,
            counters: self.counters.iter().map(counter).collect(),
            waiting: self.waiting.clone(),
            booked: self.booked.values().cloned().collect(),
            credited_in_a_row_max: self.credited_in_a_row_max,
            closes: self.closes.clone(),
        }
    }

    /// The appointments of people who are not here yet, as they are now. Nothing is
    /// learned of those that are left out: they have come, or were moved.
    pub fn expect(&mut self, booked: impl IntoIterator<Item = Booking>) {
        self.booked = booked.into_iter().map(|booking| (booking.ticket, booking)).collect();
    }

    /// Takes what happened; tells whose wait ended with a call.
    pub fn take(&mut self, at: Second, event: Event, learn: &mut Experience) -> Option<Called> {
        let mut called = None;
        match event {
            Event::Open { counter, lanes, breaks, closes } => {
                let new = Place { breaks, closes, ..Place::new(lanes) };
                self.open(at, counter, new, learn);
            }
            Event::Close { counter, until } => self.close(at, counter, until),
            Event::Booked(booking) => {
                self.booked.insert(booking.ticket, booking);
            }
            Event::Issue(waiting) => self.issue(at, waiting, learn),
            Event::Back(waiting) => self.put(waiting),
            Event::Call { ticket, counter } => called = self.call(at, ticket, counter, learn),
            Event::Serve { counter, .. } => self.arrived(counter, learn),
            Event::Done { counter, .. } => self.done(at, counter, learn),
            Event::Absent { counter, .. } => self.absent(at, counter, learn),
            Event::Freed { counter } => self.free(at, counter),
            Event::Uncalled { counter } => self.uncalled(counter),
            Event::Cancel { ticket } => {
                self.waiting.retain(|waiting| waiting.ticket != ticket);
                if self.booked.remove(&ticket).is_some() {
                    learn.appointed(None);
                }
            }
        }
        self.notice_wanted(at);
        called
    }

    /// A counter is there no more.
    pub fn forget(&mut self, counter: u32) {
        self.counters.remove(&counter);
    }

    /// The night: nobody waits any more, no counter is open.
    pub fn end_day(&mut self) {
        self.waiting.clear();
        self.booked.clear();
        self.counters.clear();
    }

    fn open(&mut self, at: Second, counter: u32, new: Place, learn: &mut Experience) {
        if let Some(old) = self.counters.get(&counter) {
            match old.doing {
                Doing::Closed { since, until: None } => learn.paused(secs(since, at)),
                Doing::Closed { .. } => {}
                // It never closed: only what it is allowed to do has changed.
                doing => return self.change(counter, Place { doing, ..new }),
            }
        }
        self.change(counter, new);
    }

    fn change(&mut self, counter: u32, new: Place) {
        self.counters.insert(counter, new);
    }

    fn close(&mut self, at: Second, counter: u32, until: Option<Second>) {
        if let Some(place) = self.counters.get_mut(&counter) {
            place.doing = Doing::Closed { since: at, until };
            place.breaks.retain(|pause| pause.from.saturating_sub(BREAK_EARLY_SECS) > at);
        }
    }

    fn issue(&mut self, at: Second, waiting: Waiting, learn: &mut Experience) {
        let booking = self.booked.remove(&waiting.ticket);
        if let Some(booking) = &booking {
            learn.appointed(Some(secs(booking.slot, at)));
        }
        let ahead = at.saturating_sub(waiting.effective);
        let credit = (waiting.credited && booking.is_none()).then_some(ahead);
        learn.issued(at, waiting.lane, waiting.service, credit);
        self.put(waiting);
    }

    fn put(&mut self, waiting: Waiting) {
        self.waiting.retain(|other| other.ticket != waiting.ticket);
        self.waiting.push(waiting);
    }

    fn call(
        &mut self,
        at: Second,
        ticket: Key,
        counter: u32,
        learn: &mut Experience,
    ) -> Option<Called> {
        let place = self.waiting.iter().position(|waiting| waiting.ticket == ticket)?;
        let waiting = self.waiting.remove(place);
        let waited = secs(waiting.issued, at).max(0.0) as u32;
        let new = || Place::new(LaneSet::ALL);
        let counter = self.counters.entry(counter).or_insert_with(new);
        if let Doing::Free { since, wanted: Some(wanted) } = counter.doing
            && wanted == since
        {
            learn.after(secs(since, at));
        }
        counter.lanes = counter.lanes.with(waiting.lane);
        counter.before = (counter.doing, counter.credited_in_a_row);
        counter.credited_in_a_row =
            if waiting.credited { counter.credited_in_a_row.saturating_add(1) } else { 0 };
        counter.doing =
            Doing::Serving { service: waiting.service, since: at, arrived: false, waited };
        Some(Called { ticket, at })
    }

    /// Nothing was done there, and nobody's turn used up.
    fn uncalled(&mut self, counter: u32) {
        if let Some(place) = self.counters.get_mut(&counter)
            && !matches!(place.doing, Doing::Closed { .. })
        {
            (place.doing, place.credited_in_a_row) = place.before;
        }
    }

    fn arrived(&mut self, counter: u32, learn: &mut Experience) {
        let Some(place) = self.counters.get_mut(&counter) else { return };
        if let Doing::Serving { arrived, waited, .. } = &mut place.doing
            && !*arrived
        {
            *arrived = true;
            learn.called(f64::from(*waited), true);
        }
    }

    fn done(&mut self, at: Second, counter: u32, learn: &mut Experience) {
        // A log without its own event for it: who was served was there.
        self.arrived(counter, learn);
        if let Some((service, since)) = self.serving(counter) {
            learn.served(service, counter, secs(since, at));
        }
        self.free(at, counter);
    }

    fn absent(&mut self, at: Second, counter: u32, learn: &mut Experience) {
        let doing = self.counters.get(&counter).map(|place| place.doing);
        if let Some(Doing::Serving { since, arrived: false, waited, .. }) = doing {
            learn.called(f64::from(waited), false);
            learn.lost(secs(since, at));
        }
        self.free(at, counter);
    }

    fn serving(&self, counter: u32) -> Option<(Service, Second)> {
        match self.counters.get(&counter)?.doing {
            Doing::Serving { service, since, .. } => Some((service, since)),
            _ => None,
        }
    }

    fn free(&mut self, at: Second, counter: u32) {
        if let Some(place) = self.counters.get_mut(&counter)
            && !matches!(place.doing, Doing::Closed { .. })
        {
            place.doing = Doing::Free { since: at, wanted: None };
        }
    }

    /// Only a free counter that is wanted shows, by when it calls, how long it had to
    /// finish something; one with nobody to call is idle.
    fn notice_wanted(&mut self, at: Second) {
        let is_there = |place: &Place| !matches!(place.doing, Doing::Closed { .. });
        let meant: BTreeSet<u32> = self.waiting.iter().filter_map(|one| one.wants).collect();
        let there: BTreeSet<u32> =
            meant.into_iter().filter(|one| self.counters.get(one).is_some_and(is_there)).collect();
        for (number, place) in &mut self.counters {
            if let Doing::Free { wanted, .. } = &mut place.doing {
                let any = self.waiting.iter().any(|waiting| {
                    place.lanes.has(waiting.lane)
                        && waiting.is_for(*number, |other| there.contains(&other))
                });
                *wanted = any.then(|| wanted.unwrap_or(at));
            }
        }
    }
}

fn secs(from: Second, to: Second) -> f64 {
    to.saturating_sub(from) as f64
}
