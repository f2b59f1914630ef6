//! `madoguchi sheets`: the numbers on paper that are handed out while the machine
//! stands still.

use std::path::PathBuf;
use std::process::ExitCode;

use super::fill::write;
use super::folder::{folder_of, fonts_of};
use crate::config::Config;
use crate::visit::spare::paper;

/// Writes the numbers on paper (予備の番号札) that are handed out while the machine stands still
#[derive(clap::Args)]
pub(super) struct Sheets {
    /// The PDF to write; `-` writes to standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The sheets of this lane only
    #[arg(long, value_name = "ID")]
    lane: Option<String>,
    /// The folder of the configuration [default: kiosk-config/example here, or beside the program]
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// A folder with more fonts [default: fonts here, or beside the program]
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
}

/// Writes the file.
pub(super) fn run(arguments: &Sheets) -> anyhow::Result<ExitCode> {
    let folder = folder_of(arguments.config.as_deref(), "kiosk-config/example");
    let (fonts, font_faults) = fonts_of(arguments.fonts.as_deref());
    font_faults.iter().for_each(|fault| eprintln!("{fault}"));
    let config = match Config::load(&folder) {
        Ok(config) => config,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let lane = arguments.lane.as_deref();
    let Some(pdf) = paper::sheets(&config, lane, &fonts) else {
        let which = lane.map_or_else(String::new, |lane| format!("系統「{lane}」に、"));
        eprintln!(
            "madoguchi: {which}予備の番号札がありません。procedures.toml の [[lane]] に spare = [901, 950] のように書いてください"
        );
        return Ok(ExitCode::FAILURE);
    };
    write(&arguments.out, &pdf)?;
    Ok(ExitCode::SUCCESS)
}
