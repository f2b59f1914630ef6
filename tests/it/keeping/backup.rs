//! A backup of a running office, and what comes after it.

use std::collections::BTreeSet;

use super::{Kept, verified};
use crate::stage::office::{hand_in, leave, pair, set_up};
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
    // What comes after the backup is not in it.
    hand_in(&mut tablet, "架空　由美").unwrap();

    let restored = elsewhere.path().join("data");
    let (code, _, said) = run(madoguchi(&["restore"]).arg(&file).arg("--data").arg(&restored));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("goes on in log"), "{said}");
    std::fs::copy(data.path().join("office.key"), restored.join("office.key")).unwrap();
    assert!(Kept::of(&restored).is_exactly(&numbers));
    assert!(verified(&restored).starts_with("2 logs"), "{}", verified(&restored));

    let second = Program::serve(&restored);
    let mut tablet = tablet.moved_to(&second.address);
    assert!(numbers.insert(hand_in(&mut tablet, "例文　ふみ").unwrap()));
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
    // The journal refuses to be changed; a disk that rots does not ask it.
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
    let changed =
        "update journal set facts = replace(facts, 'A1', 'A2') where facts like '%\"A1\"%'";
    assert_eq!(file.execute(changed, []).unwrap(), 1);
    let seq: i64 = file
        .query_row("select seq from journal where facts like '%\"A2\"%'", [], |row| row.get(0))
        .unwrap();
    guards.iter().for_each(|(_, sql)| file.execute_batch(sql).unwrap());
    drop(file);
    let (code, out, said) = run(madoguchi(&["verify", "--data"]).arg(data.path()));
    assert_eq!((code, &*out), (Some(1), ""), "{said}");
    assert!(said.contains(&seq.to_string()), "entry {seq} is named: {said}");
}
