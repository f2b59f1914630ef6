//! A person at a browser: what can be seen, pressed and typed.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError, TryLockError};

use serde_json::{Value, json};

use super::driver::{Driver, ELEMENT};
use super::from_home::{Held, before_camera};
use super::{axe, skip, wait_until};

/// A tablet lying and standing: what every kiosk page is looked at in.
pub const LANDSCAPE: (u32, u32) = (1280, 800);
pub const PORTRAIT: (u32, u32) = (800, 1280);

/// A browser. Tests take turns at the two there are.
pub struct Browser {
    driver: Driver,
    /// What examines every page that is looked at, for a test that asks for it.
    examiner: Cell<Option<&'static str>>,
}

/// Takes a browser, as it is after everything was cleared away. `None` where
/// none is installed; that is said loudly.
pub fn browser(what: &str) -> Option<MutexGuard<'static, Browser>> {
    static BROWSERS: LazyLock<[Mutex<Browser>; 2]> = LazyLock::new(|| {
        let start = |nth| Browser { driver: Driver::start(nth), examiner: Cell::new(None) };
        [0, 1].map(|nth| Mutex::new(start(nth)))
    });
    static TURNS: AtomicUsize = AtomicUsize::new(0);
    if !Driver::is_installed() {
        skip(what, "chromium or chromium-driver is not installed");
        return None;
    }
    let turn = TURNS.fetch_add(1, Ordering::Relaxed) % BROWSERS.len();
    let free = BROWSERS.iter().find_map(|browser| match browser.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        // A test that failed at the browser must not fail the others.
        Ok(free) => Some(free),
        Err(TryLockError::Poisoned(held)) => Some(held.into_inner()),
    });
    let wait = || BROWSERS[turn].lock().unwrap_or_else(PoisonError::into_inner);
    let browser = free.unwrap_or_else(wait);
    browser.clear();
    Some(browser)
}

impl Browser {
    fn clear(&self) {
        self.examiner.set(None);
        self.show_to_camera(Held::Nothing);
        self.with_script(true);
        self.on_paper(false);
        self.driver.devtools("Emulation.setUserAgentOverride", json!({ "userAgent": "" }));
        self.go("about:blank");
        self.driver.devtools("Network.clearBrowserCookies", json!({}));
        self.driver.devtools("Page.resetNavigationHistory", json!({}));
        self.look_at(LANDSCAPE);
        self.complaints();
    }

    /// From now on every page that is looked at is examined with axe, until the
    /// tests' next turn. `None` where axe is not there.
    pub fn with_examiner(&self, what: &str) -> Option<()> {
        self.examiner.set(Some(axe::source(what)?));
        Some(())
    }

    /// What stands in the way of somebody who uses the page with other senses;
    /// nothing when no test asked for it.
    pub fn barriers(&self) -> Vec<String> {
        let Some(examiner) = self.examiner.get() else { return Vec::new() };
        // At once: a page that goes on by itself would take the examiner along.
        let asked = json!({ "script": format!("{examiner};\n{}", axe::EXAMINE), "args": [] });
        serde_json::from_value(self.driver.send("/execute/async", &asked)).unwrap()
    }

    /// Goes to an address.
    pub fn go(&self, address: &str) {
        self.driver.send("/url", &json!({ "url": address }));
    }

    /// The address of the page.
    pub fn address(&self) -> String {
        self.driver.ask("/url").as_str().unwrap().to_owned()
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        self.run("return location.pathname").as_str().unwrap().to_owned()
    }

    pub fn reload(&self) {
        self.driver.send("/refresh", &json!({}));
    }

    pub fn back(&self) {
        self.driver.send("/back", &json!({}));
    }

    pub fn forward(&self) {
        self.driver.send("/forward", &json!({}));
    }

    /// Runs a script in the page.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, json!([]))
    }

    /// Runs a script with `arguments`.
    pub fn run_with(&self, script: &str, arguments: Value) -> Value {
        self.driver.send("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that tells later: it calls its last argument.
    pub fn run_later(&self, script: &str, arguments: Value) -> Value {
        self.driver.send("/execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script on every page from its beginning, until the tests' next turn.
    pub fn run_on_every_page(&self, script: &str) -> OnEveryPage<'_> {
        let added = self.driver.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script, "runImmediately": true }),
        );
        OnEveryPage { browser: self, script: added["identifier"].clone() }
    }

    /// The words on the page, as they are seen.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText").as_str().unwrap().to_owned()
    }

    /// The words of the page's heading.
    pub fn heading(&self) -> String {
        self.text_of("h1")
    }

    /// The words of one element.
    pub fn text_of(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        self.run_with(script, json!([css])).as_str().unwrap().trim().to_owned()
    }

    /// Whether there is one, and it can be seen.
    pub fn shows(&self, css: &str) -> bool {
        let script = "const found = document.querySelector(arguments[0]); \
             return !!found && found.getClientRects().length > 0";
        self.run_with(script, json!([css])).as_bool().unwrap()
    }

    /// A property of every element that fits.
    pub fn all(&self, css: &str, property: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])]\
             .map(one => String(one[arguments[1]]))";
        let found = self.run_with(script, json!([css, property]));
        serde_json::from_value(found).unwrap()
    }

    /// Waits until a script says `true`.
    pub fn wait(&self, what: &str, script: &str) {
        let script = format!("return !!({script})");
        wait_until(what, || {
            // The page may be on its way to the next one.
            let asked = json!({ "script": script, "args": [] });
            self.driver.try_send("/execute/sync", &asked) == Ok(Value::Bool(true))
        });
    }

    /// Presses what fits, without waiting for what follows.
    pub fn press(&self, css: &str) {
        // What keeps itself fresh may be drawn anew between the look and the touch.
        assert!((0..5).any(|_| self.is_touched(&self.find(css))), "{css:?} never stands");
    }

    /// Types into what fits, in the place of what was there.
    pub fn write(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.driver.send(&format!("/element/{id}/clear"), &json!({}));
        self.driver.send(&format!("/element/{id}/value"), &json!({ "text": text }));
    }

    fn find(&self, css: &str) -> String {
        let found = self.driver.send("/element", &json!({ "using": "css selector", "value": css }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Moves an element to where a finger reaches it, and presses it, unless it was taken
    /// away since it was found.
    fn is_touched(&self, id: &str) -> bool {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        let seen = json!({ "script": script, "args": [{ ELEMENT: id }] });
        let shown = self.driver.try_send("/execute/sync", &seen);
        let click = || self.driver.try_send(&format!("/element/{id}/click"), &json!({}));
        match shown.and_then(|_| click()) {
            Ok(_) => true,
            Err(error) if error.contains("stale element") => false,
            Err(error) => panic!("click: {error}"),
        }
    }

    /// Types keys to whatever has the focus.
    pub fn type_keys(&self, keys: &str) {
        for key in keys.chars() {
            let strokes =
                json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
            let actions =
                json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
            self.driver.send("/actions", &actions);
        }
    }

    /// Presses the button or link with these words and waits for the next page.
    pub fn follow(&self, words: &str) {
        let script = "const words = arguments[0]; \
             const found = [...document.querySelectorAll('button, a')].filter(one => \
                 one.getClientRects().length > 0 && (one.innerText.trim().replace(/\\s+/g, ' ') === words \
                 || one.querySelector('strong')?.innerText.trim() === words \
                 || one.getAttribute('aria-label') === words)); \
             return found[0] ?? null";
        let find = || {
            let found = self.run_with(script, json!([words]));
            let id = found[ELEMENT].as_str();
            id.unwrap_or_else(|| panic!("no {words:?} in {}", self.text())).to_owned()
        };
        self.leave(|| assert!((0..5).any(|_| self.is_touched(&find())), "{words:?} never stands"));
    }

    /// Does something that leads to another page, and waits until it is there.
    pub fn leave(&self, how: impl FnOnce()) {
        self.run("window.isTheOldPage = true");
        how();
        self.wait("the next page", "!window.isTheOldPage && document.readyState === 'complete'");
    }

    /// Holds something before the camera. A page that looks already goes on seeing what
    /// it saw; the next one sees this.
    pub fn show_to_camera(&self, held: Held<'_>) {
        let next = self.driver.camera.with_extension("next");
        std::fs::write(&next, before_camera(held)).unwrap();
        // In the place of the other film, which is still being shown.
        std::fs::rename(&next, &self.driver.camera).unwrap();
    }

    /// Does something in a window of its own, and comes back to this one. What the
    /// window shows goes on until `then`, which is done when this one has acted.
    pub fn beside(&self, address: &str, here: impl FnOnce(&Self), then: impl FnOnce(&Self)) {
        let first = self.driver.ask("/window");
        let other = self.driver.send("/window/new", &json!({ "type": "window" }))["handle"].clone();
        let switch = |window: &Value| self.driver.send("/window", &json!({ "handle": window }));
        switch(&other);
        self.go(address);
        switch(&first);
        here(self);
        switch(&other);
        then(self);
        self.driver.end("/window");
        switch(&first);
    }

    /// The size of the screen.
    pub fn look_at(&self, (width, height): (u32, u32)) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// The screen of a telephone, three dots to a pixel.
    pub fn hold_phone(&self, (width, height): (u32, u32)) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 3, "mobile": false });
        self.driver.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// What a camera sees of one element: a picture, as PNG.
    pub fn picture_of(&self, css: &str) -> Vec<u8> {
        let place = "const one = document.querySelector(arguments[0]); \
             one.scrollIntoView({ block: 'center', behavior: 'instant' }); \
             const { x, y, width, height } = one.getBoundingClientRect(); \
             return { x: x + scrollX, y: y + scrollY, width, height, scale: 1 }";
        let clip = self.run_with(place, json!([css]));
        let shot = json!({ "format": "png", "clip": clip });
        let shot = self.driver.devtools("Page.captureScreenshot", shot);
        from_base64(shot["data"].as_str().unwrap())
    }

    /// Shows pages as they come out of a printer, or on the screen again.
    pub fn on_paper(&self, on: bool) {
        let media = if on { "print" } else { "" };
        self.driver.devtools("Emulation.setEmulatedMedia", json!({ "media": media }));
    }

    /// It asks for pages in this language first.
    pub fn reads(&self, language: &str) {
        let agent = self.run("return navigator.userAgent");
        let wanted = json!({ "userAgent": agent, "acceptLanguage": language });
        self.driver.devtools("Emulation.setUserAgentOverride", wanted);
    }

    /// Turns scripts of pages on or off.
    pub fn with_script(&self, on: bool) {
        self.driver.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }

    /// Keeps what is downloaded in `folder`, as somebody does who is asked where.
    pub fn download_to(&self, folder: &Path) {
        let to = json!({ "behavior": "allow", "downloadPath": folder });
        self.driver.devtools("Browser.setDownloadBehavior", to);
    }

    /// Keeps a picture of the screen in `target/screenshots`, for whoever wants to look
    /// at it and says so with `MADOGUCHI_PICTURES`: two thousand take their time.
    pub fn picture(&self, name: &str) {
        if std::env::var_os("MADOGUCHI_PICTURES").is_none() {
            return;
        }
        let shot = self.driver.devtools("Page.captureScreenshot", json!({ "format": "png" }));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = from_base64(shot["data"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// What the browser complained about since the last time it was asked.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.driver.send("/se/log", &json!({ "type": "browser" }));
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        let said = severe.map(|entry| entry["message"].to_string());
        // A browser asks for this by itself; nothing promises that it is there.
        said.filter(|message| !message.contains("/favicon.ico")).collect()
    }
}

/// A script that stays until this is dropped.
pub struct OnEveryPage<'a> {
    browser: &'a Browser,
    script: Value,
}

impl Drop for OnEveryPage<'_> {
    fn drop(&mut self) {
        let gone = json!({ "identifier": self.script });
        self.browser.driver.devtools("Page.removeScriptToEvaluateOnNewDocument", gone);
    }
}

/// Bytes of base64.
pub fn from_base64(text: &str) -> Vec<u8> {
    let six = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = text.bytes().filter(|&letter| letter != b'=').map(six).collect();
    let group = |four: &[u8]| {
        let bits = (0..4).fold(0u32, |bits, at| bits << 6 | u32::from(*four.get(at).unwrap_or(&0)));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    letters.chunks(4).flat_map(group).collect()
}
