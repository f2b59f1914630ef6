//! The real program, as a user starts it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::http::Visitor;
use super::wait_until;

/// A running server. Ends when it is dropped.
pub struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// Where the demonstration keeps its data.
    folder: TempDir,
}

impl Program {
    /// The demonstration, with invented residents.
    pub fn demo() -> Self {
        Self::demo_at("127.0.0.1:0")
    }

    /// The demonstration at an address of its own.
    pub fn demo_at(listen: &str) -> Self {
        Self::start(&mut madoguchi(&["demo", "--empty", "--listen", listen]))
    }

    /// The demonstration of another town than the example: `change` writes what is
    /// different into its configuration, below `house`.
    pub fn demo_in(house: &Path, change: impl FnOnce(&Path)) -> Self {
        Self::demo_in_at(house, change, None)
    }

    /// The same, whose clock begins at a time of its own.
    pub fn demo_in_at(house: &Path, change: impl FnOnce(&Path), clock: Option<&str>) -> Self {
        let clock = clock.iter().flat_map(|clock| ["--clock", clock]);
        Self::demo_of(house, change, &["--empty"].into_iter().chain(clock).collect::<Vec<_>>())
    }

    /// The demonstration of another town, with these arguments.
    pub fn demo_of(house: &Path, change: impl FnOnce(&Path), arguments: &[&str]) -> Self {
        change(&example_in(house));
        let mut command = madoguchi(&["demo", "--listen", "127.0.0.1:0"]);
        command.args(arguments);
        // It takes the configuration that lies where it is started.
        let here = std::env::current_dir().unwrap();
        command.arg("--templates").arg(here.join("templates/forms"));
        command.arg("--fonts").arg(here.join("fonts"));
        Self::start(command.current_dir(house))
    }

    /// An office whose data lies in `data`.
    pub fn serve(data: &Path) -> Self {
        Self::serve_at(data, Path::new("kiosk-config/example"))
    }

    /// An office with a configuration of its own.
    pub fn serve_at(data: &Path, config: &Path) -> Self {
        Self::start(&mut office("127.0.0.1:0", data, config))
    }

    /// An office that was stopped, started anew where it was: what had found it finds
    /// it again.
    pub fn serve_again(address: &str, data: &Path) -> Self {
        let listen = address.trim_start_matches("http://");
        Self::start(&mut office(listen, data, Path::new("kiosk-config/example")))
    }

    /// A command that becomes a server.
    pub fn start(command: &mut Command) -> Self {
        let mut program = Self::start_until(command, "窓口 http");
        let said = program.said();
        let address = said.lines().find_map(|line| line.strip_prefix("窓口 "));
        program.address = address.unwrap_or_default().trim_end_matches('/').to_owned();
        program
    }

    /// A command that becomes the program, which is ready when it has said a line
    /// with these words.
    pub fn start_until(command: &mut Command, words: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (mouth, heard) = (child.stderr.take().unwrap(), said.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(mouth).lines().map_while(Result::ok) {
                let mut heard = heard.lock().unwrap();
                heard.push_str(&line);
                heard.push('\n');
            }
        });
        let mut program = Self { child, said, address: String::new(), folder };
        wait_until("the program is ready", || {
            let said = program.said();
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none(), "the program ended: {ended:?}\n{said}");
            said.contains(words)
        });
        program
    }

    /// The demonstration's data folder.
    pub fn data(&self) -> PathBuf {
        let folders = std::fs::read_dir(self.folder.path()).unwrap();
        let mut folders = folders.map(|entry| entry.unwrap().path());
        let named = |path: &PathBuf| path.to_string_lossy().contains("madoguchi-demo-");
        folders.find(named).unwrap()
    }

    /// Everything it has said on standard error.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an administrator would.
    pub fn stop(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        Command::new("kill").arg(&pid).status().unwrap();
        self.child.wait().unwrap()
    }

    /// Somebody who looks at it without a browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.address)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A copy of the example's configuration below `house`; its folder.
pub fn example_in(house: &Path) -> PathBuf {
    let example = Path::new("kiosk-config/example");
    let config = house.join(example);
    fs::create_dir_all(config.join("demo")).unwrap();
    for folder in ["", "demo"] {
        for entry in fs::read_dir(example.join(folder)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), config.join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    config
}

/// Writes into a configuration that the office sends what it writes down to `hub`.
pub fn send_to(hub: &str, config: &Path) {
    let site = config.join("site.toml");
    let text = fs::read_to_string(&site).unwrap();
    let (before, rest) = text.split_once("[hub]\n").unwrap();
    let (_, after) = rest.split_once("[jpqr]\n").unwrap();
    let hub = format!("[hub]\nurl = \"{hub}\"\nspread_secs = 0\n");
    let text = format!("{before}{hub}[jpqr]\n{after}").replace("hub = false\n", "hub = true\n");
    fs::write(&site, text).unwrap();
}

/// Writes into a configuration that the database is copied into `folder` every second.
pub fn copy_to(folder: &Path, config: &Path) {
    let site = config.join("site.toml");
    let text = fs::read_to_string(&site).unwrap();
    let copy = format!("\n[copy]\nfolder = \"{}\"\nevery_secs = 1\n", folder.display());
    fs::write(&site, text + &copy).unwrap();
}

fn office(listen: &str, data: &Path, config: &Path) -> Command {
    let mut command = madoguchi(&["serve", "--listen", listen]);
    command.arg("--data").arg(data).arg("--config").arg(config);
    command
}

/// The program with `arguments`, not started.
pub fn madoguchi(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_madoguchi"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs it to its end; the exit code, standard output, standard error.
pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The same with one line on standard input.
#[cfg(feature = "pcsc")]
pub fn run_saying(command: &mut Command, line: &str) -> (Option<i32>, String, String) {
    use std::io::Write;
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = piped.spawn().unwrap();
    writeln!(program.stdin.take().unwrap(), "{line}").unwrap();
    let Output { status, stdout, stderr } = program.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}
