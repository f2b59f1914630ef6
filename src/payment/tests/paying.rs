//! What a visit owes is paid once, in full, in one way.

use super::*;

#[test]
fn all_procedures_of_a_visit_are_paid_once_and_booked_by_item() {
    let office = Office::open();
    let charge = office.owing(vec![residence(2), tax(1)]);
    assert_eq!(charge.total, Yen(950));
    let paid = office.take(office.by(), &charge, Tender::Cash { received: Yen(1000) }).unwrap();
    assert_eq!((paid.state(), paid.change()), (State::Authorised, Some(Yen(50))));
    assert_eq!(
        office.totals(),
        accounts(&[("cash:1", 950), ("revenue:03-01", -600), ("revenue:04-01", -350)])
    );
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_double_tap_is_one_payment_and_two_counters_are_one_payment_too() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1)]);
    let (by, cash) = (office.by(), Tender::Cash { received: Yen(500) });
    let paid = office.take(by, &charge, cash).unwrap();
    assert_eq!(office.take(by, &charge, cash).unwrap(), paid);
    // The same press with another content, and another counter.
    let other = Tender::Cash { received: Yen(1000) };
    assert!(matches!(office.take(by, &charge, other), Err(Error::Conflict)));
    assert!(matches!(office.take(office.by(), &charge, cash), Err(Error::Stands)));
    assert_eq!(office.totals(), accounts(&[("cash:1", 300), ("revenue:03-01", -300)]));
}

#[test]
fn a_press_that_was_something_else_is_no_payment() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    let by = office.by();
    office.settle(by, &begun, &Outcome::Declined).unwrap();
    let charge = office.owing(vec![residence(1)]);
    assert!(matches!(office.start(by, &charge, Tender::Credit), Err(Error::Conflict)));
    // The same word about another payment, and another word about the same.
    let other = office.begun(Tender::Qr);
    assert!(matches!(office.settle(by, &other, &Outcome::Declined), Err(Error::Conflict)));
    assert!(matches!(office.settle(by, &begun, &Outcome::Unknown), Err(Error::Conflict)));
    assert_eq!(office.settle(by, &begun, &Outcome::Declined).unwrap().state(), State::Declined);
}

#[test]
fn an_amount_that_changed_between_two_screens_is_not_paid() {
    let office = Office::open();
    let seen = office.owing(vec![residence(1)]);
    let corrected = office.charge(seen.visit, vec![residence(2)]).unwrap();
    assert_eq!(corrected.revision, 2);
    let cash = Tender::Cash { received: Yen(1000) };
    assert!(matches!(office.take(office.by(), &seen, cash), Err(Error::Changed)));
    let request =
        Request { charge: corrected.id, amount: Yen(300), tender: cash, counter: 1, at: None };
    let by = office.by();
    let refused = office.write(|tx| take(tx, &office.journal, by, &request));
    assert!(matches!(refused, Err(Error::Changed)));
    office.take(office.by(), &corrected, cash).unwrap();
    // What is paid does not change any more; the same lines are no change.
    let changed = office.charge(seen.visit, vec![residence(3)]);
    assert!(matches!(changed, Err(Error::Stands)));
    assert_eq!(office.charge(seen.visit, vec![residence(2)]).unwrap(), corrected);
}

#[test]
fn less_than_the_amount_and_cards_where_only_cash_is_taken_are_refused() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1), Line { cashless: false, ..tax(1) }]);
    let little = office.take(office.by(), &charge, Tender::Cash { received: Yen(649) });
    assert!(matches!(little, Err(Error::TooLittle)));
    let card = office.start(office.by(), &charge, Tender::Credit);
    assert!(matches!(card, Err(Error::CashOnly)));
    // What is free does not bind anybody to cash.
    let free = office.owing(vec![residence(1), Line { cashless: false, ..free("pension") }]);
    office.start(office.by(), &free, Tender::Credit).unwrap();
    let nothing = office.take(office.by(), &charge, Tender::Nothing);
    assert!(matches!(nothing, Err(Error::WrongTender)));
    let at_once = office.take(office.by(), &charge, Tender::Qr);
    assert!(matches!(at_once, Err(Error::WrongTender)));
}

#[test]
fn what_is_free_is_a_record_with_its_ground() {
    let office = Office::open();
    let charge = office.owing(vec![free("pension"), line("03-01", 1, 0)]);
    let paid = office.take(office.by(), &charge, Tender::Nothing).unwrap();
    assert_eq!((paid.state(), paid.ground.as_deref()), (State::Authorised, Some("free,pension")));
    let totals = totals(&office.connection, TODAY).unwrap();
    assert_eq!(totals.nothing, [("free,pension".to_owned(), 1)].into());
    assert!(totals.accounts.is_empty() && totals.payments == 0);
    // Taken back, it is no record of the day any more.
    office.void(office.by(), &paid).unwrap();
    assert!(super::totals(&office.connection, TODAY).unwrap().nothing.is_empty());
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_public_office_pays_later() {
    let office = Office::open();
    let charge = office.owing(vec![residence(1)]);
    office.take(office.by(), &charge, Tender::Later).unwrap();
    assert_eq!(office.totals(), accounts(&[("later", 300), ("revenue:03-01", -300)]));
}
