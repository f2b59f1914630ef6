//! Each invariant of the ledger is refused by the schema itself, and by the guard that is
//! named: without it, the same statement goes through.

mod amounts;
mod days;
mod entries;
mod going_back;
mod slips;
mod states;

use super::*;

/// The schema of this room without some of its guards: triggers and indexes by name,
/// anything else word by word.
fn without(guards: &[&str]) -> String {
    let mut schema = OWN.concat();
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

/// The step and the money of a payment by a terminal.
fn authorised_by_hand(payment: &Payment, slip: &str) -> String {
    let sides = [("emoney:suica", "debit", "300"), ("revenue:03-01", "credit", "300")];
    format!(
        "insert into payment_step
           (payment, place, state, day, at, brand, acquirer, terminal, slip, entry)
         values ('{}', 2, 'authorised', '{DAY}', '{DAY}', 'suica',
           'mihon_pay', 't1', '{slip}', '{NEW}');
         {}",
        payment.id,
        entry(("payment", DAY), (Some(payment.id), None), &sides)
    )
}

#[test]
fn every_guard_of_the_schema_has_a_test() {
    let tests = [
        include_str!("guards/amounts.rs"),
        include_str!("guards/days.rs"),
        include_str!("guards/entries.rs"),
        include_str!("guards/going_back.rs"),
        include_str!("guards/slips.rs"),
        include_str!("guards/states.rs"),
    ]
    .concat();
    let schema = OWN.concat();
    let triggers = schema.split("create trigger ").skip(1);
    let names = triggers.chain(schema.split("create unique index ").skip(1));
    for name in names.filter_map(|rest| rest.split(' ').next()) {
        // A later step took it away.
        if ["trigger", "index"].iter().any(|kind| schema.contains(&format!("drop {kind} {name};")))
        {
            continue;
        }
        let general = ["_is_never_edited", "_is_never_removed"];
        if !general.iter().any(|end| name.ends_with(end)) {
            assert!(tests.contains(&format!("\"{name}\"")), "{name} is not tested");
        }
    }
}
