//! What becomes of the queue over night: what is open ends with its day, or, where the
//! town wants it so, who waits is kept for the next one.
//!
//! Kept is who waits, who is held and whose papers are being made: they go on in the
//! morning with the number they have, before everybody who comes then. Whoever was
//! called or served when the day ended was forgotten there, and who did not come when
//! called is not there: those end with their day either way. A number that is kept is
//! drawn by nobody else until it is over.

use serde_json::json;
use time::Date;

use super::state::{Action, State, Who};
use super::ticket::{Act, Ticket};
use super::{Error, ISSUED, acts, now, store};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::journal::{Actor, Journal};

/// What keeping a number is in the journal.
const CARRIED: &str = "ticket.carried";

impl State {
    /// Whether a number that stands here is kept over night by a town that keeps its
    /// queue.
    pub fn stays_over_night(self) -> bool {
        matches!(self, State::Waiting | State::Held | State::Preparing)
    }
}

impl Ticket {
    /// The same on the next day that it stands on.
    pub(super) fn carried(&self, to: Date, issued: u64) -> Ticket {
        let drawn_on = Some(self.drawn_on.unwrap_or(self.day));
        Ticket { day: to, issued, drawn_on, undo: None, ..self.clone() }
    }

    /// Whether it has stood where it stands since an earlier day: nobody sat here all
    /// the time, and it is no measure of any wait.
    pub fn stands_over_night(&self) -> bool {
        self.leg().since.date() < self.day
    }
}

/// Keeps for `today` what earlier days left open and may stay. How many there were.
///
/// # Errors
/// Faults of storage.
pub fn keep_over_night(tx: &Tx<'_>, journal: &Journal, today: Date) -> Result<usize, Error> {
    let (now, mut kept) = (now(journal), 0);
    for ticket in store::left_open(tx, today)? {
        let number = (ticket.prefix.as_str(), ticket.number);
        // Drawn anew before the town chose to keep them: one of the two must go.
        let is_taken = !store::with_number(tx, today, number)?.is_empty();
        if is_taken || !ticket.leg().state.stays_over_night() {
            continue;
        }
        carry(tx, journal, &ticket, (today, now))?;
        kept += 1;
    }
    Ok(kept)
}

fn carry(
    tx: &Tx<'_>,
    journal: &Journal,
    ticket: &Ticket,
    (to, at): (Date, Moment),
) -> Result<(), Error> {
    let carried = ticket.carried(to, u64::from(db::next_number(tx, to, ISSUED)?));
    store::carry(tx, ticket.day, &carried)?;
    let facts = json!({
        "to": clock::iso_day(to),
        "issued": carried.issued,
        "at": clock::rfc3339(at),
    });
    acts::record(tx, journal, (journal.op(), Actor::System), (CARRIED, facts), &carried)
}

/// Ends what earlier days left open; in a town that keeps its queue, what
/// [`keep_over_night`] left. How many there were.
///
/// # Errors
/// Faults of storage.
pub fn close_day(tx: &Tx<'_>, journal: &Journal, today: Date) -> Result<usize, Error> {
    let now = now(journal);
    let left = store::left_open(tx, today)?;
    for ticket in &left {
        let act = Act::new(Action::Expire, Who::Timer, now);
        acts::apply(tx, journal, (journal.op(), Actor::System), ticket, &act)?;
    }
    Ok(left.len())
}
