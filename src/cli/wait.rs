//! `madoguchi wait`: how good the waiting times would have been.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::queue::wait::experience::Prior;
use crate::queue::wait::log;
use crate::queue::wait::replay::{self, Said};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    Replay(Replay),
}

/// Plays a recorded log and prints what each ticket would have been told
///
/// The log is a CSV file with the columns at,event,ticket,lane,counter,class (by name,
/// or in this order without a first line). Events are open, close, issue, call, serve,
/// done, absent and cancel; times are RFC 3339 with an offset. `open` may name the
/// lanes of its counter with `|` between them. One line comes out for each ticket, made
/// only from the lines above its issue; two empty fields mean that no open counter
/// would call it.
#[derive(clap::Args)]
pub(super) struct Replay {
    /// The log
    #[arg(long, value_name = "FILE.csv")]
    log: PathBuf,
    /// What a service is expected to take before the log has shown it
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    mean_minutes: u32,
}

/// Runs the command.
pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Replay(Replay { log: file, mean_minutes }) = command;
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let prior = Prior { mean_secs: f64::from(*mean_minutes) * 60.0, ..Prior::default() };
    let played = log::read(file, &text).and_then(|log| replay::replay(file, &log, prior));
    let said = match played {
        Ok(said) => said,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    super::say("ticket,at,p50_s,p90_s");
    for Said { ticket, at, wait, .. } in &said {
        let (p50, p90) = wait
            .map_or_else(Default::default, |wait| (wait.p50_s.to_string(), wait.p90_s.to_string()));
        super::say(format_args!("{},{},{p50},{p90}", field(ticket), field(at)));
    }
    eprintln!("{}", outcome(&said));
    Ok(ExitCode::SUCCESS)
}

/// One line on how it went, over all who were told a wait and called.
fn outcome(said: &[Said]) -> String {
    let called = said.iter().filter_map(|said| Some((said.wait?, said.waited_s?)));
    let waited: Vec<_> = called.filter(|(wait, _)| wait.p90_s > 0).collect();
    if waited.is_empty() {
        return format!("{} tickets; nobody waited", said.len());
    }
    let count = waited.len() as f64;
    let error: i64 = waited.iter().map(|(wait, s)| (i64::from(wait.p50_s) - s).abs()).sum();
    let kept = waited.iter().filter(|(wait, s)| *s <= i64::from(wait.p90_s)).count();
    format!(
        "{} tickets, {} called after a wait: p50 was off by {:.1} min on average, p90 was kept by {:.1} %",
        said.len(),
        waited.len(),
        error as f64 / count / 60.0,
        kept as f64 / count * 100.0
    )
}

/// A field, quoted where it must be.
fn field(text: &str) -> String {
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
