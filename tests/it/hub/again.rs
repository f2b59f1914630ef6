//! What residents entered, at the town hall: read, found by name and printed again, by
//! those who may, where the hub has the visit's key and the very edition of the form.

use std::fs;
use std::path::Path;

use madoguchi::hub::Hub;
use ureq::http::StatusCode;

use super::TOWN;
use super::keys::{new_key, tells_keys};
use super::people::{Looker, staffed};
use super::served::served;
use super::town::{Branch, Hall};
use crate::stage::clerk::words_of;
use crate::stage::office::{PASSWORD, hidden, hire};
use crate::stage::person::papers;
use crate::stage::wait_until;

const FORMS: &str = "templates/forms";

/// A copy of the forms in which one word of the certificate's form is another.
fn other_forms(folder: &Path) {
    for form in fs::read_dir(FORMS).unwrap().map(|form| form.unwrap().path()) {
        let to = folder.join(form.file_name().unwrap());
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(&form).unwrap().map(|file| file.unwrap().path()) {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
    let form = folder.join("juminhyo/form.toml");
    let text = fs::read_to_string(&form).unwrap();
    let changed = text.replacen("law = \"", "law = \"見本 ", 1);
    assert_ne!(text, changed);
    fs::write(&form, changed).unwrap();
}

/// The newest application's page.
fn newest(looker: &mut Looker) -> String {
    let list = looker.get("/applications?day=").text;
    let (_, rest) = list.split_once("/applications/").unwrap();
    format!("/applications/{}", &rest[..36])
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one application, read by one after the other")]
async fn what_was_entered_is_read_found_and_printed_again_by_those_who_may() {
    let Some(mut hall) = Hall::open("read at the town hall") else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = new_key(&folder);
    let database = hall.postgres.address("town");
    staffed(&Hub::open(&database).await.unwrap(), TOWN).await;
    let mut honcho = Branch::open_as("honcho", |config| tells_keys(config, true));
    honcho.cable.lead_to(&hall.hub.address);
    let number = honcho.resident();
    let (_, own) = papers(&mut hire(&mut honcho.clerk), &number);
    hall.comes_to(|| honcho.journal());
    let clerk = |hall: &Hall| {
        let mut clerk = Looker::new(&hall.hub, TOWN);
        clerk.sign_in("clerk", PASSWORD);
        clerk
    };
    // Without a key of its own it reads nothing, and says why.
    let mut looker = clerk(&hall);
    let one = newest(&mut looker);
    let page = looker.get(&one).text;
    assert!(page.contains("鍵を預かっていません") && !page.contains("花子"), "{page}");
    assert!(looker.get("/applications").text.contains("氏名ではさがせません"));
    let print = |looker: &mut Looker, page: &str| {
        let key = hidden(page, "key").to_owned();
        looker.post(&format!("{one}/print"), &[("key", &key)])
    };
    assert_eq!(print(&mut looker, &page).status, StatusCode::NOT_FOUND);
    let (config, other) = (honcho.config(), folder.path().join("other"));
    fs::create_dir(&other).unwrap();
    other_forms(&other);
    let keys: [&Path; 2] = [Path::new("--keys"), &key];
    let office: [&Path; 2] = [Path::new("--config"), &config];
    for (forms, said) in [
        (None, "様式がありません"),
        (Some(other.as_path()), "中身が違います"),
        (Some(Path::new(FORMS)), "PDFをもう一度印刷"),
    ] {
        let templates = forms.map(|forms| [Path::new("--templates"), forms]);
        let more: Vec<&Path> =
            keys.iter().chain(&office).chain(templates.iter().flatten()).copied().collect();
        hall.hub.kill();
        hall.hub = served(&database, &more);
        honcho.cable.lead_to(&hall.hub.address);
        looker = clerk(&hall);
        if forms.is_none() {
            honcho.kill_and_start();
        }
        wait_until("the key is there", || looker.get(&one).text.contains("花子"));
        let page = looker.get(&one).text;
        assert!(page.contains(said), "{said}: {page}");
        let printed = print(&mut looker, &page);
        let is_printed = forms == Some(Path::new(FORMS));
        assert_eq!(printed.status == StatusCode::OK, is_printed, "{said}");
    }
    let page = looker.get(&one).text;
    let printed = print(&mut looker, &page);
    assert_eq!(printed.header("content-type"), "application/pdf");
    // The very paper of the counter, but for who printed it.
    let again = words_of(&printed.bytes);
    assert_eq!(again, words_of(&own));
    assert!(again.contains("試験花子"), "{again}");
    // By name, reading and birth date; whom, is nowhere.
    let by = |looker: &mut Looker, name: &str| {
        let page = looker.get("/applications?day=").text;
        let key = hidden(&page, "key").to_owned();
        looker.post("/applications", &[("key", &key), ("name", name), ("day", "")])
    };
    for (name, found) in [("花子", true), ("試験花子", true), ("見本", false)] {
        let answer = by(&mut looker, name);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text.contains(&one), found, "{name}: {}", answer.text);
    }
    // Nobody else.
    for role in ["administrator", "auditor"] {
        let mut other = Looker::new(&hall.hub, TOWN);
        other.sign_in(role, PASSWORD);
        let key = hidden(&other.get("/password").text, "key").to_owned();
        for (address, fields) in [
            (format!("{one}/print"), vec![("key", key.as_str())]),
            ("/applications".to_owned(), vec![("key", key.as_str()), ("name", "花子")]),
        ] {
            let answer = other.post(&address, &fields);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role} {address}");
            assert!(!answer.text.contains("試験"), "{role} {address}");
        }
    }
    let mut stranger = clerk(&hall);
    let forged = stranger.post(&format!("{one}/print"), &[("key", "other")]);
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let mut auditor = Looker::new(&hall.hub, TOWN);
    auditor.sign_in("auditor", PASSWORD);
    let record = auditor.get("/record").text;
    assert!(record.contains("用紙をもう一度印刷しました"), "{record}");
    assert!(!record.contains("花子") && !record.contains("しけん"), "{record}");
    assert!(!hall.hub.said().contains("花子"));
    // What the office takes back is not read any more.
    tells_keys(&honcho.config(), false);
    honcho.kill_and_start();
    wait_until("it is taken back", || !looker.get(&one).text.contains("花子"));
    assert!(looker.get(&one).text.contains("消されました"));
    assert!(!by(&mut looker, "花子").text.contains(&one));
}
