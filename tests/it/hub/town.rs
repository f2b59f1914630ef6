//! A town: offices as real programs, each on a cable to a hub as a real program, on a
//! real PostgreSQL; and what must be at the hub in the end.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::served::served;
use crate::stage::cable::Cable;
use crate::stage::http::Visitor;
use crate::stage::office::{LOGIN, PASSWORD, hand_in, leave, pair, set_up, sign_in};
use crate::stage::postgres::Postgres;
use crate::stage::program::{Program, example_in, madoguchi, run, send_to};
use crate::stage::wait_until;

/// An office of the town.
pub struct Branch {
    pub program: Program,
    pub cable: Cable,
    /// Who looks after it.
    pub clerk: Visitor,
    tablet: Visitor,
    config: PathBuf,
    folder: TempDir,
}

impl Branch {
    /// The office of this name, whose cable leads nowhere yet.
    pub fn open(name: &str) -> Self {
        Self::open_as(name, |_| {})
    }

    /// The same, configured otherwise.
    pub fn open_as(name: &str, change: impl FnOnce(&Path)) -> Self {
        let (folder, cable) = (tempfile::tempdir().unwrap(), Cable::loose());
        let config = example_in(folder.path());
        send_to(&cable.address, &config);
        let site = config.join("site.toml");
        let text = fs::read_to_string(&site).unwrap();
        fs::write(&site, text.replace("id = \"honcho\"", &format!("id = \"{name}\""))).unwrap();
        change(&config);
        let program = Program::serve_at(&folder.path().join("data"), &config);
        let mut clerk = set_up(&program);
        let tablet = pair(&mut clerk, "記載台１");
        Self { program, cable, clerk, tablet, config, folder }
    }

    /// The folder of its configuration.
    pub fn config(&self) -> PathBuf {
        self.config.clone()
    }

    /// Somebody comes and hands a form in.
    pub fn resident(&mut self) -> String {
        let number = hand_in(&mut self.tablet, "試験　花子").unwrap();
        leave(&mut self.tablet).unwrap();
        number
    }

    /// kill -9, and the program again.
    pub fn kill_and_start(&mut self) {
        self.program.kill();
        self.start();
    }

    /// The program again, at another port.
    pub fn start(&mut self) {
        self.program = Program::serve_at(&self.data(), &self.config);
        for visitor in [&mut self.tablet, &mut self.clerk] {
            *visitor = visitor.moved_to(&self.program.address);
        }
    }

    /// The machine is another one, with nothing but the office key and this copy.
    pub fn moves_to_another_machine(&mut self, copy: &Path) {
        self.program.kill();
        let key = fs::read(self.data().join("office.key")).unwrap();
        fs::remove_dir_all(self.data()).unwrap();
        fs::create_dir(self.data()).unwrap();
        fs::write(self.data().join("office.key"), key).unwrap();
        fs::set_permissions(self.data().join("office.key"), Permissions::from_mode(0o600)).unwrap();
        let (code, _, said) = run(madoguchi(&["restore", "--data"]).arg(self.data()).arg(copy));
        assert_eq!(code, Some(0), "{said}");
        self.start();
        // Everybody signs in anew, and every tablet is paired anew.
        self.clerk = self.program.visitor();
        sign_in(&mut self.clerk, LOGIN, PASSWORD);
        self.tablet = pair(&mut self.clerk, "記載台１");
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A copy of the database alone, as somebody makes it who knows no better.
    pub fn copied(&self) -> PathBuf {
        let copy = self.folder.path().join("copy.db");
        let _ = fs::remove_file(&copy);
        madoguchi::db::copy_to(&self.database(), &copy, madoguchi::db::Pace::AtOnce).unwrap();
        copy
    }

    /// Puts such a copy where the database was, while the program is away. Nothing that
    /// remembers stays, as when a whole machine is set back to a snapshot.
    pub fn put_back(&mut self, copy: &Path) {
        self.program.kill();
        for beside in ["office.db-wal", "office.db-shm", "journal.mark"] {
            let _ = fs::remove_file(self.data().join(beside));
        }
        fs::copy(copy, self.database()).unwrap();
        self.start();
    }

    fn database(&self) -> PathBuf {
        self.data().join("office.db")
    }

    /// Everything its journal tells: `op kind entity`, by what it is told of.
    pub fn journal(&self) -> BTreeMap<String, String> {
        let file = madoguchi::db::open_read_only(&self.database()).unwrap();
        let mut told = file.prepare("select op_id, kind || ' ' || entity_id from journal").unwrap();
        let told = told.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        told.map(Result::unwrap).collect()
    }

    /// How far it knows that the hub is with its newest log.
    pub fn acked(&self) -> i64 {
        let file = madoguchi::db::open_read_only(&self.database()).unwrap();
        let acked = "select coalesce(max(acked), 0) from forwarded
                     where log = (select id from log order by ordinal desc limit 1)";
        file.query_row(acked, [], |row| row.get(0)).unwrap()
    }

    /// How many logs it has begun.
    pub fn logs(&self) -> i64 {
        let file = madoguchi::db::open_read_only(&self.database()).unwrap();
        file.query_row("select count(*) from log", [], |row| row.get(0)).unwrap()
    }

    /// What somebody was told of the line.
    pub fn incidents(&self) -> Vec<String> {
        let file = madoguchi::db::open_read_only(&self.database()).unwrap();
        let mut told = file
            .prepare("select facts ->> 'incident' from journal where kind = 'log.parted'")
            .unwrap();
        told.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

/// The town hall: a hub on its database.
pub struct Hall {
    pub postgres: Postgres,
    pub hub: Program,
}

impl Hall {
    /// `None`, said loudly, where PostgreSQL is not installed.
    pub fn open(what: &str) -> Option<Self> {
        let postgres = Postgres::start(what)?;
        let hub = served(&postgres.database("town"), &[]);
        Some(Self { postgres, hub })
    }

    /// kill -9, and the hub again, at another port.
    pub fn kill_and_start(&mut self) {
        self.hub.kill();
        self.start();
    }

    /// The hub again.
    pub fn start(&mut self) {
        self.hub = served(&self.postgres.address("town"), &[]);
    }

    /// What took effect, as offices tell it.
    fn acts(&self) -> BTreeMap<String, String> {
        let acts = "select act.op || ' ' || kind || ' ' || act.entity_id from act
                    join entry using (municipality, log, seq) where parked is null";
        let acts = self.postgres.asked_in("town", acts).unwrap_or_default();
        let act = |line: &str| {
            let (op, told) = line.split_once(' ').unwrap();
            (op.to_owned(), told.to_owned())
        };
        acts.lines().map(act).collect()
    }

    /// Waits until what took effect is what `expected` gives; each once, for an act has
    /// one row. Nothing of what was handed in is missing or doubled.
    pub fn comes_to(&self, mut expected: impl FnMut() -> BTreeMap<String, String>) {
        wait_until("everything is at the town hall", || self.acts() == expected());
        let handed_in = "select (select count(*) from application),
                         (select count(*) from act join entry using (municipality, log, seq)
                          where kind = 'visit.submitted')";
        let counts = self.postgres.asked_in("town", handed_in).unwrap();
        let (applications, submissions) = counts.trim().split_once('|').unwrap();
        assert_eq!(applications, submissions, "one form each");
    }
}

/// What all of them tell.
pub fn all(branches: &[&Branch]) -> BTreeMap<String, String> {
    branches.iter().flat_map(|branch| branch.journal()).collect()
}
