//! A clerk of the town: opens the counter, calls, serves, has a break, goes on.

use std::time::Duration;

use super::{Town, Waits, about, done};
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::StaffId;
use crate::journal::{Actor, Journal};
use crate::queue::duty::{self, Pause};
use crate::queue::state::Action;
use crate::queue::ticket::Reason;
use crate::queue::{self, Act, Desk, Error, Lane};

/// Seconds until somebody who was called stands there, until nobody is waited for any
/// more, and what is left to do when somebody has gone.
const WALK_SECS: u64 = 25;
const LOST_SECS: u64 = 80;
const TIDY_SECS: u64 = 25;
/// However much of it is shown as the way to the counter, so much is left of serving.
const SERVED_MIN: Duration = Duration::from_secs(30);
/// A person sits there: the clerk looks again after so long.
const AWAY: Duration = Duration::from_secs(600);
/// Who missed a call comes back after about so long, if at all.
const BACK_SECS: u64 = 480;
const COMES_BACK: f32 = 0.6;
/// The first break, so long after the office opened, and the next clerk's after it.
const BREAK_AFTER: Duration = Duration::from_secs(3 * 3600 + 600);
const BREAK: Duration = Duration::from_secs(40 * 60);

/// What a clerk does.
#[derive(Clone, Debug)]
enum Doing {
    Away {
        until: Moment,
    },
    Free {
        since: Moment,
    },
    Called {
        waits: Waits,
        until: Moment,
    },
    Serving {
        waits: Waits,
        until: Moment,
    },
    Resting {
        until: Moment,
    },
    /// The day is over.
    Gone,
}

/// One clerk at one counter.
#[derive(Clone, Debug)]
pub(super) struct Clerk {
    staff: StaffId,
    counter: u32,
    pub lanes: Vec<String>,
    doing: Doing,
    /// When the break begins that is still ahead.
    rest: Option<Moment>,
}

impl Clerk {
    pub fn new(staff: StaffId, counter: u32, lanes: Vec<String>, now: Moment) -> Self {
        Self { staff, counter, lanes, doing: Doing::Away { until: now }, rest: None }
    }

    /// A day begins; who is relieved by a colleague has a break, the `turn`th one.
    pub fn begin(&mut self, opens: Moment, turn: Option<usize>) {
        self.doing = Doing::Away { until: opens };
        let after = |turn| u32::try_from(turn).ok().map(|turn| opens + BREAK_AFTER + BREAK * turn);
        self.rest = turn.and_then(after);
    }

    /// How much of this clerk a lane can count on.
    pub fn share_of(&self, lane: &str, numbered: &[Lane]) -> f64 {
        let own = self.lanes.iter().filter(|own| numbered.iter().any(|lane| lane.id == **own));
        match self.lanes.iter().any(|own| own == lane) {
            true => 1.0 / own.count().max(1) as f64,
            false => 0.0,
        }
    }

    /// When the clerk's present doing ends; one who is free has been so since then.
    pub fn until(&self) -> Option<Moment> {
        match &self.doing {
            Doing::Away { until } | Doing::Resting { until } => Some(*until),
            Doing::Called { until, .. } | Doing::Serving { until, .. } => Some(*until),
            Doing::Free { since } => Some(*since),
            Doing::Gone => None,
        }
    }

    pub fn is_free(&self) -> bool {
        matches!(self.doing, Doing::Free { .. })
    }

    pub fn rests_at(&self, at: Moment) -> bool {
        self.rest.is_some_and(|rest| rest <= at)
    }
}

impl Town {
    /// A clerk does what is due.
    pub(super) fn work(
        &mut self,
        tx: &Tx<'_>,
        journal: &Journal,
        at: usize,
    ) -> Result<bool, Error> {
        let (now, clerk) = (journal.now(), self.clerks[at].clone());
        let (staff, counter, from) = (clerk.staff, clerk.counter, self.from(&clerk, now));
        let op = journal.op();
        match clerk.doing {
            Doing::Gone => Ok(false),
            Doing::Away { .. } => {
                let opened = duty::open(tx, journal, op, staff, counter, false);
                self.if_there(at, now, opened, Doing::Free { since: now })
            }
            Doing::Resting { .. } => {
                let back = duty::pause(tx, journal, op, (staff, counter), None);
                self.if_there(at, now, back, Doing::Free { since: now })
            }
            Doing::Free { .. } if clerk.rests_at(now) => {
                self.clerks[at].rest = None;
                let rest = duty::pause(tx, journal, op, (staff, counter), Some(Pause::Break));
                self.if_there(at, now, rest, Doing::Resting { until: from + BREAK })
            }
            Doing::Free { .. } => match self.next_for(&clerk) {
                Some(next) => self.call(tx, journal, (at, from), next),
                None if now >= self.closes => {
                    let closed = duty::close(tx, journal, op, staff, counter);
                    self.if_there(at, now, closed, Doing::Gone)
                }
                None => Ok(false),
            },
            Doing::Called { waits, .. } if waits.errand.absent => {
                let act = Act::of_clerk(Action::MarkAbsent, counter, staff, now);
                let marked = queue::act(tx, journal, (op, Actor::Staff(staff)), waits.ticket, act);
                if marked.is_ok() && self.rng.unit() < COMES_BACK {
                    self.comes_back(now, waits);
                }
                self.if_there(at, now, marked, Doing::Free { since: from })
            }
            Doing::Called { waits, .. } => {
                let act = Act::of_clerk(Action::Serve, counter, staff, now);
                let served = queue::act(tx, journal, (op, Actor::Staff(staff)), waits.ticket, act);
                let until = from + waits.errand.served;
                self.if_there(at, now, served, Doing::Serving { waits, until })
            }
            Doing::Serving { waits, .. } => self.finish(tx, journal, (at, from), waits),
        }
    }

    /// Of who was called in vain.
    fn comes_back(&mut self, now: Moment, mut waits: Waits) {
        waits.errand.absent = false;
        let back = now + about(&mut self.rng, BACK_SECS);
        self.back.push((back, waits));
    }

    /// Calls the town's `next`, and gives a reason where somebody else would be first:
    /// them a person calls.
    fn call(
        &mut self,
        tx: &Tx<'_>,
        journal: &Journal,
        (at, from): (usize, Moment),
        next: usize,
    ) -> Result<bool, Error> {
        let (now, mut waits) = (journal.now(), self.waiting.remove(next));
        let clerk = &self.clerks[at];
        let (staff, counter) = (clerk.staff, clerk.counter);
        let desk = Desk { staff, counter, lanes: &self.called_by, rules: self.rules };
        let call =
            |reason| queue::call_this(tx, journal, journal.op(), &desk, (waits.ticket, reason));
        let called = match call(None) {
            Err(Error::OutOfTurn) => call(Some(Reason::Other)),
            called => called,
        };
        let secs = if waits.errand.absent { LOST_SECS } else { WALK_SECS };
        let walk = about(&mut self.rng, secs);
        let until = from + walk.max(self.walk);
        match called {
            // Somebody sits there who was not done: the town waits for its turn.
            Err(Error::CounterBusy(_) | Error::Paused | Error::NotOnDuty) => {
                self.waiting.insert(next, waits);
                self.clerks[at].doing = Doing::Away { until: now + AWAY };
                Ok(true)
            }
            Ok(_) => {
                let longer = self.walk.saturating_sub(walk);
                let served = waits.errand.served.saturating_sub(longer);
                waits.errand.served = served.max(waits.errand.served.min(SERVED_MIN));
                self.if_there(at, now, called, Doing::Called { waits, until })
            }
            // A person called it, or it has gone: the next one is looked for.
            Err(refused) => done::<()>(Err(refused)),
        }
    }

    fn finish(
        &mut self,
        tx: &Tx<'_>,
        journal: &Journal,
        (at, from): (usize, Moment),
        waits: Waits,
    ) -> Result<bool, Error> {
        let (now, clerk) = (journal.now(), &self.clerks[at]);
        let action = if waits.errand.on_to.is_some() { Action::HandOver } else { Action::Finish };
        let lane = waits.errand.on_to.map(|lane| self.lanes[lane].id.clone());
        let act = Act { lane, ..Act::of_clerk(action, clerk.counter, clerk.staff, now) };
        let op = (journal.op(), Actor::Staff(clerk.staff));
        let ended = queue::act(tx, journal, op, waits.ticket, act);
        if let (Ok(_), Some(lane)) = (&ended, waits.errand.on_to) {
            let mut errand = waits.errand;
            (errand.on_to, errand.absent) = (None, false);
            (errand.served, errand.patience) = (errand.served / 2, None);
            self.waiting.push(Waits { lane, since: now, errand, ..waits });
        }
        let since = from + about(&mut self.rng, TIDY_SECS);
        self.if_there(at, now, ended, Doing::Free { since })
    }

    /// What the clerk does from now on; a person who took the counter over has it, and
    /// the clerk looks again later.
    fn if_there<T>(
        &mut self,
        at: usize,
        now: Moment,
        result: Result<T, Error>,
        doing: Doing,
    ) -> Result<bool, Error> {
        let there = result.is_ok();
        self.clerks[at].doing = if there { doing } else { Doing::Away { until: now + AWAY } };
        done(result)
    }
}
