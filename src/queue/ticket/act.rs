//! What is done to a ticket, as it stands in the journal, and why it may be refused.

use serde::{Deserialize, Serialize};

use super::Leg;
use crate::clock::{self, Moment};
use crate::id::StaffId;
use crate::queue::order::Class;
use crate::queue::state::{self, Action, Who};

/// Why something was held, called out of turn or taken out. A list, not words:
/// what stands in the journal must name nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Something is being filled in.
    FillingIn,
    /// Another section is asked first.
    OtherSection,
    /// A paper is missing and being fetched.
    PaperMissing,
    /// A rest: a child, an illness.
    Rest,
    /// It takes a moment only.
    Short,
    /// The wrong one had been called.
    WrongCall,
    /// The number was drawn twice or by mistake.
    DrawnByMistake,
    /// The resident has gone.
    Gone,
    Other,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 9] = [
        Reason::FillingIn,
        Reason::OtherSection,
        Reason::PaperMissing,
        Reason::Rest,
        Reason::Short,
        Reason::WrongCall,
        Reason::DrawnByMistake,
        Reason::Gone,
        Reason::Other,
    ];

    /// The name used in storage and addresses: `filling_in`.
    pub fn id(self) -> &'static str {
        match self {
            Reason::FillingIn => "filling_in",
            Reason::OtherSection => "other_section",
            Reason::PaperMissing => "paper_missing",
            Reason::Rest => "rest",
            Reason::Short => "short",
            Reason::WrongCall => "wrong_call",
            Reason::DrawnByMistake => "drawn_by_mistake",
            Reason::Gone => "gone",
            Reason::Other => "other",
        }
    }

    /// The reason of a [`Reason::id`].
    pub fn from_id(id: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.id() == id)
    }
}

/// What a press can be taken back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub action: Action,
    pub counter: Option<u32>,
    #[serde(with = "clock::kept")]
    pub at: Moment,
    pub legs: Vec<Leg>,
    pub plan: Vec<String>,
    /// Left out where the class stayed as it was, and by an earlier edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// For a call: what the counter had called in a row before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_row: Option<u32>,
}

/// One act, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    pub action: Action,
    pub who: Who,
    #[serde(with = "clock::kept")]
    pub at: Moment,
    /// Where it is done; clerks act at a counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// For what opens a leg: its lane; left out, the next of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// The counter that should go on with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// For `hold`: minutes until it should be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// For `reclass`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// For a call: how many with a credit the counter had called in a row before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_row: Option<u32>,
    /// For a call: whether it was of one with a credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited: Option<bool>,
}

impl Act {
    /// An act without further words.
    pub fn new(action: Action, who: Who, at: Moment) -> Self {
        Self {
            action,
            who,
            at,
            counter: None,
            staff: None,
            lane: None,
            wants: None,
            reason: None,
            minutes: None,
            class: None,
            in_a_row: None,
            credited: None,
        }
    }

    /// The act of a clerk at their counter.
    pub fn of_clerk(action: Action, counter: u32, staff: StaffId, at: Moment) -> Self {
        Self { counter: Some(counter), staff: Some(staff), ..Self::new(action, Who::Clerk, at) }
    }
}

/// Why an act was not done to this ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Table(#[from] state::Refused),
    /// The ticket is at another counter.
    #[error("the ticket is at counter {0}")]
    ElsewhereAt(u32),
    /// A clerk acts at a counter.
    #[error("no counter was named")]
    NoCounter,
    /// Called a moment ago.
    #[error("called a moment ago; in {0} seconds it can be called again")]
    TooSoon(u64),
    /// The time for it is over.
    #[error("it is too late for this")]
    TooLate,
    /// A reason is asked for.
    #[error("a reason is needed")]
    NoReason,
    /// The next leg has no lane.
    #[error("no lane follows")]
    NoLane,
    /// A resident comes back once by themselves, later through staff.
    #[error("a resident comes back by themselves only once")]
    ReturnedBefore,
    /// There is nothing to take back.
    #[error("nothing can be undone here")]
    NothingToUndo,
}
