//! What must hold in any hall.

mod any;
mod learned;

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock;
use crate::queue::order::{self, Class, Place, Rules};
use hall::{Booking, Break, Counter, Doing, LaneSet, Waiting};
use odds::{Absence, Stream};
use spread::{Spread, believed};
use what_if::Change;
use window::Window;

const NOW: Second = 1_764_039_600;

const RULES: Rules = Rules {
    priority_credit: Duration::from_secs(15 * 60),
    late_after: Duration::from_secs(15 * 60),
    return_credit: Duration::from_secs(10 * 60),
    credited_in_a_row: 2,
};

/// Somebody in lane 0 who came `ago` seconds ago.
fn waiting(ticket: Key, ago: Second) -> Waiting {
    let issued = NOW - ago;
    let (effective, credited, wants) = (issued, false, None);
    Waiting { ticket, lane: 0, service: 0, issued, effective, credited, wants }
}

fn counter(number: u32, doing: Doing) -> Counter {
    let lanes = LaneSet::ALL;
    Counter { number, lanes, doing, breaks: Vec::new(), closes: None, credited_in_a_row: 0 }
}

fn idle(number: u32) -> Counter {
    counter(number, Doing::Free { since: NOW - 7200, wanted: None })
}

fn serving(number: u32, since: Second) -> Counter {
    counter(number, Doing::Serving { service: 0, since: NOW - since, arrived: true, waited: 0 })
}

fn hall(counters: Vec<Counter>, waiting: Vec<Waiting>) -> Hall {
    Hall { now: NOW, counters, waiting, ..Hall::default() }
}

/// Ten minutes on average, and nothing else.
fn plain() -> Odds {
    let ten = Spread::of(believed(600.0, 0.8));
    Odds { services: vec![ten.clone()], unknown: ten, after: Spread::of([0.0]), ..Odds::default() }
}

fn roll(hall: &Hall, odds: &Odds) -> Waits {
    roll::roll(hall, odds, 7, roll::REPLICATIONS)
}

#[test]
fn an_empty_hall_with_a_free_counter_means_now() {
    let estimator = Estimator::new(&BTreeMap::new(), 1);
    let waits = estimator.imagine(&hall(vec![idle(1)], vec![waiting(1, 0)]));
    assert_eq!(waits[&1], Wait::default());
}

#[test]
fn the_second_waits_for_one_service_and_the_third_for_two() {
    let waits =
        roll(&hall(vec![idle(1)], vec![waiting(1, 3), waiting(2, 2), waiting(3, 1)]), &plain());
    assert_eq!(waits[&1], Wait::default());
    // The middle of a service of ten minutes on average is at about eight.
    assert!((420..540).contains(&waits[&2].p50_s), "{waits:?}");
    assert!((960..1200).contains(&waits[&3].p50_s), "{waits:?}");
}

#[test]
fn what_has_lasted_long_lasts_on() {
    let wait = |since| roll(&hall(vec![serving(1, since)], vec![waiting(1, 0)]), &plain())[&1];
    assert!(wait(1200).p50_s > wait(0).p50_s / 2);
    assert!(wait(1200).p50_s < 900, "{:?}", wait(1200));
}

#[test]
fn a_lane_that_no_counter_calls_has_no_wait() {
    let mut only_other = idle(1);
    only_other.lanes = LaneSet(0b10);
    assert_eq!(roll(&hall(vec![only_other], vec![waiting(1, 0)]), &plain()), Waits::new());
    assert_eq!(roll(&hall(Vec::new(), vec![waiting(1, 0)]), &plain()), Waits::new());
}

#[test]
fn breaks_closings_and_returns_are_reckoned_with() {
    let wait = |change: &dyn Fn(&mut Counter)| {
        let mut busy = serving(1, 0);
        change(&mut busy);
        roll(&hall(vec![busy], vec![waiting(1, 0)]), &plain()).get(&1).copied()
    };
    let usual = wait(&|_| {}).unwrap();
    let lunch = wait(&|counter| counter.breaks.push(Break { from: NOW, secs: 2700 })).unwrap();
    assert_eq!(lunch.p50_s, usual.p50_s + 2700);
    assert_eq!(wait(&|counter| counter.closes = Some(NOW)), None);
    let back = Doing::Closed { since: NOW - 600, until: Some(NOW + 300) };
    assert_eq!(wait(&|counter| counter.doing = back).unwrap().p50_s, 300);
    let overdue = Doing::Closed { since: NOW - 3600, until: Some(NOW - 900) };
    assert!((120..600).contains(&wait(&|counter| counter.doing = overdue).unwrap().p50_s));
    let gone = Doing::Closed { since: NOW - 4 * 3600, until: None };
    assert_eq!(wait(&|counter| counter.doing = gone), None);
}

#[test]
fn a_priority_ticket_passes_and_the_cap_lets_the_others_through() {
    let mut favoured = waiting(2, 0);
    (favoured.effective, favoured.credited) = (NOW - 900, true);
    let mut other = favoured.clone();
    other.ticket = 3;
    let mut full = hall(vec![serving(1, 0)], vec![waiting(1, 60), favoured, other]);
    let waits = roll(&full, &plain());
    assert!(waits[&2].p50_s < waits[&3].p50_s && waits[&3].p50_s < waits[&1].p50_s, "{waits:?}");
    full.credited_in_a_row_max = Some(1);
    let waits = roll(&full, &plain());
    assert!(waits[&2].p50_s < waits[&1].p50_s && waits[&1].p50_s < waits[&3].p50_s, "{waits:?}");
}

#[test]
fn people_still_to_come_who_will_overtake_make_the_wait_longer() {
    let mut odds = plain();
    let mut full = hall(vec![serving(1, 0)], (0..5).map(|n| waiting(n, 60 - n as i64)).collect());
    let alone = roll(&full, &odds)[&4];
    odds.streams = vec![Stream { lane: 0, service: 0, per_second: 1.0 / 900.0, credit: 86_400 }];
    assert!(roll(&full, &odds)[&4].p50_s > alone.p50_s + 300);
    odds.streams.clear();
    let effective = NOW - 86_400;
    full.booked = vec![Booking { ticket: 9, lane: 0, service: 0, slot: NOW + 60, effective }];
    assert!(roll(&full, &odds)[&4].p50_s > alone.p50_s + 300);
}

#[test]
fn those_who_will_not_come_make_it_shorter() {
    let full = hall(vec![serving(1, 0)], (0..9).map(|n| waiting(n, 4000 - n as i64)).collect());
    let mut odds = plain();
    odds.lost = Spread::of([90.0]);
    let all_come = roll(&full, &odds)[&8];
    odds.absent = Absence([0.3; odds::ABSENCE_STEPS]);
    assert!(roll(&full, &odds)[&8].p50_s < all_come.p50_s * 9 / 10);
}

#[test]
fn a_counter_opened_now_shortens_the_wait_of_whoever_it_calls() {
    let estimator = Estimator::new(&BTreeMap::new(), 1);
    let mut full = hall(vec![serving(1, 0)], (0..8).map(|n| waiting(n, 60)).collect());
    full.waiting[7].lane = 1;
    let change = Change::Open { counter: 3, lanes: LaneSet(1), at: NOW };
    let (before, after) = (estimator.imagine(&full), estimator.imagine(&full.with(&change)));
    assert!(after[&6].p90_s < before[&6].p90_s * 2 / 3, "{before:?} {after:?}");
    assert!(after[&7].p50_s <= before[&7].p50_s);
    let closed = full.with(&change).with(&Change::Close { counter: 3, at: NOW });
    assert_eq!(estimator.imagine(&closed), before);
}

/// The wait of somebody who is meant for counter 1, where counter 2 is free.
fn meant_for_the_first(first: Counter) -> Option<Wait> {
    let meant = Waiting { wants: Some(1), ..waiting(1, 60) };
    roll(&hall(vec![first, idle(2)], vec![meant]), &plain()).get(&1).copied()
}

#[test]
fn who_is_meant_for_a_counter_waits_for_it_as_long_as_it_is_there() {
    let usual = roll(&hall(vec![serving(1, 0)], vec![waiting(1, 60)]), &plain())[&1];
    assert_eq!(meant_for_the_first(serving(1, 0)), Some(usual));
    let at_once = Some(Wait::default());
    for gone in [None, Some(NOW + 3600)] {
        let doing = Doing::Closed { since: NOW - 60, until: gone };
        assert_eq!(meant_for_the_first(counter(1, doing)), at_once, "{gone:?}");
    }
    assert_eq!(meant_for_the_first(idle(3)), at_once, "nobody sits at counter 1");
    // When it takes its break or closes after this service, the other one calls them.
    let mut pausing = serving(1, 0);
    pausing.breaks.push(Break { from: NOW, secs: 2700 });
    assert_eq!(meant_for_the_first(pausing), Some(usual));
    let closing = Counter { closes: Some(NOW), ..serving(1, 0) };
    assert_eq!(meant_for_the_first(closing), Some(usual));
}

#[test]
fn who_is_meant_for_another_counter_keeps_nobody_waiting() {
    let meant = Waiting { wants: Some(1), ..waiting(1, 3000) };
    let line = vec![meant, waiting(2, 60), waiting(3, 30)];
    let waits = roll(&hall(vec![serving(1, 0), idle(2)], line), &plain());
    assert_eq!(waits[&2], Wait::default());
    assert!(waits[&1].p50_s > 0 && waits[&3].p50_s > 0, "{waits:?}");
}

#[test]
fn whoever_comes_now_can_be_told_a_wait_before_they_have_a_number() {
    let estimator = Estimator::new(&BTreeMap::new(), 1);
    let full = hall(vec![serving(1, 0)], vec![waiting(1, 60)]);
    let waits = estimator.imagine(&full.with(&Change::Arrival { ticket: 5, lane: 0, service: 0 }));
    assert!(waits[&5].p50_s > waits[&1].p50_s);
}

#[test]
fn nobody_counts_on_a_counter_to_come_back_after_the_office_has_closed() {
    let away = |closes: Option<Second>| {
        let doing = Doing::Closed { since: NOW - 60, until: None };
        let mut hall = hall(vec![counter(1, doing)], vec![waiting(1, 60)]);
        hall.closes = vec![closes];
        Estimator::new(&BTreeMap::new(), 1).imagine(&hall)
    };
    assert!(away(None).contains_key(&1), "it comes back some time");
    assert!(!away(Some(NOW + 300)).contains_key(&1), "not in five minutes");
    assert!(away(Some(NOW + 8 * 3600)).contains_key(&1));
}
