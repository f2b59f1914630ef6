//! Who knows everything about a day except its chance: the same roll forward with
//! the true durations, paces and rates. Nobody can do much better.

use madoguchi::queue::wait::hall::Hall;
use madoguchi::queue::wait::odds::{ABSENCE_STEPS, Absence, Odds, Stream};
use madoguchi::queue::wait::rng::Rng;
use madoguchi::queue::wait::spread::Spread;

use super::day::AFTER_SHARE;
use super::world::{MINUTE, Plan, Rule, World, duration, exponential, normal, unit};

const DRAWS: usize = 4096;

/// What does not change during a day.
pub struct Oracle<'a> {
    world: &'a World,
    plan: &'a Plan,
    odds: Odds,
}

impl<'a> Oracle<'a> {
    /// Learns the plan of a day.
    pub fn of(world: &'a World, plan: &'a Plan) -> Self {
        let mut rng = Rng::new(99);
        let mut spread = |draw: &dyn Fn(&mut Rng) -> f64| {
            let draws = (0..DRAWS).map(|_| (draw(&mut rng) as f32, 1.0)).collect();
            Spread::weighted(draws)
        };
        let services = plan.work.iter();
        let services =
            services.map(|work| spread(&|rng| 0.4 * MINUTE + duration(*work, rng))).collect();
        let after = spread(&|rng| match unit(rng) < AFTER_SHARE {
            true => exponential(rng, 3.0 * MINUTE),
            false => 0.0,
        });
        let odds = Odds {
            services,
            unknown: Spread::default(),
            pace: plan.pace.iter().map(|pace| *pace as f32).collect(),
            after,
            lost: Spread::of([90.0]),
            absent: absence(),
            pause: spread(&|rng| (20.0 + 60.0 * unit(rng)) * MINUTE),
            late: spread(&|rng| ((-8.0 + 7.0 * normal(rng)) * MINUTE).max(0.0)),
            missing: 0.04,
            streams: Vec::new(),
        };
        Self { world, plan, odds }
    }

    /// The odds at a moment of the day.
    pub fn odds(&self, hall: &Hall) -> Odds {
        let since = (hall.now - self.plan.at(World::opens())).max(0) as usize;
        let rate = self.plan.rates.get(since / 1800).copied().unwrap_or(0.0);
        let credit = if self.world.rule == Rule::DueFirst { 86_400 } else { 900 };
        let stream = |(service, work): (usize, &super::world::Work)| Stream {
            lane: service as u8,
            service: service as u16,
            per_second: (rate * 0.05 * work.share) as f32,
            credit,
        };
        let streams = self.plan.work.iter().enumerate().map(stream).collect();
        Odds { streams, ..self.odds.clone() }
    }
}

/// Four in a hundred never come; half of the rest lose patience.
fn absence() -> Absence {
    let mut shares = [0.0; ABSENCE_STEPS];
    for (step, share) in shares.iter_mut().enumerate() {
        let waited = step as f64 * 10.0 + 5.0;
        let lost = 1.0 - (-(waited - 15.0).max(0.0) / 150.0).exp();
        *share = (0.04 + 0.96 * 0.5 * lost) as f32;
    }
    Absence(shares)
}
