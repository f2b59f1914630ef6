//! What the plan makes of a day: whether the office rests, which slots a service has, and
//! how many seats there are in each step of it.

use std::ops::Range;

use time::{Date, Duration};

use super::YearEnd;
use super::{Calendar, Closure, DayOfYear, Fewer, Hours, Plan, STEP_MINUTES, Service, TimeOfDay};
use crate::appointment::minutes;
use crate::clock::Moment;
use crate::holiday::{self, Holiday};
use crate::lang::Words;

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
    pub(in crate::appointment) seats: u32,
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
