//! `madoguchi backup`, `restore` and `verify`: keeping the record.

mod restore;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

pub(super) use restore::{Restore, restore};

use super::say;
use crate::chance::SystemChance;
use crate::db;
use crate::journal::{self, Journal, OfficeKey, Verified};
use crate::server::counter::{self, DATABASE, OFFICE_KEY};
use crate::{payment, visit};

/// Copies the database while the server goes on working
#[derive(clap::Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist
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

/// Runs the backup. The copy is verified before it has the name of one: whoever
/// finds FILE finds a backup.
pub(super) fn backup(arguments: &Backup) -> anyhow::Result<ExitCode> {
    let (file, folder) = (&arguments.file, &arguments.data.folder);
    if file.exists() {
        bail!("{} exists already: choose another name", file.display());
    }
    drop(counter::look(folder)?);
    let journal = journal_of(folder)?;
    let part = PathBuf::from(format!("{}.part", file.display()));
    if part.exists() {
        // Of a backup that a power cut ended.
        fs::remove_file(&part).with_context(|| format!("{}", part.display()))?;
    }
    let made = db::copy_to(&folder.join(DATABASE), &part, db::Pace::AtOnce)
        .map_err(anyhow::Error::from)
        .and_then(|()| verified(&db::open_read_only(&part)?, journal.as_ref()));
    if made.is_err() {
        // It is gone already when the copy failed.
        let _ = fs::remove_file(&part);
    }
    let made =
        made.with_context(|| format!("no backup was made of {}", folder.join(DATABASE).display()))?;
    db::put_in_place(&part, file)?;
    eprintln!(
        "{}: {} entries. The office key is not in it: keep a copy of it in another place",
        file.display(),
        made.entries
    );
    Ok(ExitCode::SUCCESS)
}

/// Runs the verification.
pub(super) fn verify(arguments: &Verify) -> anyhow::Result<ExitCode> {
    let folder = &arguments.data.folder;
    let connection = counter::look(folder)?;
    let verified = verified(&connection, journal_of(folder)?.as_ref())
        .with_context(|| format!("{}", folder.join(DATABASE).display()))?;
    let head = verified.head.as_deref().unwrap_or("-");
    say(format_args!("{} logs, {} entries, head {head}", verified.logs, verified.entries));
    let ledger = payment::balance(&connection)?;
    say(format_args!(
        "ledger: {} entries, debit {} yen, credit {} yen, sum {} yen",
        ledger.entries,
        ledger.debit,
        ledger.credit,
        ledger.debit - ledger.credit
    ));
    Ok(ExitCode::SUCCESS)
}

/// The journal with the office key of the folder, or without one nothing.
fn journal_of(folder: &Path) -> anyhow::Result<Option<Journal>> {
    let key = folder.join(OFFICE_KEY);
    if !key.exists() {
        eprintln!("the office key is not there: only what needs no key is verified");
        return Ok(None);
    }
    Ok(Some(Journal::of_this_machine(OfficeKey::load(&key, false, &SystemChance)?)))
}

/// Whether the file, the references between rows, the chain, and what the rows
/// make of it all hold.
fn verified(connection: &db::Connection, journal: Option<&Journal>) -> anyhow::Result<Verified> {
    db::verify(connection)?;
    let verified = match journal {
        Some(journal) => journal.verify(connection)?,
        None => journal::verify(connection, None)?,
    }
    .map_err(journal::Error::Broken)?;
    match visit::verify::first_contradiction(connection)? {
        None => Ok(verified),
        Some(contradiction) => bail!("{contradiction}"),
    }
}
