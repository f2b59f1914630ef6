//! The hall from where nobody sits at a counter: who is noted at which, one number and
//! what may be done with it, and whoever missed the call and is there again.

use madoguchi::config::Config;

use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::{ENTER, TAB};
use crate::stage::from_home::Held;
use crate::stage::hall::Hall;
use crate::stage::program::Program;

/// A supervisor of the demonstration signs in, at a desk's screen.
fn supervisor(browser: &Browser, program: &Program) {
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let account = &config.demo.staff[1];
    browser.look_at((1366, 768));
    browser.go(&format!("{}/desk", program.address));
    browser.leave(|| {
        browser.type_keys(&format!("{}{TAB}{}{ENTER}", account.login, &*account.password));
    });
}

/// The page as it is, for the album, and nothing on it stands in anybody's way.
fn looked_at(browser: &Browser, name: &str) {
    browser.run("document.querySelectorAll('main details').forEach(one => { one.open = true; })");
    browser.picture(name);
    let barriers = browser.barriers();
    assert!(barriers.is_empty(), "{name}: {barriers:#?}");
    let wide = browser.run("return [document.documentElement.scrollWidth, innerWidth]");
    assert!(wide[0].as_u64() <= wide[1].as_u64(), "{name}: {wide}");
}

#[test]
fn somebody_is_noted_at_a_counter_and_a_number_is_sent_there_and_taken_out() {
    let Some(browser) = browser("the floor") else { return };
    if browser.with_examiner("the floor").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    hall.draw();
    supervisor(&browser, &program);
    browser.follow("総合案内 5");
    browser.follow("窓口の職員を記録");
    looked_at(&browser, "floor-counters");
    browser
        .run("document.querySelector('[action=\"/desk/counters/1\"] [name=people]').value = '2'");
    browser.leave(|| browser.press("[action='/desk/counters/1'] button:not([name])"));
    assert!(browser.text().contains("2 人（"), "{}", browser.text());
    browser.leave(|| browser.press("[action='/desk/counters/1/tickets'] [value=call_next]"));
    looked_at(&browser, "floor-counters-noted");
    browser.leave(|| browser.press("[action='/desk/counters/1/tickets'] [value=serve]"));
    assert!(browser.text().contains("A1 に対応中"), "{}", browser.text());
    browser.follow("総合案内 5");
    browser.write("#find-number", "a1");
    browser.leave(|| browser.type_keys(ENTER));
    looked_at(&browser, "floor-ticket");
    browser.leave(|| browser.press("button[value=cancel]"));
    assert!(browser.text().contains("取消"), "{}", browser.text());
    looked_at(&browser, "floor-ticket-cancelled");
    browser.follow("状況 7");
    browser.wait("the board", "document.body.innerText.includes('2 人（')");
    looked_at(&browser, "floor-supervisor");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_slip_held_to_the_tablet_brings_its_number_back_whatever_reads_it() {
    let Some(browser) = browser("a slip held to the tablet") else { return };
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    let [(_, seen), (_, scanned)] = [hall.draw(), hall.draw()];
    hall.sit(1);
    for _ in 0..2 {
        hall.call();
        hall.press("mark_absent");
    }
    let open = || {
        browser.look_at((1280, 800));
        browser.go(&format!("{}/kiosk", program.address));
        browser.follow("呼ばれたあとに戻った方");
    };
    let is_back = |number: &str| {
        let told = "document.querySelector('h1').innerText.includes('受け付けました')";
        browser.wait("that they are back", told);
        assert!(browser.text().contains(number), "{}", browser.text());
        browser.leave(|| browser.press("#end"));
    };
    // Something else before the camera is said, and goes no further.
    browser.show_to_camera(Held::Code("https://www.example.jp/"));
    open();
    let says = "document.querySelector('#camera [role=status]').innerText";
    browser.wait("a word on it", &format!("{says}.includes('今日の番号票ではないようです')"));
    browser.show_to_camera(Held::Code(&seen));
    browser.leave(|| browser.reload());
    is_back("A1");
    browser.show_to_camera(Held::Nothing);
    open();
    // What was typed before is another's matter: the slip says which number.
    browser.press("[data-key='1']");
    let mut was_kept = false;
    browser.leave(|| was_kept = browser.scan(&scanned));
    assert!(was_kept, "Enter would press a button");
    is_back("A2");
    // It waits, and is told so; the same slip changes nothing.
    open();
    browser.leave(|| was_kept = browser.scan(&scanned));
    assert!(was_kept, "Enter would press a button");
    assert!(browser.text().contains("順番をお待ちください"), "{}", browser.text());
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn whoever_missed_the_call_is_back_at_a_tablet_and_whoever_waits_gives_the_number_back() {
    let Some(browser) = browser("coming back") else { return };
    if browser.with_examiner("coming back").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    let (_, link) = hall.draw();
    hall.sit(1);
    hall.call();
    hall.press("mark_absent");
    browser.look_at((1280, 800));
    browser.go(&format!("{}/kiosk", program.address));
    browser.follow("呼ばれたあとに戻った方");
    looked_at(&browser, "floor-back");
    browser.press("[name=prefix][value=A]");
    browser.press("[data-key='9']");
    browser.leave(|| browser.press(".bar-next button"));
    assert!(browser.text().contains("今日、その番号はありません"), "{}", browser.text());
    looked_at(&browser, "floor-back-refused");
    browser.press("[name=prefix][value=A]");
    browser.press("[data-key='1']");
    browser.leave(|| browser.press(".bar-next button"));
    assert!(browser.text().contains("もう一度お呼びします"), "{}", browser.text());
    looked_at(&browser, "floor-back-told");
    browser.leave(|| browser.press("#end"));
    hall.call();
    assert!(hall.clerk.get("/desk/calling").text.contains(">A1</p>"));
    browser.hold_phone((390, 844));
    let link = link.replacen("http://", "", 1);
    let (_, path) = link.split_once('/').unwrap();
    browser.go(&format!("{}/{path}?lang=ja", program.address));
    looked_at(&browser, "floor-phone");
    browser.leave(|| browser.press(".leave button"));
    assert!(browser.text().contains("この番号は取り消されました"), "{}", browser.text());
    assert_eq!(browser.complaints(), [""; 0]);
}
