//! A disk that is lost, and what the second copy had of it.

use crate::stage::postgres::Postgres;
use crate::stage::program::{copy_to, madoguchi, run};
use crate::stage::wait_until;

use super::town::{Branch, Hall};

#[test]
fn what_had_not_been_sent_when_the_disk_was_lost_arrives_from_the_second_copy() {
    let Some(hall) = Hall::open("a lost disk") else { return };
    let medium = tempfile::tempdir_in("/dev/shm").unwrap();
    let mut branch = Branch::open_as("honcho", |config| copy_to(medium.path(), config));
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    hall.comes_to(|| branch.journal());
    // From here on there is no line: these are on this disk and on the copy alone.
    branch.cable.pull();
    let given: Vec<String> = (0..3).map(|_| branch.resident()).collect();
    let copy = medium.path().join("office-copy.db");
    let entries = || {
        let copy = madoguchi::db::open_read_only(&copy).ok()?;
        copy.query_row("select count(*) from journal", [], |row| row.get::<_, i64>(0)).ok()
    };
    let written = branch.journal();
    wait_until("the copy has all of it", || entries() == i64::try_from(written.len()).ok());
    branch.moves_to_another_machine(&copy);
    // Nobody knows how far the lost disk went on after the copy.
    let next = branch.resident();
    assert!(!given.contains(&next), "{next} was given out twice");
    branch.cable.lead_to(&hall.hub.address);
    hall.comes_to(|| {
        let told = branch.journal();
        assert!(written.keys().all(|op| told.contains_key(op)));
        told
    });
    assert_eq!(branch.logs(), 2, "a restored journal goes on in a new log");
    assert_eq!(branch.incidents(), Vec::<String>::new(), "and the hub finds nothing wrong");
}

/// What `madoguchi hub …` says.
fn hub(postgres: &Postgres, database: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let database = postgres.address(database);
    run(madoguchi(&["hub"]).args(arguments).args(["--database", &database]))
}

#[test]
fn an_office_hears_how_far_a_backup_of_the_hub_has_its_records() {
    let Some(hall) = Hall::open("a backup of the hub") else { return };
    let mut branch = Branch::open("honcho");
    branch.cable.lead_to(&hall.hub.address);
    branch.resident();
    hall.comes_to(|| branch.journal());
    let saved = |branch: &Branch| {
        let file = madoguchi::db::open_read_only(&branch.data().join("office.db")).unwrap();
        let saved = "select acked, backed_up from forwarded";
        file.query_row(saved, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let marked = || hub(&hall.postgres, "town", &["mark"]).1;
    std::fs::write(&mark, marked()).unwrap();
    let (upto, none) = saved(&branch);
    assert!(upto > 0 && none == 0, "nobody has told of a backup");
    // What comes in while the backup is made is not in it.
    branch.resident();
    hall.comes_to(|| branch.journal());
    let told = |mark: &std::path::Path, database: &str| {
        hub(&hall.postgres, database, &["backed-up", &mark.display().to_string()])
    };
    assert_eq!(told(&mark, "town").0, Some(0));
    branch.resident();
    hall.comes_to(|| branch.journal());
    wait_until("the office hears of it", || saved(&branch) == (saved(&branch).0, upto));
    let page = branch.clerk.get("/desk/line").text;
    let unsaved = saved(&branch).0 - upto;
    assert!(page.contains(&format!("{unsaved} 件")), "{unsaved} {page}");
    // An older mark takes nothing back; one of another database is refused.
    let newer = folder.path().join("newer");
    std::fs::write(&newer, marked()).unwrap();
    assert_eq!(told(&newer, "town").0, Some(0));
    assert_eq!(told(&mark, "town").0, Some(0));
    let backed_up = "select backed_up = upto from log";
    assert_eq!(hall.postgres.asked_in("town", backed_up).unwrap().trim(), "t");
    hall.postgres.database("other");
    let (code, _, said) = told(&mark, "other");
    assert!(code == Some(1) && said.contains("another life"), "{said}");
    // So is one that names what is not there, and what is no mark at all.
    let torn = folder.path().join("torn");
    std::fs::write(&torn, marked().replace("\"hash\":\"", "\"hash\":\"00")).unwrap();
    assert_eq!(told(&torn, "town").0, Some(1));
    std::fs::write(&torn, &marked()[..20]).unwrap();
    assert!(told(&torn, "town").2.contains("madoguchi hub mark"));
    let (code, _, said) = run(&mut madoguchi(&["hub", "mark"]));
    assert!(code == Some(2) && said.contains("--database"), "{said}");
}
