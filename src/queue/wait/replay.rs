//! A recorded log played again: at each issue the estimate that would have been
//! given, from nothing but the lines above it.

use std::collections::BTreeMap;
use std::path::Path;

use time::{Date, Time};

use super::Estimator;
use super::experience::Prior;
use super::floor::Event;
use super::hall::{Key, Lane, LaneSet, Second, Service, Wait, Waiting};
use super::log::{Class, Entry, Kind};
use crate::clock::Moment;
use crate::fault::Fault;

/// The credit of a priority ticket, as far as a log does not say it.
pub const PRIORITY_CREDIT_SECS: Second = 15 * 60;

const SEED: u64 = 1;

/// What was said at an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub ticket: String,
    /// As the log wrote it.
    pub at: String,
    /// `None` while no counter that is open would call it.
    pub wait: Option<Wait>,
    /// What came of it: seconds to the call.
    pub waited_s: Option<Second>,
}

/// Plays a log.
pub fn replay(file: &Path, log: &[Entry], prior: Prior) -> Result<Vec<Said>, Vec<Fault>> {
    let mut lanes: Vec<&str> = Vec::new();
    for entry in log {
        for lane in names(&entry.lane).filter(|lane| !lane.is_empty()) {
            if !lanes.contains(&lane) {
                lanes.push(lane);
            }
        }
    }
    if lanes.len() > LaneSet::MOST as usize {
        let message = format!("{} lanes; at most {} can be told apart", lanes.len(), LaneSet::MOST);
        return Err(vec![Fault::new(file, None, message, "")]);
    }
    let priors = (0..lanes.len() as Service).map(|lane| (lane, prior)).collect();
    let mut replay = Replay {
        estimator: Estimator::new(&priors, SEED),
        lanes,
        day: None,
        opened: BTreeMap::new(),
        counters: BTreeMap::new(),
        tickets: BTreeMap::new(),
        said: Vec::new(),
    };
    let mut faults = Vec::new();
    for entry in log {
        if let Err(message) = replay.take(entry) {
            faults.push(Fault::new(file, Some(entry.line), message, ""));
        }
    }
    if faults.is_empty() { Ok(replay.said) } else { Err(faults) }
}

struct Replay<'a> {
    estimator: Estimator,
    lanes: Vec<&'a str>,
    day: Option<Date>,
    /// When each counter first opened on the last day, and what it called.
    opened: BTreeMap<u32, (Time, LaneSet)>,
    /// Number of each counter, and who stands there today.
    counters: BTreeMap<&'a str, (u32, Option<&'a str>)>,
    tickets: BTreeMap<&'a str, Ticket<'a>>,
    said: Vec<Said>,
}

/// A ticket of today.
#[derive(Clone, Copy)]
struct Ticket<'a> {
    /// Also its place among what was said.
    key: Key,
    issued: Second,
    waiting: bool,
    /// Where it was called last.
    counter: Option<&'a str>,
}

impl<'a> Replay<'a> {
    fn take(&mut self, entry: &'a Entry) -> Result<(), String> {
        if self.day != Some(entry.at.date()) {
            self.begin_day(entry.at);
        }
        let at = entry.at.unix_timestamp();
        match entry.kind {
            Kind::Open => {
                let lanes = self.lanes_of(&entry.lane);
                let counter = self.counter(&entry.counter);
                self.opened.entry(counter).or_insert((entry.at.time(), lanes));
                let breaks = Vec::new();
                self.estimator.observe(at, Event::Open { counter, lanes, breaks, closes: None });
            }
            Kind::Close => {
                let counter = self.counter(&entry.counter);
                self.estimator.observe(at, Event::Close { counter, until: None });
            }
            Kind::Issue => return self.issue(at, entry),
            Kind::Call => return self.call(at, entry),
            Kind::Serve | Kind::Done | Kind::Absent => return self.at_counter(at, entry),
            Kind::Cancel => {
                let ticket = self.known(&entry.ticket)?;
                ticket.waiting = false;
                let ticket = ticket.key;
                self.estimator.observe(at, Event::Cancel { ticket });
            }
        }
        Ok(())
    }

    /// Counters are expected when they opened on the day before: people take numbers
    /// before that.
    fn begin_day(&mut self, now: Moment) {
        self.day = Some(now.date());
        self.estimator.begin_day();
        self.tickets.clear();
        self.counters.values_mut().for_each(|counter| counter.1 = None);
        let at = now.unix_timestamp();
        for (counter, (time, lanes)) in std::mem::take(&mut self.opened) {
            let until = now.replace_time(time).unix_timestamp();
            if until > at {
                let breaks = Vec::new();
                self.estimator.observe(at, Event::Open { counter, lanes, breaks, closes: None });
                self.estimator.observe(at, Event::Close { counter, until: Some(until) });
            }
        }
    }

    fn issue(&mut self, at: Second, entry: &'a Entry) -> Result<(), String> {
        if self.tickets.get(&*entry.ticket).is_some_and(|ticket| ticket.waiting) {
            return Err(format!("{} is issued a second time while it waits", entry.ticket));
        }
        let ticket = self.said.len() as Key;
        let lane = self.lane(&entry.lane);
        let credit = if entry.class == Class::Priority { PRIORITY_CREDIT_SECS } else { 0 };
        self.estimator.observe(
            at,
            Event::Issue(Waiting {
                ticket,
                lane,
                service: lane.into(),
                issued: at,
                effective: at - credit,
                credited: entry.class != Class::Normal,
                wants: None,
            }),
        );
        let wait = self.estimator.estimate(at).get(&ticket).copied();
        let state = Ticket { key: ticket, issued: at, waiting: true, counter: None };
        self.tickets.insert(&entry.ticket, state);
        let (ticket, at) = (entry.ticket.clone(), entry.at_text.clone());
        self.said.push(Said { ticket, at, wait, waited_s: None });
        Ok(())
    }

    fn call(&mut self, at: Second, entry: &'a Entry) -> Result<(), String> {
        let counter = self.counter(&entry.counter);
        let ticket = self.known(&entry.ticket)?;
        if !ticket.waiting && ticket.counter == Some(&*entry.counter) {
            // Called once more.
            return Ok(());
        }
        if !ticket.waiting {
            return Err(format!("{} is called and does not wait", entry.ticket));
        }
        (ticket.waiting, ticket.counter) = (false, Some(&*entry.counter));
        let Ticket { key: ticket, issued, .. } = *ticket;
        let there = self.counters.get_mut(&*entry.counter);
        let before = there.and_then(|counter| counter.1.replace(&entry.ticket));
        // A machine that writes no `done`: the call of the next one is it.
        if let Some(before) = before.and_then(|before| self.tickets.get(before)) {
            self.estimator.observe(at, Event::Done { ticket: before.key, counter });
        }
        self.estimator.observe(at, Event::Call { ticket, counter });
        self.said[ticket as usize].waited_s = Some(at - issued);
        Ok(())
    }

    fn at_counter(&mut self, at: Second, entry: &'a Entry) -> Result<(), String> {
        let ticket = *self.known(&entry.ticket)?;
        let Some(name) = ticket.counter.filter(|_| !ticket.waiting) else {
            return Err(format!("{} was not called", entry.ticket));
        };
        if !entry.counter.is_empty() && entry.counter != name {
            let word = "was called at counter";
            return Err(format!("{} {word} {name}, not {}", entry.ticket, entry.counter));
        }
        let (counter, there) = self.counters.entry(name).or_default();
        let (counter, ticket) = (*counter, ticket.key);
        if *there != Some(&*entry.ticket) {
            return Err(format!("{} is no longer at counter {name}", entry.ticket));
        }
        if entry.kind != Kind::Serve {
            *there = None;
        }
        let event = match entry.kind {
            Kind::Serve => Event::Serve { ticket, counter },
            Kind::Absent => Event::Absent { ticket, counter },
            _ => Event::Done { ticket, counter },
        };
        self.estimator.observe(at, event);
        Ok(())
    }

    fn known(&mut self, ticket: &str) -> Result<&mut Ticket<'a>, String> {
        self.tickets.get_mut(ticket).ok_or_else(|| format!("{ticket} was not issued on this day"))
    }

    fn counter(&mut self, name: &'a str) -> u32 {
        let next = self.counters.len() as u32;
        self.counters.entry(name).or_insert((next, None)).0
    }

    fn lane(&self, name: &str) -> Lane {
        // There are fewer lanes than a small number has values.
        self.lanes.iter().position(|lane| *lane == name).unwrap_or_default() as Lane
    }

    fn lanes_of(&self, lanes: &str) -> LaneSet {
        match lanes.is_empty() {
            true => LaneSet::ALL,
            false => names(lanes).map(|name| self.lane(name)).collect(),
        }
    }
}

/// The lanes of a field.
fn names(field: &str) -> impl Iterator<Item = &str> {
    field.split('|').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    const HEAD: &str = "at,event,ticket,lane,counter,class\n";

    fn play(lines: &[&str]) -> Result<Vec<Said>, Vec<String>> {
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("2026-11-25T{line}\n").replacen(',', "+09:00,", 1))
            .collect();
        let file = Path::new("day.csv");
        let log = log::read(file, &format!("{HEAD}{}", lines.concat())).unwrap();
        replay(file, &log, Prior::default())
            .map_err(|faults| faults.iter().map(Fault::to_string).collect())
    }

    #[test]
    fn a_free_counter_means_now_and_a_busy_one_a_wait() {
        let said = play(&[
            "08:30:00,open,,,1,",
            "09:00:00,issue,A1,a,,",
            "09:00:00,call,A1,,1,",
            "09:00:30,issue,A2,a,,",
            "09:07:00,done,A1,,1,",
            "09:07:00,call,A2,,1,",
            "09:07:00,issue,B1,b,,priority",
        ])
        .unwrap();
        assert_eq!(said[0].wait, Some(Wait::default()));
        assert_eq!(said[0].waited_s, Some(0));
        let wait = said[1].wait.unwrap();
        assert!(wait.p50_s > 240 && wait.p90_s > wait.p50_s, "{wait:?}");
        assert_eq!(
            (said[1].at.as_str(), said[1].waited_s),
            ("2026-11-25T09:00:30+09:00", Some(390))
        );
        assert_eq!(said[2].waited_s, None);
    }

    #[test]
    fn nothing_that_comes_later_changes_what_was_said() {
        let lines = [
            "08:30:00,open,,a|b,1,",
            "09:00:00,issue,A1,a,,",
            "09:00:00,call,A1,,1,",
            "09:01:00,issue,A2,a,,",
            "09:02:00,issue,B1,b,,",
            "09:30:00,absent,A1,,1,",
            "09:31:00,cancel,A2,,,",
            "09:32:00,issue,A3,a,,",
        ];
        let waits = |lines| play(lines).unwrap().into_iter().map(|said| said.wait).collect();
        let (whole, part): (Vec<_>, Vec<_>) = (waits(&lines), waits(&lines[..5]));
        assert_eq!(whole[..3], part[..]);
    }

    #[test]
    fn a_lane_that_no_open_counter_calls_has_no_wait() {
        let said = play(&["08:30:00,open,,a,1,", "09:00:00,issue,B1,b,,"]).unwrap();
        assert_eq!(said[0].wait, None);
    }

    #[test]
    fn before_the_opening_the_counters_of_the_day_before_are_expected() {
        let day = |day: u8, line: &str| format!("2026-11-{day}T{line}\n");
        let text = [
            day(25, "08:30:00+09:00,open,,,1,"),
            day(26, "08:20:00+09:00,issue,A1,a,,"),
            day(26, "08:30:00+09:00,open,,,1,"),
        ];
        let file = Path::new("days.csv");
        let log = log::read(file, &text.concat()).unwrap();
        let said = replay(file, &log, Prior::default()).unwrap();
        assert_eq!(said[0].wait.map(|wait| (wait.p10_s, wait.p90_s)), Some((600, 600)));
    }

    #[test]
    fn a_ticket_may_come_back_and_may_be_called_once_more() {
        let said = play(&[
            "09:00:00,issue,A1,a,,",
            "09:01:00,call,A1,,1,",
            "09:02:00,call,A1,,1,",
            "09:03:00,absent,A1,,,",
            "09:10:00,issue,A1,a,,",
            "09:11:00,call,A1,,2,",
            "09:11:30,serve,A1,,2,",
            "09:15:00,done,A1,,2,",
            "09:16:00,close,,,2,",
        ]);
        assert_eq!(said.unwrap().len(), 2);
    }

    #[test]
    fn what_cannot_have_happened_is_told_with_its_line() {
        let faults = play(&[
            "09:00:00,issue,A1,a,,",
            "09:00:00,issue,A1,a,,",
            "09:01:00,call,A9,,1,",
            "09:01:00,serve,A1,,1,",
            "09:02:00,call,A1,,1,",
            "09:03:00,done,A1,,2,",
            "09:04:00,call,A1,,2,",
        ]);
        let expected = [
            "day.csv:3: A1 is issued a second time while it waits",
            "day.csv:4: A9 was not issued on this day",
            "day.csv:5: A1 was not called",
            "day.csv:7: A1 was called at counter 1, not 2",
            "day.csv:8: A1 is called and does not wait",
        ];
        assert_eq!(faults.unwrap_err(), expected);
    }
}
