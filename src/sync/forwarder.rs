//! What to say to the hub next, and what its answer means: the forwarder without
//! its line.
//!
//! One question is under way at a time. Every log is compared with the hub before
//! anything is sent of it, and again whenever another life of the hub answers; a
//! late or lost answer therefore costs a question and no entry. Nothing here need
//! survive a restart.

use std::collections::BTreeMap;

use super::course::{Course, Incident, course};
use super::message::{Answer, Entry, Hash, Incarnation, Mark, Position, Watermark};
use super::pause;
use super::receive::{Receipt, receive};
use crate::id::LogId;

/// A log as the counter holds it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    pub known: Watermark,
    /// The newest entry.
    pub end: u64,
    pub part: Part,
}

/// What a log is to the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is written to.
    Open,
    /// The hub's version of a log that could not be gone on with, kept so that the
    /// hub can be given it back.
    Kept {
        /// Whether all of it was fetched.
        complete: bool,
    },
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing before this, unless something is written.
    Wait { until_ms: u64 },
    /// Ask where the hub stands with this log.
    Hello { log: LogId },
    /// Send entries from `first` on, as many as [`super::batch::cut`] allows.
    Send { log: LogId, first: u64 },
    /// Ask for what the hub holds of this log, from `first` on.
    Fetch { log: LogId, first: u64 },
}

/// What the counter does with an answer, in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing is to be written down.
    Nothing,
    /// The hub's position moved, or somebody must be told.
    Keep { known: Watermark, incident: Option<Incident> },
    /// Begin a new log that names this one as its parent and takes over everything
    /// in it under the same operation ids; fetch and keep the hub's version.
    BeginAnew { log: LogId },
    /// The hub has another version of a kept log than the one it gave us: what is
    /// kept goes into the open log, under the same operation ids.
    TakeOver { log: LogId },
    /// Append what the hub holds to the kept log, if `take`; with `complete` there is
    /// no more.
    Held { log: LogId, take: bool, complete: bool },
}

/// Says what to do next.
#[derive(Clone, Debug)]
pub struct Forwarder {
    /// The hub hears from the counter at least this often.
    heartbeat_ms: u64,
    /// No question before this.
    due_ms: u64,
    failures: u32,
    heard_ms: Option<u64>,
    hub: Option<Incarnation>,
    compared: BTreeMap<LogId, Incarnation>,
    /// The log that was asked about, and whether entries of it were sent.
    asked: Option<(LogId, bool)>,
}

impl Forwarder {
    /// Of a counter that starts at `now_ms`; `draw` is random.
    pub fn new(now_ms: u64, heartbeat_ms: u64, draw: u64) -> Self {
        Self {
            heartbeat_ms,
            due_ms: now_ms + pause::at_start(draw),
            failures: 0,
            heard_ms: None,
            hub: None,
            compared: BTreeMap::new(),
            asked: None,
        }
    }

    /// What to do at `now_ms`; the newest of `logs` is the open one. To be asked
    /// again after every entry that was written.
    pub fn next(&mut self, now_ms: u64, logs: &[Log]) -> Next {
        if now_ms < self.due_ms {
            return Next::Wait { until_ms: self.due_ms };
        }
        let next = self.wanted(now_ms, logs);
        self.asked = match next {
            Next::Wait { .. } => None,
            Next::Send { log, .. } => Some((log, true)),
            Next::Hello { log } | Next::Fetch { log, .. } => Some((log, false)),
        };
        next
    }

    /// Somebody asks for it: no pause before the next question.
    pub fn hurry(&mut self) {
        self.due_ms = 0;
        self.heard_ms = None;
    }

    fn wanted(&self, now_ms: u64, logs: &[Log]) -> Next {
        let hello = |log: &Log| Next::Hello { log: log.known.log };
        // First what only the hub has: what this counter has besides is worked out of it,
        // and what was written later goes on from that.
        if let Some(log) = logs.iter().find(|log| log.part == Part::Kept { complete: false }) {
            return Next::Fetch { log: log.known.log, first: log.end + 1 };
        }
        let to_compare = |log: &&Log| {
            let compared = self.compared.get(&log.known.log);
            compared.is_none() || compared != self.hub.as_ref()
        };
        if let Some(log) = logs.iter().find(to_compare) {
            return hello(log);
        }
        if let Some(log) = logs.iter().find(|log| log.end > log.known.acked.seq) {
            return Next::Send { log: log.known.log, first: log.known.acked.seq + 1 };
        }
        let until_ms = self.heard_ms.map_or(0, |heard| heard + self.heartbeat_ms);
        match logs.last() {
            Some(open) if until_ms <= now_ms => hello(open),
            Some(_) => Next::Wait { until_ms },
            None => Next::Wait { until_ms: now_ms + self.heartbeat_ms },
        }
    }

    /// What the answer to the last question means. `hash_at` answers for the entries
    /// that are held, and for 0 with what a log's first entry hangs on; `draw` is
    /// random.
    pub fn heard<B>(
        &mut self,
        (now_ms, draw): (u64, u64),
        logs: &[Log],
        hash_at: impl Fn(LogId, u64) -> Option<Hash>,
        answer: &Answer<B>,
    ) -> Told {
        let Some((asked, sent)) = self.asked.take() else { return Told::Nothing };
        let Some(log) = logs.iter().find(|log| log.known.log == asked) else {
            return Told::Nothing;
        };
        let hash_at = |seq| hash_at(asked, seq);
        match answer {
            Answer::Nothing => self.pause((now_ms, draw), None),
            Answer::Busy { retry_after_ms } => self.pause((now_ms, draw), *retry_after_ms),
            Answer::Held(entries) => {
                self.well(now_ms);
                return held(log, hash_at, entries);
            }
            Answer::Position(position) => {
                // A hub that answers, takes nothing and says nothing new is not asked
                // without a pause.
                let upto = position.upto.map_or(0, |upto| upto.seq);
                match sent && upto == log.known.acked.seq {
                    true => self.pause((now_ms, draw), None),
                    false => self.well(now_ms),
                }
                return self.stands(log, hash_at, position);
            }
        }
        Told::Nothing
    }

    fn well(&mut self, now_ms: u64) {
        (self.failures, self.heard_ms) = (0, Some(now_ms));
    }

    fn pause(&mut self, (now_ms, draw): (u64, u64), retry_after_ms: Option<u64>) {
        self.failures = self.failures.saturating_add(1);
        self.due_ms = now_ms + pause::after(self.failures, retry_after_ms, draw);
    }

    fn stands(
        &mut self,
        log: &Log,
        hash_at: impl Fn(u64) -> Option<Hash>,
        position: &Position,
    ) -> Told {
        self.hub = Some(position.hub);
        let id = log.known.log;
        match course(&log.known, hash_at, position) {
            Course::Go { acked, incident } => {
                // A hub that holds less of one log than in the same life before may hold less
                // of every other. In another life all are compared anyway.
                let is_same_life = self.compared.get(&id) == Some(&position.hub);
                if incident == Some(Incident::HubWentBack) && is_same_life {
                    self.compared.clear();
                }
                self.compared.insert(id, position.hub);
                let (hub, backed_up) = (Some(position.hub), position.backed_up);
                let known = Watermark { acked, hub, backed_up, ..log.known };
                if known == log.known { Told::Nothing } else { Told::Keep { known, incident } }
            }
            Course::BeginAnew if log.part == Part::Open => Told::BeginAnew { log: id },
            Course::BeginAnew => Told::TakeOver { log: id },
        }
    }
}

/// What a kept log takes of what the hub holds of it.
fn held<B>(log: &Log, hash_at: impl Fn(u64) -> Option<Hash>, entries: &[Entry<B>]) -> Told {
    let end = Mark { seq: log.end, hash: hash_at(log.end).unwrap_or_default() };
    let upto = (log.end > 0).then_some(end);
    let fits = receive(upto, hash_at, entries) == Receipt::Take { from: 0 };
    // What does not follow is of another life of the hub: what is kept is compared.
    let take = fits && !entries.is_empty();
    Told::Held { log: log.known.log, take, complete: !take }
}
