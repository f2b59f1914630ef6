//! Recent durations of one kind, the newest weighing most.

use std::collections::VecDeque;

use super::spread::Spread;

/// Older ones are forgotten.
const KEPT: usize = 400;

/// After so many newer ones a duration weighs half.
const HALF: f32 = 100.0;

/// What was believed weighs as much as so many durations, and fades like them.
const BELIEF: f32 = 10.0;

/// The durations, and what was believed before any was seen.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    believed: Vec<f32>,
    seen: VecDeque<f32>,
    belief: f32,
    /// Mean and variance of the logarithms, weighted alike.
    log_mean: f64,
    log_variance: f64,
    weight: f64,
}

impl Ring {
    /// Nothing seen; `believed` are equally likely durations.
    pub fn new(believed: Vec<f32>) -> Self {
        let logs: Vec<f64> = believed.iter().map(|secs| log(f64::from(*secs))).collect();
        let count = logs.len().max(1) as f64;
        let log_mean = logs.iter().sum::<f64>() / count;
        let squares = logs.iter().map(|log| (log - log_mean).powi(2));
        let log_variance = squares.sum::<f64>() / count;
        let weight = f64::from(BELIEF);
        Self { believed, seen: VecDeque::new(), belief: BELIEF, log_mean, log_variance, weight }
    }

    /// One more.
    pub fn push(&mut self, secs: f64) {
        let fade = 0.5f32.powf(1.0 / HALF);
        self.belief *= fade;
        self.weight = self.weight * f64::from(fade) + 1.0;
        let surprise = log(secs) - self.log_mean;
        self.log_mean += surprise / self.weight;
        self.log_variance += (surprise * surprise - self.log_variance) / self.weight;
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        self.seen.push_back(secs as f32);
    }

    /// One more, unless it cannot be one.
    pub fn push_within(&mut self, secs: f64, most: f64) {
        if (0.0..=most).contains(&secs) {
            self.push(secs);
        }
    }

    /// How much longer than expected, as the logarithm of the ratio.
    pub fn surprise(&self, secs: f64) -> f64 {
        log(secs) - self.log_mean
    }

    /// The variance of that.
    pub fn log_variance(&self) -> f64 {
        self.log_variance.max(0.05)
    }

    /// All of it as one spread.
    pub fn spread(&self) -> Spread {
        let fade = 0.5f32.powf(1.0 / HALF);
        let mut weight = 1.0;
        let mut pairs = Vec::with_capacity(self.seen.len() + self.believed.len());
        for secs in self.seen.iter().rev() {
            pairs.push((*secs, weight));
            weight *= fade;
        }
        let share = self.belief / self.believed.len().max(1) as f32;
        pairs.extend(self.believed.iter().map(|secs| (*secs, share)));
        Spread::weighted(pairs)
    }
}

/// Of a duration; those under a few seconds are slips of a finger.
fn log(secs: f64) -> f64 {
    secs.max(5.0).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_anything_is_seen_it_is_what_was_believed() {
        let ring = Ring::new(vec![100.0, 300.0]);
        assert_eq!(ring.spread().mean(), 200.0);
        assert!(ring.surprise(173.2).abs() < 0.01);
    }

    #[test]
    fn what_is_seen_replaces_what_was_believed_and_the_new_the_old() {
        let mut ring = Ring::new(vec![100.0]);
        (0..300).for_each(|_| ring.push(600.0));
        assert!(ring.spread().mean() > 590.0);
        (0..150).for_each(|_| ring.push(900.0));
        let mean = ring.spread().mean();
        assert!(mean > 790.0 && mean < 850.0, "{mean}");
        (0..9000).for_each(|_| ring.push(60.0));
        assert!(ring.seen.len() <= KEPT && ring.spread().at(1.0) == 60.0);
    }

    #[test]
    fn durations_that_cannot_be_are_not_learned() {
        let mut ring = Ring::new(vec![100.0]);
        for nonsense in [-1.0, f64::NAN, f64::INFINITY, 4000.0] {
            ring.push_within(nonsense, 3600.0);
        }
        assert!(ring.seen.is_empty());
    }
}
