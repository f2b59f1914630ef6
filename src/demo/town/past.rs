//! What the town did before the demonstration began: some weeks of ordinary days, and
//! this day so far, written with the clock of then. All of it one deed after the other
//! through the same acts, so that every page that looks back has something true to say.

use std::sync::Arc;
use std::time::Duration;

use time::{Date, Weekday};

use super::Town;
use crate::clock::{HeldClock, Moment};
use crate::db::Tx;
use crate::holiday;
use crate::journal::Journal;
use crate::queue::wait::rng::Rng;
use crate::queue::{self, Error};

/// Ordinary days bring so much of what today brings.
const ORDINARY: f64 = 0.75;

/// When its office opens, and for how long.
const OPENS: Duration = Duration::from_secs(8 * 3600 + 30 * 60);
const OPEN: Duration = Duration::from_secs(8 * 3600 + 45 * 60);

/// The last `count` working days before `today`, the oldest first.
pub fn days(today: Date, count: usize) -> Vec<Date> {
    let mut days: Vec<Date> = std::iter::successors(today.previous_day(), |day| day.previous_day())
        .filter(|day| works(*day))
        .take(count)
        .collect();
    days.reverse();
    days
}

fn works(day: Date) -> bool {
    let rests = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !rests && holiday::on(day).is_none()
}

/// Opening and closing on a day.
pub fn hours(day: Date) -> [Moment; 2] {
    let opens = day.midnight().assume_offset(time::macros::offset!(+9)) + OPENS;
    [opens, opens + OPEN]
}

/// The hours of the first working day that opens after `now`.
pub fn next_hours(now: Moment) -> [Moment; 2] {
    let days = std::iter::successors(Some(now.date()), |day| day.next_day());
    let mut opening = days.filter(|day| works(*day)).map(hours);
    opening.find(|[opens, _]| *opens > now).unwrap_or_else(|| hours(now.date()))
}

/// The hours of a day that began some time before `now`, whatever the clock says: the
/// demonstration is full of life at night, too. Nobody came before midnight.
pub fn hours_around(now: Moment) -> [Moment; 2] {
    let ago = now - Duration::from_secs(100 * 60);
    let opens = ago.max(now.replace_time(time::Time::MIDNIGHT));
    [opens, opens + OPEN]
}

/// How busy a day is compared with an ordinary one: Mondays and the ends of months are,
/// and no two days are the same.
pub fn busy(day: Date, rng: &mut Rng) -> f64 {
    let weekday = match day.weekday() {
        Weekday::Monday => 1.15,
        Weekday::Tuesday => 1.0,
        Weekday::Wednesday => 0.9,
        Weekday::Thursday => 0.95,
        _ => 1.05,
    };
    let end = if day.day() >= 25 { 1.1 } else { 1.0 };
    ORDINARY * weekday * end * (0.94 + 0.12 * f64::from(rng.unit()))
}

/// A whole day that is over. `journal` goes by `clock`.
///
/// # Errors
/// Faults of storage.
pub fn write_day(
    tx: &Tx<'_>,
    (journal, clock): (&Journal, &Arc<HeldClock>),
    town: &mut Town,
    (day, busy): (Date, f64),
) -> Result<(), Error> {
    let [opens, closes] = hours(day);
    clock.hold(opens);
    queue::close_day(tx, journal, day)?;
    town.begin([opens, closes], busy);
    write_until(tx, (journal, clock), town, closes + Duration::from_secs(3 * 3600))
}

/// Everything that is due until `end`.
///
/// # Errors
/// Faults of storage.
pub fn write_until(
    tx: &Tx<'_>,
    (journal, clock): (&Journal, &Arc<HeldClock>),
    town: &mut Town,
    end: Moment,
) -> Result<(), Error> {
    while let Some(due) = town.due().filter(|due| *due <= end) {
        // What was due earlier is done now.
        clock.hold(due.max(journal.now()));
        if !town.step(tx, journal)? {
            break;
        }
    }
    Ok(())
}
