//! Codes made at home, as this server reads them: what the scanners at this machine
//! have sent, and why the last one at a tablet was not taken. All of it is forgotten
//! when the program ends; which code was used stands in the database.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedMutexGuard, Semaphore};

use crate::clock::Moment;
use crate::config::{Config, Scanner, ScannerKind};
use crate::id::{DeviceId, VisitId};
use crate::preregistration::Jti;
use crate::scan::{self, Luma, SerialScanner};

/// Pictures looked at at once. More would only wait for each other, and for what
/// else the machine has to do.
const PICTURES_AT_ONCE: usize = 2;

/// Between two codes at one tablet: nobody tries them by the thousand.
const BETWEEN_CODES: Duration = Duration::from_secs(1);

/// What a scanner sent longer ago was meant for somebody else.
const HEARD_FOR: Duration = Duration::from_secs(30);

/// Why the last code at a tablet was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// The visit that showed it.
    pub visit: VisitId,
    /// The stable name of the reason; its sentence stands under it.
    pub code: &'static str,
    /// What the sentence names.
    pub values: Vec<(&'static str, String)>,
    /// Where it could be opened.
    pub jti: Option<Jti>,
    pub at: Moment,
    /// The resident has read it and tries again.
    pub is_read: bool,
}

#[derive(Default)]
struct Tablet {
    not_taken: Option<NotTaken>,
    /// When a code was tried last; held while one is.
    tried: Arc<tokio::sync::Mutex<Option<Instant>>>,
}

/// What a scanner has sent, and when.
type Heard = Arc<Mutex<BTreeMap<String, (Instant, String)>>>;

/// A tablet's turn to try a code, as long as it is held.
pub type Turn = OwnedMutexGuard<Option<Instant>>;

/// What reads codes, and what is remembered of them. One for the process.
pub struct Codes {
    scanners: Mutex<BTreeMap<String, SerialScanner>>,
    heard: Heard,
    tablets: Mutex<BTreeMap<DeviceId, Tablet>>,
    pictures: Semaphore,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Codes {
    /// No scanner is listened to yet.
    fn default() -> Self {
        Self {
            scanners: Mutex::default(),
            heard: Heard::default(),
            tablets: Mutex::default(),
            pictures: Semaphore::new(PICTURES_AT_ONCE),
        }
    }
}

impl Codes {
    /// Listens to the scanners on serial lines.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn listen(&self, config: &Config) -> io::Result<()> {
        let used = config.site.modules.preregistration || config.site.modules.appointments;
        for scanner in config.scanners.iter().filter(|_| used) {
            let Some(device) = &scanner.device else { continue };
            let (id, heard) = (scanner.id.clone(), self.heard.clone());
            let hear = move |text| drop(lock(&heard).insert(id.clone(), (Instant::now(), text)));
            let listening = SerialScanner::listen(device, hear)?;
            lock(&self.scanners).insert(scanner.id.clone(), listening);
        }
        Ok(())
    }

    /// Whether a scanner on a serial line can be heard; any other can as far as this
    /// server knows.
    pub fn is_there(&self, scanner: &Scanner) -> bool {
        let is_open = || lock(&self.scanners).get(&scanner.id).is_some_and(SerialScanner::is_there);
        scanner.kind != ScannerKind::Serial || is_open()
    }

    /// What one of these scanners has sent, without taking it.
    pub fn has_heard<'s>(&self, mut scanners: impl Iterator<Item = &'s Scanner>) -> bool {
        let heard = lock(&self.heard);
        scanners.any(|one| heard.get(&one.id).is_some_and(|(at, _)| at.elapsed() < HEARD_FOR))
    }

    /// Takes what these scanners have sent: the last of it is meant, and nothing
    /// is left for whoever comes next.
    pub fn take_heard<'s>(&self, scanners: impl Iterator<Item = &'s Scanner>) -> Option<String> {
        let mut heard = lock(&self.heard);
        let sent = scanners.filter_map(|one| heard.remove(&one.id)).max_by_key(|(at, _)| *at);
        sent.filter(|(at, _)| at.elapsed() < HEARD_FOR).map(|(_, text)| text)
    }

    /// The words of the code in a picture.
    pub async fn read(&self, picture: Luma) -> Option<String> {
        let _turn = self.pictures.acquire().await.ok()?;
        tokio::task::spawn_blocking(move || scan::read(&picture)).await.ok()?
    }

    /// Waits until a code may be tried at a tablet: one at a time, one a second.
    pub async fn turn(&self, tablet: DeviceId) -> Turn {
        let turn = lock(&self.tablets).entry(tablet).or_default().tried.clone();
        let mut tried = turn.lock_owned().await;
        if let Some(wait) = tried.and_then(|at| BETWEEN_CODES.checked_sub(at.elapsed())) {
            tokio::time::sleep(wait).await;
        }
        *tried = Some(Instant::now());
        tried
    }

    /// Remembers why a code was not taken.
    pub fn note(&self, tablet: DeviceId, not_taken: NotTaken) {
        lock(&self.tablets).entry(tablet).or_default().not_taken = Some(not_taken);
    }

    /// Why the last code at a tablet was not taken.
    pub fn not_taken(&self, tablet: DeviceId) -> Option<NotTaken> {
        lock(&self.tablets).get(&tablet)?.not_taken.clone()
    }

    /// The resident has read why, and tries again; staff still see it.
    pub fn try_again(&self, tablet: DeviceId) {
        if let Some(not_taken) =
            lock(&self.tablets).get_mut(&tablet).and_then(|one| one.not_taken.as_mut())
        {
            not_taken.is_read = true;
        }
    }

    /// A code may be used once more: no tablet says otherwise.
    pub fn reinstated(&self, jti: Jti) {
        for tablet in lock(&self.tablets).values_mut() {
            tablet.not_taken.take_if(|one| one.jti == Some(jti));
        }
    }

    /// Nothing is in the way at a tablet any more: a code was taken, or its resident
    /// has gone, and what its scanners have sent since is nobody's.
    pub fn forget<'s>(&self, tablet: DeviceId, scanners: impl Iterator<Item = &'s Scanner>) {
        if let Some(tablet) = lock(&self.tablets).get_mut(&tablet) {
            tablet.not_taken = None;
        }
        drop(self.take_heard(scanners));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanner(id: &str) -> Scanner {
        Scanner { id: id.to_owned(), kind: ScannerKind::Serial, device: None, kiosks: None }
    }

    #[test]
    fn what_two_scanners_beside_a_tablet_have_sent_is_taken_at_once_and_the_last_counts() {
        let (codes, beside) = (Codes::default(), ["left", "right"].map(scanner));
        let before = Instant::now();
        let later = before + Duration::from_millis(1);
        for (id, at, text) in [("left", later, "MK1B"), ("right", before, "MK1A")] {
            lock(&codes.heard).insert(id.to_owned(), (at, text.to_owned()));
        }
        assert!(codes.has_heard(beside.iter()));
        assert_eq!(codes.take_heard(beside.iter()).as_deref(), Some("MK1B"));
        assert!(!codes.has_heard(beside.iter()));
        assert_eq!(codes.take_heard(beside.iter()), None);
    }
}
