//! Who is called next, and why: one rule that can be said in one sentence.
//!
//! Everybody stands at their effective time: when they came, less a bounded
//! credit of their class; an appointment stands at its slot. Nobody is overtaken
//! by anyone who came more than the credit later, so waiting itself brings
//! everybody to the front and no class starves another. At most some of those
//! with a credit are called in a row while somebody without waits. Ties go to
//! the lower issue number. Pure: no storage, no clock.

use std::time::Duration;

use crate::clock::Moment;

/// The class of a ticket.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// 一般.
    Ordinary,
    /// 優先: who cannot wait long.
    Priority,
    /// 予約.
    Appointment,
}

impl Class {
    /// All classes.
    pub const ALL: [Class; 3] = [Class::Ordinary, Class::Priority, Class::Appointment];

    /// The name used in storage: `ordinary`.
    pub fn id(self) -> &'static str {
        match self {
            Class::Ordinary => "ordinary",
            Class::Priority => "priority",
            Class::Appointment => "appointment",
        }
    }

    /// The class of a [`Class::id`].
    pub fn from_id(id: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.id() == id)
    }
}

/// The town's choice of credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How much earlier than they came the priority class stands.
    pub priority_credit: Duration,
    /// An appointment checked in later than this after its slot queues as of when
    /// it came.
    pub late_after: Duration,
    /// Somebody who missed a call and came back stands this much earlier than now.
    pub return_credit: Duration,
    /// How many with a credit may be called in a row while others wait.
    pub credited_in_a_row: u32,
}

/// What decides a ticket's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub class: Class,
    /// When the resident came; for a later leg, still when they first came.
    pub arrived: Moment,
    /// The start of the booked slot.
    pub slot: Option<Moment>,
    /// When they came back after a missed call.
    pub returned: Option<Moment>,
    /// In the order of issue, over the whole day.
    pub issued: u64,
}

impl Place {
    /// The time this ticket queues at.
    pub fn effective(&self, rules: &Rules) -> Moment {
        if let Some(returned) = self.returned {
            // Never earlier than where they stood before.
            return (returned - rules.return_credit).max(self.before_return(rules));
        }
        self.before_return(rules)
    }

    fn before_return(&self, rules: &Rules) -> Moment {
        match (self.class, self.slot) {
            (Class::Appointment, Some(slot)) if self.arrived <= slot + rules.late_after => slot,
            (Class::Priority, _) => self.arrived - rules.priority_credit,
            (Class::Ordinary | Class::Appointment, _) => self.arrived,
        }
    }

    /// Whether it may stand before somebody who came earlier.
    fn is_credited(&self, rules: &Rules) -> bool {
        self.effective(rules) < self.returned.unwrap_or(self.arrived)
    }

    fn key(&self, rules: &Rules) -> (Moment, u64) {
        (self.effective(rules), self.issued)
    }
}

/// The index of who is called next. `in_a_row` with a credit were called last at
/// this counter, one after the other. An appointment is not called before its
/// slot while somebody else waits.
pub fn next(waiting: &[Place], rules: &Rules, in_a_row: u32, now: Moment) -> Option<usize> {
    let first = |wanted: &dyn Fn(&Place) -> bool| {
        let of = waiting.iter().enumerate().filter(|(_, place)| wanted(place));
        of.min_by_key(|(_, place)| place.key(rules)).map(|(at, _)| at)
    };
    let due = |place: &Place| place.effective(rules) <= now;
    let uncredited = || first(&|place| due(place) && !place.is_credited(rules));
    let turn = if in_a_row >= rules.credited_in_a_row { uncredited() } else { None };
    turn.or_else(|| first(&due)).or_else(|| first(&|_| true))
}

/// Everybody who waits, in the order in which they would be called from now on.
pub fn line(waiting: &[Place], rules: &Rules, mut in_a_row: u32, now: Moment) -> Vec<usize> {
    let mut left: Vec<usize> = (0..waiting.len()).collect();
    let mut line = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let places: Vec<Place> = left.iter().map(|at| waiting[*at]).collect();
        let Some(first) = next(&places, rules, in_a_row, now) else { break };
        in_a_row = if places[first].is_credited(rules) { in_a_row + 1 } else { 0 };
        line.push(left.remove(first));
    }
    line
}

/// Whether calling `place` is a credited call, for the next [`next`].
pub fn counts_as_credited(place: &Place, rules: &Rules) -> bool {
    place.is_credited(rules)
}

/// Why somebody was called before others who came earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The slot they had booked.
    Slot,
    /// The credit of the priority class.
    Priority,
    /// They had been called before and came back.
    Returned,
    /// Those with a credit had been called often enough in a row.
    Turn,
    /// A clerk chose them, with a reason.
    Chosen,
}

impl Why {
    /// The key of its sentence: `queue.why.slot`.
    pub fn key(self) -> &'static str {
        match self {
            Why::Slot => "queue.why.slot",
            Why::Priority => "queue.why.priority",
            Why::Returned => "queue.why.returned",
            Why::Turn => "queue.why.turn",
            Why::Chosen => "queue.why.chosen",
        }
    }
}

/// Why `called` overtook the one of `waiting` who came first, if it did, and which one
/// that is.
pub fn why<'p>(called: &Place, waiting: &'p [Place], rules: &Rules) -> Option<(Why, &'p Place)> {
    let came = |place: &Place| place.arrived;
    let first =
        waiting.iter().filter(|other| other.issued != called.issued).min_by_key(|p| came(p));
    let overtaken = first.filter(|first| came(first) < came(called))?;
    let why = match called.class {
        _ if called.key(rules) > overtaken.key(rules) && !called.is_credited(rules) => Why::Turn,
        _ if called.key(rules) > overtaken.key(rules) => Why::Chosen,
        Class::Appointment => Why::Slot,
        Class::Priority => Why::Priority,
        Class::Ordinary => Why::Returned,
    };
    Some((why, overtaken))
}

/// Whether calling `chosen` now takes it before whose turn it is: then a reason
/// is asked for.
pub fn overtakes(
    chosen: usize,
    waiting: &[Place],
    rules: &Rules,
    in_a_row: u32,
    now: Moment,
) -> bool {
    next(waiting, rules, in_a_row, now) != Some(chosen)
}

#[cfg(test)]
mod tests;
