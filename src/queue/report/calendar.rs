//! When it will be crowded (混雑予測), from the office's own days and nothing else: how
//! weekdays, the ends of months and seasons differ, and how a day goes by the hour.
//! Each is believed only as far as there were days to see it; of too few days nothing is
//! said. Pure.

use serde::Serialize;
use time::{Date, Duration, Weekday};

use super::DayReport;
use crate::holiday;

/// From fewer open days nothing is foretold.
pub const DAYS_MIN: usize = 10;

/// A difference is believed as much as so many days have shown it.
const FIRM_DAYS: f64 = 3.0;
/// A season is only seen by an office that has seen more than one.
const FIRM_SEASON_DAYS: f64 = 20.0;

/// A weekday opens as it did in so many days: hours change. Holidays and the end of a
/// year are too few for that.
const OF_LATE: Duration = Duration::weeks(8);

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
    /// None on days when the office is closed.
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

/// What the town has written about a day: whether it opens. None where it wrote nothing.
pub type Written<'t> = &'t dyn Fn(Date) -> Option<bool>;

/// The days from `from` on, as far as `past` can say; `None` when it cannot.
pub fn foretell(
    past: &[DayReport],
    written: Written<'_>,
    from: Date,
    days: usize,
) -> Option<Vec<Day>> {
    if past.len() < DAYS_MIN {
        return None;
    }
    let known = Known::of(past, written);
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
    written: Written<'p>,
}

impl<'p> Known<'p> {
    fn of(past: &'p [DayReport], written: Written<'p>) -> Self {
        let total: f64 = past.iter().map(|day| f64::from(day.all.came)).sum();
        let mut hours = [0.0; 24];
        for hour in past.iter().flat_map(|day| &day.hours) {
            hours[usize::from(hour.hour.min(23))] += f64::from(hour.came);
        }
        let share = |(hour, came): (u8, f64)| (hour, came / total.max(1.0));
        let hours = (0..24).zip(hours).filter(|(_, came)| *came > 0.0).map(share).collect();
        let mean = (total / past.len() as f64).max(1.0);
        Self { past, mean, hours, written }
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

    /// Whether the office opens: as the town has written, and else when at least half
    /// of such days of late were open. One odd Saturday opens no other.
    fn opens(&self, day: Date) -> bool {
        (self.written)(day).unwrap_or_else(|| {
            let kind = Kind::of(day);
            let such = || self.of_late(kind).filter(|day| Kind::of(*day) == kind);
            let was_open = |day: &Date| self.past.iter().any(|report| report.day == *day);
            let open = such().filter(was_open).count();
            open > 0 && 2 * open >= such().count()
        })
    }

    /// Days that may tell of others of this kind, up to the last that was counted; those
    /// on which the town itself rested tell nothing.
    fn of_late(&self, kind: Kind) -> impl Iterator<Item = Date> {
        let days = || self.past.iter().map(|report| report.day);
        let (first, last) = (days().min(), days().max());
        let back = match kind {
            Kind::Weekday(_) => last.map(|last| last.saturating_sub(OF_LATE)),
            Kind::Holiday | Kind::YearEnd => None,
        };
        let days = std::iter::successors(first.max(back), |day| day.next_day());
        let days = days.take_while(move |day| Some(*day) <= last);
        days.filter(|day| (self.written)(*day) != Some(false))
    }
}

/// Days that open alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Weekday(Weekday),
    Holiday,
    /// 年末年始, the holiday in it too.
    YearEnd,
}

impl Kind {
    fn of(day: Date) -> Self {
        match day {
            day if holiday::is_year_end(day) => Kind::YearEnd,
            day if holiday::on(day).is_some() => Kind::Holiday,
            day => Kind::Weekday(day.weekday()),
        }
    }
}

/// The last days of a month and the first of the next.
fn at_turn(day: Date) -> bool {
    let last = day.month().length(day.year());
    day.day() + 3 > last || day.day() <= 2
}

/// The Monday of the week of a day, where a page of weeks begins.
pub fn week_begins(day: Date) -> Date {
    let back = day.weekday().number_days_from_monday();
    (0..back).fold(day, |day, _| day.previous_day().unwrap_or(day))
}
