//! Business days, and their seal; and that the journal makes the same ledger again.

use super::*;

/// The step that takes back a record of nothing: the day it belongs to, and why.
fn taken_back(noted: &Payment, day: &str, (concerns, reason): (&str, &str)) -> String {
    let id = noted.id;
    format!(
        "insert into payment_step (payment, place, state, day, at, concerns, reason)
         values ('{id}', 3, 'voided', '{day}', '{day}', {concerns}, {reason})"
    )
}

#[test]
fn invariant_10_the_business_day_is_its_own_and_never_goes_back() {
    guarded(&["entry_goes_forward"], |office| {
        office.pass(24);
        office.paid(vec![residence(1)]);
        difference("100", "100")
    });
}

#[test]
fn invariant_11_a_closed_day_is_sealed() {
    guarded(&["entry_is_of_an_open_day"], |office| {
        office.paid(vec![residence(1)]);
        office.close(TODAY, None).unwrap();
        difference("100", "100")
    });
    guarded(&["payment_is_of_an_open_day"], |office| {
        office.paid(vec![residence(1)]);
        office.close(TODAY, None).unwrap();
        payment(&office.owing(vec![residence(1)]), 300, ("cash", "null"))
    });
    guarded(&["day_closes_in_order"], |office| {
        office.pass(24);
        office.paid(vec![residence(1)]);
        office.close(TOMORROW, None).unwrap();
        let digest = "0".repeat(64);
        format!("insert into day_close values ('{DAY}', '{DAY}', '{{}}', '{digest}', null)")
    });
    // What became of it joins no closed day either.
    guarded(&["payment_step_is_of_an_open_day"], |office| {
        let begun = office.begun(Tender::Credit);
        office.close(TODAY, Some(Reason::TerminalDown)).unwrap();
        step(&begun, 2, "unknown")
    });
    guarded(&["give_back_step_is_of_an_open_day"], |office| {
        let back = office.ask_back(office.by(), (&office.paid_at("00001"), None)).unwrap();
        office.close(TODAY, Some(Reason::TerminalDown)).unwrap();
        let id = back.id;
        format!(
            "insert into give_back_step (give_back, place, state, day, at)
             values ('{id}', 2, 'unknown', '{DAY}', '{DAY}')"
        )
    });
    // What is taken back late names its day, and what is not late names none.
    for (closes, day, concerns) in [
        (true, "2026-11-27", "null"),
        (true, "2026-11-28", "'2026-11-27'"),
        (false, "2026-11-27", "'2026-11-26'"),
    ] {
        guarded(&["payment_step_that_comes_late_names_its_day"], |office| {
            let noted = office.noted_free("pension");
            if closes {
                office.close(TODAY, None).unwrap();
            }
            taken_back(&noted, day, (concerns, "'asked'"))
        });
    }
    let office = Office::open();
    let noted = office.noted_free("pension");
    office.close(TODAY, None).unwrap();
    let late = taken_back(&noted, "2026-11-27", ("'2026-11-26'", "'asked'"));
    assert!(office.attempt(&late).is_ok());
    // What comes late says so only of a day that is closed.
    guarded(&["entry_that_comes_late_is_of_a_closed_day"], |_| {
        difference("100", "100").replace("null, 'asked'", "'2026-11-25', 'asked'")
    });
}

#[test]
fn invariant_12_the_totals_of_a_closed_day_stay_what_they_were() {
    let office = Office::open();
    office.paid(vec![residence(1)]);
    let closing = office.close(TODAY, None).unwrap();
    assert_eq!(totals(&office.connection, TODAY).unwrap(), closing.totals);
    // Rows of the day that nobody refused: the digest tells.
    let unguarded = Office::with(without(&["entry_is_of_an_open_day"]));
    unguarded.paid(vec![residence(1)]);
    let closing = unguarded.close(TODAY, None).unwrap();
    assert!(closing.still_holds(&unguarded.connection).unwrap());
    unguarded.attempt(&difference("100", "100")).unwrap();
    assert!(!closing.still_holds(&unguarded.connection).unwrap());
    assert!(unguarded.contradiction().is_some());
}

#[test]
fn invariant_15_every_act_is_in_the_chain_and_makes_the_same_ledger_again() {
    let office = Office::open();
    let paid = office.paid(vec![residence(1)]);
    office.refund(office.by(), &back(&paid, &[("03-01", 300)], Back::Cash)).unwrap();
    office.count(office.by(), 10).unwrap();
    office.close(TODAY, None).unwrap();
    assert_eq!(office.contradiction(), None);
    office.journal.verify(&office.connection).unwrap().unwrap();
    // A row that no entry of the journal tells of.
    let office = Office::open();
    office.attempt(&difference("100", "100")).unwrap();
    assert!(office.contradiction().is_some_and(|what| what.contains("entry of the ledger")));
}
