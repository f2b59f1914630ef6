//! How many people with a credit are still to come: the last hour's arrivals, times
//! the share that each lane usually has of credited ones.

use std::collections::{BTreeMap, VecDeque};

use super::hall::{Lane, Second, Service};
use super::odds::Stream;

const HOUR: Second = 3600;

/// The long-run rate weighs as much as so many seconds of today.
const LONG_RUN_SECS: f64 = 1800.0;

/// After so many arrivals an older one counts half.
const HALF: f64 = 1000.0;

/// Arrivals, all and credited.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams {
    recent: VecDeque<Second>,
    first_today: Option<Second>,
    today: f64,
    /// Fading counts: everybody, and by lane and service those with a credit, with
    /// the credit seen last.
    all: f64,
    credited: BTreeMap<(Lane, Service), (f64, Second)>,
    /// Fading sums of arrivals and of open seconds.
    long_run: (f64, f64),
}

impl Streams {
    /// Somebody came; `credit` when they overtake.
    pub fn came(&mut self, at: Second, lane: Lane, service: Service, credit: Option<Second>) {
        self.first_today.get_or_insert(at);
        self.recent.push_back(at);
        while self.recent.front().is_some_and(|first| at.saturating_sub(*first) > HOUR) {
            self.recent.pop_front();
        }
        let keep = 0.5f64.powf(1.0 / HALF);
        self.all = self.all * keep + 1.0;
        self.credited.values_mut().for_each(|(count, _)| *count *= keep);
        if let Some(credit) = credit {
            let (count, last) = self.credited.entry((lane, service)).or_default();
            *count += 1.0;
            *last = credit;
        }
        self.today += 1.0;
    }

    /// Today becomes part of the long run, the last ten days or so.
    pub fn begin_day(&mut self) {
        if let (Some(first), Some(last)) = (self.first_today, self.recent.back()) {
            self.long_run.1 += last.saturating_sub(first).max(0) as f64;
            self.long_run.0 += self.today;
            self.long_run = (self.long_run.0 * 0.9, self.long_run.1 * 0.9);
        }
        self.today = 0.0;
        self.recent.clear();
        self.first_today = None;
    }

    /// Who is expected from `now` on.
    pub fn at(&self, now: Second) -> Vec<Stream> {
        let here = self.recent.iter().filter(|at| now.saturating_sub(**at) <= HOUR).count() as f64;
        let open = self.first_today.map_or(0, |first| now.saturating_sub(first).clamp(0, HOUR));
        let usual = if self.long_run.1 > 0.0 { self.long_run.0 / self.long_run.1 } else { 0.0 };
        let firm = if usual > 0.0 { LONG_RUN_SECS } else { 0.0 };
        let rate = (here + usual * firm) / (open as f64 + firm).max(600.0);
        let stream = |(&(lane, service), &(count, credit)): (&(Lane, Service), &(f64, Second))| {
            let per_second = (rate * count / self.all.max(1.0)) as f32;
            Stream { lane, service, per_second, credit }
        };
        self.credited.iter().map(stream).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_of_sixty_an_hour_is_six_an_hour() {
        let mut streams = Streams::default();
        for minute in 0..600 {
            let credit = (minute % 10 == 0).then_some(900);
            streams.came(minute * 60, 2, 5, credit);
        }
        let expected = streams.at(600 * 60);
        assert_eq!(expected.len(), 1);
        assert_eq!((expected[0].lane, expected[0].service, expected[0].credit), (2, 5, 900));
        let an_hour = expected[0].per_second * 3600.0;
        assert!(an_hour > 5.0 && an_hour < 7.0, "{an_hour}");
    }

    #[test]
    fn nobody_seen_nobody_expected_and_a_clock_going_back_does_no_harm() {
        assert_eq!(Streams::default().at(0), []);
        let mut streams = Streams::default();
        for at in [100, 50, Second::MIN, Second::MAX] {
            streams.came(at, 0, 0, Some(1));
        }
        streams.begin_day();
        assert!(streams.at(Second::MIN).iter().all(|stream| stream.per_second.is_finite()));
    }
}
