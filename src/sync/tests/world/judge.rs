//! What the oracle looks at.

use super::*;

impl World {
    /// Two disasters between which the line was hardly up: what only one side had when the
    /// other was lost could not be brought to it before it was lost, too.
    fn struck_twice(&self) -> bool {
        self.disasters.windows(2).any(|two| two[1] - two[0] < APART)
    }

    /// Nothing that a parked entry holds up: the rest must be there.
    pub(super) fn is_something_late(&self) -> bool {
        let parked = |op: &Op| op.poison || self.hub.now.parked.contains_key(&op.entity);
        let held = self.counters.iter().flat_map(|counter| &counter.disk.logs);
        let mut held = held.flat_map(|rows| &rows.entries).map(|entry| entry.body);
        held.any(|op| !parked(&op) && !self.hub.now.effects.contains_key(&op.id))
    }

    pub(super) fn judged(&self) -> Vec<Bad> {
        let effects = &self.hub.now.effects;
        let confirmed = self.counters.iter().flat_map(|counter| &counter.disk.confirmed);
        let mut confirmed = confirmed.copied();
        let twice = |(id, times): (&u64, &u32)| *times > 1 || id >> 63 == 1;
        let found = [
            (Bad::Lost, confirmed.any(|id| !effects.contains_key(&id))),
            (Bad::Doubled, effects.iter().any(twice)),
            (Bad::OutOfOrder, self.hub.now.is_out_of_order()),
            (Bad::Late, self.late),
            (
                Bad::Forgotten,
                !self.struck_twice() && self.ever.keys().any(|id| !effects.contains_key(id)),
            ),
        ];
        found.into_iter().filter(|(_, is)| *is).map(|(bad, _)| bad).collect()
    }
}
