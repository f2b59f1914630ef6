//! The queue over night.

use super::super::report;
use super::*;

/// Until this moment.
fn hold(hall: &Hall, moment: crate::clock::Moment) {
    hall.clock.hold(moment);
}

impl Hall {
    fn keep(&self) -> [usize; 2] {
        let today = self.journal.now().date();
        let kept = keep_over_night(&self.tx(), &self.journal, today).unwrap();
        [kept, close_day(&self.tx(), &self.journal, today).unwrap()]
    }

    fn draw_of_keeper(&self) -> Ticket {
        let lane = Lane { keeps: true, ..self.lane("certificate") };
        self.try_issue(self.journal.op(), &lane, Class::Ordinary).unwrap()
    }

    /// A number that was called at a counter and served, if anything more is to be done.
    fn served(&self, counter: u32) -> TicketId {
        let id = self.call_next(counter).unwrap().id;
        self.press(counter, Action::Serve, id).unwrap();
        id
    }
}

/// The evening of the 25th: A1 done, A2 held, A3 in preparation, A4 absent, A5 served
/// (somebody forgot), A6 and A7 waiting.
fn evening() -> (Hall, Vec<Ticket>) {
    let hall = Hall::open_at(datetime!(2026-11-25 16:00 +9));
    hall.sit(1).sit(2);
    let drawn: Vec<Ticket> = (0..7).map(|_| hall.draw_of_keeper()).collect();
    hall.pass(600);
    let done = hall.served(1);
    hall.press(1, Action::Finish, done).unwrap();
    let held = hall.served(1);
    let hold = Act {
        reason: Some(Reason::PaperMissing),
        ..Act::of_clerk(Action::Hold, 1, hall.desk(1).staff, hall.journal.now())
    };
    hall.act_with(held, hold).unwrap();
    let prepared = hall.served(1);
    hall.press(1, Action::Prepare, prepared).unwrap();
    let absent = hall.call_next(1).unwrap().id;
    hall.press(1, Action::MarkAbsent, absent).unwrap();
    hall.served(1);
    (hall, drawn)
}

fn states(hall: &Hall, tickets: &[Ticket]) -> Vec<State> {
    tickets.iter().map(|ticket| hall.state(ticket.id)).collect()
}

#[test]
fn bug_17_a_queue_that_is_not_kept_ends_with_its_day() {
    let (hall, drawn) = evening();
    hold(&hall, datetime!(2026-11-26 0:00 +9));
    let today = date!(2026 - 11 - 26);
    assert_eq!(close_day(&hall.tx(), &hall.journal, today).unwrap(), 6);
    assert_eq!(states(&hall, &drawn), [[State::Done; 1].as_slice(), &[State::Expired; 6]].concat());
    let next = hall.issue("certificate");
    assert_eq!(next.to_string(), "A1");
    assert_eq!(hall.call_next(2).unwrap().id, next.id);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn bug_17_a_queue_that_is_kept_goes_on_in_the_morning_and_its_numbers_are_drawn_by_nobody() {
    let (hall, drawn) = evening();
    hold(&hall, datetime!(2026-11-26 0:00 +9));
    assert_eq!(hall.keep(), [4, 2]);
    use State::*;
    assert_eq!(states(&hall, &drawn), [Done, Held, Preparing, Expired, Expired, Waiting, Waiting]);
    assert_eq!(hall.keep(), [0, 0], "once");
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
    hold(&hall, datetime!(2026-11-26 8:30 +9));
    // A2, A3, A6 and A7 are people's numbers.
    let today: Vec<Ticket> = (0..4).map(|_| hall.draw_of_keeper()).collect();
    let numbers: Vec<String> = today.iter().map(ToString::to_string).collect();
    assert_eq!(numbers, ["A1", "A4", "A5", "A8"]);
    // The counter that they were served at has nobody today.
    duty::close(&hall.tx(), &hall.journal, hall.journal.op(), hall.desk(1).staff, 1).unwrap();
    // Whoever waited goes first; who was held comes back with the old number.
    hall.act_with(drawn[1].id, Act::new(Action::Resume, Who::Resident, hall.journal.now()))
        .unwrap();
    let mut called = Vec::new();
    while let Ok(ticket) = hall.call_next(2) {
        hall.press(2, Action::Serve, ticket.id).unwrap();
        hall.press(2, Action::Finish, ticket.id).unwrap();
        called.push(ticket.to_string());
    }
    assert_eq!(called, ["A2", "A6", "A7", "A1", "A4", "A5", "A8"]);
    // What is over is another's number on the day after; what is not, is kept again.
    hold(&hall, datetime!(2026-11-27 0:00 +9));
    assert_eq!(hall.keep(), [1, 0]);
    let numbers: Vec<String> = (0..3).map(|_| hall.draw_of_keeper().to_string()).collect();
    assert_eq!(numbers, ["A1", "A2", "A4"]);
    let kept = get(&hall.connection, drawn[2].id).unwrap().unwrap();
    assert_eq!((kept.day, kept.drawn_on), (date!(2026 - 11 - 27), Some(date!(2026 - 11 - 25))));
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn a_number_that_is_drawn_before_the_night_was_swept_is_none_that_is_kept() {
    let (hall, _) = evening();
    hold(&hall, datetime!(2026-11-26 0:00:30 +9));
    let numbers: Vec<String> = (0..3).map(|_| hall.draw_of_keeper().to_string()).collect();
    assert_eq!(numbers, ["A1", "A4", "A5"]);
    assert_eq!(hall.keep(), [4, 2]);
    // The town has chosen so only now: who drew the same number since has it.
    let (hall, drawn) = evening();
    hold(&hall, datetime!(2026-11-26 0:00:30 +9));
    let numbers: Vec<String> = (0..2).map(|_| hall.issue("certificate").to_string()).collect();
    assert_eq!(numbers, ["A1", "A2"]);
    assert_eq!(hall.keep(), [3, 3]);
    assert_eq!(hall.state(drawn[1].id), State::Expired);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn where_every_number_of_a_range_is_kept_none_is_drawn_and_the_office_goes_on() {
    let hall = Hall::open_at(datetime!(2026-11-25 16:00 +9));
    let at_end = AtEnd::Wrap;
    let lane = Lane { numbers: [8, 9], at_end, keeps: true, ..hall.lane("certificate") };
    let draw = || hall.try_issue(hall.journal.op(), &lane, Class::Ordinary);
    let [first, _] = [draw(), draw()].map(Result::unwrap);
    hold(&hall, datetime!(2026-11-26 8:30 +9));
    let ended = |drawn| matches!(drawn, Err(Error::RangeEnded(prefix)) if prefix == "A");
    assert!(ended(draw()), "before the night was swept");
    assert_eq!(hall.keep(), [2, 0]);
    assert!(ended(draw()), "and after it");
    // The day after, the number of whoever was served is there again.
    hall.sit(1);
    assert_eq!(hall.served(1), first.id);
    hall.press(1, Action::Finish, first.id).unwrap();
    hold(&hall, datetime!(2026-11-27 8:30 +9));
    assert_eq!(hall.keep(), [1, 0]);
    assert_eq!([draw(), draw()].map(|drawn| drawn.unwrap().to_string()), ["A8", "A8"]);
    assert_eq!(first_contradiction(&hall.connection).unwrap(), None);
}

#[test]
fn each_day_counts_what_happened_on_it_and_a_night_is_no_wait() {
    let (hall, drawn) = evening();
    let [first, second] = [date!(2026 - 11 - 25), date!(2026 - 11 - 26)];
    hold(&hall, datetime!(2026-11-26 0:00 +9));
    hall.keep();
    report::close_days(&hall.tx(), &hall.journal, second).unwrap();
    hold(&hall, datetime!(2026-11-26 9:00 +9));
    hall.draw_of_keeper();
    hall.pass(300);
    // A6, who waited over night, and the first of today are served five minutes each.
    for id in [drawn[5].id, drawn[6].id] {
        assert_eq!(hall.served(2), id);
        hall.pass(300);
        hall.press(2, Action::Finish, id).unwrap();
    }
    let id = hall.served(2);
    hall.press(2, Action::Finish, id).unwrap();
    hold(&hall, datetime!(2026-11-27 0:00 +9));
    hall.keep();
    report::close_days(&hall.tx(), &hall.journal, date!(2026 - 11 - 27)).unwrap();
    let day = |day| report::of(&hall.connection, day).unwrap().unwrap().all;
    let (yesterday, today) = (day(first), day(second));
    let counts = |tally: &report::tally::Tally| {
        [tally.came, tally.served, tally.kept, tally.unfinished, tally.no_shows, tally.not_called]
    };
    assert_eq!(counts(&yesterday), [7, 1, 4, 1, 1, 0]);
    assert_eq!(counts(&today), [1, 3, 2, 0, 0, 0]);
    // Five were called on the first day, after ten minutes; on the second only who came.
    assert_eq!((yesterday.waits.count, yesterday.waits.total_secs), (5, 3000));
    assert_eq!((today.waits.count, today.waits.total_secs), (1, 900));
    assert_eq!(today.services.total_secs, 600);
    // Counted again from the journal, each day is the same.
    for day in [first, second] {
        let counted = report::count(&hall.connection, day).unwrap();
        assert_eq!(Some(counted), report::of(&hall.connection, day).unwrap(), "{day}");
        let file = report::tickets_file(&hall.connection, day).unwrap();
        assert!(file.contains(",A3,") && file.contains(",kept,"), "{file}");
    }
}

#[test]
fn who_was_kept_is_told_a_time_in_the_morning_and_the_office_is_not_judged_by_it() {
    use crate::queue::forecast::{Forecast, Setup};
    let (hall, drawn) = evening();
    hold(&hall, datetime!(2026-11-26 0:00 +9));
    hall.keep();
    let setup = || Setup {
        lanes: vec![("certificate".to_owned(), 5)],
        counters: [(1, vec!["certificate".to_owned()]), (2, vec!["certificate".to_owned()])].into(),
        rules: RULES,
        planned: Arc::new(Unplanned),
    };
    let mut on = Forecast::new(setup(), 1);
    on.catch_up(&hall.connection, hall.journal.now()).unwrap();
    // Counters are still open, so it seems: at midnight nobody is called all the same.
    on.outlook(&["certificate".to_owned()], hall.journal.now());
    hold(&hall, datetime!(2026-11-26 8:30 +9));
    on.catch_up(&hall.connection, hall.journal.now()).unwrap();
    let told = on.waits(hall.journal.now());
    assert!(told.contains_key(&drawn[5].id) && told.contains_key(&drawn[6].id), "{told:?}");
    let mut afresh = Forecast::new(setup(), 1);
    afresh.catch_up(&hall.connection, hall.journal.now()).unwrap();
    assert_eq!(afresh.waits(hall.journal.now()), told, "read again it is the same");
    for id in [drawn[5].id, drawn[6].id] {
        assert_eq!(hall.served(2), id);
        hall.press(2, Action::Finish, id).unwrap();
    }
    on.catch_up(&hall.connection, hall.journal.now()).unwrap();
    let outlook = on.outlook(&["certificate".to_owned()], hall.journal.now());
    assert_eq!(outlook.kept.judged, 0, "{outlook:?}");
}
