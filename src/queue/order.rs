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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const RULES: Rules = Rules {
        priority_credit: Duration::from_secs(15 * 60),
        late_after: Duration::from_secs(15 * 60),
        return_credit: Duration::from_secs(10 * 60),
        credited_in_a_row: 3,
    };
    const OPENING: Moment = datetime!(2026-11-25 8:30 +9);

    fn after(minutes: u64) -> Moment {
        OPENING + Duration::from_secs(minutes * 60)
    }

    fn place(class: Class, minutes: u64, issued: u64) -> Place {
        Place { class, arrived: after(minutes), slot: None, returned: None, issued }
    }

    fn ordinary(minutes: u64, issued: u64) -> Place {
        place(Class::Ordinary, minutes, issued)
    }

    fn called(waiting: &[Place], now: u64) -> Vec<u64> {
        let line = line(waiting, &RULES, 0, after(now));
        line.into_iter().map(|at| waiting[at].issued).collect()
    }

    #[test]
    fn who_came_first_is_called_first() {
        assert_eq!(called(&[ordinary(5, 2), ordinary(0, 1), ordinary(5, 3)], 30), [1, 2, 3]);
    }

    #[test]
    fn priority_passes_who_came_less_than_the_credit_before() {
        let waiting = [ordinary(0, 1), ordinary(10, 2), place(Class::Priority, 20, 3)];
        assert_eq!(called(&waiting, 30), [1, 3, 2]);
        assert_eq!(why(&waiting[2], &waiting[1..2], &RULES), Some((Why::Priority, &waiting[1])));
        assert_eq!(why(&waiting[0], &waiting[1..], &RULES), None);
    }

    #[test]
    fn an_appointment_is_due_at_its_minute_and_not_before() {
        let booked = |arrived, slot| Place {
            slot: Some(after(slot)),
            ..place(Class::Appointment, arrived, 9)
        };
        let walk_in = ordinary(31, 1);
        for (arrived, slot, now, first) in [
            (20, 60, 59, 1),
            (20, 30, 31, 9),
            (20, 60, 60, 1),
            // Late, but within the grace: still as of the slot.
            (40, 25, 45, 9),
            // Later than that: as of when they came.
            (45, 25, 50, 1),
        ] {
            let waiting = [walk_in, booked(arrived, slot)];
            assert_eq!(called(&waiting, now)[0], first, "{arrived} {slot} {now}");
        }
        // Nobody else is there: nobody waits for the minute.
        assert_eq!(called(&[booked(20, 60)], 30), [9]);
        // Nor does the turn of those without a credit bring it forward.
        let credited = RULES.credited_in_a_row;
        for (slot, now, first) in [(60, 59, 1), (60, 60, 9)] {
            let waiting = [place(Class::Priority, 58, 1), booked(20, slot)];
            let at = next(&waiting, &RULES, credited, after(now)).unwrap();
            assert_eq!(waiting[at].issued, first, "{slot} {now}");
        }
    }

    #[test]
    fn who_comes_back_after_a_missed_call_stands_a_little_before_now() {
        let back = Place { returned: Some(after(40)), ..ordinary(0, 1) };
        let waiting = [ordinary(20, 2), ordinary(29, 3), ordinary(31, 4), back];
        assert_eq!(called(&waiting, 45), [2, 3, 1, 4]);
        assert_eq!(why(&back, &waiting[2..3], &RULES), None);
        // Never earlier than they stood before.
        let at_once = Place { returned: Some(after(3)), ..ordinary(0, 1) };
        assert_eq!(at_once.effective(&RULES), after(0));
    }

    #[test]
    fn after_three_with_a_credit_somebody_without_is_called() {
        let mut waiting: Vec<Place> = (0..5).map(|n| place(Class::Priority, 10, n)).collect();
        waiting.push(ordinary(5, 9));
        assert_eq!(called(&waiting, 30), [0, 1, 2, 9, 3, 4]);
        assert_eq!(why(&waiting[5], &waiting[..5], &RULES), None);
    }

    #[test]
    fn calling_out_of_turn_is_noticed() {
        let waiting = [ordinary(0, 1), ordinary(5, 2)];
        assert!(!overtakes(0, &waiting, &RULES, 0, after(10)));
        assert!(overtakes(1, &waiting, &RULES, 0, after(10)));
    }

    fn places() -> impl Strategy<Value = Vec<Place>> {
        let one = (0_u64..240, 0_usize..3, 0_u64..240);
        proptest::collection::vec(one, 1..40).prop_map(|ones| {
            let of = |(issued, (arrived, class, slot)): (usize, (u64, usize, u64))| Place {
                slot: (Class::ALL[class] == Class::Appointment).then(|| after(slot)),
                ..place(Class::ALL[class], arrived, issued as u64)
            };
            ones.into_iter().enumerate().map(of).collect()
        })
    }

    proptest! {
        #[test]
        fn within_a_class_who_came_first_is_called_first(waiting in places()) {
            let order = called(&waiting, 300);
            prop_assert_eq!(order.len(), waiting.len());
            let position = |issued: u64| order.iter().position(|one| *one == issued);
            for class in [Class::Ordinary, Class::Priority] {
                let mut own: Vec<_> = waiting.iter().filter(|p| p.class == class).collect();
                own.sort_by_key(|place| (place.arrived, place.issued));
                for two in own.windows(2) {
                    prop_assert!(position(two[0].issued) < position(two[1].issued));
                }
            }
        }

        #[test]
        fn nobody_is_passed_by_who_came_more_than_the_credit_later(waiting in places()) {
            let order = called(&waiting, 300);
            let of = |issued: &u64| waiting.iter().find(|place| place.issued == *issued);
            let walk_ins: Vec<&Place> =
                order.iter().filter_map(of).filter(|p| p.class != Class::Appointment).collect();
            for (at, later) in walk_ins.iter().enumerate() {
                for earlier in &walk_ins[at + 1..] {
                    let ahead = later.arrived - earlier.arrived;
                    // One without a credit may have its turn after three with one.
                    let turn = !later.is_credited(&RULES) && earlier.is_credited(&RULES);
                    prop_assert!(turn || ahead <= RULES.priority_credit, "{:?}", ahead);
                }
            }
        }

        #[test]
        fn nobody_without_a_credit_waits_for_more_than_three_with_one_in_a_row(
            waiting in places()
        ) {
            let order = called(&waiting, 300);
            let of = |issued: &u64| waiting.iter().find(|place| place.issued == *issued);
            let mut in_a_row = 0;
            for (at, place) in order.iter().filter_map(of).enumerate() {
                let others = order[at + 1..].iter().filter_map(of);
                let waits = others.into_iter().any(|other| !other.is_credited(&RULES));
                in_a_row = if place.is_credited(&RULES) { in_a_row + 1 } else { 0 };
                prop_assert!(!waits || in_a_row <= RULES.credited_in_a_row);
            }
        }
    }
}
