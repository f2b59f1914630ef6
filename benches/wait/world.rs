//! Town halls whose truth is known: the day's arrivals, the services, the people and
//! the clerks, all from a seed. What happens in one is told as the same events that a
//! real hall tells.

use madoguchi::queue::wait::hall::{Booking, Break, LaneSet, Second};
use madoguchi::queue::wait::rng::Rng;

pub const MINUTE: f64 = 60.0;
const OPENS: f64 = 8.5 * 60.0;
const CLOSES: f64 = 17.25 * 60.0;

/// Arrivals by half hour from 8:30, relative: peaks at 10:30 and after noon.
const SHAPE: [f64; 18] =
    [0.8, 1.0, 1.1, 1.2, 1.3, 1.2, 1.1, 1.15, 1.2, 1.2, 1.15, 1.05, 1.0, 0.95, 0.9, 0.8, 0.7, 0.3];
const WEEKDAYS: [f64; 5] = [1.2, 1.0, 0.95, 0.93, 1.0];
const DAY_DIFFERS: f64 = 0.13;
const DAY_PACE_DIFFERS: f64 = 0.10;
const CLERK_PACE_DIFFERS: f64 = 0.15;

pub const CERTIFICATE: u8 = 0;
pub const MOVING: u8 = 1;
pub const CARD: u8 = 2;
pub const INSURANCE: u8 = 3;

/// A service: its lane and index are its place in the list.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    pub mean: f64,
    pub cv: f64,
    /// Of all who come.
    pub share: f64,
}

/// How the order is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Due appointments, then priority, then everybody else.
    DueFirst,
    /// A credit of fifteen minutes for priority; an appointment goes by its slot.
    Credit,
}

/// A kind of hall.
#[derive(Clone, Debug)]
pub struct World {
    pub name: &'static str,
    pub per_day: f64,
    pub work: [Work; 4],
    /// The lanes of each counter.
    pub counters: Vec<Vec<u8>>,
    pub rule: Rule,
    /// From this day on card services take half as long again.
    pub drift_from: Option<usize>,
    pub days_before: usize,
    pub days: usize,
    pub seed: u64,
}

const WORK: [Work; 4] = [
    Work { mean: 4.0, cv: 0.6, share: 0.52 },
    Work { mean: 18.0, cv: 0.8, share: 0.20 },
    Work { mean: 12.0, cv: 0.7, share: 0.17 },
    Work { mean: 15.0, cv: 0.9, share: 0.11 },
];

const HEAVY: [f64; 4] = [0.44, 0.28, 0.17, 0.11];

/// The worlds of the benchmark.
pub fn worlds() -> Vec<World> {
    let city = World {
        name: "city",
        per_day: 335.0,
        work: WORK,
        counters: vec![
            vec![CERTIFICATE],
            vec![CERTIFICATE],
            vec![CERTIFICATE, MOVING],
            vec![MOVING],
            vec![MOVING],
            vec![MOVING, INSURANCE],
            vec![CARD],
            vec![CARD, CERTIFICATE],
            vec![INSURANCE, CARD],
        ],
        rule: Rule::DueFirst,
        drift_from: None,
        days_before: 20,
        days: 30,
        seed: 2,
    };
    let mut heavy = WORK;
    heavy.iter_mut().zip(HEAVY).for_each(|(work, share)| work.share = share);
    let mut more = city.counters.clone();
    more.push(vec![MOVING, CARD]);
    let town = World {
        name: "town",
        per_day: 90.0,
        counters: vec![
            vec![CERTIFICATE, MOVING, CARD, INSURANCE],
            vec![CERTIFICATE, MOVING, CARD, INSURANCE],
            vec![CERTIFICATE, MOVING, CARD, INSURANCE],
        ],
        days: 60,
        seed: 1,
        ..city.clone()
    };
    let credit = World { name: "credit", rule: Rule::Credit, seed: 5, ..town.clone() };
    let peak = World {
        name: "peak",
        per_day: 390.0,
        work: heavy,
        counters: more,
        days: 25,
        seed: 3,
        ..city.clone()
    };
    let drift = World {
        name: "drift",
        per_day: 300.0,
        drift_from: Some(20),
        days: 25,
        seed: 4,
        ..city.clone()
    };
    vec![town, city, peak, drift, credit]
}

/// Somebody who comes.
#[derive(Clone, Debug)]
pub struct Person {
    /// When they come to wait, in seconds of the day.
    pub here: f64,
    pub work: u8,
    pub priority: bool,
    pub slot: Option<f64>,
    /// After so long they are gone, without a word.
    pub patience: f64,
}

/// Everything about a day that is not chance within it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub midnight: Second,
    pub people: Vec<Person>,
    /// Booked and never here.
    pub missing: Vec<Person>,
    pub lunch: Vec<f64>,
    /// A counter, from when and how long.
    pub closing: Option<(usize, f64, f64)>,
    pub pace: Vec<f64>,
    /// Walk-ins of all kinds by half hour, per second.
    pub rates: Vec<f64>,
    pub work: [Work; 4],
}

pub const LUNCH: f64 = 45.0 * MINUTE;

impl World {
    /// The plan of a day.
    pub fn plan(&self, day: usize) -> Plan {
        let mut rng = Rng::new(self.seed * 1_000_003 + day as u64 * 7919);
        let mut work = self.work;
        if self.drift_from.is_some_and(|from| day >= from) {
            work[usize::from(CARD)].mean *= 1.5;
        }
        let busy = WEEKDAYS[day % 5] * lognormal(&mut rng, DAY_DIFFERS);
        let whole: f64 = SHAPE.iter().sum();
        let rates: Vec<f64> =
            SHAPE.iter().map(|half| self.per_day * busy * half / whole / 1800.0).collect();
        let (mut people, mut missing) = (Vec::new(), Vec::new());
        for (half, rate) in rates.iter().enumerate() {
            let from = OPENS * MINUTE + half as f64 * 1800.0;
            let mut at = from + exponential(&mut rng, 1.0 / rate);
            while at < from + 1800.0 && at < CLOSES * MINUTE {
                let person = self.person(at, &mut rng);
                match person.slot.is_some() && unit(&mut rng) < 0.04 {
                    true => missing.push(person),
                    false => people.push(person),
                }
                at += exponential(&mut rng, 1.0 / rate);
            }
        }
        people.sort_by(|a, b| a.here.total_cmp(&b.here));
        let day_pace = lognormal(&mut rng, DAY_PACE_DIFFERS);
        let clerk = |_| day_pace * lognormal(&mut rng, CLERK_PACE_DIFFERS);
        let pace = (0..self.counters.len()).map(clerk).collect();
        let lunch = (0..self.counters.len()).map(|n| (690.0 + 50.0 * (n % 3) as f64) * MINUTE);
        let closing = (unit(&mut rng) < 0.35).then(|| {
            let counter = (unit(&mut rng) * self.counters.len() as f64) as usize;
            let from = (540.0 + 420.0 * unit(&mut rng)) * MINUTE;
            (counter, from, (20.0 + 60.0 * unit(&mut rng)) * MINUTE)
        });
        let midnight = 1_762_095_600 + (day + day / 5 * 2) as Second * 86_400;
        Plan { midnight, people, missing, lunch: lunch.collect(), closing, pace, rates, work }
    }

    fn person(&self, at: f64, rng: &mut Rng) -> Person {
        let mut which = unit(rng);
        let mut work = 0;
        while work < 3 && which >= self.work[work].share {
            which -= self.work[work].share;
            work += 1;
        }
        let patient = unit(rng) < 0.5;
        let patience =
            if patient { f64::INFINITY } else { (15.0 + exponential(rng, 150.0)) * MINUTE };
        let gone = unit(rng) < 0.04;
        let patience = if gone { 0.0 } else { patience };
        let (kind, early) = (unit(rng), (-8.0 + 7.0 * normal(rng)) * MINUTE);
        let slot = (kind < 0.10).then(|| (at / 900.0).round() * 900.0);
        // Somebody early is called when it is their turn, not before.
        let here = slot.map_or(at, |slot| match self.rule {
            Rule::DueFirst => slot.max(slot + early),
            Rule::Credit => slot + early,
        });
        Person { here, work: work as u8, priority: kind > 0.95, slot, patience }
    }

    /// The place of somebody in the order.
    pub fn effective(&self, person: &Person) -> f64 {
        match (self.rule, person.slot) {
            (Rule::DueFirst, Some(slot)) => slot - 2.0 * 86_400.0,
            (Rule::DueFirst, None) if person.priority => person.here - 86_400.0,
            (Rule::Credit, Some(slot)) => slot,
            (Rule::Credit, None) if person.priority => person.here - 900.0,
            (_, None) => person.here,
        }
    }

    /// The lanes of a counter as the estimator knows them.
    pub fn lanes(&self, counter: usize) -> LaneSet {
        self.counters[counter].iter().copied().collect()
    }

    /// When the counters open, in seconds of the day.
    pub fn opens() -> f64 {
        OPENS * MINUTE
    }
}

impl Plan {
    /// A moment of this day.
    pub fn at(&self, secs: f64) -> Second {
        self.midnight + secs.round() as Second
    }

    /// The lunch of a counter.
    pub fn lunch_of(&self, counter: usize) -> Break {
        Break { from: self.at(self.lunch[counter]), secs: LUNCH as u32 }
    }

    /// An appointment as it stands in the book.
    pub fn booking(&self, world: &World, person: &Person, ticket: u64) -> Option<Booking> {
        let slot = self.at(person.slot?);
        let effective = self.at(world.effective(person));
        let (lane, service) = (person.work, person.work.into());
        Some(Booking { ticket, lane, service, slot, effective })
    }
}

/// A service, in seconds, before anybody's pace.
pub fn duration(work: Work, rng: &mut Rng) -> f64 {
    let variance = (1.0 + work.cv * work.cv).ln();
    work.mean * MINUTE * (variance.sqrt() * normal(rng) - variance / 2.0).exp()
}

pub fn unit(rng: &mut Rng) -> f64 {
    f64::from(rng.unit())
}

pub fn exponential(rng: &mut Rng, mean: f64) -> f64 {
    -mean * (1.0 - unit(rng)).ln()
}

pub fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - unit(rng)).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit(rng)).cos()
}

fn lognormal(rng: &mut Rng, deviation: f64) -> f64 {
    (deviation * normal(rng) - deviation * deviation / 2.0).exp()
}
