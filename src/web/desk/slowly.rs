//! Work with passwords: a tenth of a second and nineteen MiB each time, so it
//! runs off the threads that answer, and only so many at once as the machine has
//! to spare.

use tokio::sync::Semaphore;

use crate::db;

static TURNS: Semaphore = Semaphore::const_new(2);

/// Runs `work` when it is its turn.
///
/// # Errors
/// [`db::Error::Stopped`] when it panicked.
pub(in crate::web) async fn slowly<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, db::Error> {
    let _turn = TURNS.acquire().await.map_err(|_| db::Error::Stopped)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| db::Error::Stopped)
}
