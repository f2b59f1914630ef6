//! The waiting times of the live queue.

use std::collections::BTreeMap;

use super::*;
use crate::queue::forecast::{Expected, Forecast, Setup};
use crate::queue::outlook::Told;
use crate::queue::wait::hall::Wait;
use crate::queue::wait::what_if::Change;

pub(super) fn setup() -> Setup {
    let both = vec!["certificate".to_owned(), "moving".to_owned()];
    Setup {
        lanes: vec![("certificate".to_owned(), 5), ("moving".to_owned(), 20)],
        counters: BTreeMap::from([(1, both.clone()), (2, both), (3, vec!["moving".to_owned()])]),
        rules: RULES,
        planned: Arc::new(Unplanned),
    }
}

/// What is said after reading everything from the beginning.
pub(super) fn afresh(hall: &Hall) -> (Forecast, BTreeMap<TicketId, Wait>) {
    let mut forecast = Forecast::new(setup(), 1);
    forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
    let waits = forecast.waits(hall.journal.now());
    (forecast, waits)
}

pub(super) fn waits(hall: &Hall) -> BTreeMap<TicketId, Wait> {
    afresh(hall).1
}

#[test]
fn a_free_counter_means_now_and_a_busy_one_as_long_as_the_office_expects() {
    let hall = Hall::open();
    hall.sit(1).pass(3600);
    let first = hall.issue("moving");
    assert_eq!(waits(&hall)[&first.id], Wait::default());
    hall.call_next(1).unwrap();
    let second = hall.issue("certificate");
    let wait = waits(&hall)[&second.id];
    assert!((600..1500).contains(&wait.p50_s), "{wait:?}");
    assert!(!waits(&hall).contains_key(&first.id), "who was called does not wait");
}

#[test]
fn reading_on_says_the_same_as_reading_everything_afresh() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let mut forecast = Forecast::new(setup(), 1);
    assert!(forecast.catch_up(&hall.connection, hall.journal.now()).unwrap());
    assert!(!forecast.catch_up(&hall.connection, hall.journal.now()).unwrap());
    let mut told = 0;
    for round in 0..12 {
        hall.issue(if round % 3 == 0 { "moving" } else { "certificate" });
        forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
        let counter = 1 + round % 2;
        let called = hall.call_next(counter).unwrap();
        hall.pass(60);
        if round == 4 {
            hall.press(counter, Action::MarkAbsent, called.id).unwrap();
        } else {
            hall.press(counter, Action::Serve, called.id).unwrap();
            hall.pass(200);
            hall.press(counter, Action::Finish, called.id).unwrap();
        }
        hall.issue("certificate");
        forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
        let on = forecast.waits(hall.journal.now());
        assert_eq!(on, waits(&hall), "round {round}");
        told += on.len();
    }
    assert!(told > 20);
}

#[test]
fn every_way_a_ticket_takes_leaves_the_counter_as_it_is() {
    let wait_after = |steps: &dyn Fn(&Hall, TicketId)| {
        let hall = Hall::open();
        hall.sit(1);
        hall.issue("certificate");
        let called = hall.call_next(1).unwrap().id;
        hall.pass(20);
        steps(&hall, called);
        hall.pass(3600);
        let newcomer = hall.issue("certificate").id;
        waits(&hall).get(&newcomer).copied()
    };
    let served = |hall: &Hall, id| {
        hall.press(1, Action::Serve, id).unwrap();
        hall.pass(20);
    };
    let reason = Some(Reason::FillingIn);
    let clerk = |hall: &Hall, action| {
        let now = hall.journal.now();
        Act { reason, ..Act::of_clerk(action, 1, hall.desk(1).staff, now) }
    };
    assert_eq!(
        wait_after(&|hall, id| drop(hall.press(1, Action::MarkAbsent, id).unwrap())),
        Some(Wait::default())
    );
    assert_eq!(
        wait_after(&|hall, id| drop(hall.act_with(id, clerk(hall, Action::Hold)).unwrap())),
        Some(Wait::default())
    );
    let finished = |hall: &Hall, id| {
        served(hall, id);
        hall.press(1, Action::Finish, id).unwrap();
    };
    assert_eq!(wait_after(&finished), Some(Wait::default()));
    let prepared = |hall: &Hall, id| {
        served(hall, id);
        hall.press(1, Action::Prepare, id).unwrap();
    };
    assert_eq!(wait_after(&prepared), Some(Wait::default()));
    // Still there, after an hour: a while more.
    assert!(wait_after(&served).unwrap().p50_s > 300);
    // Taken back, the first one waits again and is before the newcomer.
    assert!(wait_after(&|hall, id| drop(hall.undo(1, id).unwrap())).unwrap().p50_s > 60);
    // Served again after a press too much.
    let again = |hall: &Hall, id| {
        finished(hall, id);
        hall.undo(1, id).unwrap();
    };
    assert!(wait_after(&again).unwrap().p50_s > 300);
}

#[test]
fn a_pause_begins_when_nobody_is_served_any_more_and_a_closed_counter_calls_nobody() {
    let hall = Hall::open();
    hall.sit(1);
    hall.issue("certificate");
    let called = hall.call_next(1).unwrap();
    let staff = hall.desk(1).staff;
    let pause = |pause| {
        let op = hall.journal.op();
        duty::pause(&hall.tx(), &hall.journal, op, (staff, 1), pause).unwrap();
    };
    pause(Some(duty::Pause::Break));
    hall.pass(30);
    hall.press(1, Action::Serve, called.id).unwrap();
    hall.press(1, Action::Finish, called.id).unwrap();
    hall.pass(600);
    let waiting = hall.issue("certificate").id;
    assert!(waits(&hall)[&waiting].p50_s > 300, "paused");
    pause(None);
    hall.pass(3600);
    assert!(waits(&hall)[&waiting].p50_s > 0, "open, and yet nobody was called for an hour");
    let op = hall.journal.op();
    duty::close(&hall.tx(), &hall.journal, op, staff, 1).unwrap();
    hall.pass(4 * 3600);
    assert_eq!(waits(&hall), BTreeMap::new());
}

#[test]
fn counters_stay_on_duty_over_night_and_yesterday_teaches() {
    let hall = Hall::open();
    hall.sit(1);
    for _ in 0..30 {
        hall.issue("moving");
        let called = hall.call_next(1).unwrap();
        hall.pass(100);
        hall.press(1, Action::Serve, called.id).unwrap();
        hall.press(1, Action::Finish, called.id).unwrap();
    }
    hall.pass(24 * 3600);
    hall.issue("moving");
    hall.call_next(1).unwrap();
    let waiting = hall.issue("moving").id;
    let wait = waits(&hall)[&waiting];
    assert!((60..200).contains(&wait.p50_s), "not twenty minutes: {wait:?}");
}

#[test]
fn a_window_is_shown_a_newcomer_is_told_and_a_supervisor_may_ask_what_if() {
    let hall = Hall::open();
    hall.sit(1);
    (0..7).for_each(|_| drop(hall.issue("moving")));
    hall.call_next(1).unwrap();
    let last = hall.issue("moving").id;
    let (mut forecast, waits) = afresh(&hall);
    let now = hall.journal.now();
    let window = forecast.windows(now)[&last];
    assert!(window.from.is_some_and(|from| from % 300 == 0 && from > now.unix_timestamp()));
    assert!(window.to % 300 == 0 && window.to > window.from.unwrap());
    assert_eq!(forecast.windows(now)[&last], window);
    assert!(forecast.newcomer("moving", now).unwrap().p50_s > waits[&last].p50_s);
    assert_eq!(forecast.newcomer("nowhere", now), None);
    let lanes = forecast.lanes_of(3);
    let open = Change::Open { counter: 3, lanes, at: now.unix_timestamp() };
    let lanes = ["certificate".to_owned(), "moving".to_owned()];
    let compared = forecast.if_opened(3, &lanes, now);
    let [before, after] = compared["moving"].map(|wait| wait.unwrap().p90_s);
    assert!(after < before * 2 / 3, "{before} {after}");
    let [as_it_is, then] = forecast.what_if(&open, now);
    assert!(then[&last].p90_s < as_it_is[&last].p90_s * 2 / 3, "{as_it_is:?} {then:?}");
}

#[test]
fn what_was_told_is_held_against_the_call_and_begins_anew_each_day() {
    let hall = Hall::open();
    hall.sit(1);
    let lanes = ["certificate".to_owned()];
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    let mut told = 0;
    for secs in [60, 4 * 3600] {
        // One waits as long as expected, the other far longer than anybody was told.
        hall.issue("certificate");
        let at = queue_at(&hall);
        hall.pass(secs);
        hall.press(1, Action::MarkAbsent, at).unwrap();
        hall.call_next(1).unwrap();
        told += 1;
        let kept = afresh(&hall).0.outlook(&lanes, hall.journal.now()).kept;
        assert_eq!((kept.judged, kept.kept), (told, 1), "{secs}");
    }
    hall.pass(24 * 3600);
    let kept = afresh(&hall).0.outlook(&lanes, hall.journal.now()).kept;
    assert_eq!((kept.judged, kept.kept), (0, 0));
}

/// Who is at the first counter.
fn queue_at(hall: &Hall) -> TicketId {
    at_counter(&hall.connection, 1).unwrap().unwrap().id
}

#[test]
fn the_outlook_knows_everybody_who_waits_and_who_would_come() {
    let hall = Hall::open();
    hall.sit(1);
    let called = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    let waiting = hall.issue("certificate").id;
    let (mut forecast, _) = afresh(&hall);
    let lanes = ["certificate".to_owned()];
    let outlook = forecast.outlook(&lanes, hall.journal.now());
    let now = hall.journal.now();
    assert!(matches!(outlook.of(waiting, now), Told::At(_)));
    assert_eq!(outlook.of(called, now), Told::NotYet, "who was called waits for nothing");
    let [own, newcomer] = [outlook.tickets[&waiting].unwrap(), outlook.lanes["certificate"]];
    assert!(newcomer.to >= own.to, "{own:?} {newcomer:?}");
    assert_eq!(outlook.arriving("moving", now), None, "nobody asked for it");
    assert_eq!(forecast.outlook(&lanes, now), outlook, "it does not flap");
    let op = hall.journal.op();
    hall.press(1, Action::MarkAbsent, called).unwrap();
    duty::close(&hall.tx(), &hall.journal, op, hall.desk(1).staff, 1).unwrap();
    // It may only be a break; nobody believes that for ever.
    hall.pass(4 * 3600);
    let now = hall.journal.now();
    forecast.catch_up(&hall.connection, now).unwrap();
    let closed = forecast.outlook(&lanes, now);
    assert_eq!(
        (closed.of(waiting, now), closed.arriving("certificate", now)),
        (Told::Closed, None)
    );
}

#[test]
fn whoever_has_an_appointment_and_is_not_here_yet_is_counted_with() {
    let hall = Hall::open();
    hall.sit(1).pass(3600);
    hall.issue("moving");
    hall.call_next(1).unwrap();
    let mine = hall.issue("moving");
    let (mut forecast, before) = afresh(&hall);
    let now = hall.journal.now();
    let slot = now - Duration::from_secs(300);
    let expected = [(); 3].map(|()| Expected { lane: "moving".to_owned(), slot });
    forecast.expect(&expected);
    let with = forecast.waits(now)[&mine.id];
    // They stand at their slot, before my number: three services of twenty minutes.
    assert!(with.p50_s > before[&mine.id].p50_s + 2000, "{before:?} {with:?}");
    forecast.expect(&[]);
    assert!(forecast.waits(now)[&mine.id].p50_s < with.p50_s - 2000);
}

#[test]
fn the_hasty_one_says_the_same_of_now_and_only_the_rehearsed_one_knows_the_days_before() {
    let hall = Hall::open();
    hall.sit(1).pass(60);
    for _ in 0..3 {
        hall.issue("certificate");
    }
    for _ in 0..3 {
        let called = hall.call_next(1).unwrap();
        hall.pass(120);
        hall.press(1, Action::Serve, called.id).unwrap();
        hall.pass(120);
        hall.press(1, Action::Finish, called.id).unwrap();
    }
    let yesterday = hall.journal.now().date();
    hall.pass(24 * 3600);
    let waits = [hall.issue("certificate"), hall.issue("certificate")].map(|ticket| ticket.id);
    let now = hall.journal.now();
    let mut read = [Forecast::new(setup(), 1), Forecast::new(setup(), 1).in_haste()];
    let [rehearsed, hasty] = read.each_mut().map(|forecast| {
        forecast.catch_up(&hall.connection, now).unwrap();
        forecast.outlook(&["certificate".to_owned()], now)
    });
    assert!(hasty.tickets.keys().eq(waits.iter()) && rehearsed.tickets.keys().eq(waits.iter()));
    assert_eq!(hasty.kept_before, BTreeMap::new());
    assert_eq!(rehearsed.kept_before[&yesterday].judged, 2, "the first did not wait");
    let [rehearsed, hasty] = read;
    assert_eq!(
        rehearsed.after(&hasty).outlook(&[], now).tickets,
        hasty.clone().outlook(&[], now).tickets
    );
}

#[test]
fn who_was_served_by_hand_teaches_nothing_and_is_at_no_counter() {
    use crate::queue::spare::{Served, Sheet, type_in};
    let hall = Hall::open();
    hall.sit(1).pass(3600);
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    let first = hall.issue("certificate").id;
    let before = waits(&hall)[&first];
    let lane = &Lane { numbers: [1, 900], spare: Some([901, 950]), ..hall.lane("certificate") };
    let nine = datetime!(2026-11-25 9:00 +9);
    let at = |minutes: u64| nine + Duration::from_secs(minutes * 60);
    let type_in = |number: u32, served: Option<Served>| {
        let class = Class::Ordinary;
        let new = NewTicket { visit: None, lane, plan: vec![], class, slot: None };
        let sheet = Sheet { number, came: at(10), served };
        let by = (hall.journal.op(), hall.clerks[0]);
        type_in(&hall.tx(), &hall.journal, by, new, &sheet).unwrap().id
    };
    // Twenty who took a minute each, so it says, at the counter that is busy now.
    for number in 901..921 {
        type_in(number, Some(Served { counter: 1, called: at(20), ended: at(21) }));
    }
    assert_eq!(waits(&hall), BTreeMap::from([(first, before)]));
    // Whoever came earlier and still waits goes before.
    let early = type_in(921, None);
    let waits = waits(&hall);
    assert!(waits[&early].p50_s < waits[&first].p50_s, "{waits:?}");
}
