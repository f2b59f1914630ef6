//! Every `check` of the schema refuses what it is there for, and each has something that it
//! alone refuses: triggers and references are taken away here, so that nothing else can.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Every check of the schema, with its table, word by word.
fn checks() -> BTreeSet<(String, String)> {
    let schema = OWN.concat();
    let mut found = BTreeSet::new();
    let mut table = String::new();
    for (at, _) in schema.match_indices([' ', '\n']) {
        let rest = &schema[at + 1..];
        for begin in ["create table ", "alter table "] {
            if let Some(name) = rest.strip_prefix(begin) {
                table = name.split(' ').next().unwrap_or_default().to_owned();
            }
        }
        let Some(rest) = rest.strip_prefix("check (") else { continue };
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        found.insert((table.clone(), rest[..end.unwrap()].to_owned()));
    }
    found
}

/// A row that is right, of each table.
const RIGHT: [(&str, &[(&str, &str)]); 10] = [
    (
        "charge",
        &[
            ("id", "'c'"),
            ("visit", "'v'"),
            ("revision", "1"),
            ("day", "'2026-11-26'"),
            ("total", "300"),
            ("made_at", "'now'"),
        ],
    ),
    (
        "charge_line",
        &[
            ("charge", "'c'"),
            ("place", "1"),
            ("form", "'zei'"),
            ("question", "'q'"),
            ("option", "'o'"),
            ("name", "'{}'"),
            ("item", "'03-01'"),
            ("count", "1"),
            ("unit", "300"),
            ("amount", "300"),
            ("cashless", "1"),
            ("tax", "'exempt'"),
        ],
    ),
    (
        "payment",
        &[
            ("id", "'p'"),
            ("charge", "'c'"),
            ("day", "'2026-11-26'"),
            ("amount", "300"),
            ("tender", "'cash'"),
            ("counter", "1"),
            ("received", "300"),
            ("begun_at", "'now'"),
        ],
    ),
    ("payment_step", STEP),
    (
        "ledger_entry",
        &[
            ("id", "'e'"),
            ("day", "'2026-11-26'"),
            ("number", "1"),
            ("kind", "'payment'"),
            ("payment", "'p'"),
            ("counter", "1"),
            ("at", "'now'"),
        ],
    ),
    (
        "posting",
        &[
            ("entry", "'e'"),
            ("place", "1"),
            ("account", "'cash:1'"),
            ("side", "'debit'"),
            ("amount", "300"),
        ],
    ),
    (
        "day_close",
        &[
            ("day", "'2026-11-26'"),
            ("closed_at", "'now'"),
            ("totals", "'{}'"),
            ("digest", "'0000000000000000000000000000000000000000000000000000000000000000'"),
        ],
    ),
    (
        "give_back",
        &[
            ("id", "'g'"),
            ("payment", "'p'"),
            ("kind", "'refund'"),
            ("day", "'2026-11-26'"),
            ("amount", "300"),
            ("reason", "'asked'"),
            ("counter", "1"),
            ("begun_at", "'now'"),
        ],
    ),
    ("give_back_item", &[("give_back", "'g'"), ("item", "'03-01'"), ("amount", "300")]),
    (
        "give_back_step",
        &[
            ("give_back", "'g'"),
            ("place", "1"),
            ("state", "'authorised'"),
            ("day", "'2026-11-26'"),
            ("at", "'now'"),
            ("brand", "'suica'"),
            ("acquirer", "'mihon_pay'"),
            ("terminal", "'t1'"),
            ("slip", "'00001'"),
            ("entry", "'g'"),
        ],
    ),
];

const STEP: &[(&str, &str)] = &[
    ("payment", "'p'"),
    ("place", "1"),
    ("state", "'authorised'"),
    ("day", "'2026-11-26'"),
    ("at", "'now'"),
    ("brand", "'suica'"),
    ("acquirer", "'mihon_pay'"),
    ("terminal", "'t1'"),
    ("slip", "'00001'"),
];

/// A table, and what is written instead of what is right.
type Wrong = (&'static str, &'static [&'static [(&'static str, &'static str)]]);

/// What no column may have, wherever it is.
const NAMES: &[&str] = &["'Visa'", "'vi-sa'", "'1st'", "''", "'a_name_of_21_letters_'"];

const WRONG: &[Wrong] = &[
    ("charge", &[&[("revision", "0")], &[("total", "-1")], &[("total", "4294967296")]]),
    (
        "charge_line",
        &[
            &[("place", "0")],
            &[("name", "'no'")],
            &[("item", "''")],
            &[("item", "'3a'")],
            &[("count", "0"), ("amount", "0")],
            &[("count", "4294967296"), ("unit", "0"), ("amount", "0")],
            &[("unit", "-1"), ("amount", "-1")],
            &[("amount", "-300"), ("unit", "0")],
            &[("amount", "4294967296")],
            &[("amount", "200")],
            // Free without a ground, and a price with one.
            &[("amount", "0")],
            &[("exempt", "'official'")],
            &[("cashless", "2")],
            &[("tax", "'half'")],
        ],
    ),
    (
        "payment",
        &[
            &[("amount", "-1")],
            &[("amount", "4294967296"), ("received", "4294967295")],
            &[("tender", "'gold'"), ("received", "null")],
            &[("counter", "0")],
            &[("received", "-1")],
            &[("received", "4294967296")],
            &[("received", "299")],
            &[("received", "null")],
            &[("tender", "'credit'")],
            &[("tender", "'nothing'"), ("received", "null"), ("ground", "'free'")],
            &[("tender", "'later'"), ("received", "null"), ("amount", "0")],
            &[("tender", "'nothing'"), ("received", "null"), ("amount", "0")],
            &[("ground", "'free'")],
            &[("tender", "'nothing'"), ("received", "null"), ("amount", "0"), ("ground", "''")],
        ],
    ),
    (
        "payment_step",
        &[
            &[("place", "0")],
            &[
                ("state", "'lost'"),
                ("slip", "null"),
                ("terminal", "null"),
                ("brand", "null"),
                ("acquirer", "null"),
            ],
            &[("terminal", "null")],
            &[("brand", "null")],
            &[("acquirer", "null")],
            &[("state", "'unknown'")],
            &[("concerns", "'2026-11-26'")],
        ],
    ),
    (
        "ledger_entry",
        &[
            &[("number", "0")],
            &[("kind", "'gift'"), ("reason", "'asked'")],
            &[("concerns", "'2026-11-26'")],
            &[("counter", "0")],
            &[("payment", "null")],
            &[("kind", "'difference'"), ("reason", "'counted'")],
            &[("reverses", "'e'")],
            &[("kind", "'void'"), ("reason", "'asked'")],
            &[("kind", "'refund'"), ("reason", "'asked'")],
            &[("reason", "'asked'")],
            &[("kind", "'void'"), ("reverses", "'e'")],
        ],
    ),
    (
        "posting",
        &[
            &[("place", "0")],
            &[("account", "'gold:1'")],
            &[("account", "'revenue:'")],
            &[("account", "'cash:'")],
            &[("account", "'credit:Visa'")],
            &[("account", "'later:1'")],
            &[("side", "'left'")],
            &[("amount", "0")],
            &[("amount", "-1")],
        ],
    ),
    (
        "day_close",
        &[
            &[("totals", "'no'")],
            &[("digest", "'00'")],
            &[("digest", "'A000000000000000000000000000000000000000000000000000000000000000'")],
        ],
    ),
    (
        "give_back",
        &[
            &[("kind", "'payment'")],
            &[("amount", "0")],
            &[("amount", "4294967296")],
            &[("counter", "0")],
        ],
    ),
    (
        "give_back_item",
        &[&[("item", "''")], &[("item", "'3a'")], &[("amount", "0")], &[("amount", "4294967296")]],
    ),
    (
        "give_back_step",
        &[
            &[("place", "0")],
            &[
                ("state", "'voided'"),
                ("slip", "null"),
                ("terminal", "null"),
                ("brand", "null"),
                ("acquirer", "null"),
                ("entry", "null"),
            ],
            &[("terminal", "null")],
            &[("brand", "null")],
            &[("acquirer", "null")],
            &[("state", "'unknown'"), ("entry", "null")],
            &[("slip", "null"), ("terminal", "null"), ("brand", "null"), ("acquirer", "null")],
            &[("entry", "null")],
            &[("entry", "'other'")],
        ],
    ),
];

/// Tables and columns, and values.
type Alike = (&'static [(&'static str, &'static str)], &'static [&'static str]);

/// Columns of the same kind, and what none of them takes.
const ALIKE: &[Alike] = &[
    (
        &[
            ("charge", "day"),
            ("payment", "day"),
            ("payment_step", "day"),
            ("ledger_entry", "day"),
            ("day_close", "day"),
            ("give_back", "day"),
            ("give_back_step", "day"),
        ],
        &["'today'", "'2026-11-26T09:00'", "'26-11-26'"],
    ),
    (
        &[
            ("payment", "asked_terminal"),
            ("payment", "asked_brand"),
            ("payment_step", "brand"),
            ("payment_step", "acquirer"),
            ("payment_step", "terminal"),
            ("give_back_step", "brand"),
            ("give_back_step", "acquirer"),
            ("give_back_step", "terminal"),
        ],
        NAMES,
    ),
    (&[("payment_step", "slip"), ("give_back_step", "slip")], &["''", "'00a'", "'123456789012'"]),
    (
        &[
            ("payment_step", "reason"),
            ("ledger_entry", "reason"),
            ("day_close", "reason"),
            ("give_back", "reason"),
        ],
        &["''", "'She asked'"],
    ),
];

/// The statement that writes what is right, but for this.
fn written(table: &str, wrong: &[(&str, &str)]) -> String {
    let right = RIGHT.iter().find(|(name, _)| *name == table).unwrap().1;
    let columns: BTreeMap<&str, &str> = right.iter().chain(wrong).copied().collect();
    let names: Vec<&str> = columns.keys().copied().collect();
    let values: Vec<&str> = columns.values().copied().collect();
    format!("insert into {table} ({}) values ({})", names.join(", "), values.join(", "))
}

#[test]
fn every_check_of_the_schema_refuses_something_that_nothing_else_does() {
    let office = Office::open();
    let connection = &office.connection;
    connection.execute_batch("pragma foreign_keys = off").unwrap();
    let mut triggers =
        connection.prepare("select name from sqlite_master where type = 'trigger'").unwrap();
    let names = triggers.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let names: Vec<String> = names.map(Result::unwrap).collect();
    drop(triggers);
    for name in names {
        connection.execute_batch(&format!("drop trigger {name}")).unwrap();
    }
    for (table, _) in RIGHT {
        let right = written(table, &[]);
        let taken = office.attempt(&format!("{right}; delete from {table}"));
        assert!(taken.is_ok(), "{right}: {taken:?}");
    }
    let mut seen = BTreeSet::new();
    let mut refuse = |table: &str, wrong: &[(&str, &str)]| {
        let statement = written(table, wrong);
        let refused = office.attempt(&statement).expect_err(&statement).to_string();
        let text = refused.split_once("CHECK constraint failed: ");
        let (_, text) = text.unwrap_or_else(|| panic!("{statement}: {refused}"));
        // Behind it the statement may stand, too.
        let own = checks()
            .into_iter()
            .filter(|(own, check)| own == table && text.starts_with(check.as_str()));
        let check = own.max_by_key(|(_, check)| check.len());
        seen.insert(check.unwrap_or_else(|| panic!("{statement}: {text}")));
    };
    for (table, all) in WRONG {
        all.iter().for_each(|wrong| refuse(table, wrong));
    }
    for (columns, values) in ALIKE {
        for (table, column) in *columns {
            values.iter().for_each(|value| refuse(table, &[(column, value)]));
        }
    }
    let left: Vec<_> = checks().difference(&seen).cloned().collect();
    assert_eq!(left, [], "nothing is refused by these");
}

#[test]
fn the_checks_are_those_that_were_counted() {
    // So that the reading of the schema itself cannot come out empty.
    assert_eq!(checks().len(), OWN.concat().matches("check (").count());
}
