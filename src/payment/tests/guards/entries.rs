//! What an entry of the ledger is: whole yen, balanced, written once, gross.

use super::*;

#[test]
fn invariant_1_amounts_are_whole_yen_above_nothing() {
    guarded(&["check (amount > 0)"], |_| difference("0", "0"));
    for amount in ["-1", "1.5", "'much'", "null"] {
        assert!(Office::open().attempt(&difference(amount, amount)).is_err(), "{amount}");
    }
    assert!(Office::open().attempt(&difference("1", "1")).is_ok());
}

#[test]
fn invariant_2_an_entry_is_balanced_and_whole() {
    guarded(&["entry_is_balanced"], |_| difference("100", "90"));
    // No posting stands alone, and none comes later.
    let alone = "insert into posting values ('alone', 1, 'cash:1', 'debit', 100)";
    let reference = " references ledger_entry (id) deferrable initially deferred";
    let (before, after) = SCHEMA.split_once("create table posting").expect("there are postings");
    let unguarded = format!("{before}create table posting{}", after.replacen(reference, "", 1));
    assert!(Office::open().attempt(alone).is_err());
    assert!(Office::with(unguarded).attempt(alone).is_ok());
    guarded(&["posting_joins_no_finished_entry"], |_| {
        let later = format!("insert into posting values ('{NEW}', 3, 'cash:1', 'debit', 100)");
        format!("{}; {later}", difference("100", "100"))
    });
}

#[test]
fn invariant_3_nothing_is_edited_or_removed() {
    for table in [
        "charge",
        "charge_line",
        "payment",
        "payment_step",
        "ledger_entry",
        "posting",
        "day_close",
        "give_back",
        "give_back_item",
        "give_back_step",
    ] {
        for (what, act) in [
            ("edited", format!("update {table} set rowid = rowid + 100")),
            ("removed", format!("delete from {table}")),
        ] {
            guarded(&[&*format!("{table}_is_never_{what}")], |office| {
                office.paid(vec![residence(1)]);
                let paid = office.paid_at("00001");
                let back = office.ask_back(office.by(), (&paid, None)).unwrap();
                office.tell_back(office.by(), &back, &Outcome::Declined).unwrap();
                office.close(TODAY, None).unwrap();
                // A reference would refuse it first.
                office.connection.execute_batch("pragma foreign_keys = off").unwrap();
                act.clone()
            });
        }
    }
}

#[test]
fn invariant_4_an_identity_stands_for_one_thing() {
    let again = |id: &str, table: &str| {
        format!("insert or replace into {table} select * from {table} where id = '{id}'")
    };
    guarded(&["payment_is_begun_once"], |office| {
        let begun = office.begun(Tender::Credit);
        office.settle(office.by(), &begun, &Outcome::Declined).unwrap();
        again(&begun.id.to_string(), "payment")
    });
    guarded(&["entry_is_written_once"], |office| {
        office.attempt(&difference("100", "100")).unwrap();
        again(NEW, "ledger_entry")
    });
}

#[test]
fn invariant_16_the_fee_is_booked_in_full_item_by_item() {
    let of_a_payment = |office: &Office, sides: &[(&str, &str, &str)]| {
        let begun = office.begun(Tender::Emoney);
        let right = authorised_by_hand(&begun, "00001");
        let step = right.split("insert into posting").next().unwrap_or_default().to_owned();
        step + &entry(("payment", DAY), (Some(begun.id), None), sides)
    };
    for sides in [
        // Net of what the company takes.
        &[("emoney:suica", "debit", "291"), ("revenue:03-01", "credit", "291")][..],
        &[("emoney:suica", "debit", "300"), ("revenue:04-01", "credit", "300")],
        &[
            ("emoney:suica", "debit", "300"),
            ("revenue:03-01", "credit", "291"),
            ("over_short", "credit", "9"),
        ],
    ] {
        guarded(&["entry_of_a_payment_is_gross"], |office| of_a_payment(office, sides));
    }
    guarded(&["entry_is_in_the_tender_of_its_payment"], |office| {
        let sides = [("cash:1", "debit", "300"), ("revenue:03-01", "credit", "300")];
        of_a_payment(office, &sides)
    });
}

#[test]
fn a_difference_is_of_the_cash_and_of_nothing_else() {
    guarded(&["entry_of_a_difference_is_of_cash"], |_| {
        let sides = [("cash:1", "debit", "100"), ("revenue:03-01", "credit", "100")];
        entry(("difference", DAY), (None, None), &sides)
    });
}
