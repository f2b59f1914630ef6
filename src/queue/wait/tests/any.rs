//! Any hall and any story, the strangest ones too.

use super::*;

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
    let whom = (0u64..40, 0u8..6, 0u16..5, proptest::option::of(0u32..9));
    let person = (whom, second.clone(), second.clone(), any::<bool>()).prop_map(
        |((ticket, lane, service, wants), issued, effective, credited)| Waiting {
            ticket,
            lane,
            service,
            issued,
            effective,
            credited,
            wants,
        },
    );
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
            closes: vec![credited_in_a_row_max.map(|quarters| NOW + Second::from(quarters) * 900)],
        })
}

/// Any event, in any order, for things that may not exist.
fn any_event() -> impl Strategy<Value = (Second, Event)> {
    let second = prop_oneof![9 => NOW - 9000..NOW + 9000, 1 => any::<i64>()];
    let event = (0u8..11, 0u64..12, 0u32..3, 0u8..3, second.clone()).prop_map(
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
            8 => Event::Uncalled { counter },
            9 => Event::Back(Waiting { lane, wants: Some(counter), ..waiting(ticket, 0) }),
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
