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
    /// When each lane closes, as far as it is known: whoever is away until all the lanes
    /// of their counter have closed comes back on another day.
    pub closes: Vec<Option<Second>>,
}

impl Hall {
    /// When the last lane of a counter closes; `None` where one of them may not.
    pub fn closes_for(&self, lanes: LaneSet) -> Option<Second> {
        let own = (0..).zip(&self.closes).filter(|(lane, _)| lanes.has(*lane));
        own.map(|(_, closes)| *closes).reduce(|one, other| Some(one?.max(other?))).flatten()
    }
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
    /// The counter that is to go on with them. As long as it is there and calls, no
    /// other calls them.
    pub wants: Option<u32>,
}

impl Waiting {
    /// Whether a counter that calls this lane calls them, too; `calls` says whether
    /// another counter is there and calls.
    pub fn is_for(&self, counter: u32, calls: impl Fn(u32) -> bool) -> bool {
        self.wants.is_none_or(|wants| wants == counter || !calls(wants))
    }
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

impl Counter {
    /// Whether it is there and calls, now or once it is free.
    pub fn is_there(&self) -> bool {
        !matches!(self.doing, Doing::Closed { .. })
    }
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
    fn a_counter_ends_with_the_last_of_its_lanes_and_never_where_one_has_no_end() {
        let hall = Hall { closes: vec![Some(12), Some(17), None], ..Hall::default() };
        let closes = |lanes: &[Lane]| hall.closes_for(lanes.iter().copied().collect());
        assert_eq!([closes(&[0]), closes(&[0, 1]), closes(&[1])], [Some(12), Some(17), Some(17)]);
        assert_eq!([closes(&[0, 2]), closes(&[3]), closes(&[])], [None; 3]);
    }

    #[test]
    fn a_lane_beyond_the_last_is_called_by_nobody() {
        let lanes: LaneSet = [0, 3, 63, 64, 255].into_iter().collect();
        assert!(lanes.has(0) && lanes.has(3) && lanes.has(63) && !lanes.has(1));
        assert!(!lanes.has(64) && !LaneSet::ALL.has(255));
    }
}
