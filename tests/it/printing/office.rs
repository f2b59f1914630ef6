//! An office with printers of its own, one visit handed in, and a clerk.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use madoguchi::server::counter;
use serde_json::Value;
use tempfile::TempDir;

use crate::stage::http::{Answer, Visitor};
use crate::stage::office::{hand_in, hidden, hire, pair, set_up};
use crate::stage::program::Program;
use crate::stage::{PATIENCE, wait_until};

/// A program, its folders, and who is at the desk.
pub struct Office {
    program: Program,
    pub clerk: Visitor,
    pub tablet: Visitor,
    folder: TempDir,
}

/// Writes the example town's configuration with these printers.
pub fn config_with(config: &Path, printers: &str) {
    for file in ["counters.toml", "procedures.toml", "fees.toml", "site.toml", "appointments.toml"]
    {
        fs::copy(Path::new("kiosk-config/example").join(file), config.join(file)).unwrap();
    }
    fs::write(config.join("devices.toml"), "").unwrap();
    fs::write(config.join("printers.toml"), printers).unwrap();
}

/// The tablet's name.
pub const TABLET: &str = "記載台1";

impl Office {
    /// An office with these printers.
    pub fn open(printers: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (config, data) = (folder.path().join("config"), folder.path().join("data"));
        fs::create_dir(&config).unwrap();
        config_with(&config, printers);
        let program = Program::serve_at(&data, &config);
        let mut administrator = set_up(&program);
        let tablet = pair(&mut administrator, TABLET);
        let clerk = hire(&mut administrator);
        Self { program, clerk, tablet, folder }
    }

    /// A resident hands in a certificate's form; the page of the visit.
    pub fn visit(&mut self) -> String {
        let number = hand_in(&mut self.tablet, "試験　花子").unwrap();
        self.find(&number)
    }

    /// The power goes, and comes back. Everybody is still signed in.
    pub fn start_anew(&mut self) {
        if self.program.is_running() {
            self.program.kill();
        }
        let root = self.folder.path();
        self.program = Program::serve_at(&root.join("data"), &root.join("config"));
        self.clerk = self.clerk.moved_to(&self.program.address);
        self.tablet = self.tablet.moved_to(&self.program.address);
    }

    /// What is typed, or scanned, into the desk's box opens the visit.
    pub fn find(&mut self, typed: &str) -> String {
        let list = self.clerk.get("/desk").text;
        let found = self.clerk.post("/desk", &[("key", hidden(&list, "key")), ("find", typed)]);
        let visit = found.header("location").to_owned();
        assert!(visit.starts_with("/desk/visits/"), "{typed} finds nothing: {}", found.text);
        visit
    }

    /// Presses a button of the visit's page, `times` times.
    pub fn press(&mut self, visit: &str, road: &str, times: usize) -> Vec<Answer> {
        let page = self.clerk.get(visit).text;
        self.press_on(&page, visit, road, times)
    }

    /// Presses a button of a page that was looked at before.
    pub fn press_on(&mut self, page: &str, visit: &str, road: &str, times: usize) -> Vec<Answer> {
        let key = hidden(page, "key").to_owned();
        // The op of the form that goes there.
        let (_, form) = page.split_once(&format!("action=\"{visit}/{road}\"")).unwrap();
        let op = hidden(form, "op").to_owned();
        let fields = [("key", &*key), ("op", &*op)];
        (0..times).map(|_| self.clerk.post(&format!("{visit}/{road}"), &fields)).collect()
    }

    /// Presses once, and looks at the page it leads to until it has an outcome.
    pub fn print(&mut self, visit: &str, road: &str) -> String {
        let sent = self.press(visit, road, 1).remove(0);
        self.outcome(sent.header("location"))
    }

    /// Presses "print again" on the page of an outcome.
    pub fn print_again(&mut self, visit: &str, road: &str, outcome: &str) -> String {
        let sent = self.clerk.post(&format!("{visit}/{road}"), &hidden_fields(outcome));
        self.outcome(sent.header("location"))
    }

    /// The page of a press, when it has an outcome.
    pub fn outcome(&mut self, address: &str) -> String {
        assert!(address.contains("/printing/"), "not sent to a printer: {address:?}");
        let began = Instant::now();
        loop {
            let page = self.clerk.get(address).text;
            if !page.contains("印刷中です") && !page.contains("印刷が止まっています")
            {
                return page;
            }
            assert!(page.contains("http-equiv=\"refresh\""), "{page}");
            assert!(began.elapsed() < PATIENCE, "no outcome: {page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The page of a press, when it has these words.
    pub fn page_with(&mut self, address: &str, words: &str) -> String {
        let mut page = String::new();
        wait_until(words, || {
            page = self.clerk.get(address).text;
            page.contains(words)
        });
        page
    }

    /// Ends the program as a power cut would, does something, and starts it.
    pub fn while_off(&mut self, act: impl FnOnce()) {
        self.program.kill();
        act();
        self.start_anew();
    }

    /// The tablet's last page, when the slip has an outcome.
    pub fn last_page(&mut self) -> String {
        let mut page = String::new();
        wait_until("the slip has an outcome", || {
            page = self.tablet.get("/kiosk").text;
            !page.contains("お渡し票を印刷しています")
        });
        page
    }

    /// What the journal says of printing: kind, printer, and why not.
    pub fn printed(&self) -> Vec<[String; 3]> {
        let connection = counter::look(&self.folder.path().join("data")).unwrap();
        let mut rows = connection
            .prepare("select kind, facts from journal where kind like '%print%' order by seq")
            .unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let told = rows.map(|row| {
            let (kind, facts): (String, String) = row.unwrap();
            let facts: Value = serde_json::from_str(&facts).unwrap();
            let word = |key: &str| facts[key].as_str().unwrap_or_default().to_owned();
            [kind, word("printer"), word("why")]
        });
        told.collect()
    }
}

/// The hidden fields of the first form of a page that sends papers or a slip.
fn hidden_fields(page: &str) -> Vec<(&str, &str)> {
    let (_, form) = page.split_once("<form method=\"post\" action=\"/desk/visits/").unwrap();
    let form = form.split("</form>").next().unwrap();
    let fields = form.split("type=\"hidden\" name=\"").skip(1);
    let mut fields: Vec<_> = fields
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name, rest.split('"').next().unwrap())
        })
        .collect();
    let (_, button) = form.split_once("<button name=\"printer\" value=\"").unwrap();
    fields.push(("printer", button.split('"').next().unwrap()));
    fields
}
