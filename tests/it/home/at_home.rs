//! A resident at home with a telephone: reads every page, answers from memory, looks
//! whether the page is sound, and holds the code up to be read.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::stage::browser::{Browser, OnEveryPage, from_base64};
use crate::stage::resident::{FAULTS, Memory, answer};

/// An ordinary telephone, and a small one.
const PHONES: [(&str, (u32, u32)); 2] = [("small", (360, 640)), ("phone", (390, 844))];

/// Pixels a thumb needs.
const THUMB: u32 = 44;

/// What a telephone from here says its language is.
const JAPANESE: &str = "Object.defineProperty(navigator, 'language', { get: () => 'ja-JP' })";

pub struct AtHome<'a> {
    pub browser: &'a Browser,
    _language: OnEveryPage<'a>,
    memory: Memory,
    album: &'static str,
    pictures: usize,
    looks: bool,
    /// How often each question was asked.
    asked: BTreeMap<String, usize>,
}

impl<'a> AtHome<'a> {
    /// Opens the page.
    pub fn arrive(
        browser: &'a Browser,
        address: &str,
        album: &'static str,
        memory: Memory,
    ) -> Self {
        browser.hold_phone(PHONES[1].1);
        let language = browser.run_on_every_page(JAPANESE);
        browser.go(address);
        browser.wait("the page has begun", "document.querySelector('#bar button, .error-band')");
        let asked = BTreeMap::new();
        let (pictures, looks) = (0, true);
        let mut home = Self { browser, _language: language, memory, album, pictures, looks, asked };
        home.look();
        home
    }

    /// Goes on without a look at every page: another test looks.
    pub fn in_a_hurry(mut self) -> Self {
        self.looks = false;
        self
    }

    /// From here on every page is looked at.
    pub fn with_a_look(mut self) -> Self {
        self.looks = true;
        self
    }

    /// Looks whether the page is sound on either telephone.
    pub fn look(&mut self) {
        if !self.looks {
            return;
        }
        self.pictures += 1;
        for (name, size) in PHONES {
            self.browser.hold_phone(size);
            self.browser.picture(&format!("home-{}-{:02}-{name}", self.album, self.pictures));
            let faults = self.browser.run_with(FAULTS, json!([THUMB]));
            assert_eq!(faults, json!([]), "{name}\n{}", self.browser.text());
        }
        let barriers = self.browser.barriers();
        assert!(barriers.is_empty(), "{}: {barriers:#?}", self.browser.heading());
        let complaints = self.browser.complaints();
        assert!(complaints.is_empty(), "{}: {complaints:?}", self.browser.heading());
    }

    /// Presses the one big button.
    pub fn next(&mut self) {
        let before = "window.stood = document.querySelector('main').firstElementChild";
        self.browser.run(before);
        self.browser.press("#bar .primary");
        let changed = "document.querySelector('main').firstElementChild !== window.stood";
        self.browser.wait("the next screen", changed);
        self.look();
    }

    /// Presses any other button that leads to another screen.
    pub fn press(&mut self, css: &str) {
        self.browser.press(css);
        self.look();
    }

    /// Goes from the last look at everything to the page of this title.
    pub fn mend(&mut self, title: &str) {
        self.press(&format!(".check-group button[aria-label^='{title}']"));
    }

    /// From wherever this is to the first screen, with the screen's own back.
    pub fn back_to_start(&mut self) {
        while !self.browser.shows(".steps") {
            self.press("#bar .quiet");
        }
    }

    /// From the first screen to the questions.
    pub fn choose(&mut self, procedures: &[&str]) {
        self.next();
        for id in procedures {
            self.browser.press(&format!(".offer:has(input[value='{id}'])"));
        }
        self.next();
    }

    /// The questions on the screen.
    fn questions(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('.entry')].map(one => one.id || \
             one.querySelector('input:not([type=radio])').id)";
        serde_json::from_value(self.browser.run(script)).unwrap()
    }

    /// Answers page after page until everything is shown once more.
    pub fn answer_all(&mut self) {
        while self.browser.shows(".progress") {
            for path in self.questions() {
                *self.asked.entry(path.clone()).or_default() += 1;
                if let Some(remembered) = self.memory.get(&path) {
                    answer(self.browser, &path, remembered);
                }
            }
            let heading = self.browser.heading();
            self.next();
            assert!(!self.browser.shows(".error-band"), "{heading}\n{}", self.browser.text());
        }
        let twice: Vec<_> = self.asked.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(self.browser.shows(".check-group"), "{}", self.browser.text());
    }

    /// The same, with something for whatever is asked beyond memory.
    pub fn answer_all_anyhow(&mut self) {
        while self.browser.shows(".progress") {
            for path in self.questions() {
                match self.memory.get(&path) {
                    Some(remembered) => answer(self.browser, &path, remembered),
                    None => self.answer_anyhow(&path),
                }
            }
            self.next();
            assert!(!self.browser.shows(".error-band"), "{}", self.browser.text());
        }
    }

    /// The first option, today's words or a day long ago, where something must be said.
    fn answer_anyhow(&self, path: &str) {
        let script = "const entry = document.getElementById(arguments[0]).closest('.entry'); \
             if (!entry.querySelector('.must')) return; \
             const radios = [...entry.querySelectorAll('[type=radio], [type=checkbox]')]; \
             if (radios.length && !radios.some(one => one.checked)) radios.at(-1).click(); \
             for (const one of entry.querySelectorAll('input:not([type=radio]):not([type=checkbox])')) \
                 if (!one.value) one.value = { year: '1990', month: '1', day: '1' }[one.name.split('.').pop()] ?? '京子'";
        self.browser.run_with(script, json!([path]));
    }

    /// Makes the code; what each picture of it says.
    pub fn make(&mut self) -> Vec<String> {
        self.next();
        assert!(self.browser.shows("figure.code"), "{}", self.browser.text());
        let count = self.browser.all("figure.code", "className").len();
        let code = |n: usize| {
            let seen = self.browser.picture_of(&format!("figure.code:nth-of-type({n}) img"));
            let seen = decoded(&seen);
            // The picture that is kept says the same.
            let href = &self.browser.all("a[download]", "href")[n - 1];
            let (_, kept) = href.split_once("base64,").unwrap();
            assert_eq!(decoded(&from_base64(kept)), seen);
            seen
        };
        (1..=count).map(code).collect()
    }
}

/// What a decoder that knows nothing of us reads in a picture.
pub fn decoded(png: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.png");
    std::fs::write(&file, png).unwrap();
    let mut zbar = Command::new("zbarimg");
    let read = zbar.args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"]).arg(&file);
    let read = read.stderr(Stdio::null()).output().unwrap();
    String::from_utf8(read.stdout).unwrap().trim_end().to_owned()
}
