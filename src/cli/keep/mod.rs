//! `madoguchi backup`, `restore` and `verify`: keeping the record.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::say;
use crate::chance::SystemChance;
use crate::clock::{Clock, Moment, SystemClock, rfc3339};
use crate::db::{self, Tx};
use crate::id::LogId;
use crate::journal::{self, OfficeKey, Verified};
use crate::schema;
use crate::server::counter::{self, DATABASE, OFFICE_KEY};
use crate::server::lock::FolderLock;
use crate::visit;
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
    let verified = verified(&db::open_read_only(file)?, None)?;
    eprintln!(
        "{}: {} entries. The office key is not in it: keep a copy of it in another place",
        file.display(),
        verified.entries
    );
    Ok(ExitCode::SUCCESS)
}

/// Runs the restore. The new database is finished beside the old one, and takes
/// its place in one step; what was there is kept. The journal goes on in a new
/// log, and numbers go on from where they were, so that nothing is used twice.
pub(super) fn restore(arguments: &Restore) -> anyhow::Result<ExitCode> {
    let (file, folder) = (&arguments.file, &arguments.data.folder);
    let backup = db::open_read_only(file).with_context(|| format!("{}", file.display()))?;
    verified(&backup, None).with_context(|| format!("{}", file.display()))?;
    fs::create_dir_all(folder)?;
    let _lock = FolderLock::take(folder)?;
    let now = SystemClock.now();
    let (target, new) = (folder.join(DATABASE), folder.join("office-new.db"));
    let aside = folder.join(format!("office-before-{}.db", now.unix_timestamp()));
    if new.exists() {
        fs::remove_file(&new)?;
    }
    let before = match target.exists() {
        true => {
            db::copy_to(&target, &aside)?;
            Some(db::open_read_only(&aside)?)
        }
        false => None,
    };
    db::copy_to(file, &new)?;
    let log = finish(&new, before.as_ref(), now)?;
    db::put_in_place(&new, &target)?;
    if before.is_some() {
        eprintln!(
            "what was there is now {}: it holds personal data, delete it when it is not needed",
            aside.display()
        );
    }
    if !folder.join(OFFICE_KEY).exists() {
        eprintln!("put the office key of this database into {}", folder.display());
    }
    eprintln!("restored at {}; the journal goes on in log {log}", rfc3339(now));
    Ok(ExitCode::SUCCESS)
}

/// Begins the new log, carries the numbers on and closes the file whole.
fn finish(new: &Path, before: Option<&db::Connection>, now: Moment) -> anyhow::Result<LogId> {
    let mut connection = db::open(new)?;
    db::migrate(&mut connection, schema::STEPS)?;
    let log = LogId::new(now, &SystemChance);
    connection.execute_batch("begin immediate")?;
    let tx = Tx::alone(&connection);
    journal::continue_in_new_log(&tx, log, now)?;
    // A database that was damaged may not be readable, or not all of it; numbers
    // then jump.
    let carried = |before| db::numbering::never_back(&tx, before).and_then(|()| db::verify(before));
    if before.is_none_or(|before| carried(before).is_err()) {
        db::numbering::jump(&tx, now)?;
    }
    connection
        .execute_batch("commit; pragma wal_checkpoint(truncate); pragma journal_mode = delete")?;
    verified(&connection, None)?;
    Ok(log)
}

/// Runs the verification.
pub(super) fn verify(arguments: &Verify) -> anyhow::Result<ExitCode> {
    let folder = &arguments.data.folder;
    let connection = counter::look(folder)?;
    let key = folder.join(OFFICE_KEY);
    let key = key.exists().then(|| OfficeKey::load(&key, false, &SystemChance)).transpose()?;
    if key.is_none() {
        eprintln!("the office key is not there: only what needs no key is verified");
    }
    let verified = verified(&connection, key.as_ref())?;
    let head = verified.head.as_deref().unwrap_or("-");
    say(format_args!("{} logs, {} entries, head {head}", verified.logs, verified.entries));
    Ok(ExitCode::SUCCESS)
}

/// Whether the file, the references between rows, the chain, and what the rows
/// make of it all hold.
fn verified(
    connection: &db::Connection,
    office_key: Option<&OfficeKey>,
) -> anyhow::Result<Verified> {
    db::verify(connection)?;
    let verified = journal::verify(connection, office_key)??;
    match visit::verify::first_contradiction(connection)? {
        None => Ok(verified),
        Some(contradiction) => bail!("{contradiction}"),
    }
}
