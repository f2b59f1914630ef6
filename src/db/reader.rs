//! A few connections for looking.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{Error, connection};

/// Looks that may run at once. Two cores serve one office.
const READERS: usize = 4;

#[derive(Clone)]
pub(super) struct Readers {
    free: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let free =
            (0..READERS).map(|_| connection::open_read_only(path)).collect::<Result<_, _>>()?;
        Ok(Self { free: Arc::new(Mutex::new(free)), turns: Arc::new(Semaphore::new(READERS)) })
    }

    pub(super) async fn run<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Error::Stopped)?;
        let free = self.free.clone();
        let run = move || {
            let _turn = turn;
            let connection = free.lock().unwrap_or_else(|held| held.into_inner()).pop();
            let lent = Lent { connection, free: &free };
            let connection = lent.connection.as_ref().ok_or(Error::Stopped)?;
            // One look sees one moment, however many queries it makes.
            connection.execute_batch("begin").map_err(Error::from)?;
            look(connection)
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| Error::Stopped)?
    }
}

/// Gives the connection back, also when the look panics.
struct Lent<'a> {
    connection: Option<Connection>,
    free: &'a Mutex<Vec<Connection>>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.as_ref().filter(|one| !one.is_autocommit()) {
            // It only looked: there is nothing that could fail to be undone.
            let _ = connection.execute_batch("rollback");
        }
        let mut free = self.free.lock().unwrap_or_else(|held| held.into_inner());
        free.extend(self.connection.take());
    }
}
