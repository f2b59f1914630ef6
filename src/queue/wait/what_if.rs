//! "Counter 3 opened now: how much shorter would everybody wait?" The same roll
//! forward, of a hall in which something was changed; with the same seed everybody
//! has the same luck in both, so that the difference is that of the change.

use super::hall::{Break, Counter, Doing, Hall, Key, Lane, LaneSet, Second, Service, Waiting};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A counter opens at a moment, for these lanes.
    Open { counter: u32, lanes: LaneSet, at: Second },
    /// A counter calls nobody from a moment on.
    Close { counter: u32, at: Second },
    /// A counter takes a break.
    Break { counter: u32, at: Second, secs: u32 },
    /// A counter calls other lanes.
    Lanes { counter: u32, lanes: LaneSet },
    /// Somebody came now.
    Arrival { ticket: Key, lane: Lane, service: Service },
}

impl Hall {
    /// This hall, with something changed. A counter that does not exist changes
    /// nothing, unless it is opened.
    #[must_use]
    pub fn with(&self, change: &Change) -> Hall {
        let mut hall = self.clone();
        match *change {
            Change::Open { counter, lanes, at } => hall.open(counter, lanes, at),
            Change::Close { counter, at } => {
                hall.change(counter, |counter| counter.closes = Some(at));
            }
            Change::Break { counter, at, secs } => hall.change(counter, |counter| {
                counter.breaks.push(Break { from: at, secs });
                counter.breaks.sort_by_key(|pause| pause.from);
            }),
            Change::Lanes { counter, lanes } => {
                hall.change(counter, |counter| counter.lanes = lanes);
            }
            Change::Arrival { ticket, lane, service } => hall.waiting.push(Waiting {
                ticket,
                lane,
                service,
                issued: self.now,
                effective: self.now,
                credited: false,
                wants: None,
            }),
        }
        hall
    }

    fn change(&mut self, number: u32, change: impl Fn(&mut Counter)) {
        self.counters.iter_mut().filter(|counter| counter.number == number).for_each(change);
    }

    fn open(&mut self, number: u32, lanes: LaneSet, at: Second) {
        let doing = Doing::Closed { since: self.now, until: Some(at) };
        match self.counters.iter_mut().find(|counter| counter.number == number) {
            Some(counter) => {
                counter.lanes = lanes;
                counter.closes = None;
                if matches!(counter.doing, Doing::Closed { .. }) {
                    counter.doing = doing;
                }
            }
            None => {
                self.counters.push(Counter {
                    number,
                    lanes,
                    doing,
                    breaks: Vec::new(),
                    closes: None,
                    credited_in_a_row: 0,
                });
            }
        }
    }
}
