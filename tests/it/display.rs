//! The display when something is wrong, and in a quiet house: it never shows what is
//! old as if it were new, and never keeps silent without saying so.

use serde_json::{Value as Json, json};

use crate::stage::browser::{Browser, browser};
use crate::stage::hall::Hall;
use crate::stage::program::Program;
use crate::stage::wait_until;

/// Notes the numbers that are announced, keeps the line to the server in reach, and
/// lets the page's clock be put forward.
const WATCH: &str = "window.announced = []; window.lines = []; window.ahead = 0; \
     const real = Date.now; Date.now = () => real() + window.ahead; \
     const Line = EventSource; \
     window.EventSource = class extends Line { constructor(to) { super(to); lines.push(this); \
         this.addEventListener('board', (event) => { \
             if (event.isTrusted) window.board = event.data; \
             if (event.isTrusted && window.isDeaf) event.stopImmediatePropagation(); }); } }; \
     addEventListener('DOMContentLoaded', () => { \
         const box = document.getElementById('announcement'); \
         const note = () => { const number = box.querySelector('.number').textContent; \
             if (!box.hidden && number !== announced.at(-1)) announced.push(number); }; \
         new MutationObserver(note).observe(box, \
             { subtree: true, childList: true, attributes: true, characterData: true }); });";

/// Sends the page a board with these calls: each a number, how many it is after what the
/// page knows, and how many seconds old. What the server says meanwhile is not heard.
const TELL: &str = "const told = JSON.parse(window.board), now = Date.now(); \
     window.isDeaf = true; \
     told.now = new Date(now).toISOString(); \
     const called = ([ticket, nth, ago]) => ({ ticket, counter: 2, clips: [], \
         seq: told.board.seq + nth, at: new Date(now - ago * 1000).toISOString() }); \
     told.board.called = arguments[0].map(called); \
     told.board.seq = Math.max(...told.board.called.map((one) => one.seq)); \
     lines.at(-1).dispatchEvent(new MessageEvent('board', { data: JSON.stringify(told) }));";

/// Sends the page its board as it would be so many minutes after the day's end, with
/// nobody at a counter.
const LATER: &str = "const told = JSON.parse(window.board); window.isDeaf = true; \
     const [end] = told.ends, after = Date.parse(end.at) + arguments[0] * 60000; \
     told.arriving = []; told.now = new Date(after).toISOString(); \
     lines.at(-1).dispatchEvent(new Event('open')); \
     lines.at(-1).dispatchEvent(new MessageEvent('board', { data: JSON.stringify(told) })); \
     return document.querySelector(`[data-lane=\"${end.lane}\"] .arriving b`).textContent;";

fn watch(browser: &Browser, program: &Program) {
    browser.go(&format!("{}/display", program.address));
    browser.look_at((1920, 1080));
    browser.wait("the board", "document.querySelector('[data-lane] .people').innerText !== '–'");
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
    let tell = |calls: Json| drop(browser.run_with(TELL, json!([calls])));
    let announced = |wanted: &str| {
        let last = wanted.split(' ').next_back().unwrap();
        browser.wait("the last call", &format!("announced.at(-1) === '{last}'"));
        browser.wait("its end", "document.getElementById('announcement').hidden");
        assert_eq!(browser.run("return announced.splice(0).join(' ')"), wanted);
    };
    // What was old when it came is shown on the board, and not called.
    tell(json!([["A8", 2, 1], ["A7", 1, 35]]));
    announced("A8");
    assert!(browser.text_of("#called").contains("A7"));
    // However long the others before it take: whoever is called is called aloud.
    tell(json!([["B5", 5, 27], ["B4", 4, 28], ["B3", 3, 29]]));
    announced("B3 B4 B5");
    // One that was taken back while others were called is called no more.
    tell(json!([["C8", 8, 1], ["C7", 7, 1], ["C6", 6, 1]]));
    browser.wait("the first call", "announced.at(-1) === 'C6'");
    tell(json!([["C8", 8, 2], ["C6", 6, 2]]));
    announced("C6 C8");
    browser.reload();
    browser.wait("the board", "document.querySelector('[data-lane] .people').innerText !== '–'");

    hall.call();
    browser.wait("the number", "document.querySelector('#called .number')?.innerText === 'A1'");
    browser.wait("its end", "document.getElementById('announcement').hidden");
    assert!(!browser.shows("#stale"));
    program.kill();
    browser.run("window.ahead = 31000; return 1");
    browser.wait("how old it is", "!document.getElementById('stale').hidden");
    let stale = browser.text_of("#stale");
    assert!(stale.contains("更新が止まっています（") && stale.contains(':'), "{stale}");
    browser.run("window.ahead = 200000; return 1");
    browser.wait("it has tried again", "lines.length > 2");
    assert_eq!(browser.text_of("#stale"), stale, "it is as old as before");
    // What was good last stays to be read.
    assert!(browser.text_of("#called").contains("A1"));
    browser.picture("display-stale");
}

#[test]
fn nobody_reads_that_a_counter_is_about_to_open_once_the_day_is_over() {
    let Some(browser) = browser("a display after the day's end") else { return };
    let program = Program::demo();
    let _watching = browser.run_on_every_page(WATCH);
    watch(&browser, &program);
    let says = |minutes_after| browser.run_with(LATER, json!([minutes_after]));
    assert_eq!(says(-1), "窓口の準備中");
    assert_eq!(says(0), "今日の受付は終わりました");
    assert_eq!(says(6 * 60), "今日の受付は終わりました");
    // The end of yesterday says nothing of the morning after it.
    assert_eq!(says(12 * 60), "窓口の準備中");
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
    wait_until("staff see it", || hall.clerk.get("/desk/guide").text.contains("の音が "));
    browser.press("#sound");
    browser.wait("sound", "document.getElementById('sound').hidden");
    wait_until("it sounds", || !hall.clerk.get("/desk/guide").text.contains("の音が "));
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
    // Many lanes with long names stand closer, and none below the edge.
    let many = "const lanes = document.getElementById('lanes'), one = lanes.lastElementChild; \
         one.querySelector('dt').prepend('国民健康保険・後期高齢者医療・国民年金'); \
         while (lanes.children.length < 9) lanes.append(one.cloneNode(true)); \
         dispatchEvent(new Event('resize'));";
    browser.run(many);
    for (name, size) in [("wide", (1920, 1080)), ("portrait", (1080, 1920)), ("small", (1366, 768))]
    {
        browser.look_at(size);
        browser.wait(name, "document.documentElement.scrollHeight <= innerHeight");
        browser.picture(&format!("display-many-{name}"));
    }
    assert_eq!(browser.complaints(), [""; 0]);
}
