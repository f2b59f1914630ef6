//! `madoguchi restore`: a backup in the place of the database. Numbers go on from
//! where they were, and what was taken away since the backup does not come back.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::{Data, verified};
use crate::chance::SystemChance;
use crate::clock::{Clock, Moment, SystemClock, rfc3339};
use crate::db::{self, Connection, Tx};
use crate::id::LogId;
use crate::journal::{self, Actor, Journal, OfficeKey};
use crate::server::counter::{DATABASE, OFFICE_KEY};
use crate::server::high_water;
use crate::server::lock::FolderLock;
use crate::visit::brought;
use crate::{device, schema, staff};

/// Puts a backup in the place of the database; the server must be stopped
#[derive(clap::Args)]
pub(in crate::cli) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// Runs the restore. The new database is finished beside the old one, and takes
/// its place in one step; what was there is kept, even when it cannot be read.
pub(in crate::cli) fn restore(arguments: &Restore) -> anyhow::Result<ExitCode> {
    let (file, folder) = (&arguments.file, &arguments.data.folder);
    refuse_another_owner(folder).with_context(|| format!("{}", folder.display()))?;
    let key = OfficeKey::load(&folder.join(OFFICE_KEY), false, &SystemChance)?;
    let journal = Journal::of_this_machine(key);
    db::open_read_only(file)
        .map_err(anyhow::Error::from)
        .and_then(|backup| verified(&backup, Some(&journal)))
        .with_context(|| format!("{} is not restored", file.display()))?;
    let _lock = FolderLock::take(folder)?;
    let now = SystemClock.now();
    let (target, new) = (folder.join(DATABASE), folder.join("office-new.db"));
    let aside = folder.join(format!("office-before-{}.db", now.unix_timestamp()));
    if new.exists() {
        fs::remove_file(&new)?;
    }
    let before = copied_aside(&target, &aside)?;
    db::copy_to(file, &new, db::Pace::AtOnce)?;
    let restored = Restored::finish(&new, before.as_ref(), &journal, now)?;
    // What cannot be copied is moved, and only now, when all the rest is done.
    let moved = before.is_none() && db::set_aside(&target, &aside)?;
    db::put_in_place(&new, &target)?;
    // What it remembers is of the database that was there; the new log says so itself.
    let mark = high_water::file(folder);
    if mark.exists() {
        fs::remove_file(&mark).with_context(|| format!("{}", mark.display()))?;
    }
    if moved {
        eprintln!("what was there cannot be read");
    }
    if moved || before.is_some() {
        eprintln!(
            "what was there is now {}: it holds personal data, delete it when it is not needed",
            aside.display()
        );
    }
    restored.tell();
    eprintln!("restored at {}; the journal goes on in log {}", rfc3339(now), restored.log);
    Ok(ExitCode::SUCCESS)
}

/// The server runs as the owner of its folder, and could not open what somebody
/// else, root for one, has put there.
fn refuse_another_owner(folder: &Path) -> anyhow::Result<()> {
    let owner = fs::metadata(folder)?.uid();
    if owner != fs::metadata("/proc/self")?.uid() {
        bail!(
            "this folder is another user's: run the same command as that user, with `sudo -u '#{owner}'`"
        );
    }
    Ok(())
}

/// A copy of the database that is there, if it can be read.
fn copied_aside(target: &Path, aside: &Path) -> Result<Option<Connection>, db::Error> {
    if !target.exists() {
        return Ok(None);
    }
    match db::copy_to(target, aside, db::Pace::AtOnce) {
        Ok(()) => db::open_read_only(aside).map(Some),
        Err(db::Error::Damaged(_) | db::Error::Disk(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What became of a backup.
struct Restored {
    log: LogId,
    devices: usize,
    accounts_known: bool,
    codes_known: bool,
    /// Whether bookings may have been lost, or come back: all but where both databases
    /// say that there never was one.
    may_lose_appointments: bool,
    /// Whether the backup knows of any payment.
    has_payments: bool,
}

impl Restored {
    /// Begins the new log, carries on what must not go back and closes the file
    /// whole.
    fn finish(
        new: &Path,
        before: Option<&Connection>,
        journal: &Journal,
        now: Moment,
    ) -> anyhow::Result<Self> {
        let mut connection = db::open(new)?;
        db::migrate(&mut connection, schema::STEPS)?;
        let log = LogId::new(now, &SystemChance);
        connection.execute_batch("begin immediate")?;
        let tx = Tx::alone(&connection);
        journal::continue_in_new_log(&tx, log, now)?;
        carry_numbers(&tx, before, now)?;
        let devices = device::revoke_all(&tx, journal, Actor::Console)?;
        staff::end_all_sessions(&tx)?;
        let accounts_known = carry(&tx, before, |before| staff::take_over(&tx, journal, before))?;
        let codes_known = carry(&tx, before, |before| brought::take_over(&tx, journal, before))?;
        connection.execute_batch(
            "commit; pragma wal_checkpoint(truncate); pragma journal_mode = delete",
        )?;
        verified(&connection, Some(journal))?;
        let may_lose_appointments = there_is(&connection, "appointment")?
            || before.is_none_or(|before| there_is(before, "appointment").unwrap_or(true));
        let has_payments = there_is(&connection, "charge")?;
        Ok(Self { log, devices, accounts_known, codes_known, may_lose_appointments, has_payments })
    }

    fn tell(&self) {
        if self.devices > 0 {
            eprintln!("{} devices must be paired again", self.devices);
        }
        if !self.accounts_known {
            eprintln!(
                "accounts are as they were in the backup: first of all disable whom you disabled \
                 since, and reset the passwords that were changed since"
            );
        }
        if !self.codes_known {
            eprintln!(
                "codes made at home are as they were in the backup: one that was used up or \
                 burned since can be used once more, until `madoguchi key retire --epoch MONTH` \
                 ends all codes of its month"
            );
        }
        if self.may_lose_appointments {
            eprintln!(
                "appointments are as they were in the backup: seats that were booked since are \
                 free again, and what was called off since is booked; ask whoever keeps the list"
            );
        }
        if self.has_payments {
            eprintln!(
                "payments are as they were in the backup: what was taken, voided or given back \
                 since is not in the ledger; compare it with the receipts, the drawer and the \
                 terminal's slips before anybody pays again"
            );
        }
    }
}

/// Whether a table of a database has any row. One from before there was such a table has
/// none.
fn there_is(connection: &Connection, table: &str) -> Result<bool, db::Error> {
    let has_table = "select exists (select 1 from sqlite_master where name = ?1)";
    if !connection.query_row(has_table, [table], |row| row.get(0))? {
        return Ok(false);
    }
    let has_any = format!("select exists (select 1 from {table})");
    Ok(connection.query_row(&has_any, [], |row| row.get(0))?)
}

/// A database that was damaged may not be readable, or not all of it; numbers
/// then jump.
fn carry_numbers(tx: &Tx<'_>, before: Option<&Connection>, now: Moment) -> Result<(), db::Error> {
    let carried = |before| db::numbering::never_back(tx, before).and_then(|()| db::verify(before));
    match before.map(carried) {
        Some(Ok(())) => Ok(()),
        _ => db::numbering::jump(tx, now),
    }
}

/// Takes something over from what was there, all of it or nothing; whether it is known
/// now as it was last. A database that was damaged may be silent about some of it.
fn carry<E>(
    tx: &Tx<'_>,
    before: Option<&Connection>,
    take_over: impl FnOnce(&Connection) -> Result<(), E>,
) -> Result<bool, db::Error> {
    let Some(before) = before else { return Ok(false) };
    tx.execute_batch("savepoint carried")?;
    let is_carried = take_over(before).is_ok();
    let end = match is_carried {
        true => "release carried",
        false => "rollback to carried; release carried",
    };
    tx.execute_batch(end)?;
    Ok(is_carried && db::verify(before).is_ok())
}
