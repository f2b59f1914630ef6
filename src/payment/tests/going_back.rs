//! Money that goes back through the terminal that took it.

use super::*;

const ALL_BACK: [(&str, i64); 3] =
    [("emoney:suica", 0), ("revenue:03-01", 0), ("revenue:04-01", 0)];
const PAID: [(&str, i64); 3] =
    [("emoney:suica", 950), ("revenue:03-01", -600), ("revenue:04-01", -350)];

impl Office {
    fn state_of(&self, payment: &Payment) -> State {
        get(&self.connection, payment.id).unwrap().unwrap().state()
    }
}

#[test]
fn money_goes_back_when_the_terminal_says_so_and_not_before() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
    assert_eq!((asked.state(), asked.amount), (State::Started, Yen(950)));
    assert_eq!(office.totals(), accounts(&PAID));
    assert_eq!(office.state_of(&paid), State::Authorised);
    let given = office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    assert_eq!(given.slip().unwrap().number.as_str(), "00002");
    assert_eq!(office.totals(), accounts(&ALL_BACK));
    assert_eq!(office.state_of(&paid), State::Voided);
    let [_, back] = &*entries_of(&office.connection, paid.id).unwrap() else { panic!("two") };
    assert_eq!((back.kind, back.id), (Kind::Void, EntryId::from(given.id)));
    assert_eq!(office.contradiction(), None);
    office.journal.verify(&office.connection).unwrap().unwrap();
}

#[test]
fn a_line_of_the_book_names_the_slip_of_what_went_back() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, Some(&[("03-01", 300)]))).unwrap();
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    let lines = report::lines_on(&office.connection, TODAY).unwrap();
    let told: Vec<(i64, &str)> = lines
        .iter()
        .map(|line| (line.amount, line.slip.as_ref().map_or("", |slip| slip.number.as_str())))
        .collect();
    assert_eq!(told, [(600, "00001"), (350, "00001"), (-300, "00002")]);
}

#[test]
fn a_silent_terminal_leaves_it_unknown_and_nothing_else_goes_back_meanwhile() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
    for known in [false, true] {
        if known {
            office.tell_back(office.by(), &asked, &Outcome::Unknown).unwrap();
        }
        let going = |refused: Result<(), Error>| assert!(matches!(refused, Err(Error::GoingBack)));
        going(office.ask_back(office.by(), (&paid, None)).map(drop));
        going(office.void(office.by(), &paid).map(drop));
        let in_cash = back(&paid, &[("03-01", 300)], Back::Cash);
        going(office.refund(office.by(), &in_cash).map(drop));
        assert!(matches!(office.close(TODAY, None), Err(Error::NotKnown(1))));
        assert_eq!(office.totals(), accounts(&PAID));
    }
    let [open] = &*not_known(&office.connection, TODAY).unwrap() else { panic!("one") };
    assert_eq!((open.visit, open.amount()), (office.visit_of(&paid), Yen(950)));
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    // Once.
    for late in [Outcome::Declined, authorised("00002"), Outcome::Unknown] {
        let twice = office.tell_back(office.by(), &asked, &late);
        assert!(matches!(twice, Err(Error::State(_))), "{late:?}");
    }
    assert_eq!(office.totals(), accounts(&ALL_BACK));
    office.close(TODAY, None).unwrap();
    assert_eq!(office.contradiction(), None);
}

#[test]
fn what_the_terminal_refused_is_asked_for_again_or_given_back_in_cash() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    for _ in 0..2 {
        let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
        office.tell_back(office.by(), &asked, &Outcome::Declined).unwrap();
    }
    office.refund(office.by(), &back(&paid, &[("03-01", 600)], Back::Cash)).unwrap();
    let all = [("cash:1", -600), ("emoney:suica", 950), ("revenue:03-01", 0)];
    assert_eq!(office.totals()[..3], accounts(&all));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn parts_go_back_one_after_the_other_and_never_more_than_was_paid() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, Some(&[("03-01", 300)]))).unwrap();
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    assert_eq!(office.state_of(&paid), State::Authorised);
    for (items, refused) in [
        (Some(&[("03-01", 301)][..]), "TooMuch"),
        (Some(&[("03-01", 300), ("04-01", 351)]), "TooMuch"),
        (Some(&[("03-02", 1)]), "NotPaid"),
        (Some(&[("03-01", 0)]), "NotPaid"),
        // What is partly given back is not voided as if it were whole.
        (None, "NotPaid"),
    ] {
        let error = office.ask_back(office.by(), (&paid, items)).unwrap_err();
        assert_eq!(format!("{error:?}"), refused);
    }
    let rest: [(&str, u32); 2] = [("03-01", 300), ("04-01", 350)];
    let asked = office.ask_back(office.by(), (&paid, Some(&rest))).unwrap();
    office.tell_back(office.by(), &asked, &authorised("00003")).unwrap();
    assert_eq!(office.state_of(&paid), State::Refunded);
    assert_eq!(office.totals(), accounts(&ALL_BACK));
    // Where no terminal took it none gives it back.
    let in_cash = office.paid(vec![residence(1)]);
    let refused = office.ask_back(office.by(), (&in_cash, None));
    assert!(matches!(refused, Err(Error::WrongTender)), "{refused:?}");
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_press_about_money_back_is_one_press_and_says_one_thing() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let (by, items) = (office.by(), [("03-01", 300)]);
    let asked = office.ask_back(by, (&paid, Some(&items))).unwrap();
    assert_eq!(office.ask_back(by, (&paid, Some(&items))).unwrap(), asked);
    for other in [Some(&[("03-01", 200)][..]), None] {
        let refused = office.ask_back(by, (&paid, other));
        assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    }
    let told = office.by();
    office.tell_back(told, &asked, &Outcome::Unknown).unwrap();
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    // The press that said "unknown" says so again, and nothing that came later.
    office.tell_back(told, &asked, &Outcome::Unknown).unwrap();
    for other in [authorised("00002"), Outcome::Declined] {
        let refused = office.tell_back(told, &asked, &other);
        assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    }
    assert_eq!(office.totals()[0], ("emoney:suica".to_owned(), 650));
}

#[test]
fn what_was_given_when_the_day_was_over_is_a_refund_of_the_next() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
    office.tell_back(office.by(), &asked, &Outcome::Unknown).unwrap();
    office.close(TODAY, Some(Reason::AskingAcquirer)).unwrap();
    office.pass(24);
    // Its slip is of the day it was asked for on, and that day has the payment's.
    let of_payment = office.tell_back(office.by(), &asked, &authorised("00001"));
    assert!(matches!(of_payment, Err(Error::SlipTaken)), "{of_payment:?}");
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    let [_, back] = &*entries_of(&office.connection, paid.id).unwrap() else { panic!("two") };
    assert_eq!((back.kind, back.day, back.concerns), (Kind::Refund, TOMORROW, Some(TODAY)));
    assert_eq!(office.state_of(&paid), State::Refunded);
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_slip_of_money_back_is_of_its_terminal_and_of_nothing_else() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
    let of_other = Outcome::Authorised(Some(Slip { terminal: "t2".to_owned(), ..slip("00002") }));
    for (said, refused) in [
        (of_other, "OtherTerminal"),
        (authorised("00001"), "SlipTaken"),
        (Outcome::Authorised(None), "NoSlip"),
    ] {
        let error = office.tell_back(office.by(), &asked, &said).unwrap_err();
        assert_eq!(format!("{error:?}"), refused);
    }
    office.tell_back(office.by(), &asked, &authorised("00002")).unwrap();
    let begun = office.begun(Tender::Emoney);
    let taken = office.settle(office.by(), &begun, &authorised("00002"));
    assert!(matches!(taken, Err(Error::SlipTaken)), "{taken:?}");
}

#[test]
fn what_was_going_back_when_the_program_stopped_is_unknown() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    let asked = office.ask_back(office.by(), (&paid, None)).unwrap();
    assert_eq!(give_back::at_terminal(&office.connection, "t1").unwrap().len(), 1);
    assert_eq!(office.write(|tx| left_alone(tx, &office.journal)).unwrap(), 1);
    let now = give_back::get(&office.connection, asked.id).unwrap().unwrap();
    assert_eq!(now.state(), State::Unknown);
    assert_eq!(give_back::at_terminal(&office.connection, "t1").unwrap(), []);
    assert_eq!(office.write(|tx| left_alone(tx, &office.journal)).unwrap(), 0);
    assert_eq!(office.contradiction(), None);
}
