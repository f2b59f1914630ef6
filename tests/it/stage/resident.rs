//! A resident at the kiosk: reads every page, answers from what is remembered,
//! and looks whether the page is sound.

use std::collections::BTreeMap;

use serde_json::json;

use super::browser::{Browser, LANDSCAPE, PORTRAIT};
use super::from_home::Held;
use super::program::Program;

/// What a resident would say, by the path of the question. A date is
/// `1993-05-14`; copies are `copy=1`; an answer of an option is its id.
pub type Memory = BTreeMap<String, String>;

/// Somebody who walks through the kiosk's pages.
pub struct Resident<'a> {
    pub browser: &'a Browser,
    memory: Memory,
    /// Which page asked a question.
    asked: BTreeMap<String, String>,
    /// The pages that asked, in order.
    pages: Vec<String>,
    /// Names the pictures; none are kept without it.
    album: Option<&'static str>,
    pictures: usize,
    looks: bool,
}

/// What every page must keep: nothing to scroll sideways, nothing too small for
/// a finger, no words cut off by their box.
pub const FAULTS: &str = r"
const faults = [], root = document.documentElement;
if (root.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${root.scrollWidth} of ${innerWidth}`);
const name = one => `${one.tagName.toLowerCase()}.${one.className} '${(one.innerText || one.value || one.name || '').trim().slice(0, 30)}'`;
for (const one of document.querySelectorAll('button, a, select, input, label')) {
  const box = one.getBoundingClientRect();
  if (!one.checkVisibility() || box.width === 0) continue;
  const inside = one.closest('label');
  const ticks = one.matches('[type=checkbox], [type=radio]');
  if (ticks && inside) continue;
  const holds = one.matches('label') && one.querySelector('[type=checkbox], [type=radio]');
  if (one.matches('label') && !holds) continue;
  const least = document.body.dataset.idleSecs && !one.closest('.demo-cards, .wishes, .small') ? arguments[0] : 44;
  if (Math.round(box.height) < least || Math.round(box.width) < least) faults.push(`too small: ${name(one)} ${Math.round(box.width)}x${Math.round(box.height)}`);
  if (box.left < -1 || box.right > innerWidth + 1) faults.push(`off the screen: ${name(one)}`);
  if (one.matches('button, a') && one.scrollWidth > one.clientWidth + 1) faults.push(`words cut off: ${name(one)}`);
}
return faults;";

/// Pixels a finger needs at a kiosk.
const FINGER: u32 = 60;

impl<'a> Resident<'a> {
    /// Stands before a tablet that shows its first page.
    pub fn arrive(browser: &'a Browser, program: &'a Program, memory: Memory) -> Self {
        browser.go(&format!("{}/kiosk", program.address));
        let asked = BTreeMap::new();
        Self { browser, memory, asked, pages: Vec::new(), album: None, pictures: 0, looks: true }
    }

    /// Keeps a picture of every page.
    pub fn with_album(mut self, name: &'static str) -> Self {
        self.album = Some(name);
        self
    }

    /// Goes on without a look at every page: another test looks.
    pub fn in_a_hurry(mut self) -> Self {
        self.looks = false;
        self
    }

    /// Looks again, from here on.
    pub fn unhurried(mut self) -> Self {
        self.looks = true;
        self
    }

    /// Looks whether the page is sound, lying and standing.
    pub fn look(&mut self) {
        if !self.looks {
            return;
        }
        self.pictures += 1;
        for (way, size) in [("portrait", PORTRAIT), ("landscape", LANDSCAPE)] {
            self.browser.look_at(size);
            if let Some(album) = self.album {
                self.browser.picture(&format!("{album}-{:02}-{way}", self.pictures));
            }
            let faults = self.browser.run_with(FAULTS, json!([FINGER]));
            assert_eq!(
                faults,
                json!([]),
                "{} {way}\n{}",
                self.browser.address(),
                self.browser.text()
            );
        }
        let barriers = self.browser.barriers();
        assert!(barriers.is_empty(), "{}: {barriers:#?}", self.browser.address());
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{}: {complaints:?}", self.browser.address());
    }

    /// Presses a button or link; looks at the page that follows.
    pub fn press(&mut self, words: &str) {
        self.browser.follow(words);
        self.look();
    }

    /// From the first page to the procedures.
    pub fn begin(&mut self, start: &str, understood: &str) {
        self.look();
        self.press(start);
        self.press(understood);
    }

    /// At the page that reads codes: holds one before the camera until it was read. That
    /// page leaves by itself, so nobody looks at it while it sees a code.
    pub fn hold(&mut self, held: Held<'_>) {
        self.browser.show_to_camera(Held::Nothing);
        self.press("ご自宅で作った二次元コード");
        self.browser
            .wait("the camera looks", "document.querySelector('.camera').dataset.is === 'looking'");
        self.look();
        self.browser.show_to_camera(held);
        self.browser.leave(|| self.browser.reload());
        self.wait_for_code();
    }

    /// Holds another code before the camera, after one was taken.
    pub fn hold_another(&mut self, held: Held<'_>) {
        self.browser.show_to_camera(held);
        self.browser.follow("別の二次元コードも読み取る");
        self.wait_for_code();
    }

    fn wait_for_code(&mut self) {
        let script = "document.readyState === 'complete' \
             && document.querySelector('[name=birthday], .error-band')";
        self.browser.wait("the code was read", script);
        self.look();
    }

    /// Ticks procedures and goes on.
    pub fn choose(&mut self, procedures: &[&str], next: &str) {
        for id in procedures {
            self.browser.press(&format!(".offer:has(input[value='{id}'])"));
        }
        self.press(next);
    }

    /// Lays one of the demonstration's cards on the reader.
    pub fn lay(&mut self, card: &str) {
        let script = "document.querySelector('#demo-card').value = arguments[0]";
        self.browser.run_with(script, json!([card]));
        self.browser.leave(|| self.browser.press(".demo-cards button:not([name])"));
        self.look();
    }

    /// Enters digits on the screen's own keys, and has the card read.
    pub fn enter(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.browser.press(&format!("[data-key='{digit}']"));
        }
        self.browser.leave(|| self.browser.press(".bar-next button"));
        self.look();
    }

    /// The questions on the page.
    pub fn questions(&self) -> Vec<String> {
        self.browser.all("input[name=asked]", "value")
    }

    /// Fills in the page from memory, and counts which page asked what.
    pub fn fill_in(&mut self) {
        let script = "return new URL(document.querySelector('#step').action).pathname";
        let page = self.browser.run(script).as_str().unwrap().to_owned();
        self.pages.push(page.clone());
        for path in self.questions() {
            let before = self.asked.insert(path.clone(), page.clone());
            assert!(before.is_none_or(|before| before == page), "{path} was asked twice");
            if let Some(answer) = self.memory.get(&path).cloned() {
                self.answer(&path, &answer);
            }
        }
    }

    /// Answers one question.
    pub fn answer(&self, path: &str, answer: &str) {
        self::answer(self.browser, path, answer);
    }

    /// Answers page after page until something else is shown: the card's pages after
    /// the gates, or everything once more. The count at the top goes on by one with
    /// every page.
    pub fn answer_all(&mut self) {
        let mut count = self.pages.len() as f64;
        while self.browser.path() == "/kiosk" && self.browser.shows("form.entries") {
            count += 1.0;
            let shown = self.browser.run("return document.querySelector('progress').value");
            assert_eq!(shown.as_f64(), Some(count), "{}", self.browser.heading());
            self.fill_in();
            let asked = self.questions();
            self.next();
            assert!(!self.browser.shows(".error-band"), "{asked:?}\n{}", self.browser.text());
        }
    }

    /// Presses what leads on.
    pub fn next(&mut self) {
        self.browser.leave(|| self.browser.press(".bar-next button"));
        self.look();
    }

    /// Hands everything in; the number.
    pub fn hand_in(&mut self) -> String {
        assert!(self.browser.shows(".check-group"), "{}", self.browser.text());
        self.browser.leave(|| self.browser.press(".bar-next button"));
        // As long as something is still coming, the page asks for itself again at once. What
        // it does now and then for whoever has no script is no reason to wait.
        let stands = "document.readyState === 'complete' \
             && !document.querySelector('meta[http-equiv=refresh]:not(noscript *)')";
        self.browser.wait("the page stands", stands);
        self.look();
        let ticket = self.browser.text_of(".ticket strong");
        assert!(!ticket.is_empty(), "{}", self.browser.text());
        ticket
    }

    /// Which pages asked questions, in order.
    pub fn pages_that_asked(&self) -> Vec<&String> {
        self.pages.iter().collect()
    }

    /// Which questions were asked.
    pub fn was_asked(&self) -> Vec<&str> {
        self.asked.keys().map(String::as_str).collect()
    }
}

/// Answers one question of a page with the counter's entries.
pub fn answer(browser: &Browser, path: &str, answer: &str) {
    let option = format!("[name='{path}'][value='{answer}']");
    if let Some((kind, copies)) = answer.split_once('=') {
        browser.write(&format!("[name='{path}.{kind}']"), copies);
    } else if browser.shows(&format!("label:has({option})")) {
        browser.press(&format!("label:has({option})"));
    } else if browser.shows(&format!("[name='{path}.year']")) {
        let parts: Vec<&str> = answer.split('-').collect();
        browser.press(&format!("label:has([name='{path}.era'][value=western])"));
        for (name, part) in ["year", "month", "day"].iter().zip(parts) {
            browser.write(&format!("[name='{path}.{name}']"), part);
        }
    } else {
        browser.write(&format!("[name='{path}']"), answer);
    }
}

/// A memory written as a table.
pub fn memory(answers: &[(&str, &str)]) -> Memory {
    answers.iter().map(|(path, answer)| ((*path).to_owned(), (*answer).to_owned())).collect()
}
