//! One day of the invented town as it would go: who comes when, for what, and how long
//! it takes. Drawn from a seed; pure.

use std::time::Duration;

use crate::clock::Moment;
use crate::queue::wait::rng::Rng;

/// How many people come, as a share of how many its counters can just serve.
const BUSY: f64 = 0.9;
/// The town is practised: nobody takes as long as the office expects, and whoever looks
/// on has something to see.
const QUICK: f64 = 0.5;
/// A counter is not free at once: the next one walks up, the last one's papers go away.
const BETWEEN_SECS: f64 = 50.0;
/// One in so many has a credit, does not come when called, or goes on to another lane.
const PRIORITY: f32 = 0.05;
const ABSENT: f32 = 0.05;
const GOES_ON: f32 = 0.12;
/// One in so many has no more than about half an hour.
const IN_A_HURRY: f32 = 0.08;

/// Somebody who comes, and what they come for.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    pub at: Moment,
    /// Which of the town's lanes.
    pub lane: usize,
    pub priority: bool,
    /// From the counter to the end.
    pub served: Duration,
    /// Does not come when called.
    pub absent: bool,
    /// Another lane goes on with it afterwards.
    pub on_to: Option<usize>,
    /// Goes away after so long.
    pub patience: Option<Duration>,
}

/// What the town's counters can do in one lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Minutes that one takes.
    pub minutes: u32,
    /// Counters that call it, shared ones in part.
    pub counters: f64,
}

/// Everybody who comes between `opens` and `closes`, in the order in which they come.
/// `busy` is how this day compares with an ordinary one.
pub fn errands(
    offers: &[Offer],
    [opens, closes]: [Moment; 2],
    busy: f64,
    seed: u64,
) -> Vec<Errand> {
    let mut rng = Rng::new(seed);
    let mut errands = Vec::new();
    for (lane, offer) in offers.iter().enumerate().filter(|(_, offer)| offer.counters > 0.0) {
        let service = f64::from(offer.minutes) * 60.0 * QUICK;
        // As often as the busiest hour asks for; quieter hours let some of them fall.
        let gap = (service + BETWEEN_SECS) / (BUSY * busy * offer.counters * BUSIEST);
        let mut at = opens;
        loop {
            at += Duration::from_secs_f64(exponential(&mut rng) * gap);
            if at >= closes {
                break;
            }
            let hour = (at - opens).as_seconds_f64() / 3600.0;
            if f64::from(rng.unit()) * BUSIEST < crowding(hour) {
                errands.push(errand(&mut rng, at, lane, service, offers));
            }
        }
    }
    errands.sort_by_key(|errand| errand.at);
    errands
}

fn errand(rng: &mut Rng, at: Moment, lane: usize, service: f64, offers: &[Offer]) -> Errand {
    let served = Duration::from_secs_f64((service * lognormal(rng)).clamp(45.0, 3600.0));
    let (priority, absent) = (rng.unit() < PRIORITY, rng.unit() < ABSENT);
    let other = (0..offers.len()).find(|other| *other != lane && offers[*other].counters > 0.0);
    let on_to = other.filter(|_| rng.unit() < GOES_ON);
    let patience = (rng.unit() < IN_A_HURRY)
        .then(|| Duration::from_secs_f64(1200.0 + exponential(rng) * 1800.0));
    Errand { at, lane, priority, served, absent, on_to, patience }
}

const BUSIEST: f64 = 1.45;

/// How full a town hall is so many hours after it opened: the late morning, and the
/// hours around noon, when others have their break.
fn crowding(hour: f64) -> f64 {
    let peak = |at: f64, wide: f64| (-((hour - at) / wide).powi(2)).exp();
    (0.55 + 0.9 * peak(2.0, 1.0) + 0.75 * peak(4.6, 1.1) + 0.25 * peak(7.0, 1.0)).min(BUSIEST)
}

/// With a mean of one.
fn exponential(rng: &mut Rng) -> f64 {
    -(1.0 - f64::from(rng.unit())).ln()
}

/// With a mean of one: most are quick, a few take long.
fn lognormal(rng: &mut Rng) -> f64 {
    const SIGMA: f64 = 0.55;
    let normal: f64 = (0..12).map(|_| f64::from(rng.unit())).sum::<f64>() - 6.0;
    (SIGMA * normal - SIGMA * SIGMA / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const OPENS: Moment = datetime!(2026-11-24 8:30 +9);
    const CLOSES: Moment = datetime!(2026-11-24 17:15 +9);
    const OFFERS: [Offer; 2] =
        [Offer { minutes: 6, counters: 1.0 }, Offer { minutes: 10, counters: 2.0 }];

    #[test]
    fn a_seed_repeats_its_day_and_nobody_comes_while_it_is_closed() {
        let day = |seed| errands(&OFFERS, [OPENS, CLOSES], 1.0, seed);
        assert_eq!(day(1), day(1));
        assert_ne!(day(1), day(2));
        assert!(day(1).iter().all(|errand| errand.at >= OPENS && errand.at < CLOSES));
        assert!(day(1).is_sorted_by_key(|errand| errand.at));
    }

    #[test]
    fn the_counters_are_busy_and_can_just_do_it() {
        let days = (0..40).map(|seed| errands(&OFFERS, [OPENS, CLOSES], 1.0, seed));
        let day_secs = (CLOSES - OPENS).as_seconds_f64();
        let takes = |errand: Errand| errand.served.as_secs_f64() + BETWEEN_SECS;
        let work: f64 = days.flatten().map(takes).sum();
        let busy = work / 40.0 / day_secs / 3.0;
        assert!((0.7..1.0).contains(&busy), "{busy}");
    }

    #[test]
    fn a_busier_day_brings_more_people_and_no_counter_nobody() {
        let count = |busy| {
            let day = |seed| errands(&OFFERS, [OPENS, CLOSES], busy, seed).len();
            (0..20).map(day).sum::<usize>()
        };
        assert!(count(1.3) > count(1.0) * 6 / 5, "{} {}", count(1.3), count(1.0));
        let closed = [Offer { minutes: 6, counters: 0.0 }];
        assert_eq!(errands(&closed, [OPENS, CLOSES], 1.0, 1), []);
    }
}
