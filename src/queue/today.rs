//! How the day went so far, hour by hour: counted from tickets alone.

use super::state::State;
use super::ticket::Ticket;

/// One hour of the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    pub hour: u8,
    /// How many came.
    pub came: usize,
    /// How many of them were called so far.
    pub called: usize,
    /// Half of those called had waited so many minutes, or fewer.
    pub waited_minutes: Option<i64>,
    /// How many were called, did not come, and have not come back.
    pub absent: usize,
}

/// The hours from the first ticket to the last, none left out between them.
pub fn hours(tickets: &[Ticket]) -> Vec<Hour> {
    let hour_of = |ticket: &Ticket| ticket.arrived.hour();
    // Who was kept over night came on another day.
    let tickets: Vec<&Ticket> = tickets.iter().filter(|one| one.drawn_on.is_none()).collect();
    let (first, last) = (
        tickets.iter().map(|one| hour_of(one)).min(),
        tickets.iter().map(|one| hour_of(one)).max(),
    );
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let hour = |hour| {
        let came: Vec<_> = tickets.iter().filter(|one| hour_of(one) == hour).collect();
        let mut waited: Vec<i64> = came.iter().filter_map(|one| waited_minutes(one)).collect();
        waited.sort_unstable();
        Hour {
            hour,
            came: came.len(),
            called: waited.len(),
            waited_minutes: waited.get(waited.len().saturating_sub(1) / 2).copied(),
            absent: came.iter().filter(|one| one.leg().state == State::Absent).count(),
        }
    };
    (first..=last).map(hour).collect()
}

/// How long until the first call; of who was called more than once, until the last.
fn waited_minutes(ticket: &Ticket) -> Option<i64> {
    let leg = ticket.legs.first().filter(|leg| leg.state != State::Waiting)?;
    Some((leg.called_at? - ticket.arrived).whole_minutes().max(0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;

    use super::*;
    use crate::clock::Moment;

    fn ticket(number: u32, arrived: Moment, waited: Option<u64>, state: State) -> Ticket {
        let mut ticket = Ticket::drawn("A", number, arrived);
        let leg = &mut ticket.legs[0];
        leg.called_at = waited.map(|minutes| arrived + Duration::from_secs(minutes * 60));
        leg.state = state;
        ticket
    }

    #[test]
    fn every_hour_between_the_first_and_the_last_is_there_with_its_median_wait() {
        assert_eq!(hours(&[]), []);
        let tickets = [
            ticket(1, datetime!(2026-11-25 9:05 +9), Some(4), State::Done),
            ticket(2, datetime!(2026-11-25 9:20 +9), Some(10), State::Done),
            ticket(3, datetime!(2026-11-25 9:59 +9), Some(31), State::Absent),
            ticket(4, datetime!(2026-11-25 11:00 +9), None, State::Waiting),
        ];
        let [nine, ten, eleven] = hours(&tickets).try_into().unwrap();
        let said = Hour { hour: 9, came: 3, called: 3, waited_minutes: Some(10), absent: 1 };
        assert_eq!(nine, said);
        assert_eq!(ten, Hour { hour: 10, ..Hour::default() });
        assert_eq!(eleven, Hour { hour: 11, came: 1, ..Hour::default() });
    }
}
