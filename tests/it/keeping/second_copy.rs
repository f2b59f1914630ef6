//! The second copy: another medium, a kill in the middle of it, no room, no medium.

use std::fs;
use std::path::Path;

use madoguchi::db;

use crate::stage::http::Visitor;
use crate::stage::office::{hand_in, leave, pair, set_up};
use crate::stage::program::{Program, copy_to, example_in};
use crate::stage::small_disk::{ROOM, beside_a_small_disk};
use crate::stage::wait_until;

/// So many entries of the journal are in a database.
fn entries(file: &Path) -> Option<i64> {
    let file = db::open_read_only(file).ok()?;
    file.query_row("select count(*) from journal", [], |row| row.get(0)).ok()
}

fn resident(tablet: &mut Visitor) {
    hand_in(tablet, "試験　花子").unwrap();
    leave(tablet).unwrap();
}

fn health(program: &Program) -> String {
    program.visitor().get("/healthz").text
}

#[test]
fn a_copy_that_is_cut_off_by_a_kill_leaves_the_last_one_whole() {
    let (house, medium) = (tempfile::tempdir().unwrap(), tempfile::tempdir_in("/dev/shm").unwrap());
    let (data, config) = (house.path().join("data"), example_in(house.path()));
    copy_to(medium.path(), &config);
    let (copy, part) =
        (medium.path().join("office-copy.db"), medium.path().join("office-copy.db.part"));
    let mut program = Program::serve_at(&data, &config);
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    resident(&mut tablet);
    let written = entries(&data.join("office.db"));
    wait_until("the copy has it", || entries(&copy) == written);
    program.kill();
    // So much that a copy of it takes a while.
    let file = db::open(&data.join("office.db")).unwrap();
    file.execute_batch("create table ballast (words text) strict").unwrap();
    let long = "x".repeat(1_000_000);
    for _ in 0..60 {
        file.execute("insert into ballast values (?1)", [&long]).unwrap();
    }
    drop(file);
    // The moment is the experiment: it is tried until it was in the middle.
    for tries in 1.. {
        program = Program::serve_at(&data, &config);
        wait_until("a copy is begun", || part.exists() || entries(&copy) > written);
        program.kill();
        if part.exists() {
            break;
        }
        assert!(tries < 20, "no copy was cut off");
    }
    db::verify(&db::open_read_only(&copy).unwrap()).unwrap();
    assert!(entries(&copy) >= written);
    program = Program::serve_at(&data, &config);
    tablet = tablet.moved_to(&program.address);
    resident(&mut tablet);
    let all = entries(&data.join("office.db"));
    wait_until("the copy has all of it", || entries(&copy) == all && !part.exists());
    assert!(!health(&program).contains("trouble"), "{}", health(&program));
}

#[test]
fn a_medium_without_room_is_said_stops_nobody_and_is_well_again_by_itself() {
    let (house, medium) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, config) = (house.path().join("data"), example_in(house.path()));
    copy_to(medium.path(), &config);
    let Some((program, inside)) = beside_a_small_disk(medium.path(), &data, &config) else {
        return;
    };
    let mut clerk = set_up(&program);
    let mut tablet = pair(&mut clerk, "記載台１");
    let copy = inside.join("office-copy.db");
    // SQLite does not open what lies on another's disk.
    let copied = || {
        let here = house.path().join("here.db");
        fs::copy(&copy, &here).ok().and_then(|_| entries(&here))
    };
    wait_until("there is a copy", || copied().is_some());
    let before = copied();
    let ballast = inside.join("ballast");
    let room = vec![0; (ROOM - 250_000 - fs::metadata(&copy).unwrap().len()) as usize];
    fs::write(&ballast, room).unwrap();
    resident(&mut tablet);
    wait_until("it is told", || health(&program).contains("second_copy_trouble no_room"));
    assert!(clerk.get("/desk/line").text.contains("空きがありません"));
    resident(&mut tablet);
    assert!(copied() >= before, "the last copy is there");
    fs::remove_file(&ballast).unwrap();
    wait_until("it is well again", || !health(&program).contains("trouble"));
    let written = entries(&data.join("office.db"));
    wait_until("the copy has all of it", || copied() == written);
    assert!(clerk.get("/desk/line").text.contains("別のディスクに写してあります"));
}

#[test]
fn a_medium_that_is_not_there_and_one_that_is_the_same_are_told_of() {
    let house = tempfile::tempdir().unwrap();
    let (data, config) = (house.path().join("data"), example_in(house.path()));
    let medium = house.path().join("medium");
    copy_to(&medium, &config);
    let program = Program::serve_at(&data, &config);
    let mut clerk = set_up(&program);
    wait_until("it is told", || health(&program).contains("second_copy_trouble gone"));
    assert!(clerk.get("/desk/line").text.contains("見つかりません"));
    assert!(!medium.exists(), "a folder where a medium is mounted is not made");
    fs::create_dir(&medium).unwrap();
    wait_until("it is told", || health(&program).contains("second_copy_trouble same_medium"));
    assert!(clerk.get("/desk/line").text.contains("同じディスク"));
    // It is taken away while nobody writes.
    fs::rename(&medium, house.path().join("elsewhere")).unwrap();
    wait_until("it is told", || health(&program).contains("second_copy_trouble gone"));
}
