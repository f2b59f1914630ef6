//! `madoguchi export` and `madoguchi calendar`: what the office counted, as files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use time::Date;

use super::folder::folder_of;
use crate::clock::{self, Clock, SystemClock};
use crate::config::Config;
use crate::db::Connection;
use crate::pdf::Fonts;
use crate::queue::report::{self, csv};
use crate::server::counter;
use crate::takings::{Span, Takings};
use crate::web;

/// Writes what was counted on days that are over, as CSV
///
/// days.csv and hours.csv are sums; tickets-DAY.csv has a line for each number, with the
/// times that the national survey of the experience at counters (窓口利用体験調査) notes.
/// No names. A server may go on working on the same data.
#[derive(clap::Args)]
pub(super) struct Export {
    /// The day, 2026-11-24
    #[arg(value_name = "DAY", value_parser = day)]
    day: Date,
    /// The last day, where there are several
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Date>,
    /// What is written
    #[arg(long, value_enum, default_value_t = Profile::Queue)]
    profile: Profile,
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder of the database
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
    /// The folder of the configuration, for the names on what was taken
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Profile {
    /// Numbers, waits and services
    Queue,
    /// What was taken: every line of the book, sums, and 日計表 as PDF
    Takings,
}

/// Writes when it will be crowded, as pages for the town's site
///
/// calendar.html and calendar.en.html need nothing else; calendar.json is the same as
/// data. Made from the office's own days; an office with too few of them says so.
#[derive(clap::Args)]
pub(super) struct Calendar {
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder of the database
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
    /// The folder of the configuration
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
}

pub(super) fn day(text: &str) -> Result<Date, String> {
    clock::parse_iso_day(text).ok_or_else(|| "write a day as 2026-11-24".to_owned())
}

/// Writes the files of some days.
pub(super) fn export(arguments: &Export) -> anyhow::Result<ExitCode> {
    let Export { day: from, until, profile, out, data, .. } = arguments;
    let days = [*from, until.unwrap_or(*from)];
    if days[0] > days[1] {
        bail!("{} is before {}", clock::iso_day(days[1]), clock::iso_day(days[0]));
    }
    let connection = counter::look(data)?;
    if matches!(profile, Profile::Takings) {
        return takings(&connection, arguments, days);
    }
    let reports = report::between(&connection, days)?;
    if reports.is_empty() {
        bail!(
            "nothing was counted from {} to {}: a day is counted when it is over",
            clock::iso_day(days[0]),
            clock::iso_day(days[1])
        );
    }
    let mut files = vec![
        ("days.csv".to_owned(), csv::days(&reports)),
        ("hours.csv".to_owned(), csv::hours(&reports)),
    ];
    for report in &reports {
        files.push(tickets(&connection, report.day)?);
    }
    for (name, text) in &files {
        write(out, name, text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tickets(connection: &Connection, day: Date) -> anyhow::Result<(String, String)> {
    let name = format!("tickets-{}.csv", clock::iso_day(day));
    Ok((name, report::tickets_file(connection, day)?))
}

/// Writes what was taken on each of these days.
fn takings(
    connection: &Connection,
    arguments: &Export,
    [from, until]: [Date; 2],
) -> anyhow::Result<ExitCode> {
    let Some(config) = read_config(arguments.config.as_deref()) else {
        return Ok(ExitCode::FAILURE);
    };
    let days = std::iter::successors(Some(from), |day| day.next_day());
    let mut written = false;
    for day in days.take_while(|day| *day <= until) {
        let takings = Takings::read(connection, &config, Span::Day(day))?;
        if takings.is_empty() {
            continue;
        }
        let id = clock::iso_day(day);
        for (name, bytes) in [
            (format!("takings-{id}.pdf"), takings.paper(&Fonts::shipped())),
            (format!("sums-{id}.csv"), takings.sums_file()),
            (format!("lines-{id}.csv"), takings.lines_file()),
        ] {
            write(&arguments.out, &name, &bytes)?;
        }
        written = true;
    }
    if !written {
        bail!("nothing was taken from {} to {}", clock::iso_day(from), clock::iso_day(until));
    }
    Ok(ExitCode::SUCCESS)
}

fn read_config(folder: Option<&Path>) -> Option<Config> {
    let config = Config::load(&folder_of(folder, "kiosk-config/example"));
    config.inspect_err(|faults| faults.iter().for_each(|fault| eprintln!("{fault}"))).ok()
}

/// Writes the pages.
pub(super) fn calendar(arguments: &Calendar) -> anyhow::Result<ExitCode> {
    let Some(config) = read_config(arguments.config.as_deref()) else {
        return Ok(ExitCode::FAILURE);
    };
    let connection = counter::look(&arguments.data)?;
    let today = SystemClock.today();
    let foretold = web::calendar::foretell(&connection, &config, today)?;
    let files = web::calendar::files(&config, &foretold, today).map_err(anyhow::Error::msg)?;
    for (name, text) in files {
        write(&arguments.out, name, &text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, name: &str, text: &(impl AsRef<[u8]> + ?Sized)) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| path.display().to_string())?;
    super::say(path.display());
    Ok(())
}
