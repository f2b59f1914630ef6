//! What is taken or given back, and what the drawer holds.

use super::*;

#[test]
fn a_void_takes_all_of_it_back_on_its_own_day() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1), tax(1)]);
    let by = office.by();
    assert_eq!(office.void(by, &paid).unwrap().state(), State::Voided);
    assert_eq!(office.void(by, &paid).unwrap().state(), State::Voided, "the same press");
    let all = [("cash:1", 0), ("revenue:03-01", 0), ("revenue:04-01", 0)];
    assert_eq!(office.totals(), accounts(&all));
    assert!(matches!(office.void(office.by(), &paid), Err(Error::State(_))));
    // The visit owes it again.
    let charge = charge_of(&office.connection, office.visit_of(&paid)).unwrap().unwrap();
    let again = office.take(office.by(), &charge, Tender::Cash { received: Yen(650) }).unwrap();
    office.pass(24);
    assert!(matches!(office.void(office.by(), &again), Err(Error::DayOver)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_day_that_was_closed_is_not_voided() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1)]);
    office.close(TODAY, None).unwrap();
    assert!(matches!(office.void(office.by(), &paid), Err(Error::DayOver)));
}

#[test]
fn a_part_is_given_back_in_cash_whatever_was_paid_with_and_never_more() {
    let office = Office::open();
    let charge = office.owing(vec![residence(2), tax(1)]);
    let begun = office.start(office.by(), &charge, Tender::Emoney).unwrap();
    let paid = office.settle(office.by(), &begun, &authorised("00002")).unwrap();
    let by = office.by();
    let part = back(&paid, &[("03-01", 300)], Back::Cash);
    assert_eq!(office.refund(by, &part).unwrap().state(), State::Authorised);
    assert_eq!(office.refund(by, &part).unwrap().state(), State::Authorised, "the same press");
    let other = back(&paid, &[("03-01", 200)], Back::Cash);
    assert!(matches!(office.refund(by, &other), Err(Error::Conflict)));
    for (items, refused) in [
        (&[("03-01", 301)][..], "TooMuch"),
        (&[("03-01", 300), ("04-01", 351)], "TooMuch"),
        (&[("03-02", 1)], "NotPaid"),
        (&[("03-01", 0)], "NotPaid"),
        (&[("03-01", 100), ("03-01", 100)], "NotPaid"),
    ] {
        let error = office.refund(office.by(), &back(&paid, items, Back::Cash)).unwrap_err();
        assert_eq!(format!("{error:?}"), refused);
    }
    // What is partly given back is not voided as if it were whole.
    assert!(matches!(office.void(office.by(), &paid), Err(Error::NotPaid)));
    let rest = back(&paid, &[("03-01", 300), ("04-01", 350)], Back::Same);
    assert_eq!(office.refund(office.by(), &rest).unwrap().state(), State::Refunded);
    assert_eq!(
        office.totals(),
        accounts(&[
            ("cash:1", -300),
            ("emoney:suica", 300),
            ("revenue:03-01", 0),
            ("revenue:04-01", 0)
        ])
    );
    assert_eq!(office.contradiction(), None);
}

#[test]
fn the_drawer_is_counted_and_what_differs_is_booked() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    assert_eq!(office.count(office.by(), 300).unwrap(), None);
    let by = office.by();
    let short = office.count(by, 250).unwrap().unwrap();
    assert_eq!(office.count(by, 250).unwrap().unwrap(), short, "the same press");
    assert!(matches!(office.count(by, 260), Err(Error::Conflict)));
    let all = [("cash:1", 250), ("over_short", 50), ("revenue:03-01", -300)];
    assert_eq!(office.totals(), accounts(&all));
    // Found again: the drawer is over what the books say now.
    office.count(office.by(), 300).unwrap().unwrap();
    let all = [("cash:1", 300), ("over_short", 0), ("revenue:03-01", -300)];
    assert_eq!(office.totals(), accounts(&all));
    // The first press once more says what it said, whatever was counted since.
    assert_eq!(office.count(by, 250).unwrap().unwrap(), short);
    assert!(matches!(office.count(by, 300), Err(Error::Conflict)));
    assert_eq!(office.totals(), accounts(&all));
    // The next day begins with an empty drawer.
    office.pass(24);
    assert_eq!(office.count(office.by(), 0).unwrap(), None);
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_drawer_that_gave_back_more_than_it_took_is_counted_below_nothing() {
    let office = Office::open();
    let charge = office.owing(vec![residence(3)]);
    let begun = office.start(office.by(), &charge, Tender::Emoney).unwrap();
    let paid = office.settle(office.by(), &begun, &authorised("00001")).unwrap();
    office.refund(office.by(), &back(&paid, &[("03-01", 900)], Back::Cash)).unwrap();
    assert_eq!(office.count(office.by(), -900).unwrap(), None, "as the books have it");
    office.count(office.by(), -800).unwrap().unwrap();
    assert_eq!(office.count(office.by(), -800).unwrap(), None);
    assert!(matches!(office.count(office.by(), i64::MIN), Err(Error::TooMuch)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn cash_goes_back_out_of_the_drawer_it_lies_in_and_out_of_another_only_as_a_refund() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1)]);
    let elsewhere = |by| {
        let what = (paid.id, Reason::WrongAmount, 2);
        office.write(|tx| void(tx, &office.journal, by, what))
    };
    assert!(matches!(elsewhere(office.by()), Err(Error::OtherDrawer(1))));
    assert_eq!(office.totals(), accounts(&[("cash:1", 300), ("revenue:03-01", -300)]));
    let refund = Refund { counter: 2, ..back(&paid, &[("03-01", 300)], Back::Cash) };
    office.refund(office.by(), &refund).unwrap();
    let all = [("cash:1", 300), ("cash:2", -300), ("revenue:03-01", 0)];
    assert_eq!(office.totals(), accounts(&all));
}

#[test]
fn no_cash_goes_back_for_what_is_paid_by_a_bill_later() {
    let office = Office::open();
    let charge = office.owing(vec![residence(3)]);
    let paid = office.take(office.by(), &charge, Tender::Later).unwrap();
    let in_cash = back(&paid, &[("03-01", 300)], Back::Cash);
    assert!(matches!(office.refund(office.by(), &in_cash), Err(Error::BilledLater)));
    office.refund(office.by(), &Refund { back: Back::Same, ..in_cash }).unwrap();
    assert_eq!(office.totals(), accounts(&[("later", 600), ("revenue:03-01", -600)]));
}
