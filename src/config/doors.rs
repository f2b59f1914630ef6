//! Whether a lane gives out numbers now (受付時間). Pure: hours, days of rest and the
//! time come in.

use std::time::Duration;

use time::Date;

use super::{Config, Lane};
use crate::appointment::plan::{Calendar, Hours, TimeOfDay};
use crate::clock::Moment;
use crate::holiday;
use crate::queue::forecast::Planned;
use crate::queue::oversight::End;

/// How far ahead the next opening is looked for: the longest rest is a fortnight.
const DAYS_AHEAD: usize = 21;

/// How a lane stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Open,
    /// Opens later, perhaps on another day.
    Shut {
        /// Whether it was open before, today: no more numbers are given out.
        is_over: bool,
        /// `None` where no day is found.
        opens: Option<Moment>,
    },
}

impl Door {
    pub fn is_open(self) -> bool {
        self == Door::Open
    }
}

/// The rule: within its hours, until the last number; never on a day of rest. A lane
/// without hours is always open.
pub fn door(
    hours: &[Hours],
    last_issue: Duration,
    rests: &dyn Fn(Date) -> bool,
    now: Moment,
) -> Door {
    if hours.is_empty() {
        return Door::Open;
    }
    let today = spans(hours, last_issue, rests, now.date());
    if today.iter().any(|[from, last]| *from <= now && now < *last) {
        return Door::Open;
    }
    let days = std::iter::successors(Some(now.date()), |day| day.next_day()).take(DAYS_AHEAD);
    let starts = days.flat_map(|day| spans(hours, last_issue, rests, day));
    Door::Shut {
        is_over: today.iter().any(|[_, last]| *last <= now),
        opens: starts.map(|[from, _]| from).filter(|from| *from > now).min(),
    }
}

/// From when until when numbers are given out on a day.
fn spans(
    hours: &[Hours],
    last_issue: Duration,
    rests: &dyn Fn(Date) -> bool,
    day: Date,
) -> Vec<[Moment; 2]> {
    let own = hours.iter().filter(|hours| hours.is_on(day) && !rests(day));
    own.map(|hours| [hours.from.on(day), hours.to.on(day) - last_issue]).collect()
}

impl Config {
    /// How a lane stands at `now`. The days of rest are those of `appointments.toml`, or
    /// the national ones where the town has no such file.
    pub fn door(&self, lane: &Lane, now: Moment) -> Door {
        let last_issue = Duration::from_secs(u64::from(lane.last_issue_minutes) * 60);
        door(&lane.hours, last_issue, &|day| self.rests(day), now)
    }

    /// Whether a lane was open at a moment, however late: staff give out numbers until
    /// it closes.
    pub fn was_open(&self, lane: &Lane, at: Moment) -> bool {
        door(&lane.hours, Duration::ZERO, &|day| self.rests(day), at).is_open()
    }

    /// How a lane ends on the day of `now`: by its own hours, or where it has none, when
    /// the counters close. `None` on a day on which it does not open, or where nobody
    /// wrote it down.
    pub fn end(&self, lane: &Lane, now: Moment) -> Option<End> {
        let last_issue = Duration::from_secs(u64::from(lane.last_issue_minutes) * 60);
        if lane.hours.is_empty() {
            let closes = self.site.queue.closes?.on(now.date());
            return Some(End { closes, stops: closes });
        }
        let spans = spans(&lane.hours, Duration::ZERO, &|day| self.rests(day), now.date());
        let closes = spans.into_iter().map(|[_, closes]| closes).max()?;
        Some(End { closes, stops: closes - last_issue })
    }

    /// What the town has written about a day: whether numbers are given out on it. None
    /// where it wrote nothing: its lanes have no hours, or it is the end of a year.
    pub fn opens_on(&self, day: Date) -> Option<bool> {
        if self.rests(day) {
            return Some(false);
        }
        let year_end = self.appointments.as_ref().and_then(|plan| plan.calendar.year_end);
        if holiday::is_year_end(day) && year_end.is_none() {
            return None;
        }
        let mut giving = self.lanes.iter().filter(|lane| lane.prefix.is_some());
        let opens = giving.clone().any(|lane| lane.hours.iter().any(|hours| hours.is_on(day)));
        if !opens && giving.any(|lane| lane.hours.is_empty()) { None } else { Some(opens) }
    }

    /// The last day of work before `day`.
    pub fn worked_before(&self, day: Date) -> Option<Date> {
        let before = std::iter::successors(day.previous_day(), |day| day.previous_day());
        let works = |day: &Date| self.opens_on(*day).unwrap_or_else(|| holiday::is_working(*day));
        before.take(DAYS_AHEAD).find(works)
    }

    fn rests(&self, day: Date) -> bool {
        match &self.appointments {
            Some(plan) => plan.rests(day),
            None => Calendar::default().rest(day).is_some(),
        }
    }

    /// How the office stands: open as long as one lane gives out numbers.
    pub fn front_door(&self, now: Moment) -> Door {
        let giving = self.lanes.iter().filter(|lane| lane.prefix.is_some());
        let doors: Vec<Door> = giving.map(|lane| self.door(lane, now)).collect();
        if !self.site.modules.queue || doors.iter().any(|door| door.is_open()) {
            return Door::Open;
        }
        let opens = doors.iter().filter_map(|door| match door {
            Door::Shut { opens, .. } => *opens,
            Door::Open => None,
        });
        let is_over = doors.iter().all(|door| matches!(door, Door::Shut { is_over: true, .. }));
        Door::Shut { is_over, opens: opens.min() }
    }
}

impl Planned for Config {
    fn closes(&self, lane: &str, day: Date) -> Option<Moment> {
        let end = self.end(self.lane(lane)?, TimeOfDay(0).on(day))?;
        Some(end.closes)
    }

    fn breaks(&self, counter: u32, day: Date) -> Vec<[Moment; 2]> {
        let planned = self.counter(counter).into_iter().flat_map(|counter| &counter.breaks);
        let planned = planned.filter(|hours| hours.is_on(day));
        let mut breaks: Vec<_> =
            planned.map(|hours| [hours.from.on(day), hours.to.on(day)]).collect();
        breaks.sort_unstable();
        breaks
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn hours(text: &str) -> Vec<Hours> {
        #[derive(serde::Deserialize)]
        struct Written {
            hours: Vec<Hours>,
        }
        toml::from_str::<Written>(&format!("hours = [{text}]")).unwrap().hours
    }

    const WEEK: &str =
        "{ days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"], from = \"8:30\", to = \"17:15\" }";

    fn shut(is_over: bool, opens: Moment) -> Door {
        Door::Shut { is_over, opens: Some(opens) }
    }

    #[test]
    fn numbers_are_given_out_from_opening_until_the_last_one_and_never_on_a_day_of_rest() {
        let half_past = |day: Date| {
            day.with_hms(8, 30, 0)
                .unwrap()
                .assume_offset(time::UtcOffset::from_hms(9, 0, 0).unwrap())
        };
        let opens = |date| half_past(date);
        use time::macros::date;
        let (tue, wed) = (date!(2026 - 11 - 24), date!(2026 - 11 - 25));
        for (now, expected) in [
            (datetime!(2026-11-24 8:29:59 +9), shut(false, opens(tue))),
            (datetime!(2026-11-24 8:30 +9), Door::Open),
            (datetime!(2026-11-24 16:59:59 +9), Door::Open),
            // The last number is given out a quarter before closing.
            (datetime!(2026-11-24 17:00 +9), shut(true, opens(wed))),
            (datetime!(2026-11-24 23:59 +9), shut(true, opens(wed))),
            (datetime!(2026-11-25 0:00 +9), shut(false, opens(wed))),
            // Labour Thanksgiving Day is a Monday.
            (datetime!(2026-11-20 17:00 +9), shut(true, opens(tue))),
            (datetime!(2026-11-23 10:00 +9), shut(false, opens(tue))),
            (datetime!(2026-11-22 10:00 +9), shut(false, opens(tue))),
        ] {
            let rests = |day| Calendar::default().rest(day).is_some();
            let quarter = Duration::from_secs(15 * 60);
            assert_eq!(door(&hours(WEEK), quarter, &rests, now), expected, "{now}");
        }
    }

    #[test]
    fn a_lunch_break_is_no_end_and_no_hours_are_no_limit() {
        let never = |_| false;
        let two = r#"{ days = ["tue"], from = "9:00", to = "12:00" },
            { days = ["tue"], from = "13:00", to = "16:00" }"#
            .replace('\n', " ");
        let at = |now| door(&hours(&two), Duration::ZERO, &never, now);
        let after_lunch = datetime!(2026-11-24 13:00 +9);
        assert_eq!(at(datetime!(2026-11-24 12:30 +9)), shut(true, after_lunch));
        assert_eq!(at(after_lunch), Door::Open);
        let always = door(&[], Duration::ZERO, &|_| true, datetime!(2027-01-01 3:00 +9));
        assert_eq!(always, Door::Open);
    }

    #[test]
    fn a_lane_ends_by_its_own_hours_and_else_when_the_counters_close() {
        let mut config = Config::load("kiosk-config/example".as_ref()).unwrap();
        let own = r#"{ days = ["tue"], from = "9:00", to = "12:00" },
            { days = ["tue"], from = "13:00", to = "16:00" }"#;
        (config.lanes[0].hours, config.lanes[0].last_issue_minutes) =
            (hours(&own.replace('\n', " ")), 20);
        let end = |lane: usize, now| {
            let end = config.end(&config.lanes[lane], now);
            end.map(|End { closes, stops }| [closes, stops].map(crate::clock::hour_and_minute))
        };
        let [tue, wed] = [datetime!(2026-11-24 11:50 +9), datetime!(2026-11-25 9:00 +9)];
        // Lunch is no end.
        assert_eq!(end(0, tue), Some(["16:00".to_owned(), "15:40".to_owned()]));
        assert_eq!(end(0, wed), None, "it does not open on a Wednesday");
        assert_eq!(end(1, wed), Some(["17:15".to_owned(), "17:15".to_owned()]));
    }

    #[test]
    fn what_is_written_of_a_day_is_its_rests_first_and_then_the_hours_of_the_lanes() {
        let mut config = Config::load("kiosk-config/example".as_ref()).unwrap();
        let plan = config.appointments.as_mut().unwrap();
        let closed = "reason = { ja = \"工事\", en = \"works\" }\nfrom = \"2026-11-26\"";
        plan.closures = vec![toml::from_str(closed).unwrap()];
        plan.calendar = Calendar { holidays: true, year_end: None };
        use time::macros::date;
        let days = [
            date!(2026 - 11 - 23),
            date!(2026 - 11 - 24),
            date!(2026 - 11 - 26),
            date!(2026 - 11 - 28),
            date!(2026 - 12 - 30),
        ];
        let opens = |config: &Config| days.map(|day| config.opens_on(day));
        let (no, yes) = (Some(false), Some(true));
        assert_eq!(opens(&config), [no, None, no, None, None]);
        let before = |day| config.worked_before(day);
        // The 26th is a closure, the 23rd a holiday after a weekend.
        assert_eq!(before(date!(2026 - 11 - 27)), Some(date!(2026 - 11 - 25)));
        assert_eq!(before(date!(2026 - 11 - 24)), Some(date!(2026 - 11 - 20)));
        assert_eq!(before(date!(2027 - 01 - 04)), Some(date!(2026 - 12 - 28)));
        config.lanes.iter_mut().for_each(|lane| lane.hours = hours(WEEK));
        assert_eq!(opens(&config), [no, yes, no, no, None]);
        let year_end = toml::from_str("from = \"12-31\"\nto = \"01-03\"").unwrap();
        config.appointments.as_mut().unwrap().calendar.year_end = Some(year_end);
        assert_eq!(opens(&config), [no, yes, no, no, yes], "the 30th is a day of work there");
    }

    #[test]
    fn around_the_new_year_the_next_opening_is_after_the_rest() {
        let new_year = Calendar {
            holidays: true,
            ..toml::from_str("year_end = { from = \"12-29\", to = \"01-03\" }").unwrap()
        };
        let rests = |day| new_year.rest(day).is_some();
        let now = datetime!(2026-12-28 17:15 +9);
        let opens = datetime!(2027-01-04 8:30 +9);
        assert_eq!(door(&hours(WEEK), Duration::ZERO, &rests, now), shut(true, opens));
        assert_eq!(
            door(&hours(WEEK), Duration::ZERO, &|_| true, now),
            Door::Shut { is_over: false, opens: None }
        );
    }
}
