//! The intervals that a day is counted from.

use super::*;
use crate::queue::report;

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
