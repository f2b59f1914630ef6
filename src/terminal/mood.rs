//! The moods of the simulated terminal: everything a real one has been seen to do.

use std::sync::Arc;

use crate::chance::{self, Chance};

/// How one request is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes the money, or gives it back, and says so.
    Approve,
    /// Takes and gives nothing, and says so.
    Decline,
    /// Does it and says nothing.
    Silent,
    /// Hears nothing: does nothing and says nothing.
    Deaf,
    /// Does it later than anybody waits, and says so then.
    Late,
    /// Does it once and says so twice.
    Twice,
    /// Cuts the line before it does anything.
    Drop,
    /// Does it and cuts the line.
    Cut,
    /// Does it, and speaks of another request.
    Other,
}

impl Mood {
    /// All moods.
    pub const ALL: [Mood; 9] = [
        Mood::Approve,
        Mood::Decline,
        Mood::Silent,
        Mood::Deaf,
        Mood::Late,
        Mood::Twice,
        Mood::Drop,
        Mood::Cut,
        Mood::Other,
    ];

    /// As it is written on the command line: `approve`.
    pub fn id(self) -> &'static str {
        match self {
            Mood::Approve => "approve",
            Mood::Decline => "decline",
            Mood::Silent => "silent",
            Mood::Deaf => "deaf",
            Mood::Late => "late",
            Mood::Twice => "twice",
            Mood::Drop => "drop",
            Mood::Cut => "cut",
            Mood::Other => "other",
        }
    }

    /// The mood of a [`Mood::id`].
    pub fn from_id(id: &str) -> Option<Mood> {
        Mood::ALL.into_iter().find(|mood| mood.id() == id)
    }

    /// Whether the money moves.
    pub fn moves(self) -> bool {
        !matches!(self, Mood::Decline | Mood::Deaf | Mood::Drop)
    }
}

/// Which mood it is in, request by request.
#[derive(Clone)]
pub enum Moods {
    Always(Mood),
    /// Any of them.
    AtRandom(Arc<dyn Chance>),
}

impl Moods {
    pub(super) fn next(&self) -> Mood {
        match self {
            Moods::Always(mood) => *mood,
            Moods::AtRandom(chance) => {
                let [drawn] = chance::bytes::<1>(&**chance);
                Mood::ALL[usize::from(drawn) % Mood::ALL.len()]
            }
        }
    }
}
