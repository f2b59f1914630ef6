use std::sync::Arc;

use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::json;
use time::macros::datetime;

use super::*;
use crate::chance::SeededChance;
use crate::clock::HeldClock;
use crate::db::Tx;

fn journal() -> Journal {
    let chance = Arc::new(SeededChance::new(1));
    let key = OfficeKey::generate(&*chance);
    Journal::new(Arc::new(HeldClock::at(datetime!(2026-11-21 9:00 +9))), chance, key)
}

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    connection
}

fn event(journal: &Journal, n: i64) -> Event<'static> {
    Event {
        op: journal.op(),
        kind: "note.taken",
        schema_version: 1,
        entity: Entity::new("note", n),
        actor: Actor::System,
        facts: json!({ "n": n }),
        personal: None,
    }
}

fn append(journal: &Journal, tx: &Tx<'_>, n: i64) -> i64 {
    journal.append(tx, &event(journal, n)).unwrap()
}

/// A journal with `entries` entries, and its database.
fn written(entries: i64) -> (Journal, Connection) {
    let (journal, connection) = (journal(), database());
    let tx = Tx::alone(&connection);
    journal.open_log(&tx, "999999-01").unwrap();
    for n in 1..=entries {
        assert_eq!(append(&journal, &tx, n), n);
    }
    (journal, connection)
}

/// Changes what the triggers forbid, as somebody with the file could.
fn tamper(connection: &Connection, sql: &str) {
    let triggers = "select group_concat(sql, ';') from sqlite_schema where type = 'trigger'";
    let triggers: String = connection.query_row(triggers, [], |row| row.get(0)).unwrap();
    connection
        .execute_batch(&format!(
            "drop trigger journal_is_never_edited; drop trigger journal_is_never_shortened;
             drop trigger log_is_never_edited; drop trigger log_is_never_removed;
             {sql}; {triggers};"
        ))
        .unwrap();
}

#[test]
fn an_untouched_journal_verifies_and_names_its_head() {
    let (_, connection) = written(5);
    let verified = verify(&connection, None).unwrap().unwrap();
    assert_eq!((verified.logs, verified.entries), (1, 5));
    assert_eq!(verified.head.unwrap().len(), 64);
    check_tail(&connection).unwrap();
}

#[test]
fn the_schema_itself_refuses_edits_and_deletions() {
    let (_, connection) = written(1);
    assert!(connection.execute("update journal set kind = 'x'", []).is_err());
    assert!(connection.execute("delete from journal", []).is_err());
    assert!(connection.execute("delete from log", []).is_err());
}

#[test]
fn the_first_bad_entry_is_named() {
    let log = |connection: &Connection| -> String {
        connection.query_row("select id from log", [], |row| row.get(0)).unwrap()
    };
    for (sql, broken) in [
        (
            "update journal set facts = '{}' where seq = 3",
            Box::new(|log| Broken::Changed { log, seq: 3 }) as Box<dyn Fn(String) -> Broken>,
        ),
        (
            "delete from journal where seq = 3",
            Box::new(|log| Broken::Gap { log, expected: 3, found: 4 }),
        ),
        (
            "update journal set seq = seq + 100 where seq = 2;
             update journal set seq = 2 where seq = 3;
             update journal set seq = 3 where seq = 102",
            Box::new(|log| Broken::Changed { log, seq: 2 }),
        ),
    ] {
        let (_, connection) = written(5);
        tamper(&connection, sql);
        let expected = broken(log(&connection));
        assert_eq!(verify(&connection, None).unwrap(), Err(expected), "{sql}");
    }
}

#[test]
fn who_has_the_file_alone_cannot_cut_it_short_or_write_another() {
    for sql in [
        "delete from journal where seq > 3",
        "delete from journal",
        "delete from journal; delete from journal_head; insert into log (ordinal, id, site, opened_at)
         values (9, 'made-up', 'x', 'now')",
        "delete from journal where seq > 3; delete from journal_head",
    ] {
        let (journal, connection) = written(5);
        assert!(verify(&connection, Some(&journal.office_key)).unwrap().is_ok());
        tamper(&connection, sql);
        assert!(verify(&connection, Some(&journal.office_key)).unwrap().is_err(), "{sql}");
    }
    let (_, connection) = written(5);
    connection.execute_batch("drop trigger log_is_never_edited").unwrap();
    let unprotected = Err(Broken::Unprotected("log_is_never_edited"));
    assert_eq!(verify(&connection, None).unwrap(), unprotected);
}

#[test]
fn a_journal_that_was_cut_short_is_neither_opened_nor_written_to() {
    for sql in [
        "delete from journal where seq > 3",
        "delete from journal",
        "delete from journal_head",
        "delete from journal where seq > 3; delete from journal_head",
    ] {
        let (journal, connection) = written(5);
        tamper(&connection, sql);
        let refused = journal.check_key(&connection).unwrap_err();
        assert!(matches!(refused, Error::Broken(Broken::CutShort { .. })), "{sql}: {refused}");
        let refused = journal.append(&Tx::alone(&connection), &event(&journal, 6)).unwrap_err();
        assert!(matches!(refused, Error::Broken(Broken::CutShort { .. })), "{sql}: {refused}");
        let found = verify(&connection, Some(&journal.office_key)).unwrap();
        assert!(matches!(found, Err(Broken::CutShort { .. })), "{sql}: {found:?}");
    }
}

#[test]
fn a_log_whose_parent_was_cut_short_is_not_opened() {
    let (journal, connection) = written(3);
    let tx = Tx::alone(&connection);
    continue_in_new_log(&tx, LogId::new(journal.now(), &SeededChance::new(9)), journal.now())
        .unwrap();
    journal.check_key(&connection).unwrap();
    append(&journal, &tx, 4);
    tamper(&connection, "delete from journal where seq = 3");
    let refused = journal.check_key(&connection).unwrap_err();
    assert!(matches!(refused, Error::Broken(Broken::CutShort { .. })), "{refused}");
}

#[test]
fn another_offices_key_is_refused() {
    let (journal, connection) = written(2);
    journal.check_key(&connection).unwrap();
    let other = OfficeKey::generate(&SeededChance::new(77));
    assert!(matches!(chain::check_key(&connection, &other), Err(Error::OfficeKey(_))));
}

#[test]
fn a_restored_journal_goes_on_in_a_new_log_that_names_its_parent() {
    let (journal, connection) = written(3);
    let tx = Tx::alone(&connection);
    let log = LogId::new(journal.now(), &SeededChance::new(9));
    continue_in_new_log(&tx, log, journal.now()).unwrap();
    assert_eq!(append(&journal, &tx, 4), 1);
    let verified = verify(&connection, None).unwrap().unwrap();
    assert_eq!((verified.logs, verified.entries), (2, 4));
    tamper(&connection, "delete from journal where seq = 3");
    let broken = verify(&connection, None).unwrap().unwrap_err();
    assert_eq!(broken, Broken::Orphan { log: log.to_string() });
}

#[test]
fn an_act_sent_twice_is_found_and_cannot_be_written_twice() {
    let (journal, connection) = written(0);
    let tx = Tx::alone(&connection);
    let op = journal.op();
    let event = || Event {
        op,
        kind: "visit.started",
        schema_version: 1,
        entity: Entity::new("visit", "v1"),
        actor: Actor::System,
        facts: json!({}),
        personal: None,
    };
    let done = |kind| entity_of_op(&connection, op, kind);
    assert_eq!(done("visit.started").unwrap(), None);
    journal.append(&tx, &event()).unwrap();
    assert_eq!(done("visit.started").unwrap(), Some("v1".into()));
    assert!(matches!(done("visit.submitted"), Err(Error::OpTaken)));
    assert!(journal.append(&tx, &event()).is_err());
    assert_eq!(store::kinds(&connection, &Entity::new("visit", "v1")).unwrap(), ["visit.started"]);
}

#[test]
fn personal_data_is_unreadable_after_its_key_is_erased_and_the_chain_still_holds() {
    let (journal, connection) = written(0);
    let tx = Tx::alone(&connection);
    let visit = VisitId::new(journal.now(), &SeededChance::new(2));
    let key = journal.make_visit_key(&tx, visit).unwrap();
    let event = Event {
        op: journal.op(),
        kind: "visit.submitted",
        schema_version: 1,
        entity: Entity::new("visit", visit),
        actor: Actor::System,
        facts: json!({ "forms": ["juminhyo"] }),
        personal: Some((visit, json!({ "name": "試験　花子" }))),
    };
    journal.append(&tx, &event).unwrap();
    let sealed: Vec<u8> =
        connection.query_row("select sealed from journal", [], |row| row.get(0)).unwrap();
    assert!(!sealed.windows(6).any(|window| window == "試験".as_bytes()));
    let place = format!("journal/{}", event.op);
    let opened = key.open(&place, &sealed).unwrap();
    assert_eq!(opened.as_slice(), json!({ "name": "試験　花子" }).to_string().as_bytes());
    assert!(matches!(key.open("journal/other", &sealed), Err(Error::Unreadable { .. })));

    journal.erase_visit_key(&tx, visit).unwrap();
    assert!(matches!(journal.visit_key(&connection, visit), Err(Error::Erased)));
    assert!(verify(&connection, None).unwrap().is_ok());
}

#[test]
fn the_office_key_is_made_once_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.key");
    let chance = SeededChance::new(3);
    assert!(matches!(OfficeKey::load(&path, false, &chance), Err(Error::OfficeKey(_))));
    OfficeKey::load(&path, true, &chance).unwrap();
    let first = std::fs::read(&path).unwrap();
    OfficeKey::load(&path, true, &chance).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), first);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&path, b"short").unwrap();
    assert!(matches!(OfficeKey::load(&path, true, &chance), Err(Error::OfficeKey(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_changed_column_is_found(
        seq in 1_i64..=5,
        column in prop::sample::select(vec![
            "op_id", "kind", "entity_kind", "entity_id", "occurred_at", "boot_id", "actor",
        ]),
    ) {
        let (_, connection) = written(5);
        tamper(&connection, &format!("update journal set {column} = {column} || '.' where seq = {seq}"));
        let found = matches!(
            verify(&connection, None).unwrap(),
            Err(Broken::Changed { seq: bad, .. }) if bad == seq
        );
        prop_assert!(found);
    }
}
