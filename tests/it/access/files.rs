//! Files for the town hall, taken at the desk in a real browser.

use std::path::Path;

use madoguchi::config::Config;

use crate::kiosk::{certificate, tap};
use crate::stage::browser::browser;
use crate::stage::clerk::{Clerk, words_of};
use crate::stage::program::Program;
use crate::stage::resident::Resident;
use crate::stage::wait_until;

#[test]
fn a_supervisor_takes_the_papers_of_a_day_as_a_file() {
    let Some(browser) = browser("files for the town hall") else { return };
    if browser.with_examiner("files for the town hall").is_none() {
        return;
    }
    let house = tempfile::tempdir().unwrap();
    let program = Program::demo_in(house.path(), |config| {
        let file = config.join("exports.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let papers = "format = \"pdf\"\n";
        assert!(text.contains(papers));
        std::fs::write(file, text.replace(papers, "format = \"pdf\"\naccepted_only = false\n"))
            .unwrap();
    });
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    resident.hand_in();

    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let account = &config.demo.staff[1];
    let mut supervisor = Clerk::sign_in_as(&browser, &program, account, "access-exports");
    browser.go(&format!("{}/desk/exports", program.address));
    supervisor.look();
    browser.press("label:has([name=profile][value=papers])");
    supervisor.press("件数を確かめる");
    assert!(browser.text().contains("書き出す行\t1"), "{}", browser.text());
    browser.look_at((1366, 768));
    browser.picture("exports-1366");
    let folder = house.path().join("downloads");
    std::fs::create_dir(&folder).unwrap();
    browser.download_to(&folder);
    browser.press("button[value=download]");
    let packed = downloaded(&folder);
    // The files lie in it as they are.
    let begins = packed.windows(5).position(|part| part == b"%PDF-").unwrap();
    let ends = packed.windows(5).rposition(|part| part == b"%%EOF").unwrap() + 5;
    let pdf = &packed[begins..ends];
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("papers.pdf"), pdf).unwrap();
    let words = words_of(pdf);
    assert!(words.contains("試験花子") && words.contains("住民票の写し等交付請求書"), "{words}");
    let text = String::from_utf8_lossy(&packed);
    assert!(text.contains(".changes.csv") && text.contains(".rejects.csv"));
    assert!(browser.shows("button[value=download]"), "the page stays");
    // The same press once more is the same file.
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    browser.press("button[value=download]");
    let again = downloaded(&folder);
    assert!(again.windows(5).any(|part| part == b"%PDF-"));
    supervisor.press("English");
}

/// The one file that comes. The browser keeps its name free with an empty one, and puts the
/// whole one in its place.
fn downloaded(folder: &Path) -> Vec<u8> {
    let finished = || {
        let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let zip = files.find(|file| file.extension().is_some_and(|ending| ending == "zip"));
        zip.and_then(|zip| std::fs::read(zip).ok()).filter(|bytes| !bytes.is_empty())
    };
    wait_until("the file", || finished().is_some());
    finished().unwrap()
}
