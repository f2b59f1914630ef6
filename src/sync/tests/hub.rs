//! The hub in the simulated weeks: what its database would hold.

use std::collections::{BTreeMap, VecDeque};

use super::counter::{Op, from};
use super::dice::Dice;
use super::faults::Planted;
use crate::id::LogId;
use crate::sync::message::{Entry, Hash, Incarnation, Mark, Position};
use crate::sync::{Receipt, batch, receive};

/// What a backup of the hub holds.
#[derive(Clone, Debug, Default)]
pub struct Database {
    logs: BTreeMap<LogId, Vec<Entry<Op>>>,
    /// How often each operation took effect.
    pub effects: BTreeMap<u64, u32>,
    /// In the order in which they took effect, with the log they came by.
    pub applied: Vec<(LogId, u64, Op)>,
    /// What waits behind an entry that makes no sense yet, by entity.
    pub parked: BTreeMap<u32, VecDeque<(LogId, u64, Op)>>,
    /// Every operation that was stored, parked or not.
    known: BTreeMap<u64, ()>,
}

pub struct Hub {
    pub now: Database,
    backup: Database,
    incarnation: Incarnation,
    pub upgraded: bool,
    pub planted: Option<Planted>,
}

impl Hub {
    pub fn new(planted: Option<Planted>) -> Self {
        let (now, backup) = (Database::default(), Database::default());
        Self { now, backup, incarnation: Incarnation([0; 16]), upgraded: false, planted }
    }

    pub fn back_up(&mut self) {
        self.backup = self.now.clone();
    }

    /// The newest backup is what there is from now on, in another life or in the same.
    pub fn restore(&mut self, is_new_life: bool, dice: &mut Dice) {
        self.now = self.backup.clone();
        if is_new_life {
            self.incarnation.0[..8].copy_from_slice(&dice.roll().to_be_bytes());
        }
        if self.upgraded {
            self.upgrade();
        }
    }

    pub fn position(&self, log: LogId) -> Position {
        let upto = self.now.logs.get(&log).and_then(|entries| entries.last());
        let upto = upto.map(|entry| entry.link.mark());
        let backed_up = self.backup.logs.get(&log).and_then(|entries| entries.last());
        let backed_up = backed_up.map_or(0, |entry| entry.link.seq);
        Position { upto, backed_up, hub: self.incarnation }
    }

    /// What is held of a log, from `first` on.
    pub fn held(&self, log: LogId, first: u64) -> Vec<Entry<Op>> {
        let entries = self.now.logs.get(&log).map(Vec::as_slice).unwrap_or_default();
        from(entries, first).iter().take(batch::ON_A_LINE.entries).cloned().collect()
    }

    /// Takes what follows on what is held, as one transaction.
    pub fn take(&mut self, log: LogId, entries: &[Entry<Op>]) {
        let held = self.now.logs.entry(log).or_default();
        let upto: Option<Mark> = held.last().map(|entry| entry.link.mark());
        let hash_at = |seq: u64| -> Option<Hash> {
            let at = usize::try_from(seq.checked_sub(1)?).ok()?;
            held.get(at).map(|entry| entry.link.hash)
        };
        let from = match self.planted {
            Some(Planted::TakesTwice) => 0,
            // The first that is higher than the highest, whatever lies between.
            Some(Planted::TakesAfterGaps) => {
                let highest = upto.map_or(0, |upto| upto.seq);
                entries.iter().filter(|entry| entry.link.seq <= highest).count()
            }
            _ => match receive(upto, hash_at, entries) {
                Receipt::Take { from } => from,
                Receipt::Gap | Receipt::Parted => return,
            },
        };
        let new = &entries[from.min(entries.len())..];
        let poisoned = |entry: &Entry<Op>| entry.body.poison && !self.upgraded;
        if self.planted == Some(Planted::PoisonBlocks) && new.iter().any(poisoned) {
            return;
        }
        self.now.logs.entry(log).or_default().extend(new.iter().cloned());
        new.iter().for_each(|entry| self.interpret(log, entry.link.seq, entry.body));
    }

    /// Stored first, interpreted second.
    fn interpret(&mut self, log: LogId, seq: u64, op: Op) {
        let seen = self.now.known.insert(op.id, ()).is_some();
        if seen && self.planted != Some(Planted::OperationsCountTwice) {
            return;
        }
        let waits = self.now.parked.contains_key(&op.entity)
            && self.planted != Some(Planted::OvertakesWhatIsParked);
        if waits || (op.poison && !self.upgraded) {
            self.now.parked.entry(op.entity).or_default().push_back((log, seq, op));
        } else {
            self.now.apply(log, seq, op);
        }
    }

    /// A version that understands everything.
    pub fn upgrade(&mut self) {
        self.upgraded = true;
        let parked = std::mem::take(&mut self.now.parked);
        if self.planted != Some(Planted::ForgetsWhatWasParked) {
            let all = parked.into_values().flatten();
            all.for_each(|(log, seq, op)| self.now.apply(log, seq, op));
        }
    }
}

impl Database {
    fn apply(&mut self, log: LogId, seq: u64, op: Op) {
        *self.effects.entry(op.id).or_default() += 1;
        self.applied.push((log, seq, op));
    }

    /// Whether any entity saw two entries of one log the wrong way round.
    pub fn is_out_of_order(&self) -> bool {
        let mut last: BTreeMap<(LogId, u32), u64> = BTreeMap::new();
        self.applied.iter().any(|(log, seq, op)| {
            last.insert((*log, op.entity), *seq).is_some_and(|before| before > *seq)
        })
    }
}
