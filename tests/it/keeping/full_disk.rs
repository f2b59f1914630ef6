//! A disk without room: refused clearly, nothing lost, and well again without a
//! restart.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use ureq::http::StatusCode;

use super::{Kept, verified};
use crate::stage::http::Visitor;
use crate::stage::office::{Unanswered, hand_in, leave, pair, set_up};
use crate::stage::program::{Program, run};
use crate::stage::small_disk::{ROOM, on_a_small_disk};
use crate::stage::wait_until;

/// A backup, taken beside the program and put where there is room.
fn copied(program: &Program, data: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let mut inside = Command::new("nsenter");
    inside.args(["--user", "--mount", "--preserve-credentials", "--target"]);
    inside.arg(program.id().to_string()).arg(env!("CARGO_BIN_EXE_madoguchi"));
    inside.arg("backup").arg(copy.path().join("office.db")).arg("--data").arg(data);
    let (code, _, said) = run(&mut inside);
    assert_eq!(code, Some(0), "{said}");
    copy
}

/// Residents hand in until there is no room; what the last one was told.
fn fill(tablet: &mut Visitor, numbers: &mut BTreeSet<String>) -> Unanswered {
    loop {
        let handed = hand_in(tablet, "試験　花子");
        match handed.map(|number| numbers.insert(number)).and_then(|_| leave(tablet)) {
            Ok(()) => {}
            Err(unanswered) => return unanswered,
        }
    }
}

#[test]
fn a_full_disk_refuses_clearly_and_recovers_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let config = Path::new("kiosk-config/example");
    let Some((mut program, inside)) = on_a_small_disk(folder.path(), config) else { return };
    let mut tablet = pair(&mut set_up(&program), "記載台１");
    let mut numbers = BTreeSet::new();
    for round in 0..3 {
        let ballast = inside.join("ballast");
        // All the room there is but for a little, so that it ends in mid-visit; never
        // the same little.
        let little = 950_000 + round * 100_000;
        let used: u64 = ["office.db", "office.db-wal", "office.db-shm"]
            .map(|name| fs::metadata(inside.join(name)).map_or(0, |file| file.len()))
            .iter()
            .sum();
        let taken = ROOM.checked_sub(used + little).expect("there is room to take away");
        assert!(taken > little, "what is given back is room to go on: {used}");
        fs::write(&ballast, vec![0; taken as usize]).unwrap();
        let Unanswered::Refused(told) = fill(&mut tablet, &mut numbers) else {
            panic!("the program went away: {}", program.said())
        };
        assert_eq!(told.status, StatusCode::INSUFFICIENT_STORAGE, "{}", told.text);
        assert!(told.text.contains("係員をお呼びください"), "{}", told.text);
        assert!(program.is_running(), "{}", program.said());
        // What was handed in is still shown, and nothing half done is there.
        let copy = copied(&program, folder.path());
        assert!(numbers.is_subset(&Kept::of(copy.path()).tickets), "{numbers:?}");
        fs::remove_file(&ballast).unwrap();
        wait_until("it works again", || {
            hand_in(&mut tablet, "試験　花子").is_ok_and(|number| {
                numbers.insert(number);
                leave(&mut tablet).is_ok()
            })
        });
    }
    let copy = copied(&program, folder.path());
    let kept = Kept::of(copy.path());
    assert!(kept.is_exactly(&numbers), "{kept:?}\n{numbers:?}");
    println!("{} handed in; {}", numbers.len(), verified(copy.path()).trim());
    assert!(!program.said().contains("panicked"), "{}", program.said());
}
