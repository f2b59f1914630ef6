//! Every shape a bill can have at the desk that no other walk comes by: by hand at a
//! terminal that nobody asks, left unknown, free, billed later, and taken back.

use madoguchi::config::Config;

use crate::kiosk::{certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::Clerk;
use crate::stage::program::Program;
use crate::stage::resident::Resident;

fn look_into_all(browser: &Browser, clerk: &mut Clerk<'_>) {
    browser.run("document.querySelectorAll('main details').forEach(one => one.open = true)");
    clerk.look();
}

#[test]
fn nothing_on_any_bill_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and every bill") else { return };
    if browser.with_examiner("axe and every bill").is_none() {
        return;
    }
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    resident.hand_in();
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let supervisor = &config.demo.staff[1];
    let mut clerk = Clerk::sign_in_as(&browser, &program, supervisor, "access-bills");
    clerk.find("しけん");
    clerk.press("会計をひらく");
    look_into_all(&browser, &mut clerk);
    let act = |button: &str| browser.leave(|| browser.press(button));
    let bill = browser.address();
    let shown = || browser.go(&bill);
    // By hand; nobody knows; not paid after all.
    act("form:has([name=terminal][value=t2]) [value='cashless:credit']");
    look_into_all(&browser, &mut clerk);
    act("button[value=unknown]");
    look_into_all(&browser, &mut clerk);
    browser.write("#slip", "4980 1234 5678 9012");
    act("button[value=authorised]");
    assert!(browser.shows(".desk-refused"), "{}", browser.text());
    clerk.look();
    browser.run("document.querySelectorAll('main details').forEach(one => one.open = true)");
    act("button[value=declined]");
    look_into_all(&browser, &mut clerk);
    // A bill for later, and taken back.
    act("button[value=later]");
    look_into_all(&browser, &mut clerk);
    act("button[value=void]");
    clerk.look();
    // Free, on a ground.
    browser.run("document.querySelector('[name=ground]').value = 'official'");
    act("button[value=exempt]");
    clerk.look();
    act("button[value=nothing]");
    look_into_all(&browser, &mut clerk);
    clerk.press("English");
    shown();
    look_into_all(&browser, &mut clerk);
}
