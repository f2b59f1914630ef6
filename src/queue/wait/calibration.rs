//! The estimates held against what came of them. A promise of "nine in ten" that was
//! kept eight times in ten is widened, by itself and only from what is known by then.

use super::hall::Wait;

/// Promised half-way waits in seconds, where one bucket ends and the next begins.
const BUCKETS: [u32; 6] = [180, 480, 960, 1920, 3840, u32::MAX];

/// A bucket remembers so many outcomes.
const KEPT: usize = 300;

/// The plain estimate weighs as much as so many outcomes.
const FIRM: f32 = 30.0;

/// The share of outcomes that the corrected 90 % would have held. A little more than
/// it says, because the people of one day wait alike: a bucket knows fewer days than
/// it seems.
const HELD: f32 = 0.91;

/// Narrower than this no window is taken for the measure of an error.
const NARROW_SECS: f32 = 60.0;

/// How far outcomes lay from what was promised.
#[derive(Clone, Debug, Default)]
pub struct Calibration {
    buckets: [Bucket; BUCKETS.len()],
}

/// Errors in units of the promised upper and lower half of the window.
#[derive(Clone, Debug, Default)]
struct Bucket {
    above: Vec<f32>,
    below: Vec<f32>,
    next: usize,
    corrected: Option<Correction>,
}

/// 10 %, 50 % and 90 %, where −1, 0 and 1 correct nothing.
#[derive(Clone, Copy, Debug)]
struct Correction {
    low: f32,
    middle: f32,
    high: f32,
}

impl Calibration {
    /// What came of a raw estimate.
    pub fn learn(&mut self, raw: Wait, waited_secs: f32) {
        if waited_secs.is_finite() {
            self.buckets[bucket(raw)].push(raw, waited_secs);
        }
    }

    /// The estimate as it should have been told, judging by earlier ones.
    pub fn apply(&self, raw: Wait) -> Wait {
        // Now is now.
        let bucket = &self.buckets[bucket(raw)];
        let Some(correction) = bucket.corrected.filter(|_| raw.p90_s > 0) else { return raw };
        let (below, above) = halves(raw);
        let middle = raw.p50_s as f32;
        let moved = middle + correction.middle * above;
        let low = (middle + correction.low * below).min(moved).max(0.0);
        let high = (middle + correction.high * above).max(moved).max(0.0);
        let whole = |secs: f32| secs.round() as u32;
        Wait { p10_s: whole(low), p50_s: whole(moved.max(0.0)), p90_s: whole(high) }
    }
}

impl Bucket {
    fn push(&mut self, raw: Wait, waited: f32) {
        let (below, above) = halves(raw);
        let error = waited - raw.p50_s as f32;
        if self.above.len() < KEPT {
            self.above.push(error / above);
            self.below.push(error / below);
        } else {
            self.above[self.next] = error / above;
            self.below[self.next] = error / below;
            self.next = (self.next + 1) % KEPT;
        }
        let trust = self.above.len() as f32 / (self.above.len() as f32 + FIRM);
        let towards = |nominal: f32, seen: f32| nominal + (seen - nominal) * trust;
        self.corrected = Some(Correction {
            low: towards(-1.0, quantile(&self.below, 0.1)),
            middle: towards(0.0, quantile(&self.above, 0.5)),
            high: towards(1.0, quantile(&self.above, HELD)),
        });
    }
}

fn bucket(raw: Wait) -> usize {
    BUCKETS.partition_point(|end| *end <= raw.p50_s).min(BUCKETS.len() - 1)
}

fn halves(raw: Wait) -> (f32, f32) {
    let half = |from: u32, to: u32| (to.saturating_sub(from) as f32).max(NARROW_SECS);
    (half(raw.p10_s, raw.p50_s), half(raw.p50_s, raw.p90_s))
}

fn quantile(values: &[f32], share: f32) -> f32 {
    let mut values = values.to_vec();
    let place = (values.len() as f32 * share) as usize;
    let place = place.min(values.len().saturating_sub(1));
    match values.is_empty() {
        true => 0.0,
        false => *values.select_nth_unstable_by(place, f32::total_cmp).1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: Wait = Wait { p10_s: 600, p50_s: 1200, p90_s: 1800 };

    #[test]
    fn without_outcomes_nothing_is_corrected() {
        assert_eq!(Calibration::default().apply(RAW), RAW);
    }

    #[test]
    fn a_promise_that_is_kept_too_seldom_is_widened_until_it_holds() {
        let mut calibration = Calibration::default();
        // Waits spread evenly from 0 to 3000 seconds; 1800 would hold 60 % of them.
        (0..300).for_each(|n| calibration.learn(RAW, (n * 7 % 300 * 10) as f32));
        let told = calibration.apply(RAW);
        assert!((2400..2800).contains(&told.p90_s), "{told:?}");
        assert!(told.p10_s < 450 && (1300..1500).contains(&told.p50_s), "{told:?}");
        // Only estimates of about this length are widened.
        let short = Wait { p10_s: 60, p50_s: 120, p90_s: 300 };
        assert_eq!(calibration.apply(short), short);
    }

    #[test]
    fn quantiles_stay_in_order_whatever_came() {
        let mut calibration = Calibration::default();
        for waited in [0.0, 1e9, f32::NAN, -5.0, 3.0] {
            calibration.learn(RAW, waited);
            calibration.learn(Wait { p10_s: 9, p50_s: 5, p90_s: 1 }, waited);
            let told = calibration.apply(RAW);
            assert!(told.p10_s <= told.p50_s && told.p50_s <= told.p90_s, "{told:?}");
        }
    }
}
