//! The writer thread: takes what waits, commits it together, then answers.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Error, TailCheck, connection};

/// Jobs in one commit. More would only make the first caller wait longer.
const GROUP_LEN_MAX: usize = 256;

/// What the callers hear whose changes were undone with somebody else's.
const UNDONE: &str = "SQLite undid a change and all that waited with it";

/// A transaction in which rows may change. Only the writer makes one, so a rule
/// that takes a `Tx` cannot be called outside it.
pub struct Tx<'a>(&'a Connection);

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.0
    }
}

impl<'a> Tx<'a> {
    /// Treats an open connection as a transaction, for set-up before the writer
    /// starts and for tests of stores.
    pub fn alone(connection: &'a Connection) -> Self {
        Self(connection)
    }
}

/// Tells the caller how its job ended, once the commit has ended.
type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// A caller's work; says whether to keep what it did, and how to answer. Given a
/// fault instead of a transaction it only answers.
pub(super) type Job = Box<dyn FnOnce(Result<&Tx<'_>, Error>) -> (bool, Answer) + Send>;

pub(super) enum Command {
    Job(Job),
    TruncateLog(oneshot::Sender<Result<(), Error>>),
}

/// Packs `work` so that its answer leaves only after the commit.
pub(super) fn job<T, E, F>(work: F, reply: oneshot::Sender<Result<T, E>>) -> Job
where
    F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    Box::new(move |tx| {
        let outcome = tx.map_err(E::from).and_then(work);
        let keep = outcome.is_ok();
        let answer: Answer = Box::new(move |committed| {
            let outcome = match committed {
                Err(fault) if keep => Err(E::from(fault)),
                _ => outcome,
            };
            // A caller that has gone away has lost only the answer; the work
            // is in the journal under its operation id.
            let _ = reply.send(outcome);
        });
        (keep, answer)
    })
}

/// Starts the thread. It ends when every [`super::Db`] is gone.
pub(super) fn spawn(
    connection: Connection,
    path: PathBuf,
    tail_check: TailCheck,
    (mut commands, commits): (mpsc::Receiver<Command>, watch::Sender<u64>),
) -> Result<(), Error> {
    let mut writer = Writer { connection, path, tail_check, commits };
    std::thread::Builder::new()
        .name("db-writer".to_owned())
        .spawn(move || {
            while let Some(first) = commands.blocking_recv() {
                writer.serve(first, &mut commands);
            }
        })
        .map(drop)
        .map_err(|error| Error::Disk(error.to_string()))
}

struct Writer {
    connection: Connection,
    path: PathBuf,
    tail_check: TailCheck,
    /// How many groups are on disk; who shows what changed waits for the next.
    commits: watch::Sender<u64>,
}

impl Writer {
    fn serve(&mut self, first: Command, commands: &mut mpsc::Receiver<Command>) {
        let mut next = Some(first);
        let mut group = Vec::new();
        while let Some(command) = next {
            match command {
                Command::Job(job) => group.push(job),
                Command::TruncateLog(reply) => {
                    self.commit(std::mem::take(&mut group));
                    let _ = reply.send(self.truncate_log());
                }
            }
            next = if group.len() < GROUP_LEN_MAX { commands.try_recv().ok() } else { None };
        }
        self.commit(group);
    }

    /// Runs a group and answers every caller in it.
    fn commit(&mut self, group: Vec<Job>) {
        if group.is_empty() {
            return;
        }
        let mut answers = Vec::with_capacity(group.len());
        let ended = self.run(group, &mut answers);
        if let Err(fault) = &ended {
            tracing::error!(%fault, jobs = answers.len(), "a group of changes was undone");
            self.recover(fault);
        }
        if ended.is_ok() {
            self.commits.send_modify(|groups| *groups += 1);
        }
        for answer in answers {
            answer(ended.as_ref().copied().map_err(again));
        }
    }

    fn run(&self, group: Vec<Job>, answers: &mut Vec<Answer>) -> Result<(), Error> {
        let connection = &self.connection;
        let mut state = connection.execute_batch("begin immediate").map_err(Error::from);
        for job in group {
            match &state {
                Err(fault) => answers.push(job(Err(again(fault))).1),
                Ok(()) => answers.extend(run_one(connection, job)),
            }
            // A full or failing disk makes SQLite undo the whole transaction,
            // with the earlier jobs of the group in it. Which of the two it was,
            // the job's own caller hears from SQLite; for the others, and for the
            // connection, the worse is assumed.
            if state.is_ok() && connection.is_autocommit() {
                state = Err(Error::Disk(UNDONE.to_owned()));
            }
        }
        state?;
        connection.execute_batch("commit").map_err(Error::from)
    }

    /// Leaves a connection that works: rolled back, and opened anew after a
    /// disk fault. Fails quietly; the next group meets the same fault and says so.
    fn recover(&mut self, fault: &Error) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("rollback");
        }
        if fault.breaks_connection() {
            match self.reopen() {
                Ok(connection) => self.connection = connection,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            }
        }
    }

    fn truncate_log(&mut self) -> Result<(), Error> {
        let emptied = truncate_log(&self.connection);
        if let Err(fault) = &emptied {
            self.recover(fault);
        }
        emptied
    }

    fn reopen(&self) -> Result<Connection, Error> {
        let path: &Path = &self.path;
        let connection = connection::open(path)?;
        (self.tail_check)(&connection)?;
        Ok(connection)
    }
}

/// Runs one job in a savepoint. `None`: it panicked; dropping its reply tells
/// its caller.
fn run_one(connection: &Connection, job: Job) -> Option<Answer> {
    if let Err(fault) = connection.execute_batch("savepoint job") {
        return Some(job(Err(fault.into())).1);
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| job(Ok(&Tx(connection)))));
    let keep = matches!(&outcome, Ok((true, _)));
    let end = if keep { "release job" } else { "rollback to job; release job" };
    // Where SQLite has undone the whole transaction there is no savepoint left
    // to end; the caller of this function sees that and fails the group.
    let ended = connection.execute_batch(end);
    debug_assert!(ended.is_ok() || connection.is_autocommit());
    outcome.ok().map(|(_, answer)| answer)
}

/// The same fault for each caller of a group.
fn again(fault: &Error) -> Error {
    match fault {
        Error::DiskFull => Error::DiskFull,
        Error::Busy => Error::Busy,
        Error::Disk(why) => Error::Disk(why.clone()),
        other => Error::Disk(other.to_string()),
    }
}

fn truncate_log(connection: &Connection) -> Result<(), Error> {
    // Everybody waits while this waits for a reader, so it gives up soon; the
    // caller tries again later.
    connection.busy_timeout(Duration::from_millis(200))?;
    let busy: rusqlite::Result<i64> =
        connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0));
    connection.busy_timeout(connection::PATIENCE)?;
    if busy? == 0 { Ok(()) } else { Err(Error::Busy) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static LOOKED: AtomicUsize = AtomicUsize::new(0);

    fn count_looks(_: &Connection) -> Result<(), Error> {
        LOOKED.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn writer(folder: &Path) -> Writer {
        let path = folder.join("office.db");
        let connection = connection::open(&path).unwrap();
        connection.execute_batch("create table note (words text) strict").unwrap();
        Writer { connection, path, tail_check: count_looks, commits: watch::Sender::new(0) }
    }

    type Outcome = oneshot::Receiver<Result<(), Error>>;

    fn asked(work: impl FnOnce(&Tx<'_>) -> Result<(), Error> + Send + 'static) -> (Job, Outcome) {
        let (reply, outcome) = oneshot::channel();
        (job(work, reply), outcome)
    }

    fn note(tx: &Tx<'_>) -> Result<(), Error> {
        tx.execute("insert into note values ('kept')", [])?;
        Ok(())
    }

    #[test]
    fn a_group_that_sqlite_undid_is_told_so_and_the_file_is_looked_at_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        let (first, before) = asked(note);
        // What SQLite does by itself when the disk fails in the middle of a change.
        let (second, failing) = asked(|tx| {
            tx.execute_batch("rollback")?;
            Err(Error::Disk("disk I/O error".to_owned()))
        });
        let (third, after) = asked(note);
        writer.commit(vec![first, second, third]);
        let told = |outcome: Outcome| outcome.blocking_recv().unwrap().unwrap_err().to_string();
        let undone = "the disk failed: SQLite undid a change and all that waited with it";
        assert_eq!(told(failing), "the disk failed: disk I/O error");
        assert_eq!([told(before), told(after)], [undone, undone]);
        assert_eq!(LOOKED.load(Ordering::SeqCst), 1);
        let (again, kept) = asked(note);
        writer.commit(vec![again]);
        assert!(kept.blocking_recv().unwrap().is_ok());
        let notes = "select count(*) from note";
        assert_eq!(writer.connection.query_row(notes, [], |row| row.get(0)), Ok(1));
    }

    #[test]
    fn a_log_that_could_not_be_emptied_leaves_the_writer_its_patience() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path());
        writer.connection.execute_batch("begin immediate").unwrap();
        note(&Tx(&writer.connection)).unwrap();
        assert!(writer.truncate_log().is_err());
        let patience = writer.connection.query_row("pragma busy_timeout", [], |row| row.get(0));
        assert_eq!(patience, Ok(5000));
        // And without what was left open.
        assert!(writer.connection.is_autocommit());
    }
}
