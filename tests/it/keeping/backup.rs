//! A backup of a running office, and what comes after it.

use std::collections::BTreeSet;

use super::{Kept, verified};
use crate::stage::office::{LOGIN, PASSWORD, hand_in, leave, pair, set_up, sign_in};
use crate::stage::program::{Program, madoguchi, run};

#[test]
fn a_backup_of_a_running_office_goes_on_in_a_new_log() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::serve(data.path());
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    let mut numbers = BTreeSet::new();
    for name in ["試験　花子", "見本　太郎"] {
        numbers.insert(hand_in(&mut tablet, name).unwrap());
        leave(&mut tablet).unwrap();
    }
    let file = elsewhere.path().join("copy.db");
    let (code, _, said) = run(madoguchi(&["backup"]).arg(&file).arg("--data").arg(data.path()));
    assert_eq!(code, Some(0), "{said}");
    // What comes after the backup is not in it, and its number is on paper.
    let lost = hand_in(&mut tablet, "架空　由美").unwrap();

    let restored = elsewhere.path().join("data");
    std::fs::create_dir(&restored).unwrap();
    let mut restore = madoguchi(&["restore"]);
    restore.arg(&file).arg("--data").arg(&restored);
    let (code, _, said) = run(&mut restore);
    assert_eq!(code, Some(1), "without the office key nothing could be read: {said}");
    assert!(said.contains("office.key"), "{said}");
    std::fs::copy(data.path().join("office.key"), restored.join("office.key")).unwrap();
    let (code, _, said) = run(&mut restore);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("goes on in log"), "{said}");
    assert!(Kept::of(&restored).is_exactly(&numbers));
    assert!(verified(&restored).starts_with("2 logs"), "{}", verified(&restored));

    let second = Program::serve(&restored);
    let mut clerk = second.visitor();
    sign_in(&mut clerk, LOGIN, PASSWORD);
    let mut tablet = pair(&mut clerk, "記載台１");
    let next = hand_in(&mut tablet, "例文　ふみ").unwrap();
    assert_ne!(next, lost);
    assert!(numbers.insert(next));
    drop(second);
    assert!(Kept::of(&restored).is_exactly(&numbers));
    assert!(verified(&restored).starts_with("2 logs"), "{}", verified(&restored));
}

#[test]
fn a_backup_never_writes_over_a_file_and_a_restore_never_under_a_running_office() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::serve(data.path());
    set_up(&program);
    let file = elsewhere.path().join("copy.db");
    let mut backup = madoguchi(&["backup"]);
    backup.arg(&file).arg("--data").arg(data.path());
    assert_eq!(run(&mut backup).0, Some(0));
    let (code, _, said) = run(&mut backup);
    assert_eq!(code, Some(1));
    assert!(said.contains("exists already"), "{said}");
    let (code, _, said) = run(madoguchi(&["restore"]).arg(&file).arg("--data").arg(data.path()));
    assert_eq!(code, Some(1));
    assert!(said.contains("another madoguchi uses"), "{said}");
}

#[test]
fn a_bit_that_flipped_is_named_by_verify() {
    let data = tempfile::tempdir().unwrap();
    let program = Program::serve(data.path());
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    hand_in(&mut tablet, "試験　花子").unwrap();
    drop(program);
    verified(data.path());
    let path = data.path().join("office.db");
    let file = madoguchi::db::open(&path).unwrap();
    let changed =
        "update journal set facts = replace(facts, 'A1', 'A2') where facts like '%\"A1\"%'";
    assert_eq!(behind_its_back(&file, changed), 1);
    let seq: i64 = file
        .query_row("select seq from journal where facts like '%\"A2\"%'", [], |row| row.get(0))
        .unwrap();
    drop(file);
    let (code, out, said) = run(madoguchi(&["verify", "--data"]).arg(data.path()));
    assert_eq!((code, &*out), (Some(1), ""), "{said}");
    assert!(said.contains(&seq.to_string()), "entry {seq} is named: {said}");
}

#[test]
fn a_backup_that_is_no_good_is_not_there() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::serve(data.path());
    set_up(&program);
    drop(program);
    let path = data.path().join("office.db");
    let cut_off = "delete from journal where seq = (select max(seq) from journal)";
    assert_eq!(behind_its_back(&madoguchi::db::open(&path).unwrap(), cut_off), 1);
    let file = elsewhere.path().join("copy.db");
    for _ in 0..2 {
        let (code, _, said) = run(madoguchi(&["backup"]).arg(&file).arg("--data").arg(data.path()));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("no backup was made") && said.contains("ends at entry"), "{said}");
        assert_eq!(elsewhere.path().read_dir().unwrap().count(), 0);
    }
    // Nor is such a file restored, and it does not open.
    std::fs::copy(&path, &file).unwrap();
    let (code, _, said) = run(madoguchi(&["restore"]).arg(&file).arg("--data").arg(data.path()));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("ends at entry"), "{said}");
}

/// Changes what the journal refuses to have changed; a disk that rots does not ask
/// it. How many rows it were.
fn behind_its_back(file: &madoguchi::db::Connection, change: &str) -> usize {
    let guards: Vec<(String, String)> = file
        .prepare(
            "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'journal'",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    guards
        .iter()
        .for_each(|(name, _)| file.execute_batch(&format!("drop trigger {name}")).unwrap());
    let changed = file.execute(change, []).unwrap();
    guards.iter().for_each(|(_, sql)| file.execute_batch(sql).unwrap());
    changed
}
