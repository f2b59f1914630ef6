//! What the clock does to tickets of today: whoever was held until a time waits again,
//! and whoever was called often enough and has not come is absent; and what was noted of
//! the counters yesterday is over.

use super::state::{Action, State, Who};
use super::ticket::{ABSENT_AFTER, Act, CALLS_MAX, Leg};
use super::{Error, acts, duty, now, store};
use crate::clock::Moment;
use crate::db::Tx;
use crate::journal::{Actor, Journal};

/// Does what is due now. How many it was done to.
pub fn do_what_is_due(tx: &Tx<'_>, journal: &Journal) -> Result<usize, Error> {
    let now = now(journal);
    let mut done = duty::end_earlier_notes(tx, journal, now.date())?;
    for ticket in store::of_day(tx, now.date())? {
        let Some(action) = due(ticket.leg(), now) else { continue };
        let act = Act::new(action, Who::Timer, now);
        acts::apply(tx, journal, (journal.op(), Actor::System), &ticket, &act)?;
        done += 1;
    }
    Ok(done)
}

/// What is to be done to a ticket whose open leg is this one.
fn due(leg: &Leg, now: Moment) -> Option<Action> {
    match leg.state {
        State::Held => leg.until.filter(|until| *until <= now).map(|_| Action::Resume),
        State::Called if leg.calls >= CALLS_MAX && now - leg.since >= ABSENT_AFTER => {
            Some(Action::MarkAbsent)
        }
        _ => None,
    }
}
