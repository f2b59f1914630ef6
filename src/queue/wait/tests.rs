//! What must hold in any hall.

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
    Waiting { ticket, lane: 0, service: 0, issued, effective: issued, credited: false }
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

#[test]
fn whoever_comes_now_can_be_told_a_wait_before_they_have_a_number() {
    let estimator = Estimator::new(&BTreeMap::new(), 1);
    let full = hall(vec![serving(1, 0)], vec![waiting(1, 60)]);
    let waits = estimator.imagine(&full.with(&Change::Arrival { ticket: 5, lane: 0, service: 0 }));
    assert!(waits[&5].p50_s > waits[&1].p50_s);
}

#[test]
fn configured_minutes_are_believed_until_the_hall_teaches_better() {
    let priors = BTreeMap::from([(0, Prior { mean_secs: 1800.0, cv: 0.3 })]);
    let mut estimator = Estimator::new(&priors, 1);
    let behind_one = hall(vec![serving(1, 0)], vec![waiting(1, 0)]);
    let slow = estimator.imagine(&behind_one)[&1];
    assert!((1500..1900).contains(&slow.p50_s), "{slow:?}");
    let open = Event::Open { counter: 1, lanes: LaneSet::ALL, breaks: Vec::new(), closes: None };
    estimator.observe(0, open);
    for ticket in 0..60 {
        let at = ticket as i64 * 400;
        estimator.observe(at, Event::Issue(Waiting { ticket, ..waiting(0, NOW - at) }));
        estimator.observe(at, Event::Call { ticket, counter: 1 });
        estimator.observe(at + 300, Event::Done { ticket, counter: 1 });
    }
    estimator.begin_day();
    let learned = estimator.imagine(&behind_one)[&1];
    assert!((280..400).contains(&learned.p50_s), "{learned:?}");
}

/// Somebody issued, called and served, over and over: seconds from the issue to the
/// call, of the service, and to the next issue.
fn taught([to_call, service, to_next]: [Second; 3], times: u64) -> Estimator {
    let mut estimator = Estimator::new(&BTreeMap::new(), 1);
    let (mut at, counter) = (0, 1);
    let open = Event::Open { counter, lanes: LaneSet::ALL, breaks: Vec::new(), closes: None };
    estimator.observe(at, open);
    for ticket in 0..times {
        estimator.observe(at, Event::Issue(waiting(ticket, NOW - at)));
        estimator.estimate(at);
        at += to_call;
        estimator.observe(at, Event::Call { ticket, counter });
        at += service + to_next;
        if to_next < 0 {
            // The next one comes while this one is served.
            estimator.observe(at, Event::Issue(waiting(ticket + 1, NOW - at)));
            at -= to_next;
        }
        estimator.observe(at, Event::Done { ticket, counter });
    }
    estimator.begin_day();
    estimator
}

#[test]
fn what_a_clerk_has_to_finish_after_each_one_is_learned() {
    let behind = hall(vec![serving(1, 290)], vec![waiting(1, 0)]);
    let soon = taught([0, 300, 60], 200).imagine(&behind)[&1];
    let later = taught([240, 300, -100], 200).imagine(&behind)[&1];
    assert!(later.p50_s > soon.p50_s + 150, "{soon:?} {later:?}");
}

#[test]
fn a_free_counter_that_does_not_call_is_not_free() {
    let idle = |wanted: Option<Second>| {
        let mut idle = idle(1);
        idle.doing = Doing::Free { since: NOW - 7200, wanted };
        taught([0, 300, 60], 50).imagine(&hall(vec![idle], vec![waiting(1, 900)]))[&1]
    };
    assert_eq!(idle(None), Wait::default());
    assert_eq!(idle(Some(NOW - 5)), Wait::default());
    assert!(idle(Some(NOW - 900)).p50_s > 120, "{:?}", idle(Some(NOW - 900)));
}

#[test]
fn a_counter_is_wanted_from_the_first_who_waits_until_nobody_does() {
    let mut estimator = Estimator::new(&BTreeMap::new(), 1);
    let (counter, lanes) = (1, LaneSet::ALL);
    let issue = |ticket| Event::Issue(waiting(ticket, 0));
    let story = [
        (0, Event::Open { counter, lanes, breaks: Vec::new(), closes: None }, Some(None)),
        (10, issue(1), Some(Some(10))),
        (10, Event::Call { ticket: 1, counter }, None),
        (20, issue(2), None),
        (100, Event::Done { ticket: 1, counter }, Some(Some(100))),
        (150, issue(3), Some(Some(100))),
        (200, Event::Cancel { ticket: 2 }, Some(Some(100))),
        (210, Event::Cancel { ticket: 3 }, Some(None)),
        (300, issue(4), Some(Some(300))),
    ];
    for (at, event, expected) in story {
        estimator.observe(at, event);
        let is = match estimator.hall(at).counters[0].doing {
            Doing::Free { wanted, .. } => Some(wanted),
            _ => None,
        };
        assert_eq!(is, expected, "at {at}");
    }
}

#[test]
fn how_long_counters_stay_away_is_learned() {
    let away = Counter { doing: Doing::Closed { since: NOW, until: None }, ..idle(1) };
    let away = hall(vec![away], vec![waiting(1, 0)]);
    let mut estimator = Estimator::new(&BTreeMap::new(), 1);
    let expected = estimator.imagine(&away)[&1];
    let counter = 1;
    for round in 0..60 {
        let (at, lanes) = (round * 4000, LaneSet::ALL);
        estimator.observe(at, Event::Open { counter, lanes, breaks: Vec::new(), closes: None });
        estimator.observe(at + 3400, Event::Close { counter, until: None });
    }
    let learned = estimator.imagine(&away)[&1];
    assert!(expected.p50_s > 1200 && learned.p50_s < 700, "{expected:?} {learned:?}");
}

#[test]
fn a_promise_that_is_broken_each_time_is_corrected() {
    let behind = hall(vec![serving(1, 0)], vec![waiting(1, 0)]);
    // Two hours to each call: nobody believes that a clerk has so much to finish.
    let mut estimator = Estimator::new(&BTreeMap::new(), 1);
    let before = estimator.imagine(&behind)[&1];
    let counter = 1;
    let open = Event::Open { counter, lanes: LaneSet::ALL, breaks: Vec::new(), closes: None };
    estimator.observe(0, open);
    for ticket in 0..200 {
        let at = ticket as Second * 10_000;
        estimator.observe(at, Event::Issue(waiting(2 * ticket, NOW - at)));
        estimator.observe(at, Event::Call { ticket: 2 * ticket, counter });
        estimator.observe(at, Event::Issue(waiting(2 * ticket + 1, NOW - at)));
        estimator.estimate(at);
        estimator.observe(at + 600, Event::Done { ticket: 2 * ticket, counter });
        estimator.observe(at + 7200, Event::Call { ticket: 2 * ticket + 1, counter });
        estimator.observe(at + 7800, Event::Done { ticket: 2 * ticket + 1, counter });
    }
    let after = estimator.imagine(&behind)[&1];
    assert!(before.p90_s < 3000 && after.p90_s > 4000, "{before:?} {after:?}");
}

#[test]
fn now_is_now_whatever_came_of_earlier_promises() {
    let estimator = taught([400, 300, 60], 100);
    let free = hall(vec![idle(1)], vec![waiting(1, 0)]);
    assert_eq!(estimator.imagine(&free)[&1], Wait::default());
}

#[test]
fn thousands_waiting_are_answered() {
    let people = (0..5000).map(|n| waiting(n, 6000 - n as i64)).collect();
    let waits = roll(&hall((0..20).map(|n| serving(n, 60)).collect(), people), &plain());
    assert_eq!(waits.len(), 5000);
}

/// Any hall, the strangest ones too.
fn any_hall() -> impl Strategy<Value = Hall> {
    let second = prop_oneof![NOW - 9000..NOW + 9000, any::<i64>()];
    let doing = prop_oneof![
        (second.clone(), proptest::option::of(second.clone()))
            .prop_map(|(since, wanted)| Doing::Free { since, wanted }),
        (0u16..4, second.clone(), any::<bool>(), any::<u32>()).prop_map(
            |(service, since, arrived, waited)| Doing::Serving { service, since, arrived, waited }
        ),
        (second.clone(), proptest::option::of(second.clone()))
            .prop_map(|(since, until)| Doing::Closed { since, until }),
    ];
    let pause = (second.clone(), 0u32..7200).prop_map(|(from, secs)| Break { from, secs });
    let counter = (
        (0u32..9, 0u64..16, doing),
        proptest::collection::vec(pause, 0..3),
        proptest::option::of(second.clone()),
    )
        .prop_map(|((number, lanes, doing), breaks, closes)| Counter {
            number,
            lanes: LaneSet(lanes),
            doing,
            breaks,
            closes,
            credited_in_a_row: 1,
        });
    let person = (0u64..40, 0u8..6, 0u16..5, second.clone(), second.clone(), any::<bool>())
        .prop_map(|(ticket, lane, service, issued, effective, credited)| Waiting {
            ticket,
            lane,
            service,
            issued,
            effective,
            credited,
        });
    let booking = (0u64..99, 0u8..6, 0u16..5, second.clone(), second).prop_map(
        |(ticket, lane, service, slot, effective)| Booking {
            ticket,
            lane,
            service,
            slot,
            effective,
        },
    );
    (
        proptest::collection::vec(counter, 0..6),
        proptest::collection::vec(person, 0..20),
        proptest::collection::vec(booking, 0..5),
        proptest::option::of(0u32..3),
    )
        .prop_map(|(counters, waiting, booked, credited_in_a_row_max)| Hall {
            now: NOW,
            counters,
            waiting,
            booked,
            credited_in_a_row_max,
            closes: credited_in_a_row_max.map(|quarters| NOW + Second::from(quarters) * 900),
        })
}

/// Any event, in any order, for things that may not exist.
fn any_event() -> impl Strategy<Value = (Second, Event)> {
    let second = prop_oneof![9 => NOW - 9000..NOW + 9000, 1 => any::<i64>()];
    let event = (0u8..9, 0u64..12, 0u32..3, 0u8..3, second.clone()).prop_map(
        |(kind, ticket, counter, lane, other)| match kind {
            0 => {
                Event::Open { counter, lanes: LaneSet(7), breaks: Vec::new(), closes: Some(other) }
            }
            1 => Event::Close { counter, until: (lane == 0).then_some(other) },
            2 => Event::Booked(Booking { ticket, lane, service: 0, slot: other, effective: other }),
            3 | 4 => Event::Issue(Waiting { lane, effective: other, ..waiting(ticket, 0) }),
            5 => Event::Call { ticket, counter },
            6 => Event::Serve { ticket, counter },
            7 => Event::Done { ticket, counter },
            _ => Event::Absent { ticket, counter },
        },
    );
    (second, event)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn quantiles_are_in_order_and_a_seed_repeats_itself(hall in any_hall(), seed: u64) {
        let estimator = Estimator::new(&BTreeMap::new(), seed).with_replications(60);
        let waits = estimator.imagine(&hall);
        for wait in waits.values() {
            prop_assert!(wait.p10_s <= wait.p50_s && wait.p50_s <= wait.p90_s);
        }
        prop_assert_eq!(waits, estimator.imagine(&hall));
    }

    #[test]
    fn whoever_came_earlier_is_called_earlier_in_the_same_lane(
        others in proptest::collection::vec((0u8..3, 0i64..3000, any::<bool>()), 1..30),
        counters in proptest::collection::vec(1u64..8, 1..5),
    ) {
        let person = |(ticket, (lane, ago, credited)): (usize, &(u8, i64, bool))| {
            let credit = if *credited { 900 } else { 0 };
            let mine = waiting(ticket as Key, *ago);
            Waiting { lane: *lane, effective: NOW - ago - credit, credited: *credited, ..mine }
        };
        let mut people: Vec<Waiting> = others.iter().enumerate().map(person).collect();
        people.sort_by_key(|person| person.issued);
        let desk = |(number, lanes): (usize, &u64)| Counter {
            lanes: LaneSet(*lanes),
            ..serving(number as u32, 60)
        };
        let full = hall(counters.iter().enumerate().map(desk).collect(), people.clone());
        let waits = roll(&full, &plain());
        for (place, earlier) in people.iter().enumerate() {
            for later in people[place + 1..].iter() {
                let alike = earlier.lane == later.lane && earlier.credited == later.credited;
                if let (true, Some(one), Some(two)) =
                    (alike, waits.get(&earlier.ticket), waits.get(&later.ticket))
                {
                    prop_assert!(one.p50_s <= two.p50_s && one.p90_s <= two.p90_s);
                }
            }
        }
    }

    #[test]
    fn people_are_called_in_the_order_of_the_rule_by_which_the_queue_calls(
        people in proptest::collection::vec((0u64..90, 0u8..4, 0u64..60), 1..12),
        before in 0u32..4,
    ) {
        let now = clock::parse_rfc3339("2026-11-25T10:30:00+09:00").unwrap();
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let place = |(issued, (ago, kind, early)): (usize, &(u64, u8, u64))| {
            let arrived = now - minutes(*ago);
            Place {
                class: Class::ALL[usize::from(*kind).min(2)],
                arrived,
                slot: (*kind == 2).then_some((arrived + minutes(*early)).min(now)),
                returned: (*kind == 0).then_some(now - minutes(*ago / 2)),
                issued: issued as u64,
            }
        };
        let mut left: Vec<Place> = people.iter().enumerate().map(place).collect();
        let mut counter = serving(1, 0);
        counter.credited_in_a_row = before;
        let line = left.iter().map(|place| Waiting {
            effective: place.effective(&RULES).unix_timestamp(),
            credited: order::counts_as_credited(place, &RULES),
            lane: (place.issued % 3) as u8,
            ..waiting(place.issued, 0)
        });
        let mut full = hall(vec![counter], line.collect());
        full.now = now.unix_timestamp();
        full.credited_in_a_row_max = Some(RULES.credited_in_a_row);
        let waits = roll(&full, &plain());
        let (mut in_a_row, mut last) = (before, 0);
        while let Some(next) = order::next(&left, &RULES, in_a_row, now) {
            let called = left.remove(next);
            let credited = order::counts_as_credited(&called, &RULES);
            in_a_row = if credited { in_a_row + 1 } else { 0 };
            let wait = waits[&called.issued].p50_s;
            prop_assert!(wait > last, "{called:?} after {last}: {waits:?}");
            last = wait;
        }
    }

    #[test]
    fn one_counter_more_makes_nobody_wait_longer(people in 1usize..40, counters in 1u32..6) {
        let line: Vec<Waiting> =
            (0..people).map(|n| waiting(n as Key, 1000 - n as i64)).collect();
        let full = hall((0..counters).map(|number| serving(number, 60)).collect(), line);
        let more = full.with(&Change::Open { counter: 99, lanes: LaneSet::ALL, at: NOW });
        let (before, after) = (roll(&full, &plain()), roll(&more, &plain()));
        for (ticket, wait) in &before {
            prop_assert!(after[ticket].p50_s <= wait.p50_s, "{wait:?} {:?}", after[ticket]);
            prop_assert!(after[ticket].p90_s <= wait.p90_s);
        }
    }

    #[test]
    fn no_story_however_strange_makes_it_panic(
        story in proptest::collection::vec(any_event(), 0..60), next_day in 0usize..60,
    ) {
        let mut estimator = Estimator::new(&BTreeMap::new(), 1).with_replications(20);
        for (place, (at, event)) in story.into_iter().enumerate() {
            if place == next_day {
                estimator.begin_day();
            }
            estimator.observe(at, event);
            for wait in estimator.estimate(at).values() {
                prop_assert!(wait.p10_s <= wait.p50_s && wait.p50_s <= wait.p90_s);
                let window = Window::of(*wait, at, None);
                prop_assert!(window.to >= at && window.from.is_none_or(|from| from > at));
            }
        }
    }
}

#[test]
fn nobody_counts_on_a_counter_to_come_back_after_the_office_has_closed() {
    let away = |closes: Option<Second>| {
        let doing = Doing::Closed { since: NOW - 60, until: None };
        let mut hall = hall(vec![counter(1, doing)], vec![waiting(1, 60)]);
        hall.closes = closes;
        Estimator::new(&BTreeMap::new(), 1).imagine(&hall)
    };
    assert!(away(None).contains_key(&1), "it comes back some time");
    assert!(!away(Some(NOW + 300)).contains_key(&1), "not in five minutes");
    assert!(away(Some(NOW + 8 * 3600)).contains_key(&1));
}
