//! How good the waiting times are, and how fast: town halls whose truth is known are
//! played from fixed seeds, and every estimate at ticket issue, made only from what
//! was known by then, is held against the call that followed. Judged as ratios to
//! the oracle and to other machines' formulas on the same days.
//!
//! The halls tell when each counter has lunch and until when it is away then. An office
//! tells the same where `counters.toml` has `breaks`, and whoever pauses says for how
//! many minutes; one that does neither is estimated by how long its pauses usually last.
//! Nobody in these halls is meant for one counter or walks on to a second lane.
//!
//! `cargo bench --bench wait` prints the tables and one verdict a goal; it fails when
//! a goal is missed.

mod day;
mod formulas;
mod oracle;
mod run;
mod score;
mod table;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    let only: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut worlds = world::worlds();
    worlds.retain(|world| only.is_empty() || only.iter().any(|name| name == world.name));
    let results: Vec<run::Result> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            worlds.iter().map(|world| scope.spawn(move || run::run(world))).collect();
        runs.into_iter().filter_map(|run| run.join().ok()).collect()
    });
    let busy = run::speed();
    if table::print(&results, busy) && results.len() == worlds.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
