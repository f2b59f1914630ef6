//! `madoguchi serve` and `madoguchi demo`.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::ExitCode;

use super::folder::folder_of;
use crate::chance::{self, SystemChance};
use crate::clock::{self, Moment};
use crate::hex;
use crate::server::counter::{self, Folders};
use crate::server::town::{DemoDay, DemoTown};

/// Serves the pages of one office
#[derive(clap::Args)]
pub(super) struct Serve {
    /// The folder of the configuration
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the database and the office key
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Serves invented residents with a built-in card reader and ready accounts
///
/// The invented town has a busy day: people draw numbers, and clerks call them, at all
/// counters but one. Whoever you play is called by nobody but you.
#[derive(clap::Args)]
pub(super) struct Demo {
    /// Begins at 8:30 with the clock running so many times as fast: a morning to look at
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..=120))]
    speed: Option<u32>,
    /// Nobody else is there: an empty hall
    #[arg(long, conflicts_with = "speed")]
    empty: bool,
    /// How many working days lie behind the town, for the pages that look back
    #[arg(long, value_name = "DAYS", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=250))]
    days: u16,
    #[command(flatten)]
    place: Place,
    /// Plays the town hall, too, on this empty PostgreSQL: what happens here travels there
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// What its clock says when it begins: 2026-11-24T09:00 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    clock: Option<Moment>,
}

/// A time as a person writes it; Japan keeps one offset.
fn time(text: &str) -> Result<Moment, String> {
    let time = clock::parse_rfc3339(&format!("{text}:00+09:00"));
    time.or_else(|| clock::parse_rfc3339(text)).ok_or("write it as 2026-11-24T09:00".to_owned())
}

impl Demo {
    fn town(&self) -> DemoTown {
        let day = match (self.empty, self.speed) {
            (true, _) => DemoDay::Empty,
            (false, None) => DemoDay::Busy,
            (false, Some(speed)) => DemoDay::Replayed { speed },
        };
        DemoTown { day, begins: self.clock, past_days: self.days.into() }
    }
}

#[derive(clap::Args)]
struct Place {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", env = "MADOGUCHI_LISTEN")]
    listen: SocketAddr,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

impl Place {
    fn folders(&self, config: Option<PathBuf>, data: PathBuf) -> Folders {
        Folders {
            config: folder_of(config.as_deref(), "kiosk-config/example"),
            templates: folder_of(self.templates.as_deref(), "templates/forms"),
            fonts: folder_of(self.fonts.as_deref(), "fonts"),
            data,
        }
    }
}

/// Runs an office until it is told to stop.
pub(super) fn serve(arguments: Serve) -> anyhow::Result<ExitCode> {
    let Serve { config, data, place } = arguments;
    counter::run(&place.folders(config, data), place.listen, None, None)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the demonstration on a folder of its own, gone when it ends.
pub(super) fn demo(arguments: &Demo) -> anyhow::Result<ExitCode> {
    let name = hex::digits(&chance::bytes::<8>(&SystemChance));
    let data = std::env::temp_dir().join(format!("madoguchi-demo-{name}"));
    std::fs::DirBuilder::new().mode(0o700).create(&data)?;
    let folders = arguments.place.folders(None, data.clone());
    let ended = counter::run(
        &folders,
        arguments.place.listen,
        Some(arguments.town()),
        arguments.hub.as_deref(),
    );
    // The folder holds invented people only; one left behind harms nobody.
    let _ = std::fs::remove_dir_all(&data);
    ended.map(|()| ExitCode::SUCCESS)
}
