//! The end of a day, and what comes late.

use super::*;

#[test]
fn a_day_is_closed_when_all_is_known_or_a_reason_is_given() {
    let office = Office::open();
    let begun = office.begun(Tender::Credit);
    assert!(matches!(office.close(TODAY, None), Err(Error::NotKnown(1))));
    office.settle(office.by(), &begun, &Outcome::Unknown).unwrap();
    assert!(matches!(office.close(TODAY, None), Err(Error::NotKnown(1))));
    let closing = office.close(TODAY, Some(Reason::TerminalDown)).unwrap();
    assert_eq!(closing.reason, Some(Reason::TerminalDown));
    assert!(matches!(office.close(TODAY, None), Err(Error::DayClosed)));
    // Found out the day after: it lands on that day, and says where it belongs.
    office.pass(24);
    let paid = office.settle(office.by(), &begun, &authorised("00009")).unwrap();
    let [entry] = &*entries_of(&office.connection, paid.id).unwrap() else { panic!("one entry") };
    assert_eq!((entry.day, entry.concerns), (TOMORROW, Some(TODAY)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn after_the_close_money_belongs_to_the_next_day_and_keeps_its_time() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    let closing = office.close(TODAY, None).unwrap();
    assert_eq!((closing.totals.payments, closing.totals.sum(), closing.reason), (1, 0, None));
    let late = office.paid(vec![tax(1)]);
    assert_eq!((late.day, late.begun_at.date()), (TOMORROW, TODAY));
    assert_eq!(closings(&office.connection).unwrap(), [closing]);
    assert_eq!(office.contradiction(), None);
}

#[test]
fn days_are_closed_in_order_and_not_before_they_come() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    assert!(matches!(office.close(TOMORROW, None), Err(Error::NotYet)));
    office.pass(24);
    office.paid(vec![residence(1)]);
    assert!(matches!(office.close(TOMORROW, None), Err(Error::NotYet)));
    office.close(TODAY, None).unwrap();
    office.close(TOMORROW, None).unwrap();
    assert!(matches!(office.close(TODAY, None), Err(Error::DayClosed)));
}

#[test]
fn a_clock_that_was_set_back_over_midnight_moves_no_money() {
    let office = Office::open();
    office.pass(24);
    office.paid(vec![residence(1)]);
    let charge = office.owing(vec![residence(1)]);
    let yesterday = Arc::new(HeldClock::at(NOW));
    let key = OfficeKey::generate(&SeededChance::new(1));
    let behind = Journal::new(yesterday, Arc::new(SeededChance::new(2)), key);
    let tender = Tender::Cash { received: Yen(300) };
    let request = Request { charge: charge.id, amount: charge.total, tender, counter: 1, at: None };
    let by = office.by();
    let refused = office.write(|tx| take(tx, &behind, by, &request));
    assert!(matches!(refused, Err(Error::ClockBehind(TOMORROW))), "{refused:?}");
    // What was going on is unknown all the same: the program starts with such a clock.
    office.start(office.by(), &charge, Tender::Qr).unwrap();
    assert_eq!(office.write(|tx| left_alone(tx, &behind)).unwrap(), 1);
}

#[test]
fn a_slip_stands_for_one_thing_of_the_terminal_s_own_day_wherever_it_is_booked() {
    let office = Office::open();
    let paid = |number: &str| {
        let begun = office.begun(Tender::Credit);
        office.settle(office.by(), &begun, &authorised(number))
    };
    paid("00040").unwrap();
    office.close(TODAY, None).unwrap();
    // Somebody pays after the close.
    let late = paid("00041").unwrap();
    assert_eq!((late.steps[1].day, late.begun_at.date()), (TOMORROW, TODAY));
    assert!(matches!(paid("00040"), Err(Error::SlipTaken)), "booked before the close");
    // The terminal has counted anew since.
    office.pass(24);
    let next = office.paid_at("00040");
    let back = office.ask_back(office.by(), (&next, None)).unwrap();
    office.tell_back(office.by(), &back, &authorised("00041")).unwrap();
    assert!(matches!(paid("00041"), Err(Error::SlipTaken)), "given back today");
    assert_eq!(office.contradiction(), None);
}
