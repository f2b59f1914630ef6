//! The waiting times where the town wrote down when its lanes close and its counters take
//! their breaks, or a clerk said when they mean to be back.

use std::collections::BTreeMap;

use super::*;
use crate::clock::Moment;
use crate::queue::forecast::{Forecast, Planned, Setup};
use crate::queue::wait::hall::Wait;

const TEN: Moment = datetime!(2026-11-25 10:00 +9);
const NOON: Moment = datetime!(2026-11-25 12:00 +9);
const QUARTER_TO_ONE: Moment = datetime!(2026-11-25 12:45 +9);

/// `certificate` closes at noon, `moving` in the evening; counter 1 has lunch at noon.
#[derive(Debug)]
struct Town;

impl Planned for Town {
    fn closes(&self, lane: &str, day: time::Date) -> Option<Moment> {
        let evening = NOON + Duration::from_secs(5 * 3600);
        let closes = if lane == "moving" { evening } else { NOON };
        Some(closes.replace_date(day))
    }

    fn breaks(&self, counter: u32, day: time::Date) -> Vec<[Moment; 2]> {
        let lunch = [NOON, QUARTER_TO_ONE].map(|at| at.replace_date(day));
        if counter == 1 { vec![lunch] } else { Vec::new() }
    }
}

fn waits(hall: &Hall, counters: &[(u32, &[&str])]) -> BTreeMap<TicketId, Wait> {
    let named = |lanes: &[&str]| lanes.iter().map(|lane| (*lane).to_owned()).collect();
    let setup = Setup {
        lanes: vec![("certificate".to_owned(), 5), ("moving".to_owned(), 5)],
        counters: counters.iter().map(|(counter, lanes)| (*counter, named(lanes))).collect(),
        rules: RULES,
        planned: Arc::new(Town),
    };
    let mut forecast = Forecast::new(setup, 1);
    forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
    forecast.waits(hall.journal.now())
}

fn of_one(hall: &Hall, id: TicketId) -> Option<Wait> {
    waits(hall, &[(1, &["certificate", "moving"])]).get(&id).copied()
}

fn pause(hall: &Hall, why: Option<duty::Pause>) {
    let at = (hall.desk(1).staff, 1);
    duty::pause(&hall.tx(), &hall.journal, hall.journal.op(), at, why).unwrap();
}

fn pause_for(hall: &Hall, minutes: u32) {
    let at = (hall.desk(1).staff, 1);
    let why = (duty::Pause::Away, minutes);
    duty::pause_for(&hall.tx(), &hall.journal, hall.journal.op(), at, why).unwrap();
}

/// Seconds from the hall's now.
fn until(hall: &Hall, moment: Moment) -> u32 {
    u32::try_from((moment - hall.journal.now()).whole_seconds()).unwrap()
}

#[test]
fn nobody_is_told_a_time_within_a_planned_break() {
    let hall = Hall::open_at(TEN);
    hall.sit(1);
    hall.clock.hold(NOON - Duration::from_secs(60));
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    let next = hall.issue("certificate").id;
    let told = of_one(&hall, next).unwrap();
    assert!(told.p50_s >= until(&hall, QUARTER_TO_ONE), "{told:?}");
}

#[test]
fn a_planned_break_that_was_taken_is_not_expected_again() {
    let hall = Hall::open_at(TEN);
    hall.sit(1);
    hall.clock.hold(NOON - Duration::from_secs(600));
    let id = hall.issue("certificate").id;
    pause(&hall, Some(duty::Pause::Break));
    hall.pass(60);
    // So long as was planned, though it began earlier.
    assert_eq!(of_one(&hall, id).unwrap().p50_s, 45 * 60 - 60);
    hall.clock.hold(NOON + Duration::from_secs(1500));
    pause(&hall, None);
    assert_eq!(of_one(&hall, id), Some(Wait::default()));
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let next = hall.issue("certificate").id;
    assert!(of_one(&hall, next).unwrap().p90_s < 1800, "{:?}", of_one(&hall, next));
}

#[test]
fn who_said_when_they_are_back_is_taken_at_their_word() {
    let hall = Hall::open_at(TEN);
    hall.sit(1);
    let id = hall.issue("certificate").id;
    pause_for(&hall, 20);
    hall.pass(60);
    assert_eq!(of_one(&hall, id).unwrap().p50_s, 19 * 60);
    // Said while somebody is served: it begins when they have gone.
    pause(&hall, None);
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    pause_for(&hall, 30);
    let next = hall.issue("certificate").id;
    hall.pass(300);
    hall.press(1, Action::Finish, id).unwrap();
    assert_eq!(of_one(&hall, next).unwrap().p50_s, 25 * 60);
    assert_eq!(duty::first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn a_counter_that_is_away_comes_back_as_long_as_one_of_its_lanes_is_open() {
    let hall = Hall::open_at(TEN);
    hall.sit(1);
    hall.clock.hold(NOON - Duration::from_secs(240));
    let id = hall.issue("certificate").id;
    pause(&hall, Some(duty::Pause::Away));
    hall.pass(180);
    let told = |lanes: &[&str]| waits(&hall, &[(1, lanes)]).contains_key(&id);
    assert!(!told(&["certificate"]), "its lane closes in a minute");
    assert!(told(&["certificate", "moving"]), "it comes back for the other one");
}
