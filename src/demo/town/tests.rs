use std::path::Path;
use std::sync::Arc;

use time::macros::{date, datetime};

use super::*;
use crate::chance::SeededChance;
use crate::clock::{Clock, HeldClock};
use crate::config::Config;
use crate::db::Connection;
use crate::journal::OfficeKey;
use crate::queue::duty;
use crate::queue::state::State;
use crate::schema;

struct Hall {
    config: Config,
    connection: Connection,
    clock: Arc<HeldClock>,
    journal: Journal,
    town: Town,
}

impl Hall {
    fn open() -> Self {
        let config = Config::load(Path::new("kiosk-config/example")).unwrap();
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-24 8:30 +9)));
        let chance = Arc::new(SeededChance::new(3));
        let key = OfficeKey::generate(&*chance);
        let journal = Journal::new(clock.clone(), chance.clone(), key);
        let connection = schema::in_memory();
        journal.open_log(&Tx::alone(&connection), "999997/honcho").unwrap();
        let staff: Vec<StaffId> =
            counters(&config).iter().map(|_| StaffId::new(clock.now(), &*chance)).collect();
        let town = Town::new(&config, &staff, clock.now(), 5);
        Self { config, connection, clock, journal, town }
    }

    fn until(&mut self, end: Moment) {
        let tx = Tx::alone(&self.connection);
        past::write_until(&tx, (&self.journal, &self.clock), &mut self.town, end).unwrap();
        self.clock.hold(end);
    }

    fn tickets(&self) -> Vec<queue::Ticket> {
        queue::of_day(&self.connection, self.clock.today()).unwrap()
    }

    fn draw(&self, lane: &str) -> queue::Ticket {
        let lane = self.config.lane(lane).unwrap().numbered().unwrap();
        let (lane, plan) = (&lane, Vec::new());
        let new = NewTicket { visit: None, lane, plan, class: Class::Ordinary, slot: None };
        let by = (self.journal.op(), Actor::System);
        queue::issue(&Tx::alone(&self.connection), &self.journal, by, new).unwrap()
    }
}

#[test]
fn a_day_of_the_town_is_one_that_the_journal_tells_and_it_ends() {
    let mut hall = Hall::open();
    let day = date!(2026 - 11 - 24);
    let tx = Tx::alone(&hall.connection);
    past::write_day(&tx, (&hall.journal, &hall.clock), &mut hall.town, (day, 1.0)).unwrap();
    let tickets = queue::of_day(&hall.connection, day).unwrap();
    assert!((180..450).contains(&tickets.len()), "{}", tickets.len());
    let count = |state: State| tickets.iter().filter(|one| one.leg().state == state).count();
    assert!(count(State::Done) > tickets.len() * 4 / 5, "{}", count(State::Done));
    assert!(count(State::Absent) > 0 && count(State::Cancelled) > 0);
    assert!(tickets.iter().any(|ticket| ticket.legs.len() == 2), "somebody was handed over");
    assert_eq!(count(State::Waiting) + count(State::Called) + count(State::Serving), 0);
    assert_eq!(duty::all(&hall.connection).unwrap(), []);
    assert_eq!(queue::first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn the_day_after_the_town_comes_again_and_not_on_days_of_rest() {
    let mut hall = Hall::open();
    let [tuesday, wednesday] = [date!(2026 - 11 - 24), date!(2026 - 11 - 25)];
    hall.town.begin(past::hours(tuesday), 1.0);
    hall.until(datetime!(2026-11-24 20:00 +9));
    assert_eq!(hall.town.due(), None, "the day is over");
    hall.town.go_on(hall.clock.now());
    assert_eq!(hall.town.due(), Some(datetime!(2026-11-25 8:30 +9)));
    hall.until(datetime!(2026-11-25 12:00 +9));
    let tickets = queue::of_day(&hall.connection, wednesday).unwrap();
    let done = tickets.iter().filter(|ticket| ticket.leg().state == State::Done);
    assert!(done.count() > 30, "{}", tickets.len());
    // It goes on where it is.
    let due = hall.town.due();
    hall.town.go_on(hall.clock.now());
    assert_eq!(hall.town.due(), due);
    for (now, opens) in [
        (datetime!(2026-11-25 5:25 +9), datetime!(2026-11-25 8:30 +9)),
        (datetime!(2026-11-20 20:00 +9), datetime!(2026-11-24 8:30 +9)),
    ] {
        assert_eq!(past::next_hours(now)[0], opens, "{now}");
    }
}

#[test]
fn one_counter_stays_free_for_whoever_tries_it_out() {
    let hall = Hall::open();
    assert_eq!(counters(&hall.config), [1, 2, 3]);
}

#[test]
fn who_got_a_number_from_somebody_else_is_called_by_nobody_of_the_town() {
    let mut hall = Hall::open();
    hall.town.begin(past::hours(hall.clock.today()), 1.0);
    hall.until(datetime!(2026-11-24 10:00 +9));
    let mine = hall.draw("certificate");
    hall.until(datetime!(2026-11-24 12:30 +9));
    let tickets = hall.tickets();
    let own = tickets.iter().find(|ticket| ticket.id == mine.id).unwrap();
    assert_eq!(own.leg().state, State::Waiting);
    let later = |one: &&queue::Ticket| one.issued > mine.issued && one.prefix == mine.prefix;
    assert!(tickets.iter().filter(later).any(|one| one.leg().state == State::Done));
}

#[test]
fn a_person_who_takes_a_counter_over_has_it_until_they_get_up() {
    let mut hall = Hall::open();
    hall.town.begin(past::hours(hall.clock.today()), 1.0);
    hall.until(datetime!(2026-11-24 10:00 +9));
    let person = StaffId::new(hall.clock.now(), &SeededChance::new(99));
    let tx = Tx::alone(&hall.connection);
    duty::open(&tx, &hall.journal, hall.journal.op(), person, 1, true).unwrap();
    let at_counter = queue::at_counter(&hall.connection, 1).unwrap();
    hall.until(datetime!(2026-11-24 11:30 +9));
    assert_eq!(duty::at(&hall.connection, 1).unwrap().unwrap().staff(), Some(person));
    assert_eq!(
        queue::at_counter(&hall.connection, 1).unwrap().map(|t| t.id),
        at_counter.map(|t| t.id)
    );
    let tx = Tx::alone(&hall.connection);
    if let Some(ticket) = queue::at_counter(&hall.connection, 1).unwrap() {
        let now = hall.clock.now();
        let op = || (hall.journal.op(), Actor::Staff(person));
        if ticket.leg().state == State::Called {
            let serve = Act::of_clerk(Action::Serve, 1, person, now);
            queue::act(&tx, &hall.journal, op(), ticket.id, serve).unwrap();
        }
        let finish = Act::of_clerk(Action::Finish, 1, person, now);
        queue::act(&tx, &hall.journal, op(), ticket.id, finish).unwrap();
    }
    duty::close(&tx, &hall.journal, hall.journal.op(), person, 1).unwrap();
    hall.until(datetime!(2026-11-24 12:00 +9));
    let back = duty::at(&hall.connection, 1).unwrap().unwrap().staff();
    assert_ne!(back, Some(person), "the town's clerk has come back");
    assert_eq!(queue::first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn the_days_behind_are_working_days() {
    let days = past::days(date!(2026 - 11 - 26), 15);
    assert_eq!(days.len(), 15);
    assert_eq!(days.last(), Some(&date!(2026 - 11 - 25)));
    // Labour Thanksgiving and Culture Day are holidays.
    assert!(!days.contains(&date!(2026 - 11 - 23)) && !days.contains(&date!(2026 - 11 - 03)));
    assert!(days.is_sorted());
}

#[test]
fn a_demonstration_at_night_is_full_of_life_and_begins_after_midnight() {
    let at = |now| past::hours_around(now)[0];
    assert_eq!(at(datetime!(2026-11-24 22:20 +9)), datetime!(2026-11-24 20:40 +9));
    assert_eq!(at(datetime!(2026-11-24 0:30 +9)), datetime!(2026-11-24 0:00 +9));
}

/// How many were done by noon, where every deed is done so many seconds late.
fn done_by_noon(late_secs: u64) -> usize {
    let mut hall = Hall::open();
    hall.town.begin(past::hours(hall.clock.today()), 1.0);
    let noon = datetime!(2026-11-24 12:00 +9);
    while let Some(due) = hall.town.due().filter(|due| *due <= noon) {
        hall.clock.hold(due.max(hall.clock.now()) + std::time::Duration::from_secs(late_secs));
        hall.town.step(&Tx::alone(&hall.connection), &hall.journal).unwrap();
    }
    hall.tickets().iter().filter(|ticket| ticket.leg().state == State::Done).count()
}

#[test]
fn a_machine_that_is_late_with_every_deed_does_not_make_the_towns_day_longer() {
    let (in_time, late) = (done_by_noon(0), done_by_noon(10));
    assert!(late * 100 >= in_time * 96, "{late} of {in_time}");
}

#[test]
fn in_a_day_that_is_looked_at_fast_a_call_stands_long_enough_to_be_seen() {
    let mut hall = Hall::open();
    hall.town = hall.town.seen_at(60);
    hall.town.begin(past::hours(hall.clock.today()), 1.0);
    let mut ways = Vec::new();
    for minutes in 0..30 {
        hall.until(datetime!(2026-11-24 9:00 +9) + std::time::Duration::from_secs(minutes * 300));
        let tickets = hall.tickets().into_iter();
        let served = tickets.filter(|ticket| ticket.leg().state == State::Serving);
        ways.extend(served.filter_map(|one| Some(one.leg().since - one.leg().called_at?)));
    }
    assert!(ways.len() > 10, "{}", ways.len());
    assert!(ways.iter().all(|way| *way >= time::Duration::seconds(120)), "{ways:?}");
}
