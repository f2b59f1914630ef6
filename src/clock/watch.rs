//! Whether the wall clock can be believed when it says that a day is over.
//!
//! A machine may start with a clock that is a day ahead, until somebody sets it over
//! the network; a day that is ended by it is ended for good. So it is believed once it
//! has gone evenly for half an hour, beside a clock that nobody can set; at the start
//! already where it was set from outside. Nothing is lost by waiting: what is ended
//! late was of an earlier day all the same.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Clock, Moment};

/// So long a clock must go evenly.
pub const EVENLY: Duration = Duration::from_secs(30 * 60);

/// What a clock is set right by without a jump, and what a busy machine is late by.
const SLACK: time::Duration = time::Duration::minutes(5);

/// What is known of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Believed,
    /// The machine runs for a short while, and nobody has set its clock.
    Unset,
    /// It jumped a short while ago.
    Jumped,
}

/// Watches the wall clock beside the one that nobody can set.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Option<Seen>>);

#[derive(Clone, Copy, Debug)]
struct Seen {
    wall: Moment,
    steady: Duration,
    /// Since when it goes evenly, by the steady clock.
    even_since: Duration,
    jumped: bool,
    trust: Trust,
}

impl Watch {
    /// Looks at the clock. `is_set` where nobody needs to ask.
    pub fn look(&self, clock: &dyn Clock, is_set: bool) -> Trust {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Seen::next(*seen, (clock.now(), clock.steady()), is_set || clock.is_set());
        *seen = Some(now);
        now.trust
    }

    /// What was found the last time it was looked at.
    pub fn last(&self) -> Trust {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map_or(Trust::Believed, |seen| seen.trust)
    }
}

impl Seen {
    fn next(before: Option<Seen>, (wall, steady): (Moment, Duration), is_set: bool) -> Seen {
        let jumps = |before: &Seen| {
            let gone = time::Duration::try_from(steady.saturating_sub(before.steady));
            ((wall - before.wall) - gone.unwrap_or(time::Duration::MAX)).abs() > SLACK
        };
        let (even_since, jumped) = match before {
            Some(before) if jumps(&before) => (steady, true),
            Some(before) => (before.even_since, before.jumped),
            None => (steady, false),
        };
        let trust = match steady.saturating_sub(even_since) {
            even if even >= EVENLY => Trust::Believed,
            _ if jumped => Trust::Jumped,
            _ if is_set => Trust::Believed,
            _ => Trust::Unset,
        };
        Seen { wall, steady, even_since, jumped: jumped && trust != Trust::Believed, trust }
    }
}

#[cfg(test)]
mod tests {
    use ::time::macros::datetime;

    use super::*;

    /// What is believed, looked at each time so many minutes further: by the steady
    /// clock, and by the wall's.
    fn trusted(is_set: &[bool], gone: &[(u64, i64)]) -> Vec<Trust> {
        let (mut wall, mut steady, mut seen) =
            (datetime!(2026-11-24 10:00 +9), Duration::ZERO, None);
        let is_set = is_set.iter().chain(is_set.last().into_iter().cycle());
        let look = |((by, by_wall), is_set): (&(u64, i64), &bool)| {
            steady += Duration::from_secs(by * 60);
            wall += ::time::Duration::minutes(*by_wall);
            let now = Seen::next(seen, (wall, steady), *is_set);
            seen = Some(now);
            now.trust
        };
        gone.iter().zip(is_set).map(look).collect()
    }

    #[test]
    fn a_clock_that_was_set_is_believed_and_another_after_half_an_hour() {
        use Trust::{Believed, Unset};
        let every = [(0, 0), (1, 1), (28, 28), (1, 1), (600, 600)];
        assert_eq!(trusted(&[true], &every), [Believed; 5]);
        assert_eq!(trusted(&[false], &every), [Unset, Unset, Unset, Believed, Believed]);
        assert_eq!(trusted(&[false, true], &every)[..2], [Unset, Believed], "set meanwhile");
    }

    #[test]
    fn a_clock_that_jumped_is_not_believed_until_it_went_evenly_again() {
        use Trust::{Believed, Jumped};
        let day = 24 * 60;
        for jump in [day, -day, 6, -6] {
            let every = [(0, 0), (1, 1), (1, 1 + jump), (29, 29), (1, 1), (1, 1)];
            let expected = [Believed, Believed, Jumped, Jumped, Believed, Believed];
            assert_eq!(trusted(&[true], &every), expected, "{jump}");
        }
        // There and back: the second jump counts anew.
        let back = [(0, 0), (1, 1 + day), (20, 20 - day), (20, 20), (10, 10)];
        assert_eq!(trusted(&[true], &back), [Believed, Jumped, Jumped, Jumped, Believed]);
        // A busy machine, and a clock that is set right little by little.
        assert_eq!(trusted(&[true], &[(0, 0), (3, 7), (1, 2)]), [Believed; 3]);
    }
}
