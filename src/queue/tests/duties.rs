//! Who sits where: signed in, or noted by somebody else.

use super::*;
use crate::queue::duty::{Duty, Noted, Sits};

fn at(hall: &Hall, counter: u32) -> Option<Duty> {
    duty::at(&hall.connection, counter).unwrap()
}

fn told(hall: &Hall) -> Option<u32> {
    duty::first_contradiction(&hall.connection).unwrap()
}

fn people(hall: &Hall, counter: u32) -> Option<u32> {
    at(hall, counter).and_then(|duty| duty.noted()).map(|noted| noted.people)
}

#[test]
fn a_counter_where_nobody_signed_in_is_on_duty_once_it_is_noted() {
    let hall = Hall::open();
    let (first, guide) = (hall.clerks[0], hall.clerks[2]);
    hall.note(3, 2, Some(first)).unwrap();
    let noted = Noted { people: 2, person: Some(first), by: guide };
    let since = hall.journal.now();
    let duty = Duty { counter: 3, sits: Sits::Noted(noted), since, paused: None, in_a_row: 0 };
    assert_eq!(at(&hall, 3), Some(duty.clone()));
    // Noted anew, it is the same counter since the same time.
    hall.pass(60);
    hall.note(3, 1, Some(first)).unwrap();
    let noted = Noted { people: 1, ..noted };
    assert_eq!(at(&hall, 3), Some(Duty { sits: Sits::Noted(noted), ..duty }));
    hall.note(3, 0, None).unwrap();
    assert_eq!(at(&hall, 3), None);
    assert_eq!(told(&hall), None);
}

#[test]
fn whoever_may_press_calls_and_serves_at_a_noted_counter_and_nobody_else_is_sent_there() {
    let hall = Hall::open();
    let id = hall.issue("certificate").id;
    assert!(matches!(hall.call_next(1), Err(Error::NotOnDuty)));
    hall.note(1, 1, None).unwrap();
    // Another clerk presses for whoever sits there.
    assert_eq!(hall.call_next(1).unwrap().id, id);
    hall.issue("certificate");
    assert!(matches!(hall.call_next(1), Err(Error::CounterBusy(who)) if who == "A1"));
    let gone = hall.note(1, 0, None);
    assert!(matches!(gone, Err(Error::CounterBusy(who)) if who == "A1"));
    hall.press(1, Action::Serve, id).unwrap();
    hall.press(1, Action::Finish, id).unwrap();
    hall.note(1, 0, None).unwrap();
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
    assert_eq!(told(&hall), None);
}

#[test]
fn whoever_signs_in_ends_what_was_noted_of_the_counter_and_of_themselves() {
    let hall = Hall::open();
    let (first, second) = (hall.clerks[0], hall.clerks[1]);
    hall.note(1, 2, None).unwrap();
    hall.note(3, 2, Some(first)).unwrap();
    hall.sit(1);
    assert_eq!(at(&hall, 1).unwrap().sits, Sits::SignedIn(first));
    assert_eq!((people(&hall, 3), at(&hall, 3).unwrap().person()), (Some(1), None));
    assert!(matches!(hall.note(1, 3, None), Err(Error::Taken)), "it speaks for itself");
    assert!(matches!(hall.note(2, 1, Some(first)), Err(Error::SitsElsewhere(1))));
    hall.note(2, 1, Some(second)).unwrap();
    hall.sit(2);
    assert!(matches!(hall.note(3, 1, Some(second)), Err(Error::SitsElsewhere(2))));
    assert_eq!(told(&hall), None);
}

#[test]
fn the_last_note_is_taken_back_once_and_only_while_nothing_else_has_happened_there() {
    let hall = Hall::open();
    let nothing = |taken: Result<(), Error>| {
        assert!(matches!(taken, Err(Error::Refused(Refused::NothingToUndo))), "{taken:?}");
    };
    nothing(hall.take_back(3));
    hall.note(3, 2, None).unwrap();
    let before = at(&hall, 3);
    hall.pass(60);
    hall.note(3, 0, None).unwrap();
    hall.take_back(3).unwrap();
    assert_eq!(at(&hall, 3), before, "as it was, and since when");
    nothing(hall.take_back(3));
    hall.note(3, 1, None).unwrap();
    hall.pass(duty::UNDO_WITHIN.as_secs() + 1);
    nothing(hall.take_back(3));
    hall.note(1, 1, None).unwrap();
    hall.sit(1);
    nothing(hall.take_back(1));
    assert_eq!(told(&hall), None);
}

#[test]
fn what_was_noted_ends_with_the_day_and_whoever_signed_in_stays() {
    let hall = Hall::open();
    hall.sit(1).note(3, 1, None).unwrap();
    let due = || do_what_is_due(&hall.tx(), &hall.journal).unwrap();
    assert_eq!((due(), people(&hall, 3)), (0, Some(1)));
    hall.pass(24 * 3600);
    assert_eq!((due(), people(&hall, 3)), (1, None));
    assert!(at(&hall, 1).is_some());
    let back = hall.take_back(3);
    assert!(matches!(back, Err(Error::Refused(Refused::NothingToUndo))), "nobody pressed it");
    assert_eq!(told(&hall), None);
}

#[test]
fn a_note_sent_twice_is_one() {
    let hall = Hall::open();
    let (op, guide) = (hall.journal.op(), hall.clerks[2]);
    let send = || duty::note(&hall.tx(), &hall.journal, op, guide, (3, 2, None)).unwrap();
    send();
    hall.note(3, 1, None).unwrap();
    send();
    assert_eq!(people(&hall, 3), Some(1));
}

#[test]
fn a_row_of_duty_that_was_changed_behind_the_journals_back_is_found() {
    let lane = |hall: &Hall| hall.lane("certificate");
    for change in [
        "update duty set in_a_row = 2 where counter = 1",
        "update duty set since = '2026-11-25T08:00:00.000+09:00' where counter = 1",
        "update duty set paused = 'break', paused_at = since where counter = 1",
        "update duty set people = 3 where counter = 3",
        "delete from duty where counter = 1",
        "insert into duty (counter, people, noted_by, since, in_a_row)
         select 4, 1, noted_by, since, 0 from duty where counter = 3",
    ] {
        let hall = Hall::open();
        hall.sit(1).note(3, 2, None).unwrap();
        hall.issue("certificate");
        hall.try_issue(hall.journal.op(), &lane(&hall), Class::Priority).unwrap();
        hall.call_next(1).unwrap();
        assert_eq!(told(&hall), None);
        hall.connection.execute(change, []).unwrap();
        assert!(told(&hall).is_some(), "{change}");
    }
}

#[test]
fn turns_that_were_used_up_and_given_back_are_told_by_the_journal() {
    let hall = Hall::open();
    hall.sit(1);
    hall.issue("certificate");
    hall.try_issue(hall.journal.op(), &hall.lane("certificate"), Class::Priority).unwrap();
    let turns = || at(&hall, 1).unwrap().in_a_row;
    let called = hall.call_next(1).unwrap();
    assert_eq!((called.class, turns(), told(&hall)), (Class::Priority, 1, None));
    hall.undo(1, called.id).unwrap();
    assert_eq!((turns(), told(&hall)), (0, None));
}

#[test]
fn what_an_earlier_edition_left_to_the_row_alone_contradicts_nothing() {
    let hall = Hall::open();
    hall.sit(1);
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    let at = "update journal set facts = json_remove(facts, '$.at', '$.credited')";
    hall.connection.execute_batch("drop trigger journal_is_never_edited").unwrap();
    hall.connection.execute(at, []).unwrap();
    let later = "update duty set since = '2026-11-25T09:00:00.003+09:00', in_a_row = 2";
    hall.connection.execute(later, []).unwrap();
    assert_eq!(told(&hall), None);
}

#[test]
fn whoever_is_bound_to_a_counter_is_called_by_some_counter_whatever_that_one_does() {
    let staff = StaffId::new(datetime!(2026-11-25 9:00 +9), &SeededChance::new(1));
    let named = |lanes: &[&str]| lanes.iter().map(|lane| (*lane).to_owned()).collect();
    let lanes = LanesOf::from([
        (1, named(&["certificate"])),
        (2, named(&["certificate", "moving"])),
        (3, named(&["moving"])),
    ]);
    let now = datetime!(2026-11-25 9:00 +9);
    let doing = |counter, what: u32| {
        let noted = Sits::Noted(Noted { people: 1, person: None, by: staff });
        let sits = if what == 3 { noted } else { Sits::SignedIn(staff) };
        let paused = (what == 2).then_some((duty::Pause::Break, now));
        (what > 0).then_some(Duty { counter, sits, since: now, paused, in_a_row: 0 })
    };
    let mut ticket = Ticket::drawn("B", 1, now);
    ticket.legs[0].lane = "moving".to_owned();
    for case in 0..4_u32.pow(3) {
        let duties: Vec<Duty> = (1..=3)
            .filter_map(|counter| doing(counter, case / 4_u32.pow(counter - 1) % 4))
            .collect();
        let calling = |duty: &&Duty| {
            duty.paused.is_none() && lanes[&duty.counter].contains(&"moving".to_owned())
        };
        for wants in [None, Some(1), Some(2), Some(3)] {
            ticket.legs[0].wants = wants;
            let may: Vec<u32> = duties
                .iter()
                .filter(calling)
                .map(|duty| duty.counter)
                .filter(|one| is_callable(&ticket, *one, &lanes, &duties))
                .collect();
            let all: Vec<u32> = duties.iter().filter(calling).map(|duty| duty.counter).collect();
            let bound = wants.filter(|wants| all.contains(wants));
            let expected = bound.map_or(all, |wants| vec![wants]);
            assert_eq!(may, expected, "{duties:?} {wants:?}");
        }
    }
}
