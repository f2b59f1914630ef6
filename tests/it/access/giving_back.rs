//! Money that goes back through a terminal, as the desk shows it: asked for, waited for, not
//! known, looked up, given, refused, and done by hand.

use madoguchi::config::Config;

use super::paying::{shows, terminal, town};
use crate::kiosk::{certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::Clerk;
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// Opens whatever is folded, and looks.
fn look_into_all(browser: &Browser, clerk: &mut Clerk<'_>) {
    browser.run("document.querySelectorAll('main details').forEach(one => one.open = true)");
    clerk.look();
}

/// Pays with a card at the terminal that is asked.
fn pays(browser: &Browser) {
    let card = "form:has([name=terminal][value=t1]) [value='cashless:credit']";
    browser.leave(|| browser.press(card));
    browser.wait("it is paid", "document.querySelector('.state.authorised')");
}

#[test]
fn nothing_in_giving_money_back_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and money that goes back") else { return };
    if browser.with_examiner("axe and money that goes back").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("terminal.log");
    let (mut taking, address) = terminal(&log, ("127.0.0.1:0", "approve"));
    let program = Program::demo_in(folder.path(), |config| town(config, &address));
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    resident.hand_in();
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let supervisor = &config.demo.staff[1];
    let mut clerk = Clerk::sign_in_as(&browser, &program, supervisor, "access-giving-back");
    clerk.find("しけん");
    clerk.press("会計をひらく");
    let bill = browser.address();
    pays(&browser);
    browser.go(&bill);
    look_into_all(&browser, &mut clerk);
    taking.kill();
    // Waited for, as long as it says nothing; not known, as soon as the line is cut.
    let (mut silent, _) = terminal(&log, (&address, "silent"));
    browser.leave(|| browser.press("button[value=void_at_terminal]"));
    assert!(browser.text().contains("端末で返金しています"), "{}", browser.text());
    clerk.look();
    silent.kill();
    shows(&browser, &bill, "[name=give_back]");
    look_into_all(&browser, &mut clerk);
    clerk.press("いま、端末に問い合わせる");
    assert!(browser.text().contains("もう一度返金しないで"), "{}", browser.text());
    // Where clerks look, it is told as what it is.
    browser.go(&format!("{}/desk", program.address));
    assert!(browser.text_of(".paying").contains("返金の未了"), "{}", browser.text());
    clerk.look();
    browser.go(&format!("{}/desk/closing", program.address));
    assert!(browser.text().contains("返金 600円"), "{}", browser.text());
    look_into_all(&browser, &mut clerk);
    browser.go(&bill);
    let (mut taking, _) = terminal(&log, (&address, "approve"));
    browser.run("document.querySelector('button[value=look]')?.click()");
    browser.wait("it went back", "document.querySelector('.state.voided')");
    look_into_all(&browser, &mut clerk);
    // Paid once more, and this time the terminal gives nothing back.
    pays(&browser);
    taking.kill();
    let (_refusing, _) = terminal(&log, (&address, "decline"));
    browser.go(&bill);
    look_into_all(&browser, &mut clerk);
    browser.run("document.querySelector('[name=how]').value = 'terminal'");
    browser.leave(|| browser.press("button[value=refund]"));
    browser.wait("it was refused", "document.querySelector('.state.declined')");
    browser.go(&bill);
    assert!(browser.text().contains("断られました"), "{}", browser.text());
    look_into_all(&browser, &mut clerk);
    assert!(browser.text().contains("端末を手で操作して取り消した"), "{}", browser.text());
    clerk.press("English");
    browser.go(&bill);
    look_into_all(&browser, &mut clerk);
}
