//! Each invariant of the ledger is refused by the schema itself, and by the guard that is
//! named: without it, the same statement goes through.

use super::*;

/// The schema of this room without some of its guards: triggers and indexes by name,
/// anything else word by word.
fn without(guards: &[&str]) -> String {
    let mut schema = [SCHEMA, AT_TERMINAL].concat();
    for guard in guards {
        let before = schema.clone();
        let named = [("create trigger", "end;"), ("create unique index", ";")];
        let found = named.iter().find_map(|(create, last)| {
            let begin = schema.find(&format!("{create} {guard} "))?;
            Some(begin..begin + schema[begin..].find(last)? + last.len())
        });
        match found {
            Some(range) => schema.replace_range(range, ""),
            None => schema = schema.replacen(guard, "", 1),
        }
        assert_ne!(schema, before, "there is no guard {guard}");
    }
    schema
}

/// Refused as long as the guards are there, and taken without them.
fn guarded(guards: &[&str], set_up: impl Fn(&Office) -> String) {
    let office = Office::open();
    let statements = set_up(&office);
    let refused = office.attempt(&statements);
    assert!(refused.is_err(), "{statements}");
    let unguarded = Office::with(without(guards));
    let statements = set_up(&unguarded);
    let taken = unguarded.attempt(&statements);
    assert!(taken.is_ok(), "{guards:?} is not all that guards: {taken:?}\n{statements}");
}

/// An entry of the ledger, written by hand: kind, day, what it is about, and each side.
fn entry(
    (kind, day): (&str, &str),
    (payment, reverses): (Option<PaymentId>, Option<EntryId>),
    postings: &[(&str, &str, &str)],
) -> String {
    let postings = postings.iter().zip(1..).map(|((account, side, amount), place)| {
        format!("insert into posting values ('{NEW}', {place}, '{account}', '{side}', {amount});")
    });
    let quoted = |id: Option<String>| id.map_or("null".to_owned(), |id| format!("'{id}'"));
    let reason = if kind == "payment" { "null" } else { "'asked'" };
    let (payment, reverses) = (payment.map(|id| id.to_string()), reverses.map(|id| id.to_string()));
    format!(
        "{} insert into ledger_entry values ('{NEW}', '{day}', 99, '{kind}', {}, {}, null, {reason},
           1, '{day}T09:00:00.000+09:00')",
        postings.collect::<String>(),
        quoted(payment),
        quoted(reverses),
    )
}

const DAY: &str = "2026-11-26";

/// The identity of what is written by hand.
const NEW: &str = "01a21526-e400-7c76-94ec-fd7b0b620099";

fn difference(debit: &str, credit: &str) -> String {
    let sides = [("cash:1", "debit", debit), ("over_short", "credit", credit)];
    entry(("difference", DAY), (None, None), &sides)
}

fn step(payment: &Payment, place: u32, state: &str) -> String {
    let id = payment.id;
    format!(
        "insert into payment_step (payment, place, state, day, at)
         values ('{id}', {place}, '{state}', '{DAY}', '{DAY}T09:00:00.000+09:00')"
    )
}

/// A payment written by hand.
fn payment(charge: &Charge, amount: u32, (tender, ground): (&str, &str)) -> String {
    let (charge, received) = (charge.id, if tender == "cash" { "5000" } else { "null" });
    format!(
        "insert into payment (id, charge, day, amount, tender, counter, received, ground, begun_at)
         values ('by-hand', '{charge}', '{DAY}', {amount}, '{tender}', 1,
           {received}, {ground}, '{DAY}T09:00:00.000+09:00')"
    )
}

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
    for table in
        ["charge", "charge_line", "payment", "payment_step", "ledger_entry", "posting", "day_close"]
    {
        for (what, act) in [
            ("edited", format!("update {table} set rowid = rowid + 100")),
            ("removed", format!("delete from {table}")),
        ] {
            guarded(&[&*format!("{table}_is_never_{what}")], |office| {
                office.paid(vec![residence(1)]);
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

#[test]
fn invariant_7_no_more_is_given_back_than_was_paid_for_each_item() {
    let refund = |office: &Office, sides: &[(&str, &str, &str)]| {
        let paid = office.paid(vec![residence(1), tax(1)]);
        let by = office.by();
        office.refund(by, &back(&paid, &[("03-01", 100)], Back::Cash)).unwrap();
        entry(("refund", DAY), (Some(paid.id), paid.steps[1].entry), sides)
    };
    let guard = ["entry_of_a_refund_is_no_more_than_was_paid"];
    for (item, amount) in [("revenue:03-01", "201"), ("revenue:04-01", "351"), ("revenue:9", "1")] {
        let sides = [(item, "debit", amount), ("cash:1", "credit", amount)];
        guarded(&guard, |office| refund(office, &sides));
    }
    let all = [("revenue:03-01", "debit", "200"), ("cash:1", "credit", "200")];
    let office = Office::open();
    assert!(office.attempt(&refund(&office, &all)).is_ok());
    // Of another payment's money, too.
    guarded(&guard, |office| {
        let (paid, other) = (office.paid(vec![residence(1)]), office.paid(vec![residence(1)]));
        let sides = [("revenue:03-01", "debit", "300"), ("cash:1", "credit", "300")];
        entry(("refund", DAY), (Some(paid.id), other.steps[1].entry), &sides)
    });
    guarded(&["entry_of_a_void_takes_all_back", "entry_has_its_step"], |office| {
        let paid = office.paid(vec![residence(1)]);
        let sides = [("revenue:03-01", "debit", "200"), ("cash:1", "credit", "200")];
        entry(("void", DAY), (Some(paid.id), paid.steps[1].entry), &sides)
    });
}

#[test]
fn invariant_8_one_tender_pays_the_sum_of_the_lines_at_the_price_they_were_made_with() {
    guarded(&["payment_pays_the_whole_charge"], |office| {
        payment(&office.owing(vec![residence(1)]), 200, ("cash", "null"))
    });
    guarded(&["payment_is_for_the_last_revision"], |office| {
        let seen = office.owing(vec![residence(1)]);
        office.charge(seen.visit, vec![residence(1), tax(0)]).unwrap_or_else(|_| {
            office.charge(seen.visit, vec![Line { item: "03-02".into(), ..residence(1) }]).unwrap()
        });
        payment(&seen, 300, ("cash", "null"))
    });
    guarded(&["payment_takes_cash_where_only_cash_is_taken"], |office| {
        let cash_only = Line { cashless: false, ..residence(1) };
        payment(&office.owing(vec![cash_only]), 300, ("credit", "null"))
    });
    // Part in cash, part by card.
    guarded(&["entry_of_a_payment_is_gross", "one_payment_entry"], |office| {
        let paid = office.paid(vec![residence(1)]);
        let sides = [
            ("cash:1", "debit", "100"),
            ("credit:visa", "debit", "200"),
            ("revenue:03-01", "credit", "300"),
        ];
        entry(("payment", DAY), (Some(paid.id), None), &sides)
    });
    let by_hand = |count: u32, unit: u32, amount: u32, total: u32| {
        format!(
            "insert into charge_line values ('{NEW}', 1, 'zei', 'zei.copies', 'income', '{{}}',
               '04-01', {count}, {unit}, {amount}, 1, 'exempt', null);
             insert into charge values ('{NEW}', 'visit', 1, '{DAY}', {total}, '{DAY}')"
        )
    };
    guarded(&["charge_is_the_sum_of_its_lines"], |_| by_hand(2, 300, 600, 700));
    // Nothing is booked twice.
    guarded(&["one_payment_entry"], |office| {
        let paid = office.paid(vec![residence(1)]);
        let sides = [("cash:1", "debit", "300"), ("revenue:03-01", "credit", "300")];
        entry(("payment", DAY), (Some(paid.id), None), &sides)
    });
    guarded(&["one_void_entry"], |office| {
        let paid = office.paid(vec![residence(1)]);
        office.void(office.by(), &paid).unwrap();
        let sides = [("revenue:03-01", "debit", "300"), ("cash:1", "credit", "300")];
        entry(("void", DAY), (Some(paid.id), paid.steps[1].entry), &sides)
    });
    let price = "check (amount = case when exempt is null then count * unit else 0 end),";
    guarded(&[price], |_| by_hand(2, 300, 500, 500));
    assert!(Office::open().attempt(&by_hand(2, 300, 600, 600)).is_ok());
    guarded(&["charge_line_joins_no_finished_charge"], |_| {
        let more = by_hand(1, 0, 0, 0).replace(", 1, 'zei'", ", 2, 'zei'");
        let line = more.split("insert into charge values").next().unwrap_or_default();
        format!("{}; {line}", by_hand(2, 300, 600, 600))
    });
    guarded(&["charge_follows_its_last_revision"], |_| {
        by_hand(1, 300, 300, 300).replace("'visit', 1", "'visit', 2")
    });
    guarded(&["charge_does_not_change_under_a_payment"], |office| {
        let paid = office.paid(vec![residence(1)]);
        let visit = office.visit_of(&paid);
        by_hand(1, 300, 300, 300).replace("'visit', 1", &format!("'{visit}', 2"))
    });
}

#[test]
fn invariant_9_what_is_free_is_a_record_with_a_reason() {
    guarded(&["check ((tender = 'nothing') = (ground is not null)),"], |office| {
        payment(&office.owing(vec![free("pension")]), 0, ("nothing", "null"))
    });
    guarded(&["check ((tender = 'nothing') = (amount = 0)),"], |office| {
        payment(&office.owing(vec![free("pension")]), 0, ("cash", "null"))
    });
    let office = Office::open();
    let charge = office.owing(vec![free("pension")]);
    assert!(office.attempt(&payment(&charge, 0, ("nothing", "'pension'"))).is_ok());
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
fn invariant_13_a_slip_stands_for_one_payment_of_the_day() {
    guarded(&["one_payment_a_slip"], |office| {
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

/// The step and the money of a payment by a terminal.
fn authorised_by_hand(payment: &Payment, slip: &str) -> String {
    let sides = [("emoney:suica", "debit", "300"), ("revenue:03-01", "credit", "300")];
    format!(
        "insert into payment_step values ('{}', 2, 'authorised', '{DAY}', '{DAY}', 'suica',
           'mihon_pay', 't1', '{slip}', '{NEW}');
         {}",
        payment.id,
        entry(("payment", DAY), (Some(payment.id), None), &sides)
    )
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

#[test]
fn every_guard_of_the_schema_has_a_test() {
    let tests = include_str!("guards.rs");
    let triggers = SCHEMA.split("create trigger ").skip(1);
    let names = triggers.chain(SCHEMA.split("create unique index ").skip(1));
    for name in names.filter_map(|rest| rest.split(' ').next()) {
        let general = ["_is_never_edited", "_is_never_removed"];
        if !general.iter().any(|end| name.ends_with(end)) {
            assert!(tests.contains(&format!("\"{name}\"")), "{name} is not tested");
        }
    }
}
