//! The second copy (二つ目の控え): what this machine's disk holds, once more on another
//! medium, every minute.
//!
//! What was written since the last call of the hub is nowhere else; with the disk it would
//! be gone. A copy is of one moment, is looked at before it takes the last one's place, and
//! takes it in one step: whoever finds the file finds a database. `madoguchi restore` puts it
//! back like any backup. A medium that is full or gone stops nothing: it is said, and tried
//! again a minute later.

mod make;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::clock::Moment;
use crate::db::{Db, TailCheck};
use crate::journal::Journal;

pub use make::{FILE, Trouble};

/// A copy that is older is told of: something is slower than it should be, or stuck.
const OLD_SECS: i64 = 10 * 60;

/// No more than this part of the time is spent copying, however large the file becomes.
const REST: u32 = 9;

/// How the copy stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// The moment that the copy is of.
    pub of: Option<Moment>,
    /// Why the last try made none.
    pub trouble: Option<Trouble>,
    /// It lies on the same medium as the database, and is lost with it.
    pub beside: bool,
}

impl Last {
    /// How old the copy is.
    pub fn age_secs(&self, now: Moment) -> Option<i64> {
        self.of.map(|of| (now - of).whole_seconds().max(0))
    }

    /// Whether somebody has to look after it.
    pub fn is_well(&self, now: Moment) -> bool {
        let is_fresh = self.age_secs(now).is_some_and(|age| age < OLD_SECS);
        self.trouble.is_none() && !self.beside && is_fresh
    }
}

/// The same, shared. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Standing(Arc<Mutex<Last>>);

impl Standing {
    /// How it stands now.
    pub fn last(&self) -> Last {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what came of a try. The log tells of every change once.
    fn note(&self, of: Moment, made: Result<make::Made, Trouble>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (trouble, beside) = match made {
            Ok(made) => {
                last.of = Some(of);
                (None, made.beside)
            }
            Err(trouble) => (Some(trouble), last.beside),
        };
        match &trouble {
            Some(trouble) if last.trouble.as_ref() != Some(trouble) => {
                tracing::error!("no second copy: {trouble}");
            }
            None if last.trouble.is_some() => tracing::info!("the second copy is made again"),
            _ => {}
        }
        if beside && !last.beside {
            tracing::warn!("the second copy lies on the same medium as the database");
        }
        (last.trouble, last.beside) = (trouble, beside);
    }
}

/// Everything the task needs.
pub struct Copying {
    pub db: Db,
    pub journal: Arc<Journal>,
    /// Looks at the newest rows of a copy.
    pub tail_check: TailCheck,
    /// A folder on another medium.
    pub folder: PathBuf,
    pub every: Duration,
    pub standing: Standing,
}

impl Copying {
    /// Works until it is dropped.
    pub async fn forever(self) {
        let mut commits = self.db.commits();
        loop {
            commits.mark_unchanged();
            let (of, began) = (self.journal.now(), Instant::now());
            let made = self.make().await;
            let is_made = made.is_ok();
            self.standing.note(of, made);
            sleep(self.every.max(began.elapsed() * REST)).await;
            // Nothing was written since: the copy is as good as new, if it is still there.
            while is_made && !commits.has_changed().unwrap_or(true) {
                let of = self.journal.now();
                let Ok(made) = make::still_there(self.db.path(), &self.folder) else { break };
                self.standing.note(of, Ok(made));
                sleep(self.every).await;
            }
        }
    }

    /// On a thread of its own, which a program that ends does not wait for: a medium can
    /// hang.
    async fn make(&self) -> Result<make::Made, Trouble> {
        let (path, folder) = (self.db.path().to_owned(), self.folder.clone());
        let (tail_check, (reply, made)) = (self.tail_check, oneshot::channel());
        std::thread::Builder::new()
            .name("second-copy".to_owned())
            .spawn(move || drop(reply.send(make::make(&path, &folder, tail_check))))
            .map_err(|error| Trouble::Failed(error.to_string()))?;
        made.await.unwrap_or_else(|_| Err(Trouble::Failed("it broke off".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_copy_is_well_when_it_is_made_elsewhere_and_lately() {
        let now = datetime!(2026-11-27 9:00 +9);
        let well = Last { of: Some(now - Duration::from_secs(60)), ..Last::default() };
        let stuck = Last { of: Some(now - Duration::from_secs(600)), ..well.clone() };
        let never = Last::default();
        let full = Last { trouble: Some(Trouble::NoRoom), ..well.clone() };
        let beside = Last { beside: true, ..well.clone() };
        for (last, expected) in
            [(&well, true), (&stuck, false), (&never, false), (&full, false), (&beside, false)]
        {
            assert_eq!(last.is_well(now), expected, "{last:?}");
        }
        assert_eq!(well.age_secs(now), Some(60));
    }
}
