//! One appointment, and what every act makes of it. Pure: the journal's entries,
//! applied one after the other, make the same appointment again.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::number::Number;
use super::slots::Seat;
use super::state::{self, Action, State, Who};
use crate::clock::{self, Moment};
use crate::id::{AppointmentId, TicketId, VisitId};

/// A seat kept for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub number: Number,
    /// The service's id.
    pub service: String,
    pub start: Moment,
    pub end: Moment,
    pub state: State,
    pub since: Moment,
    /// For what is only held: until when.
    pub until: Option<Moment>,
    /// Those that are kept for it now.
    pub seats: Vec<Seat>,
    /// The visit it announces, with whose key it is sealed.
    pub visit: VisitId,
    /// Whether it was booked, or moved last, at home: it counts among the seats that
    /// the town lets be booked there.
    pub from_home: bool,
    /// The number drawn when whoever booked came.
    pub ticket: Option<TicketId>,
    /// Rises with every act: a page that was made before one is too old for another.
    pub version: u32,
}

/// A slot, with the seats in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(with = "clock::kept")]
    pub start: Moment,
    #[serde(with = "clock::kept")]
    pub end: Moment,
    pub seats: Vec<Seat>,
}

/// One act, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    pub action: Action,
    pub who: Who,
    #[serde(with = "clock::kept")]
    pub at: Moment,
    /// For `move`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Kept>,
    /// For `arrive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
}

impl Act {
    /// An act without further words.
    pub fn new(action: Action, who: Who, at: Moment) -> Self {
        Self { action, who, at, to: None, ticket: None }
    }
}

/// Why an act was not done to this appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Table(#[from] state::Refused),
    /// The slot was held too long ago; somebody else may have it.
    #[error("the slot is not held any more")]
    Lapsed,
    /// No other slot was named.
    #[error("no slot was named")]
    NoSlot,
}

impl Appointment {
    /// From when to when.
    pub fn slot(&self) -> Range<Moment> {
        self.start..self.end
    }

    /// Whether it is only held, and too long ago.
    pub fn has_lapsed(&self, now: Moment) -> bool {
        self.state == State::Held && self.until.is_some_and(|until| now >= until)
    }

    /// The appointment after `act`.
    ///
    /// # Errors
    /// [`Refused`]; the appointment is as it was.
    pub fn act(&self, act: &Act) -> Result<Appointment, Refused> {
        let state = state::next(self.state, act.action, act.who)?;
        if act.action == Action::Book && self.has_lapsed(act.at) {
            return Err(Refused::Lapsed);
        }
        let mut after = Appointment {
            state,
            since: act.at,
            until: None,
            ticket: act.ticket,
            version: self.version + 1,
            ..self.clone()
        };
        if act.action == Action::Move {
            let to = act.to.clone().ok_or(Refused::NoSlot)?;
            (after.start, after.end, after.seats) = (to.start, to.end, to.seats);
            after.from_home |= act.who == Who::Home;
        }
        // Whoever is taken in after that has no seat: somebody else may sit there.
        if !state.keeps_seats() {
            after.seats.clear();
        }
        Ok(after)
    }
}
