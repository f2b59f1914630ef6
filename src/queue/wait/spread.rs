//! How long something takes: not one number but its whole spread.

/// How many equally likely durations a spread keeps.
const POINTS: usize = 256;

/// Below this many of them the rest is guessed from how long it has lasted.
const POINTS_FEW: usize = 8;

/// Standard normal quantiles of the upper half; with their mirror images sixteen
/// equally likely points.
const NORMAL: [f64; 8] = [0.0784, 0.2372, 0.4023, 0.5791, 0.7764, 1.0100, 1.3180, 1.8627];

/// Equally likely durations in seconds, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    points: Vec<f32>,
}

impl Spread {
    /// Of durations that are equally likely. What is no duration is left out.
    pub fn of(durations: impl IntoIterator<Item = f32>) -> Self {
        let sane = |secs: &f32| secs.is_finite() && *secs >= 0.0;
        let mut points: Vec<f32> = durations.into_iter().filter(sane).collect();
        points.sort_by(f32::total_cmp);
        Self { points }
    }

    /// Of durations and their weights.
    pub fn weighted(mut pairs: Vec<(f32, f32)>) -> Self {
        pairs.retain(|(secs, weight)| secs.is_finite() && *secs >= 0.0 && *weight > 0.0);
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f32 = pairs.iter().map(|(_, weight)| weight).sum();
        let mut points = Vec::with_capacity(POINTS);
        let mut below = 0.0;
        for (secs, weight) in pairs {
            below += weight;
            // A duration stands for the points up to its share of the weight.
            let until = (below / total * POINTS as f32).round() as usize;
            points.resize(until.clamp(points.len(), POINTS), secs);
        }
        Self { points }
    }

    /// Nothing is known of it.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The mean of the points.
    pub fn mean(&self) -> f32 {
        self.points.iter().sum::<f32>() / self.points.len().max(1) as f32
    }

    /// The duration that a share `u` of all is below. Zero when nothing is known.
    pub fn at(&self, u: f32) -> f32 {
        between(&self.points, u)
    }

    /// The share that lasts longer than `elapsed`.
    pub fn share_beyond(&self, elapsed: f32) -> f32 {
        let below = self.points.partition_point(|secs| *secs <= elapsed);
        (self.points.len() - below) as f32 / self.points.len().max(1) as f32
    }

    /// What is left of something that has lasted `elapsed` already.
    pub fn rest(&self, elapsed: f32) -> Rest<'_> {
        let elapsed = elapsed.max(0.0);
        let below = match elapsed > 0.0 {
            true => self.points.partition_point(|secs| *secs <= elapsed),
            false => 0,
        };
        let beyond = &self.points[below..];
        let few = POINTS_FEW.min(self.points.len().div_ceil(8));
        let trust = if elapsed > 0.0 { beyond.len() as f32 / few.max(1) as f32 } else { 1.0 };
        Rest { beyond, elapsed, trust }
    }
}

/// The durations that are still possible after a while.
#[derive(Clone, Copy, Debug)]
pub struct Rest<'a> {
    beyond: &'a [f32],
    elapsed: f32,
    /// How far the durations seen can be trusted out here, 1 or more: wholly.
    trust: f32,
}

impl Rest<'_> {
    /// Of something of which only is known how long it has lasted.
    pub fn onward(elapsed: f32) -> Self {
        Rest { beyond: &[], elapsed, trust: 0.0 }
    }

    /// The rest that a share `u` of all is below.
    pub fn at(&self, u: f32) -> f32 {
        if u < self.trust {
            return (between(self.beyond, u / self.trust.min(1.0)) - self.elapsed).max(0.0);
        }
        // Longer than nearly everything seen: what has lasted long lasts on in
        // proportion, as the tails of such durations do.
        let u = (u - self.trust) / (1.0 - self.trust);
        self.elapsed * ((1.0 - u).max(0.01).powf(-1.0 / 3.0) - 1.0)
    }
}

/// Straight lines between the middles of equally likely points.
fn between(points: &[f32], u: f32) -> f32 {
    let Some(last) = points.len().checked_sub(1) else { return 0.0 };
    let place = (u * points.len() as f32 - 0.5).clamp(0.0, last as f32);
    let low = place as usize;
    let high = (low + 1).min(last);
    points[low] + (points[high] - points[low]) * (place - low as f32)
}

/// Sixteen equally likely points of a skewed duration with this mean and coefficient
/// of variation: what one believes before having seen any.
pub fn believed(mean_secs: f64, cv: f64) -> Vec<f32> {
    let variance = (1.0 + cv * cv).ln();
    let points = NORMAL.iter().flat_map(|z| [-z, *z]).map(|z| (variance.sqrt() * z).exp());
    let points: Vec<f64> = points.collect();
    let mean = points.iter().sum::<f64>() / points.len() as f64;
    points.into_iter().map(|point| (point / mean * mean_secs) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_believes_has_the_mean_that_was_configured() {
        for (mean, cv) in [(240.0, 0.6), (1080.0, 0.8), (60.0, 0.0)] {
            let spread = Spread::of(believed(mean, cv));
            assert!((f64::from(spread.mean()) - mean).abs() < 0.01 * mean);
        }
    }

    #[test]
    fn weights_count_like_repetitions() {
        let spread = Spread::weighted(vec![(300.0, 1.0), (100.0, 3.0)]);
        assert_eq!(spread.points.len(), POINTS);
        assert_eq!(spread.points.iter().filter(|secs| **secs == 100.0).count(), POINTS * 3 / 4);
    }

    #[test]
    fn the_rest_is_drawn_among_those_that_lasted_longer() {
        let spread = Spread::of((1..=100).map(|n| n as f32));
        assert_eq!(spread.rest(80.0).at(0.0), 1.0);
        assert_eq!(spread.rest(80.0).at(0.999), 20.0);
        assert_eq!(spread.rest(0.0).at(0.5), 50.5);
    }

    #[test]
    fn longer_than_anything_seen_goes_on_in_proportion() {
        let spread = Spread::of((1..=100).map(|n| n as f32));
        let rest = spread.rest(1000.0);
        assert!(rest.at(0.5) > 200.0 && rest.at(0.5) < 300.0, "{}", rest.at(0.5));
        assert!(rest.at(1.0).is_finite());
    }

    #[test]
    fn nothing_known_takes_no_time_and_nonsense_is_left_out() {
        assert_eq!(Spread::default().at(0.5), 0.0);
        assert_eq!(Spread::default().rest(0.0).at(0.9), 0.0);
        assert_eq!(Spread::of([f32::NAN, -1.0, f32::INFINITY, 5.0]).points, [5.0]);
        assert!(Spread::weighted(vec![(f32::NAN, 1.0), (5.0, 0.0)]).is_empty());
    }
}
