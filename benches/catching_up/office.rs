//! The office: residents who hand in certificates at its tablets, one after the other, on
//! seven days. The days that are over are told to the program by libfaketime, so that no
//! day is fuller than the busiest that an office may have.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::stage::cable::Cable;
use super::stage::http::Visitor;
use super::stage::office::{go_on, hand_in, leave, pair, set_up};
use super::stage::program::{Program, example_in, madoguchi, send_to};

const NAME: &str = "試験　花子";
/// How long there was no line.
const DAYS: u32 = 7;
/// Where Debian's `libfaketime` puts what tells a program another time.
const OTHER_TIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
/// Between two steps of a resident who is measured: nobody taps faster.
const REST: Duration = Duration::from_millis(50);
/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(500);

pub struct Branch {
    program: Program,
    cable: Cable,
    tablets: Vec<Visitor>,
    config: PathBuf,
    folder: TempDir,
}

impl Branch {
    /// An office whose line leads nowhere, a week ago.
    pub fn open(tablets: usize) -> Self {
        let (folder, cable) = (tempfile::tempdir().unwrap(), Cable::loose());
        let config = example_in(folder.path());
        send_to(&cable.address, &config);
        let program = started(&folder.path().join("data"), &config, DAYS);
        let mut clerk = set_up(&program);
        let tablet = |nth: usize| pair(&mut clerk, &format!("記載台{}", nth + 1));
        let tablets = (0..tablets).map(tablet).collect();
        Self { program, cable, tablets, config, folder }
    }

    /// Everybody hands in as fast as it goes, as many a day; how many entries the journal
    /// has when it is today.
    pub fn works_for_a_week(&mut self, entries: u64) -> u64 {
        for day in 1..=DAYS {
            while self.entries() < entries * u64::from(day) / u64::from(DAYS) {
                self.all_hand_in(10);
            }
            self.program.kill();
            self.program = started(&self.data(), &self.config, DAYS - day);
            for tablet in &mut self.tablets {
                *tablet = tablet.moved_to(&self.program.address);
            }
        }
        self.entries()
    }

    fn all_hand_in(&mut self, times: usize) {
        thread::scope(|scope| {
            for tablet in &mut self.tablets {
                scope.spawn(move || {
                    for _ in 0..times {
                        hand_in(tablet, NAME).unwrap();
                        leave(tablet).unwrap();
                    }
                });
            }
        });
    }

    /// The line leads to the hub.
    pub fn plug_in(&self, hub: &str) {
        self.cable.lead_to(hub);
    }

    /// Residents at their own pace for a while.
    pub fn works_for(&mut self, time: Duration) -> Work {
        let until = Instant::now() + time;
        self.works(|| Instant::now() >= until)
    }

    /// Residents at their own pace until it is so.
    pub fn works_until(&mut self, what: &str, patience: Duration, so: impl Fn() -> bool) -> Work {
        let until = Instant::now() + patience;
        self.works(|| {
            assert!(Instant::now() < until, "waited in vain: {what}");
            so()
        })
    }

    fn works(&mut self, is_over: impl Fn() -> bool) -> Work {
        let over = AtomicBool::new(false);
        let times = thread::scope(|scope| {
            let over = &over;
            let work = |tablet| scope.spawn(move || steps(tablet, over));
            let residents: Vec<_> = self.tablets.iter_mut().map(work).collect();
            while !is_over() {
                thread::sleep(LOOK);
            }
            over.store(true, Ordering::Relaxed);
            residents.into_iter().flat_map(|resident| resident.join().unwrap()).collect()
        });
        Work::of(times)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("office.db")
    }

    fn entries(&self) -> u64 {
        let file = madoguchi::db::open_read_only(&self.database()).unwrap();
        let count = "select count(*) from journal";
        let count: i64 = file.query_row(count, [], |row| row.get(0)).unwrap();
        count.try_into().unwrap()
    }
}

/// The office as it was so many days ago.
fn started(data: &Path, config: &Path, days_ago: u32) -> Program {
    let mut office = madoguchi(&["serve", "--listen", "127.0.0.1:0"]);
    office.arg("--data").arg(data).arg("--config").arg(config);
    if days_ago > 0 {
        assert!(Path::new(OTHER_TIME).exists(), "apt-get install libfaketime");
        office.env("LD_PRELOAD", OTHER_TIME).env("FAKETIME", format!("-{days_ago}d"));
        office.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    Program::start(&mut office)
}

/// A resident's steps one after the other, each a page looked at, answered, and the next.
fn steps(tablet: &mut Visitor, over: &AtomicBool) -> Vec<f64> {
    let mut times = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let number = go_on(tablet, NAME).unwrap();
        if number.is_some() {
            leave(tablet).unwrap();
        }
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        thread::sleep(REST);
    }
    times
}

/// What residents felt: milliseconds of each step, the shortest first.
pub struct Work(Vec<f64>);

impl Work {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    /// All but one of a hundred steps were as fast as this.
    pub fn p99(&self) -> f64 {
        self.quantile(99)
    }

    fn quantile(&self, of_a_hundred: usize) -> f64 {
        self.0[(self.0.len() - 1) * of_a_hundred / 100]
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (p50, p99) = (self.quantile(50), self.p99());
        write!(f, "{:>6} steps, p50 {p50:>6.1} ms, p99 {p99:>6.1} ms", self.0.len())
    }
}
