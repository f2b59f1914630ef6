//! Appointments (予約): a seat kept for somebody at a time of a day.
//!
//! What can be booked is the town's [`plan`]; which slots of a day are free is a
//! pure function of that plan, of the seats that are taken and of now ([`slots`]).
//! What may happen to an appointment is one table ([`state`]). Every act is a row
//! and a journal entry in one transaction; a seat is a row of its own, unique in the
//! schema, so that no program can give one to two. Name and telephone number, where
//! a service asks for them, are sealed with a key of their own. The room knows
//! neither tickets nor counters: `visit::arrival` joins whoever came to the queue.

mod acts;
pub mod booking;
mod counted;
pub mod looks;
pub mod number;
pub mod plan;
mod replay;
pub mod slots;
pub mod state;
pub mod store;
mod told;

#[cfg(test)]
mod tests;

use std::time::Duration;

use time::Date;

use crate::clock::Moment;
use crate::journal::{self, Journal};
use crate::{db, form};

pub use acts::{By, Tidied, arrive, book, call_off, hold, may_arrive, move_to, take_back, tidy};
pub use booking::{Act, Appointment, Refused};
pub use counted::{Counted, as_file, counted};
pub use number::Number;
pub use plan::{Plan, Service};
pub use replay::first_contradiction;
pub use store::{
    Entered, by_number, entered, from_day, get, mark, occupied, of_day, of_ticket, told,
};
pub use told::Told;

/// The tables of this room.
pub const SCHEMA: db::Step = include_str!("sql/appointment.sql");

/// Which of them were booked at home.
pub const FROM_HOME: db::Step = include_str!("sql/from_home.sql");

/// A refusal, or a fault below.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The appointment's own rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is no such appointment.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// The town offers no such service, or not at that time.
    #[error("there is no such slot")]
    NoSuchSlot,
    /// All seats of the slot are taken.
    #[error("this slot is taken")]
    Full,
    /// Booking for that day begins later.
    #[error("this day can be booked from {0}")]
    NotYet(Date),
    /// It is too late to book this slot.
    #[error("it is too late to book this slot")]
    TooLate,
    /// Somebody changed the appointment after the page was made.
    #[error("the appointment was changed meanwhile")]
    Changed,
    /// What was entered of the person.
    #[error("{field}: {error}")]
    Entry { field: &'static str, error: form::input::InputError },
    /// The appointment is of another day.
    #[error("the appointment is on {0}")]
    OtherDay(Date),
    /// Whoever came is asked to come back.
    #[error("arrivals are taken from {0}")]
    TooEarly(Moment),
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
fn cannot_be(column: &'static str) -> db::Error {
    db::Error::Inconsistent { table: "appointment", column }
}

/// Now, as rows and journal keep it: an act that is read back is the same act.
fn now(journal: &Journal) -> Moment {
    let now = journal.now();
    now - Duration::from_nanos(u64::from(now.nanosecond() % 1_000_000))
}

/// Minutes as a length of time.
fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}
