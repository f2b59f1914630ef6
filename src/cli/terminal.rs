//! `madoguchi terminal`: a payment terminal that takes nobody's money, for trying out
//! everything a real one may do.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::chance::{self, SeededChance, SystemChance};
use crate::clock::SystemClock;
use crate::terminal::{Books, Mood, Moods, Simulated};

/// Simulates a payment terminal
///
/// It speaks the line protocol of docs/TERMINAL.md, and its log says what it really took.
#[derive(clap::Args)]
pub(super) struct Terminal {
    /// Its id in cashless.toml
    #[arg(long, value_name = "ID", default_value = "t1")]
    id: String,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9300")]
    listen: SocketAddr,
    /// The file of what it took and refused; it goes on where the file ends
    #[arg(long, value_name = "FILE", default_value = "terminal.log")]
    log: PathBuf,
    /// approve, decline, silent, deaf, late, twice, drop, cut, other, or random
    #[arg(long, value_name = "MOOD", default_value = "approve", value_parser = mood)]
    mood: AnyMood,
    /// Repeats the moods of an earlier run; drawn and told where it is left out
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Milliseconds that somebody looks for their card
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    takes_ms: u64,
    /// The same in the mood "late"
    #[arg(long, value_name = "MS", default_value_t = 180_000)]
    late_ms: u64,
    /// It cannot be asked about what was
    #[arg(long)]
    no_look_up: bool,
}

/// One mood, or any.
#[derive(Clone, Copy)]
struct AnyMood(Option<Mood>);

fn mood(text: &str) -> Result<AnyMood, String> {
    let known = Mood::from_id(text).map(|mood| AnyMood(Some(mood)));
    let any = (text == "random").then_some(AnyMood(None));
    let ids: Vec<&str> = Mood::ALL.into_iter().map(Mood::id).collect();
    known.or(any).ok_or_else(|| format!("one of {}, random", ids.join(", ")))
}

/// Answers until it is stopped.
pub(super) fn run(arguments: &Terminal) -> anyhow::Result<ExitCode> {
    let drawn = || u64::from(u32::from_le_bytes(chance::bytes(&SystemChance)));
    let moods = match arguments.mood {
        AnyMood(Some(mood)) => Moods::Always(mood),
        AnyMood(None) => {
            let seed = arguments.seed.unwrap_or_else(drawn);
            eprintln!("seed {seed}");
            Moods::AtRandom(Arc::new(SeededChance::new(seed)))
        }
    };
    let log = &arguments.log;
    let books = Books::open(log).with_context(|| format!("{}", log.display()))?;
    let listener = TcpListener::bind(arguments.listen)
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let simulated = Simulated {
        id: arguments.id.clone(),
        moods,
        takes: Duration::from_millis(arguments.takes_ms),
        late: Duration::from_millis(arguments.late_ms),
        looks_up: !arguments.no_look_up,
        clock: Arc::new(SystemClock),
    };
    let address = simulated.start(listener, books)?;
    eprintln!("端末 {} {address}", arguments.id);
    loop {
        std::thread::park();
    }
}
