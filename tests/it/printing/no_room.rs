//! A disk without room between sending and outcome: the outcome is told, as not
//! recorded yet, and recorded when there is room.

use std::fs;
use std::io::Write;
use std::path::Path;

use ureq::http::StatusCode;

use super::cups::Cups;
use super::office::{TABLET, config_with};
use super::queue;
use crate::stage::http::Visitor;
use crate::stage::office::{hand_in, hidden, hire, pair, set_up};
use crate::stage::small_disk::on_a_small_disk;
use crate::stage::wait_until;

/// Takes all the room there is, and what the database has set aside.
fn fill(inside: &Path, clerk: &mut Visitor, visit: &str) {
    let mut ballast = fs::File::create(inside.join("ballast")).unwrap();
    while ballast.write(&[0; 512]).is_ok_and(|written| written > 0) {}
    // Every look at a visit is an entry of the journal.
    wait_until("nothing can be recorded", || {
        clerk.get(visit).status == StatusCode::INSUFFICIENT_STORAGE
    });
}

#[test]
fn an_outcome_that_cannot_be_recorded_is_told_so_and_recorded_when_there_is_room() {
    let Some(cups) = Cups::start("an outcome without room") else { return };
    let (folder, config) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    config_with(config.path(), &queue(&cups, "a4"));
    let Some((program, inside)) = on_a_small_disk(folder.path(), config.path()) else { return };
    let mut administrator = set_up(&program);
    let mut tablet = pair(&mut administrator, TABLET);
    let mut clerk = hire(&mut administrator);
    let number = hand_in(&mut tablet, "試験　花子").unwrap();
    let list = clerk.get("/desk").text;
    let found = clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", &number)]);
    let visit = found.header("location").to_owned();
    cups.is("silent");
    let page = clerk.get(&visit).text;
    let (_, form) = page.split_once(&format!("action=\"{visit}/papers\"")).unwrap();
    let fields = [("key", hidden(&page, "key")), ("op", hidden(form, "op"))];
    let sent = clerk.post(&format!("{visit}/papers"), &fields);
    wait_until("CUPS has the paper", || !cups.spooled().is_empty());
    fill(&inside, &mut clerk, &visit);
    cups.is("well");
    let address = sent.header("location");
    let mut page = String::new();
    wait_until("the outcome is told", || {
        page = clerk.get(address).text;
        page.contains("印刷しました")
    });
    assert!(page.contains("まだ記録できていません"), "{page}");
    assert_eq!(cups.came_out().len(), 1);
    assert_eq!(cups.spooled(), Vec::<std::path::PathBuf>::new());
    fs::remove_file(inside.join("ballast")).unwrap();
    wait_until("it is recorded", || {
        let page = clerk.get(address).text;
        page.contains("印刷しました") && !page.contains("まだ記録できていません")
    });
    let page = clerk.get(&visit).text;
    assert!(page.contains("印刷1回"), "{page}");
}
