//! `madoguchi reader`: a card reader at another PC than the counter server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::card::remote::{LinkKey, PURPOSE};
use crate::chance::SystemChance;
use crate::journal::OfficeKey;
use crate::server::counter::OFFICE_KEY;

/// Lends the card reader of this PC to the counter server
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Reader {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    lend: Option<Lend>,
}

#[derive(clap::Args)]
struct Lend {
    /// The counter server: http://ADDRESS:PORT
    #[arg(long, value_name = "URL")]
    server: String,
    /// The file with the line that `madoguchi reader key` printed at the server
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Part of the reader's name; the first reader if not given
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Prints the key of a reader, at the counter server
    Key {
        /// The reader's id in devices.toml
        name: String,
        /// The folder of the database and the office key
        #[arg(long, value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
        data: PathBuf,
    },
}

/// Lends the reader until told to stop, or prints a key.
pub(super) fn run(arguments: Reader) -> anyhow::Result<ExitCode> {
    match arguments {
        Reader { command: Some(Command::Key { name, data }), .. } => key(&name, &data),
        Reader { lend: Some(lend), .. } => self::lend(lend),
        Reader { .. } => {
            bail!("give --server and --key, or `key NAME`: see `madoguchi reader --help`")
        }
    }
}

fn key(name: &str, data: &Path) -> anyhow::Result<ExitCode> {
    let office_key = OfficeKey::load(&data.join(OFFICE_KEY), false, &SystemChance)?;
    let key = LinkKey::new(name, office_key.secret_of(PURPOSE, name));
    super::say(&*key.to_line());
    eprintln!(
        "Put this line into a file at the reader's PC that only its program can read. Whoever \
         has it can pretend to be this reader; give the reader another id to make it worthless."
    );
    Ok(ExitCode::SUCCESS)
}

fn lend(lend: Lend) -> anyhow::Result<ExitCode> {
    let file = &lend.key;
    let line = std::fs::read_to_string(file).map(zeroize::Zeroizing::new);
    let line = line.with_context(|| format!("{}", file.display()))?;
    let key: LinkKey = line.parse().with_context(|| format!("{}", file.display()))?;
    let address = address(&lend.server)?.to_owned();
    lent(lend, &address, &key)
}

/// The address and port of a counter server. The line seals itself, so there is
/// nothing for TLS to add.
fn address(server: &str) -> anyhow::Result<&str> {
    let Some(address) = server.strip_prefix("http://") else {
        bail!("{server}: write http://ADDRESS:PORT; the line seals itself")
    };
    let address = address.trim_end_matches('/');
    match address.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(address),
        _ => bail!("{server}: write http://ADDRESS:PORT, with the port"),
    }
}

#[cfg(not(feature = "pcsc"))]
fn lent(_lend: Lend, _address: &str, _key: &LinkKey) -> anyhow::Result<ExitCode> {
    bail!(
        "this build has no card readers (PC/SC): install libpcsclite-dev and pkg-config, build \
         with `cargo build --release --features pcsc` (card.no_pcsc)"
    )
}

#[cfg(feature = "pcsc")]
fn lent(lend: Lend, address: &str, key: &LinkKey) -> anyhow::Result<ExitCode> {
    let make = || Box::new(crate::card::pcsc::PcscReader::new(lend.reader.clone())) as Box<_>;
    crate::server::reader::run(address, key, make)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_an_address_with_a_port() {
        assert_eq!(address("http://10.0.0.5:8080/").unwrap(), "10.0.0.5:8080");
        for wrong in [
            "10.0.0.5:8080",
            "https://10.0.0.5:8080",
            "http://10.0.0.5",
            "http://:80",
            "http://a:b",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
