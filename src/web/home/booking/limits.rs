//! How much may come from home within an hour: nobody is seen there, so nobody may take
//! all that is free, or try numbers by the thousand.
//!
//! In memory only: what is kept is an address and a time, for an hour.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Moment;

const WITHIN: Duration = Duration::from_secs(3_600);

/// Numbers that are nobody's, from one address and from all, within an hour.
pub(super) const WRONG_NUMBERS: [u32; 2] = [10, 100];

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A slot that is taken.
    Slot,
    /// A number that leads nowhere.
    WrongNumber,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Press {
    what: What,
    from: IpAddr,
    at: Moment,
}

/// What came within the last hour. One for the process.
#[derive(Default)]
pub(super) struct Limits(Mutex<VecDeque<Press>>);

impl Limits {
    /// Counts a press, unless there were as many as may be: from this address, and from
    /// all of them.
    pub fn take(&self, what: What, from: IpAddr, now: Moment, [each, all]: [u32; 2]) -> bool {
        let from = household(from);
        let mut presses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        presses.retain(|press| now - press.at < WITHIN);
        let same = presses.iter().filter(|press| press.what == what);
        let (own, every) = same
            .fold((0, 0), |(own, every), press| (own + u32::from(press.from == from), every + 1));
        let may = own < each && every < all;
        if may {
            presses.push_back(Press { what, from, at: now });
        }
        may
    }

    /// One that was counted and was not what it is counted for.
    pub fn give_back(&self, what: What, from: IpAddr) {
        let from = household(from);
        let mut presses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = presses.iter().rposition(|press| press.what == what && press.from == from);
        last.map(|last| presses.remove(last));
    }
}

/// A household has one address of the older kind, and 2⁶⁴ of the newer.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: Moment = datetime!(2026-11-24 9:00 +9);

    #[test]
    fn so_many_come_from_one_address_and_from_all_within_an_hour() {
        let limits = Limits::default();
        let take = |from: &str, minutes: i64| {
            let at = NOW + time::Duration::minutes(minutes);
            limits.take(What::Slot, from.parse().unwrap(), at, [2, 3])
        };
        assert!(take("192.0.2.1", 0) && take("192.0.2.1", 1));
        assert!(!take("192.0.2.1", 2), "its share is used up");
        // The same household, however it is written.
        assert!(!take("::ffff:192.0.2.1", 2));
        assert!(take("2001:db8::1", 3));
        assert!(!take("2001:db8:1::1", 4), "that was all for an hour");
        assert!(!take("192.0.2.1", 59));
        assert!(take("192.0.2.1", 60), "the first is an hour ago");
        // What is counted for something else is no obstacle.
        assert!(limits.take(What::WrongNumber, "192.0.2.1".parse().unwrap(), NOW, [1, 1]));
    }

    #[test]
    fn addresses_of_one_household_count_together_and_a_hit_is_given_back() {
        let limits = Limits::default();
        let (one, other) = ("2001:db8::1".parse().unwrap(), "2001:db8::2:3".parse().unwrap());
        assert!(limits.take(What::WrongNumber, one, NOW, [1, 9]));
        assert!(!limits.take(What::WrongNumber, other, NOW, [1, 9]));
        limits.give_back(What::WrongNumber, other);
        assert!(limits.take(What::WrongNumber, other, NOW, [1, 9]));
    }
}
