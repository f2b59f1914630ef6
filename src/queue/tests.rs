mod anything;
mod boards;
mod calls;
mod duties;
mod forecast;
mod forecast_meant;
mod forecast_noted;
mod forecast_planned;
mod night;
mod shipped_bugs;
mod spans;
mod spare;
mod taking_back;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;
use time::macros::{date, datetime};

use super::order::{Class, Rules};
use super::state::{Action, State, Who};
use super::voice::Voice;
use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::db::Tx;
use crate::id::{DeviceId, OpId, StaffId, TicketId};
use crate::journal::{Actor, OfficeKey};

const LANES: [&str; 2] = ["certificate", "moving"];
const RULES: Rules = Rules {
    priority_credit: Duration::from_secs(15 * 60),
    late_after: Duration::from_secs(15 * 60),
    return_credit: Duration::from_secs(10 * 60),
    credited_in_a_row: 3,
};

/// A hall in memory: a held clock, three clerks, lanes `certificate` and `moving`.
struct Hall {
    connection: Connection,
    journal: Journal,
    clock: Arc<HeldClock>,
    clerks: Vec<StaffId>,
    lanes: LanesOf,
}

/// A town that wrote nothing down.
#[derive(Debug)]
struct Unplanned;

impl crate::queue::forecast::Planned for Unplanned {
    fn closes(&self, _: &str, _: time::Date) -> Option<crate::clock::Moment> {
        None
    }

    fn breaks(&self, _: u32, _: time::Date) -> Vec<[crate::clock::Moment; 2]> {
        Vec::new()
    }
}

impl Hall {
    fn open_at(moment: crate::clock::Moment) -> Self {
        let connection = crate::schema::in_memory();
        let chance = Arc::new(SeededChance::new(1));
        let clock = Arc::new(HeldClock::at(moment));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance, key);
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        let clerks = (0..3).map(|_| StaffId::new(journal.now(), &*journal.chance)).collect();
        Self {
            connection,
            journal,
            clock,
            clerks,
            lanes: (1..=3).map(|counter| (counter, LANES.map(str::to_owned).to_vec())).collect(),
        }
    }

    fn open() -> Self {
        Self::open_at(datetime!(2026-11-25 9:00 +9))
    }

    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }

    fn pass(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    fn lane(&self, id: &str) -> Lane {
        let prefix = if id == "moving" { "B" } else { "A" };
        let (id, prefix, at_end) = (id.to_owned(), prefix.to_owned(), AtEnd::Widen);
        Lane { id, prefix, numbers: [1, 999], at_end, daily_max: None, spare: None, keeps: false }
    }

    fn try_issue(&self, op: OpId, lane: &Lane, class: Class) -> Result<Ticket, Error> {
        let device = DeviceId::new(self.journal.now(), &*self.journal.chance);
        let new = NewTicket { visit: None, lane, plan: vec![], class, slot: None };
        issue(&self.tx(), &self.journal, (op, Actor::Device(device)), new)
    }

    fn issue(&self, lane: &str) -> Ticket {
        self.try_issue(self.journal.op(), &self.lane(lane), Class::Ordinary).unwrap()
    }

    fn desk(&self, counter: u32) -> Desk<'_> {
        let staff = self.clerks[counter as usize - 1];
        Desk { staff, counter, lanes: &self.lanes, rules: RULES }
    }

    fn sit(&self, counter: u32) -> &Self {
        let staff = self.desk(counter).staff;
        let op = self.journal.op();
        duty::open(&self.tx(), &self.journal, op, staff, counter, false).unwrap();
        self
    }

    /// The floor guide notes how many sit at a counter.
    fn note(&self, counter: u32, people: u32, person: Option<StaffId>) -> Result<(), Error> {
        let (op, guide) = (self.journal.op(), self.clerks[2]);
        duty::note(&self.tx(), &self.journal, op, guide, (counter, people, person))
    }

    fn take_back(&self, counter: u32) -> Result<(), Error> {
        let (op, guide) = (self.journal.op(), self.clerks[2]);
        duty::take_back(&self.tx(), &self.journal, op, guide, counter)
    }

    fn call_next(&self, counter: u32) -> Result<Ticket, Error> {
        call_next(&self.tx(), &self.journal, self.journal.op(), &self.desk(counter))
    }

    fn call_this(
        &self,
        counter: u32,
        id: TicketId,
        reason: Option<Reason>,
    ) -> Result<Ticket, Error> {
        let op = self.journal.op();
        call_this(&self.tx(), &self.journal, op, &self.desk(counter), (id, reason))
    }

    fn act_with(&self, id: TicketId, with: Act) -> Result<Ticket, Error> {
        act(&self.tx(), &self.journal, (self.journal.op(), Actor::System), id, with)
    }

    fn press(&self, counter: u32, action: Action, id: TicketId) -> Result<Ticket, Error> {
        let staff = self.desk(counter).staff;
        self.act_with(id, Act::of_clerk(action, counter, staff, self.journal.now()))
    }

    fn undo(&self, counter: u32, id: TicketId) -> Result<Ticket, Error> {
        let (op, who) = (self.journal.op(), (Who::Clerk, Some(counter)));
        undo(&self.tx(), &self.journal, (op, Actor::System), id, who)
    }

    fn state(&self, id: TicketId) -> State {
        get(&self.connection, id).unwrap().unwrap().leg().state
    }
}

#[test]
fn a_press_sent_twice_is_done_once() {
    let hall = Hall::open();
    hall.sit(1);
    let (op, lane) = (hall.journal.op(), hall.lane("certificate"));
    let drawn = || hall.try_issue(op, &lane, Class::Ordinary).unwrap().to_string();
    assert_eq!([drawn(), drawn()], ["A1", "A1"]);
    hall.issue("certificate");
    let op = hall.journal.op();
    let called = || call_next(&hall.tx(), &hall.journal, op, &hall.desk(1)).unwrap().to_string();
    assert_eq!([called(), called()], ["A1", "A1"]);
    assert_eq!(announcements(&hall.connection, hall.journal.now().date(), 0).unwrap().len(), 1);
}

#[test]
fn every_press_can_be_taken_back_for_a_while_and_nothing_moved_meanwhile() {
    let hall = Hall::open();
    hall.sit(1);
    let before = hall.issue("certificate");
    hall.call_next(1).unwrap();
    let back = hall.undo(1, before.id).unwrap();
    assert_eq!(back, before);
    hall.call_next(1).unwrap();
    let served = hall.press(1, Action::Serve, before.id).unwrap();
    for action in [Action::Finish, Action::Prepare] {
        hall.press(1, action, before.id).unwrap();
        assert_eq!(hall.undo(1, before.id).unwrap().legs, served.legs, "{action:?}");
    }
    hall.press(1, Action::Finish, before.id).unwrap();
    hall.pass(61);
    let late = hall.undo(1, before.id);
    assert!(matches!(late, Err(Error::Refused(Refused::TooLate))));
}

#[test]
fn a_press_is_not_taken_back_onto_a_counter_where_somebody_is() {
    let hall = Hall::open();
    hall.sit(1);
    let first = hall.issue("certificate").id;
    hall.issue("certificate");
    hall.call_next(1).unwrap();
    hall.press(1, Action::MarkAbsent, first).unwrap();
    hall.call_next(1).unwrap();
    assert!(matches!(hall.undo(1, first), Err(Error::CounterBusy(who)) if who == "A2"));
}

#[test]
fn one_number_walks_through_several_lanes() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let no_lane = hall.press(1, Action::GoOn, id);
    assert!(matches!(no_lane, Err(Error::Refused(Refused::NoLane))));
    let staff = hall.desk(1).staff;
    let lane = Some("moving".to_owned());
    let act = Act { lane, ..Act::of_clerk(Action::HandOver, 1, staff, hall.journal.now()) };
    let moved = hall.act_with(id, act).unwrap();
    assert_eq!(moved.legs.len(), 2);
    assert_eq!((moved.leg().lane.as_str(), moved.leg().state), ("moving", State::Waiting));
    assert_eq!(moved.to_string(), "A1");
    // It is not at the back of the other lane: the resident came first.
    hall.pass(60);
    hall.issue("moving");
    assert_eq!(hall.call_next(2).unwrap().id, id);
}

#[test]
fn papers_in_preparation_leave_the_counter_free_and_come_back_as_the_next_leg() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    hall.press(1, Action::Prepare, id).unwrap();
    let second = hall.issue("certificate").id;
    assert_eq!(hall.call_next(1).unwrap().id, second);
    let act = Act {
        lane: Some("moving".to_owned()),
        wants: Some(1),
        ..Act::of_clerk(Action::Ready, 1, hall.desk(1).staff, hall.journal.now())
    };
    assert_eq!(hall.act_with(id, act).unwrap().leg().state, State::Waiting);
    // Counter 1 is on duty and has made them: nobody else calls it.
    hall.sit(2);
    assert!(matches!(hall.call_next(2), Err(Error::Empty)));
    hall.press(1, Action::MarkAbsent, second).unwrap();
    assert_eq!(hall.call_next(1).unwrap().id, id);
}

#[test]
fn what_is_held_says_why_and_goes_on_at_its_counter() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let no_reason = hall.press(1, Action::Hold, id);
    assert!(matches!(no_reason, Err(Error::Refused(Refused::NoReason))));
    let hold = Act {
        reason: Some(Reason::FillingIn),
        minutes: Some(5),
        ..Act::of_clerk(Action::Hold, 1, hall.desk(1).staff, hall.journal.now())
    };
    let held = hall.act_with(id, hold).unwrap();
    assert_eq!(held.leg().until, Some(held.leg().since + Duration::from_secs(300)));
    hall.act_with(id, Act::new(Action::Resume, Who::Timer, hall.journal.now())).unwrap();
    assert!(matches!(hall.call_next(2), Err(Error::Empty)));
    assert_eq!(hall.call_next(1).unwrap().id, id);
}

#[test]
fn who_asks_for_a_moment_when_called_is_still_meant_for_the_counter_that_was_named() {
    let hall = Hall::open();
    hall.sit(1).sit(2);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::Serve, id).unwrap();
    let of_clerk = |action, counter: u32| {
        Act::of_clerk(action, counter, hall.desk(counter).staff, hall.journal.now())
    };
    let lane = Some("moving".to_owned());
    let over = Act { lane, wants: Some(2), ..of_clerk(Action::HandOver, 1) };
    hall.act_with(id, over).unwrap();
    assert_eq!(hall.call_next(2).unwrap().id, id);
    let hold = Act { reason: Some(Reason::Rest), ..of_clerk(Action::Hold, 2) };
    assert_eq!(hall.act_with(id, hold).unwrap().leg().wants, Some(2));
    hall.act_with(id, Act::new(Action::Resume, Who::Resident, hall.journal.now())).unwrap();
    assert!(matches!(hall.call_next(1), Err(Error::Empty)));
    assert_eq!(hall.call_next(2).unwrap().id, id);
}

#[test]
fn somebody_who_missed_the_call_comes_back_with_the_same_number() {
    let hall = Hall::open();
    hall.sit(1);
    let id = hall.issue("certificate").id;
    hall.call_next(1).unwrap();
    hall.press(1, Action::MarkAbsent, id).unwrap();
    let back = || hall.act_with(id, Act::new(Action::Return, Who::Resident, hall.journal.now()));
    assert_eq!(back().unwrap().leg().state, State::Waiting);
    hall.call_next(1).unwrap();
    hall.press(1, Action::MarkAbsent, id).unwrap();
    assert!(matches!(back(), Err(Error::Refused(Refused::ReturnedBefore))));
    hall.press(1, Action::Return, id).unwrap();
}

#[test]
fn a_range_of_numbers_ends_as_the_town_chose() {
    for (at_end, drawn) in [
        (AtEnd::Widen, vec!["A8", "A9", "A10"]),
        (AtEnd::Wrap, vec!["A8", "A9", "A8"]),
        (AtEnd::Refuse, vec!["A8", "A9"]),
    ] {
        let hall = Hall::open();
        let lane = Lane { numbers: [8, 9], at_end, ..hall.lane("certificate") };
        let tickets: Vec<String> = (0..3)
            .filter_map(|_| hall.try_issue(hall.journal.op(), &lane, Class::Ordinary).ok())
            .map(|ticket| ticket.to_string())
            .collect();
        assert_eq!(tickets, drawn, "{at_end:?}");
    }
    let hall = Hall::open();
    let lane = Lane { daily_max: Some(1), ..hall.lane("certificate") };
    let draw = || hall.try_issue(hall.journal.op(), &lane, Class::Ordinary);
    draw().unwrap();
    assert!(matches!(draw(), Err(Error::Full(lane)) if lane == "certificate"));
}

#[test]
fn the_day_is_the_local_one_and_yesterdays_tickets_are_not_called() {
    // 08:59 in Japan is still yesterday in UTC; at midnight numbers begin anew.
    let hall = Hall::open_at(datetime!(2026-12-31 23:59 +9));
    let old = hall.issue("certificate");
    hall.pass(120);
    hall.sit(1);
    let new = hall.issue("certificate");
    assert_eq!((old.to_string(), new.to_string()), ("A1".into(), "A1".into()));
    assert_eq!((new.day.year(), old.day.year()), (2027, 2026));
    assert_eq!(hall.call_next(1).unwrap().id, new.id);
    hall.press(1, Action::MarkAbsent, new.id).unwrap();
    let yesterday = hall.call_this(1, old.id, Some(Reason::Other));
    assert!(matches!(yesterday, Err(Error::NoSuchTicket)));
    let today = hall.journal.now().date();
    assert_eq!(close_day(&hall.tx(), &hall.journal, today).unwrap(), 1);
    assert_eq!(hall.state(old.id), State::Expired);
    assert_eq!(hall.state(new.id), State::Absent);
    assert_eq!(close_day(&hall.tx(), &hall.journal, today).unwrap(), 0);
}

#[test]
fn a_row_that_was_changed_behind_the_journals_back_is_found() {
    let hall = Hall::open();
    let id = hall.issue("certificate").id;
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
    hall.connection.execute("update leg set state = 'done'", []).unwrap();
    assert_eq!(first_contradiction(&hall.connection).unwrap(), Some(id));
}
