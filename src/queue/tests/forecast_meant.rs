//! The waiting times of whoever is meant for one counter, and of everybody beside them.

use super::forecast::{afresh, setup, waits};
use super::*;
use crate::queue::forecast::{Forecast, Setup};
use crate::queue::wait::hall::Wait;

/// Served at the first counter, held there and ready again, while the next one is served
/// there; the second counter is free.
fn one_goes_on_at_the_first_counter() -> (Hall, TicketId) {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let held = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, held).unwrap();
    let hold = Act {
        reason: Some(Reason::FillingIn),
        ..Act::of_clerk(Action::Hold, 1, hall.desk(1).staff, hall.journal.now())
    };
    hall.act_with(held, hold).unwrap();
    let next = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, next).unwrap();
    hall.pass(60);
    hall.act_with(held, Act::new(Action::Resume, Who::Resident, hall.journal.now())).unwrap();
    hall.pass(60);
    (hall, held)
}

#[test]
fn who_goes_on_at_one_counter_waits_for_it_though_another_is_free() {
    let (hall, held) = one_goes_on_at_the_first_counter();
    assert!(matches!(hall.call_next(2), Err(Error::Empty)));
    let wait = waits(&hall)[&held];
    assert!(wait.p50_s > 60, "{wait:?}");
    // Nor is the other one busy because of somebody whom it does not call.
    let newcomer = hall.issue("certificate").id;
    assert_eq!(waits(&hall)[&newcomer], Wait::default());
}

#[test]
fn who_goes_on_at_one_counter_is_called_by_any_while_that_one_pauses() {
    let (hall, held) = one_goes_on_at_the_first_counter();
    let (staff, journal) = (hall.desk(1).staff, &hall.journal);
    let pause = |why| duty::pause(&hall.tx(), journal, journal.op(), (staff, 1), why).unwrap();
    // By the rule of the call it does not matter that somebody is still served there.
    pause(Some(duty::Pause::Away));
    assert_eq!(waits(&hall)[&held], Wait::default());
    pause(None);
    assert!(waits(&hall)[&held].p50_s > 60);
    pause(Some(duty::Pause::Away));
    assert_eq!(hall.call_next(2).unwrap().id, held);
}

#[test]
fn who_goes_on_at_a_counter_that_does_not_call_their_lane_is_called_by_any() {
    let (mut hall, held) = one_goes_on_at_the_first_counter();
    hall.lanes.insert(1, vec!["moving".to_owned()]);
    let mut forecast = Forecast::new(Setup { counters: hall.lanes.clone(), ..setup() }, 1);
    forecast.catch_up(&hall.connection, hall.journal.now()).unwrap();
    // The second one is free, and seems to be busy with something: it has called nobody.
    let wait = forecast.waits(hall.journal.now())[&held];
    assert!(wait.p50_s < 60, "{wait:?}");
    assert_eq!(hall.call_next(2).unwrap().id, held);
}

/// One with a priority waits an hour; what `happens` to it comes to nothing. Then half an
/// hour of others come. What those are told, in their order.
fn told_after(happens: impl Fn(&Hall, TicketId)) -> Vec<Wait> {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    let lane = hall.lane("certificate");
    let waits_long = hall.try_issue(hall.journal.op(), &lane, Class::Priority).unwrap().id;
    hall.pass(3600);
    happens(&hall, waits_long);
    duty::close(&hall.tx(), &hall.journal, hall.journal.op(), hall.desk(2).staff, 2).unwrap();
    for _ in 0..6 {
        hall.pass(300);
        hall.issue("certificate");
    }
    afresh(&hall).1.into_values().collect()
}

#[test]
fn who_waits_again_is_nobody_who_has_just_come() {
    let usual = told_after(|_, _| {});
    assert_eq!(usual.len(), 7);
    let taken_back = told_after(|hall, id| {
        for _ in 0..4 {
            assert_eq!(hall.call_next(2).unwrap().id, id);
            hall.undo(2, id).unwrap();
        }
    });
    assert_eq!(taken_back, usual, "a call that was taken back");
    let held = told_after(|hall, id| {
        assert_eq!(hall.call_next(2).unwrap().id, id);
        let hold = Act {
            reason: Some(Reason::Rest),
            ..Act::of_clerk(Action::Hold, 2, hall.desk(2).staff, hall.journal.now())
        };
        hall.act_with(id, hold).unwrap();
        hall.act_with(id, Act::new(Action::Resume, Who::Resident, hall.journal.now())).unwrap();
    });
    assert_eq!(held, usual, "a hold that ended");
}
