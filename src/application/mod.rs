//! An application (申請): one form a resident hands in on a visit.
//!
//! It is submitted, then accepted or sent back by a clerk. What was answered
//! belongs to the visit; the paper is made on demand and never stored.

mod store;

use serde::{Deserialize, Serialize};

use crate::db;
use crate::id::ApplicationId;

pub use store::{add, get, of_visit, set_state, was_corrected, was_printed};

/// The table of this room.
pub const SCHEMA: db::Step = include_str!("sql/application.sql");

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Handed in at the kiosk; the clerk has not decided.
    Submitted,
    /// 受理: checked, signed, taken.
    Accepted,
    /// 差戻し: something is missing that only the resident can bring.
    SentBack,
}

/// What a clerk does to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Accept,
    SendBack,
    /// Takes a decision back.
    Reopen,
}

impl Action {
    /// The state it is meant to lead to.
    pub fn leads_to(self) -> State {
        match self {
            Action::Accept => State::Accepted,
            Action::SendBack => State::SentBack,
            Action::Reopen => State::Submitted,
        }
    }
}

impl State {
    /// The word stored and used by screens.
    pub fn id(self) -> &'static str {
        match self {
            State::Submitted => "submitted",
            State::Accepted => "accepted",
            State::SentBack => "sent_back",
        }
    }

    fn from_id(id: &str) -> Option<State> {
        [State::Submitted, State::Accepted, State::SentBack]
            .into_iter()
            .find(|state| state.id() == id)
    }

    /// The state after `action`.
    ///
    /// # Errors
    /// [`Refused`] when the action makes no sense here.
    pub fn after(self, action: Action) -> Result<State, Refused> {
        use Action::{Accept, Reopen, SendBack};
        use State::{Accepted, SentBack, Submitted};
        match (self, action) {
            (Submitted, Accept) => Ok(Accepted),
            (Submitted, SendBack) => Ok(SentBack),
            // The resident came back with what was missing.
            (SentBack, Accept) => Ok(Accepted),
            (Accepted | SentBack, Reopen) => Ok(Submitted),
            (state, action) => Err(Refused { state, action }),
        }
    }
}

/// The table of states has no such step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an application that is {state:?} takes no {action:?}")]
pub struct Refused {
    pub state: State,
    pub action: Action,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    /// Id of the procedure that was chosen.
    pub procedure: String,
    /// Id of the form, and its edition on the day of submission.
    pub form: String,
    pub edition: String,
    /// 受付番号: `honcho-20261121-0012`.
    pub receipt: String,
    pub state: State,
    /// Why it was sent back, sealed with the visit's key.
    pub reason: Option<Vec<u8>>,
    /// Times its paper was made for printing.
    pub printed: u32,
    /// Whether something on it was corrected after it was printed last.
    pub outdated: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_walks_only_where_the_table_lets_it() {
        use Action::{Accept, Reopen, SendBack};
        use State::{Accepted, SentBack, Submitted};
        for (state, action, after) in [
            (Submitted, Accept, Some(Accepted)),
            (Submitted, SendBack, Some(SentBack)),
            (Submitted, Reopen, None),
            (Accepted, Accept, None),
            (Accepted, SendBack, None),
            (Accepted, Reopen, Some(Submitted)),
            (SentBack, Accept, Some(Accepted)),
            (SentBack, SendBack, None),
            (SentBack, Reopen, Some(Submitted)),
        ] {
            assert_eq!(state.after(action).ok(), after, "{state:?} {action:?}");
        }
    }
}
