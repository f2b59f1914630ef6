//! Payment terminals (決済端末): what one is asked, and what it may say.
//!
//! Whoever asks has stored the request's key before, so that a terminal which is silent,
//! or a line that is cut, leaves a question and never a second charge: the same key is
//! looked up afterwards. [`Terminal`] is the door for adapters of vendors' own protocols.
//! Here stand the line protocol of docs/TERMINAL.md and a simulated terminal that speaks
//! it, in every mood. The room knows no visit, no storage and no screen, and there is no
//! word in it for the number of a card.

mod books;
pub mod line;
mod mood;
mod simulated;
mod tcp;
mod told;

#[cfg(test)]
mod tests;

pub use books::Books;
pub use mood::{Mood, Moods};
pub use simulated::Simulated;
pub use tcp::TcpTerminal;
pub use told::{Found, Refusal, Said, Silence, Taken};

use crate::id::RequestId;
use crate::payment::Means;
use crate::yen::Yen;

/// What a terminal is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Stands for this request and no other, for ever.
    pub key: RequestId,
    pub amount: Yen,
    pub what: What,
}

/// Money, or money back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Pay {
        means: Means,
        /// What the terminal calls the brand, where it has to know it beforehand.
        brand: Option<String>,
    },
    /// Of what it took for another request: all of it, or a part.
    GiveBack { of: RequestId },
}

/// A terminal. Its methods block; whoever calls them has a thread to spare. Both may be
/// called at the same time.
pub trait Terminal: Send + Sync {
    /// Takes the money, or gives it back, once for a key, however often it is asked.
    ///
    /// # Errors
    /// [`Silence`]: nobody knows, unless [`Silence::was_asked`] says that it never began.
    fn ask(&self, asked: &Asked) -> Result<Said, Silence>;

    /// What became of a request. A terminal that never heard of it will refuse it from
    /// now on, should it still be on its way.
    ///
    /// # Errors
    /// [`Silence`]: it is still not known.
    fn look_up(&self, asked: &Asked) -> Result<Found, Silence>;
}
