//! What the hall teaches, and what it does not.

use super::*;

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
fn bug_07_a_service_that_somebody_forgot_to_end_teaches_nothing() {
    type End = fn(Key) -> Event;
    let behind = hall(vec![serving(1, 290)], vec![waiting(1, 0)]);
    let after = |ended: Option<(Second, End)>| {
        let mut estimator = taught([0, 300, 60], 40);
        let open =
            Event::Open { counter: 1, lanes: LaneSet::ALL, breaks: Vec::new(), closes: None };
        let ticket = 99;
        estimator.observe(0, open);
        if let Some((secs, end)) = ended {
            estimator.observe(0, Event::Issue(waiting(ticket, NOW)));
            estimator.observe(0, Event::Call { ticket, counter: 1 });
            estimator.observe(0, Event::Serve { ticket, counter: 1 });
            estimator.observe(secs, end(ticket));
        }
        estimator.begin_day();
        estimator.imagine(&behind)[&1]
    };
    let done: End = |ticket| Event::Done { ticket, counter: 1 };
    let ended_with_the_day: End = |_| Event::Freed { counter: 1 };
    let without = after(None);
    // What was ended as it should be does teach.
    assert_ne!(after(Some((2 * 3600, done))), without);
    // Ended after hours, or by the end of the day: how long it took is not known.
    assert_eq!(after(Some((5 * 3600, done))), without);
    assert_eq!(after(Some((2 * 3600, ended_with_the_day))), without);
}
