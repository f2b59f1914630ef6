//! kill -9 at every step of a payment, with a terminal in whatever mood.
//!
//! The program is killed while a payment begins, while its terminal is asked, while the
//! answer is noted, and while what is unknown is looked up. Afterwards everything the
//! terminal took is in the books once, and nothing else is. `MADOGUCHI_KILLS=500` does it
//! as often as that, `MADOGUCHI_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use madoguchi::applicant::Source;
use madoguchi::chance::{Chance, SeededChance, SystemChance, bytes};
use madoguchi::clock::SystemClock;
use madoguchi::config::Config;
use madoguchi::db::{self, Db, Tx};
use madoguchi::form::{Forms, record};
use madoguchi::id::{DeviceId, VisitId};
use madoguchi::journal::{self, Actor, Journal, OfficeKey};
use madoguchi::payment::{self, Payment, State};
use madoguchi::terminal::Books;
use madoguchi::visit::{self, Counter, Way, Wishes};
use madoguchi::{schema, yen};

use super::verified;
use crate::stage::http::{Answer, Visitor};
use crate::stage::office::{hidden, hire, set_up};
use crate::stage::program::{Program, madoguchi};

/// As many as a run of everything has time for.
const KILLS: usize = 60;
/// So many times as often at most, until every step was hit: which one is, is chance.
const PATIENCE: usize = 4;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().unwrap())
}

/// What a kill found the payment at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    NotBegun,
    /// Begun, and the terminal has taken nothing.
    Begun,
    /// The terminal has taken the money, and the office does not know.
    Taken,
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
    found: BTreeMap<Step, usize>,
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

    fn kill(&mut self, visit: VisitId) {
        self.program.kill();
        self.kills += 1;
        let last = payments(&self.data, visit).pop();
        let taken = |last: &Payment| taken(&self.log).contains_key(&last.id.to_string());
        let step = match last.as_ref().map(Payment::state) {
            None => Step::NotBegun,
            Some(State::Started) if last.as_ref().is_some_and(taken) => Step::Taken,
            Some(State::Started) => Step::Begun,
            Some(State::Unknown) => Step::Unknown,
            Some(_) => Step::Ended,
        };
        *self.found.entry(step).or_default() += 1;
    }

    fn start(&mut self) {
        self.program = Program::serve_at(&self.data, &self.config);
        self.clerk = self.clerk.moved_to(&self.program.address);
    }

    /// Presses "credit card" for what is owed, as a clerk's browser does.
    fn press(&self, visit: VisitId) -> std::thread::JoinHandle<Option<Answer>> {
        let (mut clerk, path) = (self.clerk.clone(), format!("/desk/visits/{visit}/payment"));
        let page = clerk.get(&path).text;
        assert!(page.contains("cashless:credit"), "{page}");
        let fields =
            ["key", "op", "charge", "amount"].map(|name| (name, hidden(&page, name).to_owned()));
        std::thread::spawn(move || {
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            let chosen = [("terminal", "t1"), ("counter", "1"), ("act", "cashless:credit")];
            clerk.try_post(&path, &fields.chain(chosen).collect::<Vec<_>>()).ok()
        })
    }

    fn page(&mut self, visit: VisitId) -> String {
        self.clerk.get(&format!("/desk/visits/{visit}/payment/now")).text
    }

    /// One payment, killed somewhere on its way.
    fn pay_and_kill(&mut self, visit: VisitId) {
        let before = payments(&self.data, visit).len();
        let pressed = self.press(visit);
        let when = self.draw(3);
        let answer = if when == 0 {
            // Whatever the press has come to by then.
            self.a_moment(60);
            self.kill(visit);
            pressed.join().unwrap()
        } else {
            let answer = pressed.join().unwrap();
            // While the terminal is asked, or when somebody knows.
            match when {
                1 => self.a_moment(30),
                _ => while self.page(visit).contains("端末で支払い中です") {},
            }
            self.kill(visit);
            answer
        };
        if answer.is_some_and(|answer| answer.header("location").ends_with("note=begun")) {
            assert_eq!(payments(&self.data, visit).len(), before + 1, "acknowledged and lost");
        }
        self.start();
        // Now and then once more, in the middle of the look-up.
        if self.draw(3) == 0 {
            self.a_moment(60);
            self.kill(visit);
            self.start();
        }
    }

    /// How the payment ended, as soon as somebody knows; a clerk asks the terminal until
    /// it tells. Nothing, where none was begun.
    fn ended(&mut self, visit: VisitId) -> Option<State> {
        loop {
            let last = payments(&self.data, visit).pop()?.state();
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

/// The attempts of a visit, as the disk has them.
fn payments(data: &Path, visit: VisitId) -> Vec<Payment> {
    let file = db::open_read_only(&data.join("office.db")).unwrap();
    payment::of_visit(&file, visit).unwrap()
}

/// What the terminal really took: yen by key.
fn taken(log: &Path) -> BTreeMap<String, u32> {
    // Read while it writes: the last line may not be whole yet.
    let text = fs::read_to_string(log).unwrap();
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let copy = tempfile::NamedTempFile::new().unwrap();
    fs::write(copy.path(), whole).unwrap();
    let books = Books::open(copy.path()).unwrap();
    books.taken().map(|(key, yen)| (key.to_string(), yen.0)).collect()
}

/// Visits that were handed in, by the same acts as residents', as many as are paid.
fn hand_in(data: &Path, config: &Path, visits: usize) -> Vec<VisitId> {
    let config = Config::load(config).unwrap();
    let forms = Forms::load(Path::new("templates/forms")).unwrap();
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let key = OfficeKey::load(&data.join("office.key"), false, &*chance).unwrap();
    let journal = Journal::new(Arc::new(SystemClock), chance, key);
    let db = Db::start(&data.join("office.db"), schema::STEPS, journal::check_tail).unwrap();
    let site = format!("{}/{}", config.site.town.code, config.site.office.id);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let all = move |tx: &Tx<'_>| -> Result<Vec<VisitId>, visit::Error> {
        journal.open_log(tx, &site)?;
        let form = forms.get("juminhyo").unwrap();
        let counter = Counter { config: &config, forms: &forms };
        let today = journal.now().date();
        let sample = form.sample().unwrap();
        let answers = record::read(&[form], sample, Source::Typed, today).unwrap();
        let procedure = config.procedure("juminhyo").unwrap();
        let hand_in = |_| {
            let kiosk = DeviceId::new(journal.now(), &SystemChance);
            let actor = Actor::Device(kiosk);
            let id = visit::start(tx, &journal, journal.op(), kiosk, &Wishes::default())?;
            visit::agree(tx, &journal, actor, id)?;
            visit::choose(tx, &journal, actor, id, &[procedure])?;
            visit::choose_way(tx, &journal, actor, id, Some(Way::Hand))?;
            visit::answer(tx, &journal, actor, id, &answers)?;
            visit::submit(tx, &journal, counter, actor, journal.op(), id)?;
            Ok(id)
        };
        (0..visits).map(hand_in).collect()
    };
    runtime.block_on(db.write(all)).unwrap()
}

/// The example town with a terminal at this address, which is not waited for long.
fn town(folder: &Path, terminal: &str) {
    for name in ["site.toml", "counters.toml", "procedures.toml", "fees.toml", "appointments.toml"]
    {
        fs::copy(Path::new("kiosk-config/example").join(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("devices.toml"), "").unwrap();
    let cashless = fs::read_to_string("kiosk-config/example/cashless.toml").unwrap();
    let line = format!("kind = \"line\"\naddress = \"{terminal}\"\nwait_secs = 1");
    fs::write(folder.join("cashless.toml"), cashless.replace("kind = \"simulated\"", &line))
        .unwrap();
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
    let mut terminal = madoguchi(&["terminal", "--id", "t1", "--listen", "127.0.0.1:0"]);
    terminal.args(["--mood", "random", "--takes-ms", "5", "--late-ms", "1500", "--seed"]);
    let terminal = terminal.arg(seed.to_string()).arg("--log").arg(&log);
    let terminal = Program::start_until(terminal, "端末 t1 ");
    let said = terminal.said();
    town(&config, said.split_once("端末 t1 ").unwrap().1.trim());
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
    let enough = |rig: &Rig| rig.kills >= kills && rig.found.len() == 5;
    while !enough(&rig) && rig.kills < PATIENCE * kills {
        rig.pay_and_kill(visit);
        // What was not taken is paid once more, as a resident would.
        if rig.ended(visit) == Some(State::Authorised) {
            paid += 1;
            visit = visits.pop().unwrap();
        }
    }
    let in_books = all.iter().flat_map(|visit| {
        let attempts = payments(&rig.data, *visit);
        let paid: Vec<Payment> =
            attempts.into_iter().filter(|one| one.state() == State::Authorised).collect();
        assert!(paid.len() <= 1, "a visit was charged twice");
        paid
    });
    let in_books: BTreeMap<String, u32> =
        in_books.map(|one| (one.id.to_string(), one.amount.0)).collect();
    let taken = taken(&rig.log);
    assert_eq!(in_books, taken, "what the terminal took and what is booked");
    assert_eq!(in_books.len(), paid);
    let sum: u32 = taken.values().sum();
    rig.program.stop();
    let told = verified(&rig.data);
    println!(
        "seed {seed}: {} kills at {:?}; {paid} payments, {} yen in the books and in the terminal's \
         log; {}",
        rig.kills,
        rig.found,
        yen::Yen(sum),
        told.trim()
    );
    assert!(rig.found.len() == 5, "not every step was hit: {:?}", rig.found);
}
