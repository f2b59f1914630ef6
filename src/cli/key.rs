//! `madoguchi key`: the town's keys for codes made at home.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};

use super::folder::folder_of;
use crate::chance::SystemChance;
use crate::clock::{Clock, SystemClock, iso_day};
use crate::config::Config;
use crate::preregistration::{Epoch, Key, KeyFolder, troubles};

#[derive(clap::Subcommand)]
pub(super) enum Command {
    New(New),
    List(List),
    Retire(Retire),
}

/// Makes the key of a month and prints what the page needs of it, as JSON
#[derive(clap::Args)]
pub(super) struct New {
    /// This month or the next, as 2026-12 [default: this month, else the next]
    #[arg(long, value_name = "MONTH")]
    epoch: Option<String>,
    /// Writes the public key there too; whoever serves the page needs that file
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// The folder of the configuration [default: kiosk-config/example here, or beside the program]
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

/// Shows every key: its id, its month, and the last day it opens anything
#[derive(clap::Args)]
pub(super) struct List {
    /// Prints the public keys as JSON, one a line
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    data: Data,
}

/// Erases the keys whose time is over, or at once the one of a month that was stolen
#[derive(clap::Args)]
pub(super) struct Retire {
    /// The month whose key goes at once: nothing sealed with it can be read any more
    #[arg(long, value_name = "MONTH")]
    epoch: Option<String>,
    #[command(flatten)]
    data: Data,
}

#[derive(clap::Args)]
struct Data {
    /// The folder of the database and the keys
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
}

impl Data {
    fn keys(&self) -> KeyFolder {
        KeyFolder::within(&self.data)
    }
}

/// Runs one of the key commands.
pub(super) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(arguments) => new(&arguments)?,
        Command::List(arguments) => list(&arguments)?,
        Command::Retire(arguments) => retire(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn new(arguments: &New) -> anyhow::Result<()> {
    let folder = folder_of(arguments.config.as_deref(), "kiosk-config/example");
    let config = Config::load(&folder).map_err(|faults| {
        faults.iter().for_each(|fault| eprintln!("{fault}"));
        anyhow!("{} faults; `madoguchi check` tells them again", faults.len())
    })?;
    let (keys, today) = (arguments.data.keys(), SystemClock.today());
    keys.erase_due(today)?;
    let epoch = match &arguments.epoch {
        Some(month) => month.parse()?,
        None => lacking(&keys, Epoch::of(today))?,
    };
    let key = keys.make(epoch, &config.site.town.code, today, &SystemChance)?;
    let public = serde_json::to_string(&key.public_file())?;
    super::say(&public);
    if let Some(file) = &arguments.public {
        let written = std::fs::write(file, format!("{public}\n"));
        written.with_context(|| format!("{}", file.display()))?;
    }
    eprintln!("madoguchi: the key of {epoch} opens codes until {}", iso_day(epoch.until()));
    Ok(())
}

/// This month, or the next where this one has its key.
fn lacking(keys: &KeyFolder, this: Epoch) -> anyhow::Result<Epoch> {
    Ok(match keys.keys()?.of_epoch(this) {
        Some(_) => this.next(),
        None => this,
    })
}

fn list(arguments: &List) -> anyhow::Result<()> {
    let this = Epoch::of(SystemClock.today());
    for key in arguments.data.keys().keys()?.iter() {
        match arguments.public {
            true => super::say(serde_json::to_string(&key.public_file())?),
            false => super::say(line(key, this)),
        }
    }
    for trouble in troubles(&arguments.data.keys(), SystemClock.today()) {
        eprintln!("madoguchi: {trouble}");
    }
    Ok(())
}

/// `2026-11  8f3a21c0  until 2026-12-30  current`.
fn line(key: &Key, this: Epoch) -> String {
    let place = match key.epoch() {
        epoch if epoch == this => "current",
        epoch if epoch > this => "next",
        _ => "previous",
    };
    let (epoch, until) = (key.epoch(), iso_day(key.epoch().until()));
    format!("{epoch}  {}  until {until}  {place}", key.public_file().kid)
}

fn retire(arguments: &Retire) -> anyhow::Result<()> {
    let keys = arguments.data.keys();
    let erased = match &arguments.epoch {
        Some(month) => {
            let epoch = month.parse()?;
            keys.erase(epoch)?;
            vec![epoch]
        }
        None => keys.erase_due(SystemClock.today())?,
    };
    erased.iter().for_each(super::say);
    eprintln!("madoguchi: {} erased", erased.len());
    Ok(())
}
