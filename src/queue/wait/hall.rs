//! The hall at one moment: who waits, and what each counter does. Plain values that
//! anyone may fill, from events or from a table; times are whole seconds of any one
//! clock.

use std::collections::BTreeMap;

/// Seconds since the epoch.
pub type Second = i64;

/// Whose wait it is. What it stands for only the caller knows.
pub type Key = u64;

/// A lane of the queue, as a small number. More than [`LaneSet::MOST`] lanes cannot
/// be told apart; a counter never calls those beyond.
pub type Lane = u8;

/// What is done at the counter, as an index of the durations that were learned.
pub type Service = u16;

/// The lanes that a counter calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneSet(pub u64);

impl LaneSet {
    /// How many lanes a set tells apart.
    pub const MOST: u32 = u64::BITS;
    /// Every lane.
    pub const ALL: LaneSet = LaneSet(u64::MAX);

    /// With one lane more.
    pub fn with(self, lane: Lane) -> Self {
        Self(self.0 | 1u64.checked_shl(lane.into()).unwrap_or(0))
    }

    /// A counter with these lanes calls `lane`.
    pub fn has(self, lane: Lane) -> bool {
        self.0 & 1u64.checked_shl(lane.into()).unwrap_or(0) != 0
    }
}

impl FromIterator<Lane> for LaneSet {
    fn from_iter<I: IntoIterator<Item = Lane>>(lanes: I) -> Self {
        lanes.into_iter().fold(Self::default(), Self::with)
    }
}

/// The hall as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hall {
    pub now: Second,
    pub counters: Vec<Counter>,
    /// In the order in which they were issued.
    pub waiting: Vec<Waiting>,
    /// Appointments of people who are not here yet.
    pub booked: Vec<Booking>,
    /// At most so many in a row who overtake others, at one counter.
    pub credited_in_a_row_max: Option<u32>,
    /// When the office closes: whoever is away from a counter until then comes back
    /// on another day.
    pub closes: Option<Second>,
}

/// Somebody waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub ticket: Key,
    pub lane: Lane,
    pub service: Service,
    pub issued: Second,
    /// The place in the order: the earlier is called first. Arrival less the credit
    /// of the class, or the slot of an appointment.
    pub effective: Second,
    /// Goes by a credit or an appointment, so that others are overtaken.
    pub credited: bool,
}

/// An appointment that has not checked in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub ticket: Key,
    pub lane: Lane,
    pub service: Service,
    pub slot: Second,
    /// Its place in the order once it has checked in.
    pub effective: Second,
}

/// A counter.
#[derive(Clone, Debug, PartialEq)]
pub struct Counter {
    pub number: u32,
    pub lanes: LaneSet,
    pub doing: Doing,
    /// Planned absences that are still ahead, earliest first.
    pub breaks: Vec<Break>,
    /// From when on it calls nobody.
    pub closes: Option<Second>,
    /// How many it called last, one after the other, who overtook others.
    pub credited_in_a_row: u32,
}

/// Begins once the counter is free, and then has its full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub from: Second,
    pub secs: u32,
}

/// What a counter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Free {
        /// Since the last one left; [`Second::MIN`] when there was none.
        since: Second,
        /// Since when somebody it could call has been waiting without a pause.
        wanted: Option<Second>,
    },
    Serving {
        service: Service,
        /// Since the call.
        since: Second,
        /// The person stands there.
        arrived: bool,
        /// How long they had waited.
        waited: u32,
    },
    Closed {
        since: Second,
        until: Option<Second>,
    },
}

/// When one ticket will be called, in seconds from now: one in ten earlier than
/// `p10_s`, half by `p50_s`, nine in ten by `p90_s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    pub p10_s: u32,
    pub p50_s: u32,
    pub p90_s: u32,
}

/// The waits of one batch. A ticket that no open counter will call has none.
pub type Waits = BTreeMap<Key, Wait>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_beyond_the_last_is_called_by_nobody() {
        let lanes: LaneSet = [0, 3, 63, 64, 255].into_iter().collect();
        assert!(lanes.has(0) && lanes.has(3) && lanes.has(63) && !lanes.has(1));
        assert!(!lanes.has(64) && !LaneSet::ALL.has(255));
    }
}
