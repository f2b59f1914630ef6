//! Bugs that other machines shipped, by their number in `tests/it/shipped_bugs.rs`.

use super::*;

#[test]
fn bug_02_no_number_is_given_twice_after_a_row_has_gone_or_the_program_was_started_anew() {
    let hall = Hall::open();
    let [_, second, third] = [1, 2, 3].map(|_| hall.issue("certificate"));
    hall.act_with(second.id, Act::new(Action::Leave, Who::Resident, hall.journal.now())).unwrap();
    // Whoever counts rows gives the third number out again.
    for gone in ["delete from leg where ticket = ?1", "delete from ticket where id = ?1"] {
        hall.connection.execute(gone, [second.id.to_string()]).unwrap();
    }
    assert_eq!(hall.issue("certificate").to_string(), "A4");
    // Nothing is counted in the memory of a program: another one goes on.
    let key = OfficeKey::generate(&SeededChance::new(1));
    let journal = Journal::new(hall.clock.clone(), Arc::new(SeededChance::new(2)), key);
    let hall = Hall { journal, ..hall };
    assert_eq!(hall.issue("certificate").to_string(), "A5");
    // And the schema itself refuses a second one.
    let again = "update ticket set number = 1 where id = ?1";
    assert!(hall.connection.execute(again, [third.id.to_string()]).is_err());
}

#[test]
fn bug_03_the_day_of_a_number_is_the_one_on_the_calendar_on_the_wall() {
    for (at, day, next) in [
        // In UTC it is still the day before.
        (datetime!(2026-11-25 8:59 +9), date!(2026 - 11 - 25), date!(2026 - 11 - 26)),
        (datetime!(2026-12-31 23:59 +9), date!(2026 - 12 - 31), date!(2027 - 01 - 01)),
        (datetime!(2027-03-31 23:59:59 +9), date!(2027 - 03 - 31), date!(2027 - 04 - 01)),
        (datetime!(2028-02-28 23:30 +9), date!(2028 - 02 - 28), date!(2028 - 02 - 29)),
        (datetime!(2028-02-29 17:00 +9), date!(2028 - 02 - 29), date!(2028 - 03 - 01)),
    ] {
        let hall = Hall::open_at(at);
        hall.sit(1);
        let today = hall.issue("certificate");
        assert_eq!((today.day, today.to_string()), (day, "A1".to_owned()));
        let kept: String =
            hall.connection.query_row("select day from ticket", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, crate::clock::iso_day(day));
        assert_eq!(hall.call_next(1).unwrap().id, today.id);
        hall.press(1, Action::Serve, today.id).unwrap();
        hall.press(1, Action::Finish, today.id).unwrap();
        let midnight = next.midnight().assume_offset(time::macros::offset!(+9));
        let left = (midnight - hall.journal.now()).whole_seconds();
        hall.pass(u64::try_from(left).unwrap());
        let tomorrow = hall.issue("certificate");
        assert_eq!((tomorrow.day, tomorrow.to_string()), (next, "A1".to_owned()));
    }
}

#[test]
fn bug_06_a_press_on_another_number_while_somebody_is_served_changes_nothing() {
    let hall = Hall::open();
    hall.sit(1);
    let (first, other) = (hall.issue("certificate").id, hall.issue("certificate").id);
    hall.call_next(1).unwrap();
    hall.pass(20);
    let served = hall.press(1, Action::Serve, first).unwrap();
    hall.pass(300);
    let waiting = get(&hall.connection, other).unwrap();
    let entries = || -> u32 {
        let count = "select count(*) from journal";
        hall.connection.query_row(count, [], |row| row.get(0)).unwrap()
    };
    let before = entries();
    let called = hall.call_this(1, other, Some(Reason::Short));
    assert!(matches!(called, Err(Error::CounterBusy(who)) if who == "A1"));
    for action in [Action::Serve, Action::Finish, Action::MarkAbsent, Action::Recall] {
        assert!(matches!(hall.press(1, action, other), Err(Error::Refused(_))), "{action:?}");
    }
    // Pressed once more for whoever is there: the times stay as well.
    assert!(matches!(hall.press(1, Action::Serve, first), Err(Error::Refused(_))));
    assert_eq!(get(&hall.connection, first).unwrap(), Some(served));
    assert_eq!(get(&hall.connection, other).unwrap(), waiting);
    assert_eq!(entries(), before);
}

#[test]
fn bug_12_who_waits_longest_is_called_however_many_with_a_credit_go_on_coming() {
    let hall = Hall::open();
    hall.sit(1);
    let lane = hall.lane("certificate");
    let first = hall.issue("certificate").id;
    // Faster than they can be served: there is always somebody with a credit.
    let mut called_before = 0;
    loop {
        for _ in 0..2 {
            hall.try_issue(hall.journal.op(), &lane, Class::Priority).unwrap();
        }
        hall.pass(60);
        let called = hall.call_next(1).unwrap();
        hall.press(1, Action::Serve, called.id).unwrap();
        hall.press(1, Action::Finish, called.id).unwrap();
        if called.id == first {
            break;
        }
        called_before += 1;
        assert!(called_before <= RULES.credited_in_a_row, "somebody waits for ever");
    }
    assert_eq!(called_before, RULES.credited_in_a_row);
}

#[test]
fn bug_23_what_was_cancelled_is_neither_called_nor_finished_nor_cancelled_twice() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    let act_of = |who| Act {
        reason: Some(Reason::DrawnByMistake),
        ..Act::new(Action::Cancel, who, hall.journal.now())
    };
    let op = hall.journal.op();
    let cancel =
        |op| act(&hall.tx(), &hall.journal, (op, Actor::System), id, act_of(Who::Supervisor));
    assert_eq!(cancel(op).unwrap().leg().state, State::Cancelled);
    // The same press sent again says the same; another one is refused.
    assert_eq!(cancel(op).unwrap().leg().state, State::Cancelled);
    assert!(matches!(cancel(hall.journal.op()), Err(Error::Refused(_))));
    assert!(matches!(hall.call_next(1), Err(Error::Empty)));
    assert!(matches!(hall.call_this(1, id, Some(Reason::Other)), Err(Error::Refused(_))));
    for action in Action::ALL.into_iter().filter(|action| !action.is_call()) {
        let pressed = hall.act_with(
            id,
            Act {
                reason: Some(Reason::Other),
                lane: Some("moving".to_owned()),
                ..Act::of_clerk(action, 1, hall.desk(1).staff, hall.journal.now())
            },
        );
        assert!(matches!(pressed, Err(Error::Refused(_))), "{action:?}");
    }
    let cancelled = "select count(*) from journal where facts ->> 'action' = 'cancel'";
    let cancelled: u32 = hall.connection.query_row(cancelled, [], |row| row.get(0)).unwrap();
    assert_eq!(cancelled, 1);
}

#[test]
fn bug_24_whoever_was_not_there_stays_in_the_record_whatever_comes_of_them() {
    let hall = Hall::open();
    hall.sit(1);
    let mut absent = 0;
    for nth in 0..6 {
        let id = hall.issue("certificate").id;
        assert_eq!(hall.call_next(1).unwrap().id, id);
        hall.press(1, Action::MarkAbsent, id).unwrap();
        absent += 1;
        if nth % 2 == 0 {
            hall.press(1, Action::Return, id).unwrap();
            hall.call_next(1).unwrap();
            hall.press(1, Action::Serve, id).unwrap();
            hall.press(1, Action::Finish, id).unwrap();
        }
    }
    let told = "select count(*) from journal where facts ->> 'action' = 'mark_absent'";
    let told: u32 = hall.connection.query_row(told, [], |row| row.get(0)).unwrap();
    assert_eq!(told, absent);
    let all = of_day(&hall.connection, hall.journal.now().date()).unwrap();
    assert_eq!(all.len(), 6, "nobody is taken out");
    let still = all.iter().filter(|ticket| ticket.leg().state == State::Absent).count();
    assert_eq!(still, 3);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}
