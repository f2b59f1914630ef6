//! A counter server in the simulated weeks: its logs as rows would hold them, and
//! the program's duties around the core.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};

use super::dice::Dice;
use super::faults::Planted;
use crate::clock::Moment;
use crate::id::LogId;
use crate::sync::forwarder::{Forwarder, Log, Part, Told};
use crate::sync::message::{Answer, Entry, Hash, Link, Position, Watermark};
use crate::sync::{Incident, batch};

/// What a person confirmed once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    pub id: u64,
    pub entity: u32,
    /// The hub's version cannot make sense of it before it is upgraded.
    pub poison: bool,
}

/// Bytes of an entry, so that batches are cut.
const ENTRY_LEN: usize = 8 * 1024;

/// One log as it stands on the disk.
#[derive(Clone, Debug)]
pub struct Rows {
    pub known: Watermark,
    pub part: Part,
    pub entries: Vec<Entry<Op>>,
    beginning: Hash,
}

impl Rows {
    fn new(id: LogId, part: Part) -> Self {
        let beginning = hash(&(id, "beginning"));
        Self { known: Watermark::new(id, beginning), part, entries: Vec::new(), beginning }
    }

    pub fn id(&self) -> LogId {
        self.known.log
    }

    fn end(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.link.seq)
    }

    fn hash_at(&self, seq: u64) -> Option<Hash> {
        if seq == 0 {
            return Some(self.beginning);
        }
        let first = self.entries.first()?.link.seq;
        let at = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.entries.get(at).map(|entry| entry.link.hash)
    }

    fn write(&mut self, op: Op) {
        let seq = self.end() + 1;
        let before = self.entries.last().map_or(self.beginning, |entry| entry.link.hash);
        let hash = hash(&(before, seq, op.id));
        self.entries.push(Entry { link: Link { seq, before, hash }, body: op });
    }
}

/// Those of a log that are not before entry `first`.
pub fn from(entries: &[Entry<Op>], first: u64) -> &[Entry<Op>] {
    let before = entries.first().map_or(0, |entry| first.saturating_sub(entry.link.seq));
    &entries[usize::try_from(before).unwrap_or(usize::MAX).min(entries.len())..]
}

/// As good as a hash for what is compared here, and much quicker.
fn hash(of: &impl std::hash::Hash) -> Hash {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&hasher.finish().to_be_bytes());
    hash
}

/// What a disk holds; a restore brings an old one back.
#[derive(Clone, Debug)]
pub struct Disk {
    pub logs: Vec<Rows>,
    /// What was confirmed here, whatever became of the logs: for the oracle.
    pub confirmed: BTreeSet<u64>,
    pub incidents: BTreeSet<Incident>,
}

/// The machine: a disk, and a program that runs on it.
pub struct Counter {
    pub disk: Disk,
    pub forwarder: Forwarder,
    /// Counts the questions; an answer to an earlier one is not listened to.
    pub question: u64,
    pub is_asking: bool,
    /// The newest plan to look again.
    pub polls: u64,
    pub planted: Option<Planted>,
}

impl Counter {
    pub fn new(log: LogId, now_ms: u64, dice: &mut Dice, planted: Option<Planted>) -> Self {
        let logs = vec![Rows::new(log, Part::Open)];
        let disk = Disk { logs, confirmed: BTreeSet::new(), incidents: BTreeSet::new() };
        let forwarder = started(now_ms, dice);
        Self { disk, forwarder, question: 0, is_asking: false, polls: 0, planted }
    }

    /// The program ends and starts again.
    pub fn restart(&mut self, now_ms: u64, dice: &mut Dice) {
        self.forwarder = started(now_ms, dice);
        self.question += 1;
        self.is_asking = false;
    }

    pub fn write(&mut self, op: Op) {
        self.disk.confirmed.insert(op.id);
        self.open().write(op);
    }

    fn open(&mut self) -> &mut Rows {
        self.disk.logs.last_mut().expect("a counter has a log from the beginning on")
    }

    pub fn logs(&self) -> Vec<Log> {
        let log = |rows: &Rows| Log { known: rows.known, end: rows.end(), part: rows.part };
        self.disk.logs.iter().map(log).collect()
    }

    /// The entries of a batch.
    pub fn batch(&self, log: LogId, first: u64) -> Vec<Entry<Op>> {
        let Some(rows) = self.disk.logs.iter().find(|rows| rows.id() == log) else { return vec![] };
        let from = from(&rows.entries, first);
        from[..batch::cut(from.iter().map(|_| ENTRY_LEN), batch::ON_A_LINE)].to_vec()
    }

    /// Listens to an answer.
    pub fn heard(&mut self, now_ms: u64, dice: &mut Dice, answer: &Answer<Op>) {
        let logs = self.logs();
        let disk = &self.disk;
        let numbers_only = self.planted == Some(Planted::ComparesNumbersOnly);
        let hash_at = |log: LogId, seq: u64| {
            let hash = disk.logs.iter().find(|rows| rows.id() == log)?.hash_at(seq)?;
            match answer {
                Answer::Position(Position { upto: Some(upto), .. })
                    if numbers_only && upto.seq == seq =>
                {
                    Some(upto.hash)
                }
                _ => Some(hash),
            }
        };
        let told = self.forwarder.heard((now_ms, dice.roll()), &logs, hash_at, answer);
        self.do_as_told(told, answer, dice);
    }

    fn do_as_told(&mut self, told: Told, answer: &Answer<Op>, dice: &mut Dice) {
        match told {
            Told::Nothing => {}
            Told::Keep { known, incident } => {
                self.disk.incidents.extend(incident);
                self.keep(known);
            }
            Told::BeginAnew { log } => {
                self.disk.incidents.insert(Incident::CounterWentBack);
                self.begin_anew(log, dice);
            }
            Told::TakeOver { log } => {
                self.disk.incidents.insert(Incident::CounterWentBack);
                if let Some(at) = self.disk.logs.iter().position(|rows| rows.id() == log) {
                    let kept = self.disk.logs.remove(at);
                    kept.entries.into_iter().for_each(|entry| self.open().write(entry.body));
                    // What the hub has in its place is fetched anew. The open log stays last.
                    let again = Rows::new(log, Part::Kept { complete: false });
                    self.disk.logs.insert(0, again);
                }
            }
            Told::Held { log, take, complete } => {
                let rows = self.disk.logs.iter_mut().find(|rows| rows.id() == log);
                if let (Some(rows), Answer::Held(entries)) = (rows, answer) {
                    rows.entries.extend(entries.iter().filter(|_| take).cloned());
                    rows.part = Part::Kept { complete };
                    if let Some(last) = rows.entries.last() {
                        rows.known.acked = last.link.mark();
                    }
                }
            }
        }
    }

    fn keep(&mut self, known: Watermark) {
        let never_down = self.planted == Some(Planted::NeverGoesBack);
        let trims = self.planted == Some(Planted::TrimsWhatIsAcknowledged);
        if let Some(rows) = self.disk.logs.iter_mut().find(|rows| rows.id() == known.log) {
            if never_down && known.acked.seq < rows.known.acked.seq {
                return;
            }
            rows.known = known;
            if trims {
                rows.entries.retain(|entry| entry.link.seq >= known.acked.seq);
            }
        }
    }

    /// A new log, with everything of the old one under the same operation ids; of the
    /// old one the hub's version is kept from now on.
    pub fn begin_anew(&mut self, log: LogId, dice: &mut Dice) {
        let Some(at) = self.disk.logs.iter().position(|rows| rows.id() == log) else { return };
        let old = self.disk.logs.remove(at);
        let mut new = Rows::new(LogId::new(BEGAN, &dice.chance()), Part::Open);
        let mut kept = Rows::new(log, Part::Kept { complete: false });
        // What the hub acknowledged, both have: it is not fetched.
        let acked = old.known.acked;
        if old.hash_at(acked.seq) == Some(acked.hash) {
            kept.entries = old.entries.clone();
            kept.entries.retain(|entry| entry.link.seq <= acked.seq);
        }
        for Entry { body, .. } in old.entries {
            match self.planted {
                Some(Planted::TakesNothingOver) => {}
                Some(Planted::NewOperationIds) => {
                    new.write(Op { id: body.id | 1 << 63, ..body });
                }
                _ => new.write(body),
            }
        }
        if self.planted != Some(Planted::KeepsNothingOfTheHub) {
            self.disk.logs.push(kept);
        }
        self.disk.logs.push(new);
    }
}

/// Log ids need some time; it tells nothing here.
pub const BEGAN: Moment = time::macros::datetime!(2026-11-25 8:30 +9);

/// Seldom, so that a week is short.
pub const HEARTBEAT_MS: u64 = 60 * 60 * 1_000;

fn started(now_ms: u64, dice: &mut Dice) -> Forwarder {
    Forwarder::new(now_ms, HEARTBEAT_MS, dice.roll())
}
