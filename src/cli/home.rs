//! `madoguchi home`: the page on which residents prepare their visit at home.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use super::folder::folder_of;
use crate::server::home::{self, Sources};

/// Serves the page on which residents prepare their visit, or writes it into a folder
#[derive(clap::Args)]
pub(super) struct Home {
    /// A public key, as `madoguchi key new` writes it; give the next month's too
    #[arg(long = "key", value_name = "PUBLIC.json", required = true)]
    keys: Vec<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDR", required_unless_present = "export")]
    listen: Option<SocketAddr>,
    /// Writes the page into this folder, for any web server
    #[arg(long, value_name = "DIR", conflicts_with = "listen")]
    export: Option<PathBuf>,
    /// The folder of the configuration
    #[arg(long, value_name = "DIR", env = "MADOGUCHI_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the forms [default: templates/forms here, or beside the program]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Serves, or writes and ends.
pub(super) fn run(arguments: Home) -> anyhow::Result<ExitCode> {
    let sources = Sources {
        config: folder_of(arguments.config.as_deref(), "kiosk-config/example"),
        templates: folder_of(arguments.templates.as_deref(), "templates/forms"),
        keys: arguments.keys,
    };
    if let Some(folder) = &arguments.export {
        home::export(&sources, folder)?;
    } else if let Some(listen) = arguments.listen {
        home::run(&sources, listen)?;
    }
    Ok(ExitCode::SUCCESS)
}
