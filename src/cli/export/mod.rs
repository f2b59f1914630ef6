//! `madoguchi export`: what the office counted, took and was handed in, as files for other
//! systems; and `madoguchi calendar`.

mod calendar;
mod out;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use time::Date;

use super::beside;
use super::folder::{folder_of, fonts_of};
use crate::clock;
use crate::config::Config;
use crate::db::Connection;
use crate::export::{self, Bundle, File, Format, Made, Profile, Source};
use crate::fault::Fault;
use crate::form::Forms;
use crate::pdf::Fonts;
use crate::queue::report::{self, csv};
use crate::takings::{Span, Takings};
use crate::visit::paper::Papers;
use crate::visit::{self, Counter};

pub(super) use calendar::{Calendar, calendar};

/// Writes what was counted, taken or handed in, as files for other systems
///
/// The profile `queue` has days.csv and hours.csv, which are sums, and tickets-DAY.csv with
/// a line for each number and the times that the national survey of the experience at
/// counters (窓口利用体験調査) notes: no names. `takings` has what was taken. All others
/// stand in the configuration's exports.toml; each has a list of every letter that was
/// written otherwise, and a list of every row that could not be written. A server may go on
/// working on the same data. The journal keeps who wrote what, and the files' digests.
#[derive(clap::Args)]
pub(super) struct Export {
    /// The day, 2026-11-24
    #[arg(value_name = "DAY", value_parser = day)]
    day: Date,
    /// The last day, where there are several
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Date>,
    /// What is written: queue, takings, or a profile of exports.toml
    #[arg(long, value_name = "NAME", default_value = QUEUE)]
    profile: String,
    /// The folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The folder of the database and the office key
    #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    data: PathBuf,
    /// The folder of the configuration, for all but `queue`
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the forms, for what was handed in
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// A folder with more fonts, for papers
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Numbers, waits and services.
const QUEUE: &str = "queue";
/// What was taken: every line of the book, sums, and 日計表 as PDF.
const TAKINGS: &str = "takings";

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
    let connection = beside::look(data)?;
    let bundle = match profile.as_str() {
        QUEUE => counted(&connection, days)?,
        named => {
            let Some(config) = read_config(arguments.config.as_deref()) else {
                return Ok(ExitCode::FAILURE);
            };
            match (named, config.export(named)) {
                (TAKINGS, _) => taken(&connection, &config, days)?,
                (_, Some(profile)) => {
                    let Some(made) = by(arguments, &connection, &config, profile, days)? else {
                        return Ok(ExitCode::FAILURE);
                    };
                    tell(&made);
                    bundle_of(profile, days, made)
                }
                (_, None) => bail!("there is no profile {named}: {}", known(&config)),
            }
        }
    };
    drop(connection);
    out::hand_out(data, out, &bundle)?;
    Ok(ExitCode::SUCCESS)
}

/// The profiles that there are, in a sentence.
fn known(config: &Config) -> String {
    let own = config.exports.iter().map(|profile| profile.id.as_str());
    let names: Vec<&str> = [QUEUE, TAKINGS].into_iter().chain(own).collect();
    format!("give one of {}", names.join(", "))
}

/// What was counted on days that are over.
fn counted(connection: &Connection, days: [Date; 2]) -> anyhow::Result<Bundle> {
    let reports = report::between(connection, days)?;
    if reports.is_empty() {
        bail!(
            "nothing was counted from {} to {}: a day is counted when it is over",
            clock::iso_day(days[0]),
            clock::iso_day(days[1])
        );
    }
    let file = |name: String, text: String| File { name, bytes: text.into_bytes() };
    let mut files = vec![
        file("days.csv".to_owned(), csv::days(&reports)),
        file("hours.csv".to_owned(), csv::hours(&reports)),
    ];
    for report in &reports {
        let name = format!("tickets-{}.csv", clock::iso_day(report.day));
        files.push(file(name, report::tickets_file(connection, report.day)?));
    }
    Ok(whole(QUEUE, days, files, reports.len()))
}

/// What was taken on each of these days.
fn taken(connection: &Connection, config: &Config, days: [Date; 2]) -> anyhow::Result<Bundle> {
    let (mut files, mut rows) = (Vec::new(), 0);
    for takings in takings_of(connection, config, days)? {
        let id = takings.span.id();
        rows += takings.lines().count();
        for (name, bytes) in [
            (format!("takings-{id}.pdf"), takings.paper(&Fonts::shipped())),
            (format!("sums-{id}.csv"), takings.sums_file()),
            (format!("lines-{id}.csv"), takings.lines_file()),
        ] {
            files.push(File { name, bytes });
        }
    }
    if files.is_empty() {
        let [from, until] = days.map(clock::iso_day);
        bail!("nothing was taken from {from} to {until}");
    }
    Ok(whole(TAKINGS, days, files, rows))
}

/// Each of these days on which something was taken.
fn takings_of<'c>(
    connection: &Connection,
    config: &'c Config,
    [from, until]: [Date; 2],
) -> anyhow::Result<Vec<Takings<'c>>> {
    let days = std::iter::successors(Some(from), |day| day.next_day());
    let days = days.take_while(|day| *day <= until);
    let all: Result<Vec<_>, _> =
        days.map(|day| Takings::read(connection, config, Span::Day(day))).collect();
    Ok(all?.into_iter().filter(|takings| !takings.is_empty()).collect())
}

fn whole(profile: &str, days: [Date; 2], files: Vec<File>, rows: usize) -> Bundle {
    Bundle { profile: profile.to_owned(), days, files, rows, changed: 0, rejected: 0 }
}

/// Rows, or papers, by a profile of the town's own; `None` once its faults were told.
fn by(
    arguments: &Export,
    connection: &Connection,
    config: &Config,
    profile: &Profile,
    days: [Date; 2],
) -> anyhow::Result<Option<Made>> {
    let stem = export::stem(&profile.id, days);
    if profile.source != Source::Applications {
        let takings = takings_of(connection, config, days)?;
        let rows = takings.iter().flat_map(|takings| takings.rows(profile)).collect::<Vec<_>>();
        return Ok(Some(export::rows(profile, &stem, &rows)));
    }
    let templates = folder_of(arguments.templates.as_deref(), "templates/forms");
    let forms = match Forms::load(&templates) {
        Ok(forms) => forms,
        Err(faults) => return Ok(told(&faults)),
    };
    let faults = config.against_forms(&forms);
    if !faults.is_empty() {
        return Ok(told(&faults));
    }
    let journal = beside::journal(&arguments.data)?;
    let counter = Counter { config, forms: &forms };
    if profile.format != Format::Pdf {
        let (rows, lost) = visit::export::rows(connection, &journal, counter, profile, days)?;
        return Ok(Some(export::rows(profile, &stem, &rows).without(lost)));
    }
    let (fonts, faults) = fonts_of(arguments.fonts.as_deref());
    if !faults.is_empty() {
        return Ok(told(&faults));
    }
    let papers = match Papers::compile(&forms, &templates, fonts) {
        Ok(papers) => papers,
        Err(faults) => return Ok(told(&faults)),
    };
    let (named, of) = ((profile, stem.as_str()), (days, ""));
    let made = visit::export::paper(connection, &journal, counter, &papers, named, of)?;
    Ok(Some(made))
}

fn told<T>(faults: &[Fault]) -> Option<T> {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    None
}

/// How much came of it, for whoever waits; the lists say more.
fn tell(made: &Made) {
    eprintln!("{} rows written", made.rows);
    if !made.changes.is_empty() {
        eprintln!("{} letters written otherwise: see the list of changes", made.changes.len());
    }
    if !made.rejects.is_empty() {
        eprintln!("{} rows NOT written: see the list of rejected rows", made.rejects.len());
    }
}

/// What leaves, and what the journal keeps of it.
fn bundle_of(profile: &Profile, days: [Date; 2], made: Made) -> Bundle {
    let stem = export::stem(&profile.id, days);
    made.bundle(&profile.id, days, &stem)
}

fn read_config(folder: Option<&Path>) -> Option<Config> {
    let config = Config::load(&folder_of(folder, "kiosk-config/example"));
    config.inspect_err(|faults| faults.iter().for_each(|fault| eprintln!("{fault}"))).ok()
}
