//! One day of a hall, from its plan to its events.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use madoguchi::queue::wait::floor::Event;
use madoguchi::queue::wait::hall::{Key, Second, Waiting};
use madoguchi::queue::wait::rng::Rng;

use super::world::{LUNCH, MINUTE, Plan, World, duration, exponential, unit};

const WALK: f64 = 0.4 * MINUTE;
const ABSENT: f64 = 1.5 * MINUTE;
const AFTER: f64 = 3.0 * MINUTE;
pub const AFTER_SHARE: f64 = 0.25;

/// What happened, in order.
pub type Told = Vec<(Second, Event)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Come(usize),
    Walked(usize),
    Finish(usize),
    Absent(usize),
    Ready(usize),
    /// A lunch or a closing may be due although the counter is idle.
    Look(usize),
    Return(usize),
}

/// A counter during the day.
#[derive(Clone, Debug)]
struct Counter {
    idle_since: Option<f64>,
    serving: Option<usize>,
    lunch_due: Option<f64>,
    closing: Option<(f64, f64)>,
    gone: bool,
}

struct Day<'a> {
    world: &'a World,
    plan: &'a Plan,
    /// The key of the day's first ticket.
    first: Key,
    rng: Rng,
    queue: BinaryHeap<Reverse<(u64, u64, Next)>>,
    sequence: u64,
    waiting: Vec<usize>,
    counters: Vec<Counter>,
    told: Told,
}

/// Plays the day.
pub fn play(world: &World, plan: &Plan, first: Key, seed: u64) -> Told {
    let counters = (0..world.counters.len())
        .map(|place| Counter {
            idle_since: Some(World::opens()),
            serving: None,
            lunch_due: Some(plan.lunch[place]),
            closing: plan.closing.filter(|closing| closing.0 == place).map(|c| (c.1, c.2)),
            gone: false,
        })
        .collect();
    let mut day = Day {
        world,
        plan,
        first,
        rng: Rng::new(seed),
        queue: BinaryHeap::new(),
        sequence: 0,
        waiting: Vec::new(),
        counters,
        told: Vec::new(),
    };
    day.begin();
    while let Some(Reverse((at, _, next))) = day.queue.pop() {
        day.step(at as f64 / 1000.0, next);
    }
    day.told
}

impl Day<'_> {
    fn begin(&mut self) {
        let opens = World::opens();
        for counter in 0..self.counters.len() {
            let lanes = self.world.lanes(counter);
            let breaks = vec![self.plan.lunch_of(counter)];
            let counter = counter as u32;
            self.tell(opens, Event::Open { counter, lanes, breaks, closes: None });
        }
        let booked = self.plan.people.iter().chain(&self.plan.missing).enumerate();
        for (place, person) in booked {
            if let Some(booking) = self.plan.booking(self.world, person, self.first + place as Key)
            {
                self.told.push((self.plan.at(opens), Event::Booked(booking)));
            }
        }
        for (place, person) in self.plan.people.iter().enumerate() {
            self.later(person.here.max(opens), Next::Come(place));
        }
        for counter in 0..self.counters.len() {
            self.later(self.plan.lunch[counter], Next::Look(counter));
            if let Some((from, _)) = self.counters[counter].closing {
                self.later(from, Next::Look(counter));
            }
        }
    }

    fn step(&mut self, at: f64, next: Next) {
        match next {
            Next::Come(person) => self.come(at, person),
            Next::Walked(counter) => {
                if let Some(ticket) = self.ticket_at(counter) {
                    self.tell(at, Event::Serve { ticket, counter: counter as u32 });
                }
            }
            Next::Finish(counter) => {
                if let Some(ticket) = self.ticket_at(counter) {
                    self.tell(at, Event::Done { ticket, counter: counter as u32 });
                }
                self.counters[counter].serving = None;
                let after = unit(&mut self.rng) < AFTER_SHARE;
                let after = if after { exponential(&mut self.rng, AFTER) } else { 0.0 };
                self.later(at + after, Next::Ready(counter));
            }
            Next::Absent(counter) => {
                if let Some(ticket) = self.ticket_at(counter) {
                    self.tell(at, Event::Absent { ticket, counter: counter as u32 });
                }
                self.counters[counter].serving = None;
                self.ready(at, counter);
            }
            Next::Ready(counter) => self.ready(at, counter),
            Next::Look(counter) => {
                if self.counters[counter].idle_since.is_some() {
                    self.ready(at, counter);
                }
            }
            Next::Return(counter) => {
                self.counters[counter].gone = false;
                let lanes = self.world.lanes(counter);
                let lunch = self.counters[counter].lunch_due.map(|_| self.plan.lunch_of(counter));
                let breaks = lunch.into_iter().collect();
                let number = counter as u32;
                self.tell(at, Event::Open { counter: number, lanes, breaks, closes: None });
                self.ready(at, counter);
            }
        }
    }

    fn come(&mut self, at: f64, place: usize) {
        let person = &self.plan.people[place];
        let ticket = self.first + place as Key;
        let (lane, service) = (person.work, person.work.into());
        let effective = self.plan.at(self.world.effective(person));
        let credited = person.priority || person.slot.is_some();
        let issued = self.plan.at(at);
        let waiting = Waiting { ticket, lane, service, issued, effective, credited, wants: None };
        self.tell(at, Event::Issue(waiting));
        self.waiting.push(place);
        let can = |place: &usize| self.world.counters[*place].contains(&person.work);
        let idle = |place: usize| Some((self.counters[place].idle_since?, place));
        let free = (0..self.counters.len()).filter(can).filter_map(idle);
        if let Some((_, counter)) = free.min_by(|a, b| a.0.total_cmp(&b.0)) {
            self.ready(at, counter);
        }
    }

    /// A counter may take a break or call somebody.
    fn ready(&mut self, at: f64, counter: usize) {
        let desk = &mut self.counters[counter];
        if desk.gone || desk.serving.is_some() {
            return;
        }
        desk.idle_since = None;
        let absence = if desk.lunch_due.is_some_and(|due| due <= at) {
            desk.lunch_due = None;
            Some((LUNCH, true))
        } else if desk.closing.is_some_and(|(from, _)| from <= at) {
            desk.closing.take().map(|(_, length)| (length, false))
        } else {
            None
        };
        match absence {
            Some((length, announced)) => {
                desk.gone = true;
                let until = announced.then(|| self.plan.at(at + length));
                self.tell(at, Event::Close { counter: counter as u32, until });
                self.later(at + length, Next::Return(counter));
            }
            None => self.call(at, counter),
        }
    }

    fn call(&mut self, at: f64, counter: usize) {
        let lanes = &self.world.counters[counter];
        let order = |place: &usize| self.world.effective(&self.plan.people[*place]);
        let mine = self.waiting.iter().copied();
        let mine = mine.filter(|place| lanes.contains(&self.plan.people[*place].work));
        let Some(place) = mine.min_by(|a, b| order(a).total_cmp(&order(b))) else {
            self.counters[counter].idle_since = Some(at);
            return;
        };
        self.waiting.retain(|other| *other != place);
        self.counters[counter].serving = Some(place);
        let ticket = self.first + place as Key;
        self.tell(at, Event::Call { ticket, counter: counter as u32 });
        let person = &self.plan.people[place];
        if at - person.here >= person.patience {
            return self.later(at + ABSENT, Next::Absent(counter));
        }
        let work = self.plan.work[usize::from(person.work)];
        let length = duration(work, &mut self.rng) * self.plan.pace[counter];
        self.later(at + WALK, Next::Walked(counter));
        self.later(at + WALK + length, Next::Finish(counter));
    }

    fn ticket_at(&self, counter: usize) -> Option<Key> {
        Some(self.first + self.counters[counter].serving? as Key)
    }

    fn later(&mut self, at: f64, next: Next) {
        self.sequence += 1;
        self.queue.push(Reverse(((at * 1000.0) as u64, self.sequence, next)));
    }

    fn tell(&mut self, at: f64, event: Event) {
        self.told.push((self.plan.at(at), event));
    }
}
