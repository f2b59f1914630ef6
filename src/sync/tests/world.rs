//! A simulated week: counters, a hub, the line between them, and everything that
//! goes wrong, drawn from one seed. Then a quiet day, and the oracle looks.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::counter::{BEGAN, Counter, Disk, HEARTBEAT_MS, Op};
use super::dice::Dice;
use super::hub::Hub;
use crate::id::LogId;
use crate::sync::forwarder::Next;
use crate::sync::message::{Answer, Entry};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// A question without an answer is given up after this.
const TIMEOUT_MS: u64 = 30_000;

/// When the quiet day is this old, everything that nothing holds up has arrived: a
/// counter with nothing to say hears of a restored hub at its next heartbeat.
const ARRIVED_BY: u64 = WEEK + HEARTBEAT_MS + 10 * MINUTE;

/// More happens in no week, unless somebody asks without end.
const EVENTS_MAX: usize = 50_000;

/// When the hub is upgraded, so that nothing has a reason to be parked.
const UPGRADED_AT: u64 = WEEK + 3 * HOUR;

/// A fault in the program, put there to see whether the oracle notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    TrimsWhatIsAcknowledged,
    NeverGoesBack,
    TakesNothingOver,
    NewOperationIds,
    TakesTwice,
    TakesAfterGaps,
    OperationsCountTwice,
    PoisonBlocks,
    OvertakesWhatIsParked,
    ForgetsWhatWasParked,
}

/// What goes wrong outside of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Both sides are restored again and again, a copy of a counter may run beside
    /// it, copies are up to half a day old.
    Storm,
    /// At most one restore of each side, from a copy of the last ten minutes of the
    /// counter: what the second copy of every minute promises.
    OneRestoreEach,
}

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

/// What the oracle found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bad {
    /// An operation that a counter holds never took effect.
    Lost,
    /// One took effect more than once.
    Doubled,
    /// An entity saw entries of a log the wrong way round.
    OutOfOrder,
    /// It was there at last, but not when it should have been.
    Late,
    /// Something reached the hub once and is not there any more.
    Forgotten,
}

pub struct World {
    dice: Dice,
    now: u64,
    events: BinaryHeap<Reverse<(u64, u64, usize)>>,
    stored: Vec<Option<Event>>,
    counters: Vec<Counter>,
    copies: Vec<Vec<Disk>>,
    hub: Hub,
    line_is_up: bool,
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
        copies: vec![Vec::new(); count],
        hub: Hub::new(planted),
        line_is_up: true,
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

    /// Everything that will happen by itself.
    fn plan(&mut self) {
        for counter in 0..self.counters.len() {
            self.at(0, Event::Write { counter });
            self.poll_at(0, counter);
            let every = match self.weather {
                Weather::Storm => self.dice.between(HOUR, 12 * HOUR),
                Weather::OneRestoreEach => 10 * MINUTE,
            };
            (0..WEEK / every).for_each(|nth| self.at(nth * every, Event::Copy { counter }));
            for _ in 0..self.dice.below(4) {
                let at = self.some_time();
                self.at(at, Event::Restart { counter });
            }
            let restores = match self.weather {
                Weather::Storm => self.dice.below(6),
                Weather::OneRestoreEach => u64::from(counter == 0),
            };
            for _ in 0..restores {
                let (at, noticed) = (self.some_time(), self.dice.percent(50));
                self.at(at, Event::Restore { counter, noticed });
            }
        }
        if self.weather == Weather::Storm && self.dice.percent(10) {
            let at = self.some_time();
            self.at(at, Event::Twin { counter: 0 });
        }
        let (backups, restores) = match self.weather {
            Weather::Storm => (self.dice.between(7, 28), self.dice.below(6)),
            Weather::OneRestoreEach => (28, 1),
        };
        (0..backups).for_each(|nth| self.at(nth * WEEK / backups, Event::HubBackup));
        for _ in 0..restores {
            let at = self.some_time();
            self.at(at, Event::HubRestore);
        }
        for _ in 0..self.dice.below(4) {
            let (from, long) = (self.some_time(), self.dice.below(2 * DAY));
            self.at(from, Event::Line { up: false });
            self.at((from + long).min(WEEK), Event::Line { up: true });
        }
        self.at(WEEK, Event::Line { up: true });
        self.at(UPGRADED_AT, Event::Upgrade);
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
            Event::Line { up } => self.line_is_up = up,
            Event::Copy { counter } => {
                let copy = self.counters[counter].disk.clone();
                self.copies[counter].push(copy);
            }
            Event::Restore { counter, noticed } => self.restore(counter, noticed),
            Event::Restart { counter } => self.restart(counter),
            Event::Twin { counter } => self.twin(counter),
            Event::HubBackup => self.hub.back_up(),
            Event::HubRestore => self.hub.restore(&mut self.dice),
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
        let next = self.now + self.dice.between(1, 80 * MINUTE);
        self.at(next, Event::Write { counter });
        self.poll_at(self.now, counter);
    }

    /// The program asks what to do, unless a question is under way.
    fn poll(&mut self, counter: usize) {
        let machine = &mut self.counters[counter];
        if machine.is_asking {
            return;
        }
        let logs = machine.logs();
        let request = match machine.forwarder.next(self.now, &logs) {
            Next::Wait { until_ms } => {
                let until = until_ms.max(self.now + 1);
                return self.poll_at(until, counter);
            }
            Next::Hello(hello) => Request::Hello(hello.log),
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
        let Some(copy) = self.copies[counter].last().cloned() else { return };
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
        let Some(copy) = self.copies[counter].last().cloned() else { return };
        let planted = self.counters[counter].planted;
        let log = LogId::new(BEGAN, &self.dice.chance());
        let mut twin = Counter::new(log, self.now, &mut self.dice, planted);
        twin.disk = copy;
        self.counters.push(twin);
        self.copies.push(Vec::new());
        let counter = self.counters.len() - 1;
        self.at(self.now, Event::Write { counter });
        self.poll_at(self.now, counter);
    }

    /// Nothing that a parked entry holds up: the rest must be there.
    fn is_something_late(&self) -> bool {
        let parked = |op: &Op| op.poison || self.hub.now.parked.contains_key(&op.entity);
        let held = self.counters.iter().flat_map(|counter| &counter.disk.logs);
        let mut held = held.flat_map(|rows| &rows.entries).map(|entry| entry.body);
        held.any(|op| !parked(&op) && !self.hub.now.effects.contains_key(&op.id))
    }

    fn judged(&self) -> Vec<Bad> {
        let effects = &self.hub.now.effects;
        let confirmed = self.counters.iter().flat_map(|counter| &counter.disk.confirmed);
        let mut confirmed = confirmed.copied();
        let twice = |(id, times): (&u64, &u32)| *times > 1 || id >> 63 == 1;
        let found = [
            (Bad::Lost, confirmed.any(|id| !effects.contains_key(&id))),
            (Bad::Doubled, effects.iter().any(twice)),
            (Bad::OutOfOrder, self.hub.now.is_out_of_order()),
            (Bad::Late, self.late),
            (Bad::Forgotten, self.ever.keys().any(|id| !effects.contains_key(id))),
        ];
        found.into_iter().filter(|(_, is)| *is).map(|(bad, _)| bad).collect()
    }
}
