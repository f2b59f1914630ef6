//! kill -9 at every step of a payment, and of money that goes back, with a terminal in
//! whatever mood.
//!
//! The program is killed while a payment begins, while its terminal is asked, while the
//! answer is noted, and while what is unknown is looked up; of every other payment all or
//! a part goes back through the terminal, and that is killed alike. Afterwards everything
//! the terminal took and gave is in the books once, and nothing else is. `MADOGUCHI_KILLS=500` does it
//! as often as that, `MADOGUCHI_SEED` repeats a run.

mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use madoguchi::chance::{SeededChance, SystemChance, bytes};
use madoguchi::db;
use madoguchi::id::VisitId;
use madoguchi::payment::give_back;
use madoguchi::payment::{self, GiveBack, Payment, State};
use madoguchi::terminal::Books;
use madoguchi::yen;

use super::verified;
use crate::stage::http::{Answer, Visitor};
use crate::stage::office::{hidden, hire, set_up};
use crate::stage::program::{Program, madoguchi};
use stage::{hand_in, town};

/// As many as a run of everything has time for.
const KILLS: usize = 60;
/// So many times as often at most, until every step was hit: which one is, is chance.
const PATIENCE: usize = 4;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().unwrap())
}

/// What is under way at the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// Money comes.
    In,
    /// All of it, or a part, goes back.
    Back,
}

impl Way {
    /// What the bill says while the terminal is asked.
    fn words(self) -> &'static str {
        match self {
            Way::In => "端末で支払い中です",
            Way::Back => "端末で返金しています",
        }
    }
}

/// What a kill found it at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    NotBegun,
    /// Begun, and the terminal has done nothing.
    Begun,
    /// The terminal has done it, and the office does not know.
    Done,
    Unknown,
    Ended,
}

/// An office that is killed again and again, and a terminal that is not.
struct Rig {
    program: Program,
    clerk: Visitor,
    config: PathBuf,
    data: PathBuf,
    log: PathBuf,
    chance: SeededChance,
    found: BTreeMap<(Way, Step), usize>,
    kills: usize,
}

impl Rig {
    fn draw(&self, below: u64) -> u64 {
        u64::from(u32::from_le_bytes(bytes(&self.chance))) % below
    }

    /// Not waiting for anything: the moment of the cut is the experiment.
    fn a_moment(&self, below_ms: u64) {
        std::thread::sleep(Duration::from_millis(self.draw(below_ms)));
    }

    fn kill(&mut self, (visit, way): (VisitId, Way)) {
        self.program.kill();
        self.kills += 1;
        let last = attempts(&self.data, (visit, way)).pop();
        let is_done = last.as_ref().is_some_and(|(id, _)| done(&self.log, way).contains_key(id));
        let step = match last.map(|(_, state)| state) {
            None => Step::NotBegun,
            Some(State::Started) if is_done => Step::Done,
            Some(State::Started) => Step::Begun,
            Some(State::Unknown) => Step::Unknown,
            Some(_) => Step::Ended,
        };
        *self.found.entry((way, step)).or_default() += 1;
    }

    fn start(&mut self) {
        self.program = Program::serve_at(&self.data, &self.config);
        self.clerk = self.clerk.moved_to(&self.program.address);
    }

    /// Presses "credit card" for what is owed, or asks something of it back, as a clerk's
    /// browser does.
    fn press(&self, (visit, way): (VisitId, Way)) -> std::thread::JoinHandle<Option<Answer>> {
        let (mut clerk, path) = (self.clerk.clone(), format!("/desk/visits/{visit}/payment"));
        let page = clerk.get(&path).text;
        let all = [("act", "void_at_terminal"), ("reason", "asked"), ("counter", "1")];
        let part = [("act", "refund"), ("reason", "asked"), ("counter", "1"), ("how", "terminal")];
        let item = [("item", "03-01"), ("back", "300")];
        let (names, chosen) = match way {
            Way::In => (
                ["charge", "amount"].as_slice(),
                [("terminal", "t1"), ("counter", "1"), ("act", "cashless:credit")].to_vec(),
            ),
            Way::Back if self.draw(2) == 0 => (["payment"].as_slice(), all.to_vec()),
            Way::Back => (["payment"].as_slice(), [&part[..], &item].concat()),
        };
        let names = ["key", "op"].into_iter().chain(names.iter().copied());
        let fields: Vec<(&str, String)> =
            names.map(|name| (name, hidden(&page, name).to_owned())).collect();
        std::thread::spawn(move || {
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            clerk.try_post(&path, &fields.chain(chosen).collect::<Vec<_>>()).ok()
        })
    }

    fn page(&mut self, visit: VisitId) -> String {
        self.clerk.get(&format!("/desk/visits/{visit}/payment/now")).text
    }

    /// One payment, or what goes back of it, killed somewhere on its way.
    fn press_and_kill(&mut self, (visit, way): (VisitId, Way)) {
        let before = attempts(&self.data, (visit, way)).len();
        let pressed = self.press((visit, way));
        let when = self.draw(3);
        let answer = if when == 0 {
            // Whatever the press has come to by then.
            self.a_moment(60);
            self.kill((visit, way));
            pressed.join().unwrap()
        } else {
            let answer = pressed.join().unwrap();
            // While the terminal is asked, or when somebody knows.
            match when {
                1 => self.a_moment(30),
                _ => while self.page(visit).contains(way.words()) {},
            }
            self.kill((visit, way));
            answer
        };
        if answer.is_some_and(|answer| answer.header("location").ends_with("begun")) {
            let now = attempts(&self.data, (visit, way)).len();
            assert_eq!(now, before + 1, "acknowledged and lost");
        }
        self.start();
        // Now and then once more, in the middle of the look-up.
        if self.draw(3) == 0 {
            self.a_moment(60);
            self.kill((visit, way));
            self.start();
        }
    }

    /// How it ended, as soon as somebody knows; a clerk asks the terminal until it tells.
    /// Nothing, where none was begun.
    fn ended(&mut self, (visit, way): (VisitId, Way)) -> Option<State> {
        loop {
            let (_, last) = attempts(&self.data, (visit, way)).pop()?;
            if !last.is_open() {
                return Some(last);
            }
            let path = format!("/desk/visits/{visit}/payment");
            let page = self.clerk.get(&path).text;
            let fields = ["key", "op"].map(|name| (name, hidden(&page, name)));
            let looked = self.clerk.post(&path, &[&fields[..], &[("act", "look")]].concat());
            assert!(looked.header("location").ends_with(&path), "{}", looked.text);
        }
    }
}

/// The attempts to pay of a visit, or those to give back of its last payment, as the disk
/// has them.
fn attempts(data: &Path, (visit, way): (VisitId, Way)) -> Vec<(String, State)> {
    let paid = payments(data, visit);
    match way {
        Way::In => paid.iter().map(|one| (one.id.to_string(), one.state())).collect(),
        Way::Back => {
            let last = paid.last().map_or(Vec::new(), |last| give_backs(data, last));
            last.iter().map(|one| (one.id.to_string(), one.state())).collect()
        }
    }
}

fn give_backs(data: &Path, paid: &Payment) -> Vec<GiveBack> {
    let file = db::open_read_only(&data.join("office.db")).unwrap();
    give_back::of_payment(&file, paid.id).unwrap()
}

/// What moved on the accounts of terminals for a payment.
fn net(data: &Path, paid: &Payment) -> i64 {
    let file = db::open_read_only(&data.join("office.db")).unwrap();
    let entries = payment::entries_of(&file, paid.id).unwrap();
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    postings.filter(|one| one.account.starts_with("credit:")).map(payment::Posting::signed).sum()
}

/// The attempts of a visit, as the disk has them.
fn payments(data: &Path, visit: VisitId) -> Vec<Payment> {
    let file = db::open_read_only(&data.join("office.db")).unwrap();
    payment::of_visit(&file, visit).unwrap()
}

/// What the terminal really took, or gave back: yen by key.
fn done(log: &Path, way: Way) -> BTreeMap<String, u32> {
    // Read while it writes: the last line may not be whole yet.
    let text = fs::read_to_string(log).unwrap();
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let copy = tempfile::NamedTempFile::new().unwrap();
    fs::write(copy.path(), whole).unwrap();
    let books = Books::open(copy.path()).unwrap();
    match way {
        Way::In => books.taken().map(|(key, yen)| (key.to_string(), yen.0)).collect(),
        Way::Back => books.given().map(|(key, _, yen)| (key.to_string(), yen.0)).collect(),
    }
}

/// A terminal in whatever mood, which is not killed; where it listens.
fn terminal(log: &Path, seed: u64) -> (Program, String) {
    let mut terminal = madoguchi(&["terminal", "--id", "t1", "--listen", "127.0.0.1:0"]);
    terminal.args(["--mood", "random", "--takes-ms", "5", "--late-ms", "1500", "--seed"]);
    let terminal = terminal.arg(seed.to_string()).arg("--log").arg(log);
    let terminal = Program::start_until(terminal, "端末 t1 ");
    let said = terminal.said();
    let (_, address) = said.split_once("端末 t1 ").unwrap();
    (terminal, address.trim().to_owned())
}

#[test]
fn a_payment_that_is_killed_anywhere_is_taken_once_and_booked_once() {
    let kills = usize::try_from(from_environment("MADOGUCHI_KILLS", KILLS as u64)).unwrap();
    let drawn = u64::from(u32::from_le_bytes(bytes(&SystemChance)));
    let seed = from_environment("MADOGUCHI_SEED", drawn);
    println!("seed {seed}");
    let folder = tempfile::tempdir().unwrap();
    let [config, data] = ["config", "data"].map(|name| folder.path().join(name));
    [&config, &data].into_iter().for_each(|one| fs::create_dir(one).unwrap());
    let log = folder.path().join("terminal.log");
    let (_terminal, address) = terminal(&log, seed);
    town(&config, &address);
    let mut program = Program::serve_at(&data, &config);
    let clerk = hire(&mut set_up(&program));
    program.stop();
    let mut visits = hand_in(&data, &config, PATIENCE * kills + 1);
    let chance = SeededChance::new(seed);
    let found = BTreeMap::new();
    let mut rig = Rig { program, clerk, config, data, log, chance, found, kills: 0 };
    rig.start();
    let all: BTreeSet<VisitId> = visits.iter().copied().collect();
    let (mut visit, mut paid) = (visits.pop().unwrap(), 0);
    let steps = |rig: &Rig, way| rig.found.keys().filter(|(own, _)| *own == way).count();
    // Fewer go back: not each of their steps is hit in a short run.
    let all_hit = |rig: &Rig| steps(rig, Way::In) == 5 && steps(rig, Way::Back) >= 3;
    let enough = |rig: &Rig| rig.kills >= kills && all_hit(rig);
    while !enough(&rig) && rig.kills < PATIENCE * kills {
        rig.press_and_kill((visit, Way::In));
        // What was not taken is paid once more, as a resident would.
        if rig.ended((visit, Way::In)) != Some(State::Authorised) {
            continue;
        }
        paid += 1;
        // What was not given back stays paid.
        if rig.draw(2) == 0 {
            rig.press_and_kill((visit, Way::Back));
            rig.ended((visit, Way::Back));
        }
        visit = visits.pop().unwrap();
    }
    let mut in_books = BTreeMap::new();
    let (mut back_in_books, mut all_in_all) = (BTreeMap::new(), 0);
    for visit in &all {
        let mut attempts = payments(&rig.data, *visit);
        let moved = [State::Authorised, State::Voided, State::Refunded];
        attempts.retain(|one| moved.contains(&one.state()));
        assert!(attempts.len() <= 1, "a visit was charged twice");
        for one in attempts {
            in_books.insert(one.id.to_string(), one.amount.0);
            let mut backs = give_backs(&rig.data, &one);
            backs.retain(|back| back.state() == State::Authorised);
            back_in_books.extend(backs.iter().map(|back| (back.id.to_string(), back.amount.0)));
            all_in_all += net(&rig.data, &one);
        }
    }
    let [taken, given] = [Way::In, Way::Back].map(|way| done(&rig.log, way));
    assert_eq!(in_books, taken, "what the terminal took and what is booked");
    assert_eq!(back_in_books, given, "what the terminal gave back and what is booked");
    assert_eq!(in_books.len(), paid);
    let [sum, back] = [&taken, &given].map(|all| all.values().sum::<u32>());
    assert_eq!(all_in_all, i64::from(sum) - i64::from(back), "the terminal's account");
    rig.program.stop();
    let told = verified(&rig.data);
    println!(
        "seed {seed}: {} kills at {:?}; {paid} payments, {} yen, and {} times {} yen back, in the \
         books and in the terminal's log; {}",
        rig.kills,
        rig.found,
        yen::Yen(sum),
        given.len(),
        yen::Yen(back),
        told.trim()
    );
    assert!(all_hit(&rig), "not every step was hit: {:?}", rig.found);
}
