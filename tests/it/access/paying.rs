//! Paying at a terminal that is asked: what the resident's tablet and the desk show while
//! it is chosen, refused, waited for, not known, looked up, and paid.

use std::fs;
use std::path::Path;

use crate::kiosk::{certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::Clerk;
use crate::stage::program::{Program, madoguchi};
use crate::stage::resident::Resident;

/// A simulated terminal in this mood; where it listens.
pub(super) fn terminal(log: &Path, (listen, mood): (&str, &str)) -> (Program, String) {
    let mut command = madoguchi(&["terminal", "--listen", listen, "--mood", mood]);
    command.args(["--takes-ms", "0", "--log"]).arg(log);
    let program = Program::start_until(&mut command, "端末 t1 ");
    let said = program.said();
    let (_, address) = said.split_once("端末 t1 ").unwrap();
    (program, address.trim().to_owned())
}

/// The example town, whose first terminal listens there and is waited for very long.
pub(super) fn town(config: &Path, address: &str) {
    let file = config.join("cashless.toml");
    let example = fs::read_to_string(&file).unwrap();
    let line = format!("kind = \"line\"\naddress = \"{address}\"\nwait_secs = 600");
    assert!(example.contains("kind = \"simulated\""));
    fs::write(file, example.replace("kind = \"simulated\"", &line)).unwrap();
}

/// Goes to a page, and waits until it shows this.
pub(super) fn shows(browser: &Browser, address: &str, css: &str) {
    browser.go(address);
    browser.wait(css, &format!("document.querySelector(\"{css}\")"));
}

#[test]
fn nothing_in_paying_at_a_terminal_stands_in_anybodys_way() {
    let Some(browser) = browser("axe and a terminal") else { return };
    if browser.with_examiner("axe and a terminal").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("terminal.log");
    let (mut refusing, address) = terminal(&log, ("127.0.0.1:0", "decline"));
    let program = Program::demo_in(folder.path(), |config| town(config, &address));
    let tablet = format!("{}/kiosk", program.address);
    let mut resident = Resident::arrive(&browser, &program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    resident.hand_in();
    let mut resident = resident.unhurried();
    resident.look();
    let mut clerk = Clerk::sign_in(&browser, &program, "access-paying");
    clerk.find("しけん");
    clerk.press("会計をひらく");
    let bill = browser.address();
    clerk.press("来庁者用の端末で選んでいただく");
    // Chosen, and refused.
    shows(&browser, &tablet, ".pay-with");
    resident.look();
    browser.leave(|| browser.press(".pay-with [value=credit]"));
    shows(&browser, &tablet, ".pay-with");
    assert!(browser.text().contains("お支払いできませんでした"), "{}", browser.text());
    resident.look();
    refusing.kill();
    // Waited for, as long as it says nothing.
    let (mut silent, _) = terminal(&log, (&address, "silent"));
    browser.leave(|| browser.press(".pay-with [value='emoney:transit']"));
    assert!(browser.text().contains("横の決済端末に"), "{}", browser.text());
    resident.look();
    browser.go(&bill);
    assert!(browser.text().contains("端末で支払い中です"), "{}", browser.text());
    clerk.look();
    // Not known, as soon as the line is cut; looked up in vain, and then not.
    silent.kill();
    shows(&browser, &tablet, ".pay .error-band");
    resident.look();
    browser.go(&bill);
    clerk.press("いま、端末に問い合わせる");
    assert!(browser.text().contains("もう一度請求しないで"), "{}", browser.text());
    let (_there_again, _) = terminal(&log, (&address, "approve"));
    // It is looked up by itself as well: whoever is first.
    browser.run("document.querySelector('button[value=look]')?.click()");
    browser.wait("it is known", "document.querySelector('.state.authorised')");
    clerk.look();
    shows(&browser, &tablet, ".pay .notice-band");
    assert!(browser.text().contains("お支払いが終わりました"), "{}", browser.text());
    resident.look();
}
