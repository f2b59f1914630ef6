//! The one SQLite file of an office.
//!
//! Every change goes through one writer thread. It takes what waits, runs each
//! job in a savepoint of its own, commits them together and only then answers:
//! an answer means the change is on disk (WAL, `synchronous=FULL`, read back at
//! start). Readers have connections of their own and never wait for the writer.
//! SQLite is the bundled one, past the WAL-reset fault of 3.7.0–3.51.2.
//!
//! This room knows no table. The schema comes as a list of steps, the check of
//! the journal's tail as a function.

mod backup;
mod connection;
mod error;
pub mod numbering;
mod reader;
mod writer;

use std::path::{Path, PathBuf};

use tokio::sync::{mpsc, oneshot, watch};

pub use backup::{Pace, copy_to, put_in_place, put_over, set_aside};
pub use connection::{migrate, open, open_read_only, verify};
pub use error::Error;
pub use numbering::next_number;
pub use rusqlite::Connection;
pub use writer::Tx;

use reader::Readers;
use writer::Command;

/// One step of the schema. Steps are only ever added at the end.
pub type Step = &'static str;

/// Looks at the newest rows after a fault, before the writer goes on.
pub type TailCheck = fn(&Connection) -> Result<(), Error>;

/// Jobs that may wait for the writer before new ones are turned away.
const QUEUE_LEN_MAX: usize = 1024;

/// Handle to the file. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    path: PathBuf,
    // One writer is enough: SQLite takes one at a time anyway, and queueing
    // here is fairer than retrying on SQLITE_BUSY.
    writer: mpsc::Sender<Command>,
    readers: Readers,
    commits: watch::Receiver<u64>,
}

impl Db {
    /// Opens or creates the file, brings its schema up to date and starts the
    /// writer.
    ///
    /// # Errors
    /// [`Error::Newer`] when the file was written by a newer program, else what
    /// SQLite said.
    pub fn start(path: &Path, steps: &[Step], tail_check: TailCheck) -> Result<Self, Error> {
        let mut connection = open(path)?;
        migrate(&mut connection, steps)?;
        tail_check(&connection)?;
        let (writer, commands) = mpsc::channel(QUEUE_LEN_MAX);
        let (noted, commits) = watch::channel(0);
        writer::spawn(connection, path.to_owned(), tail_check, (commands, noted))?;
        Ok(Self { path: path.to_owned(), writer, readers: Readers::open(path)?, commits })
    }

    /// Runs `work` in the next group and answers once it is on disk. An error
    /// from `work` undoes everything it did and nothing else.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = writer::job(work, reply);
        self.writer.try_send(Command::Job(job)).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::Stopped,
        })?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Runs `look` on a reader's connection, which cannot write.
    pub async fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.readers.run(look).await
    }

    /// Moves the write-ahead log into the file and empties it. Needed after
    /// personal data was erased: `secure_delete` overwrites the rows in the file,
    /// but their old pages would stay readable in the log.
    pub async fn truncate_log(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.writer.send(Command::TruncateLog(reply)).await.map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Changes after every group that is on disk, whoever made the changes in it:
    /// what shows the state of something looks again then, and misses nothing.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[Step] = &["create table note (id integer primary key, words text) strict;"];

    fn start(path: &Path) -> Db {
        Db::start(path, STEPS, |_| Ok(())).unwrap()
    }

    async fn note(db: &Db, words: &'static str) -> Result<i64, Error> {
        db.write(move |tx| {
            tx.execute("insert into note (words) values (?1)", [words])?;
            Ok(tx.last_insert_rowid())
        })
        .await
    }

    async fn notes(db: &Db) -> Vec<String> {
        db.read(|connection| -> Result<_, Error> {
            let mut rows = connection.prepare("select words from note order by id")?;
            let words = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(words)
        })
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn what_was_answered_is_there_and_what_failed_left_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = start(&folder.path().join("office.db"));
        note(&db, "first").await.unwrap();
        let refused: Result<(), Error> = db
            .write(|tx| {
                tx.execute("insert into note (words) values ('half')", [])?;
                Err(Error::Busy)
            })
            .await;
        assert!(matches!(refused, Err(Error::Busy)));
        note(&db, "second").await.unwrap();
        assert_eq!(notes(&db).await, ["first", "second"]);
    }

    #[tokio::test]
    async fn who_waits_for_a_change_hears_of_it_once_it_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let db = start(&folder.path().join("office.db"));
        let mut commits = db.commits();
        commits.mark_unchanged();
        note(&db, "told").await.unwrap();
        assert!(commits.has_changed().unwrap());
        assert_eq!(notes(&db).await, ["told"]);
    }

    #[tokio::test]
    async fn a_job_that_panics_hurts_only_its_own_caller() {
        let folder = tempfile::tempdir().unwrap();
        let db = start(&folder.path().join("office.db"));
        let panicked: Result<(), Error> = db.write(|_| panic!("a fault in a rule")).await;
        assert!(matches!(panicked, Err(Error::Stopped)));
        note(&db, "still here").await.unwrap();
        assert_eq!(notes(&db).await, ["still here"]);
    }

    #[tokio::test]
    async fn jobs_that_wait_together_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let db = start(&folder.path().join("office.db"));
        let jobs: Vec<_> = (0..100)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { note(&db, "one of many").await })
            })
            .collect();
        for job in jobs {
            job.await.unwrap().unwrap();
        }
        assert_eq!(notes(&db).await.len(), 100);
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let db = start(&folder.path().join("office.db"));
        let refused: Result<usize, Error> =
            db.read(|connection| Ok(connection.execute("delete from note", [])?)).await;
        assert!(refused.is_err());
    }

    #[tokio::test]
    async fn erased_words_are_gone_from_the_file_and_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.db");
        let db = start(&path);
        note(&db, "MARKER-OF-A-PERSON").await.unwrap();
        db.write(|tx| -> Result<_, Error> { Ok(tx.execute("delete from note", [])?) })
            .await
            .unwrap();
        db.truncate_log().await.unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"MARKER"));
        }
    }

    #[test]
    fn a_file_of_a_newer_program_is_refused_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.db");
        let two: &[Step] = &[STEPS[0], "create table later (id integer) strict;"];
        migrate(&mut open(&path).unwrap(), two).unwrap();
        let before = std::fs::read(&path).unwrap();
        let refused = migrate(&mut open(&path).unwrap(), STEPS);
        assert!(matches!(refused, Err(Error::Newer { found: 2, known: 1 })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn sqlite_is_past_the_wal_reset_fault() {
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }
}
