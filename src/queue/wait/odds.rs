//! What a roll forward draws from: everything that is believed about the hall's
//! future, whoever believes it. The estimator fills it from what it has seen; the
//! benchmark's oracle from the truth.

use super::hall::{Lane, Second, Service};
use super::spread::Spread;

/// Waited time in steps of ten minutes.
pub const ABSENCE_STEPS: usize = 13;
const ABSENCE_STEP_SECS: f32 = 600.0;

/// The believed future.
#[derive(Clone, Debug, Default)]
pub struct Odds {
    /// From the call to the end, by service.
    pub services: Vec<Spread>,
    /// For a service nothing is known about.
    pub unknown: Spread,
    /// By counter, in the order of the hall: above 1 is slower.
    pub pace: Vec<f32>,
    /// From the end of one service to the next call when somebody waits.
    pub after: Spread,
    /// The time a counter loses with somebody who does not come.
    pub lost: Spread,
    pub absent: Absence,
    /// An absence of a counter that was not announced.
    pub pause: Spread,
    /// From an appointment's slot to its check-in; early is zero.
    pub late: Spread,
    /// The share of appointments that never check in.
    pub missing: f32,
    /// People still to come who will overtake.
    pub streams: Vec<Stream>,
}

/// The share of people who do not come when they are called, by how long they had
/// waited.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Absence(pub [f32; ABSENCE_STEPS]);

impl Absence {
    /// The step of a wait.
    pub fn step(waited_secs: f32) -> usize {
        ((waited_secs / ABSENCE_STEP_SECS).max(0.0) as usize).min(ABSENCE_STEPS - 1)
    }

    /// The share after this wait.
    pub fn after(&self, waited_secs: f32) -> f32 {
        self.0[Self::step(waited_secs)]
    }
}

/// People with a credit who come at a steady rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stream {
    pub lane: Lane,
    pub service: Service,
    pub per_second: f32,
    pub credit: Second,
}

impl Odds {
    /// How long a service takes.
    pub fn service(&self, service: Service) -> &Spread {
        let known = self.services.get(usize::from(service)).filter(|known| !known.is_empty());
        known.unwrap_or(&self.unknown)
    }

    /// How slow a counter is.
    pub fn pace(&self, counter: usize) -> f32 {
        self.pace.get(counter).copied().unwrap_or(1.0)
    }
}
