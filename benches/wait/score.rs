//! How good estimates were, in minutes.

/// An estimate and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub p50: f64,
    pub p90: f64,
    pub waited: f64,
}

/// The whole of a scenario.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub mae: f64,
    pub rmse: f64,
    pub bias: f64,
    /// Share of waits that ended by the 90 % estimate.
    pub kept: f64,
    pub width: f64,
    pub pinball: f64,
    /// Share of waits that were more than ten minutes longer than said.
    pub worse: f64,
}

impl Score {
    pub fn of(outcomes: &[Outcome]) -> Self {
        let count = outcomes.len().max(1) as f64;
        let mean = |of: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / count;
        let share = |of: &dyn Fn(&Outcome) -> bool| mean(&|outcome| f64::from(of(outcome)));
        Self {
            mae: mean(&|o| (o.p50 - o.waited).abs()),
            rmse: mean(&|o| (o.p50 - o.waited).powi(2)).sqrt(),
            bias: mean(&|o| o.p50 - o.waited),
            kept: share(&|o| o.waited <= o.p90),
            width: mean(&|o| o.p90 - o.p50),
            pinball: mean(&|o| (0.9 * (o.waited - o.p90)).max(0.1 * (o.p90 - o.waited))),
            worse: share(&|o| o.waited > o.p50 + 10.0),
        }
    }
}
