//! What the journal's entries about tickets are for the hall: where they left, and where
//! they went.

use super::Forecast;
use crate::clock::Moment;
use crate::id::TicketId;
use crate::queue::order;
use crate::queue::replay;
use crate::queue::state::State;
use crate::queue::ticket::{Leg, Ticket};
use crate::queue::wait::floor::Event;
use crate::queue::wait::hall::{Lane, Second, Waiting};

impl Forecast {
    /// An entry about a ticket.
    pub(super) fn ticket(&mut self, at: Moment, entry: (TicketId, &str, &str)) {
        let left = self.over_night.remove(&entry.0);
        let before = self.tickets.get(&entry.0).or(left.as_ref());
        let Ok(Some(after)) = replay::after(before, entry) else { return };
        if Some(after.day) != self.day {
            return;
        }
        if after.stands_by_hand() {
            return self.was_served_by_hand(at, after);
        }
        let undone = entry.1 == "ticket.undone";
        let before = before.cloned();
        for event in self.events(before.as_ref(), &after, undone) {
            self.tell(at.unix_timestamp(), event);
        }
        self.tickets.insert(after.id, after);
        let left = before.as_ref().and_then(|before| at_counter(before.leg()));
        if let Some(counter) = left.filter(|counter| !self.is_busy(*counter)) {
            self.begin_pause(at.unix_timestamp(), counter);
        }
    }

    /// Whether somebody is called to or served at a counter.
    pub(super) fn is_busy(&self, counter: u32) -> bool {
        self.tickets.values().any(|ticket| at_counter(ticket.leg()) == Some(counter))
    }

    /// A counter that pauses leaves whoever is meant for it to others, and has them back
    /// when it goes on.
    pub(super) fn whom_it_is_meant_for(&mut self, at: Second, counter: u32) {
        let meant = |ticket: &&Ticket| {
            let leg = ticket.leg();
            leg.state == State::Waiting && leg.wants == Some(counter)
        };
        let meant: Vec<_> = self.tickets.values().filter(meant).cloned().collect();
        for waiting in meant.iter().filter_map(|ticket| self.waiting(ticket)).collect::<Vec<_>>() {
            self.tell(at, Event::Back(waiting));
        }
    }

    /// Nobody saw it happen, and the counter may serve somebody else by now.
    fn was_served_by_hand(&mut self, at: Moment, ticket: Ticket) {
        self.tell(at.unix_timestamp(), Event::Cancel { ticket: ticket.issued });
        self.tickets.insert(ticket.id, ticket);
    }

    /// What a step of a ticket is for the hall: where it left, and where it went.
    fn events(&self, before: Option<&Ticket>, after: &Ticket, undone: bool) -> Vec<Event> {
        let (ticket, leg) = (after.issued, after.leg());
        let (from, to) = (before.and_then(|one| at_counter(one.leg())), at_counter(leg));
        let was = before.map(|before| before.leg().state);
        // Who has come before is nobody new, unless another lane has not seen them yet or
        // they go by another class.
        let is_new = before.is_none_or(|before| {
            before.legs.len() < after.legs.len() || before.class != after.class
        });
        let waits = || {
            let waiting = self.waiting(after);
            waiting.map(|one| if is_new { Event::Issue(one) } else { Event::Back(one) })
        };
        let mut events = Vec::new();
        match (from, to) {
            (Some(_), Some(counter)) => {
                // Called again, served by another clerk, or a press taken back.
                if (was, leg.state) == (Some(State::Called), State::Serving) {
                    events.push(Event::Serve { ticket, counter });
                }
                return events;
            }
            (Some(counter), None) => events.push(match (was, leg.state) {
                (Some(State::Called), State::Absent) => Event::Absent { ticket, counter },
                (Some(State::Called), _) if undone => Event::Uncalled { counter },
                // How long it took is not known: it was forgotten, or not meant.
                (_, State::Expired | State::Cancelled) => Event::Freed { counter },
                (Some(State::Serving), _) if !undone => Event::Done { ticket, counter },
                _ => Event::Freed { counter },
            }),
            (None, _) => {}
        }
        match (was, leg.state, to) {
            (_, State::Waiting, _) => events.extend(waits()),
            (_, _, Some(counter)) => {
                if was != Some(State::Waiting) {
                    events.extend(waits());
                }
                events.push(Event::Call { ticket, counter });
                if leg.state == State::Serving {
                    events.push(Event::Serve { ticket, counter });
                }
            }
            (Some(State::Waiting), ..) => events.push(Event::Cancel { ticket }),
            _ => {}
        }
        events
    }

    /// Whether a counter calls a lane and does not pause.
    fn calls(&self, counter: u32, lane: Lane) -> bool {
        !self.pausing.contains_key(&counter) && self.lanes_of(counter).has(lane)
    }

    fn waiting(&self, ticket: &Ticket) -> Option<Waiting> {
        let (place, rules) = (ticket.place(), &self.setup.rules);
        let lane = self.lane(&ticket.leg().lane)?;
        Some(Waiting {
            ticket: ticket.issued,
            lane,
            service: lane.into(),
            issued: ticket.leg().since.unix_timestamp(),
            effective: place.effective(rules).unix_timestamp(),
            credited: order::counts_as_credited(&place, rules),
            wants: ticket.leg().wants.filter(|wants| self.calls(*wants, lane)),
        })
    }
}

/// The counter where this leg is called or served.
fn at_counter(leg: &Leg) -> Option<u32> {
    leg.counter.filter(|_| leg.state.is_at_counter())
}
