//! Whoever booked, while no number is given out: another time, calling off, and a slip
//! that does not come.

use std::fs;
use std::path::Path;

use super::nothing_stands_in_the_way;
use crate::appointments;
use crate::stage::browser::{Browser, browser};
use crate::stage::program::Program;

/// The town of the appointments, which gives out numbers from ten on, and has a slip
/// printer that nobody switched on.
fn town(config: &Path) {
    appointments::town(config);
    let file = config.join("procedures.toml");
    let example = fs::read_to_string(&file).unwrap();
    let hours = "hours = [{ days = [\"tue\"], from = \"10:00\", to = \"17:15\" }]\nat_kiosk = true";
    assert_eq!(example.matches("\nat_kiosk = true").count(), 2);
    fs::write(file, example.replace("\nat_kiosk = true", &format!("\n{hours}"))).unwrap();
    let printers = "[[printer]]\nid = \"slip-1\"\nname = { ja = \"票\", en = \"Slips\" }\n\
                    kind = \"tcp\"\naddress = \"127.0.0.1:9\"\n[[slips]]\nprinter = \"slip-1\"\n";
    fs::write(config.join("printers.toml"), printers).unwrap();
}

fn press(browser: &Browser, css: &str) {
    browser.leave(|| browser.press(css));
    browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; })");
    nothing_stands_in_the_way(browser);
}

/// Books the first time that is free, from the page of the services on; the number.
fn book(browser: &Browser, service: &str, done: &str) -> String {
    press(browser, service);
    press(browser, ".slots a");
    press(browser, ".slots button");
    browser.write("#name", "しけん　はなこ");
    press(browser, ".bar button.primary");
    browser.text_of(done).replace('-', "")
}

/// Another time, from the page of an appointment on.
fn move_it(browser: &Browser) {
    press(browser, "a[href$='/appointment/move']");
    press(browser, ".slots li:nth-child(2) a");
    press(browser, ".slots button");
}

#[test]
fn nothing_on_the_pages_of_an_appointment_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and appointments") else { return };
    if browser.with_examiner("axe and appointments").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in_at(folder.path(), town, Some(appointments::MORNING));
    browser.go(&format!("{}/kiosk", program.address));
    assert!(browser.text().contains("10:00 から"), "{}", browser.text());
    nothing_stands_in_the_way(&browser);

    let number_page = |rest: &str| {
        browser.go(&format!("{}/kiosk/appointment?lang=ja{rest}", program.address));
        nothing_stands_in_the_way(&browser);
    };
    let enter = |number: &str| {
        browser.type_keys(number);
        press(&browser, ".bar-next button");
    };
    browser.go(&format!("{}/kiosk/appointment/new?lang=ja", program.address));
    let number = book(&browser, "a[href*='service=always']", ".ticket strong");
    number_page("&change=true");
    enter("1");
    assert!(browser.shows(".error-band"), "{}", browser.text());
    enter(&number);
    move_it(&browser);
    number_page("");
    enter(&number);
    assert!(browser.text().contains("予約"), "it is another day: {}", browser.text());
    press(&browser, ".call-off form button");
    browser.go(&format!("{}/kiosk/appointment/new?lang=en", program.address));
    let number = book(&browser, "a[href*='service=always']", ".ticket strong");
    number_page("");
    enter(&number);
    browser.wait("no slip comes", "document.querySelector('.slip .error-band')");
    nothing_stands_in_the_way(&browser);

    for lang in ["en", "ja"] {
        browser.go(&format!("{}/home/appointment?lang={lang}", program.address));
        nothing_stands_in_the_way(&browser);
        book(&browser, "a[href*='service=moving']", ".number strong");
        press(&browser, "a.plain");
        move_it(&browser);
        press(&browser, "a.plain");
        press(&browser, ".call-off form button");
    }
}
