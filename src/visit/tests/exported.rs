//! What was handed in, in a file for another system.

use super::*;
use crate::export::{self, Profiles};

const DAYS: [time::Date; 2] = [time::macros::date!(2026 - 11 - 24); 2];

/// A profile of 住民票 with these columns.
fn profile(more: &str) -> export::Profile {
    let text = format!(
        "[[export]]\nid = \"t\"\nname = {{ ja = \"試\", en = \"T\" }}\nsource = \"applications\"\n{more}"
    );
    toml::from_str::<Profiles>(&text).unwrap().profiles().remove(0)
}

fn columns(fields: &[&str]) -> String {
    let column = |field: &&str| format!("{{ name = \"{field}\", field = \"{field}\" }}, ");
    format!("column = [{}]\n", fields.iter().map(column).collect::<String>())
}

/// The file that comes of it, in UTF-8 and without quotation marks.
fn written(town: &Town, more: &str) -> (String, usize) {
    let profile = profile(&format!("encoding = \"utf8\"\nquote = \"needed\"\n{more}"));
    let (connection, journal) = (&town.connection, &town.journal);
    let rows = super::super::export::rows(connection, journal, town.counter(), &profile, DAYS);
    let (rows, lost) = rows.unwrap();
    let made = export::rows(&profile, "t", &rows).without(lost);
    (String::from_utf8(made.file.bytes).unwrap(), made.rows)
}

#[test]
fn a_row_says_what_was_answered_and_where_from() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    let receipt = town.submit(id, town.journal.op()).unwrap().receipts.remove(0);
    let fields = [
        "receipt",
        "day",
        "form",
        "state",
        "applicant.name",
        "applicant.name.source",
        "applicant.kana",
        "applicant.kana.source",
        "applicant.birth_date",
        "juminhyo.relation",
        "juminhyo.copies.copy",
        "juminhyo.copies.certificate",
    ];
    let more = format!("accepted_only = false\n{}", columns(&fields));
    let (file, rows) = written(&town, &more);
    let answers = town.answers(id);
    let text = |path: &str| answers.text(path).unwrap().to_string();
    let Some(Value::Date(birth)) = answers.value("applicant.birth_date") else { panic!() };
    let Some(Value::Copies(copies)) = answers.value("juminhyo.copies") else { panic!() };
    let copies = |id: &str| copies.get(id).copied().unwrap_or(0);
    let line = format!(
        "{receipt},2026-11-24,juminhyo,submitted,{},card,{},typed,{birth},本人,{},{}",
        text("applicant.name"),
        text("applicant.kana"),
        copies("copy"),
        copies("certificate")
    );
    assert_eq!((file.lines().nth(1), rows), (Some(line.as_str()), 1));
    // Nobody has accepted it.
    assert_eq!(written(&town, &columns(&fields)).1, 0);
    let other_form = format!("forms = [\"ido\"]\n{more}");
    assert_eq!(written(&town, &other_form).1, 0);
}

#[test]
fn what_was_erased_is_in_no_file() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    town.submit(id, town.journal.op()).unwrap();
    let more = format!("accepted_only = false\n{}", columns(&["receipt", "applicant.name"]));
    assert_eq!(written(&town, &more).1, 1);
    erase(&town.tx(), &town.journal, Actor::System, id).unwrap();
    assert_eq!(written(&town, &more).1, 0);
}

#[test]
fn an_application_whose_form_is_gone_is_named_and_not_left_out_in_silence() {
    let mut town = Town::open();
    let id = town.filled(town.kiosk());
    let receipt = town.submit(id, town.journal.op()).unwrap().receipts.remove(0);
    let papers =
        Papers::compile(&town.forms, Path::new("templates/forms"), Fonts::shipped()).unwrap();
    let procedures = std::mem::take(&mut town.config.procedures);
    let lists = |town: &Town, more: &str| {
        let profile = profile(&format!("accepted_only = false\n{more}"));
        let (connection, journal, counter) = (&town.connection, &town.journal, town.counter());
        let made = match profile.format {
            export::Format::Pdf => super::super::export::paper(
                connection,
                journal,
                counter,
                &papers,
                (&profile, "t"),
                (DAYS, "見本　京子"),
            )
            .unwrap(),
            _ => {
                let rows = super::super::export::rows(connection, journal, counter, &profile, DAYS);
                let (rows, lost) = rows.unwrap();
                export::rows(&profile, "t", &rows).without(lost)
            }
        };
        let rows = made.rows;
        (rows, String::from_utf8(made.files("t").remove(2).bytes).unwrap())
    };
    let told = format!("{receipt},,様式「juminhyo」が、今の設定にありません\r\n");
    for more in ["format = \"pdf\"\n", &columns(&["receipt", "juminhyo.relation"])] {
        let (rows, rejects) = lists(&town, more);
        assert!(rows == 0 && rejects.ends_with(&told), "{rejects}");
    }
    // What needs no form is written all the same.
    assert_eq!(lists(&town, &columns(&["receipt", "state", "applicant.name"])).0, 1);
    town.config.procedures = procedures;
    assert_eq!(lists(&town, "format = \"pdf\"\n").0, 1);
}

#[test]
fn papers_come_as_one_file() {
    let town = Town::open();
    for _ in 0..2 {
        let id = town.filled(town.kiosk());
        town.submit(id, town.journal.op()).unwrap();
    }
    let papers =
        Papers::compile(&town.forms, Path::new("templates/forms"), Fonts::shipped()).unwrap();
    let profile = profile("format = \"pdf\"\naccepted_only = false\n");
    let made = super::super::export::paper(
        &town.connection,
        &town.journal,
        town.counter(),
        &papers,
        (&profile, "t"),
        (DAYS, "見本　京子"),
    );
    let made = made.unwrap();
    assert_eq!((made.rows, made.file.name.as_str()), (2, "t.pdf"));
    assert!(made.file.bytes.starts_with(b"%PDF"));
}

#[test]
fn the_journal_says_who_took_a_file_and_nothing_that_is_in_it() {
    let town = Town::open();
    let id = town.filled(town.kiosk());
    let receipt = town.submit(id, town.journal.op()).unwrap().receipts.remove(0);
    let profile = profile(&format!(
        "accepted_only = false\n{}",
        columns(&["receipt", "applicant.name", "applicant.address"])
    ));
    let (connection, journal) = (&town.connection, &town.journal);
    let rows = super::super::export::rows(connection, journal, town.counter(), &profile, DAYS);
    let bundle = export::rows(&profile, "t", &rows.unwrap().0).bundle("t", DAYS, "t");
    let staff = StaffId::new(journal.now(), &*journal.chance);
    let by = (journal.op(), Actor::Staff(staff));
    let record =
        |bundle: &export::Bundle| super::super::export::record(&town.tx(), journal, by, bundle);
    record(&bundle).unwrap();
    // The same press again: one entry. With another file it is another act.
    record(&bundle).unwrap();
    let mut other = bundle.clone();
    other.files[0].bytes.push(b'\n');
    assert!(matches!(record(&other), Err(Error::Late)));
    let said: Vec<(String, String, Option<Vec<u8>>)> = connection
        .prepare("select actor, facts, sealed from journal where kind = 'export.made'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let [(actor, facts, None)] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(*actor, format!("staff:{staff}"));
    assert!(facts.contains(&bundle.files[0].digest()) && facts.contains("\"rows\":1"), "{facts}");
    let answers = town.answers(id);
    for path in ["applicant.name", "applicant.address"] {
        assert!(!facts.contains(&answers.text(path).unwrap().to_string()), "{facts}");
    }
    assert!(!facts.contains(&receipt), "{facts}");
}
