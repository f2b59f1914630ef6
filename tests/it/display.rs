//! The display when something is wrong, and in a quiet house: it never shows what is
//! old as if it were new, and never keeps silent without saying so.

use crate::stage::browser::{Browser, browser};
use crate::stage::hall::Hall;
use crate::stage::program::Program;

/// Notes the numbers that are announced, keeps the line to the server in reach, and
/// lets the page's clock be put forward.
const WATCH: &str = "window.announced = []; window.lines = []; window.ahead = 0; \
     const real = Date.now; Date.now = () => real() + window.ahead; \
     const Line = EventSource; \
     window.EventSource = class extends Line { constructor(to) { super(to); lines.push(this); \
         this.addEventListener('board', (event) => { window.board = event.data; }); } }; \
     addEventListener('DOMContentLoaded', () => { \
         const box = document.getElementById('announcement'); \
         const note = () => { const number = box.querySelector('.number').textContent; \
             if (!box.hidden && number !== announced.at(-1)) announced.push(number); }; \
         new MutationObserver(note).observe(box, \
             { subtree: true, childList: true, attributes: true, characterData: true }); });";

/// Sends the page a board on which the first call is so many seconds old, and a second
/// one is new.
const TELL: &str = "const told = JSON.parse(window.board), now = Date.now(); \
     told.now = new Date(now).toISOString(); \
     const call = (ticket, seq, ago) => ({ ticket, counter: 2, seq, clips: [], \
         at: new Date(now - ago * 1000).toISOString() }); \
     told.board.seq = window.toldSeq = (window.toldSeq ?? told.board.seq) + 2; \
     told.board.called = [call('A8', told.board.seq, 1), call('A7', told.board.seq - 1, SECS)]; \
     lines.at(-1).dispatchEvent(new MessageEvent('board', { data: JSON.stringify(told) }));";

fn watch(browser: &Browser, program: &Program) {
    browser.go(&format!("{}/display", program.address));
    browser.look_at((1920, 1080));
    browser.wait("the board", "document.querySelector('[data-lane] .people').innerText !== '–'");
}

/// Looks again until it is so; longer than anything takes.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let latest = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !is_so() {
        assert!(std::time::Instant::now() < latest, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn a_display_whose_line_died_says_how_old_it_is_and_never_calls_late() {
    let Some(browser) = browser("a display whose line died") else { return };
    let mut program = Program::demo();
    let mut hall = Hall::open(&program);
    hall.draw();
    hall.sit(1);
    let _watching = browser.run_on_every_page(WATCH);
    watch(&browser, &program);
    let told = |secs: u32, wanted: &str| {
        browser.run("window.announced.length = 0; return 1");
        browser.run(&format!("{} return 1", TELL.replace("SECS", &secs.to_string())));
        browser.wait("the new call", "announced.at(-1) === 'A8'");
        browser.wait("its end", "document.getElementById('announcement').hidden");
        assert_eq!(browser.run("return announced.join(' ')"), wanted);
    };
    // Both are shown on the board; only what is not too old is called.
    told(20, "A7 A8");
    told(35, "A8");
    assert!(browser.text_of("#called").contains("A7"));

    hall.call();
    browser.wait("the number", "document.querySelector('#called .number')?.innerText === 'A1'");
    browser.wait("its end", "document.getElementById('announcement').hidden");
    assert!(!browser.shows("#stale"));
    program.kill();
    browser.run("window.ahead = 31000; return 1");
    browser.wait("how old it is", "!document.getElementById('stale').hidden");
    let stale = browser.text_of("#stale");
    assert!(stale.contains("更新が止まっています（") && stale.contains(':'), "{stale}");
    // What was good last stays to be read.
    assert!(browser.text_of("#called").contains("A1"));
    browser.picture("display-stale");
}

#[test]
fn a_display_that_may_make_no_sound_says_so_until_somebody_touches_it() {
    let Some(browser) = browser("a display without sound") else { return };
    let program = Program::demo();
    watch(&browser, &program);
    assert!(browser.shows("#sound"));
    assert!(browser.text_of("#sound").contains("音声停止中"));
    // Staff see it from where they are.
    let mut hall = Hall::open(&program);
    until("staff see it", || hall.clerk.get("/desk/guide").text.contains("の音が "));
    browser.press("#sound");
    browser.wait("sound", "document.getElementById('sound').hidden");
    until("it sounds", || !hall.clerk.get("/desk/guide").text.contains("の音が "));
    browser.reload();
    browser.wait("the badge again", "!document.getElementById('sound').hidden");
}

#[test]
fn a_silent_house_makes_no_sound_and_misses_none_and_a_notice_stands_below() {
    let Some(browser) = browser("a silent display") else { return };
    let house = tempfile::tempdir().unwrap();
    let program = Program::demo_in(house.path(), |config| {
        let site = config.join("site.toml");
        let text = std::fs::read_to_string(&site).unwrap();
        std::fs::write(site, text.replacen("voice = \"ja_en\"", "voice = \"silent\"", 1)).unwrap();
    });
    let mut hall = Hall::open(&program);
    hall.draw();
    hall.sit(1);
    let made = "window.made = 0; const Own = AudioContext; \
                window.AudioContext = class extends Own { constructor() { super(); made += 1; } };";
    let _listening = browser.run_on_every_page(made);
    watch(&browser, &program);
    assert!(!browser.shows("#sound"), "nothing is missing");
    hall.call();
    browser.wait("the announcement", "!document.getElementById('announcement').hidden");
    browser.wait("its end", "document.getElementById('announcement').hidden");
    assert_eq!(browser.run("return made"), 0);
    assert!(!browser.shows("#sound"));
    for (name, size) in [("wide", (1920, 1080)), ("portrait", (1080, 1920))] {
        browser.look_at(size);
        assert!(browser.text_of(".notice").contains("お声がけください"));
        browser.picture(&format!("display-silent-{name}"));
        let fits = "const page = document.documentElement; \
             const notice = document.querySelector('.notice').getBoundingClientRect(); \
             return page.scrollHeight <= innerHeight && notice.bottom <= innerHeight + 1";
        assert_eq!(browser.run(fits), true, "{name}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}
