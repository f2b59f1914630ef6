//! A database that was copied back by hand: the file beside it remembers.

use std::collections::BTreeSet;
use std::fs;

use madoguchi::db;

use super::verified;
use crate::stage::office::{hand_in, leave, pair, set_up};
use crate::stage::program::Program;
use crate::stage::wait_until;

#[test]
fn a_database_that_was_copied_back_by_hand_gives_out_no_number_again() {
    let data = tempfile::tempdir().unwrap();
    let (database, copy) = (data.path().join("office.db"), data.path().join("copy.db"));
    let mut program = Program::serve(data.path());
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    let mut numbers = BTreeSet::new();
    let mut resident = |tablet: &mut _| {
        let number = hand_in(tablet, "試験　花子").unwrap();
        leave(tablet).unwrap();
        assert!(numbers.insert(number.clone()), "{number} was given out twice");
    };
    resident(&mut tablet);
    db::copy_to(&database, &copy, db::Pace::AtOnce).unwrap();
    resident(&mut tablet);
    // The mark follows the disk, never the other way round.
    let entries = |file| {
        let file = db::open_read_only(file).unwrap();
        let count = "select (select count(*) from log), (select count(*) from journal)";
        file.query_row(count, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap()
    };
    let marked = || fs::read_to_string(data.path().join("journal.mark")).unwrap_or_default();
    wait_until("the end is marked", || {
        marked().contains(&format!("\"seq\":{},", entries(&database).1))
    });
    program.kill();
    for beside in ["office.db-wal", "office.db-shm"] {
        let _ = fs::remove_file(data.path().join(beside));
    }
    fs::copy(&copy, &database).unwrap();
    // Without any line to anybody.
    program = Program::serve(data.path());
    assert!(program.said().contains("older than it was"), "{}", program.said());
    tablet = tablet.moved_to(&program.address);
    resident(&mut tablet);
    assert_eq!(entries(&database).0, 2, "the journal goes on in a new log");
    // Once and not at every start.
    for _ in 0..2 {
        program.kill();
        program = Program::serve(data.path());
        assert!(!program.said().contains("older than it was"), "{}", program.said());
    }
    assert_eq!(entries(&database).0, 2);
    program.stop();
    assert!(verified(data.path()).starts_with("2 logs"));
}
