//! The invented town's busy day: people who draw numbers and clerks who call them,
//! through the same acts as everybody else, so that the demonstration is full of life.
//!
//! It decides one deed after the other and does each in a transaction of its own, at
//! the moment it is due. It never calls whoever somebody else gave a number to, sits at
//! no counter where a person sits, and leaves one counter free for whoever tries it out.
//! Its people are numbers; it knows no names and no visits.

mod clerk;
pub mod past;
pub mod plan;

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Moment;
use crate::config::Config;
use crate::db::Tx;
use crate::id::{StaffId, TicketId};
use crate::journal::{Actor, Journal};
use crate::queue::order::{Class, Rules};
use crate::queue::state::{Action, Who};
use crate::queue::wait::rng::Rng;
use crate::queue::{self, Act, Error, LanesOf, NewTicket};

use clerk::Clerk;
use plan::{Errand, Offer};

/// A number that stands on the display so long is noticed by whoever looks on.
const SEEN: Duration = Duration::from_secs(2);

/// A machine that was busy elsewhere is made up for: what was due a while ago is followed
/// as if it had been done in time.
const LATE_MAX: Duration = Duration::from_secs(5 * 60);

/// Somebody of the town who waits.
#[derive(Clone, Debug)]
struct Waits {
    ticket: TicketId,
    /// The lane it waits in now; another than the errand's once it was handed over.
    lane: usize,
    since: Moment,
    errand: Errand,
}

/// The people of one day, and the clerks.
pub struct Town {
    lanes: Vec<queue::Lane>,
    offers: Vec<Offer>,
    rules: Rules,
    clerks: Vec<Clerk>,
    called_by: LanesOf,
    coming: VecDeque<Errand>,
    waiting: Vec<Waits>,
    /// Who missed their call and comes back.
    back: Vec<(Moment, Waits)>,
    closes: Moment,
    /// So long somebody who was called is on their way at least.
    walk: Duration,
    rng: Rng,
}

/// The counters the town's clerks sit at: all but the last one whose lanes another
/// counter calls, too.
pub fn counters(config: &Config) -> Vec<u32> {
    let lanes = |number: u32| config.counter(number).map(|counter| config.lanes_of(counter));
    let all: Vec<u32> = config.counters.iter().map(|counter| counter.number).collect();
    let shared = |number: &&u32| {
        let others = all.iter().filter(|other| other != number).filter_map(|other| lanes(*other));
        let others: Vec<String> = others.flatten().collect();
        lanes(**number).is_some_and(|own| own.iter().all(|lane| others.contains(lane)))
    };
    let free = all.iter().rev().find(shared).copied();
    all.iter().copied().filter(|number| Some(*number) != free).collect()
}

impl Town {
    /// The town of a configuration, with a clerk at each of its [`counters`]. Nobody
    /// comes before [`Town::begin`].
    pub fn new(config: &Config, staff: &[StaffId], now: Moment, seed: u64) -> Self {
        let lanes: Vec<queue::Lane> =
            config.lanes.iter().filter_map(crate::config::Lane::numbered).collect();
        let counters = counters(config);
        let clerk = |(number, staff): (&u32, &StaffId)| {
            let own = config.counter(*number).map(|counter| config.lanes_of(counter));
            Clerk::new(*staff, *number, own.unwrap_or_default(), now)
        };
        let clerks: Vec<Clerk> = counters.iter().zip(staff).map(clerk).collect();
        let offer = |lane: &queue::Lane| Offer {
            minutes: config.lane(&lane.id).map_or(10, |lane| lane.minutes),
            counters: clerks.iter().map(|clerk| clerk.share_of(&lane.id, &lanes)).sum(),
        };
        let offers = lanes.iter().map(offer).collect();
        Self {
            offers,
            lanes,
            rules: config.site.queue.order(),
            clerks,
            called_by: config.lanes_of_counters(),
            coming: VecDeque::new(),
            waiting: Vec::new(),
            back: Vec::new(),
            closes: now,
            walk: Duration::ZERO,
            rng: Rng::new(seed),
        }
    }

    /// The day is looked at `speed` times as fast: whoever is called stands on the
    /// display long enough to be seen, and is served the quicker for it.
    pub fn seen_at(self, speed: u32) -> Self {
        let walk = if speed > 1 { SEEN * speed } else { Duration::ZERO };
        Self { walk, ..self }
    }

    /// A day begins. `busy` is how it compares with an ordinary one.
    pub fn begin(&mut self, [opens, closes]: [Moment; 2], busy: f64) {
        let seed = self.rng.bits();
        self.coming = plan::errands(&self.offers, [opens, closes], busy, seed).into();
        self.waiting.clear();
        self.back.clear();
        self.closes = closes;
        let lanes: Vec<Vec<String>> = self.clerks.iter().map(|clerk| clerk.lanes.clone()).collect();
        for (at, clerk) in self.clerks.iter_mut().enumerate() {
            let covered = |(other, lanes): (usize, &Vec<String>)| {
                other != at && clerk.lanes.iter().all(|lane| lanes.contains(lane))
            };
            let covered = lanes.iter().enumerate().any(covered);
            clerk.begin(opens, covered.then_some(at));
        }
    }

    /// Begins the next working day where nothing is due any more: a demonstration that is
    /// left running over night is full of life in the morning.
    pub fn go_on(&mut self, now: Moment) {
        if self.due().is_none() {
            self.begin(past::next_hours(now), 1.0);
        }
    }

    /// When something is due next.
    pub fn due(&self) -> Option<Moment> {
        let comes = self.coming.front().map(|errand| errand.at);
        let back = self.back.iter().map(|(at, _)| *at).min();
        let leaves = self.waiting.iter().filter_map(Waits::leaves).min();
        let clerks = self.clerks.iter().filter_map(|clerk| self.clerk_due(clerk)).min();
        [comes, back, leaves, clerks].into_iter().flatten().min()
    }

    /// Does what is due first, if it is due. Whether anything was done.
    ///
    /// # Errors
    /// Faults of storage. What the rules refuse, because a person was faster, the town
    /// takes as it is.
    pub fn step(&mut self, tx: &Tx<'_>, journal: &Journal) -> Result<bool, Error> {
        let now = journal.now();
        if self.coming.front().is_some_and(|errand| errand.at <= now) {
            let errand = self.coming.pop_front();
            return errand.map_or(Ok(false), |errand| self.arrive(tx, journal, errand));
        }
        if let Some(at) = self.back.iter().position(|(at, _)| *at <= now) {
            let (_, waits) = self.back.remove(at);
            return self.come_back(tx, journal, waits);
        }
        let impatient = |waits: &Waits| waits.leaves().is_some_and(|leaves| leaves <= now);
        if let Some(at) = self.waiting.iter().position(impatient) {
            let ticket = self.waiting.remove(at).ticket;
            let act = Act::new(Action::Leave, Who::Resident, now);
            return done(queue::act(tx, journal, (journal.op(), Actor::System), ticket, act));
        }
        let due = |clerk: &Clerk| self.clerk_due(clerk).is_some_and(|due| due <= now);
        match self.clerks.iter().position(due) {
            Some(clerk) => self.work(tx, journal, clerk),
            None => Ok(false),
        }
    }

    fn arrive(&mut self, tx: &Tx<'_>, journal: &Journal, errand: Errand) -> Result<bool, Error> {
        let lane = &self.lanes[errand.lane];
        let class = if errand.priority { Class::Priority } else { Class::Ordinary };
        let new = NewTicket { visit: None, lane, plan: Vec::new(), class, slot: None };
        match queue::issue(tx, journal, (journal.op(), Actor::System), new) {
            Ok(ticket) => {
                let (lane, since) = (errand.lane, ticket.arrived);
                self.waiting.push(Waits { ticket: ticket.id, lane, since, errand });
                Ok(true)
            }
            Err(refused) => done::<()>(Err(refused)),
        }
    }

    fn come_back(&mut self, tx: &Tx<'_>, journal: &Journal, waits: Waits) -> Result<bool, Error> {
        let act = Act::new(Action::Return, Who::Resident, journal.now());
        let op = (journal.op(), Actor::System);
        match queue::act(tx, journal, op, waits.ticket, act) {
            Ok(_) => {
                self.waiting.push(Waits { since: journal.now(), ..waits });
                Ok(true)
            }
            Err(refused) => done::<()>(Err(refused)),
        }
    }

    /// Somebody of the town whom this clerk could call, the first by the town's order.
    fn next_for(&self, clerk: &Clerk) -> Option<usize> {
        let effective = |waits: &Waits| match waits.errand.priority {
            true => waits.errand.at - self.rules.priority_credit,
            false => waits.errand.at,
        };
        let can = |(_, waits): &(usize, &Waits)| clerk.lanes.contains(&self.lanes[waits.lane].id);
        let own = self.waiting.iter().enumerate().filter(can);
        own.min_by_key(|(_, waits)| effective(waits)).map(|(at, _)| at)
    }

    /// When what a clerk does now was due: from then on the next thing is reckoned, or a
    /// busy machine would make the town's day longer with every deed.
    fn from(&self, clerk: &Clerk, now: Moment) -> Moment {
        self.clerk_due(clerk).unwrap_or(now).clamp(now - LATE_MAX, now)
    }

    /// When a clerk does something next. One who is free does so when somebody waits.
    fn clerk_due(&self, clerk: &Clerk) -> Option<Moment> {
        let until = clerk.until()?;
        if !clerk.is_free() || clerk.rests_at(until) {
            return Some(until);
        }
        match self.next_for(clerk) {
            Some(next) => Some(until.max(self.waiting[next].since)),
            // At the end of the day the counter closes.
            None if self.coming.is_empty() => Some(until.max(self.closes)),
            None => None,
        }
    }
}

impl Waits {
    fn leaves(&self) -> Option<Moment> {
        self.errand.patience.map(|patience| self.since + patience)
    }
}

/// What was refused was done by somebody else in between.
fn done<T>(result: Result<T, Error>) -> Result<bool, Error> {
    match result {
        Ok(_) => Ok(true),
        Err(error @ (Error::Db(_) | Error::Journal(_))) => Err(error),
        Err(refused) => {
            tracing::debug!(%refused, "the town was refused");
            Ok(true)
        }
    }
}

/// A share of a time, from half of it to one and a half.
fn about(rng: &mut Rng, secs: u64) -> Duration {
    Duration::from_secs(secs).mul_f32(0.5 + rng.unit())
}

#[cfg(test)]
mod tests;
