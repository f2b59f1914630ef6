//! What a terminal says, and the ways in which it says nothing.

use crate::payment::SlipNumber;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Taken(Taken),
    /// The money was given back; the number of that slip.
    Given(SlipNumber),
    /// Nothing was done, and nothing will be.
    Refused(Refusal),
}

/// What was taken: enough to find it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What the terminal calls the brand.
    pub brand: String,
    /// 伝票番号.
    pub slip: SlipNumber,
}

/// Why nothing was taken, or given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The card, the balance or the wallet did not allow it.
    Card,
    /// Somebody pressed "cancel" at the terminal.
    Cancelled,
    /// Nobody held anything to it.
    NoCard,
    /// It does not take this, or not now.
    CannotTake,
    /// It does not give this back: it never took it, so much is not left of it, or not
    /// for this brand.
    CannotGive,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Refusal; 5] = [
        Refusal::Card,
        Refusal::Cancelled,
        Refusal::NoCard,
        Refusal::CannotTake,
        Refusal::CannotGive,
    ];

    /// The word on the line: `no-card`.
    pub fn id(self) -> &'static str {
        match self {
            Refusal::Card => "card",
            Refusal::Cancelled => "cancelled",
            Refusal::NoCard => "no-card",
            Refusal::CannotTake => "cannot-take",
            Refusal::CannotGive => "cannot-give",
        }
    }

    /// The refusal of a [`Refusal::id`].
    pub fn from_id(id: &str) -> Option<Refusal> {
        Refusal::ALL.into_iter().find(|refusal| refusal.id() == id)
    }
}

/// The answer to a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Said(Said),
    /// It never heard of this request, and will refuse it from now on.
    Never,
    /// It is still at it.
    Busy,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// Nobody listens there: it was not asked.
    #[error("the terminal is not reached")]
    NotReached,
    /// Another terminal, another version, or none at all listens there: it was not asked.
    #[error("what listens there is not this terminal")]
    NotThisTerminal,
    /// It was asked and says nothing in time.
    #[error("the terminal does not answer in time")]
    Late,
    /// The line was cut after it was asked.
    #[error("the line to the terminal was cut")]
    Cut,
    /// It spoke of another request.
    #[error("the terminal answers for another request")]
    OtherRequest,
    /// It spoke of this request, and of another amount.
    #[error("the terminal answers with another amount")]
    OtherAmount,
    /// It said something that is no answer.
    #[error("the terminal's answer cannot be read")]
    Unreadable,
}

impl Silence {
    /// Whether the terminal can have begun: then nobody knows what became of it.
    pub fn was_asked(self) -> bool {
        !matches!(self, Silence::NotReached | Silence::NotThisTerminal)
    }
}
