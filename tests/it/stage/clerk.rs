//! A clerk at the desk, who works with the keyboard.

use std::io::Write;
use std::process::{Command, Stdio};

use madoguchi::config::{Config, DemoStaff};
use serde_json::json;

use super::browser::Browser;
use super::program::Program;

/// Keys of the WebDriver protocol.
pub const TAB: &str = "\u{E004}";
pub const ENTER: &str = "\u{E007}";

/// A big screen on a desk, and a small one.
const SCREENS: [(&str, (u32, u32)); 2] = [("small", (1024, 768)), ("wide", (1600, 900))];

/// What every page of the desk must keep.
const FAULTS: &str = r"
const faults = [], root = document.documentElement;
if (root.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${root.scrollWidth} of ${innerWidth}`);
for (const one of document.querySelectorAll('button, a, select, input, summary')) {
  const box = (one.closest('label') ?? one).getBoundingClientRect();
  if (!one.checkVisibility() || box.width === 0 || one.matches('.skip')) continue;
  if (box.left < -1 || box.right > innerWidth + 1) faults.push(`off the screen: ${one.outerHTML}`);
  if (Math.round(box.height) < 24 || Math.round(box.width) < 24) faults.push(`too small: ${one.outerHTML}`);
}
for (const one of document.querySelectorAll('input:not([type=hidden]), select')) {
  if (one.hidden || one.labels?.length || one.ariaLabel) continue;
  faults.push(`without a label: ${one.outerHTML}`);
}
return faults;";

/// Somebody signed in.
pub struct Clerk<'a> {
    browser: &'a Browser,
    album: &'static str,
    pictures: usize,
}

impl<'a> Clerk<'a> {
    /// Signs in as the demonstration's clerk, without touching the mouse.
    pub fn sign_in(browser: &'a Browser, program: &Program, album: &'static str) -> Self {
        let config = Config::load("kiosk-config/example".as_ref()).unwrap();
        Self::sign_in_as(browser, program, &config.demo.staff[0], album)
    }

    /// Signs in as somebody else of the demonstration.
    pub fn sign_in_as(
        browser: &'a Browser,
        program: &Program,
        account: &DemoStaff,
        album: &'static str,
    ) -> Self {
        browser.go(&format!("{}/desk", program.address));
        let mut clerk = Self { browser, album, pictures: 0 };
        clerk.look();
        clerk.enter(&format!("{}{TAB}{}{ENTER}", account.login, &*account.password));
        clerk
    }

    /// Looks whether the page is sound, on both screens.
    pub fn look(&mut self) {
        self.pictures += 1;
        for (name, size) in SCREENS {
            self.browser.look_at(size);
            self.browser.picture(&format!("{}-{:02}-{name}", self.album, self.pictures));
            let faults = self.browser.run(FAULTS);
            assert_eq!(faults, json!([]), "{} {name}", self.browser.address());
        }
        let barriers = self.browser.barriers();
        assert!(barriers.is_empty(), "{}: {barriers:#?}", self.browser.address());
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{}: {complaints:?}", self.browser.address());
    }

    /// Types keys that lead to another page.
    pub fn enter(&mut self, keys: &str) {
        self.browser.leave(|| self.browser.type_keys(keys));
        self.look();
    }

    /// Presses a button or link.
    pub fn press(&mut self, words: &str) {
        self.browser.follow(words);
        self.look();
    }

    /// Finds the one visit with these words, which opens it.
    pub fn find(&mut self, words: &str) {
        assert_eq!(self.browser.run("return document.activeElement.id"), "find");
        self.enter(&format!("{words}{ENTER}"));
        assert!(self.browser.path().starts_with("/desk/visits/"), "{}", self.browser.text());
    }

    /// Puts another value in the place of one.
    pub fn correct(&mut self, path: &str, value: &str) {
        let link = format!("[id='q-{path}'] .mend");
        self.browser.leave(|| self.browser.press(&link));
        self.look();
        self.browser.write(&format!("input[name='{path}']"), value);
        self.enter(ENTER);
    }

    /// What is shown of a value, with its source.
    pub fn shown(&self, path: &str) -> String {
        self.browser.text_of(&format!("[id='q-{path}']"))
    }

    /// Notes which document was looked at.
    pub fn identify(&mut self, kind: &str) {
        self.browser.press(&format!("label:has([name=kind][value='{kind}'])"));
        self.browser.press("label:has([name=points][value=one])");
        self.press("本人確認を記録");
    }

    /// Prints the papers of the visit, all at once where there are several.
    pub fn print(&mut self) -> Vec<u8> {
        let script = "const form = document.querySelector('#papers form'); \
             return fetch(form.action, { method: 'POST', \
                 body: new URLSearchParams(new FormData(form)) }).then(async answer => { \
             const bytes = new Uint8Array(await answer.arrayBuffer()); \
             let text = ''; for (const byte of bytes) text += String.fromCharCode(byte); \
             return [answer.status, answer.headers.get('content-type'), btoa(text)]; })";
        let printed = self.browser.run(script);
        assert_eq!((&printed[0], &printed[1]), (&json!(200), &json!("application/pdf")));
        self.browser.leave(|| self.browser.reload());
        self.look();
        super::browser::from_base64(printed[2].as_str().unwrap())
    }
}

/// The words of a PDF, without the blanks between them.
pub fn words_of(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}
