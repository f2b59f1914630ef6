//! A pcscd for one test alone.
//!
//! pcscd has one socket, compiled in, so each daemon gets a mount namespace in
//! which `/run` is its own. A client finds its daemon by `PCSCLITE_CSOCK_NAME`,
//! which is read once per process: so every test runs itself again in a child
//! process that has this variable from the start. The tests may thus run side by
//! side, and beside a pcscd of the machine. Where namespaces are not allowed they
//! take turns at the one place there is.

use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use madoguchi::card::emulator::Card;
use madoguchi::card::pcsc::PcscReader;
use madoguchi::card::vpcd::{self, Inserted};
use madoguchi::card::{CardReader, LinkError, Presence, ReaderThread};

use crate::stage::skip;

/// Longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long a card is away before it is laid down again.
const LIFTED_FOR: Duration = Duration::from_millis(500);
/// Set in the child; names the folder that belongs to the test.
const FOLDER: &str = "MADOGUCHI_TEST_PCSCD";
const SOCKET: &str = "PCSCLITE_CSOCK_NAME";
const SHARED_RUN: &str = "/run/pcscd";
const NAMESPACE: [&str; 5] = ["unshare", "--map-root-user", "--mount", "--propagation", "private"];
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// A running pcscd with one virtual reader.
pub struct Rig {
    folder: String,
    /// Whether it has a place of its own.
    alone: bool,
    port: u16,
    daemon: Option<Child>,
}

/// What the program answered.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs `test` with a pcscd of its own.
pub fn with_pcscd<F: FnOnce(&mut Rig)>(test: F) {
    if let Ok(folder) = std::env::var(FOLDER) {
        let _turn = (!is_alone(&folder)).then(take_turn);
        return test(&mut Rig::start(folder));
    }
    if !Path::new("/usr/sbin/pcscd").exists() || !Path::new(DRIVER).exists() {
        skip("no card was read through a real pcscd", "pcscd or vsmartcard-vpcd is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let own_run = folder.path().join("run");
    let run = if namespaces_work() { &own_run } else { Path::new(SHARED_RUN) };
    let name = std::any::type_name::<F>();
    let name = name.trim_start_matches("it::").trim_end_matches("::{{closure}}");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder.path())
        .env(SOCKET, run.join("pcscd.comm"))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{name}\n{out}\n{err}");
    println!("{out}");
}

fn namespaces_work() -> bool {
    let tried = Command::new(NAMESPACE[0]).args(&NAMESPACE[1..]).arg("true").output();
    tried.is_ok_and(|output| output.status.success())
}

/// Whether this test's pcscd has a place of its own.
fn is_alone(folder: &str) -> bool {
    std::env::var(SOCKET).is_ok_and(|socket| socket.starts_with(folder))
}

/// Waits for the one place where a pcscd can be. Given back when dropped.
fn take_turn() -> File {
    let turn = File::create(std::env::temp_dir().join("madoguchi-test-pcscd")).unwrap();
    turn.lock().unwrap();
    turn
}

impl Rig {
    fn start(folder: String) -> Self {
        let alone = is_alone(&folder);
        let mut rig = Self::set_up(folder, alone);
        rig.start_pcscd();
        rig
    }

    /// A second pcscd, as at another PC; `None` where there can be only one.
    pub fn elsewhere(&self) -> Option<Self> {
        let rig = self.alone.then(|| Self::set_up(format!("{}/elsewhere", self.folder), true));
        rig.map(|mut rig| {
            rig.launch_pcscd();
            wait_until("the other pcscd listens", || Path::new(&rig.socket()).exists());
            rig
        })
    }

    /// Where this pcscd listens.
    pub fn socket(&self) -> String {
        format!("{}/run/pcscd.comm", self.folder)
    }

    fn set_up(folder: String, alone: bool) -> Self {
        let port = free_ports();
        let rig = Self { folder, alone, port, daemon: None };
        std::fs::create_dir_all(Path::new(&rig.conf()).parent().unwrap()).unwrap();
        rig.write_conf();
        rig
    }

    /// The file that gives pcscd its reader.
    fn conf(&self) -> String {
        format!("{}/conf/vpcd", self.folder)
    }

    fn write_conf(&self) {
        let port = self.port;
        let reader = format!(
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x{port:X}\n\
             LIBPATH {DRIVER}\nCHANNELID 0x{port:X}\n"
        );
        std::fs::write(self.conf(), reader).unwrap();
    }

    /// Takes the reader away: pcscd runs, and has none. The virtual one cannot be
    /// pulled out of a running pcscd.
    pub fn unplug(&mut self) {
        self.stop_pcscd();
        std::fs::remove_file(self.conf()).unwrap();
        self.launch_pcscd();
    }

    /// Gives it back.
    pub fn plug_in(&mut self) {
        self.stop_pcscd();
        self.write_conf();
        self.launch_pcscd();
    }

    /// Starts pcscd, and waits until it lists its reader.
    pub fn start_pcscd(&mut self) {
        self.launch_pcscd();
        wait_until("pcscd lists its reader", || PcscReader::names().is_ok_and(|n| !n.is_empty()));
    }

    /// Starts pcscd.
    pub fn launch_pcscd(&mut self) {
        let folder = &self.folder;
        let start = format!("exec /usr/sbin/pcscd --foreground --config {folder}/conf");
        let (program, script) = if self.alone {
            let own_run = format!(
                "rm -rf {folder}/run && mkdir {folder}/run && mount -t tmpfs tmpfs /run \
                 && mkdir {SHARED_RUN} && mount --bind {folder}/run {SHARED_RUN}"
            );
            (NAMESPACE.as_slice(), format!("{own_run} && {start}"))
        } else {
            (["env"].as_slice(), format!("mkdir -p {SHARED_RUN} && {start}"))
        };
        let daemon = Command::new(program[0])
            .args(&program[1..])
            .args(["sh", "-c", &script])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.daemon = Some(daemon);
    }

    /// Ends pcscd as an administrator would, and waits for its end.
    pub fn stop_pcscd(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        let pid = daemon.id().to_string();
        // It may have ended by itself; either way it is waited for.
        let _ = Command::new("kill").arg(&pid).status();
        let _ = daemon.wait();
    }

    /// Lays `card` on the reader, and waits until pcscd has seen it.
    pub fn insert(&self, card: Card) -> Inserted {
        self.wait_until_empty();
        // pcscd looks at the virtual reader every 0.40 s. After a command failed it
        // shows the reader as empty at once, but a card that is back before it
        // looked was never away for it, and stays unseen. No hand is so quick.
        thread::sleep(LIFTED_FOR);
        let inserted = self.lay(card);
        let mut reader = PcscReader::new(None);
        wait_until("the card is seen", || matches!(reader.tap(), Ok(Some(_))));
        inserted
    }

    /// Lays `card` on the reader, and leaves it to the caller to see it there.
    pub fn lay(&self, card: Card) -> Inserted {
        vpcd::insert(card, SocketAddr::from(([127, 0, 0, 1], self.port))).unwrap()
    }

    /// Waits until pcscd has noticed that nothing lies on the reader.
    pub fn wait_until_empty(&self) {
        let mut reader = PcscReader::new(None);
        wait_until("the reader is empty", || matches!(reader.tap(), Ok(None)));
    }

    /// Waits until `thread` shows what is `wanted`.
    pub fn wait_until_shown(&self, thread: &ReaderThread, wanted: impl Fn(Presence) -> bool) {
        wait_until("the reader shows it", || wanted(thread.presence()));
    }

    /// Runs `madoguchi card read` with `arguments` and `secret` on standard input.
    pub fn card_read(&self, arguments: &[&str], secret: &str) -> Said {
        let mut program = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["card", "read"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may refuse before it reads.
        let _ = writeln!(program.stdin.take().unwrap(), "{secret}");
        let output = program.wait_with_output().unwrap();
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Lays `card` down, reads it with a PIN or number, lifts it.
    pub fn tap(&self, card: Card, secret: &str) -> (Said, Card) {
        let inserted = self.insert(card);
        let said = self.card_read(&["--pin-stdin"], secret);
        (said, inserted.remove())
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        // Not killed: it would leave its socket behind.
        self.stop_pcscd();
    }
}

impl Said {
    /// Whether the program refused with this code and printed no data.
    pub fn is_refusal(&self, code: &str) -> bool {
        self.code == Some(1)
            && self.out.is_empty()
            && self.err.trim_end().ends_with(&format!("({code})"))
    }
}

/// Takes and lets go of a reader's card without reading it.
pub fn hold() -> Result<Box<dyn madoguchi::card::CardLink>, LinkError> {
    PcscReader::new(None).connect()
}

/// Looks until it is so.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < until, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The driver listens on two neighbouring ports. Below those that systems hand
/// out by themselves, and apart for every process.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind(("0.0.0.0", port)).is_ok();
    let first = 20_000 + (std::process::id() % 5_000) as u16 * 2;
    (0..500)
        .map(|step| 20_000 + (first - 20_000 + step * 2) % 10_000)
        .find(|port| free(*port) && free(port + 1))
        .expect("two free ports")
}
