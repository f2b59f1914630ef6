use time::macros::{date, datetime};

use super::*;
use crate::demo::town::{Town, counters, past};
use crate::queue::state::State;

/// The example town after one day that is over, in memory.
struct Past {
    connection: Connection,
    journal: Journal,
    day: Date,
}

impl Past {
    fn of_a_day() -> Self {
        use std::sync::Arc;

        use crate::chance::SeededChance;
        use crate::clock::{Clock, HeldClock};
        use crate::id::StaffId;
        use crate::journal::OfficeKey;

        let day = date!(2026 - 11 - 24);
        let config = crate::config::Config::load("kiosk-config/example".as_ref()).unwrap();
        let clock = Arc::new(HeldClock::at(datetime!(2026-11-24 8:30 +9)));
        let chance = Arc::new(SeededChance::new(3));
        let journal = Journal::new(clock.clone(), chance.clone(), OfficeKey::generate(&*chance));
        let connection = crate::schema::in_memory();
        let tx = Tx::alone(&connection);
        journal.open_log(&tx, "999997/honcho").unwrap();
        let staff = |_: &u32| StaffId::new(clock.now(), &*chance);
        let staff: Vec<StaffId> = counters(&config).iter().map(staff).collect();
        let mut town = Town::new(&config, &staff, clock.now(), 5);
        past::write_day(&tx, (&journal, &clock), &mut town, (day, 0.6)).unwrap();
        // Somebody's call was taken back, and somebody is left over night.
        clock.hold(datetime!(2026-11-24 17:50 +9));
        crate::queue::count_passing(&tx, &journal, journal.op(), Actor::System).unwrap();
        clock.hold(datetime!(2026-11-25 8:00 +9));
        crate::queue::close_day(&tx, &journal, date!(2026 - 11 - 25)).unwrap();
        Self { connection, journal, day }
    }

    fn tx(&self) -> Tx<'_> {
        Tx::alone(&self.connection)
    }
}

#[test]
fn totals_are_the_sums_of_the_intervals_and_every_number_is_counted_once() {
    let past = Past::of_a_day();
    let stories = stories(&past.connection, past.day).unwrap();
    let tickets = crate::queue::of_day(&past.connection, past.day).unwrap();
    assert!(stories.iter().map(|story| &story.ticket).eq(&tickets), "as the rows have them");
    for story in &stories {
        for two in story.spans.windows(2) {
            assert_eq!(two[0].to, Some(two[1].from), "no time is lost or doubled: {story:#?}");
        }
        let all: u64 = story.spans.iter().map(spans::Span::secs).sum();
        let ended = story.ended().unwrap_or_else(|| story.spans.last().unwrap().from);
        let whole = (ended - story.ticket.arrived).whole_seconds().unsigned_abs();
        assert!(whole.abs_diff(all) <= story.spans.len() as u64, "{story:#?}");
    }
    let report = count(&past.connection, past.day).unwrap();
    assert_eq!(report.all.came as usize, tickets.len());
    let sum = |what: &dyn Fn(&Tally) -> u64| report.lanes.values().map(what).sum::<u64>();
    assert_eq!(sum(&|lane| lane.came.into()), u64::from(report.all.came));
    assert_eq!(sum(&|lane| lane.waits.total_secs), report.all.waits.total_secs);
    assert_eq!(sum(&|lane| lane.services.total_secs), report.all.services.total_secs);
    let served = |story: &spans::Story| {
        let legs = 0..story.ticket.legs.len();
        let done = legs.filter(|leg| story.ticket.legs[*leg].state == State::Done);
        done.map(|leg| story.secs_in(leg, State::Serving)).sum::<u64>()
    };
    assert_eq!(stories.iter().map(served).sum::<u64>(), report.all.services.total_secs);
    let hours: u32 = report.hours.iter().map(|hour| hour.came).sum();
    assert_eq!(hours, report.all.came);
    let marked = "select count(*) from journal where kind = 'ticket.moved'
        and json_extract(facts, '$.action') = 'mark_absent'";
    let marked: u32 = past.connection.query_row(marked, [], |row| row.get(0)).unwrap();
    assert!(marked > 0);
    assert_eq!(report.all.absences, marked, "as many as were marked");
    assert_eq!(report.passing, 1);
}

#[test]
fn a_day_is_counted_once_and_counted_again_it_is_the_same() {
    let past = Past::of_a_day();
    let (tomorrow, tx) = (date!(2026 - 11 - 25), past.tx());
    assert_eq!(close_days(&tx, &past.journal, past.day).unwrap(), 0, "the day is not over");
    assert_eq!(close_days(&tx, &past.journal, tomorrow).unwrap(), 1);
    let first = of(&past.connection, past.day).unwrap().unwrap();
    assert_eq!(close_days(&tx, &past.journal, tomorrow).unwrap(), 0);
    let all = between(&past.connection, [past.day, tomorrow]).unwrap();
    assert_eq!(all, std::slice::from_ref(&first));
    assert_eq!(count(&past.connection, past.day).unwrap(), first);
    let entries = "select count(*) from journal where kind = 'day.counted'";
    let entries: u32 = past.connection.query_row(entries, [], |row| row.get(0)).unwrap();
    assert_eq!(entries, 1);
}

#[test]
fn how_the_estimates_came_out_is_noted_once() {
    let past = Past::of_a_day();
    let tx = past.tx();
    let kept = Kept { judged: 40, kept: 36 };
    assert!(!judge(&tx, &past.journal, past.day, kept).unwrap(), "it was not counted yet");
    close_days(&tx, &past.journal, date!(2026 - 11 - 25)).unwrap();
    assert!(judge(&tx, &past.journal, past.day, kept).unwrap());
    let other = Kept { judged: 1, kept: 1 };
    assert!(!judge(&tx, &past.journal, past.day, other).unwrap());
    assert_eq!(of(&past.connection, past.day).unwrap().unwrap().kept, Some(kept));
}

#[test]
fn files_have_a_line_for_everything_and_as_many_fields_as_are_named() {
    let past = Past::of_a_day();
    let report = count(&past.connection, past.day).unwrap();
    let stories = stories(&past.connection, past.day).unwrap();
    let reports = [report.clone()];
    for (text, lines) in [
        (csv::days(&reports), 1 + 1 + report.lanes.len()),
        (csv::hours(&reports), 1 + report.hours.len()),
        (csv::tickets(&stories, &BTreeMap::new()), 1 + stories.len()),
    ] {
        assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
        let text = text.trim_start_matches('\u{feff}');
        let fields = |line: &str| line.split(',').count();
        let named = fields(text.lines().next().unwrap());
        assert!(text.lines().all(|line| fields(line) == named), "{text}");
        assert_eq!(text.lines().count(), lines);
    }
}

fn day(day: Date, came: u32) -> DayReport {
    let all = Tally { came, ..Tally::default() };
    let share =
        |(hour, share): (u8, u32)| Hour { hour, came: came * share / 10, ..Hour::default() };
    let hours = [(9, 2), (10, 5), (11, 3)].map(share).to_vec();
    let (lanes, forms) = (BTreeMap::new(), Forms::default());
    DayReport { day, all, lanes, hours, passing: 0, forms, kept: None }
}

/// Working days before the 24th of November: Mondays bring half as much again.
fn weeks(days: usize) -> Vec<DayReport> {
    let came = |day: Date| if day.weekday() == time::Weekday::Monday { 150 } else { 100 };
    past::days(date!(2026 - 11 - 24), days).into_iter().map(|one| day(one, came(one))).collect()
}

#[test]
fn of_a_few_days_nothing_is_foretold() {
    assert_eq!(calendar::foretell(&weeks(9), &|_| None, date!(2026 - 11 - 24), 7), None);
    assert!(calendar::foretell(&weeks(10), &|_| None, date!(2026 - 11 - 24), 7).is_some());
}

#[test]
fn a_monday_is_busy_a_holiday_closed_and_the_hours_go_as_they_went() {
    let days = calendar::foretell(&weeks(40), &|_| None, date!(2026 - 11 - 24), 42).unwrap();
    let of = |day: Date| days.iter().find(|one| one.day == day).unwrap();
    let [monday, thursday] = [of(date!(2026 - 11 - 30)), of(date!(2026 - 12 - 10))];
    assert_eq!(monday.level, Some(calendar::Level::Busy), "{monday:?}");
    assert!((125..160).contains(&monday.expected.unwrap()), "{monday:?}");
    assert_ne!(thursday.level, Some(calendar::Level::Busy));
    let level = |hour: u8| thursday.hours.iter().find(|one| one.hour == hour).unwrap().level;
    assert!(level(9) < level(10) && level(11) < level(10), "{thursday:?}");
    for closed in [date!(2026 - 11 - 28), date!(2026 - 12 - 31), date!(2027 - 01 - 01)] {
        assert_eq!(of(closed).level, None, "{closed}");
    }
}

/// The days of six weeks that are foretold as open.
fn opened(past: &[DayReport], written: calendar::Written<'_>) -> Vec<Date> {
    let days = calendar::foretell(past, written, date!(2026 - 12 - 21), 42).unwrap();
    days.into_iter().filter(|one| one.level.is_some()).map(|one| one.day).collect()
}

#[test]
fn one_odd_saturday_or_worked_holiday_opens_no_other() {
    let nothing = |_| None;
    let plain = opened(&weeks(60), &nothing);
    assert!(plain.contains(&date!(2026 - 12 - 21)), "{plain:?}");
    let mut past = weeks(60);
    // A Saturday, the day of culture, and a day at the end of a year.
    past.push(day(date!(2026 - 11 - 14), 30));
    past.push(day(date!(2026 - 11 - 03), 30));
    past.sort_by_key(|one| one.day);
    past.insert(0, day(date!(2025 - 12 - 30), 30));
    assert_eq!(opened(&past, &nothing), plain);
    // Where every second Saturday of late was open, Saturdays are.
    let saturdays = [date!(2026 - 10 - 10), date!(2026 - 10 - 24), date!(2026 - 11 - 07)];
    past.extend(saturdays.map(|one| day(one, 30)));
    past.sort_by_key(|one| one.day);
    assert!(opened(&past, &nothing).contains(&date!(2026 - 12 - 26)));
}

#[test]
fn what_the_town_wrote_of_a_day_goes_before_what_was_seen() {
    let [monday, saturday] = [date!(2026 - 12 - 21), date!(2026 - 12 - 26)];
    let written =
        |one: Date| [(monday, false), (saturday, true)].into_iter().find(|(day, _)| *day == one);
    let written = |one: Date| written(one).map(|(_, opens)| opens);
    let opened = opened(&weeks(40), &written);
    assert!(!opened.contains(&monday) && opened.contains(&saturday), "{opened:?}");
    assert!(opened.contains(&date!(2026 - 12 - 28)), "of others nothing was written");
}

#[test]
fn durations_are_summed_up_in_few_numbers() {
    assert_eq!(tally::Times::of([]), tally::Times::default());
    let times = tally::Times::of((1..=10).rev());
    assert_eq!((times.count, times.total_secs), (10, 55));
    assert_eq!((times.median_secs, times.p90_secs, times.longest_secs), (5, 9, 10));
}
