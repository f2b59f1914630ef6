//! How fast today goes, and each counter: from how much longer than expected today's
//! services took.

use std::collections::BTreeMap;

/// How much days differ from each other, and clerks on one day: standard deviations
/// of the logarithm. Both towards one until enough was seen.
const DAYS_DIFFER: f64 = 0.10;
const CLERKS_DIFFER: f64 = 0.15;

/// One service says no more than this much.
const SURPRISE_MAX: f64 = 2.0;

/// Today's surprises by counter.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    /// Sum of weights, and of weighted surprises.
    counters: BTreeMap<u32, (f64, f64)>,
}

impl Pace {
    /// A service took this much longer than expected (logarithm of the ratio).
    pub fn saw(&mut self, counter: u32, surprise: f64, variance: f64) {
        let weight = 1.0 / variance;
        let seen = self.counters.entry(counter).or_default();
        seen.0 += weight;
        seen.1 += weight * surprise.clamp(-SURPRISE_MAX, SURPRISE_MAX);
    }

    /// The pace of each counter; above 1 is slower than expected.
    pub fn of(&self, counters: impl Iterator<Item = u32>) -> Vec<f32> {
        let day = self.day();
        let one = |counter: u32| {
            let (weight, sum) = self.counters.get(&counter).copied().unwrap_or_default();
            let own = (sum - weight * day) / (weight + CLERKS_DIFFER.powi(-2));
            (day + own).exp() as f32
        };
        counters.map(one).collect()
    }

    /// Today as a whole, as a logarithm: the counters' own means, each as firm as it
    /// was seen, towards zero.
    fn day(&self) -> f64 {
        let (mut weights, mut sum) = (DAYS_DIFFER.powi(-2), 0.0);
        for (weight, surprise) in self.counters.values() {
            let firm = 1.0 / (CLERKS_DIFFER * CLERKS_DIFFER + 1.0 / weight);
            weights += firm;
            sum += firm * surprise / weight;
        }
        sum / weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_slow_services_are_chance_and_many_are_a_slow_day() {
        let pace_after = |services: usize| {
            let mut pace = Pace::default();
            (0..services).for_each(|n| pace.saw(n as u32 % 3, 1.5f64.ln(), 0.4));
            pace.of(0..1)[0]
        };
        assert_eq!(pace_after(0), 1.0);
        assert!(pace_after(3) < 1.05, "{}", pace_after(3));
        assert!(pace_after(90) > 1.25 && pace_after(90) < 1.5, "{}", pace_after(90));
    }

    #[test]
    fn a_slow_clerk_is_told_from_a_slow_day() {
        let mut pace = Pace::default();
        for n in 0..90 {
            pace.saw(n % 3, if n % 3 == 0 { 0.4 } else { 0.0 }, 0.4);
        }
        let [slow, other, unseen] = pace.of([0, 1, 9].into_iter())[..] else { unreachable!() };
        assert!(slow > 1.2 && other < 1.08 && unseen < 1.12, "{slow} {other} {unseen}");
    }
}
