//! The drawers, the terminals' totals and the lines of the book.

use std::collections::BTreeMap;

use super::*;
use crate::payment::report::{Summary, Sums, What, lines_on};

impl Office {
    fn count_on(&self, day: Date, counted: i64) -> Result<Option<Entry>, Error> {
        let by = self.by();
        self.write(|tx| count_cash(tx, &self.journal, by, (day, 1, counted)))
    }

    fn compare(&self, by: By, told: &[(&str, i64, i64)]) -> Result<Comparison, Error> {
        let sum = |(account, count, amount): &(&str, i64, i64)| {
            ((*account).to_owned(), Sum { count: *count, amount: *amount })
        };
        let told: BTreeMap<String, Sum> = told.iter().map(sum).collect();
        self.write(|tx| compare(tx, &self.journal, by, (TODAY, &told)))
    }

    fn drawer(&self) -> Drawer {
        drawers(&self.connection, TODAY, [1]).unwrap().remove(0)
    }

    /// A payment by a terminal that went through.
    fn by_terminal(&self, tender: Tender, slip: &str) -> Payment {
        let begun = self.begun(tender);
        self.settle(self.by(), &begun, &authorised(slip)).unwrap()
    }
}

#[test]
fn yesterdays_drawer_is_counted_until_money_of_today_has_moved() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    office.pass(24);
    let short = office.count_on(TODAY, 250).unwrap().unwrap();
    assert_eq!(short.day, TODAY);
    office.paid(vec![residence(1)]);
    assert!(matches!(office.count_on(TODAY, 300), Err(Error::MovedOn)));
    assert!(matches!(office.count_on(date!(2026 - 11 - 28), 0), Err(Error::NotYet)));
    office.close(TODAY, None).unwrap();
    assert!(matches!(office.count_on(TODAY, 250), Err(Error::DayClosed)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn a_drawer_is_counted_until_something_moves_in_it_again() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    assert_eq!((office.drawer().expected, office.drawer().counted), (300, None));
    office.count_on(TODAY, 200).unwrap();
    assert!(office.drawer().is_counted(), "the difference is in the books");
    office.paid(vec![residence(1)]);
    assert_eq!(office.drawer().expected, 500);
    assert!(!office.drawer().is_counted());
}

#[test]
fn what_the_terminals_say_stands_beside_the_books_and_mends_nothing() {
    let office = Office::open();
    office.by_terminal(Tender::Emoney, "00001");
    office.by_terminal(Tender::Emoney, "00002");
    let voided = office.by_terminal(Tender::Qr, "00003");
    office.void(office.by(), &voided).unwrap();
    let before = office.totals();
    let by = office.by();
    let told = [("emoney:suica", 2, 600), ("credit:visa", 1, 300)];
    let compared = office.compare(by, &told).unwrap();
    let differs: Vec<&str> = compared.differences().map(|brand| &*brand.account).collect();
    assert_eq!(differs, ["credit:visa"]);
    assert_eq!(office.totals(), before);
    assert_eq!(office.compare(by, &told).unwrap(), compared, "the same press");
    let later = [("emoney:suica", 1, 300)];
    let last = office.compare(office.by(), &later).unwrap();
    assert_eq!(office.compare(by, &told).unwrap(), compared, "whatever was compared since");
    let other = office.compare(by, &later);
    assert!(matches!(other, Err(Error::Conflict)), "{other:?}");
    assert_eq!(super::compared(&office.connection, TODAY).unwrap().unwrap(), last);
    assert!(compared.still_holds(&office.connection).unwrap());
    office.by_terminal(Tender::Emoney, "00004");
    assert!(!compared.still_holds(&office.connection).unwrap());
    assert!(matches!(office.compare(office.by(), &[("cash:1", 1, 1)]), Err(Error::WrongTender)));
    assert_eq!(office.contradiction(), None);
}

#[test]
fn what_was_given_back_whole_may_be_counted_by_a_terminal_or_not() {
    let office = Office::open();
    office.by_terminal(Tender::Emoney, "00001");
    let whole = office.by_terminal(Tender::Emoney, "00002");
    office.refund(office.by(), &back(&whole, &[("03-01", 300)], Back::Same)).unwrap();
    let part = office.by_terminal(Tender::Emoney, "00003");
    office.refund(office.by(), &back(&part, &[("03-01", 100)], Back::Same)).unwrap();
    // Three were paid; the terminal has the whole one as a refund, or as a void of the day.
    for (count, amount, differs) in
        [(3, 500, false), (2, 500, false), (1, 500, true), (4, 500, true), (3, 800, true)]
    {
        let compared = office.compare(office.by(), &[("emoney:suica", count, amount)]).unwrap();
        assert_eq!(compared.differences().count() > 0, differs, "{count} {amount}");
        assert!(compared.still_holds(&office.connection).unwrap());
    }
    // In cash it stays with the terminal as it was paid.
    let in_cash = office.by_terminal(Tender::Qr, "00004");
    office.refund(office.by(), &back(&in_cash, &[("03-01", 300)], Back::Cash)).unwrap();
    for (count, differs) in [(1, false), (0, true)] {
        let told = [("emoney:suica", 3, 500), ("qr:suica", count, 300)];
        let compared = office.compare(office.by(), &told).unwrap();
        assert_eq!(compared.differences().count() > 0, differs, "{count}");
    }
}

#[test]
fn what_was_paid_by_the_desk_s_own_code_is_told_apart() {
    let office = Office::open();
    let by_terminal = office.by_terminal(Tender::Qr, "00001");
    let charge = office.owing(vec![residence(1)]);
    let begun = office.start_at(&charge, (Tender::Qr, Some(At::the_code("suica")))).unwrap();
    let slip = Slip { terminal: THE_CODE.to_owned(), ..slip("0123456789A") };
    let paid = office.settle(office.by(), &begun, &Outcome::Authorised(Some(slip))).unwrap();
    // One account of the books, and two who tell of it.
    assert_eq!(office.totals()[0], ("qr:suica".to_owned(), 600));
    let told = [("qr:suica", 1, 300), ("jpqr:suica", 1, 300)];
    let compared = office.compare(office.by(), &told).unwrap();
    assert_eq!(compared.differences().count(), 0, "{compared:?}");
    office.void(office.by(), &paid).unwrap();
    office.void(office.by(), &by_terminal).unwrap();
    let none = [("qr:suica", 0, 0), ("jpqr:suica", 0, 0)];
    assert_eq!(office.compare(office.by(), &none).unwrap().differences().count(), 0);
}

#[test]
fn a_day_before_today_that_is_open_is_closed_first_and_one_that_is_closed_is_not() {
    let office = Office::open();
    let next = || day_to_close(&office.connection, office.journal.now().date()).unwrap();
    assert_eq!(next(), Some(TODAY), "also a day on which nobody paid");
    office.paid(vec![residence(1)]);
    office.pass(24);
    assert_eq!(next(), Some(TODAY));
    office.close(TODAY, None).unwrap();
    assert_eq!(next(), Some(TOMORROW));
    office.close(TOMORROW, None).unwrap();
    assert_eq!(next(), None);
}

#[test]
fn every_line_of_the_book_has_its_fee_and_what_went_back_is_below_nothing() {
    let office = Office::open();
    let charge = office.owing(vec![residence(2), tax(1), free("pension")]);
    let paid = office.take(office.by(), &charge, Tender::Cash { received: Yen(1000) }).unwrap();
    office.refund(office.by(), &back(&paid, &[("03-01", 300)], Back::Cash)).unwrap();
    let voided = office.by_terminal(Tender::Emoney, "00001");
    office.void(office.by(), &voided).unwrap();
    let charge = office.owing(vec![free("pension")]);
    office.take(office.by(), &charge, Tender::Nothing).unwrap();
    office.count(office.by(), 600).unwrap();
    let lines = lines_on(&office.connection, TODAY).unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.number, line.what, line.account(), line.count, line.amount, line.exempt))
        .collect();
    let (cash, suica) = ("cash".to_owned(), "emoney:suica".to_owned());
    let expected = [
        (Some(1), What::Paid, cash.clone(), 2, 600, 0),
        (Some(1), What::Paid, cash.clone(), 1, 350, 0),
        (Some(1), What::Paid, cash.clone(), 2, 0, 2),
        (Some(2), What::Refunded, cash.clone(), 0, -300, 0),
        (Some(3), What::Paid, suica.clone(), 1, 300, 0),
        (Some(4), What::Voided, suica, -1, -300, 0),
        (Some(5), What::Difference, cash, 0, -50, 0),
        (None, What::Free, "nothing".to_owned(), 2, 0, 2),
    ];
    assert_eq!(told, expected);
    let summary = Summary::of(&lines);
    let first = summary.by_item["03-01"];
    assert_eq!(first, Sums { count: 6, exempt: 4, taken: 900, back: -600 });
    assert_eq!(
        summary.by_tender["emoney:suica"],
        Sums { taken: 300, back: -300, ..Sums::default() }
    );
    assert_eq!((summary.all.count, summary.all.net()), (2, 650));
    assert_eq!(summary.over_short, [(1, -50)].into());
}
