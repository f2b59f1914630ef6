//! What can be booked: services, their hours, and when the office rests.
//!
//! As the town writes it in `appointments.toml`. Everything here is a value; what is
//! wrong in the file `config` tells.

use std::net::IpAddr;
use std::ops::Range;

use serde::{Deserialize, Deserializer};
use time::macros::offset;
use time::{Date, Duration, Month, Time, Weekday};

use super::minutes;
use crate::clock::{self, Moment};
use crate::holiday::{self, Holiday};
use crate::lang::Words;

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

/// Why nothing can be booked on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// No hours on that day of the week.
    NoHours,
    Holiday(Holiday),
    /// 年末年始.
    YearEnd,
    /// The town's own words.
    Closure(Words),
}

impl Calendar {
    /// Why the office rests on a day, if it does.
    pub fn rest(&self, day: Date) -> Option<Closed> {
        if self.year_end.is_some_and(|year_end| year_end.covers(day)) {
            return Some(Closed::YearEnd);
        }
        holiday::on(day).filter(|_| self.holidays).map(Closed::Holiday)
    }
}

impl Plan {
    /// Whether the whole office is closed on a day.
    pub fn rests(&self, day: Date) -> bool {
        let whole = |closure: &Closure| closure.services.is_none() && closure.covers("", day);
        self.closures.iter().any(whole) || self.calendar.rest(day).is_some()
    }

    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The slots of a service on a day, earliest first, whoever has booked them.
    ///
    /// # Errors
    /// [`Closed`] with the reason when there are none.
    pub fn slots(&self, service: &Service, day: Date) -> Result<Vec<Range<Moment>>, Closed> {
        let mut closures = self.closures.iter();
        if let Some(closure) = closures.find(|closure| closure.covers(&service.id, day)) {
            return Err(Closed::Closure(closure.reason.clone()));
        }
        if let Some(rest) = self.calendar.rest(day) {
            return Err(rest);
        }
        let mut slots: Vec<Range<Moment>> = service
            .hours
            .iter()
            .filter(|hours| hours.is_on(day))
            .flat_map(|hours| hours.slots(service.slot_minutes))
            .map(|slot| slot.start.on(day)..slot.end.on(day))
            .collect();
        slots.sort_by_key(|slot| slot.start);
        if slots.is_empty() { Err(Closed::NoHours) } else { Ok(slots) }
    }

    /// Everything an appointment of a service takes a seat of.
    pub fn pools<'p>(&'p self, service: &'p Service) -> Vec<Pool<'p>> {
        let own = Pool {
            id: format!("service/{}", service.id),
            seats: service.seats,
            fewer: &service.fewer,
        };
        let needed = self.resources.iter().filter(|one| service.needs.contains(&one.id));
        let needed = needed.map(|one| Pool {
            id: format!("resource/{}", one.id),
            seats: one.seats,
            fewer: &one.fewer,
        });
        std::iter::once(own).chain(needed).collect()
    }

    /// The services that can be booked at home.
    pub fn at_home(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.home_seats > 0)
    }

    /// Until when residents can come for a slot.
    pub fn missed_after(&self, start: Moment) -> Moment {
        start + minutes(self.times.no_show_minutes)
    }
}

impl Closure {
    fn covers(&self, service: &str, day: Date) -> bool {
        let is_for = |services: &Vec<String>| services.iter().any(|id| id == service);
        (self.from..=self.to.unwrap_or(self.from)).contains(&day)
            && self.services.as_ref().is_none_or(is_for)
    }
}

impl YearEnd {
    fn covers(self, day: Date) -> bool {
        let day = DayOfYear::of(day);
        match self.from <= self.to {
            true => (self.from..=self.to).contains(&day),
            // Across the end of the year.
            false => day >= self.from || day <= self.to,
        }
    }
}

impl Hours {
    /// Whether these hours are those of a day, holidays aside.
    pub fn is_on(&self, day: Date) -> bool {
        let week = holiday::week_of_month(day);
        self.days.iter().any(|own| own.is(day.weekday()))
            && self.weeks.as_ref().is_none_or(|weeks| weeks.contains(&week))
    }

    fn slots(&self, slot_minutes: u16) -> impl Iterator<Item = Range<TimeOfDay>> {
        let (last, length) = (self.to.0, slot_minutes.max(1));
        let starts = (self.from.0..last).step_by(usize::from(length));
        let ends = move |start: u16| start.checked_add(length).filter(|end| *end <= last);
        starts.filter_map(move |start| Some(TimeOfDay(start)..TimeOfDay(ends(start)?)))
    }
}

/// Something with seats: a service, or a resource.
#[derive(Clone, Debug)]
pub struct Pool<'p> {
    /// `service/moving`, `resource/room-1`.
    pub id: String,
    pub(super) seats: u32,
    fewer: &'p [Fewer],
}

impl Pool<'_> {
    /// How many seats there are in the step that begins then.
    pub fn seats_at(&self, step: Moment) -> u32 {
        let minute = u16::from(step.hour()) * 60 + u16::from(step.minute());
        let spans = self.fewer.iter().filter(|one| (one.from.0..one.to.0).contains(&minute));
        spans.map(|one| one.seats).fold(self.seats, u32::min)
    }

    /// How many seats there are through a whole slot.
    pub fn seats_in(&self, slot: &Range<Moment>) -> u32 {
        steps(slot).map(|step| self.seats_at(step)).min().unwrap_or(0)
    }
}

/// The steps of the grid in a slot.
pub fn steps(slot: &Range<Moment>) -> impl Iterator<Item = Moment> {
    let end = slot.end;
    let step = Duration::minutes(i64::from(STEP_MINUTES));
    std::iter::successors(Some(slot.start), move |at| Some(*at + step))
        .take_while(move |at| *at < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn plan(text: &str) -> Plan {
        toml::from_str(text).unwrap()
    }

    const COUNSEL: &str = r#"
[calendar]
year_end = { from = "12-29", to = "01-03" }

[[closure]]
from = "2026-12-07"
to = "2026-12-08"
reason = { ja = "工事のため", en = "building work" }

[[resource]]
id = "room"
name = { ja = "相談室", en = "Room" }
seats = 1

[[service]]
id = "counsel"
name = { ja = "相談", en = "Advice" }
slot_minutes = 30
seats = 2
needs = ["room"]
fewer = [{ from = "12:00", to = "13:00", seats = 1 }]
hours = [
  { days = ["tue"], weeks = [2, 4], from = "13:00", to = "14:45" },
  { days = ["mon", "tue"], from = "9:00", to = "10:00" },
]
"#;

    fn starts(day: Date) -> Result<Vec<String>, Closed> {
        let plan = plan(COUNSEL);
        let slots = plan.slots(&plan.services[0], day)?;
        Ok(slots
            .iter()
            .map(|slot| format!("{}:{:02}", slot.start.hour(), slot.start.minute()))
            .collect())
    }

    #[test]
    fn slots_follow_the_day_of_the_week_and_its_place_in_the_month() {
        // 24 November 2026 is the fourth Tuesday; what does not fit before 14:45 is none.
        assert_eq!(
            starts(date!(2026 - 11 - 24)).unwrap(),
            ["9:00", "9:30", "13:00", "13:30", "14:00"]
        );
        assert_eq!(starts(date!(2026 - 12 - 01)).unwrap(), ["9:00", "9:30"]);
        assert_eq!(starts(date!(2026 - 11 - 25)), Err(Closed::NoHours));
    }

    #[test]
    fn days_of_rest_say_why() {
        assert_eq!(starts(date!(2026 - 11 - 23)), Err(Closed::Holiday(Holiday::Labour)));
        for day in [date!(2026 - 12 - 29), date!(2026 - 12 - 31), date!(2027 - 01 - 01)] {
            assert_eq!(starts(day), Err(Closed::YearEnd), "{day}");
        }
        assert!(starts(date!(2027 - 01 - 04)).is_ok());
        let Err(Closed::Closure(reason)) = starts(date!(2026 - 12 - 08)) else { panic!() };
        assert_eq!(reason.ja, "工事のため");
    }

    #[test]
    fn a_closure_may_be_of_one_service_only() {
        let text = COUNSEL.replace("to = \"2026-12-08\"", "services = [\"other\"]");
        let plan = plan(&text);
        assert!(plan.slots(&plan.services[0], date!(2026 - 12 - 07)).is_ok());
    }

    #[test]
    fn there_are_as_many_seats_as_in_the_leanest_minute() {
        let plan = plan(COUNSEL);
        let pools = plan.pools(&plan.services[0]);
        let seats =
            |from, to| pools.iter().map(|pool| pool.seats_in(&(from..to))).collect::<Vec<_>>();
        let (half_eleven, noon) = (datetime!(2026-11-24 11:30 +9), datetime!(2026-11-24 12:00 +9));
        assert_eq!(seats(half_eleven, noon), [2, 1]);
        assert_eq!(seats(half_eleven, noon + Duration::minutes(5)), [1, 1]);
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, minutes) in [("9:00", 540), ("09:05", 545), ("0:00", 0), ("24:00", 1440)] {
            assert_eq!(TimeOfDay::parse(text), Some(TimeOfDay(minutes)), "{text}");
        }
        for text in ["9", "9:5", "25:00", "24:01", "9:60", "-1:00", "+9:00", "009:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
        assert_eq!(DayOfYear::parse("02-29"), Some(DayOfYear(2, 29)));
        assert_eq!(DayOfYear::parse("02-30"), None);
    }
}
