//! What goes back through a terminal: asked for once, given once, and booked as it was given.

use super::*;

/// 300 yen of the first item asked back, written by hand.
fn asked(payment: &Payment, (item, of_item, amount): (&str, u32, u32)) -> String {
    let id = payment.id;
    format!(
        "insert into give_back_item values ('{NEW}', '{item}', {of_item});
         insert into give_back
           values ('{NEW}', '{id}', 'refund', '{DAY}', {amount}, 'asked', 1, '{DAY}')"
    )
}

fn step_of(id: &str, place: u32, state: &str) -> String {
    format!(
        "insert into give_back_step (give_back, place, state, day, at)
         values ('{id}', {place}, '{state}', '{DAY}', '{DAY}')"
    )
}

/// The same, asked for and given by a terminal, and what is booked of it.
fn given(payment: &Payment, slip: (&str, &str), sides: &[(&str, &str, &str)]) -> String {
    let (terminal, number) = slip;
    format!(
        "{}; {};
         insert into give_back_step values ('{NEW}', 2, 'authorised', '{DAY}', '{DAY}', 'suica',
           'mihon_pay', '{terminal}', '{number}', '{NEW}');
         {}",
        asked(payment, ("03-01", 300, 300)),
        step_of(NEW, 1, "started"),
        entry(("refund", DAY), (Some(payment.id), payment.steps[1].entry), sides),
    )
}

const SIDES: [(&str, &str, &str); 2] =
    [("revenue:03-01", "debit", "300"), ("emoney:suica", "credit", "300")];

/// All of a payment asked back, as the program does it.
fn asked_back(office: &Office) -> (Payment, GiveBack) {
    let paid = office.paid_at("00001");
    let back = office.ask_back(office.by(), (&paid, None)).unwrap();
    (paid, back)
}

#[test]
fn what_goes_back_by_hand_is_taken_where_nothing_is_wrong_with_it() {
    let office = Office::open();
    let paid = office.paid_at("00001");
    office.attempt(&given(&paid, ("t1", "00002"), &SIDES)).unwrap();
}

#[test]
fn what_goes_back_is_asked_for_once_and_whole() {
    guarded(&["give_back_is_asked_for_once"], |office| {
        let (_, back) = asked_back(office);
        office.tell_back(office.by(), &back, &Outcome::Declined).unwrap();
        let id = back.id;
        format!("insert or replace into give_back select * from give_back where id = '{id}'")
    });
    guarded(&["give_back_item_joins_no_finished_one"], |office| {
        let charge = office.owing(vec![residence(2), tax(1)]);
        let at = Some(At { terminal: "t1".to_owned(), brand: None });
        let begun = office.start_at(&charge, (Tender::Emoney, at)).unwrap();
        let paid = office.settle(office.by(), &begun, &authorised("00001")).unwrap();
        let part = office.ask_back(office.by(), (&paid, Some(&[("03-01", 300)]))).unwrap();
        format!("insert into give_back_item values ('{}', '04-01', 100)", part.id)
    });
    guarded(&["give_back_is_the_sum_of_its_items"], |office| {
        asked(&office.paid_at("00001"), ("03-01", 300, 200))
    });
    guarded(&["give_back_is_of_an_open_day"], |office| {
        let paid = office.paid_at("00001");
        office.close(TODAY, None).unwrap();
        asked(&paid, ("03-01", 300, 300))
    });
    guarded(&["give_back_is_of_what_a_terminal_took"], |office| {
        asked(&office.paid(vec![residence(1)]), ("03-01", 300, 300))
    });
    for (item, amount) in [("03-01", 601), ("04-01", 351), ("09", 1)] {
        guarded(&["give_back_is_no_more_than_is_left"], |office| {
            asked(&office.paid_at("00001"), (item, amount, amount))
        });
    }
}

#[test]
fn while_something_goes_back_nothing_else_does() {
    guarded(&["give_back_is_the_only_one"], |office| {
        asked(&asked_back(office).0, ("03-01", 300, 300))
    });
    guarded(&["entry_waits_for_what_goes_back"], |office| {
        let (paid, back) = asked_back(office);
        office.tell_back(office.by(), &back, &Outcome::Unknown).unwrap();
        let sides = [("revenue:03-01", "debit", "300"), ("cash:1", "credit", "300")];
        entry(("refund", DAY), (Some(paid.id), paid.steps[1].entry), &sides)
    });
    guarded(&["day_closes_when_all_that_goes_back_is_known"], |office| {
        asked_back(office);
        let digest = "0".repeat(64);
        format!("insert into day_close values ('{DAY}', '{DAY}', '{{}}', '{digest}', null)")
    });
}

#[test]
fn what_goes_back_follows_the_table_and_is_found_out_once() {
    guarded(&["give_back_step_follows_the_table"], |office| {
        let (_, back) = asked_back(office);
        office.tell_back(office.by(), &back, &Outcome::Declined).unwrap();
        step_of(&back.id.to_string(), 3, "unknown")
    });
    let once = ",\n  -- An unknown one is found out once.\n  unique (give_back, state)";
    guarded(&["give_back_step_follows_the_table", once], |office| {
        let (_, back) = asked_back(office);
        office.tell_back(office.by(), &back, &Outcome::Unknown).unwrap();
        office.tell_back(office.by(), &back, &Outcome::Declined).unwrap();
        step_of(&back.id.to_string(), 4, "declined")
    });
    guarded(&["give_back_step_has_no_gap"], |office| {
        step_of(&asked_back(office).1.id.to_string(), 5, "declined")
    });
    let of = |office: &Office, slip: &str, entry: &str| {
        let (_, back) = asked_back(office);
        let id = back.id;
        format!(
            "insert into give_back_step
             values ('{id}', 2, 'authorised', '{DAY}', '{DAY}', {slip}, {entry})"
        )
    };
    let slip = "'suica', 'mihon_pay', 't1', '00002'";
    guarded(&["check ((entry is not null) = (state = 'authorised')),"], |office| {
        of(office, slip, "null")
    });
    guarded(&["check ((slip is not null) = (state = 'authorised')),"], |office| {
        let own = "(select max(id) from give_back)";
        let sides = [
            ("revenue:03-01", "debit", "600"),
            ("revenue:04-01", "debit", "350"),
            ("emoney:suica", "credit", "950"),
        ];
        let step = of(office, "null, null, null, null", own);
        let [back] = &*give_back::open(&office.connection).unwrap() else { panic!("one") };
        let paid = get(&office.connection, back.payment).unwrap().unwrap();
        let booked = entry(("refund", DAY), (Some(paid.id), paid.steps[1].entry), &sides);
        format!("{step}; {}", booked.replace(NEW, &back.id.to_string()))
    });
    guarded(&["check (entry is null or entry = give_back),"], |office| {
        of(office, slip, "(select max(id) from ledger_entry)")
    });
}

#[test]
fn a_slip_stands_for_one_thing_whether_money_comes_or_goes() {
    guarded(&["give_back_names_a_slip_of_its_own"], |office| {
        let (_, back) = asked_back(office);
        office.tell_back(office.by(), &back, &authorised("00003")).unwrap();
        given(&office.paid_at("00002"), ("t1", "00003"), &SIDES)
    });
    guarded(&["give_back_names_a_slip_of_its_own"], |office| {
        given(&office.paid_at("00001"), ("t1", "00001"), &SIDES)
    });
    guarded(&["payment_names_a_slip_of_its_own"], |office| {
        let (_, back) = asked_back(office);
        office.tell_back(office.by(), &back, &authorised("00003")).unwrap();
        authorised_by_hand(&office.begun(Tender::Emoney), "00003")
    });
    guarded(&["give_back_step_is_of_its_terminal"], |office| {
        given(&office.paid_at("00001"), ("t2", "00002"), &SIDES)
    });
}

#[test]
fn what_the_terminal_gave_is_what_is_booked() {
    for sides in [
        // Out of the drawer, less than was given, or of another item.
        [("revenue:03-01", "debit", "300"), ("cash:1", "credit", "300")],
        [("revenue:03-01", "debit", "200"), ("emoney:suica", "credit", "200")],
        [("revenue:04-01", "debit", "300"), ("emoney:suica", "credit", "300")],
        [("revenue:03-01", "debit", "300"), ("emoney:nanaco", "credit", "300")],
    ] {
        guarded(&["entry_of_a_give_back_is_what_was_asked_for"], |office| {
            given(&office.paid_at("00001"), ("t1", "00002"), &sides)
        });
    }
}
