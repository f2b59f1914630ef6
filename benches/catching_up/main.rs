//! How fast seven days without a line are made up for, and whether anybody at the
//! counter feels it.
//!
//! An office works with the line pulled until its journal holds as many entries as a
//! week may bring. Then the line is there again, and the office goes on working while all
//! of it travels: the real program, the real hub, a real PostgreSQL, all on this machine.
//! Entries a second are held against bare inserts of the same entries into one table of
//! the same PostgreSQL, as many in a transaction, before and after; the time of a resident's
//! steps against that of the same residents in the quiet before and after.
//!
//! `cargo bench --bench catching_up` prints both ratios and fails when a goal is missed;
//! it ends with 2 when the yardstick itself varied too much to judge.
//! `-- --entries N` makes up for another number.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its stage has failed")]

mod office;
mod yardstick;

#[path = "../../tests/it/stage/mod.rs"]
#[expect(dead_code, reason = "the stage of the tests; only its programs are needed here")]
mod stage;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use office::{Branch, Work};
use stage::postgres::Postgres;
use stage::program::{Program, madoguchi};
use yardstick::Yardstick;

/// What seven days may bring.
const ENTRIES: u64 = 50_000;
/// Residents at tablets while it travels.
const RESIDENTS: usize = 4;
/// How long the quiet is looked at, before and after.
const QUIET: Duration = Duration::from_secs(20);
/// The line may be tried again as late as this after it is there.
const PATIENCE: Duration = Duration::from_secs(400);

/// Entries a second, at least so much of the yardstick's.
const FAST: f64 = 0.5;
/// The slowest steps, at most so many times as slow as in the quiet.
const CALM: f64 = 2.0;
/// The yardstick's faster run to its slower; beyond, the machine was too busy.
const STEADY: f64 = 2.0;

fn main() -> ExitCode {
    let entries = asked_for().unwrap_or(ENTRIES);
    let Some(postgres) = Postgres::start("catching up") else { return ExitCode::FAILURE };
    let database = postgres.database("town");
    let mut hub = madoguchi(&["hub", "--listen", "127.0.0.1:0", "--database", &database]);
    let hub = Program::start_until(&mut hub, "自治体側 http");
    let said = hub.said();
    let address = said.lines().find_map(|line| line.strip_prefix("自治体側 ")).unwrap();

    let mut branch = Branch::open(RESIDENTS);
    let begun = Instant::now();
    let week = branch.works_for_a_week(entries);
    let took = begun.elapsed().as_secs_f64();
    println!("{week} entries of seven days without a line, written in {took:.0} s");
    let yardstick = Yardstick::open(&postgres.database("bare"), &branch.database());

    let first = yardstick.entries_a_second();
    let before = branch.works_for(QUIET);
    let came = || -> u64 {
        let count = postgres.asked_in("town", "select coalesce(sum(upto), 0) from log");
        count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    };
    branch.plug_in(address.trim_end_matches('/'));
    branch.works_until("the line is found", PATIENCE, || came() > 0);
    let (from, since) = (came(), Instant::now());
    let during = branch.works_until("everything came", PATIENCE, || came() >= week);
    let rate = per_second(came() - from, since.elapsed());
    let after = branch.works_for(QUIET);
    let second = yardstick.entries_a_second();

    let parked = "select count(*) from act where parked is not null";
    let parked = postgres.asked_in("town", parked).unwrap();
    println!("parked at the hub: {}", parked.trim());
    println!("bare inserts: {first:.0} and {second:.0} entries/s; ours {rate:.0} entries/s");
    for (name, steps) in [("before", &before), ("during", &during), ("after", &after)] {
        println!("{name:>7}: {steps}");
    }
    if parked.trim() != "0" {
        println!("not all of it was understood");
        return ExitCode::FAILURE;
    }
    judge([first, second], rate, [&before, &after], &during)
}

fn judge(bare: [f64; 2], rate: f64, quiet: [&Work; 2], during: &Work) -> ExitCode {
    let fast = rate / f64::midpoint(bare[0], bare[1]);
    let calm = during.p99() / f64::midpoint(quiet[0].p99(), quiet[1].p99());
    println!("entries a second, ours to bare: {fast:.2} (goal {FAST})");
    println!("p99 of a step, during to quiet: {calm:.2} (goal {CALM})");
    let spread = bare[0].max(bare[1]) / bare[0].min(bare[1]);
    if spread > STEADY {
        println!("not judged: the yardstick itself varied {spread:.1} times");
        return ExitCode::from(2);
    }
    let met = fast >= FAST && calm <= CALM;
    println!("{}; the yardstick varied {spread:.1} times", if met { "met" } else { "MISSED" });
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::cast_precision_loss, reason = "some ten thousand")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn asked_for() -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--entries");
    arguments.nth(1)?.parse().ok()
}
