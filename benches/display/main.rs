//! How soon a call stands on five hundred displays, beside a bare axum server that
//! sends as many bytes to as many screens in the same minutes, turn about.
//!
//! Both are processes of their own, on real connections; the clock starts at the time
//! that the call itself bears, which is taken before it is committed, and stops when
//! the last screen has the board. Judged as a ratio; where the yardstick itself varied
//! too much from round to round, nothing is judged. Afterwards some screens hang and
//! the program is started anew: all must come to the last state.
//!
//! `cargo bench --bench display` prints the rounds and the verdict; it fails when the
//! goal is missed, and ends with 2 when nothing could be judged.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set its stage has failed")]

mod office;
mod yardstick;

#[path = "../../tests/it/stage/mod.rs"]
#[expect(dead_code, reason = "the stage of the tests; only its screens are needed here")]
mod stage;

use std::process::ExitCode;
use std::time::Duration;

use madoguchi::clock::{Moment, parse_rfc3339};

use office::Office;
use stage::screens::Screens;
use yardstick::Yardstick;

const SCREENS: usize = 500;
const ROUNDS: usize = 7;
const CALLS_A_ROUND: usize = 20;

/// At most so many times as slow as the yardstick.
const GOAL: f64 = 2.0;
/// The yardstick's slowest round to its fastest; beyond, the machine was too busy.
const STEADY: f64 = 3.0;
/// Between two calls: nobody calls faster.
const REST: Duration = Duration::from_millis(100);

/// Something that can tell all screens something.
trait Server {
    fn screens(&mut self) -> &mut Screens;
    /// Calls; the number that the board then bears.
    fn call(&mut self) -> i64;
    /// Makes the next call possible.
    fn tidy(&mut self);
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == yardstick::ARGUMENT) {
        yardstick::serve();
        return ExitCode::SUCCESS;
    }
    let mut office = Office::open(SCREENS);
    let length = office.length_of_a_board();
    let mut yardstick = Yardstick::start(SCREENS, length);
    println!("{SCREENS} screens, {length} bytes a board; milliseconds from a call to the last");
    println!("{:>7}{:>12}{:>8}{:>12}{:>8}", "round", "axum p50", "max", "ours p50", "max");
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let (first, second) = (run(&mut yardstick), run(&mut office));
        println!(
            "{round:>7}{:>12.1}{:>8.1}{:>12.1}{:>8.1}",
            quantile(&first, 0.5),
            quantile(&first, 1.0),
            quantile(&second, 0.5),
            quantile(&second, 1.0)
        );
        bare.push(first);
        ours.push(second);
    }
    drop(yardstick);
    let met = judge(&bare, &ours);
    office.survives_screens_that_hang();
    office.survives_a_start();
    println!("all {SCREENS} screens came to the last state: with 20 that hung, and after a start");
    met
}

/// One round: how long each call took to the last screen.
fn run(server: &mut impl Server) -> Vec<f64> {
    (0..CALLS_A_ROUND)
        .map(|_| {
            std::thread::sleep(REST);
            let seq = server.call();
            let came = server.screens().wait("a call", |board| stage::screens::seq(board) == seq);
            let called = called_at(server.screens().board());
            server.tidy();
            let last = came.into_iter().max().unwrap();
            (last - called).as_seconds_f64() * 1000.0
        })
        .collect()
}

/// When the call was made that stands first on a board.
fn called_at(board: &str) -> Moment {
    let board: serde_json::Value = serde_json::from_str(board).unwrap();
    parse_rfc3339(board["board"]["called"][0]["at"].as_str().unwrap()).unwrap()
}

fn judge(bare: &[Vec<f64>], ours: &[Vec<f64>]) -> ExitCode {
    let (all_bare, all_ours) = (bare.concat(), ours.concat());
    let mut met = true;
    for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
        let (bare, ours) = (quantile(&all_bare, part), quantile(&all_ours, part));
        let ratio = ours / bare;
        met &= ratio <= GOAL;
        println!("{name}: axum {bare:.1} ms, ours {ours:.1} ms, ratio {ratio:.2} (goal {GOAL})");
    }
    let rounds: Vec<f64> = bare.iter().map(|round| quantile(round, 0.5)).collect();
    let spread = quantile(&rounds, 1.0) / quantile(&rounds, 0.0);
    if spread > STEADY {
        println!("not judged: the yardstick itself varied {spread:.1} times");
        return ExitCode::from(2);
    }
    println!("{}; the yardstick varied {spread:.1} times", if met { "met" } else { "MISSED" });
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The value below which so large a part lies.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a few hundred values"
    )]
    let at = ((sorted.len() - 1) as f64 * part).ceil() as usize;
    sorted[at]
}
