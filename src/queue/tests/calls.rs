//! Calls, recalls, and who sits where.

use super::*;

#[test]
fn a_resident_is_called_served_and_done() {
    let hall = Hall::open();
    hall.sit(1);
    let first = hall.issue("certificate");
    assert_eq!(first.to_string(), "A1");
    assert_eq!(hall.call_next(1).unwrap().id, first.id);
    assert_eq!(hall.press(1, Action::Serve, first.id).unwrap().leg().state, State::Serving);
    hall.press(1, Action::Finish, first.id).unwrap();
    assert_eq!(hall.state(first.id), State::Done);
    assert!(matches!(hall.call_next(1), Err(Error::Empty)));
}

#[test]
fn two_clerks_never_get_the_same_ticket_and_a_clerk_has_one_at_a_time() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let (first, second) = (hall.issue("certificate"), hall.issue("certificate"));
    assert_eq!(hall.call_next(1).unwrap().id, first.id);
    assert_eq!(hall.call_next(2).unwrap().id, second.id);
    assert!(matches!(hall.call_next(1), Err(Error::CounterBusy(who)) if who == "A1"));
    let refused = hall.press(2, Action::Serve, first.id);
    assert!(matches!(refused, Err(Error::Refused(Refused::ElsewhereAt(1)))));
}

#[test]
fn the_schema_itself_refuses_a_second_ticket_at_a_counter() {
    let hall = Hall::open();
    hall.sit(1);
    let (first, second) = (hall.issue("certificate"), hall.issue("certificate"));
    hall.call_next(1).unwrap();
    let call = "update leg set state = 'called', counter = 1 where ticket = ?1";
    assert!(hall.connection.execute(call, [second.id.to_string()]).is_err());
    let nowhere = "update leg set counter = null where ticket = ?1";
    assert!(hall.connection.execute(nowhere, [first.id.to_string()]).is_err());
}

#[test]
fn a_recall_waits_fifteen_seconds_and_says_the_number_again() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.pass(10);
    let refused = hall.press(1, Action::Recall, id);
    assert!(matches!(refused, Err(Error::Refused(Refused::TooSoon(5)))), "{refused:?}");
    hall.pass(5);
    assert_eq!(hall.press(1, Action::Recall, id).unwrap().leg().calls, 2);
    let day = hall.journal.now().date();
    let calls = announcements(&hall.connection, day, 0).unwrap();
    assert_eq!(calls.iter().map(|call| call.number).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(announcements(&hall.connection, day, calls[0].seq).unwrap().len(), 1);
}

#[test]
fn calling_out_of_turn_needs_a_reason_and_another_lane_is_refused() {
    let hall = Hall::open();
    hall.sit(1);
    hall.issue("certificate");
    let later = hall.issue("certificate").id;
    assert!(matches!(hall.call_this(1, later, None), Err(Error::OutOfTurn)));
    let called = hall.call_this(1, later, Some(Reason::Short)).unwrap();
    assert_eq!(called.leg().reason, Some(Reason::Short));
    let narrow = [(1, vec![String::from("moving")])].into();
    let desk = Desk { lanes: &narrow, ..hall.desk(1) };
    hall.press(1, Action::MarkAbsent, later).unwrap();
    let op = hall.journal.op();
    assert!(matches!(call_next(&hall.tx(), &hall.journal, op, &desk), Err(Error::Empty)));
}

#[test]
fn a_counter_is_taken_over_with_whoever_is_served_there() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let other = hall.clerks[1];
    let open =
        |relieve| duty::open(&hall.tx(), &hall.journal, hall.journal.op(), other, 1, relieve);
    assert!(matches!(open(false), Err(Error::Taken)));
    open(true).unwrap();
    let served = get(&hall.connection, id).unwrap().unwrap();
    assert_eq!((served.leg().state, served.leg().staff), (State::Serving, Some(other)));
    let gone = duty::close(&hall.tx(), &hall.journal, hall.journal.op(), hall.clerks[0], 1);
    assert!(matches!(gone, Err(Error::NotOnDuty)));
}

#[test]
fn who_was_relieved_does_nothing_more_there_and_nobody_is_called_past_the_rule() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    let (before, other) = (hall.clerks[0], hall.clerks[1]);
    let open = duty::open(&hall.tx(), &hall.journal, hall.journal.op(), other, 1, true);
    open.unwrap();
    let press = |staff, action| {
        let act_of = Act::of_clerk(action, 1, staff, hall.journal.now());
        act(&hall.tx(), &hall.journal, (hall.journal.op(), Actor::Staff(staff)), id, act_of)
    };
    assert!(matches!(press(before, Action::Serve), Err(Error::NotOnDuty)));
    assert!(matches!(press(other, Action::CallNext), Err(Error::OutOfTurn)));
    press(other, Action::Serve).unwrap();
}

#[test]
fn a_paused_or_closed_counter_calls_nobody_and_nobody_leaves_a_resident_behind() {
    let hall = Hall::open();
    hall.issue("certificate");
    assert!(matches!(hall.call_next(1), Err(Error::NotOnDuty)));
    hall.sit(1);
    let staff = hall.desk(1).staff;
    let pause = |why| duty::pause(&hall.tx(), &hall.journal, hall.journal.op(), (staff, 1), why);
    pause(Some(duty::Pause::Break)).unwrap();
    assert!(matches!(hall.call_next(1), Err(Error::Paused)));
    pause(None).unwrap();
    hall.call_next(1).unwrap();
    let close = duty::close(&hall.tx(), &hall.journal, hall.journal.op(), staff, 1);
    assert!(matches!(close, Err(Error::CounterBusy(_))));
}

#[test]
fn what_was_said_at_the_hand_over_is_read_until_the_next_clerk_is_done() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let word = Some(Reason::PaperMissing);
    let over = Act {
        lane: Some("moving".to_owned()),
        reason: word,
        ..Act::of_clerk(Action::HandOver, 1, hall.desk(1).staff, hall.journal.now())
    };
    let handed = hall.act_with(id, over).unwrap();
    assert_eq!((handed.leg().state, handed.leg().reason), (State::Waiting, word));
    assert_eq!(hall.call_next(2).unwrap().leg().reason, word);
    assert_eq!(hall.press(2, Action::Serve, id).unwrap().leg().reason, word);
    assert_eq!(hall.press(2, Action::Finish, id).unwrap().leg().reason, None);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}
