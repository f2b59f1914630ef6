//! A CUPS for one test alone: the real daemon with Debian's own policies, its
//! folders below a temporary one, and a printer that can be without paper.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::stage::{skip, wait_until};

const DAEMON: &str = "/usr/sbin/cupsd";
const OF_CUPS: &str = "/usr/lib/cups";
const POLICIES: &str = "/usr/share/cups/cupsd.conf.default";

/// A printer's driver. What its `health` says, it does; each paper becomes a file
/// named by its job.
const BACKEND: &str = r#"#!/bin/sh
[ $# -eq 0 ] && { echo 'direct paper:/ "Unknown" "paper"'; exit 0; }
folder=${DEVICE_URI#paper:}
while [ "$(cat "$folder/health")" = empty ]; do
    echo "STATE: +media-empty-error" >&2
    sleep 0.1
done
echo "STATE: -media-empty-error" >&2
while [ "$(cat "$folder/health")" = silent ]; do sleep 0.1; done
if [ "$(cat "$folder/health")" = stubborn ]; then
    trap '' TERM
    touch "$folder/started"
    while [ "$(cat "$folder/health")" = stubborn ]; do sleep 0.1; done
    exit
fi
cat "$6" > "$folder/$1.part" && mv "$folder/$1.part" "$folder/$1.pdf"
if [ "$(cat "$folder/health")" = last ]; then
    echo "STATE: +media-empty-error" >&2
    while [ "$(cat "$folder/health")" = last ]; do sleep 0.1; done
fi
"#;

/// A running daemon.
pub struct Cups {
    child: Option<Child>,
    folder: TempDir,
}

impl Cups {
    /// The daemon with the queues `a4` and `tax` (healthy), `dead` (nobody listens
    /// there) and `paused`. `None`, said loudly, where there is no CUPS.
    pub fn start(what: &str) -> Option<Self> {
        if ![DAEMON, POLICIES, "/usr/lib/cups/backend/socket"]
            .iter()
            .all(|one| Path::new(one).exists())
        {
            skip(what, "cups is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Backends run as another user.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        write_folders(folder.path());
        let mut cups = Self { child: None, folder };
        cups.launch();
        Some(cups)
    }

    /// Starts the daemon on what lies in its folders.
    pub fn launch(&mut self) {
        let root = self.folder.path();
        let log = fs::OpenOptions::new().create(true).append(true).open(root.join("log/said"));
        let log = log.unwrap();
        let child = Command::new(DAEMON)
            .arg("-f")
            .arg("-c")
            .arg(root.join("etc/cupsd.conf"))
            .arg("-s")
            .arg(root.join("etc/cups-files.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        wait_until("CUPS listens", || UnixStream::connect(self.socket()).is_ok());
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("cups.sock")
    }

    /// `well`, `empty` (no paper), `silent` (takes the paper and never ends) or `last`
    /// (prints, and says that the tray is empty now before it ends).
    pub fn is(&self, health: &str) {
        let file = self.folder.path().join("paper");
        fs::write(file.join("new"), health).unwrap();
        fs::rename(file.join("new"), file.join("health")).unwrap();
    }

    /// Whether a stubborn driver runs.
    pub fn has_started(&self) -> bool {
        self.folder.path().join("paper/started").exists()
    }

    /// The papers that came out, oldest first.
    pub fn came_out(&self) -> Vec<Vec<u8>> {
        self.came_out_of("paper")
    }

    /// The papers that came out of the printer with this folder.
    pub fn came_out_of(&self, printer: &str) -> Vec<Vec<u8>> {
        let mut papers: Vec<(u32, PathBuf)> = files(&self.folder.path().join(printer))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|end| end == "pdf"))
            .map(|path| (path.file_stem().unwrap().to_str().unwrap().parse().unwrap(), path))
            .collect();
        papers.sort();
        papers.into_iter().map(|(_, path)| fs::read(path).unwrap()).collect()
    }

    /// What lies in the spool folder: documents, and CUPS' notes about jobs.
    pub fn spooled(&self) -> Vec<PathBuf> {
        let mut files = files(&self.folder.path().join("spool"));
        files.retain(|path| path.is_file());
        files
    }

    /// Jobs that ended and that CUPS still knows.
    pub fn ended(&self) -> usize {
        let asked = Command::new("lpstat")
            .env("CUPS_SERVER", self.socket())
            .args(["-W", "completed", "-o"])
            .output()
            .unwrap();
        String::from_utf8(asked.stdout).unwrap().lines().count()
    }

    /// Everything that CUPS tells of jobs to whoever sent them.
    pub fn told_of_jobs(&self) -> String {
        let mut question = b"\x01\x01\x00\x0A\x00\x00\x00\x01\x01".to_vec();
        for (tag, name, value) in [
            (0x47, "attributes-charset", "utf-8"),
            (0x48, "attributes-natural-language", "en"),
            (0x45, "printer-uri", "ipp://localhost/printers/a4"),
            (0x42, "requesting-user-name", "madoguchi"),
            (0x44, "requested-attributes", "all"),
        ] {
            question.push(tag);
            for text in [name, value] {
                question.extend((text.len() as u16).to_be_bytes());
                question.extend(text.as_bytes());
            }
        }
        question.push(0x03);
        let head = format!(
            "POST /printers/a4 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            question.len()
        );
        let mut line = UnixStream::connect(self.socket()).unwrap();
        line.write_all(&[head.into_bytes(), question].concat()).unwrap();
        let mut told = Vec::new();
        line.read_to_end(&mut told).unwrap();
        String::from_utf8_lossy(&told).into_owned()
    }

    /// Lets nobody remove what is known of a job, or everybody who may; for that it
    /// starts anew, with all it has.
    pub fn lets_jobs_be_removed(&mut self, lets: bool) {
        let file = self.folder.path().join("etc/cupsd.conf");
        let (open, closed) = ("Require user @OWNER @SYSTEM\n", "Require user nobody-at-all\n");
        let (from, to) = if lets { (closed, open) } else { (open, closed) };
        let policies = fs::read_to_string(&file).unwrap();
        let limits: Vec<String> = policies
            .split_inclusive("</Limit>")
            .map(|limit| match limit.contains("<Limit Cancel-Job ") {
                true => limit.replace(from, to),
                false => limit.to_owned(),
            })
            .collect();
        self.stop();
        fs::write(&file, limits.concat()).unwrap();
        self.launch();
    }

    /// Cancels all jobs and removes what is known of them.
    pub fn forget_everything(&mut self) {
        wait_until("CUPS knows nothing", || {
            // One that still ran leaves its notes behind the first time.
            let mut cancel = Command::new("cancel");
            cancel.env("CUPS_SERVER", self.socket()).args(["-a", "-x"]);
            assert!(cancel.status().unwrap().success());
            self.spooled().is_empty() && self.ended() == 0
        });
    }

    /// Ends it as an administrator would: what is printed then waits.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // Its backends end with it: asked to stop, it stops them.
        let _ = Command::new("kill").arg(child.id().to_string()).status();
        let _ = child.wait();
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Cups {
    fn drop(&mut self) {
        self.stop();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn write_folders(root: &Path) {
    for folder in [
        "etc",
        "spool",
        "spool/tmp",
        "cache",
        "state",
        "log",
        "paper",
        "paper2",
        "bin",
        "bin/backend",
    ] {
        fs::create_dir(root.join(folder)).unwrap();
    }
    for part in ["daemon", "filter", "notifier"] {
        std::os::unix::fs::symlink(Path::new(OF_CUPS).join(part), root.join("bin").join(part))
            .unwrap();
    }
    let socket = Path::new(OF_CUPS).join("backend/socket");
    fs::copy(socket, root.join("bin/backend/socket")).unwrap();
    let backend = root.join("bin/backend/paper");
    fs::write(&backend, BACKEND).unwrap();
    // Only the owner may run it: CUPS then runs it as itself, and it may write.
    fs::set_permissions(&backend, Permissions::from_mode(0o700)).unwrap();
    for printer in ["paper", "paper2"] {
        fs::write(root.join(printer).join("health"), "well").unwrap();
    }
    let at = root.display();
    // Documents are kept as long as they can be, so that the test sees what we
    // remove ourselves.
    let policies = fs::read_to_string(POLICIES).unwrap();
    let policies: String = policies
        .lines()
        .filter(|line| !line.starts_with("Listen") && !line.starts_with("Browsing"))
        .map(|line| format!("{line}\n"))
        .collect();
    let more = format!("Listen {at}/cups.sock\nBrowsing No\nPreserveJobFiles Yes\n");
    fs::write(root.join("etc/cupsd.conf"), more + &policies).unwrap();
    let folders = format!(
        "ServerRoot {at}/etc\nServerBin {at}/bin\nCacheDir {at}/cache\nStateDir {at}/state\n\
         RequestRoot {at}/spool\nTempDir {at}/spool/tmp\nAccessLog {at}/log/access\n\
         ErrorLog {at}/log/error\nPageLog {at}/log/page\n"
    );
    fs::write(root.join("etc/cups-files.conf"), folders).unwrap();
    let queue = |name: &str, uri: &str, state: &str| {
        format!(
            "<Printer {name}>\nDeviceURI {uri}\nState {state}\nAccepting Yes\nShared No\n\
             ErrorPolicy retry-job\n</Printer>\n"
        )
    };
    let queues = [
        queue("a4", &format!("paper:{at}/paper"), "Idle"),
        queue("tax", &format!("paper:{at}/paper2"), "Idle"),
        queue("dead", "socket://127.0.0.1:9", "Idle"),
        queue("paused", &format!("paper:{at}/paper"), "Stopped"),
    ];
    fs::write(root.join("etc/printers.conf"), queues.concat()).unwrap();
}
