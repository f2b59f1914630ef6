//! The high-water mark: where the journal ended, in a file beside the database.
//!
//! A database that somebody copies back by hand does not know that it is old: it would
//! give out numbers again that stand on paper in people's hands. The file remembers. It is
//! written within a second of a commit and never before it, so it is never ahead of what was
//! on disk, and of the last second at most it may know nothing; a database that is
//! behind it, or has something else in its place, was set back. The journal then goes on in
//! a new log, and numbers above what they can have reached. `madoguchi restore` does that
//! itself, and takes the file away.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::db::{self, Connection, Db, Tx};
use crate::hex;
use crate::id::LogId;
use crate::journal::{self, Actor, Entity, Error, Event, Journal};

/// In the data folder.
const FILE: &str = "journal.mark";
/// How often it is written at most.
const EVERY: Duration = Duration::from_secs(1);

/// Where a journal ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Mark {
    log: LogId,
    seq: u64,
    hash: String,
}

/// Where it lies.
pub fn file(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Before anything is written: whether the database was set back, and if so a new log.
/// The number of a log is then never used twice, whoever copied what.
pub(super) async fn hold(data: &Path, db: &Db, journal: &Arc<Journal>) -> anyhow::Result<()> {
    let Some(mark) = read(&file(data)) else { return Ok(()) };
    if !db.read(move |connection| is_behind(connection, &mark)).await? {
        return Ok(());
    }
    let journal = journal.clone();
    db.write(move |tx| go_on_above(tx, &journal)).await?;
    eprintln!(
        "the database is older than it was: it was copied back, or another one ran here. The \
         journal goes on in a new log, and today's numbers jump. Use `madoguchi restore` to put a \
         backup back"
    );
    Ok(())
}

/// Keeps the file up to date, as long as the office is open.
pub(super) async fn forever(data: PathBuf, db: Db) {
    let mut commits = db.commits();
    loop {
        commits.mark_unchanged();
        match db.read(newest).await {
            Ok(Some(mark)) => {
                if let Err(error) = write(&file(&data), &mark) {
                    tracing::warn!(%error, "where the journal ends was not noted");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "where the journal ends cannot be read"),
        }
        tokio::time::sleep(EVERY).await;
        if commits.changed().await.is_err() {
            return;
        }
    }
}

/// Where the open log ends.
fn newest(connection: &Connection) -> Result<Option<Mark>, Error> {
    let Some(log) = journal::logs(connection)?.pop() else { return Ok(None) };
    let end = journal::ends_at(connection, log.id)?;
    Ok(end.map(|(seq, hash)| Mark { log: log.id, seq, hash: hex::digits(&hash) }))
}

/// Whether what the mark names is not there, or is something else.
fn is_behind(connection: &Connection, mark: &Mark) -> Result<bool, Error> {
    // A folder whose database was taken away begins anew.
    if journal::logs(connection)?.is_empty() {
        return Ok(false);
    }
    let held = journal::carried(connection, mark.log, mark.seq, 1)?;
    let is_there = held.first().is_some_and(|(row, hash)| {
        u64::try_from(row.seq) == Ok(mark.seq) && hex::digits(hash) == mark.hash
    });
    Ok(!is_there)
}

fn go_on_above(tx: &Tx<'_>, journal: &Journal) -> Result<(), Error> {
    let (now, log) = (journal.now(), LogId::new(journal.now(), &*journal.chance));
    let old = journal::logs(tx)?.pop().map(|log| log.id.to_string());
    journal::continue_in_new_log(tx, log, now)?;
    db::numbering::jump(tx, now)?;
    let event = Event {
        op: journal.op(),
        kind: journal::PARTED,
        schema_version: 1,
        entity: Entity::new("log", old.unwrap_or_default()),
        actor: Actor::System,
        facts: json!({ "incident": "counter_went_back" }),
        personal: None,
    };
    journal.append(tx, &event).map(drop)
}

/// What cannot be read says nothing: the hub compares all the same.
fn read(file: &Path) -> Option<Mark> {
    let text = fs::read(file).ok()?;
    serde_json::from_slice(&text)
        .map_err(|_| tracing::warn!("the journal's mark cannot be read"))
        .ok()
}

/// In one step, and on disk.
fn write(file: &Path, mark: &Mark) -> std::io::Result<()> {
    let new = file.with_extension("new");
    let mut written = File::create(&new)?;
    written.write_all(&serde_json::to_vec(mark)?)?;
    written.sync_all()?;
    fs::rename(&new, file)
}
