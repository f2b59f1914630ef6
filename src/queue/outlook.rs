//! The outlook (見込み): what everybody is told of their wait, as of one moment.

use std::collections::BTreeMap;

use time::Date;

use super::order::{self, Place, Rules};
use super::state::State;
use super::ticket::Ticket;
use super::wait::Kept;
use super::wait::window::Window;
use crate::clock::Moment;
use crate::id::TicketId;

/// The windows of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Everybody who waits. No window where no open counter calls them, and nobody
    /// can say.
    pub tickets: BTreeMap<TicketId, Option<Window>>,
    /// Somebody who came to a lane now.
    pub lanes: BTreeMap<String, Window>,
    /// How the times that were told today came out so far.
    pub kept: Kept,
    /// The same of earlier days, as far as it is known.
    pub kept_before: BTreeMap<Date, Kept>,
}

/// What is known of the wait of one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A moment more, and it is known.
    NotYet,
    /// No counter that is open calls this lane.
    Closed,
    At(Window),
}

impl Outlook {
    /// What the holder of a ticket is told at `now`: of a window that was worked out
    /// a while ago, what lies ahead.
    pub fn of(&self, ticket: TicketId, now: Moment) -> Told {
        match self.tickets.get(&ticket) {
            None => Told::NotYet,
            Some(None) => Told::Closed,
            Some(Some(window)) => Told::At(window.seen_at(now.unix_timestamp())),
        }
    }

    /// What somebody is told who comes to `lane` at `now`.
    pub fn arriving(&self, lane: &str, now: Moment) -> Option<Window> {
        self.lanes.get(lane).map(|window| window.seen_at(now.unix_timestamp()))
    }
}

/// How many wait in the lane of `ticket` and are called before it, as things stand.
pub fn ahead(ticket: &Ticket, tickets: &[Ticket], rules: &Rules, now: Moment) -> usize {
    let waits = |other: &&Ticket| {
        other.leg().state == State::Waiting && other.leg().lane == ticket.leg().lane
    };
    let places: Vec<Place> = tickets.iter().filter(waits).map(Ticket::place).collect();
    let line = order::line(&places, rules, 0, now);
    let own = |at: &usize| places[*at].issued == ticket.issued;
    line.iter().position(own).unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;

    use super::*;
    use crate::queue::order::Class;

    const NINE: Moment = datetime!(2026-11-25 9:00 +9);
    const RULES: Rules = Rules {
        priority_credit: Duration::from_secs(15 * 60),
        late_after: Duration::from_secs(15 * 60),
        return_credit: Duration::from_secs(10 * 60),
        credited_in_a_row: 3,
    };

    fn ticket(number: u32, lane: &str) -> Ticket {
        let mut ticket =
            Ticket::drawn("A", number, NINE + Duration::from_secs(u64::from(number) * 60));
        ticket.legs[0].lane = lane.to_owned();
        ticket
    }

    #[test]
    fn only_those_of_the_same_lane_who_go_before_are_ahead() {
        let mut called = ticket(1, "certificate");
        called.legs[0].state = State::Called;
        let mut urgent = ticket(6, "certificate");
        urgent.class = Class::Priority;
        let hall = [
            called,
            ticket(2, "certificate"),
            ticket(3, "moving"),
            ticket(4, "certificate"),
            ticket(5, "certificate"),
            urgent,
        ];
        let now = NINE + Duration::from_secs(600);
        let ahead = |at: usize| ahead(&hall[at], &hall, &RULES, now);
        assert_eq!([1, 2, 3, 4, 5].map(ahead), [1, 0, 2, 3, 0]);
    }

    #[test]
    fn who_is_not_known_yet_is_told_so_and_nobody_is_told_of_a_time_that_is_over() {
        let [known, closed, new] = [1, 2, 3].map(|number| ticket(number, "certificate").id);
        let from = |minutes: i64| NINE.unix_timestamp() + minutes * 60;
        let window = Window { from: Some(from(10)), to: from(20) };
        let tickets = [(known, Some(window)), (closed, None)].into();
        let outlook = Outlook { tickets, ..Outlook::default() };
        assert_eq!(outlook.of(new, NINE), Told::NotYet);
        assert_eq!(outlook.of(closed, NINE), Told::Closed);
        assert_eq!(outlook.of(known, NINE), Told::At(window));
        let late = NINE + Duration::from_secs(32 * 60);
        assert_eq!(outlook.of(known, late), Told::At(Window { from: None, to: from(35) }));
    }
}
