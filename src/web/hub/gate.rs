//! How many batches of one municipality are taken in at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// They take turns in the database anyway; more would only hold its connections, which
/// other municipalities need.
const AT_ONCE: usize = 4;

/// Who is inside, by municipality.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<BTreeMap<String, usize>>>);

/// One place inside, until it is dropped.
pub(super) struct Turn {
    gate: Gate,
    municipality: String,
}

impl Gate {
    /// A place, if one is free.
    pub(super) fn enter(&self, municipality: &str) -> Option<Turn> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(municipality.to_owned()).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Turn { gate: self.clone(), municipality: municipality.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut inside = self.gate.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.municipality) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.municipality);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_municipality_that_has_its_places_taken_waits_and_another_does_not() {
        let gate = Gate::default();
        let mut turns: Vec<Turn> = (0..AT_ONCE).map(|_| gate.enter("999997").unwrap()).collect();
        assert!(gate.enter("999997").is_none());
        assert!(gate.enter("999971").is_some());
        turns.pop();
        assert!(gate.enter("999997").is_some());
        turns.clear();
        assert!(gate.0.lock().unwrap().is_empty(), "nobody is remembered who has left");
    }
}
