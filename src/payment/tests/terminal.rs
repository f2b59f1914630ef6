//! What a terminal decides, and what nobody knows.

use super::*;

#[test]
fn a_silent_terminal_leaves_the_payment_unknown_until_it_is_looked_up() {
    let office = Office::open();
    let begun = office.begun(Tender::Emoney);
    let unknown = office.settle(office.by(), &begun, &Outcome::Unknown).unwrap();
    assert_eq!(unknown.state(), State::Unknown);
    assert_eq!(office.totals(), []);
    // Neither paid nor unpaid: nobody pays once more.
    let charge = charge_of(&office.connection, office.visit_of(&begun)).unwrap().unwrap();
    let again = office.take(office.by(), &charge, Tender::Cash { received: Yen(300) });
    assert!(matches!(again, Err(Error::Stands)));
    let found = office.settle(office.by(), &begun, &authorised("00017")).unwrap();
    assert_eq!(found.slip().unwrap().number.as_str(), "00017");
    assert_eq!(office.totals(), accounts(&[("emoney:suica", 300), ("revenue:03-01", -300)]));
    // Once.
    let twice = office.settle(office.by(), &begun, &Outcome::Declined);
    assert!(matches!(twice, Err(Error::State(_))));
}

#[test]
fn what_was_declined_can_be_paid_in_another_way() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    office.settle(office.by(), &begun, &Outcome::Declined).unwrap();
    let charge = charge_of(&office.connection, office.visit_of(&begun)).unwrap().unwrap();
    office.take(office.by(), &charge, Tender::Cash { received: Yen(300) }).unwrap();
    assert_eq!(office.totals(), accounts(&[("cash:1", 300), ("revenue:03-01", -300)]));
}

#[test]
fn a_terminal_that_answers_twice_or_with_the_slip_of_another_changes_nothing() {
    let office = Office::open();
    let first = office.begun(Tender::Credit);
    office.settle(office.by(), &first, &authorised("00001")).unwrap();
    let twice = office.settle(office.by(), &first, &authorised("00001"));
    assert!(matches!(twice, Err(Error::State(_))));
    let second = office.begun(Tender::Credit);
    let of_first = office.settle(office.by(), &second, &authorised("00001"));
    assert!(matches!(of_first, Err(Error::SlipTaken)));
    let without = office.settle(office.by(), &second, &Outcome::Authorised(None));
    assert!(matches!(without, Err(Error::NoSlip)));
    assert_eq!(get(&office.connection, second.id).unwrap().unwrap().state(), State::Started);
    // Slip numbers begin anew each day, and a slip is of the day it was paid on.
    office.pass(24);
    let late = office.settle(office.by(), &second, &authorised("00001"));
    assert!(matches!(late, Err(Error::SlipTaken)));
    let third = office.begun(Tender::Credit);
    office.settle(office.by(), &third, &authorised("00001")).unwrap();
}

#[test]
fn the_terminal_that_is_asked_is_noted_before_anybody_touches_it() {
    let office = Office::open();
    let at = At { terminal: "t1".to_owned(), brand: Some("suica".to_owned()) };
    let owing = || office.owing(vec![residence(1)]);
    let begun = office.start_at(&owing(), (Tender::Emoney, Some(at.clone()))).unwrap();
    assert_eq!(get(&office.connection, begun.id).unwrap().unwrap().at, Some(at.clone()));
    assert_eq!(at_terminal(&office.connection, "t1").unwrap(), std::slice::from_ref(&begun));
    let of_other = Outcome::Authorised(Some(Slip { terminal: "t2".to_owned(), ..slip("00001") }));
    let refused = office.settle(office.by(), &begun, &of_other);
    assert!(matches!(refused, Err(Error::OtherTerminal)), "{refused:?}");
    office.settle(office.by(), &begun, &authorised("00001")).unwrap();
    assert_eq!(at_terminal(&office.connection, "t1").unwrap(), []);
    let cash = (Tender::Cash { received: Yen(300) }, Some(at));
    assert!(matches!(office.start_at(&owing(), cash), Err(Error::WrongTender)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_press_says_again_what_it_said_and_nothing_that_others_said_since() {
    let office = Office::open();
    let begun = office.begun(Tender::Emoney);
    let (first, second) = (office.by(), office.by());
    office.settle(first, &begun, &Outcome::Unknown).unwrap();
    let paid = office.settle(second, &begun, &authorised("00001")).unwrap();
    let before = office.totals();
    assert_eq!(office.settle(first, &begun, &Outcome::Unknown).unwrap(), paid);
    assert_eq!(office.settle(second, &begun, &authorised("00001")).unwrap(), paid);
    let other = office.begun(Tender::Emoney);
    for (by, payment, said) in [
        (first, &begun, authorised("00001")),
        (first, &begun, Outcome::Declined),
        (second, &begun, Outcome::Unknown),
        (second, &begun, authorised("00002")),
        (first, &other, Outcome::Unknown),
    ] {
        let refused = office.settle(by, payment, &said);
        assert!(matches!(refused, Err(Error::Conflict)), "{said:?} {refused:?}");
    }
    assert_eq!(office.totals(), before);
    // A void is held against its reason, too.
    let voided = office.by();
    office.void(voided, &paid).unwrap();
    let with = |reason, counter| {
        office.write(|tx| void(tx, &office.journal, voided, (paid.id, reason, counter)))
    };
    assert_eq!(with(Reason::WrongAmount, 1).unwrap().state(), State::Voided);
    assert!(matches!(with(Reason::Asked, 1), Err(Error::Conflict)));
    assert!(matches!(with(Reason::WrongAmount, 2), Err(Error::Conflict)));
}

#[test]
fn what_was_going_on_when_the_program_stopped_is_unknown() {
    let office = Office::open();
    let (begun, paid) = (office.begun(Tender::Qr), office.paid(vec![residence(1)]));
    let left = office.write(|tx| left_alone(tx, &office.journal)).unwrap();
    let state = |payment: &Payment| get(&office.connection, payment.id).unwrap().unwrap().state();
    assert_eq!((left, state(&begun), state(&paid)), (1, State::Unknown, State::Authorised));
    assert_eq!(office.write(|tx| left_alone(tx, &office.journal)).unwrap(), 0);
}
