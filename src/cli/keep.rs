//! `madoguchi backup`, `restore` and `verify`: keeping the record.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::chance::SystemChance;
use crate::clock::{Clock, SystemClock, rfc3339};
use crate::db::{self, Tx};
use crate::id::LogId;
use crate::journal::{self, Verified};
use crate::server::counter::{self, DATABASE};
use crate::server::lock::FolderLock;
use anyhow::{Context, bail};

/// Copies the database while the server goes on working
#[derive(clap::Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// Puts a backup in the place of the database; the server must be stopped
#[derive(clap::Args)]
pub(super) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// Verifies the database and the journal's chain; names the first bad entry
#[derive(clap::Args)]
pub(super) struct Verify {
    #[command(flatten)]
    data: Data,
}

#[derive(clap::Args)]
struct Data {
    /// The folder of the database and the office key
    #[arg(long = "data", value_name = "DIR", default_value = "data", env = "MADOGUCHI_DATA")]
    folder: PathBuf,
}

/// Runs the backup. The copy is verified before it counts as one.
pub(super) fn backup(arguments: &Backup) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    if file.exists() {
        bail!("{} exists already: choose another name", file.display());
    }
    drop(counter::look(&arguments.data.folder)?);
    db::copy_to(&arguments.data.folder.join(DATABASE), file)?;
    let verified = verified(&db::open_read_only(file)?)?;
    eprintln!(
        "{}: {} entries. The office key is not in it: keep a copy of it in another place",
        file.display(),
        verified.entries
    );
    Ok(ExitCode::SUCCESS)
}

/// Runs the restore. What was there is kept beside it, and the journal goes on
/// in a new log, so that no number of the old one is used twice.
pub(super) fn restore(arguments: &Restore) -> anyhow::Result<ExitCode> {
    let (file, folder) = (&arguments.file, &arguments.data.folder);
    let backup = db::open_read_only(file).with_context(|| format!("{}", file.display()))?;
    verified(&backup).with_context(|| format!("{}", file.display()))?;
    fs::create_dir_all(folder)?;
    let _lock = FolderLock::take(folder)?;
    let now = SystemClock.now();
    let target = folder.join(DATABASE);
    let aside = folder.join(format!("office-before-{}.db", now.unix_timestamp()));
    let replaces = target.exists();
    db::replace(file, &target, &aside)?;
    if replaces {
        eprintln!("what was there is now {}", aside.display());
    }
    let connection = db::open(&target)?;
    let log = LogId::new(now, &SystemChance);
    journal::continue_in_new_log(&Tx::alone(&connection), log, now)?;
    eprintln!("restored at {}; the journal goes on in log {log}", rfc3339(now));
    Ok(ExitCode::SUCCESS)
}

/// Runs the verification.
pub(super) fn verify(arguments: &Verify) -> anyhow::Result<ExitCode> {
    let verified = verified(&counter::look(&arguments.data.folder)?)?;
    let head = verified.head.as_deref().unwrap_or("-");
    println!("{} logs, {} entries, head {head}", verified.logs, verified.entries);
    Ok(ExitCode::SUCCESS)
}

/// Whether the file, the references between rows and the chain all hold.
fn verified(connection: &db::Connection) -> anyhow::Result<Verified> {
    db::verify(connection)?;
    journal::verify(connection)?.map_err(Into::into)
}
