//! The intervals that a day is counted from.

use super::*;
use crate::queue::report;

#[test]
fn how_long_a_service_took_that_nobody_ended_is_not_known() {
    let hall = Hall::open();
    hall.sit(1);
    let [forgotten, waited] = [hall.issue("certificate"), hall.issue("certificate")];
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, forgotten.id).unwrap();
    hall.pass(20 * 3600);
    let tomorrow = hall.journal.now().date();
    close_day(&hall.tx(), &hall.journal, tomorrow).unwrap();
    let file = report::tickets_file(&hall.connection, forgotten.day).unwrap();
    let named = report::csv::TICKETS.split(',').position(|name| name == "service_s").unwrap();
    let served = |ticket: &Ticket| {
        let line = file.lines().find(|line| line.split(',').nth(1) == Some(&ticket.to_string()));
        line.unwrap().split(',').nth(named).unwrap().to_owned()
    };
    assert_eq!([served(&forgotten), served(&waited)], ["", "0"]);
}

#[test]
fn a_press_that_was_taken_back_leaves_no_interval_behind() {
    let hall = Hall::open();
    hall.sit(1);
    let ticket = hall.issue("certificate");
    hall.pass(60);
    hall.call_next(1).unwrap();
    hall.pass(10);
    hall.undo(1, ticket.id).unwrap();
    hall.pass(50);
    hall.call_next(1).unwrap();
    hall.pass(20);
    hall.press(1, Action::Serve, ticket.id).unwrap();
    hall.pass(300);
    hall.press(1, Action::Finish, ticket.id).unwrap();
    hall.pass(30);
    hall.undo(1, ticket.id).unwrap();
    hall.pass(70);
    hall.press(1, Action::Finish, ticket.id).unwrap();
    let [story] = report::stories(&hall.connection, ticket.day).unwrap().try_into().unwrap();
    let spans: Vec<_> = story.spans.iter().map(|span| (span.state, span.secs())).collect();
    assert_eq!(spans, [(State::Waiting, 120), (State::Called, 20), (State::Serving, 400)]);
    assert_eq!(story.waited_secs(0), Some(120));
    let report = report::count(&hall.connection, ticket.day).unwrap();
    assert_eq!((report.all.waits.total_secs, report.all.services.total_secs), (120, 400));
}

#[test]
fn what_was_done_before_something_was_forgotten_is_counted_with_what_came_after() {
    let hall = Hall::open();
    hall.sit(1);
    let ticket = hall.issue("certificate");
    let serve = |waits: u64, serves: u64| {
        hall.pass(waits);
        hall.call_next(1).unwrap();
        hall.press(1, Action::Serve, ticket.id).unwrap();
        hall.pass(serves);
        hall.press(1, Action::Finish, ticket.id).unwrap();
    };
    let counted = || {
        let all = report::count(&hall.connection, ticket.day).unwrap().all;
        let (waits, services) = (all.waits, all.services);
        [all.served.into(), waits.count.into(), waits.total_secs, services.total_secs]
    };
    serve(120, 300);
    assert_eq!(counted(), [1, 1, 120, 300]);
    hall.pass(240);
    // By mistake at first.
    hall.press(1, Action::Reopen, ticket.id).unwrap();
    hall.pass(10);
    hall.undo(1, ticket.id).unwrap();
    assert_eq!(counted(), [1, 1, 120, 300]);
    hall.press(1, Action::Reopen, ticket.id).unwrap();
    serve(60, 100);
    assert_eq!(counted(), [1, 1, 120, 400]);
    let [story] = report::stories(&hall.connection, ticket.day).unwrap().try_into().unwrap();
    use State::*;
    let stood = [(Waiting, 120), (Called, 0), (Serving, 300), (Waiting, 60), (Called, 0)];
    let stood = [stood.as_slice(), &[(Serving, 100)]].concat();
    let spans: Vec<_> = story.spans.iter().map(|span| (span.state, span.secs())).collect();
    assert_eq!(spans, stood);
}

#[test]
fn presses_of_one_moment_are_taken_back_one_by_one() {
    let hall = Hall::open();
    hall.sit(1);
    let ticket = hall.issue("certificate");
    hall.pass(60);
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, ticket.id).unwrap();
    hall.undo(1, ticket.id).unwrap();
    hall.pass(20);
    let [story] = report::stories(&hall.connection, ticket.day).unwrap().try_into().unwrap();
    let spans: Vec<_> = story.spans.iter().map(|span| (span.state, span.to.is_some())).collect();
    assert_eq!(spans, [(State::Waiting, true), (State::Called, false)]);
}

#[test]
fn who_comes_before_an_appointment_waits_for_nobody_until_it_begins() {
    let half_past = datetime!(2026-11-25 9:30 +9);
    // Minutes after nine: of the call, and what was waited until then.
    for (called, waited) in [(20, 0), (30, 0), (42, 12)] {
        let hall = Hall::open();
        hall.sit(1);
        let lane = hall.lane("certificate");
        let (class, slot) = (Class::Appointment, Some(half_past));
        let new = NewTicket { visit: None, lane: &lane, plan: vec![], class, slot };
        let by = (hall.journal.op(), Actor::System);
        let booked = issue(&hall.tx(), &hall.journal, by, new).unwrap();
        assert_eq!(booked.kept_waiting_since(), Some(half_past));
        hall.pass(called * 60);
        let booked = hall.call_next(1).unwrap();
        assert_eq!(booked.kept_waiting_since(), None);
        let report = report::count(&hall.connection, booked.day).unwrap();
        assert_eq!((report.all.waits.count, report.all.waits.total_secs), (1, waited * 60));
        // Whoever is sent on waits again from then on.
        hall.press(1, Action::Serve, booked.id).unwrap();
        let over = Act {
            lane: Some("moving".to_owned()),
            ..Act::of_clerk(Action::HandOver, 1, hall.desk(1).staff, hall.journal.now())
        };
        let sent_on = hall.act_with(booked.id, over).unwrap();
        assert_eq!(sent_on.kept_waiting_since(), Some(hall.journal.now()));
    }
}
