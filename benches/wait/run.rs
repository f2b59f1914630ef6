//! A world played, every estimator asked at each ticket.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use madoguchi::queue::wait::Estimator;
use madoguchi::queue::wait::calibration::Calibration;
use madoguchi::queue::wait::experience::Prior;
use madoguchi::queue::wait::floor::Event;
use madoguchi::queue::wait::hall::{Counter, Doing, Hall, Key, LaneSet, Second, Wait, Waiting};
use madoguchi::queue::wait::rng::Rng;
use madoguchi::queue::wait::roll;

use super::day;
use super::formulas::{Sight, Sights};
use super::oracle::Oracle;
use super::score::{Outcome, Score};
use super::world::{World, unit};

/// All that was said to one person.
#[derive(Clone, Copy, Debug)]
struct Said {
    at: Second,
    judged: bool,
    ours: Wait,
    oracle: Wait,
    sight: Sight,
}

/// Said again while somebody waited, by us and by the oracle.
#[derive(Clone, Copy, Debug)]
struct Again {
    at: Second,
    ours: Wait,
    oracle: Wait,
}

/// One moment in so many is looked at again.
const AGAIN: f64 = 10.0;

/// What came of a world.
pub struct Result {
    pub name: &'static str,
    pub tickets: usize,
    pub mean_wait: f64,
    pub wait_90: f64,
    /// By name, in the order of the table.
    pub scores: Vec<(&'static str, Score)>,
    /// Re-estimated while waiting: ours and the oracle's, over all and with at most a
    /// quarter of an hour left.
    pub later: [Score; 4],
    /// The longest and the mean batch.
    pub batch_max: Duration,
    pub batch_mean: Duration,
}

impl Result {
    pub fn score(&self, name: &str) -> Score {
        let found = self.scores.iter().find(|score| score.0 == name);
        found.map(|score| score.1).unwrap_or_default()
    }
}

/// Plays a world.
pub fn run(world: &World) -> Result {
    let priors: BTreeMap<u16, Prior> =
        (0..4).map(|service| (service, Prior { mean_secs: 600.0, cv: 0.8 })).collect();
    let mut play = Play {
        estimator: Estimator::new(&priors, 7),
        sights: Sights::default(),
        waiting: BTreeMap::new(),
        done: Vec::new(),
        again: Vec::new(),
        rng: Rng::new(5),
        batches: Vec::new(),
    };
    for number in 0..world.days_before + world.days {
        play.day(world, number);
    }
    play.result(world.name)
}

struct Play {
    estimator: Estimator,
    sights: Sights,
    waiting: BTreeMap<Key, (Said, Vec<Again>)>,
    /// With the wait that came, in minutes.
    done: Vec<(Said, f64)>,
    /// With the rest of the wait.
    again: Vec<(Again, f64)>,
    rng: Rng,
    batches: Vec<Duration>,
}

impl Play {
    fn day(&mut self, world: &World, number: usize) {
        let plan = world.plan(number);
        let oracle = Oracle::of(world, &plan);
        self.estimator.begin_day();
        self.sights.begin_day();
        self.waiting.clear();
        // The calibration needs some outcomes, the experience more days.
        let judged = number >= world.days_before;
        let asked = number + 10 >= world.days_before;
        let first = number as Key * 100_000;
        let told = day::play(world, &plan, first, world.seed ^ (number as u64) << 20);
        for (place, (at, event)) in told.iter().enumerate() {
            self.sights.take(*at, event);
            self.estimator.observe(*at, event.clone());
            match event {
                Event::Issue(waiting) if asked => {
                    // Called in the same second: nobody is told a wait.
                    let next = told[place + 1..].iter().take_while(|next| next.0 == *at);
                    let at_once = next.into_iter().any(|(_, next)| {
                        matches!(next, Event::Call { ticket, .. } if *ticket == waiting.ticket)
                    });
                    if !at_once {
                        let walk_in = plan.people[(waiting.ticket - first) as usize].slot.is_none();
                        self.ask(*at, waiting, &oracle, judged && walk_in);
                    }
                }
                Event::Call { ticket, .. } => self.called(*at, *ticket),
                _ => {}
            }
        }
    }

    fn ask(&mut self, at: Second, newcomer: &Waiting, oracle: &Oracle, judged: bool) {
        let begin = Instant::now();
        let ours = self.estimator.estimate(at);
        self.batches.push(begin.elapsed());
        if !judged && self.waiting.is_empty() && self.done.is_empty() {
            // Before the first judged day only the calibration is fed.
            return;
        }
        let hall = self.estimator.hall(at);
        let true_waits = roll::roll(&hall, &oracle.odds(&hall), 11, roll::REPLICATIONS);
        for (ticket, (_, again)) in &mut self.waiting {
            if let (Some(ours), Some(oracle)) = (ours.get(ticket), true_waits.get(ticket))
                && unit(&mut self.rng) * AGAIN < 1.0
            {
                again.push(Again { at, ours: *ours, oracle: *oracle });
            }
        }
        let sight = self.sights.sight(&hall, newcomer.lane);
        let ours = ours.get(&newcomer.ticket).copied();
        let oracle = true_waits.get(&newcomer.ticket).copied();
        let (Some(ours), Some(oracle)) = (ours, oracle) else { return };
        let said = Said { at, judged, ours, oracle, sight };
        self.waiting.insert(newcomer.ticket, (said, Vec::new()));
    }

    fn called(&mut self, at: Second, ticket: Key) {
        let Some((said, again)) = self.waiting.remove(&ticket) else { return };
        let minutes = |from: Second| (at - from) as f64 / 60.0;
        if said.judged {
            self.done.push((said, minutes(said.at)));
            self.again.extend(again.iter().map(|again| (*again, minutes(again.at))));
        }
    }

    fn result(self, name: &'static str) -> Result {
        let mut waits: Vec<f64> = self.done.iter().map(|(_, waited)| *waited).collect();
        waits.sort_by(f64::total_cmp);
        let tickets = waits.len();
        let later = |say: &dyn Fn(&Again) -> Wait, most: f64| {
            let rows = self.again.iter().filter(|(_, rest)| *rest <= most);
            let rows = rows.map(|(again, rest)| outcome(say(again), *rest));
            Score::of(&rows.collect::<Vec<Outcome>>())
        };
        Result {
            name,
            tickets,
            mean_wait: waits.iter().sum::<f64>() / tickets.max(1) as f64,
            wait_90: waits.get(tickets * 9 / 10).copied().unwrap_or(0.0),
            scores: scores(&self.done),
            later: [
                later(&|again| again.ours, f64::INFINITY),
                later(&|again| again.oracle, f64::INFINITY),
                later(&|again| again.ours, 15.0),
                later(&|again| again.oracle, 15.0),
            ],
            batch_max: self.batches.iter().max().copied().unwrap_or_default(),
            batch_mean: self.batches.iter().sum::<Duration>() / self.batches.len().max(1) as u32,
        }
    }
}

fn outcome(wait: Wait, waited: f64) -> Outcome {
    Outcome { p50: f64::from(wait.p50_s) / 60.0, p90: f64::from(wait.p90_s) / 60.0, waited }
}

fn scores(done: &[(Said, f64)]) -> Vec<(&'static str, Score)> {
    let of = |say: &dyn Fn(&Said) -> Wait| {
        let rows = done.iter().map(|(said, waited)| outcome(say(said), *waited));
        Score::of(&rows.collect::<Vec<Outcome>>())
    };
    let formula = |say: &dyn Fn(&Sight) -> f64| {
        let mut calibration = Calibration::default();
        let rows = done.iter().map(|(said, waited)| {
            let p50 = say(&said.sight);
            // One's own number, and a corrected upper bound to compare windows with.
            let secs = (p50 * 60.0) as u32;
            let raw = Wait { p10_s: secs / 2, p50_s: secs, p90_s: secs + secs / 2 + 60 };
            let p90 = f64::from(calibration.apply(raw).p90_s) / 60.0;
            calibration.learn(raw, (*waited * 60.0) as f32);
            Outcome { p50, p90, waited: *waited }
        });
        Score::of(&rows.collect::<Vec<Outcome>>())
    };
    // The minutes a head that would have been best on these very days.
    let tuned = |say: &dyn Fn(&Sight, f64) -> f64| {
        let scores = (8..160).map(|quarter| f64::from(quarter) / 4.0);
        let scores = scores.map(|minutes| formula(&|sight| say(sight, minutes)));
        scores.min_by(|a, b| a.mae.total_cmp(&b.mae)).unwrap_or_default()
    };
    vec![
        ("people ahead x average", formula(&Sight::ahead_by_average)),
        ("ZMS type, 12 min", formula(&|sight| sight.by_counters(12.0))),
        ("ZMS type, tuned", tuned(&Sight::by_counters)),
        ("same per service, tuned", tuned(&Sight::by_counters_of_lane)),
        ("last to enter service", formula(&|sight| sight.last_wait)),
        ("madoguchi", of(&|said| said.ours)),
        ("oracle", of(&|said| said.oracle)),
    ]
}

/// How long one batch takes for a hall fuller than any of the worlds: 120 people, 12
/// counters. The best of several, so that the machine's other work does not count.
pub fn speed() -> Duration {
    let mut estimator = Estimator::new(&BTreeMap::new(), 1);
    for counter in 0..12 {
        let lanes: LaneSet =
            (0..4).filter(|lane| (counter + lane) % 3 != 0).map(|l| l as u8).collect();
        estimator.observe(0, Event::Open { counter, lanes, breaks: Vec::new(), closes: None });
    }
    for number in 0..1200u32 {
        let secs = f64::from(120 + number * 37 % 1500);
        let waiting = waiting(number);
        let (ticket, counter, at) = (waiting.ticket, number % 12, i64::from(number) * 30);
        estimator.observe(at, Event::Issue(waiting));
        estimator.observe(at, Event::Call { ticket, counter });
        estimator.observe(at + secs as i64, Event::Done { ticket, counter });
    }
    (0..120).for_each(|number| estimator.observe(40_000, Event::Issue(waiting(number))));
    let mut hall: Hall = estimator.hall(40_000);
    let serving = |(place, counter): (usize, &mut Counter)| {
        let since = 40_000 - 60 * place as i64;
        let service = place as u16 % 4;
        counter.doing = Doing::Serving { service, since, arrived: true, waited: 0 };
    };
    hall.counters.iter_mut().enumerate().for_each(serving);
    let best = (0..9).map(|_| {
        let begin = Instant::now();
        let waits = estimator.imagine(&hall);
        let took = begin.elapsed();
        assert_eq!(waits.len(), 120, "everybody has a wait");
        took
    });
    best.min().unwrap_or_default()
}

fn waiting(number: u32) -> Waiting {
    let lane = (number % 4) as u8;
    let at = i64::from(number) * 30;
    let (service, ticket) = (lane.into(), number.into());
    Waiting {
        ticket,
        lane,
        service,
        issued: at,
        effective: at,
        credited: number.is_multiple_of(20),
        wants: None,
    }
}
