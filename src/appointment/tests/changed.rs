//! Another time, calling off, coming and not coming.

use super::*;

#[test]
fn another_slot_is_kept_before_the_old_one_is_given_up() {
    let office = Office::open();
    let mine = office.booked("moving", at(9, 0));
    for _ in 0..2 {
        office.booked("moving", at(10, 0));
    }
    assert!(matches!(office.move_to(&mine, at(10, 0)), Err(Error::Full)));
    assert_eq!(get(&office.connection, mine.id).unwrap().unwrap(), mine);
    assert_eq!(office.free_at("moving", at(9, 0)), 1);
    let moved = office.move_to(&mine, at(9, 30)).unwrap();
    assert_eq!((moved.start, moved.number), (at(9, 30), mine.number));
    assert_eq!(office.free_at("moving", at(9, 0)), 2);
    // A page from before the change.
    assert!(matches!(office.move_to(&mine, at(11, 0)), Err(Error::Changed)));
    // Its own seat is no obstacle.
    let room = office.booked("room", at(9, 0));
    office.move_to(&room, at(9, 0)).unwrap();
    office.is_sound();
}

#[test]
fn arrivals_are_taken_on_the_day_from_a_little_before() {
    let office = Office::open();
    let mine = office.booked("moving", at(10, 0));
    let said = |who| match office.arrive(who, mine.id) {
        Ok(_) => "arrived".to_owned(),
        Err(Error::OtherDay(day)) => format!("on {day}"),
        Err(Error::TooEarly(from)) => format!("from {}:{:02}", from.hour(), from.minute()),
        Err(Error::TooLate) => "too late".to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(said(Who::Resident), "on 2026-11-25");
    assert_eq!(said(Who::Staff), "on 2026-11-25");
    office.pass(24 * 60 + 29);
    assert_eq!(said(Who::Resident), "from 9:30");
    office.pass(1);
    assert_eq!(said(Who::Resident), "arrived");
    assert_eq!(said(Who::Resident), "a Arrived appointment cannot be Arrive");
    let taken_back =
        take_back(&office.tx(), &office.journal, office.by(Who::Staff), mine.id).unwrap();
    assert_eq!((taken_back.state, taken_back.ticket), (State::Booked, None));
    office.pass(61);
    assert_eq!(said(Who::Resident), "too late");
    assert_eq!(said(Who::Staff), "arrived");
    office.is_sound();
}

#[test]
fn what_became_of_the_appointments_of_a_day_is_counted_by_service() {
    let office = Office::open();
    let here = office.booked("moving", at(9, 0));
    office.booked("moving", at(9, 0));
    office.call_off(&office.booked("moving", at(10, 0))).unwrap();
    office.booked("room", at(15, 0));
    // Nobody entered a name in time; somebody took another day.
    office.hold(Who::Resident, "moving", at(11, 0)).unwrap();
    let moved = office.booked("moving", at(11, 0));
    office.move_to(&moved, datetime!(2026-11-26 9:00 +9)).unwrap();
    office.pass(24 * 60);
    office.arrive(Who::Staff, here.id).unwrap();
    office.pass(31);
    office.tidy();
    let all = counted(&office.connection, [TOMORROW, date!(2026 - 11 - 26)]).unwrap();
    let file = "\u{feff}date,service,booked,arrived,missed,cancelled\r\n\
        2026-11-25,moving,3,1,1,1\r\n2026-11-25,room,1,0,0,0\r\n2026-11-26,moving,1,0,0,0\r\n";
    assert_eq!(as_file(&all), file);
    assert_eq!(counted(&office.connection, [TOMORROW; 2]).unwrap(), all[..2]);
}

#[test]
fn whoever_does_not_come_is_noted_and_may_still_be_helped_by_staff() {
    let office = Office::open();
    let mine = office.booked("moving", at(9, 0));
    office.pass(24 * 60 + 30);
    assert_eq!(office.tidy(), Tidied::default());
    office.pass(1);
    assert_eq!(office.tidy(), Tidied { missed: 1, ..Tidied::default() });
    assert_eq!(office.tidy(), Tidied::default());
    assert!(matches!(office.arrive(Who::Resident, mine.id), Err(Error::Refused(_))));
    let missed = get(&office.connection, mine.id).unwrap().unwrap();
    assert_eq!(missed.state, State::Missed);
    let moved = office.move_to(&missed, at(11, 0)).unwrap();
    assert_eq!(moved.state, State::Booked);
    office.is_sound();
}

#[test]
fn residents_change_what_has_not_begun_and_staff_what_has() {
    let office = Office::open();
    let mine = office.booked("moving", at(10, 0));
    office.pass(25 * 60);
    let off = |who| {
        let by = office.by(who);
        call_off(&office.tx(), &office.journal, by, (mine.id, mine.version))
    };
    for who in [Who::Resident, Who::Home] {
        assert!(matches!(off(who), Err(Error::TooLate)), "{who:?}");
        let to = (mine.id, mine.version, at(15, 0));
        let moved = move_to(&office.tx(), &office.journal, &office.plan, office.by(who), to);
        assert!(matches!(moved, Err(Error::TooLate)), "{moved:?}");
    }
    assert_eq!(off(Who::Staff).unwrap().state, State::Cancelled);
    office.is_sound();
}
