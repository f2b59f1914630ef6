//! Counters whose work nobody tells of: somebody sits there and serves, and presses no
//! button. While people wait for such a counter it is supposed to be busy, one service
//! of the usual length after the other. That is neither "calls at once", which it does
//! not, nor "is closed", which it is not.

use std::collections::BTreeMap;

use super::hall::{Doing, Hall, Second, Service};

/// The hall with what such counters are supposed to do.
pub fn supposed(
    mut hall: Hall,
    unseen: &BTreeMap<u32, Second>,
    mean_secs: impl Fn(Service) -> f32,
) -> Hall {
    let (now, waiting) = (hall.now, &hall.waiting);
    let there: Vec<u32> =
        hall.counters.iter().filter(|one| one.is_there()).map(|one| one.number).collect();
    for counter in &mut hall.counters {
        let Some(free_secs_max) = unseen.get(&counter.number) else { continue };
        let Doing::Free { since, wanted: Some(wanted) } = counter.doing else { continue };
        let begun = since.max(wanted);
        if now.saturating_sub(begun) < *free_secs_max {
            continue;
        }
        let first = waiting.iter().find(|waiting| {
            counter.lanes.has(waiting.lane)
                && waiting.is_for(counter.number, |other| there.contains(&other))
        });
        let Some(service) = first.map(|waiting| waiting.service) else { continue };
        let length = (mean_secs(service) as Second).max(1);
        let age = now.saturating_sub(begun).rem_euclid(length);
        counter.doing = Doing::Serving { service, since: now - age, arrived: true, waited: 0 };
    }
    hall
}

#[cfg(test)]
mod tests {
    use super::super::hall::{Counter, LaneSet, Waiting};
    use super::*;

    fn doing_at(now: Second, doing: Doing, free_secs_max: Second) -> Doing {
        let counter = Counter {
            number: 3,
            lanes: LaneSet::ALL,
            doing,
            breaks: Vec::new(),
            closes: None,
            credited_in_a_row: 0,
        };
        let one = Waiting {
            ticket: 1,
            lane: 0,
            service: 7,
            issued: 1_000,
            effective: 1_000,
            credited: false,
            wants: None,
        };
        let hall = Hall { now, counters: vec![counter], waiting: vec![one], ..Hall::default() };
        supposed(hall, &[(3, free_secs_max)].into(), |_| 300.0).counters[0].doing
    }

    #[test]
    fn a_counter_that_is_wanted_and_calls_nobody_is_busy_one_service_after_the_other() {
        let free = Doing::Free { since: Second::MIN, wanted: Some(1_000) };
        let busy = |since| Doing::Serving { service: 7, since, arrived: true, waited: 0 };
        for (now, doing) in [
            (1_000, busy(1_000)),
            (1_299, busy(1_000)),
            (1_300, busy(1_300)),
            (1_900, busy(1_900)),
            (1_901, busy(1_900)),
        ] {
            assert_eq!(doing_at(now, free, 0), doing, "{now}");
        }
    }

    #[test]
    fn what_is_known_of_it_stays() {
        let free = Doing::Free { since: 900, wanted: Some(1_000) };
        assert_eq!(doing_at(1_119, free, 120), free, "somebody may be about to press");
        assert_ne!(doing_at(1_120, free, 120), free);
        let idle = Doing::Free { since: 900, wanted: None };
        let closed = Doing::Closed { since: 900, until: None };
        let serving = Doing::Serving { service: 1, since: 950, arrived: false, waited: 9 };
        for known in [idle, closed, serving] {
            assert_eq!(doing_at(2_000, known, 0), known);
        }
    }
}
