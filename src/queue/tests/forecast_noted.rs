//! Waiting times where somebody sits at a counter without having signed in.

use super::forecast::{afresh, waits};
use super::*;

/// The wait of the last of eight, of whom the first is served at counter 1.
fn last_of_eight(noted: &dyn Fn(&Hall)) -> u32 {
    let hall = Hall::open();
    hall.sit(1);
    let all: Vec<TicketId> = (0..8).map(|_| hall.issue("moving").id).collect();
    hall.call_next(1).unwrap();
    noted(&hall);
    hall.pass(300);
    waits(&hall)[&all[7]].p50_s
}

#[test]
fn the_more_people_are_noted_the_shorter_is_the_wait_and_back() {
    let alone = last_of_eight(&|_| ());
    let one = last_of_eight(&|hall| hall.note(2, 1, None).unwrap());
    let three = last_of_eight(&|hall| hall.note(2, 3, None).unwrap());
    assert!(one * 3 < alone * 2 && three * 3 < one * 2, "{alone} {one} {three}");
    let gone = last_of_eight(&|hall| {
        hall.note(2, 3, None).unwrap();
        hall.note(2, 0, None).unwrap();
    });
    let fewer = last_of_eight(&|hall| {
        hall.note(2, 3, None).unwrap();
        hall.note(2, 1, None).unwrap();
    });
    assert_eq!((gone, fewer), (alone, one));
    let signed_in = last_of_eight(&|hall| {
        hall.note(2, 3, None).unwrap();
        hall.sit(2);
    });
    assert_eq!(signed_in, last_of_eight(&|hall| _ = hall.sit(2)));
}

#[test]
fn where_nobody_presses_a_button_nobody_is_told_that_they_are_called_at_once() {
    let hall = Hall::open();
    hall.note(2, 1, None).unwrap();
    hall.pass(3600);
    let first = hall.issue("moving").id;
    assert_eq!(waits(&hall)[&first].p50_s, 0, "somebody is free");
    hall.pass(300);
    let wait = waits(&hall)[&first];
    // One service takes twenty minutes here, and one is supposed to have begun.
    assert!((300..1800).contains(&wait.p50_s), "{wait:?}");
    hall.call_next(2).unwrap();
    assert!(!waits(&hall).contains_key(&first));
}

#[test]
fn what_was_noted_is_counted_again_in_the_morning_until_it_ends() {
    let hall = Hall::open();
    hall.note(2, 3, None).unwrap();
    let (mut forecast, _) = afresh(&hall);
    hall.pass(24 * 3600);
    do_what_is_due(&hall.tx(), &hall.journal).unwrap();
    let id = hall.issue("moving").id;
    forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
    assert_eq!(forecast.waits(hall.journal.now()).get(&id), None, "nobody sits there today");
    hall.note(2, 1, None).unwrap();
    forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
    let read_on = forecast.waits(hall.journal.now());
    assert_eq!(read_on, waits(&hall));
    assert!(read_on.contains_key(&id));
}
