//! A small WebDriver client: a chromedriver and a Chromium for many tests.
//!
//! A browser-test crate would switch features of crates that the program uses and
//! compile most of them twice; the protocol is a handful of JSON requests.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::from_home::{Held, before_camera};

const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// The key under which WebDriver names an element.
pub const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Starts the driver in a group of its own, and ends the whole group when the
/// standard input closes: with the test's process, however that ends. The folder
/// holds the browser's profile.
const KEEPER: &str = "set -m; mkdir -p \"$0\"; TMPDIR=\"$0\" chromedriver --port=0 & \
     cat >/dev/null; kill -KILL -- -$!; wait; rm -rf \"$0\"";

const ARGUMENTS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-device-scale-factor=1",
    "--lang=ja",
    "--window-size=1280,800",
];

/// An open session.
pub struct Driver {
    agent: ureq::Agent,
    session: String,
    /// What the browser's camera sees, frame after frame.
    pub camera: PathBuf,
    _keeper: Child,
}

impl Driver {
    /// Whether Debian's Chromium and its driver are there.
    pub fn is_installed() -> bool {
        Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists()
    }

    /// Starts both and opens a session: the process's `nth`.
    pub fn start(nth: usize) -> Self {
        let folder = format!("madoguchi-browser-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let mut keeper = Command::new("bash")
            .args(["-c", KEEPER])
            .arg(&folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, after) = line.split_once("successfully on port ")?;
            Some(after.trim_end_matches('.').to_owned())
        });
        // Read on, so that the driver never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)));
        let agent: ureq::Agent = config.build().into();
        let session = format!("http://127.0.0.1:{}/session", port.expect("chromedriver's port"));
        let camera = folder.join("camera.y4m");
        std::fs::write(&camera, before_camera(Held::Nothing)).unwrap();
        let mut driver = Self { agent, session, camera, _keeper: keeper };
        let opened = driver.send("", &capabilities(&folder));
        let id = opened["sessionId"].as_str().unwrap_or_else(|| panic!("{opened}"));
        driver.session = format!("{}/{id}", driver.session);
        driver
    }

    /// A command that must be done.
    pub fn send(&self, command: &str, body: &Value) -> Value {
        self.try_send(command, body).unwrap_or_else(|error| panic!("{command} {body}: {error}"))
    }

    /// A command that may be refused; the error says why.
    pub fn try_send(&self, command: &str, body: &Value) -> Result<Value, String> {
        let answer = self.agent.post(format!("{}{command}", self.session)).send_json(body);
        told(answer)
    }

    /// Ends what is named.
    pub fn end(&self, what: &str) {
        told(self.agent.delete(format!("{}{what}", self.session)).call())
            .unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    /// A question.
    pub fn ask(&self, command: &str) -> Value {
        let answer = self.agent.get(format!("{}{command}", self.session)).call();
        told(answer).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// A command of the browser's own protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.send("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }
}

fn told(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| error.to_string())?;
    let mut body = answer.body_mut().with_config().limit(64 << 20).read_json::<Value>();
    let value = body.as_mut().map_err(|error| error.to_string())?["value"].take();
    match value.get("error") {
        Some(error) => Err(format!("{error}: {}", value["message"])),
        None => Ok(value),
    }
}

fn capabilities(folder: &Path) -> Value {
    let mut arguments: Vec<String> = ARGUMENTS.iter().map(|&one| one.to_owned()).collect();
    arguments.push(format!("--user-data-dir={}/profile", folder.display()));
    // A camera that sees what a test holds before it, and may be used.
    let camera = folder.join("camera.y4m");
    arguments.push("--use-fake-ui-for-media-stream".to_owned());
    arguments.push("--use-fake-device-for-media-stream".to_owned());
    arguments.push(format!("--use-file-for-fake-video-capture={}", camera.display()));
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "timeouts": { "script": 30_000, "pageLoad": 60_000, "implicit": 0 },
        "goog:chromeOptions": { "binary": CHROMIUM, "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    } } })
}
