//! What can be booked: services, their hours, and when the office rests.
//!
//! As the town writes it in `appointments.toml`. Everything here is a value, and what it
//! makes of a day is worked out in `day`; what is wrong in the file `config` tells.

mod day;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::{Deserialize, Deserializer};
use time::macros::offset;
use time::{Date, Duration, Month, Time, Weekday};

use crate::clock::{self, Moment};
use crate::lang::Words;

pub use day::{Closed, Pool, steps};

/// The grid of the day: slots begin and end on it, and seats are kept by it, so that
/// slots of different lengths can share a room.
pub const STEP_MINUTES: u16 = 5;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    #[serde(default)]
    pub times: Times,
    #[serde(default)]
    pub calendar: Calendar,
    #[serde(default)]
    pub home: Home,
    #[serde(default, rename = "closure")]
    pub closures: Vec<Closure>,
    #[serde(default, rename = "resource")]
    pub resources: Vec<Resource>,
    #[serde(rename = "service")]
    pub services: Vec<Service>,
}

/// How long things wait.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Times {
    /// Minutes a chosen slot is kept for whoever is still entering a name.
    pub hold_minutes: u32,
    /// Minutes before the slot from which arrivals are taken.
    pub early_minutes: u32,
    /// Minutes after the slot until whoever did not come is taken to stay away.
    pub no_show_minutes: u32,
}

impl Default for Times {
    fn default() -> Self {
        Self { hold_minutes: 10, early_minutes: 30, no_show_minutes: 30 }
    }
}

/// How much may come from home, where nobody sees who books.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Home {
    /// Slots that may be taken within an hour from one address.
    pub per_address: u32,
    /// Slots that may be taken within an hour from all of them.
    pub in_all: u32,
    /// Machines of the town that pass requests on, and say for whom.
    pub proxies: Vec<IpAddr>,
}

impl Default for Home {
    fn default() -> Self {
        Self { per_address: 10, in_all: 100, proxies: Vec::new() }
    }
}

/// The days of rest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// Closed on 祝日.
    pub holidays: bool,
    /// 年末年始.
    pub year_end: Option<YearEnd>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { holidays: true, year_end: None }
    }
}

/// The days around the new year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    pub from: DayOfYear,
    pub to: DayOfYear,
}

/// Days on which nothing, or not everything, can be booked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    #[serde(deserialize_with = "clock::written_day")]
    pub from: Date,
    /// The last day; left out, there is only one.
    #[serde(default, deserialize_with = "clock::written_day_if_any")]
    pub to: Option<Date>,
    pub reason: Words,
    /// Ids of services; left out, all of them.
    pub services: Option<Vec<String>>,
}

/// A room, or a person, that several services share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    pub id: String,
    pub name: Words,
    /// How many appointments it takes at the same time.
    pub seats: u32,
    #[serde(default)]
    pub fewer: Vec<Fewer>,
}

/// What somebody makes an appointment for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub name: Words,
    /// The lane in which whoever came waits; left out, they get no number.
    pub lane: Option<String>,
    pub slot_minutes: u16,
    /// How many appointments at the same time.
    pub seats: u32,
    #[serde(default)]
    pub fewer: Vec<Fewer>,
    /// Ids of resources of which each appointment takes a seat, too.
    #[serde(default)]
    pub needs: Vec<String>,
    pub hours: Vec<Hours>,
    /// Days before from which everybody, and until which residents can book.
    #[serde(default = "from_days")]
    pub from_days: u16,
    #[serde(default)]
    pub until_days: u16,
    /// Minutes before the slot after which residents cannot book it any more.
    #[serde(default)]
    pub cutoff_minutes: u32,
    /// What is asked of the person.
    #[serde(default)]
    pub asks: Vec<Ask>,
    /// What to bring and to know: the reminder.
    pub remind: Option<Words>,
    /// Whether residents book it by themselves at the kiosk.
    #[serde(default = "yes")]
    pub at_kiosk: bool,
    /// How many of the seats of a slot residents may book at home; 0, and it is not
    /// offered there.
    #[serde(default)]
    pub home_seats: u32,
}

fn from_days() -> u16 {
    30
}

fn yes() -> bool {
    true
}

/// Something asked of whoever books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The reading of the name.
    Name,
    Phone,
}

/// A span of the day with fewer seats: the clerks take turns at lunch (昼の交代).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fewer {
    pub from: TimeOfDay,
    pub to: TimeOfDay,
    pub seats: u32,
}

/// The hours of some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    pub days: Vec<Day>,
    /// Which of that weekday in the month, 1 to 5; left out, every one.
    pub weeks: Option<Vec<u8>>,
    pub from: TimeOfDay,
    pub to: TimeOfDay,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    fn is(self, weekday: Weekday) -> bool {
        self as u8 == weekday.number_days_from_monday()
    }
}

/// Minutes since midnight, written `9:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub u16);

impl TimeOfDay {
    /// The moment on a day; midnight at its end is the next day's.
    pub fn on(self, day: Date) -> Moment {
        let midnight = day.with_time(Time::MIDNIGHT).assume_offset(offset!(+9));
        midnight + Duration::minutes(i64::from(self.0))
    }

    /// The time that is written `9:05`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let fits = (1..=2).contains(&hours.len()) && minutes.len() == 2;
        let digits = hours.bytes().chain(minutes.bytes()).all(|byte| byte.is_ascii_digit());
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (fits && digits && hours <= 24 && minutes < 60 && hours * 60 + minutes <= 24 * 60)
            .then_some(Self(hours * 60 + minutes))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        TimeOfDay::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "「{text}」は時刻ではありません。「9:00」のように書いてください"
            ))
        })
    }
}

/// A day of every year, written `12-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOfYear(pub u8, pub u8);

impl DayOfYear {
    fn of(day: Date) -> Self {
        Self(day.month().into(), day.day())
    }

    fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year: the last of February is a day of some years.
        Date::from_calendar_date(2024, Month::try_from(month).ok()?, day).ok()?;
        Some(Self(month, day))
    }
}

impl<'de> Deserialize<'de> for DayOfYear {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        DayOfYear::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "「{text}」は月と日ではありません。「12-29」のように書いてください"
            ))
        })
    }
}
