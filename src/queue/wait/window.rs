//! What people are told: not a minute but a window of the clock, that does not flap.

use super::hall::{Second, Wait};

/// The clock is told in steps of five minutes.
const STEP_SECS: Second = 300;

/// A bound follows only when it would move by more than this.
const STEADY_SECS: Second = 300;

/// A window of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// `None`: at any moment from now on.
    pub from: Option<Second>,
    pub to: Second,
}

impl Window {
    /// The window of a wait, rounded outward; `shown` is what the same person was
    /// told last. It is widened at once, and made narrower only when that is worth it.
    pub fn of(wait: Wait, now: Second, shown: Option<Window>) -> Self {
        let (low, high) =
            (now.saturating_add(wait.p10_s.into()), now.saturating_add(wait.p90_s.into()));
        let (mut from, mut to) = (floor(low), ceil(high.max(now.saturating_add(1))));
        if let Some(shown) = shown {
            let before = shown.from.unwrap_or(Second::MIN);
            from = before.clamp(floor(low.saturating_sub(STEADY_SECS)), from);
            to = shown.to.clamp(to, ceil(high.saturating_add(STEADY_SECS)).max(to));
        }
        Self { from: Some(from), to }.seen_at(now)
    }

    /// The same window, looked at later: nobody is called in the past.
    #[must_use]
    pub fn seen_at(self, now: Second) -> Self {
        let next = ceil(now.saturating_add(1));
        Self { from: self.from.filter(|from| *from > now), to: self.to.max(next) }
    }
}

fn floor(at: Second) -> Second {
    at.div_euclid(STEP_SECS).saturating_mul(STEP_SECS)
}

fn ceil(at: Second) -> Second {
    let down = floor(at);
    if down == at { at } else { down.saturating_add(STEP_SECS) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Second = 60;
    /// Noon of a day, on the clock's step.
    const NOON: Second = 1_764_039_600;

    fn wait(low: u32, high: u32) -> Wait {
        Wait { p10_s: low * 60, p50_s: u32::midpoint(low, high) * 60, p90_s: high * 60 }
    }

    fn minutes(window: Window) -> (Option<Second>, Second) {
        (window.from.map(|from| (from - NOON) / MINUTE), (window.to - NOON) / MINUTE)
    }

    #[test]
    fn it_is_rounded_outward_to_five_minutes() {
        assert_eq!(minutes(Window::of(wait(21, 34), NOON, None)), (Some(20), 35));
        assert_eq!(minutes(Window::of(wait(20, 35), NOON, None)), (Some(20), 35));
    }

    #[test]
    fn it_begins_now_rather_than_in_the_past() {
        let now = NOON + 3 * MINUTE;
        assert_eq!(minutes(Window::of(wait(1, 9), now, None)), (None, 15));
        assert_eq!(minutes(Window::of(wait(0, 0), now, None)), (None, 5));
    }

    #[test]
    fn small_changes_are_not_shown_and_large_ones_are() {
        let shown = Window::of(wait(21, 34), NOON, None);
        let told = |low, high| minutes(Window::of(wait(low, high), NOON, Some(shown)));
        assert_eq!(told(24, 31), (Some(20), 35), "the same");
        assert_eq!(told(26, 29), (Some(20), 35), "a little narrower: the same");
        assert_eq!(told(31, 33), (Some(25), 35), "much later: its begin follows");
        assert_eq!(told(19, 36), (Some(15), 40), "not kept any more: widened at once");
    }

    proptest! {
        #[test]
        fn whatever_was_shown_it_holds_the_wait_and_does_not_begin_before_now(
            now in 0i64..2_000_000_000, low in 0u32..20_000, more in 0u32..20_000,
            from in proptest::option::of(any::<i64>()), to in any::<i64>(),
        ) {
            let wait = Wait { p10_s: low, p50_s: low, p90_s: low + more };
            let window = Window::of(wait, now, Some(Window { from, to }));
            prop_assert!(window.from.is_none_or(|from| from > now && from <= now + i64::from(low)));
            prop_assert!(window.to > now && window.to >= now + i64::from(low + more));
            prop_assert!(window.to - now - i64::from(low + more) <= 600);
        }
    }
}
