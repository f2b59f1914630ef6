//! What is paid and given back: the whole charge, once, at its prices, and no more.

use super::*;

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
    // The ground is a code of the town's, and nothing that somebody wrote of a person.
    for ground in ["", "児童扶養手当のため", "for her pension", "a-code-of-21-letters!"] {
        guarded(&["charge_line_names_its_ground_by_a_code"], |_| {
            format!(
                "insert into charge_line values ('{NEW}', 1, 'zei', 'zei.copies', 'income', '{{}}',
                   '04-01', 1, 300, 0, 1, 'exempt', '{ground}');
                 insert into charge values ('{NEW}', 'visit', 1, '{DAY}', 0, '{DAY}')"
            )
        });
    }
    guarded(&["payment_names_its_grounds_by_codes"], |office| {
        let charge = office.owing(vec![free("pension")]);
        payment(&charge, 0, ("nothing", "'for her pension'"))
    });
    // What takes it back says why, and nothing else does.
    for (state, reason) in [("voided", ""), ("declined", ", 'asked'")] {
        guarded(&["payment_step_without_money_says_why"], |office| {
            let (of, place) = match state {
                "voided" => (office.noted_free("pension"), 3),
                _ => (office.begun(Tender::Credit), 2),
            };
            let with = step(&of, place, state);
            match reason {
                "" => with,
                _ => {
                    let with = with.replace(", at)", ", at, reason)");
                    format!("{}{reason})", with.trim_end_matches(')'))
                }
            }
        });
    }
}
