//! Presses that are taken back, and what the clock does by itself.

use super::*;
use crate::queue::report;

/// The presses that bring a ticket to where `action` can be pressed on it.
fn on_the_way_to(action: Action) -> &'static [Action] {
    use Action::*;
    match action {
        Serve | MarkAbsent => &[CallNext],
        Hold | Finish | HandOver | GoOn | Prepare => &[CallNext, Serve],
        Resume | ServeAgain => &[CallNext, Hold],
        Ready => &[CallNext, Serve, Prepare],
        Return => &[CallNext, MarkAbsent],
        Reopen => &[CallNext, Serve, Finish],
        _ => &[],
    }
}

/// Any press at the first counter, with all that a press may need.
fn press(hall: &Hall, action: Action, id: TicketId) -> Ticket {
    let act = Act {
        who: if action == Action::Cancel { Who::Supervisor } else { Who::Clerk },
        reason: Some(Reason::Other),
        lane: action.opens_leg().then(|| "moving".to_owned()),
        class: (action == Action::Reclass).then_some(Class::Priority),
        ..Act::of_clerk(action, 1, hall.desk(1).staff, hall.journal.now())
    };
    match action {
        Action::CallNext => hall.call_next(1).unwrap(),
        Action::CallThis => hall.call_this(1, id, None).unwrap(),
        _ => hall.act_with(id, act).unwrap(),
    }
}

#[test]
fn every_press_is_taken_back_within_its_time_and_then_no_more() {
    for action in Action::ALL {
        let Some(secs) = action.undo_secs() else { continue };
        for late in [false, true] {
            let hall = Hall::open();
            hall.sit(1);
            let id = hall.issue("certificate").id;
            on_the_way_to(action).iter().for_each(|before| drop(press(&hall, *before, id)));
            let before = get(&hall.connection, id).unwrap().unwrap();
            press(&hall, action, id);
            hall.pass(u64::from(secs) + u64::from(late));
            let undone = hall.undo(1, id);
            match late {
                true => assert!(matches!(undone, Err(Error::Refused(Refused::TooLate)))),
                false => assert_eq!(undone.unwrap(), Ticket { undo: None, ..before }, "{action:?}"),
            }
            assert_eq!(first_contradiction(&hall.connection).unwrap(), None, "{action:?}");
        }
    }
}

#[test]
fn what_was_taken_back_leaves_every_interval_as_long_as_it_was() {
    for action in Action::ALL.into_iter().filter(|action| action.undo_secs().is_some()) {
        let hall = Hall::open();
        hall.sit(1);
        let ticket = hall.issue("certificate");
        let story = || report::stories(&hall.connection, ticket.day).unwrap().remove(0);
        for before in on_the_way_to(action) {
            hall.pass(10);
            press(&hall, *before, ticket.id);
        }
        // Also where a press follows within the same second.
        for between in [10, 0] {
            hall.pass(between);
            let before = story();
            press(&hall, action, ticket.id);
            hall.pass(10);
            hall.undo(1, ticket.id).unwrap();
            assert_eq!(story().spans, before.spans, "{action:?}");
            let at = hall.journal.now();
            let ended = story().ended().unwrap_or(at);
            let lasting = story().spans.last().unwrap().from;
            let sum: u64 = story().spans.iter().map(report::spans::Span::secs).sum();
            let open = if story().ended().is_none() { (at - lasting).whole_seconds() } else { 0 };
            let whole = (ended - ticket.arrived).whole_seconds();
            assert_eq!(i64::try_from(sum).unwrap() + open, whole, "{action:?}");
        }
    }
}

#[test]
fn what_cannot_be_taken_back_is_what_the_program_did_or_what_changes_nothing() {
    let kept: Vec<_> =
        Action::ALL.into_iter().filter(|action| action.undo_secs().is_none()).collect();
    assert_eq!(kept, [Action::Recall, Action::TakeOver, Action::Expire]);
}

#[test]
fn a_call_that_was_said_again_can_still_be_taken_back() {
    let hall = Hall::open();
    hall.sit(1);
    let before = hall.issue("certificate");
    hall.call_next(1).unwrap();
    hall.pass(20);
    hall.press(1, Action::Recall, before.id).unwrap();
    assert_eq!(hall.undo(1, before.id).unwrap(), before);
}

#[test]
fn a_call_that_was_taken_back_uses_up_nobodys_turn() {
    let hall = Hall::open();
    hall.sit(1);
    let lane = hall.lane("certificate");
    let ordinary = hall.issue("certificate").id;
    for _ in 0..4 {
        hall.try_issue(hall.journal.op(), &lane, Class::Priority).unwrap();
    }
    let in_a_row = || duty::at(&hall.connection, 1).unwrap().unwrap().in_a_row;
    for nth in 0..3 {
        let called = hall.call_next(1).unwrap();
        assert_eq!((called.class, in_a_row()), (Class::Priority, nth + 1));
        hall.undo(1, called.id).unwrap();
        assert_eq!(in_a_row(), nth, "nobody was called");
        let called = hall.call_next(1).unwrap();
        hall.press(1, Action::Serve, called.id).unwrap();
        hall.press(1, Action::Finish, called.id).unwrap();
    }
    // Now it is the turn of somebody without a credit; taken back, it still is.
    assert_eq!(hall.call_next(1).unwrap().id, ordinary);
    hall.undo(1, ordinary).unwrap();
    assert_eq!(in_a_row(), 3);
    assert_eq!(hall.call_next(1).unwrap().id, ordinary);
}

#[test]
fn whoever_was_held_until_a_time_waits_again_by_itself_at_the_old_place() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let hold = Act {
        reason: Some(Reason::FillingIn),
        minutes: Some(5),
        ..Act::of_clerk(Action::Hold, 1, hall.desk(1).staff, hall.journal.now())
    };
    hall.act_with(id, hold).unwrap();
    hall.pass(60);
    hall.issue("certificate");
    let due = || do_what_is_due(&hall.tx(), &hall.journal).unwrap();
    hall.pass(239);
    assert_eq!((due(), hall.state(id)), (0, State::Held));
    hall.pass(1);
    assert_eq!((due(), hall.state(id)), (1, State::Waiting));
    assert_eq!(due(), 0);
    assert_eq!(hall.call_next(1).unwrap().id, id);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn who_was_called_three_times_in_vain_is_absent_and_the_counter_free() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    let due = || do_what_is_due(&hall.tx(), &hall.journal).unwrap();
    hall.pass(600);
    hall.press(1, Action::Recall, id).unwrap();
    hall.pass(600);
    assert_eq!(due(), 0, "called twice only");
    hall.press(1, Action::Recall, id).unwrap();
    hall.pass(299);
    assert_eq!(due(), 0, "called a moment ago");
    hall.pass(1);
    assert_eq!((due(), hall.state(id)), (1, State::Absent));
    let next = hall.issue("certificate").id;
    assert_eq!(hall.call_next(1).unwrap().id, next);
}
