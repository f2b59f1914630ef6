//! Payments as somebody looks for them.

use super::*;

impl Office {
    fn found(&self, typed: &str) -> Vec<PaymentId> {
        let day = self.journal.now().date();
        let found = find(&self.connection, day, typed).unwrap();
        found.into_iter().map(|one| one.payment.id).collect()
    }
}

#[test]
fn a_payment_is_found_by_what_stands_on_its_papers() {
    let office = Office::open();
    let cash = office.paid(vec![residence(1)]);
    let card = office.paid_at("00017");
    let given = office.ask_back(office.by(), (&card, None)).unwrap();
    office.tell_back(office.by(), &given, &authorised("00018")).unwrap();
    for (typed, found) in [
        ("2026-11-26-1", &cash),
        ("２０２６－１１－２６－１", &cash),
        (" 2 ", &card),
        ("00017", &card),
        // The number of what went back, on either paper.
        ("2026-11-26-3", &card),
        ("00018", &card),
    ] {
        assert_eq!(office.found(typed), [found.id], "{typed}");
    }
    for typed in ["", "2026-11-25-1", "2026-11-26-9", "00019", "2026-13-01-1", "みほん"] {
        assert_eq!(office.found(typed), [], "{typed}");
    }
    // A number alone is one of the day; a slip is of any.
    office.pass(24);
    assert_eq!((office.found("1"), office.found("00017")), (vec![], vec![card.id]));
}

#[test]
fn a_day_lists_what_was_begun_paid_and_given_back_on_it() {
    let office = Office::open();
    let paid = office.paid(vec![residence(2)]);
    let noted = office.noted_free("official");
    let ids = |day| -> Vec<PaymentId> {
        let listed = on_day(&office.connection, day).unwrap();
        listed.iter().map(|one| one.payment.id).collect()
    };
    assert_eq!(ids(TODAY), [paid.id, noted.id]);
    office.pass(24);
    let next = office.begun(Tender::Credit);
    // A part went back: its payment has no step of this day.
    office.refund(office.by(), &back(&paid, &[("03-01", 300)], Back::Cash)).unwrap();
    assert_eq!(ids(TOMORROW), [paid.id, next.id]);
    assert_eq!(ids(TODAY), [paid.id, noted.id]);
    let listed = on_day(&office.connection, TODAY).unwrap();
    assert_eq!(
        (listed[0].number.as_deref(), listed[1].number.as_deref()),
        (Some("2026-11-26-1"), None)
    );
    assert_eq!(listed[0].visit, office.visit_of(&paid));
}
