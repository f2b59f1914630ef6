//! When it will be crowded (混雑予測), from the office's own days and nothing else: how
//! weekdays, the ends of months and seasons differ, and how a day goes by the hour.
//! Each is believed only as far as there were days to see it; of too few days nothing is
//! said. Pure.

use serde::Serialize;
use time::{Date, Month};

use super::DayReport;
use crate::holiday;

/// From fewer open days nothing is foretold.
pub const DAYS_MIN: usize = 10;

/// A difference is believed as much as so many days have shown it.
const FIRM_DAYS: f64 = 3.0;
/// A season is only seen by an office that has seen more than one.
const FIRM_SEASON_DAYS: f64 = 20.0;

/// How full it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Quiet,
    Usual,
    Busy,
}

impl Level {
    /// The name used in words and colours: `quiet`.
    pub fn id(self) -> &'static str {
        match self {
            Level::Quiet => "quiet",
            Level::Usual => "usual",
            Level::Busy => "busy",
        }
    }

    fn of(ratio: f64, [quiet, busy]: [f64; 2]) -> Self {
        match ratio {
            ratio if ratio < quiet => Level::Quiet,
            ratio if ratio < busy => Level::Usual,
            _ => Level::Busy,
        }
    }
}

/// One day that is still to come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    #[serde(serialize_with = "super::iso")]
    pub day: Date,
    /// None on days when nobody came so far: the office is closed.
    pub level: Option<Level>,
    /// Numbers that will be drawn, about.
    pub expected: Option<u32>,
    pub hours: Vec<HourOf>,
}

/// One hour of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HourOf {
    pub hour: u8,
    pub level: Level,
}

/// The days from `from` on, as far as `past` can say; `None` when it cannot.
pub fn foretell(past: &[DayReport], from: Date, days: usize) -> Option<Vec<Day>> {
    if past.len() < DAYS_MIN {
        return None;
    }
    let known = Known::of(past);
    let days = std::iter::successors(Some(from), |day| day.next_day()).take(days);
    Some(days.map(|day| known.day(day)).collect())
}

/// What the past has shown.
struct Known<'p> {
    past: &'p [DayReport],
    /// People on an ordinary day.
    mean: f64,
    /// The share of each hour in its day.
    hours: Vec<(u8, f64)>,
}

impl<'p> Known<'p> {
    fn of(past: &'p [DayReport]) -> Self {
        let total: f64 = past.iter().map(|day| f64::from(day.all.came)).sum();
        let mut hours = [0.0; 24];
        for hour in past.iter().flat_map(|day| &day.hours) {
            hours[usize::from(hour.hour.min(23))] += f64::from(hour.came);
        }
        let share = |(hour, came): (u8, f64)| (hour, came / total.max(1.0));
        let hours = (0..24).zip(hours).filter(|(_, came)| *came > 0.0).map(share).collect();
        Self { past, mean: (total / past.len() as f64).max(1.0), hours }
    }

    fn day(&self, day: Date) -> Day {
        if !self.opens(day) {
            return Day { day, level: None, expected: None, hours: Vec::new() };
        }
        let weekday = self.factor(FIRM_DAYS, |other| other.weekday() == day.weekday());
        let turn = self.factor(FIRM_DAYS, |other| at_turn(other) == at_turn(day));
        let season = self.factor(FIRM_SEASON_DAYS, |other| other.month() == day.month());
        let ratio = weekday * turn * season;
        let usual = 1.0 / self.hours.len().max(1) as f64;
        let hour = |(hour, share): &(u8, f64)| HourOf {
            hour: *hour,
            level: Level::of(ratio * share / usual, [0.8, 1.2]),
        };
        Day {
            day,
            level: Some(Level::of(ratio, [0.93, 1.07])),
            expected: Some((ratio * self.mean).round() as u32),
            hours: self.hours.iter().map(hour).collect(),
        }
    }

    /// How days like these differ from all days, pulled towards no difference by `firm`
    /// days that were as all are.
    fn factor(&self, firm: f64, like: impl Fn(Date) -> bool) -> f64 {
        let days = self.past.iter().filter(|report| like(report.day));
        let (count, came) = days.fold((0.0, 0.0), |(count, came), report| {
            (count + 1.0, came + f64::from(report.all.came))
        });
        (came + firm * self.mean) / ((count + firm) * self.mean)
    }

    /// Whether it was ever open on such a day.
    fn opens(&self, day: Date) -> bool {
        let rests = |day: Date| holiday::on(day).is_some() || is_year_end(day);
        let seen = |is: &dyn Fn(Date) -> bool| self.past.iter().any(|report| is(report.day));
        match rests(day) {
            true => seen(&rests),
            false => seen(&|other| other.weekday() == day.weekday()),
        }
    }
}

/// The last days of a month and the first of the next.
fn at_turn(day: Date) -> bool {
    let last = day.month().length(day.year());
    day.day() + 3 > last || day.day() <= 2
}

/// The days on which town halls rest by ordinance.
fn is_year_end(day: Date) -> bool {
    matches!((day.month(), day.day()), (Month::December, 29..) | (Month::January, ..=3))
}

/// The Monday of the week of a day, where a page of weeks begins.
pub fn week_begins(day: Date) -> Date {
    let back = day.weekday().number_days_from_monday();
    (0..back).fold(day, |day, _| day.previous_day().unwrap_or(day))
}
