//! Calling residents: from the clerk's key to the number on the wall.

use madoguchi::config::Config;

use crate::kiosk::{certificate, tap};
use crate::stage::browser::{Browser, browser};
use crate::stage::clerk::Clerk;
use crate::stage::hall::Hall;
use crate::stage::office::{hidden, sign_in};
use crate::stage::program::Program;
use crate::stage::resident::Resident;

/// A display in a hall, and one that stands on its side.
const DISPLAYS: [(&str, (u32, u32)); 2] = [("wide", (1920, 1080)), ("portrait", (1080, 1920))];

fn hand_in(browser: &Browser, program: &Program) -> String {
    let mut resident = Resident::arrive(browser, program, certificate()).in_a_hurry();
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    let number = resident.hand_in();
    browser
        .wait("the window", "!document.querySelector('#wait .window').innerText.includes('計算')");
    browser.picture("kiosk-wait");
    browser.follow("終わる");
    number
}

/// The number of somebody who comes when a counter is open: they are told when they
/// will be called.
#[test]
fn a_resident_is_told_how_many_are_before_them_and_when_they_will_be_called() {
    let Some(browser) = browser("a resident who waits") else { return };
    let program = Program::demo();
    hand_in(&browser, &program);
    let mut clerk = Clerk::sign_in(&browser, &program, "wait-desk");
    sit_down(&browser, &mut clerk);
    let mut resident = Resident::arrive(&browser, &program, certificate()).with_album("wait");
    tap(&mut resident, &["juminhyo"]);
    resident.answer_all();
    assert_eq!(resident.hand_in(), "A2");
    browser
        .wait("the window", "document.querySelector('#wait .window').innerText.includes('ごろ')");
    assert!(browser.text_of("#wait").contains("前に待っている方：1 人"), "{}", browser.text());
    resident.look();
    let picture = madoguchi::scan::unpack(&browser.picture_of(".phone .qr")).unwrap();
    let link = browser.text_of(".phone .link");
    assert_eq!(madoguchi::scan::read(&picture), Some(format!("http://{link}")));
}

fn sit_down(browser: &Browser, clerk: &mut Clerk<'_>) {
    clerk.press("呼び出し 4");
    assert_eq!(browser.heading(), "どの窓口で始めますか");
    clerk.press("証明書の窓口");
}

#[test]
fn a_clerk_calls_serves_and_finishes_with_one_key_each() {
    let Some(browser) = browser("a clerk who calls") else { return };
    let program = Program::demo();
    assert_eq!(hand_in(&browser, &program), "A1");
    assert_eq!(hand_in(&browser, &program), "A2");
    let mut clerk = Clerk::sign_in(&browser, &program, "calling");
    sit_down(&browser, &mut clerk);
    assert!(browser.text().contains("待っている方（2 人）"), "{}", browser.text());
    let both = "[...document.querySelectorAll('.visits td.window')].every(one => \
                one.innerText.includes('ごろ'))";
    browser.wait("the windows of both", both);
    clerk.look();
    clerk.press("次の番号を呼ぶ N");
    assert_eq!(browser.text_of(".now-number"), "A1");
    clerk.press("もう一度呼ぶ R");
    assert!(browser.text().contains("呼んだばかりです"), "{}", browser.text());
    clerk.press("来られた S");
    assert!(browser.text_of(".now-state").contains("対応中"));
    clerk.press("取り消す U");
    assert!(browser.text_of(".now-state").contains("呼出中"));
    clerk.press("来られた S");
    clerk.press("完了 D");
    assert_eq!(browser.text_of(".now-number"), "—");
    clerk.press("次の番号を呼ぶ N");
    assert_eq!(browser.text_of(".now-number"), "A2");
    clerk.press("不在 A");
    assert!(browser.text().contains("保留・作成中・不在"), "{}", browser.text());
    clerk.press("戻られた B");
    assert!(browser.text().contains("待っている方（1 人）"), "{}", browser.text());
}

#[test]
fn what_a_clerk_calls_stands_on_the_display_at_once_and_names_nobody() {
    let Some(browser) = browser("a display") else { return };
    let program = Program::demo();
    hand_in(&browser, &program);
    let mut clerk = Clerk::sign_in(&browser, &program, "display-desk");
    sit_down(&browser, &mut clerk);
    let call = |_: &Browser| clerk.press("次の番号を呼ぶ N");
    let look = |browser: &Browser| {
        browser.wait("the number", "document.querySelector('#called .number')?.innerText === 'A1'");
        browser.wait("the announcement", "!document.getElementById('announcement').hidden");
        assert!(browser.text().contains("1 番窓口へ"), "{}", browser.text());
        browser.picture("display-announcement");
        browser.wait("its end", "document.getElementById('announcement').hidden");
        for (name, size) in DISPLAYS {
            browser.look_at(size);
            let told = "document.querySelector('[data-lane=certificate] .arriving b').innerText";
            browser.wait("when a newcomer is called", &format!("{told}.includes('ごろ')"));
            browser.picture(&format!("display-{name}"));
            let fits = browser.run(
                "const page = document.documentElement; \
                 return page.scrollWidth <= innerWidth && page.scrollHeight <= innerHeight",
            );
            assert_eq!(fits, true, "{name}");
        }
        for name in ["試験", "花子", "シケン"] {
            assert!(!browser.text().contains(name), "{name}");
        }
        // A board that comes back says nothing that was said before.
        browser.reload();
        browser.wait("the number", "document.querySelector('#called .number')?.innerText === 'A1'");
        assert!(!browser.shows("#announcement"));
        assert_eq!(browser.complaints(), [""; 0]);
    };
    browser.beside(&format!("{}/display", program.address), call, look);
}

/// Notes what the page decodes, and when it sounds what: seconds of its own sound.
const LISTEN: &str = "window.heard = []; \
     const kinds = { tone: OscillatorNode, clip: AudioBufferSourceNode }; \
     for (const [kind, { prototype }] of Object.entries(kinds)) { \
         const { start } = prototype; \
         prototype.start = function (at) { \
             const sound = this.buffer?.getChannelData(0); \
             const loudest = sound?.reduce((most, one) => Math.max(most, Math.abs(one)), 0); \
             heard.push({ kind, at, now: this.context.currentTime, \
                 lasts: this.buffer?.duration, loudest }); \
             return start.call(this, at); \
         }; \
     }";

/// One sound of the display.
#[derive(Debug, serde::Deserialize)]
struct Heard {
    kind: String,
    at: f64,
    /// When it was lined up.
    now: f64,
    lasts: Option<f64>,
    loudest: Option<f64>,
}

/// The display of an office whose voice is `voice`, on which somebody pressed the
/// badge: what it sounds while two numbers are called at once.
fn heard(browser: &Browser, voice: &str) -> Vec<Heard> {
    let house = tempfile::tempdir().unwrap();
    let program = Program::demo_in(house.path(), |config| {
        let site = config.join("site.toml");
        let text = std::fs::read_to_string(&site).unwrap();
        let other = text.replacen("voice = \"ja_en\"", &format!("voice = \"{voice}\""), 1);
        std::fs::write(site, other).unwrap();
    });
    let mut hall = Hall::open(&program);
    hall.draw();
    hall.draw();
    hall.sit(1);
    browser.go(&format!("{}/display", program.address));
    browser.look_at((1920, 1080));
    browser.run(LISTEN);
    // Nobody has touched the page, so the browser lets it make no sound.
    browser.wait("the board", "document.querySelector('[data-lane] .people').innerText !== '–'");
    assert!(browser.shows("#sound"));
    browser.picture(&format!("display-voice-{voice}-silent"));
    browser.press("#sound");
    browser.wait("sound", "document.getElementById('sound').hidden");
    let languages = browser.all("template[data-language]", "dataset").len();
    let fetched = "performance.getEntriesByType('resource').filter(one => \
                   /\\.(ogg|tsv)$/.test(one.name) && one.responseEnd > 0).length";
    browser.wait("the clips", &format!("{fetched} === {}", 2 * languages));
    hall.call();
    hall.press("mark_absent");
    hall.call();
    browser
        .wait("the second", "document.querySelector('#announcement .number').innerText === 'A2'");
    browser.picture(&format!("display-voice-{voice}"));
    browser.wait("the end", "document.getElementById('announcement').hidden");
    assert_eq!(browser.complaints(), [""; 0]);
    serde_json::from_value(browser.run("return heard")).unwrap()
}

#[test]
fn two_calls_at_once_are_chimed_and_said_whole_one_after_the_other() {
    let Some(browser) = browser("the voice of the display") else { return };
    let heard = heard(&browser, "ja_en");
    let kinds: Vec<&str> = heard.iter().map(|one| one.kind.as_str()).collect();
    // 番号札 A · 1 番の方 · 1 番窓口へ · お越しください · Number A · 1 · please come to counter · 1
    let call = [&["tone"; 2][..], &["clip"; 8][..]].concat();
    assert_eq!(kinds, [call.clone(), call].concat());
    let mut quiet_from = 0.0;
    for calls in heard.chunks(10) {
        let (tones, clips) = calls.split_at(2);
        // The chime's second tone rings for a second.
        assert!(tones[0].at >= quiet_from, "{heard:#?}");
        quiet_from = tones[1].at + 1.0;
        for clip in clips {
            // Lined up before its time, and not before the last one is over.
            assert!(clip.at >= clip.now && clip.at >= quiet_from - 1e-6, "{heard:#?}");
            // Decoded, and not to silence.
            assert!(clip.loudest.unwrap() > 0.1, "{heard:#?}");
            quiet_from = clip.at + clip.lasts.unwrap();
        }
    }
}

#[test]
fn a_display_without_a_voice_chimes_only() {
    let Some(browser) = browser("a display without a voice") else { return };
    let heard = heard(&browser, "off");
    let kinds: Vec<&str> = heard.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["tone"; 4]);
}

#[test]
fn the_floor_guide_draws_a_number_in_one_tap_and_says_what_to_be_considerate_of() {
    let Some(browser) = browser("the floor guide") else { return };
    let program = Program::demo();
    let mut guide = Clerk::sign_in(&browser, &program, "guide");
    guide.press("総合案内 5");
    guide.press("番号の要らない方を1人数える V");
    assert!(browser.text().contains("番号の要らない方：今日 1 人"), "{}", browser.text());
    browser.press("input[value='wheelchair']");
    browser.run("document.querySelector('[name=interpreter]').value = 'interpreter_sign'");
    browser.leave(|| browser.press("button[value='certificate']"));
    guide.look();
    assert_eq!(browser.text_of(".now-number"), "A1");
    assert_eq!(browser.text_of(".care"), "車いす手話通訳");
    guide.press("次の方へ N");
    assert!(browser.text().contains("1 人待ち"), "{}", browser.text());
    // What is ticked stays while a colleague draws the next number.
    browser.press("input[value='stroller']");
    let colleague = "const form = new FormData(document.querySelector('form.guide')); \
         form.set('lane', 'certificate'); form.delete('care'); \
         fetch('/desk/guide', { method: 'POST', body: new URLSearchParams(form) }); return 1";
    browser.run(colleague);
    browser.wait("the new count", "document.body.innerText.includes('2 人待ち')");
    assert_eq!(browser.run("return document.querySelector('[value=stroller]').checked"), true);
}

#[test]
fn a_silent_alarm_stands_on_every_page_of_a_colleague_until_it_is_over() {
    let Some(browser) = browser("a silent alarm") else { return };
    let program = Program::demo();
    let mut clerk = Clerk::sign_in(&browser, &program, "alarm");
    let mut colleague = program.visitor();
    let config = Config::load("kiosk-config/example".as_ref()).unwrap();
    let supervisor = &config.demo.staff[1];
    sign_in(&mut colleague, &supervisor.login, &supervisor.password);
    let page = colleague.get("/desk/alarms");
    let fields = [("key", hidden(&page.text, "key")), ("op", hidden(&page.text, "op"))];
    colleague.post("/desk/alarms", &fields);
    assert!(colleague.get("/desk/alarms").text.contains("連絡しました"));
    browser.wait("the alarm", "document.querySelector('.alarm')");
    clerk.look();
    assert!(browser.text_of(".alarm").contains("緊急"), "{}", browser.text());
    // The line is cut for a while: it is said, and the press is not lost.
    browser.run("window.line = fetch; window.fetch = () => Promise.reject(new Error('cut'))");
    browser.press(".alarm button[value='accept']");
    let trouble = "document.getElementById('alarms-trouble')";
    browser.wait("what became of it", &format!("{trouble}.innerText.includes('送り直しています')"));
    clerk.look();
    assert!(!colleague.get("/desk/alarms").text.contains("向かいます。"));
    browser.run("window.fetch = window.line");
    browser
        .wait("who comes", "document.querySelector('.alarm').innerText.includes('向かいます。')");
    assert!(!browser.shows("#alarms-trouble"));
    assert!(colleague.get("/desk/alarms").text.contains("さんが向かいます。"));
    // Nor is anybody left to believe that they still hear of anything.
    browser.run("window.fetch = () => Promise.reject(new Error('cut'))");
    browser.wait("a word on it", &format!("{trouble}.innerText.includes('受け取れていません')"));
    clerk.press("呼び出し 4");
    browser.wait("the alarm", "document.querySelector('.alarm')");
    browser.press(".alarm button[value='end']");
    browser.wait("the end", "!document.querySelector('.alarm')");
    assert!(!colleague.get("/desk/alarms").text.contains("さんが向かいます。"));
}
