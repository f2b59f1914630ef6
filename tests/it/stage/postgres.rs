//! A PostgreSQL for one test alone: the real server, its data in a temporary folder,
//! reached over a socket in that folder and no network.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{skip, wait_until};

/// A running server.
pub struct Postgres {
    child: Option<Child>,
    folder: TempDir,
    programs: PathBuf,
    /// Where it listens besides; nowhere.
    listens: String,
}

impl Postgres {
    /// An empty server. `None`, said loudly, where PostgreSQL is not installed.
    pub fn start(what: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            skip(what, "PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // It refuses to run as root.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let mut postgres = Self { child: None, folder, programs, listens: String::new() };
        let made = postgres
            .command("initdb")
            .args(["--no-sync", "--auth=trust", "--username=madoguchi", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "-D"])
            .arg(postgres.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.launch();
        Some(postgres)
    }

    /// Starts the server on what lies in its folder.
    pub fn launch(&mut self) {
        let mut child = self.spawn();
        let socket = self.folder.path().join(".s.PGSQL.5432");
        wait_until("PostgreSQL listens", || {
            // What a kill -9 orphaned holds the shared memory for a moment longer, and a
            // server that finds it held ends at once.
            if child.try_wait().unwrap().is_some() {
                child = self.spawn();
            }
            UnixStream::connect(&socket).is_ok()
        });
        self.child = Some(child);
        wait_until("PostgreSQL answers", || self.asked("select 1").is_some());
    }

    fn spawn(&self) -> Child {
        let said = fs::File::create(self.folder.path().join("said")).unwrap();
        self.command("postgres")
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.folder.path())
            // What a test writes need not outlive the machine.
            .args(["-c", &format!("listen_addresses={}", self.listens), "-c", "fsync=off"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap()
    }

    /// Where a program finds its database of this name.
    pub fn address(&self, database: &str) -> String {
        format!("host={} user=madoguchi dbname={database}", self.folder.path().display())
    }

    /// What it answers, one line a row; `None` when it cannot be asked.
    pub fn asked(&self, sql: &str) -> Option<String> {
        self.asked_in("postgres", sql)
    }

    /// Somebody who asks one database.
    pub fn asking(&self, database: &str, sql: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAt", "-U", "madoguchi", "-d"])
            .arg(database)
            .arg("-h")
            .arg(self.folder.path())
            .args(["-c", sql]);
        psql
    }

    /// The same of one database.
    pub fn asked_in(&self, database: &str, sql: &str) -> Option<String> {
        let asked = self.asking(database, sql).output().unwrap();
        asked.status.success().then(|| String::from_utf8(asked.stdout).unwrap())
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self, name: &str) -> String {
        self.asked(&format!("create database {name}")).unwrap();
        self.address(name)
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        Command::new("kill").args(["-KILL", &pid]).status().unwrap();
        child.wait().unwrap();
    }

    /// An address of this machine that is this server's alone.
    pub fn own_address() -> String {
        let [.., high, low] = std::process::id().to_be_bytes();
        format!("127.9.{high}.{low}")
    }

    /// The server again, at that address, too, where it speaks TLS and nothing else.
    pub fn over_tls(&mut self, [certificate, key]: &[PathBuf; 2]) {
        self.kill();
        let data = self.data();
        for (file, name) in [(certificate, "server.crt"), (key, "server.key")] {
            fs::copy(file, data.join(name)).unwrap();
            fs::set_permissions(data.join(name), Permissions::from_mode(0o600)).unwrap();
            let owner = fs::metadata(&data).unwrap();
            std::os::unix::fs::chown(data.join(name), Some(owner.uid()), Some(owner.gid()))
                .unwrap();
        }
        let add = |name: &str, line: &str| {
            let before = fs::read_to_string(data.join(name)).unwrap();
            fs::write(data.join(name), format!("{before}\n{line}\n")).unwrap();
        };
        add("postgresql.conf", "ssl = on");
        // Nothing but TLS comes in over a network.
        let lines = "local all all trust\nhostssl all all 127.0.0.0/8 trust\n";
        fs::write(data.join("pg_hba.conf"), lines).unwrap();
        self.listens = Self::own_address();
        self.launch();
    }

    /// A copy of everything on its disk, as of a machine that is set back to it later: the
    /// server that is started on it cannot tell.
    pub fn copied(&mut self) -> PathBuf {
        let copy = self.folder.path().join("copy");
        self.kill();
        whole(&self.data(), &copy);
        self.launch();
        copy
    }

    /// Sets the machine back to such a copy.
    pub fn put_back(&mut self, copy: &Path) {
        self.kill();
        fs::remove_dir_all(self.data()).unwrap();
        whole(copy, &self.data());
        self.launch();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let owner = fs::metadata(self.folder.path()).unwrap().uid();
        if owner != 0 {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // SIGINT: it ends its own children and does not wait for anybody.
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        let _ = child.wait();
    }
}

/// Copies a folder with everything in it, whose owner stays who it is.
fn whole(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// The folder of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists() && bin.join("psql").exists())
        .collect();
    folders.sort();
    folders.pop()
}
