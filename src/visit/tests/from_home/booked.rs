//! A code that brings the number of an appointment along.

use super::*;

/// An appointment for moving, booked at the telephone.
fn booked(town: &Town, start: crate::clock::Moment) -> crate::appointment::Appointment {
    use crate::appointment::{By, Told, book, hold, state::Who};
    let (tx, journal, plan) = (town.tx(), &town.journal, town.config.appointments().unwrap());
    let by = || By { op: journal.op(), actor: Actor::System, who: Who::Staff };
    let held = hold(&tx, journal, plan, by(), ("moving", start)).unwrap();
    book(&tx, journal, by(), held.id, &Told::default()).unwrap()
}

#[test]
fn one_code_checks_the_appointment_in_and_fills_the_forms_with_one_number() {
    use crate::appointment::{self, state::State as At};
    let town = Town::open();
    let slot = datetime!(2026-11-24 9:30 +9);
    let mine = booked(&town, slot);
    let code = Opened { booking: Some(mine.number), ..opened(&town, 1, 0) };
    let at = town.bring(&code);
    let op = town.journal.op();
    let submitted = town.submit(at.1, op).unwrap();
    let ticket = submitted.ticket.unwrap();
    // The booked lane comes first, then that of the certificate.
    assert_eq!((ticket.to_string().as_str(), ticket.slot), ("B1", Some(slot)));
    assert_eq!(ticket.class, crate::queue::order::Class::Appointment);
    let lanes: Vec<&str> = ticket.plan.iter().map(String::as_str).collect();
    assert!(ticket.leg().lane == "moving" && lanes.contains(&"certificate"), "{lanes:?}");
    let now = appointment::get(&town.connection, mine.id).unwrap().unwrap();
    assert_eq!((now.state, now.ticket), (At::Arrived, Some(ticket.id)));
    // Handed in twice, and the bare number afterwards: still one.
    assert_eq!(town.submit(at.1, op).unwrap().ticket.unwrap().id, ticket.id);
    let day = town.journal.now().date();
    assert_eq!(crate::queue::of_day(&town.connection, day).unwrap().len(), 1);
    assert_eq!(verify::first_contradiction(&town.connection).unwrap(), None);
}

#[test]
fn an_appointment_of_another_time_leaves_the_forms_their_ordinary_number() {
    use crate::appointment::{self, Number, state::State as At};
    let town = Town::open();
    let tomorrow = booked(&town, datetime!(2026-11-25 9:30 +9));
    let later = booked(&town, datetime!(2026-11-24 15:00 +9));
    let strange = Number::draw(&SeededChance::new(77));
    for (jti, number) in [(1, tomorrow.number), (2, later.number), (3, strange)] {
        let code = Opened { booking: Some(number), ..opened(&town, jti, 0) };
        let at = town.bring(&code);
        let ticket = town.submit(at.1, town.journal.op()).unwrap().ticket.unwrap();
        assert_eq!((ticket.class, ticket.slot), (crate::queue::order::Class::Ordinary, None));
        town.leave(at);
    }
    for one in [tomorrow, later] {
        let now = appointment::get(&town.connection, one.id).unwrap().unwrap();
        assert_eq!(now.state, At::Booked);
    }
}

#[test]
fn an_arrival_taken_back_leaves_whoever_handed_forms_in_their_number() {
    use crate::appointment::{self, By, state::State as At, state::Who};
    let town = Town::open();
    let mine = booked(&town, datetime!(2026-11-24 9:30 +9));
    let code = Opened { booking: Some(mine.number), ..opened(&town, 1, 0) };
    let at = town.bring(&code);
    let ticket = town.submit(at.1, town.journal.op()).unwrap().ticket.unwrap();
    let by = By { op: town.journal.op(), actor: Actor::System, who: Who::Staff };
    arrival::take_back(&town.tx(), &town.journal, by, mine.id).unwrap();
    let now = appointment::get(&town.connection, mine.id).unwrap().unwrap();
    assert_eq!((now.state, now.ticket), (At::Booked, None));
    let stands = crate::queue::get(&town.connection, ticket.id).unwrap().unwrap();
    assert_eq!(stands.leg().state, crate::queue::state::State::Waiting);
}
