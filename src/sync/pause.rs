//! How long a counter waits before it asks again.
//!
//! Anywhere between nothing and a bound that doubles ("full jitter"): counters that
//! lost the line together do not come back together. What the hub asks for is kept.

/// The first bound, in milliseconds.
pub const FIRST_MS: u64 = 1_000;

/// The last bound.
pub const LAST_MS: u64 = 5 * 60 * 1_000;

/// Within this a counter that was just started speaks for the first time: a whole
/// town's offices open in the same minute.
pub const START_MS: u64 = 60 * 1_000;

/// Milliseconds until the next try, after `failures` in a row. `draw` is random.
pub fn after(failures: u32, retry_after_ms: Option<u64>, draw: u64) -> u64 {
    let doublings = failures.saturating_sub(1).min(20);
    let bound = (FIRST_MS << doublings).min(LAST_MS);
    let asked = retry_after_ms.unwrap_or(0).min(LAST_MS);
    asked + draw % (bound + 1)
}

/// Milliseconds until the first word.
pub fn at_start(draw: u64) -> u64 {
    draw % (START_MS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_five_minutes() {
        let bound = |failures| (0..400_000).map(|draw| after(failures, None, draw)).max();
        for (failures, expected) in
            [(1, 1_000), (2, 2_000), (5, 16_000), (9, 256_000), (10, 300_000), (u32::MAX, 300_000)]
        {
            assert_eq!(bound(failures), Some(expected), "{failures}");
        }
        assert_eq!(after(3, None, 0), 0);
    }

    #[test]
    fn what_the_hub_asks_for_is_the_least() {
        assert_eq!(after(1, Some(20_000), 500), 20_500);
        // A hub that asks for a day is asked again after some minutes.
        assert_eq!(after(1, Some(86_400_000), 0), LAST_MS);
    }
}
