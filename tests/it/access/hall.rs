//! A full hall: numbers without forms, calling, looking back, and taking the fee.

use std::path::Path;

use madoguchi::config::Config;

use super::nothing_stands_in_the_way;
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{ENTER, TAB};
use crate::stage::hall::Hall;
use crate::stage::program::{Program, send_to};

/// A hall that is full at any hour, and days enough behind it for a forecast. Everybody
/// takes long, so few fill it.
fn full(house: &Path) -> Program {
    let change = |config: &Path| {
        let file = config.join("procedures.toml");
        let example = std::fs::read_to_string(&file).unwrap();
        assert!(example.contains("\nminutes = 6\n") && example.contains("\nprefix = \"B\"\n"));
        let slow = example.replace("\nminutes = 6\n", "\nminutes = 90\n");
        let slow = slow.replace("\nprefix = \"B\"\n", "\nprefix = \"B\"\nminutes = 90\n");
        std::fs::write(file, slow).unwrap();
        // Nobody answers there.
        send_to("http://127.0.0.1:1", config);
    };
    Program::demo_of(house, change, &["--days", "10"])
}

/// Signs in as somebody who may do everything here.
fn sign_in(browser: &Browser, program: &Program) {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let account = &config.demo.staff[1];
    browser.go(&format!("{}/desk", program.address));
    browser.leave(|| {
        browser.type_keys(&format!("{}{TAB}{}{ENTER}", account.login, &*account.password));
    });
}

/// Whatever is folded away on the page is shown, and examined with the rest.
fn open_and_examine(browser: &Browser) {
    browser.run("document.querySelectorAll('details').forEach(one => { one.open = true; })");
    nothing_stands_in_the_way(browser);
}

fn press(browser: &Browser, css: &str) {
    browser.leave(|| browser.press(css));
    open_and_examine(browser);
}

#[test]
fn nothing_in_a_full_hall_stands_in_anybodys_way() {
    let Some(browser) = browser("axe in a full hall") else { return };
    if browser.with_examiner("axe in a full hall").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = full(folder.path());
    let examined = |path: &str| {
        browser.go(&format!("{}{path}", program.address));
        open_and_examine(&browser);
    };
    ["/pair", "/kiosk/number?lang=en", "/kiosk/number?lang=ja"].into_iter().for_each(examined);
    press(&browser, "button[value='moving']");
    let phone = format!("http://{}", browser.text_of(".phone .link"));
    for lang in ["ja", "en"] {
        browser.go(&format!("{phone}?lang={lang}"));
        assert!(browser.shows(".mine.waiting"), "{}", browser.text());
        open_and_examine(&browser);
    }

    sign_in(&browser, &program);
    examined("/desk/guide");
    browser.press("input[value='wheelchair']");
    press(&browser, "button[value='certificate']");
    examined("/desk/calling");
    press(&browser, "button[value='4']");
    assert!(browser.shows("table.visits td.ticket"), "{}", browser.text());
    press(&browser, ".next-number");
    for act in ["serve", "prepare"] {
        press(&browser, &format!("button[value='{act}']"));
    }
    press(&browser, "form[action='/desk/calling/pause'] button");
    // The days behind are counted soon after the start.
    crate::stage::wait_until("a forecast", || {
        browser.go(&format!("{}/status/calendar?lang=ja", program.address));
        browser.shows("td.busy, td.usual, td.quiet")
    });
    nothing_stands_in_the_way(&browser);
    ["/status/calendar?lang=en", "/desk/line", "/desk/supervisor", "/desk/supervisor/days"]
        .into_iter()
        .for_each(examined);
    press(&browser, "tbody th a");
    assert!(browser.shows(".charts svg") && browser.shows("table.beside"), "{}", browser.text());
}

#[test]
fn nothing_on_the_page_of_the_fee_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and the fee") else { return };
    if browser.with_examiner("axe and the fee").is_none() {
        return;
    }
    let program = Program::demo();
    Hall::open(&program).draw();
    sign_in(&browser, &program);
    browser.leave(|| browser.press("#list td a"));
    press(&browser, "a[href$='/payment']");
    // Too little, and what is owed.
    for received in ["1", "1000"] {
        browser.write("#received", received);
        press(&browser, "button[value='cash']");
    }
    assert!(browser.shows("button[value='void']") && browser.shows("button[value='refund']"));
    let paid = browser.address();
    browser.follow("English");
    browser.go(&paid);
    open_and_examine(&browser);
    press(&browser, "button[value='void']");
    assert!(browser.shows("button[value='cash']"), "it can be paid anew: {}", browser.text());
}
