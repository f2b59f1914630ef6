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
    let booked =
        |arrived, slot| Place { slot: Some(after(slot)), ..place(Class::Appointment, arrived, 9) };
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

/// Who came when, in whatever class; some with a slot, some back after a missed call.
fn places() -> impl Strategy<Value = Vec<Place>> {
    let one = (0_u64..240, 0_usize..3, 0_u64..240, proptest::option::of(0_u64..60));
    proptest::collection::vec(one, 1..40).prop_map(|ones| {
        let of =
            |(issued, (arrived, class, slot, back)): (usize, (u64, usize, u64, Option<u64>))| {
                Place {
                    slot: (Class::ALL[class] == Class::Appointment).then(|| after(slot)),
                    returned: back.map(|later| after(arrived + later)),
                    ..place(Class::ALL[class], arrived, issued as u64)
                }
            };
        ones.into_iter().enumerate().map(of).collect()
    })
}

/// Since when somebody may expect to be called in their turn: since they came, or
/// came back, or since their slot.
fn stands_since(place: &Place) -> Moment {
    place.returned.unwrap_or(place.arrived).max(place.effective(&RULES))
}

/// The places in the order of their calls.
fn in_order(waiting: &[Place]) -> Vec<&Place> {
    let order = called(waiting, 300);
    let of = |issued: &u64| waiting.iter().find(|place| place.issued == *issued);
    order.iter().filter_map(of).collect()
}

proptest! {
    #[test]
    fn within_a_class_who_came_first_is_called_first(waiting in places()) {
        let order = called(&waiting, 300);
        prop_assert_eq!(order.len(), waiting.len(), "everybody is called");
        let position = |issued: u64| order.iter().position(|one| *one == issued);
        // Who came back stands by when that was; an appointment in time by its slot.
        let is_in_time = |place: &Place| {
            place.slot.is_some_and(|slot| place.arrived <= slot + RULES.late_after)
        };
        let kind = |place: &Place| (place.class, is_in_time(place), place.returned.is_some());
        let stands = |place: &Place| match place.returned {
            Some(_) => place.effective(&RULES),
            None => place.slot.filter(|_| is_in_time(place)).unwrap_or(place.arrived),
        };
        for one in &waiting {
            let mut own: Vec<_> =
                waiting.iter().filter(|place| kind(place) == kind(one)).collect();
            own.sort_by_key(|place| (stands(place), place.issued));
            for two in own.windows(2) {
                // Of those who came back, some have a credit and some stand where
                // they stood before: the turn may be either's.
                let alike = two[0].is_credited(&RULES) == two[1].is_credited(&RULES);
                prop_assert!(!alike || position(two[0].issued) < position(two[1].issued));
            }
        }
    }

    #[test]
    fn nobody_is_passed_by_who_came_more_than_the_credit_later(waiting in places()) {
        let most =
            RULES.priority_credit.max(RULES.late_after).max(RULES.return_credit);
        let order = in_order(&waiting);
        for (at, later) in order.iter().enumerate() {
            for earlier in &order[at + 1..] {
                let joined = later.returned.unwrap_or(later.arrived);
                let ahead = joined - stands_since(earlier);
                // One without a credit may have its turn after three with one.
                let turn = !later.is_credited(&RULES) && earlier.is_credited(&RULES);
                prop_assert!(turn || ahead <= most, "{later:?} passes {earlier:?}: {ahead}");
            }
        }
    }

    #[test]
    fn nobody_without_a_credit_waits_for_more_than_three_with_one_in_a_row(
        waiting in places()
    ) {
        let order = in_order(&waiting);
        let mut in_a_row = 0;
        for (at, place) in order.iter().enumerate() {
            let waits = order[at + 1..].iter().any(|other| !other.is_credited(&RULES));
            in_a_row = if place.is_credited(&RULES) { in_a_row + 1 } else { 0 };
            prop_assert!(!waits || in_a_row <= RULES.credited_in_a_row);
        }
    }
}
