//! Terminals and their slips.

use super::*;

#[test]
fn invariant_13_a_slip_stands_for_one_payment_of_the_day() {
    guarded(&["payment_names_a_slip_of_its_own"], |office| {
        let (first, second) = (office.begun(Tender::Emoney), office.begun(Tender::Emoney));
        office.settle(office.by(), &first, &authorised("00001")).unwrap();
        authorised_by_hand(&second, "00001")
    });
    let office = Office::open();
    let begun = office.begun(Tender::Emoney);
    assert!(office.attempt(&authorised_by_hand(&begun, "00002")).is_ok());
    let guards = ["payment_step_names_its_slip", "entry_is_in_the_tender_of_its_payment"];
    guarded(&guards, |office| {
        let begun = office.begun(Tender::Emoney);
        let with = authorised_by_hand(&begun, "00002");
        with.replace("'suica',\n           'mihon_pay', 't1', '00002'", "null, null, null, null")
    });
}

#[test]
fn a_slip_is_of_the_terminal_that_was_asked() {
    guarded(&["payment_step_is_of_its_terminal"], |office| {
        let at = Some(At { terminal: "t2".to_owned(), brand: None });
        let charge = office.owing(vec![residence(1)]);
        authorised_by_hand(&office.start_at(&charge, (Tender::Emoney, at)).unwrap(), "00002")
    });
}

#[test]
fn a_terminal_takes_no_cash() {
    for terminal in ["'t1', null", "'t1', 'suica'", "null, 'suica'"] {
        guarded(&["payment_at_a_terminal_is_without_cash"], |office| {
            let charge = office.owing(vec![residence(1)]);
            let begun = payment(&charge, 300, ("cash", "null"));
            let (begun, at) =
                (begun.replace("begun_at)", "begun_at, asked_terminal, asked_brand)"), terminal);
            begun.trim_end_matches(')').to_owned() + &format!(", {at})")
        });
    }
}

#[test]
fn invariant_14_no_number_of_a_card_and_no_code_of_a_wallet_is_kept() {
    guarded(&[" and length(slip) <= 11"], |office| {
        authorised_by_hand(&office.begun(Tender::Emoney), "4980123456789012")
    });
    guarded(&[" and slip not glob '*[^0-9A-Z-]*'"], |office| {
        authorised_by_hand(&office.begun(Tender::Emoney), "hQVDUFYwMW")
    });
    let office = Office::open();
    let begun = office.begun(Tender::Emoney);
    let named = authorised_by_hand(&begun, "00001").replace("'t1'", "'4980123456789012'");
    assert!(office.attempt(&named).is_err());
}
