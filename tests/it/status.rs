//! The queue on telephones: a ticket's own page, and the counts for everybody.

use crate::stage::browser::{Browser, browser};
use crate::stage::hall::Hall;
use crate::stage::program::Program;

/// A small telephone of some years ago, and a tablet.
const PHONE: (u32, u32) = (360, 640);
const TABLET: (u32, u32) = (820, 1180);
const WIDE: (u32, u32) = (1920, 1080);

/// What every page here must keep on a small screen.
const FITS: &str = "return document.documentElement.scrollWidth <= innerWidth";

fn look(browser: &Browser, name: &str) {
    browser.picture(name);
    assert_eq!(browser.run(FITS), true, "{name} scrolls sideways");
    let barriers = browser.barriers();
    assert!(barriers.is_empty(), "{name}: {barriers:#?}");
    assert_eq!(browser.complaints(), [""; 0], "{name}");
}

fn stands(browser: &Browser, state: &str) {
    browser.wait(state, &format!("document.querySelector('.mine.{state}')"));
}

#[test]
fn a_telephone_shows_the_window_and_says_loudly_when_the_number_is_called() {
    let Some(browser) = browser("a ticket's own page") else { return };
    if browser.with_examiner("a ticket's own page").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    let (number, link) = hall.draw();
    hall.sit(1);
    browser.hold_phone(PHONE);
    // What the telephone was asked to do is remembered here.
    let _listening = browser.run_on_every_page(
        "window.shaken = 0; navigator.vibrate = () => { window.shaken += 1; return true; };",
    );
    browser.go(&format!("{link}?lang=ja"));
    assert!(browser.path().starts_with("/status/"), "{}", browser.path());
    browser.wait("a window", "document.querySelector('.window')?.innerText.includes('ごろ')");
    assert!(browser.text().contains(&number) && browser.text().contains("前に待っている方：1 人"));
    look(&browser, "phone-waiting");
    browser.press("#tell");
    assert!(browser.text().contains("この画面を開いたままに"), "{}", browser.text());
    hall.call();
    browser.wait("nobody ahead", "document.querySelector('.ahead').innerText.includes('いません')");
    assert!(browser.text_of(".calls").contains("A1"), "{}", browser.text());
    hall.press("mark_absent");
    let shaken = "window.shaken > 1";
    assert_eq!(browser.run(&format!("return {shaken}")), false, "it is not their turn yet");
    hall.call();
    stands(&browser, "called");
    browser.wait("it shakes", shaken);
    assert!(browser.text().contains("1番窓口へお越しください"), "{}", browser.text());
    assert!(browser.run("return document.title").as_str().unwrap().starts_with("● "));
    look(&browser, "phone-called");
    // Whoever is called once more is told as loudly.
    browser.run("window.shaken = 0");
    hall.recall();
    browser.wait("it shakes again", "window.shaken > 0");
    hall.press("serve");
    stands(&browser, "serving");
    // What is over is asked for seldom; here every minute is a second.
    browser.run("document.body.dataset.secs = '0.2'");
    browser.wait("the next look", "document.querySelector('.mine.serving')");
    hall.press("finish");
    stands(&browser, "done");
    look(&browser, "phone-done");
    assert!(!browser.shows("#telling"));
    // The wrong one was finished, and is at the counter again.
    hall.undo();
    stands(&browser, "serving");
    hall.press("finish");
    stands(&browser, "done");
    // The tests' browser speaks English by itself.
    browser.go(&link);
    assert!(browser.text().contains("All done."), "{}", browser.text());
    look(&browser, "phone-done-english");
}

#[test]
fn who_missed_the_call_says_with_one_press_that_they_are_back_and_is_called_again() {
    let Some(browser) = browser("somebody who comes back") else { return };
    if browser.with_examiner("somebody who comes back").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    let (_, link) = hall.draw();
    hall.sit(1);
    hall.call();
    browser.hold_phone(PHONE);
    let _listening = browser.run_on_every_page("navigator.vibrate = () => true;");
    browser.go(&format!("{link}?lang=ja"));
    stands(&browser, "called");
    hall.press("mark_absent");
    stands(&browser, "absent");
    look(&browser, "phone-absent");
    browser.leave(|| browser.press(".here button"));
    stands(&browser, "waiting");
    assert!(!browser.shows(".here"));
    look(&browser, "phone-back");
    hall.call();
    stands(&browser, "called");
    hall.press("mark_absent");
    stands(&browser, "absent");
    assert!(browser.text().contains("職員に番号をお見せください"), "{}", browser.text());
    assert!(!browser.shows(".here"));
}

#[test]
fn nothing_moves_under_a_finger_unless_something_happens_to_the_number() {
    let Some(browser) = browser("a finger on a telephone") else { return };
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    let (_, link) = hall.draw();
    hall.sit(1);
    browser.hold_phone(PHONE);
    let asked = "window.asked = 0; const open = XMLHttpRequest.prototype.open; \
         XMLHttpRequest.prototype.open = function (...what) { \
             this.addEventListener('loadend', () => { window.asked += 1; }); open.apply(this, what); };";
    let _listening = browser.run_on_every_page(asked);
    browser.go(&format!("{link}?lang=ja"));
    browser.run("document.body.dataset.secs = '0.2'");
    browser.press(".leave summary");
    hall.call();
    browser.run("window.asked = 0");
    browser.wait("some looks", "window.asked > 3");
    assert!(browser.shows(".leave button"), "it closed under the finger");
    assert!(browser.text().contains("前に待っている方：1 人"), "{}", browser.text());
    browser.press(".leave summary");
    browser.run("document.activeElement.blur()");
    browser.wait("how it is", "document.querySelector('.ahead').innerText.includes('いません')");
    browser.press(".leave summary");
    hall.press("mark_absent");
    hall.call();
    stands(&browser, "called");
}

#[test]
fn a_telephone_without_script_comes_back_by_itself() {
    let Some(browser) = browser("a telephone without script") else { return };
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    let (_, link) = hall.draw();
    hall.sit(1);
    browser.hold_phone(PHONE);
    browser.with_script(false);
    browser.go(&format!("{link}?lang=ja"));
    assert!(browser.text().contains("順番をお待ちください"), "{}", browser.text());
    assert!(!browser.shows("#tell"), "a button that does nothing");
    browser.picture("phone-without-script");
    hall.call();
    browser.wait("the page anew", "document.querySelector('.mine.called')");
}

#[test]
fn everybody_sees_how_full_it_is_on_any_screen_and_nobody_by_name() {
    let Some(browser) = browser("how full it is") else { return };
    if browser.with_examiner("how full it is").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    hall.draw();
    hall.sit(1);
    hall.call();
    browser.hold_phone(PHONE);
    browser.go(&format!("{}/status?lang=ja", program.address));
    browser.wait("a window", "document.querySelector('.crowds').innerText.includes('ごろ')");
    let text = browser.text();
    assert!(text.contains("1 人") && text.contains("A1（1 番窓口）"), "{text}");
    assert!(!text.contains("試験") && !text.contains("花子"), "{text}");
    look(&browser, "status-phone");
    for (name, size) in [("tablet", TABLET), ("wide", WIDE)] {
        browser.look_at(size);
        look(&browser, &format!("status-{name}"));
    }
    browser.follow("English");
    look(&browser, "status-english");
}
