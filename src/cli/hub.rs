//! `madoguchi hub`: the town hall's end of every office's line.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;
use clap::error::ErrorKind;

use super::folder::fonts_of;
use super::say;
use crate::chance::SystemChance;
use crate::clock::{Moment, parse_rfc3339};
use crate::config::Config;
use crate::fault::Fault;
use crate::form::Forms;
use crate::hub::BackupMark;
use crate::id::DeviceId;
use crate::notice::{Account, Device, Kind, SigningKey};
use crate::server::hub::{self, KeptKeys, Serving};
use crate::server::letters::{self, Folders};
use crate::server::tls::Certificates;
use crate::visit::paper::Papers;
use crate::web::hub::{Names, Paperwork};

/// Takes in what every office of the town writes down, on PostgreSQL
///
/// Without certificates it answers this machine alone (127.0.0.1), over HTTP. With them
/// it speaks HTTPS, and only to offices whose certificate the given authority signed.
#[derive(clap::Args)]
pub(super) struct Hub {
    #[command(subcommand)]
    command: Option<Command>,
    /// The database: postgresql://USER:PASSWORD@HOST/NAME, or "host=/run/postgresql dbname=…"
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "MADOGUCHI_HUB_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
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
    /// The key that what is sent down to offices is signed with, as `madoguchi hub key` made it
    #[arg(long, global = true, value_name = "FILE", env = "MADOGUCHI_DOWNLINK_KEY")]
    downlink_key: Option<PathBuf>,
    /// The configuration of an office, for the names on the pages; may be given several times
    #[arg(long, value_name = "DIR")]
    config: Vec<PathBuf>,
    /// The file of the hub's own key, for towns whose hub may read what residents entered;
    /// `madoguchi hub new-key` makes one
    #[arg(long, global = true, value_name = "FILE", env = "MADOGUCHI_HUB_KEYS")]
    keys: Option<PathBuf>,
    /// For how many days a visit's key is kept after its office erased its own
    #[arg(
        long,
        global = true,
        value_name = "DAYS",
        default_value_t = 0,
        env = "MADOGUCHI_HUB_KEEP_KEYS",
        value_parser = clap::value_parser!(u32).range(0..=3660)
    )]
    keep_keys: u32,
    /// The folder of the forms, in every edition that papers are to be made with again;
    /// the offices' configurations belong to it
    #[arg(long, value_name = "DIR", requires = "config")]
    templates: Option<PathBuf>,
    /// A folder with more fonts, for papers
    #[arg(long, value_name = "DIR", requires = "templates")]
    fonts: Option<PathBuf>,
    /// Prints a code with which somebody makes the first account of this municipality (its
    /// six digits) on its pages, and ends
    #[arg(long, value_name = "CODE")]
    first_administrator: Option<String>,
}

/// One office's configuration.
fn named(folder: &Path) -> anyhow::Result<Config> {
    Config::load(folder).map_err(|faults| {
        for fault in &faults {
            eprintln!("{fault}");
        }
        anyhow::anyhow!("{} cannot be used; see `madoguchi check`", folder.display())
    })
}

/// What papers are made with, where forms were given.
pub(super) fn paperwork(
    configs: Vec<Config>,
    (templates, fonts): (Option<&Path>, Option<&Path>),
) -> anyhow::Result<Option<Paperwork>> {
    let Some(templates) = templates else { return Ok(None) };
    let told = |faults: Vec<Fault>| {
        faults.iter().for_each(|fault| eprintln!("{fault}"));
        anyhow::anyhow!("{} cannot be used; see `madoguchi check`", templates.display())
    };
    let forms = Forms::load(templates).map_err(told)?;
    let (fonts, faults) = fonts_of(fonts);
    if !faults.is_empty() {
        return Err(told(faults));
    }
    let papers = Papers::compile(&forms, templates, fonts).map_err(told)?;
    Ok(Some(Paperwork::new(configs, forms, papers)))
}

#[derive(clap::Subcommand)]
enum Command {
    /// Prints how far the database is, before a backup of it begins
    Mark,
    /// Reads letters and writes answers, where files are carried instead of a line
    Folder {
        /// Where letters of offices come to; one folder for all, or one below it for each
        #[arg(long = "in", value_name = "DIR")]
        incoming: PathBuf,
        /// Where answers go, a folder below it for each office
        #[arg(long = "out", value_name = "DIR")]
        outgoing: PathBuf,
        /// The hub's certificate (PEM)
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
        /// The key to it (PEM)
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The authority that signed the offices' certificates (PEM)
        #[arg(long, value_name = "FILE")]
        authority: PathBuf,
    },
    /// Makes the hub's own key, for its owner only. It goes into no backup of the database
    NewKey {
        /// Where: no file may be there
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Reads the whole record of what people looked at, and says whether it is what was
    /// written
    Verify,
    /// Makes the key that offices know what is sent down by, unless FILE is one, and prints the
    /// line that goes into each office's site.toml, under [hub]
    Key {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Sends something down to offices: closures, fees, exports, register (with --file),
    /// staff_disabled (with --login), device_revoked (with --device)
    Send {
        #[arg(value_name = "KIND", value_parser = kind)]
        kind: Kind,
        /// An office: 131016/honcho; may be given several times
        #[arg(long, value_name = "OFFICE", required = true)]
        office: Vec<String>,
        /// What the office is to have instead
        #[arg(long, value_name = "FILE", required_if_eq_any = [
            ("kind", "closures"), ("kind", "fees"), ("kind", "exports"), ("kind", "register"),
        ])]
        file: Option<PathBuf>,
        /// The login of the account
        #[arg(long, required_if_eq("kind", "staff_disabled"), conflicts_with = "file")]
        login: Option<String>,
        /// The identity of the device, as the hub's page shows it
        #[arg(long, required_if_eq("kind", "device_revoked"), conflicts_with_all = ["file", "login"])]
        device: Option<DeviceId>,
        /// From when on: 2027-04-01T00:00:00+09:00; left out, at once
        #[arg(long, value_name = "TIME", value_parser = moment)]
        at: Option<Moment>,
    },
    /// Tells that a backup which began after a mark was taken is done
    BackedUp {
        /// What `madoguchi hub mark` had printed
        #[arg(value_name = "MARK")]
        mark: PathBuf,
    },
}

/// Serves until it is told to stop, or does what is asked besides.
pub(super) fn run(arguments: Hub) -> anyhow::Result<ExitCode> {
    let Hub { command, database, listen, certificate, key, authority, config, .. } = arguments;
    if let Some(Command::NewKey { file }) = &command {
        hub::new_key(file)?;
        say(file.display());
        return Ok(ExitCode::SUCCESS);
    }
    let keys = arguments.keys.map(|file| KeptKeys { file, days: arguments.keep_keys });
    let downlink_key = arguments.downlink_key;
    if let Some(Command::Key { file }) = &command {
        say(downlink_line(file)?);
        return Ok(ExitCode::SUCCESS);
    }
    let Some(database) = database else {
        let why = "the database is missing: give --database URL, or set MADOGUCHI_HUB_DATABASE";
        super::Arguments::command().error(ErrorKind::MissingRequiredArgument, why).exit()
    };
    if let Some(municipality) = arguments.first_administrator {
        say(hub::offer_setup(&database, &municipality)?.to_string());
        eprintln!("最初の管理者を登録してください: /municipalities/{municipality}/setup");
        return Ok(ExitCode::SUCCESS);
    }
    match command {
        Some(Command::Mark) => say(serde_json::to_string(&hub::mark(&database)?)?),
        Some(Command::Folder { incoming, outgoing, certificate, key, authority }) => {
            let certificates = Certificates { certificate, key, authority };
            let folders = Folders { incoming, outgoing };
            letters::run(&database, &folders, &certificates, keys.as_ref())?;
        }
        // It was made above: it needs no database.
        Some(Command::NewKey { .. }) => {}
        Some(Command::Verify) => {
            if !hub::verify(&database)? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Some(Command::BackedUp { mark }) => {
            let logs = hub::backed_up(&database, &read(&mark)?)?;
            eprintln!("{logs} logs are in the backup, as far as they were when the mark was taken");
        }
        Some(Command::Key { .. }) => {}
        Some(Command::Send { kind, office, file, login, device, at }) => {
            let key = downlink_key.context("--downlink-key FILE is missing")?;
            let (key, body) = (SigningKey::load(&key)?, body(file.as_deref(), login, device)?);
            hub::send_down(&database, &office, (kind, &body), at, &key)?;
        }
        None => {
            let certificates = match (certificate, key, authority) {
                (Some(certificate), Some(key), Some(authority)) => {
                    Some(Certificates { certificate, key, authority })
                }
                _ => None,
            };
            let signing = downlink_key.as_deref().map(SigningKey::load).transpose()?;
            let configs: Vec<Config> =
                config.iter().map(|folder| named(folder)).collect::<anyhow::Result<_>>()?;
            let names = Names::of(&configs);
            let folders = (arguments.templates.as_deref(), arguments.fonts.as_deref());
            let paperwork = paperwork(configs, folders)?;
            let serving = Serving { names, paperwork, keys, signing };
            hub::run(&database, listen, certificates.as_ref(), serving)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn kind(id: &str) -> Result<Kind, String> {
    let known = Kind::ALL.map(Kind::id).join(", ");
    Kind::from_id(id).ok_or_else(|| format!("one of {known}"))
}

fn moment(text: &str) -> Result<Moment, String> {
    parse_rfc3339(text)
        .ok_or_else(|| "a time with its offset: 2027-04-01T00:00:00+09:00".to_owned())
}

/// The line for `site.toml`; the key is made where there is no such file.
fn downlink_line(file: &Path) -> anyhow::Result<String> {
    let key = match file.exists() {
        true => SigningKey::load(file)?,
        false => SigningKey::make(file, &SystemChance)?,
    };
    let public = key.public().context("the key has no public half")?;
    Ok(format!("downlink_keys = [\"{public}\"]"))
}

/// What is sent.
fn body(
    file: Option<&Path>,
    login: Option<String>,
    device: Option<DeviceId>,
) -> anyhow::Result<String> {
    Ok(match (file, login, device) {
        (Some(file), ..) => {
            fs::read_to_string(file).with_context(|| format!("{}", file.display()))?
        }
        (_, Some(login), _) => serde_json::to_string(&Account { login })?,
        (.., Some(device)) => serde_json::to_string(&Device { device })?,
        _ => anyhow::bail!("nothing to send: give --file, --login or --device"),
    })
}

fn read(mark: &Path) -> anyhow::Result<BackupMark> {
    let text = fs::read(mark).with_context(|| format!("{}", mark.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is not what `madoguchi hub mark` prints", mark.display()))
}
