//! How long people will wait: the live hall is rolled forward a few hundred times by
//! the rule by which it is called, with durations as they were lately, and every
//! waiting ticket gets three quantiles of its call from the same batch. What was
//! promised is held against what came of it, and the quantiles are corrected by that.
//!
//! It promises that quantiles are in order, that an idle counter means now, that the
//! same events and the same seed give the same answer, and that nothing it is fed
//! makes it panic. It knows neither the clock nor storage, nor whose ticket it is.

pub mod calibration;
mod coming;
pub mod experience;
pub mod floor;
pub mod hall;
pub mod log;
pub mod odds;
mod pace;
pub mod replay;
mod ring;
pub mod rng;
pub mod roll;
pub mod spread;
mod start;
mod streams;
mod unseen;
pub mod what_if;
pub mod window;

use std::collections::BTreeMap;

use calibration::Calibration;
use experience::{Experience, Prior};
use floor::{Event, Floor};
use hall::{Hall, Key, Second, Service, Wait, Waits};
use odds::Odds;

/// How the promises of a day came out: of so many who were told a time that nine out
/// of ten are called by, and were called, so many were called by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub judged: u32,
    pub kept: u32,
}

/// Everything together: fed with events, asked for waits.
#[derive(Clone, Debug)]
pub struct Estimator {
    floor: Floor,
    experience: Experience,
    calibration: Calibration,
    /// The first raw estimate of everybody who waits, when it was made, and until when
    /// nine out of ten were told they would be called.
    promised: BTreeMap<Key, (Second, Wait, u32)>,
    kept: Kept,
    seed: u64,
    replications: usize,
    /// Counters whose work nobody tells of, and how long each may be free before it is
    /// taken to be busy.
    unseen: BTreeMap<u32, Second>,
}

impl Estimator {
    /// Begins with nothing but what the town expects of its services.
    pub fn new(priors: &BTreeMap<Service, Prior>, seed: u64) -> Self {
        Self {
            floor: Floor::default(),
            experience: Experience::new(priors),
            calibration: Calibration::default(),
            promised: BTreeMap::new(),
            kept: Kept::default(),
            seed,
            replications: roll::REPLICATIONS,
            unseen: BTreeMap::new(),
        }
    }

    /// Fewer replications are faster and rougher.
    #[must_use]
    pub fn with_replications(self, replications: usize) -> Self {
        Self { replications, ..self }
    }

    /// At most so many in a row who overtake others, at one counter.
    pub fn limit_credited_in_a_row(&mut self, most: Option<u32>) {
        self.floor.credited_in_a_row_max = most;
    }

    /// When each lane closes today, as far as that is known.
    pub fn closes(&mut self, at: Vec<Option<Second>>) {
        self.floor.closes = at;
    }

    /// The appointments of people who are not here yet.
    pub fn expect(&mut self, booked: impl IntoIterator<Item = hall::Booking>) {
        self.floor.expect(booked);
    }

    /// Takes over what `other` has told whom: that is what will be judged.
    pub fn keep_promises_of(&mut self, other: &Estimator) {
        self.promised.extend(other.promised.iter().map(|(key, told)| (*key, *told)));
    }

    /// Something happened.
    pub fn observe(&mut self, at: Second, event: Event) {
        if let Event::Cancel { ticket } = event {
            self.promised.remove(&ticket);
        }
        let Some(called) = self.floor.take(at, event, &mut self.experience) else { return };
        if let Some((when, raw, told)) = self.promised.remove(&called.ticket) {
            let waited = called.at.saturating_sub(when);
            self.calibration.learn(raw, waited as f32);
            self.kept.judged += 1;
            self.kept.kept += u32::from(waited <= told.into());
        }
    }

    /// A new business day begins with an empty hall.
    pub fn begin_day(&mut self) {
        self.floor.end_day();
        self.experience.begin_day();
        self.promised.clear();
        self.kept = Kept::default();
    }

    /// How today's promises came out so far.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// The hall as it stands.
    pub fn hall(&self, now: Second) -> Hall {
        let hall = self.floor.hall(now);
        if self.unseen.is_empty() {
            return hall;
        }
        let odds = self.odds(&hall);
        unseen::supposed(hall, &self.unseen, |service| odds.service(service).mean())
    }

    /// Nobody tells what a counter does: one that is free and wanted for longer than
    /// `free_secs_max` is taken to serve one after the other.
    pub fn is_unseen(&mut self, counter: u32, free_secs_max: Second) {
        self.unseen.insert(counter, free_secs_max);
    }

    /// A counter calls nobody, and nobody is expected to come back to it.
    pub fn is_gone(&mut self, counter: u32) {
        self.unseen.remove(&counter);
        self.floor.forget(counter);
    }

    /// What a counter does is told again.
    pub fn is_seen(&mut self, counter: u32) {
        self.unseen.remove(&counter);
    }

    /// What is believed about its future.
    pub fn odds(&self, hall: &Hall) -> Odds {
        self.experience.odds(hall)
    }

    /// The waits of everybody, in one batch. A ticket's first estimate is remembered
    /// and judged when it is called.
    pub fn estimate(&mut self, now: Second) -> Waits {
        let hall = self.hall(now);
        let raw = self.roll(&hall);
        let told = self.told(raw.clone());
        for ((ticket, wait), told) in raw.iter().zip(told.values()) {
            if wait.p90_s > 0 {
                self.promised.entry(*ticket).or_insert((now, *wait, told.p90_s));
            }
        }
        told
    }

    /// Nobody is judged by what this ticket was told.
    pub fn promise_nothing(&mut self, ticket: Key) {
        self.promised.remove(&ticket);
    }

    /// The waits in a hall that is only imagined; nothing is remembered.
    pub fn imagine(&self, hall: &Hall) -> Waits {
        self.told(self.roll(hall))
    }

    fn roll(&self, hall: &Hall) -> Waits {
        roll::roll(hall, &self.odds(hall), self.seed, self.replications)
    }

    fn told(&self, raw: Waits) -> Waits {
        raw.into_iter().map(|(ticket, wait)| (ticket, self.calibration.apply(wait))).collect()
    }
}

#[cfg(test)]
mod tests;
