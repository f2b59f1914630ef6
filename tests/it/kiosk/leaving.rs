//! The screen forgets.

use super::{certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// What of the last resident must be nowhere.
const TRACES: [&str; 4] = ["試験", "中央一丁目", "090-0000-0101", "シケン"];

fn shows_no_trace(browser: &Browser) {
    let seen = browser.run("return document.documentElement.outerHTML");
    // The demonstration's strip of cards names every invented resident.
    let seen = seen.as_str().unwrap().split("demo-cards").next().unwrap().to_owned();
    for trace in TRACES {
        assert!(!seen.contains(trace), "{trace} at {}", browser.address());
    }
}

/// Goes back through history, and forward again, and looks at every page.
fn history_shows_nothing(browser: &Browser, program: &Program) {
    for _ in 0..12 {
        browser.back();
        browser.wait("a page", "document.readyState === 'complete'");
        if !browser.address().starts_with(&program.address) {
            break;
        }
        shows_no_trace(browser);
    }
    for _ in 0..12 {
        browser.forward();
        browser.wait("a page", "document.readyState === 'complete'");
        shows_no_trace(browser);
    }
}

#[test]
fn erase_and_end_leaves_nothing_for_the_next_resident() {
    let Some(browser) = browser("erase and end") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap(&mut resident, &["juminhyo"]);
    resident.fill_in();
    resident.next();
    resident.press("消して終わる");
    assert!(browser.shows(".welcome"), "{}", browser.text());
    shows_no_trace(&browser);
    history_shows_nothing(&browser, &program);
    browser.go(&format!("{}/kiosk", program.address));
    assert!(browser.shows(".welcome"), "nothing came back: {}", browser.text());
    let kept = browser.run("return localStorage.length + sessionStorage.length");
    assert_eq!(kept, 0, "nothing is kept in the browser");
}

#[test]
fn the_next_resident_starts_anew_after_a_number() {
    let Some(browser) = browser("the next resident") else { return };
    let program = Program::demo();
    let mut first = Resident::arrive(&browser, &program, certificate());
    tap(&mut first, &["juminhyo"]);
    first.answer_all();
    assert_eq!(first.hand_in(), "A1");
    first.press("終わる");
    assert!(browser.shows(".welcome"), "{}", browser.text());
    history_shows_nothing(&browser, &program);
    let mut second = Resident::arrive(&browser, &program, certificate());
    tap(&mut second, &["juminhyo"]);
    second.answer_all();
    assert_eq!(second.hand_in(), "A2");
}

/// Makes the page's clock run ahead by `window.lateSecs`.
const LATE: &str = "if (!window.lateSecs) { window.lateSecs = 0; const now = Date.now; \
     Date.now = () => now() + window.lateSecs * 1000; }";

#[test]
fn an_idle_screen_asks_and_then_erases() {
    let Some(browser) = browser("an idle screen") else { return };
    let program = Program::demo();
    let _late = browser.run_on_every_page(LATE);
    let mut resident = Resident::arrive(&browser, &program, certificate()).with_album("idle");
    tap(&mut resident, &["juminhyo"]);
    assert!(!browser.shows("#idle"));
    browser.run("window.lateSecs = 61");
    browser.wait("it asks", "document.querySelector('#idle').open");
    resident.look();
    browser.press("#idle-stay");
    browser.wait("it goes on", "!document.querySelector('#idle').open");
    assert!(browser.shows("form.entries"), "whoever answers goes on");
    browser.run("window.lateSecs += 61");
    browser.wait("it asks again", "document.querySelector('#idle').open");
    browser.leave(|| drop(browser.run("window.lateSecs += 30")));
    assert!(browser.shows(".welcome"), "{}", browser.text());
    history_shows_nothing(&browser, &program);
}

#[test]
fn an_idle_screen_forgets_though_the_server_is_away_and_comes_back_with_it() {
    let Some(browser) = browser("an idle screen without a server") else { return };
    let mut program = Program::demo();
    let _late = browser.run_on_every_page(LATE);
    let mut resident = Resident::arrive(&browser, &program, certificate());
    tap(&mut resident, &["juminhyo"]);
    let address = program.address.clone();
    program.stop();
    browser.run("window.lateSecs = 100");
    browser.wait("it is blank", "document.body.hidden");
    assert!(browser.address().starts_with(&address), "{}", browser.address());
    let listen = address.trim_start_matches("http://");
    let _program = Program::demo_at(listen);
    browser.wait("it begins anew", "document.querySelector('.welcome') !== null");
    shows_no_trace(&browser);
}

#[test]
fn a_resident_can_call_staff_from_every_page() {
    let Some(browser) = browser("calling staff") else { return };
    let program = Program::demo();
    let mut resident = Resident::arrive(&browser, &program, certificate()).with_album("call");
    resident.look();
    browser.press("#call");
    browser.wait(
        "it says so",
        "document.querySelector('#call').innerText.includes('職員を呼びました')",
    );
    resident.look();
    resident.press("はじめる");
    assert!(browser.text().contains("職員を呼びました"), "{}", browser.text());
}
