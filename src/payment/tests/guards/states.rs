//! What may become of a payment, and of a day on which something is not known.

use super::*;

#[test]
fn invariant_5_a_payment_follows_its_table_and_only_what_is_authorised_moves_money() {
    guarded(&["payment_step_follows_the_table"], |office| {
        let begun = office.begun(Tender::Credit);
        office.settle(office.by(), &begun, &Outcome::Declined).unwrap();
        step(&begun, 3, "unknown")
    });
    // What was found out is not found out again.
    guarded(
        &[
            "payment_step_follows_the_table",
            ",\n  -- An unknown one is found out once.\n  \
               unique (payment, state)",
        ],
        |office| {
            let begun = office.begun(Tender::Credit);
            office.settle(office.by(), &begun, &Outcome::Unknown).unwrap();
            office.settle(office.by(), &begun, &Outcome::Declined).unwrap();
            step(&begun, 4, "declined")
        },
    );
    guarded(&["payment_step_has_no_gap"], |office| {
        step(&office.begun(Tender::Credit), 5, "declined")
    });
    let guards = ["entry_has_its_step", "entry_is_in_the_tender_of_its_payment"];
    guarded(&guards, |office| {
        let begun = office.begun(Tender::Emoney);
        let sides = [("emoney:suica", "debit", "300"), ("revenue:03-01", "credit", "300")];
        entry(("payment", DAY), (Some(begun.id), None), &sides)
    });
    // And what is authorised without moving any is refused as well.
    guarded(&["payment_step_moves_money"], |office| {
        let charge = office.owing(vec![residence(1)]);
        let begun = office.start(office.by(), &charge, Tender::Later).unwrap();
        step(&begun, 2, "authorised")
    });
    guarded(&["payment_is_the_only_one"], |office| {
        let charge = office.owing(vec![residence(1)]);
        office.start(office.by(), &charge, Tender::Credit).unwrap();
        payment(&charge, 300, ("cash", "null"))
    });
}

#[test]
fn invariant_6_a_day_with_something_unknown_is_not_closed_without_a_reason() {
    let close = |reason: &str| {
        let digest = "0".repeat(64);
        format!("insert into day_close values ('{DAY}', '{DAY}', '{{}}', '{digest}', {reason})")
    };
    guarded(&["day_closes_when_all_is_known"], |office| {
        office.begun(Tender::Credit);
        close("null")
    });
    let office = Office::open();
    office.begun(Tender::Credit);
    assert!(office.attempt(&close("'terminal_down'")).is_ok());
}
