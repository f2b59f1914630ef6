//! `madoguchi hub`: the town hall's end of every office's line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::Config;
use crate::server::hub;
use crate::server::tls::Certificates;
use crate::web::hub::Names;

/// Takes in what every office of the town writes down, on PostgreSQL
///
/// Without certificates it answers this machine alone (127.0.0.1), over HTTP. With them
/// it speaks HTTPS, and only to offices whose certificate the given authority signed.
#[derive(clap::Args)]
pub(super) struct Hub {
    /// The database: postgresql://USER:PASSWORD@HOST/NAME, or "host=/run/postgresql dbname=…"
    #[arg(long, value_name = "URL", env = "MADOGUCHI_HUB_DATABASE", hide_env_values = true)]
    database: String,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090", env = "MADOGUCHI_LISTEN")]
    listen: SocketAddr,
    /// This server's certificate (PEM)
    #[arg(long, value_name = "FILE", requires_all = ["key", "authority"])]
    certificate: Option<PathBuf>,
    /// The key to it (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// The authority that signed the offices' certificates (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    authority: Option<PathBuf>,
    /// The configuration of an office, for the names on the pages; may be given several times
    #[arg(long, value_name = "DIR")]
    config: Vec<PathBuf>,
    /// Prints a code with which somebody makes the first account of this municipality (its
    /// six digits) on its pages, and ends
    #[arg(long, value_name = "CODE")]
    first_administrator: Option<String>,
}

/// One office's configuration.
fn read(folder: &Path) -> anyhow::Result<Config> {
    Config::load(folder).map_err(|faults| {
        for fault in &faults {
            eprintln!("{fault}");
        }
        anyhow::anyhow!("{} cannot be used; see `madoguchi check`", folder.display())
    })
}

/// Serves until it is told to stop.
pub(super) fn run(arguments: Hub) -> anyhow::Result<ExitCode> {
    let Hub { database, listen, certificate, key, authority, config, first_administrator } =
        arguments;
    if let Some(municipality) = first_administrator {
        super::say(hub::offer_setup(&database, &municipality)?.to_string());
        eprintln!("最初の管理者を登録してください: /municipalities/{municipality}/setup");
        return Ok(ExitCode::SUCCESS);
    }
    let certificates = match (certificate, key, authority) {
        (Some(certificate), Some(key), Some(authority)) => {
            Some(Certificates { certificate, key, authority })
        }
        _ => None,
    };
    let configs: Vec<Config> =
        config.iter().map(|folder| read(folder)).collect::<anyhow::Result<_>>()?;
    let names = Names::of(&configs);
    hub::run(&database, listen, certificates.as_ref(), names)?;
    Ok(ExitCode::SUCCESS)
}
