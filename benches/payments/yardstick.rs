//! The yardstick: one thread, one table, as many rows in one commit as wait.

use std::path::Path;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

/// About what a payment of ours is on disk.
const BYTES: usize = 4_096;
/// As many in one commit as ours takes.
const TOGETHER_MAX: usize = 256;

#[derive(Clone)]
pub struct Yardstick(mpsc::Sender<oneshot::Sender<()>>);

impl Yardstick {
    #[expect(clippy::disallowed_methods, reason = "the bare thing that ours is held against")]
    pub fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection
            .execute_batch(
                "pragma journal_mode = wal; pragma synchronous = full;
                 create table paid (id integer primary key, what blob not null) strict;",
            )
            .unwrap();
        let (sender, receiver) = mpsc::channel(TOGETHER_MAX);
        std::thread::spawn(move || serve(&connection, receiver));
        Self(sender)
    }

    /// One row, on disk.
    pub async fn write(&self) {
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).await.unwrap();
        answered.await.unwrap();
    }
}

fn serve(connection: &Connection, mut waiting: mpsc::Receiver<oneshot::Sender<()>>) {
    let what = vec![0x55_u8; BYTES];
    while let Some(first) = waiting.blocking_recv() {
        let mut answers = vec![first];
        while answers.len() < TOGETHER_MAX
            && let Ok(next) = waiting.try_recv()
        {
            answers.push(next);
        }
        connection.execute_batch("begin immediate").unwrap();
        let mut add = connection.prepare_cached("insert into paid (what) values (?1)").unwrap();
        for _ in &answers {
            add.execute([&what]).unwrap();
        }
        connection.execute_batch("commit").unwrap();
        for answer in answers {
            // Whoever asked may have gone.
            let _ = answer.send(());
        }
    }
}
