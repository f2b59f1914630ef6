//! A restore when it is needed: of a damaged office, and without bringing back what
//! was taken away.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use ureq::http::StatusCode;

use super::verified;
use crate::stage::from_home::{certificate, sealed};
use crate::stage::http::Visitor;
use crate::stage::office::{
    LOGIN, PASSWORD, go_on, hand_in, hidden, hire, leave, pair, screen, set_up, show_code, sign_in,
    tell_birthday,
};
use crate::stage::program::{Program, madoguchi, run};

fn backed_up(data: &Path, folder: &Path) -> PathBuf {
    let file = folder.join("copy.db");
    let (code, _, said) = run(madoguchi(&["backup"]).arg(&file).arg("--data").arg(data));
    assert_eq!(code, Some(0), "{said}");
    file
}

fn restored(data: &Path, file: &Path) -> String {
    let (code, _, said) = run(madoguchi(&["restore"]).arg(file).arg("--data").arg(data));
    assert_eq!(code, Some(0), "{said}");
    said
}

#[test]
fn a_damaged_database_is_set_aside_and_its_numbers_do_not_come_again() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::serve(data.path());
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    let mut numbers = BTreeSet::from([hand_in(&mut tablet, "試験　花子").unwrap()]);
    leave(&mut tablet).unwrap();
    let file = backed_up(data.path(), elsewhere.path());
    numbers.insert(hand_in(&mut tablet, "見本　太郎").unwrap());
    program.stop();
    let path = data.path().join("office.db");
    // Whoever closes it last moves its log into it: nothing beside it heals it.
    drop(madoguchi::db::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0x5A);
    fs::write(&path, &bytes).unwrap();

    for command in ["backup", "verify"] {
        let mut looking = madoguchi(&[command, "--data"]);
        looking.arg(data.path());
        if command == "backup" {
            looking.arg(elsewhere.path().join("damaged.db"));
        }
        let (code, _, said) = run(&mut looking);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("office.db") && said.contains("madoguchi restore"), "{said}");
    }
    let said = restored(data.path(), &file);
    assert!(said.contains("cannot be read"), "{said}");
    let aside = data.path().read_dir().unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<PathBuf> =
        aside.filter(|path| path.to_string_lossy().contains("office-before-")).collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(fs::read(&aside[0]).unwrap(), bytes);
    assert!(verified(data.path()).starts_with("2 logs"));
    let program = Program::serve(data.path());
    let mut clerk = program.visitor();
    sign_in(&mut clerk, LOGIN, PASSWORD);
    let next = hand_in(&mut pair(&mut clerk, "記載台１"), "架空　由美").unwrap();
    assert!(numbers.insert(next), "{numbers:?}");
}

#[test]
fn what_was_taken_away_since_the_backup_does_not_come_back() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::serve(data.path());
    let mut administrator = set_up(&program);
    let mut tablet = pair(&mut administrator, "記載台１");
    hire(&mut administrator);
    let file = backed_up(data.path(), elsewhere.path());
    let staff = administrator.get("/desk/staff").text;
    let (_, row) = staff.split_once("action=\"/desk/staff/").unwrap();
    let hired = format!("/desk/staff/{}", row.split('"').next().unwrap());
    let key = hidden(&staff, "key").to_owned();
    let op = hidden(&staff, "op").to_owned();
    let gone = administrator.post(&hired, &[("key", &key), ("op", &op), ("act", "disable")]);
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    let chosen = "atarashii-aikotoba";
    let change = [("present", PASSWORD), ("chosen", chosen), ("again", chosen)];
    let change = [("key", &*key), ("login", LOGIN)].into_iter().chain(change);
    let changed = administrator.post("/desk/password", &change.collect::<Vec<_>>());
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    program.stop();

    let said = restored(data.path(), &file);
    assert!(said.contains("1 devices must be paired again"), "{said}");
    let program = Program::serve(data.path());
    tablet = tablet.moved_to(&program.address);
    assert!(screen(&mut tablet).is_err(), "a tablet is still paired");
    let desk = administrator.moved_to(&program.address).get("/desk");
    let location = desk.header("location");
    assert!(location.starts_with("/desk/sign-in"), "a session still holds: {}", desk.text);
    for (login, password, may) in
        [("kakaricho", PASSWORD, false), (LOGIN, PASSWORD, false), (LOGIN, chosen, true)]
    {
        let fields = [("login", login), ("password", password)];
        let entered = Visitor::new(&program.address).post("/desk/sign-in", &fields);
        assert_eq!(entered.status == StatusCode::SEE_OTHER, may, "{login} {password}");
    }
    assert!(verified(data.path()).starts_with("2 logs"));
}

#[test]
fn a_code_that_was_burned_since_the_backup_does_not_come_back_to_life() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::serve(data.path());
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    let file = backed_up(data.path(), elsewhere.path());
    let text = sealed(data.path(), &certificate(), (1, 0));
    for _ in 0..2 {
        go_on(&mut tablet, "試験　花子").unwrap();
    }
    show_code(&mut tablet, &text);
    for _ in 0..5 {
        tell_birthday(&mut tablet, "0101");
    }
    program.stop();

    let said = restored(data.path(), &file);
    assert!(!said.contains("codes made at home"), "{said}");
    assert!(!said.contains("appointments are"), "there never was one: {said}");
    let program = Program::serve(data.path());
    let mut administrator = program.visitor();
    sign_in(&mut administrator, LOGIN, PASSWORD);
    tablet = pair(&mut administrator, "記載台１");
    for _ in 0..2 {
        go_on(&mut tablet, "試験　花子").unwrap();
    }
    show_code(&mut tablet, &text);
    let told = tablet.get("/kiosk/code").text;
    assert!(told.contains("この二次元コードは使えなくなりました"), "{told}");
    assert!(verified(data.path()).starts_with("2 logs"));
}

#[test]
fn accounts_and_codes_that_cannot_be_asked_after_are_spoken_of() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::serve(data.path());
    set_up(&program);
    let file = backed_up(data.path(), elsewhere.path());
    program.stop();
    fs::remove_file(data.path().join("office.db")).unwrap();
    let said = restored(data.path(), &file);
    for what in ["accounts", "codes made at home", "appointments"] {
        assert!(said.contains(&format!("{what} are as they were in the backup")), "{said}");
    }
}

/// Holds a seat of some day, as somebody at home.
fn hold_a_seat(program: &Program) {
    let mut visitor = program.visitor();
    let of = "/home/appointment/new?lang=ja&service=moving&day=";
    let days = visitor.get(of).text;
    let starts = |text: &str| text.get(..10).filter(|day| day.starts_with('2')).map(str::to_owned);
    let day = days.split("day=").find_map(starts).unwrap();
    let times = visitor.get(&format!("{of}{day}")).text;
    let (_, start) = times.split_once("name=\"start\" value=\"").unwrap();
    let start = start.split('"').next().unwrap();
    let fields = [("op", hidden(&times, "op")), ("service", "moving"), ("start", start)];
    let held = visitor.post("/home/appointment/hold", &fields);
    assert_eq!(held.header("location"), "/home/appointment/name", "{}", held.text);
}

#[test]
fn bookings_since_a_backup_that_knew_of_none_are_spoken_of() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::serve(data.path());
    set_up(&program);
    let file = backed_up(data.path(), elsewhere.path());
    hold_a_seat(&program);
    program.stop();
    let said = restored(data.path(), &file);
    assert!(said.contains("appointments are as they were in the backup"), "{said}");
}

#[test]
fn a_restore_into_another_users_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Root may give a folder away; anybody else takes one that is root's.
    let others = match chown(folder.path(), Some(54_321), None) {
        Ok(()) => folder.path(),
        Err(_) => Path::new("/"),
    };
    let (code, _, said) = run(madoguchi(&["restore", "copy.db", "--data"]).arg(others));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("sudo -u"), "{said}");
    assert!(!others.join("lock").exists());
}
