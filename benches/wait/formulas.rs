//! What other machines print: formulas over the number of people ahead, or the wait
//! of somebody before.

use std::collections::BTreeMap;

use madoguchi::queue::wait::floor::Event;
use madoguchi::queue::wait::hall::{Doing, Hall, Key, Lane, Second};

/// What was known when a ticket was issued, as far as formulas use it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    pub ahead: f64,
    pub ahead_in_lane: f64,
    pub counters: f64,
    pub counters_of_lane: f64,
    /// The mean service of the lane so far, in minutes.
    pub mean_in_lane: f64,
    /// The wait of the last one called in the lane, in minutes.
    pub last_wait: f64,
}

impl Sight {
    /// People ahead, times the average.
    pub fn ahead_by_average(&self) -> f64 {
        self.ahead_in_lane * self.mean_in_lane
    }

    /// Minutes a head up to one's own place, over the counters that are signed in.
    pub fn by_counters(&self, minutes: f64) -> f64 {
        (self.ahead + 1.0) * minutes / self.counters.max(1.0)
    }

    /// The same within one service.
    pub fn by_counters_of_lane(&self, minutes: f64) -> f64 {
        (self.ahead_in_lane + 1.0) * minutes / self.counters_of_lane.max(1.0)
    }
}

/// Keeps what the formulas need.
#[derive(Clone, Debug, Default)]
pub struct Sights {
    issued: BTreeMap<Key, (Second, Lane)>,
    since: BTreeMap<u32, (Second, Lane)>,
    means: BTreeMap<Lane, (f64, f64)>,
    last_waits: BTreeMap<Lane, f64>,
}

impl Sights {
    pub fn take(&mut self, at: Second, event: &Event) {
        match event {
            Event::Issue(waiting) => {
                self.issued.insert(waiting.ticket, (at, waiting.lane));
            }
            Event::Call { ticket, counter } => {
                if let Some((issued, lane)) = self.issued.remove(ticket) {
                    self.last_waits.insert(lane, (at - issued) as f64 / 60.0);
                    self.since.insert(*counter, (at, lane));
                }
            }
            Event::Done { counter, .. } => {
                if let Some((since, lane)) = self.since.remove(counter) {
                    let mean = self.means.entry(lane).or_default();
                    mean.0 += (at - since) as f64 / 60.0;
                    mean.1 += 1.0;
                }
            }
            _ => {}
        }
    }

    /// A new day: nobody has waited yet.
    pub fn begin_day(&mut self) {
        self.issued.clear();
        self.last_waits.clear();
    }

    /// What a newcomer of `lane`, already among those who wait, sees.
    pub fn sight(&self, hall: &Hall, lane: Lane) -> Sight {
        let open = |counter: &&madoguchi::queue::wait::hall::Counter| {
            !matches!(counter.doing, Doing::Closed { .. })
        };
        let (sum, count) = self.means.get(&lane).copied().unwrap_or_default();
        let mine = hall.waiting.iter().filter(|waiting| waiting.lane == lane).count();
        let counters = hall.counters.iter().filter(open);
        Sight {
            ahead: hall.waiting.len().saturating_sub(1) as f64,
            ahead_in_lane: mine.saturating_sub(1) as f64,
            counters: counters.clone().count() as f64,
            counters_of_lane: counters.filter(|counter| counter.lanes.has(lane)).count() as f64,
            mean_in_lane: if count > 0.0 { sum / count } else { 10.0 },
            last_wait: self.last_waits.get(&lane).copied().unwrap_or(0.0),
        }
    }
}
