//! Files instead of a line: two real programs, a real PostgreSQL, and somebody between
//! them who loses, doubles, confuses and damages what is carried.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use madoguchi::chance::{SeededChance, bytes};
use madoguchi::letter::Author;
use madoguchi::wire;
use madoguchi::wire::letter::{Asks, Letter, QUESTION, REPLY, Reply, Says};
use tempfile::TempDir;

use super::keys::{new_key, tells_keys};
use super::served::Authority;
use super::town::{Branch, Hall};
use crate::stage::office::hidden;
use crate::stage::postgres::Postgres;
use crate::stage::program::{Program, madoguchi, run};
use crate::stage::wait_until;

const HUB: &str = "hub.town.mihon.example";
/// Repeats a run.
const SEED: u64 = 20_261_127;

/// The folders of both ends, and what was carried between them.
pub struct Post {
    folder: TempDir,
    pub town: Authority,
    carried: RefCell<Vec<(PathBuf, PathBuf)>>,
}

/// What becomes of a file on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Whole,
    Lost,
    Torn,
    /// And one that was carried before comes once more.
    Doubled,
}

impl Post {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let town = Authority::new(folder.path(), "town");
        for end in ["office", "office/in", "office/out", "hub", "hub/in", "hub/out", "kept"] {
            fs::create_dir(folder.path().join(end)).unwrap();
        }
        Self { folder, town, carried: RefCell::default() }
    }

    pub fn at(&self, end: &str) -> PathBuf {
        self.folder.path().join(end)
    }

    /// An office that sends by letters.
    pub fn branch(&self) -> Branch {
        self.branch_with("")
    }

    /// The same with one line more about the hub.
    fn branch_with(&self, line: &str) -> Branch {
        let [certificate, key] = self.town.sign("honcho.999997.madoguchi.internal");
        Branch::open_as("honcho", |config| {
            let site = config.join("site.toml");
            let text = fs::read_to_string(&site).unwrap();
            let (before, rest) = text.split_once("url = ").unwrap();
            let (_, after) = rest.split_once('\n').unwrap();
            let hub = format!(
                "folder = {:?}\nname = {HUB:?}\ncertificate = {certificate:?}\nkey = {key:?}\n\
                 authority = {:?}\n{line}\n",
                self.at("office"),
                self.town.file()
            );
            fs::write(&site, format!("{before}{hub}{after}")).unwrap();
        })
    }

    /// The hub that reads them.
    pub fn hub(&self, database: &str) -> Program {
        self.hub_with(database, &[])
    }

    /// The same with more arguments.
    fn hub_with(&self, database: &str, more: &[&Path]) -> Program {
        let [certificate, key] = self.town.sign(HUB);
        let mut command = madoguchi(&["hub", "folder", "--database", database]);
        command.args(more);
        command.arg("--in").arg(self.at("hub/in")).arg("--out").arg(self.at("hub/out"));
        command.arg("--certificate").arg(certificate).arg("--key").arg(key);
        command.arg("--authority").arg(self.town.file());
        Program::start_until(&mut command, "自治体側 ")
    }

    /// Carries everything that lies ready, both ways.
    pub fn carry(&self, way: impl Fn() -> Way) {
        let both = [("office/out", "hub/in"), ("hub/out/999997-honcho", "office/in")];
        for (from, to) in both.map(|(from, to)| (self.at(from), self.at(to))) {
            for path in letters(&from) {
                let name = path.file_name().unwrap().to_owned();
                let kept = self.at("kept").join(&name);
                // It may be replaced by a later one at this moment.
                if fs::rename(&path, &kept).is_err() {
                    continue;
                }
                let way = way();
                if way == Way::Lost {
                    continue;
                }
                if way == Way::Torn {
                    let whole = fs::read(&kept).unwrap();
                    fs::write(to.join(&name), &whole[..whole.len() / 2]).unwrap();
                    continue;
                }
                let mut carried = self.carried.borrow_mut();
                carried.push((kept.clone(), to.join(&name)));
                deliver(&kept, &to.join(&name));
                if way == Way::Doubled {
                    let (kept, to) = &carried[carried.len() / 2];
                    deliver(kept, to);
                }
            }
        }
    }

    /// What was set aside at an end, with its reason.
    pub fn refused(&self, end: &str) -> Vec<String> {
        let Ok(aside) = fs::read_dir(self.at(end).join("refused")) else { return Vec::new() };
        let texts = aside.map(|entry| entry.unwrap().path());
        let texts = texts.filter(|path| path.extension().is_some_and(|end| end == "txt"));
        texts.map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

pub fn letters(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.ends_with(".letter") && !name.starts_with('.')
        })
        .collect();
    paths.sort();
    paths
}

/// Somebody presses for it: nothing is waited for.
pub fn call(branch: &mut Branch) {
    let page = branch.clerk.get("/desk/line").text;
    let key = hidden(&page, "key").to_owned();
    branch.clerk.post("/desk/line", &[("key", &key), ("act", "call")]);
}

/// As whoever carries it does: not all at once.
pub fn deliver(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
}

#[test]
fn whatever_becomes_of_the_files_on_the_way_everything_arrives_once() {
    let Some(postgres) = Postgres::start("letters to a hub") else { return };
    let post = Post::new();
    let mut branch = post.branch();
    let hub = post.hub(&postgres.database("town"));
    let mut hall = Hall { postgres, hub };
    branch.resident();
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
    let chance = SeededChance::new(SEED);
    let drawn = || usize::from(bytes::<1>(&chance)[0]);
    for round in 0..14 {
        branch.resident();
        let way = || [Way::Whole, Way::Lost, Way::Torn, Way::Doubled][drawn() % 4];
        post.carry(way);
        match round {
            4 => branch.kill_and_start(),
            7 => {
                hall.hub.kill();
                hall.hub = post.hub(&hall.postgres.address("town"));
            }
            10 => {
                hall.postgres.kill();
                hall.postgres.launch();
            }
            // What was begun is given the time to be carried, as between two rounds by car.
            _ => wait_until("there is a letter", || {
                call(&mut branch);
                !letters(&post.at("office/out")).is_empty()
            }),
        }
    }
    branch.kill_and_start();
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
    assert_eq!((branch.logs(), branch.incidents()), (1, vec![]), "nobody was set back");
    wait_until("the desk says that nothing waits", || {
        call(&mut branch);
        post.carry(|| Way::Whole);
        branch.clerk.get("/desk/line").text.contains(">0 件<")
    });
    for said in [branch.program.said(), hall.hub.said()] {
        assert!(!said.contains("花子"));
    }
    println!("seed {SEED}: {} files carried", post.carried.borrow().len());
}

#[test]
fn what_the_town_hall_sends_down_is_carried_too_and_done_once() {
    let Some(postgres) = Postgres::start("letters from a hub") else { return };
    let post = Post::new();
    let key = post.at("downlink.pem");
    let (code, line, said) = run(madoguchi(&["hub", "key"]).arg(&key));
    assert_eq!(code, Some(0), "{said}");
    let mut branch = post.branch_with(&line);
    let hub = post.hub(&postgres.database("town"));
    let hall = Hall { postgres, hub };
    let chance = SeededChance::new(SEED);
    let drawn = || usize::from(bytes::<1>(&chance)[0]);
    for (nth, day) in ["2027-05-06", "2027-05-07", "2027-05-10"].into_iter().enumerate() {
        let file = post.at("closed.toml");
        let reason = "reason = { ja = \"停電\", en = \"power\" }";
        fs::write(&file, format!("[[closure]]\nfrom = \"{day}\"\n{reason}\n")).unwrap();
        let mut send = madoguchi(&["hub", "send", "closures", "--office", "999997/honcho"]);
        send.args(["--database", &hall.postgres.address("town")]);
        let (code, _, said) = run(send.arg("--downlink-key").arg(&key).arg("--file").arg(&file));
        assert_eq!(code, Some(0), "{said}");
        for _ in 0..6 {
            call(&mut branch);
            post.carry(|| [Way::Whole, Way::Lost, Way::Torn, Way::Doubled][drawn() % 4]);
        }
        if nth == 1 {
            branch.kill_and_start();
        }
    }
    let outcomes = "select string_agg(number || ' ' || state, ', ' order by number)
                    from notice_outcome";
    wait_until("the town hall hears of all of them", || {
        call(&mut branch);
        post.carry(|| Way::Whole);
        let heard = hall.postgres.asked_in("town", outcomes).unwrap();
        heard.trim() == "1 applied, 2 applied, 3 applied"
    });
    let done = branch.journal().values().filter(|told| told.starts_with("notice.")).count();
    assert_eq!(done, 3, "each once");
}

fn replied(site: String, to: u64, says: Says) -> Reply {
    let log = "01a20ada-2c00-7cb9-b86b-f6c27eeb5590".parse().unwrap();
    let (stuck, notices) = (wire::AllStuck::default(), wire::Notices::default());
    Reply { site, to, log, says, stuck, notices, keys: None }
}

#[test]
#[expect(clippy::too_many_lines, reason = "the same two offices get all the letters")]
fn what_is_no_letter_for_here_goes_aside_with_its_reason_and_changes_nothing() {
    let Some(postgres) = Postgres::start("letters of others") else { return };
    let post = Post::new();
    let mut branch = post.branch();
    let hub = post.hub(&postgres.database("town"));
    let hall = Hall { postgres, hub };
    branch.resident();
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
    let to_the_hub = |(_, to): &&(PathBuf, PathBuf)| to.starts_with(post.at("hub"));
    let own = post.carried.borrow().iter().find(to_the_hub).unwrap().clone();
    let whole = fs::read(&own.0).unwrap();
    let author = |town: &Authority, name: &str| {
        let [certificate, key] = town.sign(name);
        Author::new(&certificate, &key).unwrap()
    };
    let stranger = Authority::new(post.folder.path(), "stranger");
    let honcho = "honcho.999997.madoguchi.internal";
    let question = |author: &Author| {
        let question = wire::Question {
            site: "999997/honcho".into(),
            log: "01a20ada-2c00-7cb9-b86b-f6c27eeb5590".parse().unwrap(),
            first: 1,
        };
        let letter = Letter {
            number: 1,
            asks: Asks::Held(question),
            again: false,
            notices: None,
            keys: None,
        };
        author.sign(QUESTION, &wire::pack(&letter)).unwrap()
    };
    for (name, letter, why) in [
        ("1.letter", whole[..whole.len() - 9].to_vec(), "cut off"),
        ("2.letter", question(&author(&stranger, honcho)), "not known here"),
        (
            "3.letter",
            question(&author(&post.town, "higashi.999997.madoguchi.internal")),
            "does not speak for 999997/honcho",
        ),
        ("4.letter", author(&post.town, honcho).sign(QUESTION, b"x").unwrap(), "gzip"),
        ("5.letter", author(&post.town, honcho).sign(REPLY, b"x").unwrap(), "was changed"),
    ] {
        fs::write(post.at("hub/in").join(name), letter).unwrap();
        let refused = || post.refused("hub/in").iter().any(|told| told.contains(why));
        wait_until(why, refused);
    }
    // And what comes to the office: of whoever is not the hub, for another office, and to a
    // letter that it never wrote.
    let reply = |author: &Author, site: &str, to: u64| {
        let says = Says::Refused("other_log".into());
        let reply = replied(site.into(), to, says);
        author.sign(REPLY, &wire::pack(&reply)).unwrap()
    };
    let hub = author(&post.town, HUB);
    let wrong = [
        ("1.letter", reply(&author(&post.town, honcho), "999997/honcho", 1), "not known here"),
        ("2.letter", reply(&hub, "999997/higashi", 1), "it is for 999997/higashi"),
        ("3.letter", reply(&hub, "999997/honcho", u64::MAX), "has not written"),
    ];
    for (name, letter, _) in &wrong {
        fs::write(post.at("office/in").join(name), letter).unwrap();
    }
    for (_, _, why) in wrong {
        wait_until(why, || {
            call(&mut branch);
            post.refused("office/in").iter().any(|told| told.contains(why))
        });
    }
    branch.resident();
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
    assert_eq!(branch.incidents(), Vec::<String>::new());
}

#[test]
fn keys_of_visits_travel_in_letters_that_nobody_on_the_way_can_read() {
    let Some(postgres) = Postgres::start("keys in letters") else { return };
    let (post, folder) = (Post::new(), tempfile::tempdir().unwrap());
    let key = new_key(&folder);
    let mut branch = post.branch();
    tells_keys(&branch.config(), true);
    branch.kill_and_start();
    let hub = post.hub_with(&postgres.database("town"), &[Path::new("--keys"), &key]);
    let hall = Hall { postgres, hub };
    branch.resident();
    let kept = "select count(*) from visit_key where wrapped is not null";
    wait_until("the key is there", || {
        post.carry(|| Way::Whole);
        call(&mut branch);
        hall.postgres.asked_in("town", kept).unwrap().trim() == "1"
    });
    hall.comes_to(|| {
        post.carry(|| Way::Whole);
        branch.journal()
    });
}
