//! `madoguchi calendar`: when it will be crowded, for everybody.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::super::say;
use crate::clock::{Clock, SystemClock};
use crate::server::counter;
use crate::web;

/// Writes when it will be crowded, as pages for the town's site
///
/// calendar.html and calendar.en.html need nothing else; calendar.json is the same as
/// data. Made from the office's own days; an office with too few of them says so.
#[derive(clap::Args)]
pub(in super::super) struct Calendar {
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

/// Writes the pages.
pub(in super::super) fn calendar(arguments: &Calendar) -> anyhow::Result<ExitCode> {
    let Some(config) = super::read_config(arguments.config.as_deref()) else {
        return Ok(ExitCode::FAILURE);
    };
    let connection = counter::look(&arguments.data)?;
    let today = SystemClock.today();
    let foretold = web::calendar::foretell(&connection, &config, today)?;
    let files = web::calendar::files(&config, &foretold, today).map_err(anyhow::Error::msg)?;
    for (name, text) in files {
        let path = arguments.out.join(name);
        fs::create_dir_all(&arguments.out).with_context(|| arguments.out.display().to_string())?;
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        say(path.display());
    }
    Ok(ExitCode::SUCCESS)
}
