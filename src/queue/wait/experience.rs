//! What the hall has taught: how long services really take, how fast today goes, how
//! often somebody does not come. Fed by what has happened, never by what will.
//!
//! A service is believed to take what the town configured until it has been seen;
//! every duration seen weighs more than older ones, so that a new procedure or a new
//! machine is noticed within days. Today's pace and each counter's are a cautious
//! ratio to that: a few slow services are chance, thirty are a slow day.

use std::collections::BTreeMap;

use super::hall::{Hall, Lane, Second, Service};
use super::odds::{ABSENCE_STEPS, Absence, Odds};
use super::pace::Pace;
use super::ring::Ring;
use super::spread::{Spread, believed};
use super::streams::Streams;

/// Longer than this nobody was served: a clerk forgot to press.
const SERVICE_MAX_SECS: f64 = 3.0 * 3600.0;
const LOST_MAX_SECS: f64 = 900.0;
const AFTER_MAX_SECS: f64 = 3600.0;
const PAUSE_MAX_SECS: f64 = 3.0 * 3600.0;

/// What is believed about absences before any was seen, and how firmly.
const ABSENT: f32 = 0.05;
const ABSENT_FIRM: f32 = 40.0;
/// After so many calls an older one counts half.
const ABSENT_HALF: f32 = 1500.0;

/// What a town expects before its hall has taught better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    pub mean_secs: f64,
    /// Standard deviation over mean.
    pub cv: f64,
}

impl Default for Prior {
    /// An ordinary procedure at a counter.
    fn default() -> Self {
        Self { mean_secs: 600.0, cv: 0.8 }
    }
}

/// Everything learned so far.
#[derive(Clone, Debug)]
pub struct Experience {
    services: BTreeMap<Service, Ring>,
    after: Ring,
    lost: Ring,
    pause: Ring,
    late: Ring,
    absent: [(f32, f32); ABSENCE_STEPS],
    booked: (f32, f32),
    pub(super) pace: Pace,
    pub(super) streams: Streams,
}

impl Experience {
    /// Nothing seen yet; `priors` by service.
    pub fn new(priors: &BTreeMap<Service, Prior>) -> Self {
        let ring = |prior: &Prior| Ring::new(believed(prior.mean_secs, prior.cv));
        Self {
            services: priors.iter().map(|(service, prior)| (*service, ring(prior))).collect(),
            after: Ring::new(vec![0.0, 0.0, 0.0, 0.0, 0.0, 30.0, 90.0, 180.0]),
            lost: Ring::new(believed(90.0, 0.4)),
            pause: Ring::new(believed(2400.0, 0.5)),
            late: Ring::new(vec![0.0, 0.0, 0.0, 60.0, 240.0]),
            absent: [(0.0, 0.0); ABSENCE_STEPS],
            booked: (0.0, 0.0),
            pace: Pace::default(),
            streams: Streams::default(),
        }
    }

    /// A service ended.
    pub fn served(&mut self, service: Service, counter: u32, secs: f64) {
        if !(0.0..=SERVICE_MAX_SECS).contains(&secs) {
            return;
        }
        let prior = Prior::default();
        let new = || Ring::new(believed(prior.mean_secs, prior.cv));
        let ring = self.services.entry(service).or_insert_with(new);
        self.pace.saw(counter, ring.surprise(secs), ring.log_variance());
        ring.push(secs);
    }

    /// Somebody was called after this wait, and came or not.
    pub fn called(&mut self, waited_secs: f64, came: bool) {
        let (absent, calls) = &mut self.absent[Absence::step(waited_secs as f32)];
        let keep = 0.5f32.powf(1.0 / ABSENT_HALF);
        *absent = *absent * keep + if came { 0.0 } else { 1.0 };
        *calls = *calls * keep + 1.0;
    }

    /// A counter lost this time with somebody who did not come.
    pub fn lost(&mut self, secs: f64) {
        self.lost.push_within(secs, LOST_MAX_SECS);
    }

    /// From the end of a service to the next call, while somebody waited.
    pub fn after(&mut self, secs: f64) {
        self.after.push_within(secs, AFTER_MAX_SECS);
    }

    /// A counter came back from an absence that named no end.
    pub fn paused(&mut self, secs: f64) {
        self.pause.push_within(secs, PAUSE_MAX_SECS);
    }

    /// An appointment checked in; so long after its slot, or never.
    pub fn appointed(&mut self, late_secs: Option<f64>) {
        if let Some(late) = late_secs {
            self.late.push_within(late.max(0.0), AFTER_MAX_SECS);
        }
        self.booked.0 += if late_secs.is_none() { 1.0 } else { 0.0 };
        self.booked.1 += 1.0;
    }

    /// A new business day: yesterday's pace says nothing about today's.
    pub fn begin_day(&mut self) {
        self.pace = Pace::default();
        self.streams.begin_day();
    }

    /// What a roll forward of `hall` draws from.
    pub fn odds(&self, hall: &Hall) -> Odds {
        let services = self.services.keys().next_back().map_or(0, |last| usize::from(*last) + 1);
        let spread = |service: usize| {
            let ring = Service::try_from(service).ok().and_then(|key| self.services.get(&key));
            ring.map(Ring::spread).unwrap_or_default()
        };
        let prior = Prior::default();
        Odds {
            services: (0..services).map(spread).collect(),
            unknown: Spread::of(believed(prior.mean_secs, prior.cv)),
            pace: self.pace.of(hall.counters.iter().map(|counter| counter.number)),
            after: self.after.spread(),
            lost: self.lost.spread(),
            absent: self.absence(),
            pause: self.pause.spread(),
            late: self.late.spread(),
            missing: (self.booked.0 + 1.0) / (self.booked.1 + 20.0),
            streams: self.streams.at(hall.now),
        }
    }

    /// Each step as far as it was seen, else as all of them together.
    fn absence(&self) -> Absence {
        let all = self.absent.iter().fold((0.0, 0.0), |sum, step| (sum.0 + step.0, sum.1 + step.1));
        let usual = (all.0 + ABSENT * ABSENT_FIRM) / (all.1 + ABSENT_FIRM);
        Absence(
            self.absent.map(|(gone, calls)| (gone + usual * ABSENT_FIRM) / (calls + ABSENT_FIRM)),
        )
    }

    /// Somebody came.
    pub fn issued(&mut self, at: Second, lane: Lane, service: Service, credit: Option<Second>) {
        self.streams.came(at, lane, service, credit);
    }
}
