//! A CUPS for one test alone: the real daemon with Debian's own policies, its
//! folders below a temporary one, and a printer that can be without paper.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
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
cat "$6" > "$folder/$1.part" && mv "$folder/$1.part" "$folder/$1.pdf"
"#;

/// A running daemon.
pub struct Cups {
    child: Child,
    folder: TempDir,
}

impl Cups {
    /// The daemon with the queues `a4` (healthy), `dead` (nobody listens there) and
    /// `paused`. `None`, said loudly, where there is no CUPS.
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
        let log = fs::File::create(folder.path().join("log/said")).unwrap();
        let child = Command::new(DAEMON)
            .arg("-f")
            .arg("-c")
            .arg(folder.path().join("etc/cupsd.conf"))
            .arg("-s")
            .arg(folder.path().join("etc/cups-files.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let cups = Self { child, folder };
        wait_until("CUPS listens", || {
            std::os::unix::net::UnixStream::connect(cups.socket()).is_ok()
        });
        Some(cups)
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("cups.sock")
    }

    /// `well`, `empty` (no paper) or `silent` (takes the paper and never ends).
    pub fn is(&self, health: &str) {
        let file = self.folder.path().join("paper");
        fs::write(file.join("new"), health).unwrap();
        fs::rename(file.join("new"), file.join("health")).unwrap();
    }

    /// The papers that came out, oldest first.
    pub fn came_out(&self) -> Vec<Vec<u8>> {
        let mut papers: Vec<(u32, PathBuf)> = files(&self.folder.path().join("paper"))
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

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Cups {
    fn drop(&mut self) {
        // Its backends end with it: asked to stop, it stops them.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        }
        let _ = self.child.wait();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn write_folders(root: &Path) {
    for folder in
        ["etc", "spool", "spool/tmp", "cache", "state", "log", "paper", "bin", "bin/backend"]
    {
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
    fs::write(root.join("paper/health"), "well").unwrap();
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
        queue("dead", "socket://127.0.0.1:9", "Idle"),
        queue("paused", &format!("paper:{at}/paper"), "Stopped"),
    ];
    fs::write(root.join("etc/printers.conf"), queues.concat()).unwrap();
}
