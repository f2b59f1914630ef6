//! A simulated week: counters, a hub, the line between them, and everything that
//! goes wrong, drawn from one seed. Then a quiet day, and the oracle looks.

mod judge;
mod plan;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::counter::{BEGAN, Counter, Disk, HEARTBEAT_MS, Op};
use super::dice::Dice;
use super::faults::{Bad, Planted, Weather};
use super::hub::Hub;
use crate::id::LogId;
use crate::sync::forwarder::{Log, Next, Part};
use crate::sync::message::{Answer, Entry};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Between two disasters: as long as the line is up, more than enough for what is lost on
/// one side to be brought there from the other.
const APART: u64 = 2 * HOUR;

/// A question without an answer is given up after this.
const TIMEOUT_MS: u64 = 30_000;

/// When the quiet day is this old, everything that nothing holds up has arrived: a
/// counter with nothing to say hears of a restored hub at its next heartbeat.
const ARRIVED_BY: u64 = WEEK + HEARTBEAT_MS + 10 * MINUTE;

/// More happens in no week, unless somebody asks without end.
const EVENTS_MAX: usize = 50_000;

enum Event {
    Write { counter: usize },
    Poll { counter: usize, nth: u64 },
    Arrives { counter: usize, question: u64, request: Request },
    Answered { counter: usize, question: u64, answer: Answer<Op> },
    GivenUp { counter: usize, question: u64 },
    Line { up: bool },
    Copy { counter: usize },
    Restore { counter: usize, noticed: bool },
    Restart { counter: usize },
    Twin { counter: usize },
    HubBackup,
    HubRestore,
    Upgrade,
}

#[derive(Clone)]
enum Request {
    Hello(LogId),
    Send(LogId, Vec<Entry<Op>>),
    Fetch(LogId, u64),
}

pub struct World {
    dice: Dice,
    now: u64,
    events: BinaryHeap<Reverse<(u64, u64, usize)>>,
    stored: Vec<Option<Event>>,
    counters: Vec<Counter>,
    /// The newest copy of each counter's disk.
    copies: Vec<Option<Disk>>,
    hub: Hub,
    line_is_up: bool,
    line_since: u64,
    /// How long the line was up before that.
    up_ms: u64,
    /// How long the line had been up when something was set back.
    disasters: Vec<u64>,
    drop_percent: u64,
    double_percent: u64,
    weather: Weather,
    ops: u64,
    /// Every operation that ever took effect.
    ever: BTreeMap<u64, ()>,
    late: bool,
}

/// One week with this seed.
pub fn week(seed: u64, weather: Weather, planted: Option<Planted>) -> (Vec<Bad>, u64) {
    let mut dice = Dice::new(seed);
    let count = usize::try_from(dice.between(1, 3)).unwrap_or(1);
    let counters = (0..count)
        .map(|_| Counter::new(LogId::new(BEGAN, &dice.chance()), 0, &mut dice, planted))
        .collect();
    let mut world = World {
        now: 0,
        events: BinaryHeap::new(),
        stored: Vec::new(),
        counters,
        copies: vec![None; count],
        hub: Hub::new(planted),
        line_is_up: true,
        line_since: 0,
        up_ms: 0,
        disasters: Vec::new(),
        drop_percent: dice.below(31),
        double_percent: dice.below(21),
        weather,
        ops: 0,
        ever: BTreeMap::new(),
        late: false,
        dice,
    };
    world.plan();
    world.run();
    (world.judged(), world.ops)
}

impl World {
    fn at(&mut self, at: u64, event: Event) {
        self.stored.push(Some(event));
        self.events.push(Reverse((at, self.stored.len() as u64, self.stored.len() - 1)));
    }

    /// The program looks again then, instead of when it was going to.
    fn poll_at(&mut self, at: u64, counter: usize) {
        self.counters[counter].polls += 1;
        let nth = self.counters[counter].polls;
        self.at(at, Event::Poll { counter, nth });
    }

    fn some_time(&mut self) -> u64 {
        self.dice.below(WEEK)
    }

    fn run(&mut self) {
        while let Some(Reverse((at, _, stored))) = self.events.pop() {
            if at > WEEK + DAY {
                return;
            }
            if self.stored.len() > EVENTS_MAX {
                self.late = true;
                return;
            }
            if self.now < ARRIVED_BY && at >= ARRIVED_BY {
                self.late = self.is_something_late();
            }
            self.now = at;
            if let Some(event) = self.stored[stored].take() {
                self.happens(event);
            }
        }
    }

    /// How long the line has been up, all in all.
    fn has_been_up(&self) -> u64 {
        self.up_ms + if self.line_is_up { self.now - self.line_since } else { 0 }
    }

    fn is_quiet(&self) -> bool {
        self.now >= WEEK
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Write { counter } => self.write(counter),
            Event::Poll { counter, nth } if nth == self.counters[counter].polls => {
                self.poll(counter);
            }
            // Another was put in its place.
            Event::Poll { .. } => {}
            Event::Arrives { counter, question, request } => {
                self.arrives(counter, question, request);
            }
            Event::Answered { counter, question, answer } => {
                self.answered(counter, question, &answer);
            }
            Event::GivenUp { counter, question } => {
                self.answered(counter, question, &Answer::Nothing);
            }
            Event::Line { up } => {
                self.up_ms = self.has_been_up();
                (self.line_is_up, self.line_since) = (up, self.now);
            }
            Event::Copy { counter } => {
                self.copies[counter] = Some(self.counters[counter].disk.clone());
            }
            Event::Restore { counter, noticed } => self.restore(counter, noticed),
            Event::Restart { counter } => self.restart(counter),
            Event::Twin { counter } => self.twin(counter),
            Event::HubBackup => self.hub.back_up(),
            Event::HubRestore => {
                self.disasters.push(self.has_been_up());
                let is_new_life = self.weather != Weather::OneAfterTheOtherInTheSameLife;
                self.hub.restore(is_new_life, &mut self.dice);
            }
            Event::Upgrade => self.hub.upgrade(),
        }
    }

    fn write(&mut self, counter: usize) {
        if self.is_quiet() {
            return;
        }
        self.ops += 1;
        let (entity, poison) = (self.dice.below(20), self.dice.percent(1));
        let op = Op { id: self.ops, entity: u32::try_from(entity).unwrap_or(0), poison };
        self.counters[counter].write(op);
        let next = self.now + self.dice.between(1, 240 * MINUTE);
        self.at(next, Event::Write { counter });
        self.poll_at(self.now, counter);
    }

    /// The program asks what to do, unless a question is under way.
    fn poll(&mut self, counter: usize) {
        let machine = &mut self.counters[counter];
        if machine.is_asking {
            return;
        }
        let mut logs = machine.logs();
        if machine.planted == Some(Planted::NeverLooksBack) {
            let open = logs.len() - 1;
            let mut nth = 0..;
            let is_done = |log: &Log| {
                log.part != Part::Kept { complete: false } && log.end == log.known.acked.seq
            };
            logs.retain(|log| nth.next() == Some(open) || !is_done(log));
        }
        let request = match machine.forwarder.next(self.now, &logs) {
            Next::Wait { until_ms } => {
                let until = until_ms.max(self.now + 1);
                return self.poll_at(until, counter);
            }
            Next::Hello { log } => Request::Hello(log),
            Next::Send { log, first } => Request::Send(log, machine.batch(log, first)),
            Next::Fetch { log, first } => Request::Fetch(log, first),
        };
        machine.question += 1;
        machine.is_asking = true;
        let question = machine.question;
        self.at(self.now + TIMEOUT_MS, Event::GivenUp { counter, question });
        let copies = 1 + usize::from(!self.is_quiet() && self.dice.percent(self.double_percent));
        for _ in 0..copies {
            if let Some(arrival) = self.carried() {
                let request = request.clone();
                self.at(arrival, Event::Arrives { counter, question, request });
            }
        }
    }

    /// When something that is sent now arrives, if it does. Whoever is late is
    /// overtaken.
    fn carried(&mut self) -> Option<u64> {
        if self.is_quiet() {
            return Some(self.now + 50);
        }
        if !self.line_is_up || self.dice.percent(self.drop_percent) {
            return None;
        }
        let slow = self.dice.percent(10);
        Some(self.now + if slow { self.dice.below(200_000) } else { self.dice.below(500) })
    }

    fn arrives(&mut self, counter: usize, question: u64, request: Request) {
        let answer = match request {
            Request::Hello(log) => Answer::Position(self.hub.position(log)),
            Request::Send(log, entries) => {
                let before = self.hub.now.applied.len();
                self.hub.take(log, &entries);
                let applied = self.hub.now.applied[before..].iter();
                self.ever.extend(applied.map(|(_, _, op)| (op.id, ())));
                Answer::Position(self.hub.position(log))
            }
            Request::Fetch(log, first) => Answer::Held(self.hub.held(log, first)),
        };
        if let Some(arrival) = self.carried() {
            self.at(arrival, Event::Answered { counter, question, answer });
        }
    }

    fn answered(&mut self, counter: usize, question: u64, answer: &Answer<Op>) {
        let machine = &mut self.counters[counter];
        if machine.question != question || !machine.is_asking {
            return;
        }
        machine.is_asking = false;
        machine.heard(self.now, &mut self.dice, answer);
        self.poll_at(self.now, counter);
    }

    fn restart(&mut self, counter: usize) {
        self.counters[counter].restart(self.now, &mut self.dice);
        self.poll_at(self.now, counter);
    }

    /// An old copy comes back; `noticed`: the high-water file told so, and a new log
    /// is begun before anything is written.
    fn restore(&mut self, counter: usize, noticed: bool) {
        let Some(copy) = self.copies[counter].clone() else { return };
        self.disasters.push(self.has_been_up());
        self.counters[counter].disk = copy;
        if noticed {
            let open = self.counters[counter].disk.logs.last().map(|rows| rows.id());
            if let Some(open) = open {
                self.counters[counter].begin_anew(open, &mut self.dice);
            }
        }
        self.restart(counter);
    }

    /// A copy of a counter runs beside it and knows nothing of it.
    fn twin(&mut self, counter: usize) {
        let Some(copy) = self.copies[counter].clone() else { return };
        let planted = self.counters[counter].planted;
        let log = LogId::new(BEGAN, &self.dice.chance());
        let mut twin = Counter::new(log, self.now, &mut self.dice, planted);
        twin.disk = copy;
        self.counters.push(twin);
        self.copies.push(None);
        let counter = self.counters.len() - 1;
        self.at(self.now, Event::Write { counter });
        self.poll_at(self.now, counter);
    }
}
