//! How the line stands, for those who look after it: what the program knows since it
//! started.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Carried;
use crate::clock::Moment;
use crate::wire::Stuck;

/// Why the hub took nothing when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came. The reason is for the log: it is not in the words of a screen.
    Away(String),
    /// The hub has too much to do, or its database is away.
    Busy,
    /// It takes nothing from here; its code says why.
    Refused(String),
    /// A letter lies ready to be carried, and no answer has come yet: that is how letters
    /// are.
    Unanswered,
}

/// How the line stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When the hub last answered.
    pub answered_at: Option<Moment>,
    /// What was wrong when it was last asked.
    pub trouble: Option<Trouble>,
    /// What the hub has and could not take further, and how many more there are.
    pub stuck: Vec<Stuck>,
    pub more_stuck: usize,
}

/// The same, shared. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    last: Arc<Mutex<Last>>,
    hurry: Arc<Notify>,
    again: Arc<AtomicBool>,
    /// What letters carry besides, where there is no line.
    pub carried: Carried,
    /// Somebody else who asks the hub is called, too.
    besides: Arc<Notify>,
}

impl Standing {
    /// How the line stands now.
    pub fn last(&self) -> Last {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks for the hub to be called at once, whatever the pause.
    pub fn hurry(&self) {
        self.hurry.notify_one();
        self.besides.notify_one();
    }

    /// Asks the hub to look once more at what it could not take further.
    pub fn ask_again(&self) {
        self.again.store(true, Ordering::SeqCst);
        self.hurry();
    }

    /// Whether that is asked for.
    pub(super) fn wants_again(&self) -> bool {
        self.again.load(Ordering::SeqCst)
    }

    /// It is still asked for.
    pub(super) fn keep_again(&self) {
        self.again.store(true, Ordering::SeqCst);
    }

    /// Whether that was asked for, since it was last looked.
    pub(super) fn takes_again(&self) -> bool {
        self.again.swap(false, Ordering::SeqCst)
    }

    pub(super) fn stuck(&self, stuck: Vec<Stuck>, more: usize) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        (last.stuck, last.more_stuck) = (stuck, more);
    }

    pub(super) async fn hurried(&self) {
        self.hurry.notified().await;
    }

    /// Returns when somebody asks for the hub to be called at once.
    pub async fn besides(&self) {
        self.besides.notified().await;
    }

    /// Notes an answer, or that there was none. The log tells of every change once.
    pub(super) fn heard(&self, now: Moment, trouble: Option<Trouble>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = last.trouble != trouble;
        match &trouble {
            None if is_new || last.answered_at.is_none() => tracing::info!("the hub answers"),
            None => {}
            Some(Trouble::Away(why)) if is_new => {
                tracing::warn!("the hub does not answer: {why}; what is written waits");
            }
            Some(Trouble::Refused(code)) if is_new => {
                tracing::error!(code, "the hub takes nothing from here");
            }
            Some(Trouble::Busy) if is_new => tracing::info!("the hub is busy"),
            Some(Trouble::Unanswered) if is_new => tracing::info!("a letter waits for its answer"),
            Some(_) => {}
        }
        if trouble.is_none() {
            last.answered_at = Some(now);
        }
        last.trouble = trouble;
    }
}
