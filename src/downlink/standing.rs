//! What the program knows of the downlink since it started.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// Shared by whoever fetches, does and shows. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    arrived: Arc<Notify>,
    set_aside: Arc<Mutex<Option<String>>>,
}

impl Standing {
    /// Something is there to be done.
    pub fn has_arrived(&self) {
        self.arrived.notify_one();
    }

    /// Returns when something is.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }

    /// What was in force does not fit any more to what the office itself has written, and
    /// is left out; nothing, where all of it fits.
    pub fn set_aside(&self, faults: Option<String>) {
        *self.set_aside.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// What does not fit.
    pub fn is_set_aside(&self) -> Option<String> {
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
