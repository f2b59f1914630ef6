//! The queue (番号札): numbers, calls, and where everybody stands.
//!
//! A number is issued per day and prefix, from a counting row, unique in the
//! schema. What may happen to a ticket is one table ([`state`]), what it makes of
//! a ticket one pure function ([`ticket`]), who is called next one rule
//! ([`order`]). Every act is a row and a journal entry in one transaction; the
//! entries alone make the rows again ([`replay`]). How long people will wait is
//! said by [`forecast`], which tells the journal to the estimator of [`wait`]. What the
//! display says aloud is a list of clips ([`voice`]).
//! The room does not know what a visit is about, and no name of anybody.

mod acts;
mod announcement;
pub mod board;
pub mod crowd;
pub mod duty;
pub mod forecast;
pub mod holder;
mod issue;
mod night;
pub mod order;
pub mod outlook;
pub mod oversight;
mod passing;
mod replay;
pub mod report;
pub mod spare;
pub mod state;
mod store;
pub mod ticket;
mod timer;
pub mod voice;
pub mod wait;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::clock::Moment;
use crate::db;
use crate::journal::{self, Journal};

pub use acts::{Desk, LanesOf, act, call_next, call_this, is_callable, undo};
pub use announcement::{Announcement, announcements};
pub use issue::{AtEnd, Lane, NewTicket, issue};
pub use night::{close_day, keep_over_night};
pub use passing::{count_passing, passing_on};
pub use replay::{after as told, first_contradiction};
pub use store::{at_counter, by_code, get, of_day, of_visit};
pub use ticket::{Act, Leg, Reason, Refused, Ticket};
pub use timer::do_what_is_due;

/// The table of this room as it was first, and what came later.
pub const SCHEMA: db::Step = include_str!("sql/ticket.sql");
/// Legs, announcements and counters on duty.
pub const LEGS: db::Step = include_str!("sql/legs.sql");
/// The codes of the tickets' own pages.
pub const CODES: db::Step = include_str!("sql/code.sql");
/// Counters that were noted, though nobody signed in there.
pub const NOTED: db::Step = include_str!("sql/noted.sql");

/// When a number was typed in that had been given out on paper.
pub const TYPED: db::Step = include_str!("sql/typed.sql");

/// What is kept over night.
pub const CARRIED: db::Step = include_str!("sql/carried.sql");

/// A refusal, or a fault below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ticket's own rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody waits whom this counter could call.
    #[error("nobody is waiting")]
    Empty,
    /// There is no such ticket, or it is of another day.
    #[error("there is no such ticket today")]
    NoSuchTicket,
    /// Somebody is at this counter already.
    #[error("{0} is at this counter")]
    CounterBusy(String),
    /// Nobody sits at this counter, or somebody else does.
    #[error("this counter is not open for who asks")]
    NotOnDuty,
    /// Another clerk sits there; they may be relieved.
    #[error("another clerk sits at this counter")]
    Taken,
    /// Whoever was named sits at another counter.
    #[error("whoever was named sits at counter {0}")]
    SitsElsewhere(u32),
    /// The counter is paused.
    #[error("the counter is paused")]
    Paused,
    /// This counter does not serve that lane.
    #[error("this counter does not serve lane {0}")]
    OtherLane(String),
    /// It is not this ticket's turn, and no reason was given.
    #[error("calling out of turn needs a reason")]
    OutOfTurn,
    /// All numbers of the range are given out.
    #[error("all numbers of {0} are given out for today")]
    RangeEnded(String),
    /// As many were issued as the lane takes on one day.
    #[error("lane {0} takes no more today")]
    Full(String),
    /// A sheet that was printed beforehand cannot be typed in as it was.
    #[error(transparent)]
    Sheet(#[from] spare::Wrong),
    #[error(transparent)]
    Journal(#[from] journal::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Db(error.into())
    }
}

/// A row that says what the rules forbid.
fn cannot_be(table: &'static str, column: &'static str) -> db::Error {
    db::Error::Inconsistent { table, column }
}

/// The series of numbers that tickets with `prefix` are counted by.
fn series(prefix: &str) -> String {
    format!("ticket/{prefix}")
}

/// The series that counts the day's tickets whatever their prefix.
const ISSUED: &str = "issued";

/// Now, as rows and journal keep it: an act that is read back is the same act.
fn now(journal: &Journal) -> Moment {
    let now = journal.now();
    now - Duration::from_nanos(u64::from(now.nanosecond() % 1_000_000))
}
