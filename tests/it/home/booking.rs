//! A time booked at home rides in the code made at home: one scan at the tablet checks in
//! and fills in the forms.

use std::fs;
use std::path::Path;

use super::at_home::AtHome;
use super::walks::at_home;
use crate::stage::browser::{Browser, browser};
use crate::stage::from_home::{BIRTHDAY, Held};
use crate::stage::program::Program;
use crate::stage::resident::{FAULTS, Memory, Resident};

/// The example town, whose first service can be booked for any day.
fn town(config: &Path) {
    let file = config.join("appointments.toml");
    let example = fs::read_to_string(&file).unwrap();
    let week = r#"days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]"#;
    let open = example
        .replacen(r#"days = ["mon", "tue", "wed", "thu", "fri"]"#, week, 1)
        .replace("holidays = true", "holidays = false")
        .replace("year_end = {", "# year_end = {");
    assert!(open.contains(week) && open.contains("holidays = false"));
    fs::write(file, open).unwrap();
}

/// A page of the booking on a telephone: nothing is cut off, too small, or in the way.
fn look(browser: &Browser, name: &str) {
    browser.picture(&format!("booking-{name}"));
    let faults = browser.run_with(FAULTS, serde_json::json!([44]));
    assert_eq!(faults, serde_json::json!([]), "{name}\n{}", browser.text());
    let barriers = browser.barriers();
    assert!(barriers.is_empty(), "{name}: {barriers:#?}");
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
}

fn press(browser: &Browser, css: &str, name: &str) {
    browser.leave(|| browser.press(css));
    look(browser, name);
}

#[test]
fn a_time_booked_at_home_is_changed_there_and_goes_into_the_code() {
    let Some(browser) = browser("booking at home") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in(folder.path(), town);
    let _ = browser.with_examiner("axe and booking at home");
    let address = format!("{}/home/", program.address);
    let mut home = AtHome::arrive(&browser, &address, "booking", at_home());
    press(&browser, "main a.button", "first");
    press(&browser, ".slots a", "days");
    // Tomorrow, or later: at no minute of the day is it over.
    press(&browser, ".slots li:nth-child(2) a", "times");
    press(&browser, ".slots button", "name");
    browser.leave(|| browser.press(".bar .primary"));
    assert!(browser.shows(".entry.wrong"), "{}", browser.text());
    look(&browser, "name-wrong");
    browser.write("#name", "しけん　はなこ");
    press(&browser, ".bar .primary", "done");
    let number = browser.text_of(".number strong");
    let when = browser.text_of(".when strong");
    press(&browser, "a.plain", "mine");
    press(&browser, "a[href='/home/appointment/move']", "move-days");
    press(&browser, ".slots li:nth-child(3) a", "move-times");
    press(&browser, ".slots button", "moved");
    assert_eq!(browser.text_of(".number strong"), number);
    assert_ne!(browser.text_of(".when strong"), when);
    let day = browser.text_of(".when strong");

    // On to the forms: the number goes along, and no address says so.
    browser.leave(|| browser.press("#prepare"));
    browser.wait("the page has begun", "document.querySelector('#bar button')");
    assert!(browser.text().contains(&number), "{}", browser.text());
    assert!(browser.address().ends_with("/home/"), "{}", browser.address());
    home.look();
    home.choose(&["juminhyo"]);
    home.answer_all();
    assert_eq!(browser.run("return document.getElementById('booking').value"), *number);
    // Whoever mistypes it is told, and loses nothing.
    let wrong = number.replacen(&number[..1], if number.starts_with('1') { "2" } else { "1" }, 1);
    browser.write("#booking", &wrong);
    home.next();
    assert!(browser.text().contains("予約番号がちがうようです"), "{}", browser.text());
    browser.write("#booking", &number);
    home.make();
    assert!(browser.text().contains("予約の受付も一緒に"), "{}", browser.text());
    let screen = browser.picture_of("figure.code img");
    drop(home);

    // On another day than the booked one the forms are taken all the same.
    let mut resident =
        Resident::arrive(&browser, &program, Memory::new()).with_album("booking-and-forms");
    resident.begin("はじめる", "わかりました");
    resident.hold(Held::Screen(&screen));
    resident.enter(BIRTHDAY);
    let checked = browser.text();
    assert!(checked.contains(&day) && checked.contains("いまは受付できません"), "{checked}");
    assert_eq!(resident.hand_in(), "A1");
}

#[test]
fn a_page_that_stands_elsewhere_says_where_to_book() {
    let Some(browser) = browser("booking from elsewhere") else { return };
    let town = super::town::Town::found();
    let mut command =
        crate::stage::program::madoguchi(&["home", "--listen", "127.0.0.1:0", "--key"]);
    let alone = Program::start(command.arg(town.key()));
    let home = AtHome::arrive(&browser, &alone.address, "booking-elsewhere", at_home());
    assert!(home.browser.text().contains("お電話か窓口の端末で承ります"), "{}", browser.text());
    assert!(!browser.shows("main a.button"));
    assert_eq!(alone.visitor().get("/appointment").status, ureq::http::StatusCode::NOT_FOUND);
}
