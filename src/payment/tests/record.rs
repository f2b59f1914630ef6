//! Rows and journal are one record, and a change of either is found.

use super::*;

#[test]
fn rows_that_were_changed_behind_the_journals_back_are_found() {
    // Balanced still, and so unknown to whoever only adds up.
    for (trigger, change) in [
        ("posting_is_never_edited", "update posting set amount = amount + 1"),
        ("payment_is_never_edited", "update payment set received = received + 1"),
        ("charge_line_is_never_edited", "update charge_line set item = '99'"),
        ("day_close_is_never_edited", "update day_close set totals = replace(totals, '300', '3')"),
    ] {
        let office = Office::open();
        office.paid(vec![residence(1)]);
        office.close(TODAY, None).unwrap();
        assert_eq!(office.contradiction(), None);
        office.attempt(&format!("drop trigger {trigger}; {change}")).unwrap();
        assert!(office.contradiction().is_some(), "{change}");
    }
}

#[test]
fn money_is_in_the_hash_chain_of_the_journal() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    let verified = office.journal.verify(&office.connection).unwrap().unwrap();
    assert_eq!(verified.entries, 3, "charge, start, settlement");
    let change = "drop trigger journal_is_never_edited;
        update journal set facts = replace(facts, '300', '400') where kind = 'payment.settled'";
    office.attempt(change).unwrap();
    let broken: Result<_, Broken> = office.journal.verify(&office.connection).unwrap();
    assert!(broken.is_err());
}
