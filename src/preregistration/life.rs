//! Where a code stands from the moment it is first read: single use, as a table.

use thiserror::Error;

/// The wrong days of birth that a code outlives.
pub const MISSES_MAX: u8 = 5;

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was read; nobody has it.
    Scanned,
    /// A visit has it.
    Claimed,
    /// A paper was made of it: it is used up.
    Issued,
    /// Somebody who does not know the day of birth tried it.
    Burned,
}

/// What happens to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The day of birth was told: a visit takes it.
    Claim,
    /// The visit ended, and nothing was issued.
    Release,
    /// A paper of the visit left the printer, or was accepted.
    Issue,
    /// The last wrong day of birth.
    Burn,
    /// A supervisor lets it be used once more.
    Reinstate,
}

/// The act belongs to another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a code that is {state:?} cannot {act:?}")]
pub struct Refused {
    pub state: State,
    pub act: Act,
}

impl State {
    /// All states.
    pub const ALL: [State; 4] = [State::Scanned, State::Claimed, State::Issued, State::Burned];

    /// The name used in storage and journal.
    pub fn id(self) -> &'static str {
        match self {
            State::Scanned => "scanned",
            State::Claimed => "claimed",
            State::Issued => "issued",
            State::Burned => "burned",
        }
    }

    /// The state of a [`State::id`].
    pub fn from_id(id: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Where `act` leads.
    ///
    /// # Errors
    /// [`Refused`] where it leads nowhere.
    pub fn after(self, act: Act) -> Result<State, Refused> {
        match (self, act) {
            (State::Scanned, Act::Claim) => Ok(State::Claimed),
            // A higher revision, taken by another visit of the same person.
            (State::Claimed, Act::Claim) => Ok(State::Claimed),
            (State::Claimed, Act::Release) => Ok(State::Scanned),
            // Scanned: a later revision was taken by another visit, which has ended.
            // Issued: both visits make their paper.
            (State::Scanned | State::Claimed | State::Issued, Act::Issue) => Ok(State::Issued),
            (State::Scanned | State::Claimed, Act::Burn) => Ok(State::Burned),
            (State::Issued | State::Burned, Act::Reinstate) => Ok(State::Scanned),
            (state, act) => Err(Refused { state, act }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_this_one() {
        let acts = [Act::Claim, Act::Release, Act::Issue, Act::Burn, Act::Reinstate];
        let row = |state: State| acts.map(|act| state.after(act).map_or("-", State::id)).join(" ");
        assert_eq!(
            State::ALL.map(row),
            [
                "claimed - issued burned -",
                "claimed scanned issued burned -",
                "- - issued - scanned",
                "- - - - scanned",
            ]
        );
    }
}
