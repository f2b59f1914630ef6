//! Appointments, from the telephone to the number: a clerk at the desk and a resident
//! at the kiosk.

use std::fs;
use std::path::Path;

use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{Clerk, ENTER};
use crate::stage::from_home::Held;
use crate::stage::office::hidden;
use crate::stage::program::Program;
use crate::stage::resident::{Memory, Resident};

/// A Tuesday on which nobody rests, whenever this runs.
pub const MORNING: &str = "2026-11-24T09:00";

/// The example town with one more service, for which somebody can come at once.
pub fn town(config: &Path) {
    let file = config.join("appointments.toml");
    let example = fs::read_to_string(&file).unwrap();
    let example = example.replace("early_minutes = 30", "early_minutes = 240");
    let always = r#"
[[service]]
id = "always"
name = { ja = "いつでも相談", en = "Advice at any time" }
lane = "moving"
slot_minutes = 30
seats = 2
hours = [{ days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from = "0:00", to = "24:00" }]
asks = ["name"]
remind = { ja = "本人確認書類をお持ちください。", en = "Please bring identification." }
"#;
    let always = always.replace("[[service]]", "[[service]]\nfrom_days = 365");
    assert!(example.contains("early_minutes = 240"));
    fs::write(file, example + &always).unwrap();
}

/// Somebody at the telephone gets the first slot that is free; the number they are
/// told.
fn book(browser: &Browser, clerk: &mut Clerk<'_>, name: &str) -> String {
    clerk.press("いつでも相談");
    clerk.press("予約する");
    assert_eq!(browser.text_of("h2"), "どなたの予約ですか");
    clerk.enter(&format!("{name}{ENTER}"));
    assert!(browser.text().contains("予約済"), "{}", browser.text());
    browser.text_of(".shown-code")
}

#[test]
fn a_clerk_books_moves_and_takes_in_whoever_was_at_the_telephone() {
    let Some(browser) = browser("appointments at the desk") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in_at(folder.path(), town, Some(MORNING));
    let _ = browser.with_examiner("axe and appointments at the desk");
    let mut clerk = Clerk::sign_in(&browser, &program, "appointments-desk");
    clerk.press("予約 6");
    assert_eq!(browser.heading(), "予約");
    let number = book(&browser, &mut clerk, "しけん　はなこ");
    // Another day, and back to today.
    clerk.press("日時を変える M");
    clerk.press("次の日 N");
    browser.leave(|| browser.press(".choice:not([disabled])"));
    clerk.look();
    assert_eq!(browser.text_of(".shown-code"), number);
    assert!(!browser.text().contains("受付する"), "{}", browser.text());
    clerk.press("日時を変える M");
    clerk.press("前の日 P");
    browser.leave(|| browser.press("button.choice:not([disabled])"));
    // Found again by the name.
    clerk.press("予約 6");
    clerk.enter(&format!("はなこ{ENTER}"));
    assert_eq!(browser.text_of(".shown-code"), number);
    clerk.press("受付する A");
    assert!(browser.text().contains("受付済") && browser.text().contains("B1"));
    clerk.press("呼び出し 4");
    clerk.press("引っ越しの届出の窓口");
    clerk.press("次の番号を呼ぶ N");
    assert_eq!(browser.text_of(".now-number"), "B1");
    assert!(!browser.text().contains("ハナコ"), "{}", browser.text());
    clerk.press("予約を開く O");
    assert!(browser.text().contains("シケン　ハナコ"), "{}", browser.text());
}

/// Books the first slot that is free at the kiosk; the number that is shown.
fn book_at_the_kiosk(browser: &Browser, resident: &mut Resident<'_>) -> String {
    resident.press("予約して来られた方");
    assert_eq!(browser.heading(), "予約番号を入れてください");
    resident.press("予約をとる（別の日時）");
    resident.press("いつでも相談");
    // The first day on which something is free is today.
    browser.leave(|| browser.press(".slots a"));
    resident.look();
    browser.leave(|| browser.press(".slots button"));
    resident.look();
    assert_eq!(browser.heading(), "お名前を教えてください");
    resident.next();
    assert!(browser.shows(".entry.wrong"), "{}", browser.text());
    browser.write("#name", "しけん　はなこ");
    resident.next();
    assert_eq!(browser.heading(), "予約しました");
    browser.text_of(".ticket strong")
}

#[test]
fn a_resident_books_at_the_kiosk_and_checks_in_with_the_number() {
    let Some(browser) = browser("appointments at the kiosk") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in_at(folder.path(), town, Some(MORNING));
    let _ = browser.with_examiner("axe and appointments at the kiosk");
    let mut resident =
        Resident::arrive(&browser, &program, Memory::new()).with_album("appointments-kiosk");
    resident.look();
    let number = book_at_the_kiosk(&browser, &mut resident);
    resident.press("終わる");
    resident.press("予約して来られた方");
    browser.press("[data-key='1']");
    resident.next();
    assert!(browser.shows(".error-band"), "{}", browser.text());
    browser.type_keys(&number.replace('-', ""));
    resident.next();
    assert_eq!(browser.text_of(".ticket strong"), "B1", "{}", browser.text());
    browser.leave(|| browser.press("#end"));
    browser.back();
    assert!(!browser.text().contains("B1"), "{}", browser.text());
}

#[test]
fn a_booking_held_before_the_camera_is_checked_in_and_another_code_is_not() {
    let Some(browser) = browser("a booking before the camera") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in_at(folder.path(), town, Some(MORNING));
    let mut resident = Resident::arrive(&browser, &program, Memory::new()).in_a_hurry();
    let number = book_at_the_kiosk(&browser, &mut resident);
    resident.press("終わる");
    browser.show_to_camera(Held::Code("https://www.example.jp/"));
    resident.press("予約して来られた方");
    let says = "document.querySelector('#camera [role=status]').innerText";
    browser.wait("a word on it", &format!("{says}.includes('予約の二次元コードではありません')"));
    browser.show_to_camera(Held::Code(&number.replace('-', "")));
    browser.leave(|| browser.reload());
    browser.wait("the number", "document.querySelector('.ticket strong')?.innerText === 'B1'");
    browser.press("#end");
    browser.wait("the first page", "document.querySelector('.welcome')");
    // Held there once more: it is told that they have come, once, and the page stays.
    resident.press("予約して来られた方");
    browser.wait("a refusal", "document.querySelector('.error-band')");
    assert!(browser.text().contains("もう受付が済んでいる"), "{}", browser.text());
    browser.wait("the camera looks", &format!("{says}.includes('わくの中')"));
    browser.press("[data-key='1']");
    browser.wait("what was typed stays", "document.querySelector('[name=text]').value === '1'");
}

#[test]
fn the_list_of_a_day_is_fresh_by_itself_and_takes_no_word_from_under_the_hand() {
    let Some(browser) = browser("a list of appointments that keeps itself fresh") else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::demo_in_at(folder.path(), town, Some(MORNING));
    let mut clerk = Clerk::sign_in(&browser, &program, "appointments-fresh");
    clerk.press("予約 6");
    assert!(!browser.text().contains("仮押さえ"), "{}", browser.text());
    browser.write("#find", "しけん");
    // Somebody at home takes a slot of this day.
    let mut visitor = program.visitor();
    let times = visitor.get("/home/appointment/new?lang=ja&service=moving&day=2026-11-24").text;
    let (_, start) = times.split_once("name=\"start\" value=\"").unwrap();
    let start = start.split('"').next().unwrap();
    let fields = [("op", hidden(&times, "op")), ("service", "moving"), ("start", start)];
    let held = visitor.post("/home/appointment/hold", &fields);
    assert_eq!(held.header("location"), "/home/appointment/name", "{}", held.text);
    browser.wait("the list", "document.body.innerText.includes('仮押さえ')");
    browser.wait("what was typed", "document.querySelector('#find').value === 'しけん'");
    // It becomes an appointment under the clerk's eyes.
    let form = visitor.get("/home/appointment/name").text;
    let fields = [("op", hidden(&form, "op")), ("name", "しけん　はなこ")];
    assert_eq!(
        visitor.post("/home/appointment/name", &fields).header("location"),
        "/home/appointment/done"
    );
    browser.wait("the name", "document.body.innerText.includes('シケン　ハナコ')");
    assert_eq!(browser.run("return document.querySelector('#find').value"), "しけん");
}
