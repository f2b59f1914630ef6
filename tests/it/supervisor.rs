//! The supervisor's page: from across the room, on a tablet and on a telephone.

use madoguchi::config::Config;

use crate::stage::browser::browser;
use crate::stage::clerk::{ENTER, TAB};
use crate::stage::hall::Hall;
use crate::stage::program::Program;

const SCREENS: [(&str, (u32, u32)); 3] =
    [("wide", (1920, 1080)), ("tablet", (820, 1180)), ("phone", (390, 844))];

#[test]
fn a_supervisor_sees_the_hall_as_it_is_and_asks_what_another_counter_would_change() {
    let Some(browser) = browser("a supervisor") else { return };
    if browser.with_examiner("a supervisor").is_none() {
        return;
    }
    let program = Program::demo();
    let mut hall = Hall::open(&program);
    for _ in 0..3 {
        hall.draw();
    }
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let account = &config.demo.staff[1];
    browser.go(&format!("{}/supervisor", program.address));
    browser.leave(|| {
        browser.type_keys(&format!("{}{TAB}{}{ENTER}", account.login, &*account.password));
    });
    browser.follow("状況 7");
    assert!(browser.text().contains("3 人が待っていますが"), "{}", browser.text());
    browser.picture("supervisor-nobody-calls");
    hall.sit(1);
    hall.call();
    // Nobody touches the page: it hears of it.
    browser.wait("the call", "document.querySelector('.state.called')");
    browser.wait("a window", "document.querySelector('.oversight').innerText.includes('ごろ')");
    browser.wait("nothing is wrong", "document.querySelector('.troubles.none')");
    browser.follow("4 番を開けたら？");
    assert!(browser.text_of("#imagined").contains("→"), "{}", browser.text());
    assert!(browser.shows(".charts svg"), "{}", browser.text());
    assert!(
        browser
            .run("return document.querySelector('.charts svg').ariaLabel")
            .as_str()
            .unwrap()
            .contains("時 3")
    );
    for (name, size) in SCREENS {
        browser.look_at(size);
        browser.picture(&format!("supervisor-{name}"));
        let wide = "return [document.documentElement.scrollWidth, innerWidth]";
        let wide = browser.run(wide);
        assert!(wide[0].as_u64() <= wide[1].as_u64(), "{name}: {wide}");
        let barriers = browser.barriers();
        assert!(barriers.is_empty(), "{name}: {barriers:#?}");
    }
    assert!(!browser.text().contains("花子"), "{}", browser.text());
    assert_eq!(browser.complaints(), [""; 0]);
}
