//! Which slots of a day are free: a pure function of the plan, of the seats that are
//! taken, and of now.

use std::collections::BTreeMap;
use std::ops::Range;

use time::{Date, Duration};

use super::plan::{Closed, Plan, Pool, Service, steps};
use super::state::Who;
use super::{Error, minutes};
use crate::clock::Moment;

/// One seat that is taken for one step of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub pool: String,
    pub step: Moment,
    pub seat: u32,
    /// For a slot that is only held: until when.
    pub until: Option<Moment>,
    pub from_home: bool,
}

/// The seats of a day that are taken now, and whether each was at home.
#[derive(Clone, Debug, Default)]
pub struct Occupied(BTreeMap<(String, Moment, u32), bool>);

impl Occupied {
    /// Those of `taken` that nobody may have at `now`: a hold that is over keeps
    /// nothing.
    pub fn at(now: Moment, taken: impl IntoIterator<Item = Taken>) -> Self {
        let kept = taken.into_iter().filter(|one| one.until.is_none_or(|until| now < until));
        Self(kept.map(|one| ((one.pool, one.step, one.seat), one.from_home)).collect())
    }

    fn has(&self, pool: &Pool<'_>, step: Moment, seat: u32) -> bool {
        self.0.contains_key(&(pool.id.clone(), step, seat))
    }

    /// Whether each seat of a pool that is taken in a step was taken at home. Also those
    /// with numbers above what the town has written since: who has one keeps it.
    fn taken(&self, pool: &Pool<'_>, step: Moment) -> impl Iterator<Item = bool> {
        let seat = |seat| (pool.id.clone(), step, seat);
        self.0.range(seat(0)..=seat(u32::MAX)).map(|(_, at_home)| *at_home)
    }

    /// How many seats of a pool are taken from home, where in a slot they are most.
    fn taken_at_home(&self, pool: &Pool<'_>, slot: &Range<Moment>) -> u32 {
        let taken = |step| self.taken(pool, step).filter(|at_home| *at_home).count();
        count(steps(slot).map(taken).max())
    }

    /// How many more can sit in a pool in each step of a slot.
    fn room(&self, pool: &Pool<'_>, slot: &Range<Moment>) -> u32 {
        let taken = |step| count(Some(self.taken(pool, step).count()));
        let room = steps(slot).map(|step| pool.seats_at(step).saturating_sub(taken(step)));
        room.min().unwrap_or(0)
    }

    /// The seats of a pool that are free through a whole slot: whoever sits there
    /// need not move. No more than there is room for.
    fn free_seats<'o>(
        &'o self,
        pool: &'o Pool<'_>,
        slot: &'o Range<Moment>,
    ) -> impl Iterator<Item = u32> {
        let is_free = |seat: &u32| steps(slot).all(|step| !self.has(pool, step, *seat));
        let room = usize::try_from(self.room(pool, slot)).unwrap_or(usize::MAX);
        (1..=pool.seats_in(slot)).filter(is_free).take(room)
    }
}

fn count(seats: Option<usize>) -> u32 {
    seats.map_or(0, |seats| u32::try_from(seats).unwrap_or(u32::MAX))
}

/// A seat of one pool, for a whole slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Seat {
    pub pool: String,
    pub seat: u32,
}

/// One slot of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub start: Moment,
    pub end: Moment,
    pub seats: u32,
    pub free: u32,
    /// Whether who asked can book it now.
    pub is_offered: bool,
}

/// The slots of a service on a day, as `who` sees them now. Slots for which nobody
/// sits there, at lunch perhaps, are none.
///
/// # Errors
/// [`Closed`] with the reason when the service rests on that day.
pub fn slots(
    plan: &Plan,
    (service, day): (&Service, Date),
    occupied: &Occupied,
    (now, who): (Moment, Who),
) -> Result<Vec<Slot>, Closed> {
    let pools = plan.pools(service);
    let slot = |slot: Range<Moment>| {
        let seats = pools.iter().map(|pool| pool.seats_in(&slot)).min().unwrap_or(0);
        let free = pools.iter().map(|pool| occupied.free_seats(pool, &slot).count()).min();
        let free = count(free).min(share(service, &pools, &slot, occupied, who));
        let is_offered = free > 0 && in_time(service, slot.start, (now, who)).is_ok();
        Slot { start: slot.start, end: slot.end, seats, free, is_offered }
    };
    let slots = plan.slots(service, day)?.into_iter().map(slot);
    Ok(slots.filter(|slot| slot.seats > 0).collect())
}

/// The seats that an appointment at `start` takes.
///
/// # Errors
/// [`Error::NoSuchSlot`], [`Error::Full`], [`Error::NotYet`], [`Error::TooLate`].
pub fn seats_at(
    plan: &Plan,
    (service, start): (&Service, Moment),
    occupied: &Occupied,
    (now, who): (Moment, Who),
) -> Result<(Range<Moment>, Vec<Seat>), Error> {
    let slots = plan.slots(service, start.date()).map_err(|_| Error::NoSuchSlot)?;
    let slot = slots.into_iter().find(|slot| slot.start == start).ok_or(Error::NoSuchSlot)?;
    in_time(service, start, (now, who))?;
    let pools = plan.pools(service);
    if share(service, &pools, &slot, occupied, who) == 0 {
        return Err(Error::Full);
    }
    let first_free = |pool: &Pool<'_>| {
        let seat = occupied.free_seats(pool, &slot).next()?;
        Some(Seat { pool: pool.id.clone(), seat })
    };
    let seats = pools.iter().map(first_free).collect::<Option<Vec<Seat>>>();
    Ok((slot.clone(), seats.ok_or(Error::Full)?))
}

/// How many more of a slot `who` may have: at home, what is left of the town's share
/// for it. Whoever books there without end leaves the rest to the telephone and the
/// counter.
fn share(
    service: &Service,
    pools: &[Pool<'_>],
    slot: &Range<Moment>,
    occupied: &Occupied,
    who: Who,
) -> u32 {
    // The service's own pool is the first.
    let own = pools.first().filter(|_| who == Who::Home);
    own.map_or(u32::MAX, |own| service.home_seats.saturating_sub(occupied.taken_at_home(own, slot)))
}

/// Whether a slot can be booked at this time. It opens for everybody on the same day:
/// nobody is ahead for knowing somebody at the counter. Then staff book until it begins,
/// residents until the last day and minutes of the service.
fn in_time(service: &Service, start: Moment, (now, who): (Moment, Who)) -> Result<(), Error> {
    let days = |days: u16| Duration::days(i64::from(days));
    if start <= now {
        return Err(Error::TooLate);
    }
    let first = start.date().saturating_sub(days(service.from_days));
    if now.date() < first {
        return Err(Error::NotYet(first));
    }
    let last = start.date().saturating_sub(days(service.until_days));
    let late = now.date() > last || now > start - minutes(service.cutoff_minutes);
    if who.is_resident() && late { Err(Error::TooLate) } else { Ok(()) }
}
