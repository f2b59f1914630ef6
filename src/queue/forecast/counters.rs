//! What the journal's entries about counters are for the hall: who sits where, and who
//! is away until when.

use serde_json::Value;

use super::Forecast;
use crate::clock::Moment;
use crate::queue::duty::{self, Pause};
use crate::queue::wait::floor::{BREAK_EARLY_SECS, BREAK_LATE_SECS, Event};
use crate::queue::wait::hall::{Break, Second};

/// Where nobody is signed in others press the buttons. Who is free and calls nobody
/// for so long is taken to be busy with somebody whom no button was pressed for.
const PRESSED_WITHIN_SECS: Second = 120;

/// The numbers of the places beside a counter, above those of all counters.
const BESIDE: u32 = 1 << 20;

impl Forecast {
    /// An entry about a counter.
    pub(super) fn counter(&mut self, at: Moment, (kind, facts): (&str, &str), id: &str) {
        let Ok(counter) = id.parse::<u32>() else { return };
        let at = at.unix_timestamp();
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
            _ => self.pause(at, counter, facts),
        }
        self.whom_it_is_meant_for(at, counter);
    }

    /// Until when is what the clerk said, or what was planned.
    fn pause(&mut self, at: Second, counter: u32, facts: &str) {
        let facts: Value = serde_json::from_str(facts).unwrap_or_default();
        let said = facts["minutes"].as_i64().map(|minutes| at.saturating_add(minutes * 60));
        let is_break = facts["why"].as_str().and_then(Pause::from_id) == Some(Pause::Break);
        let is_now = |pause: &Break| {
            pause.from - BREAK_EARLY_SECS <= at && at - pause.from <= BREAK_LATE_SECS
        };
        let planned = self.breaks(counter).into_iter().find(is_now).filter(|_| is_break);
        if let Some(planned) = planned {
            self.taken.insert((counter, planned.from));
        }
        let until = said.or(planned.map(|planned| at + Second::from(planned.secs)));
        self.pausing.insert(counter, until);
        if !self.is_busy(counter) {
            self.begin_pause(at, counter);
        }
    }

    /// Nobody is served any more where a pause was asked for.
    pub(super) fn begin_pause(&mut self, at: Second, counter: u32) {
        if let Some(until) = self.pausing.get(&counter) {
            let until = *until;
            self.tell(at, Event::Close { counter, until });
        }
    }

    /// The breaks that a counter is still to take today.
    fn breaks(&self, counter: u32) -> Vec<Break> {
        let Some(day) = self.day else { return Vec::new() };
        let planned = self.setup.planned.breaks(counter, day).into_iter();
        let planned = planned.map(|[from, to]| Break {
            from: from.unix_timestamp(),
            secs: u32::try_from((to - from).whole_seconds()).unwrap_or(0),
        });
        planned.filter(|planned| !self.taken.contains(&(counter, planned.from))).collect()
    }

    /// How many sit at a counter where nobody is signed in. Only one of them calls by
    /// the buttons; what the others do is not seen.
    pub(super) fn sit(&mut self, at: Second, counter: u32, people: Option<u32>) {
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

    pub(super) fn open(&mut self, at: Second, counter: u32) {
        let (lanes, breaks) = (self.lanes_of(counter), self.breaks(counter));
        self.tell(at, Event::Open { counter, lanes, breaks, closes: None });
    }
}
