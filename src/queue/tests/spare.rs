//! Sheets that were printed beforehand, typed in when the machine runs again.

use super::super::spare::{Served, Sheet, Wrong, type_in};
use super::*;
use crate::clock::Moment;
use crate::queue::report;

const NINE: Moment = datetime!(2026-11-25 9:00 +9);

fn after(minutes: u64) -> Moment {
    NINE + Duration::from_secs(minutes * 60)
}

fn sheet(number: u32, came: u64) -> Sheet {
    Sheet { number, came: after(came), served: None }
}

fn served(number: u32, came: u64, [called, ended]: [u64; 2]) -> Sheet {
    let served = Served { counter: 1, called: after(called), ended: after(ended) };
    Sheet { served: Some(served), ..sheet(number, came) }
}

impl Hall {
    /// The lane for certificates, with sheets from 901 on.
    fn lane_with_sheets(&self) -> Lane {
        Lane { numbers: [1, 900], spare: Some([901, 950]), ..self.lane("certificate") }
    }

    fn try_type_in(&self, op: OpId, sheet: &Sheet) -> Result<Ticket, Error> {
        let lane = &self.lane_with_sheets();
        let class = Class::Ordinary;
        let new = NewTicket { visit: None, lane, plan: vec![], class, slot: None };
        type_in(&self.tx(), &self.journal, (op, self.clerks[0]), new, sheet)
    }

    fn type_in(&self, sheet: &Sheet) -> Ticket {
        self.try_type_in(self.journal.op(), sheet).unwrap()
    }

    fn wrong(&self, sheet: &Sheet) -> Wrong {
        match self.try_type_in(self.journal.op(), sheet) {
            Err(Error::Sheet(wrong)) => wrong,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_sheet_waits_as_of_when_its_resident_came_and_the_journal_keeps_both_times() {
    let hall = Hall::open();
    let before = hall.issue("certificate");
    // From 9:10 to 10:00 the machine stood still; since then somebody drew a number.
    hall.pass(3600);
    let since = hall.issue("certificate");
    hall.pass(300);
    let late = hall.type_in(&sheet(902, 30));
    let early = hall.type_in(&sheet(901, 12));
    assert_eq!(
        (early.to_string(), early.arrived, early.typed),
        ("A901".into(), after(12), Some(after(65)))
    );
    hall.sit(1);
    let mut called = Vec::new();
    while let Ok(ticket) = hall.call_next(1) {
        hall.press(1, Action::MarkAbsent, ticket.id).unwrap();
        called.push(ticket.id);
    }
    assert_eq!(called, [before.id, early.id, late.id, since.id]);
    let written: (String, String) = hall
        .connection
        .query_row(
            "select facts ->> 'at', facts ->> 'typed' from journal
             where kind = 'ticket.issued' and facts ->> 'number' = 901",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(written, (crate::clock::rfc3339(after(12)), crate::clock::rfc3339(after(65))));
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn the_machine_gives_no_number_of_a_sheet_out() {
    for at_end in [AtEnd::Widen, AtEnd::Wrap, AtEnd::Refuse] {
        let hall = Hall::open();
        let lane = Lane {
            numbers: [898, 900],
            at_end,
            spare: Some([901, 950]),
            ..hall.lane("certificate")
        };
        hall.type_in(&sheet(901, 0));
        hall.type_in(&sheet(902, 0));
        let drawn: Vec<String> = (0..5)
            .filter_map(|_| hall.try_issue(hall.journal.op(), &lane, Class::Ordinary).ok())
            .map(|ticket| ticket.to_string())
            .collect();
        let expected = match at_end {
            AtEnd::Widen => vec!["A898", "A899", "A900", "A951", "A952"],
            AtEnd::Wrap => vec!["A898", "A899", "A900", "A898", "A899"],
            // Those on paper use nothing of the range up.
            AtEnd::Refuse => vec!["A898", "A899", "A900"],
        };
        assert_eq!(drawn, expected, "{at_end:?}");
    }
}

#[test]
fn a_sheet_is_typed_in_once_and_what_was_a_mistake_is_typed_in_anew() {
    let hall = Hall::open();
    hall.pass(3600);
    let op = hall.journal.op();
    let first = hall.try_type_in(op, &sheet(901, 10)).unwrap();
    assert_eq!(hall.try_type_in(op, &sheet(901, 10)).unwrap(), first, "the same press");
    assert_eq!(hall.wrong(&sheet(901, 10)), Wrong::GivenOut);
    let leave = Act::new(Action::Leave, Who::Guide, hall.journal.now());
    hall.act_with(first.id, leave).unwrap();
    let again = hall.type_in(&sheet(901, 20));
    assert_eq!((again.to_string(), again.arrived), ("A901".into(), after(20)));
    assert_eq!(hall.wrong(&sheet(901, 20)), Wrong::GivenOut);
    // A block that was written into the configuration at noon: the machine was first.
    let lane = Lane { numbers: [920, 999], ..hall.lane("certificate") };
    hall.try_issue(hall.journal.op(), &lane, Class::Ordinary).unwrap();
    assert_eq!(hall.wrong(&sheet(920, 10)), Wrong::GivenOut);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn what_cannot_be_is_refused_and_leaves_nothing() {
    let hall = Hall::open();
    hall.pass(3600);
    for (sheet, wrong) in [
        (sheet(900, 10), Wrong::NotOfTheBlock),
        (sheet(951, 10), Wrong::NotOfTheBlock),
        (sheet(901, 61), Wrong::InTheFuture),
        (Sheet { came: datetime!(2026-11-24 9:30 +9), ..sheet(901, 0) }, Wrong::AnotherDay),
        (served(901, 20, [10, 30]), Wrong::OutOfOrder),
    ] {
        assert_eq!(hall.wrong(&sheet), wrong, "{sheet:?}");
    }
    assert!(of_day(&hall.connection, NINE.date()).unwrap().is_empty());
    // However many the lane gives out on a day: whoever has a sheet is there.
    let lane = &Lane { daily_max: Some(0), ..hall.lane_with_sheets() };
    let new = NewTicket { visit: None, lane, plan: vec![], class: Class::Ordinary, slot: None };
    let by = (hall.journal.op(), hall.clerks[0]);
    type_in(&hall.tx(), &hall.journal, by, new, &sheet(901, 10)).unwrap();
}

#[test]
fn what_was_served_by_hand_over_closing_time_is_typed_in_the_next_day_and_counted() {
    let hall = Hall::open();
    hall.issue("certificate");
    hall.pass(26 * 3600);
    let today = hall.journal.now().date();
    close_day(&hall.tx(), &hall.journal, today).unwrap();
    report::close_days(&hall.tx(), &hall.journal, today).unwrap();
    let counted = || {
        let day = report::of(&hall.connection, NINE.date()).unwrap().unwrap().all;
        (day.came, day.served, day.services.total_secs)
    };
    assert_eq!(counted(), (1, 0, 0));
    assert_eq!(hall.wrong(&sheet(901, 480)), Wrong::AnotherDay, "nobody waits since then");
    let late = hall.type_in(&served(901, 480, [485, 490]));
    assert_eq!((late.day, late.leg().state), (NINE.date(), State::Done));
    assert_eq!(counted(), (2, 1, 300));
    assert_eq!(report::count(&hall.connection, NINE.date()).unwrap().all.came, 2);
    assert_eq!(hall.wrong(&served(901, 480, [485, 490])), Wrong::GivenOut);
    // Of today the number is free.
    assert_eq!(hall.type_in(&sheet(901, 25 * 60)).day, today);
    assert_eq!(of_day(&hall.connection, today).unwrap().len(), 1);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn who_was_served_by_hand_is_called_nowhere_and_counted_with_their_own_times() {
    let hall = Hall::open();
    hall.pass(3600);
    // Somebody is at that counter now.
    hall.issue("certificate");
    let now_there = hall.sit(1).call_next(1).unwrap();
    let by_hand = hall.type_in(&served(901, 5, [15, 21]));
    assert_eq!(by_hand.leg().state, State::Done);
    hall.type_in(&served(902, 10, [30, 34]));
    let waits = hall.type_in(&sheet(903, 40));
    let calls = announcements(&hall.connection, NINE.date(), 0).unwrap();
    assert_eq!(calls.len(), 1, "nobody is called for them");
    assert_eq!(at_counter(&hall.connection, 1).unwrap().map(|one| one.id), Some(now_there.id));
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
    hall.pass(600);
    hall.press(1, Action::MarkAbsent, now_there.id).unwrap();
    assert_eq!(hall.call_next(1).unwrap().id, waits.id);

    let day = report::count(&hall.connection, NINE.date()).unwrap();
    let lane = &day.lanes["certificate"];
    // 10, 20 and 0 minutes, and from 9:40 to 10:10.
    assert_eq!((lane.came, lane.waits.count, lane.waits.total_secs), (4, 4, 3600));
    assert_eq!(lane.waits.longest_secs, 1800);
    assert_eq!((lane.services.count, lane.services.total_secs), (2, 600));
    let came: Vec<(u8, u32)> = day.hours.iter().map(|hour| (hour.hour, hour.came)).collect();
    assert_eq!(came, [(9, 3), (10, 1)]);
    let file = report::tickets_file(&hall.connection, NINE.date()).unwrap();
    let line = file.lines().find(|line| line.contains(",A901,")).unwrap();
    assert!(line.contains("T09:05:00.000+09:00,2026-11-25T09:15:00.000+09:00"), "{line}");
}
