//! The card readers this server can reach, by the names tablets are bound to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::OwnedMutexGuard;

use crate::card::emulator::{VirtualReader, VirtualSlot};
use crate::card::remote::{Line, RemoteReader};
use crate::card::{CardReader, Error, Presence, ReaderThread};
use crate::id::{OpId, VisitId};

/// A reader, and the hand that lays cards on it where the reader is virtual.
#[derive(Clone)]
pub struct Reader {
    pub thread: ReaderThread,
    pub slot: Option<VirtualSlot>,
    /// Where a reader at another PC calls.
    pub line: Option<Line>,
    /// The demonstration's card that was laid on a virtual reader last.
    laid: Option<String>,
    /// Held while a card is looked at or read.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The number page that was shown last: only it may present a number, once.
    page: Option<OpId>,
    /// Why the last reading of a visit failed, until that was shown.
    failed: Option<(VisitId, Error)>,
}

impl Reader {
    fn new(thread: ReaderThread) -> Self {
        let turn = Arc::default();
        Self { thread, slot: None, line: None, laid: None, turn, page: None, failed: None }
    }

    /// Waits until nobody else uses the reader: whoever presses twice sees what
    /// came of the first time.
    pub async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }
}

/// All readers by name. In the demonstration virtual ones are added while the
/// program runs.
#[derive(Default)]
pub struct Readers {
    by_name: Mutex<BTreeMap<String, Reader>>,
    demo: bool,
}

impl Readers {
    /// None yet; of the demonstration, or of an office that has what its
    /// configuration names and nothing else.
    pub fn new(demo: bool) -> Self {
        Self { demo, ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Reader>> {
        self.by_name.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// Adds a reader under a name of the configuration.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn add(&self, name: &str, reader: Box<dyn CardReader>) -> std::io::Result<()> {
        let thread = ReaderThread::start(reader, ReaderThread::WATCHDOG)?;
        self.lock().insert(name.to_owned(), Reader::new(thread));
        Ok(())
    }

    /// Adds a reader at another PC, which will call.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn add_remote(&self, name: &str) -> std::io::Result<()> {
        let (reader, line) = RemoteReader::new(name);
        let thread = ReaderThread::start(Box::new(reader), ReaderThread::WATCHDOG)?;
        let reader = Reader { line: Some(line), ..Reader::new(thread) };
        self.lock().insert(name.to_owned(), reader);
        Ok(())
    }

    /// Adds a virtual reader.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn add_virtual(&self, name: &str) -> std::io::Result<()> {
        let (reader, slot) = VirtualReader::new();
        let thread = ReaderThread::start(Box::new(reader), ReaderThread::WATCHDOG)?;
        let reader = Reader { slot: Some(slot), ..Reader::new(thread) };
        self.lock().insert(name.to_owned(), reader);
        Ok(())
    }

    /// A fresh name for a virtual reader. It comes to be when it is first used,
    /// so that a tablet paired before a restart still finds one.
    pub fn new_virtual(&self) -> String {
        (1..)
            .map(|number| format!("virtual-{number}"))
            .find(|name| !self.lock().contains_key(name))
            .inspect(|name| drop(self.add_virtual(name)))
            .unwrap_or_default()
    }

    /// The reader of this name.
    pub fn get(&self, name: &str) -> Option<Reader> {
        if let Some(reader) = self.lock().get(name) {
            return Some(reader.clone());
        }
        if self.demo && name.starts_with("virtual-") {
            self.add_virtual(name).ok()?;
        }
        self.lock().get(name).cloned()
    }

    /// Remembers which of the demonstration's cards was laid on a reader.
    pub fn note_laid(&self, reader: Option<&str>, card: &str) {
        let mut readers = self.lock();
        if let Some(reader) = reader.and_then(|name| readers.get_mut(name)) {
            reader.laid = Some(card.to_owned());
        }
    }

    /// The demonstration's card that was laid on a reader last.
    pub fn laid(&self, reader: &str) -> Option<String> {
        self.lock().get(reader)?.laid.clone()
    }

    /// Remembers the number page that is shown for a reader; an earlier one can
    /// present nothing any more.
    pub fn note_page(&self, reader: &str, page: OpId) {
        if let Some(reader) = self.lock().get_mut(reader) {
            reader.page = Some(page);
        }
    }

    /// Whether this page may present its number. It may once: the same page sent
    /// again, by a reload or a second press, would burn another try.
    pub fn use_page(&self, reader: &str, page: OpId) -> bool {
        let mut readers = self.lock();
        readers
            .get_mut(reader)
            .is_some_and(|reader| reader.page.take_if(|own| *own == page).is_some())
    }

    /// Remembers why a reading failed, for the next page of that visit.
    pub fn note_failure(&self, reader: &str, visit: VisitId, error: Error) {
        if let Some(reader) = self.lock().get_mut(reader) {
            reader.failed = Some((visit, error));
        }
    }

    /// Why the last reading failed, once, and only to the visit it belongs to.
    pub fn take_failure(&self, reader: &str, visit: VisitId) -> Option<Error> {
        let failed = self.lock().get_mut(reader)?.failed.take();
        failed.filter(|(of, _)| *of == visit).map(|(_, error)| error)
    }

    /// Whether somebody must look after the reader: it is unplugged, its PC is
    /// away, or a card on it went silent.
    pub fn is_in_trouble(&self, name: &str) -> bool {
        let presence = self.lock().get(name).map(|reader| reader.thread.presence());
        !matches!(presence, Some(Presence::Empty | Presence::Card(_)))
    }

    /// All names, for the desk.
    pub fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;
    use time::macros::datetime;

    fn furnished() -> (Readers, SeededChance) {
        let readers = Readers::default();
        readers.add_virtual("reader-1").unwrap();
        (readers, SeededChance::new(1))
    }

    #[test]
    fn only_the_page_shown_last_presents_a_number_and_only_once() {
        let (readers, chance) = furnished();
        let page = || OpId::new(datetime!(2026-11-24 9:00 +9), &chance);
        let (first, second) = (page(), page());
        readers.note_page("reader-1", first);
        readers.note_page("reader-1", second);
        let used = [first, second, second].map(|page| readers.use_page("reader-1", page));
        assert_eq!(used, [false, true, false]);
    }

    #[test]
    fn a_failure_is_told_once_and_to_nobody_else() {
        let (readers, chance) = furnished();
        let visit = || VisitId::new(datetime!(2026-11-24 9:00 +9), &chance);
        let (one, other) = (visit(), visit());
        readers.note_failure("reader-1", one, Error::NoCard);
        assert_eq!(readers.take_failure("reader-1", one), Some(Error::NoCard));
        assert_eq!(readers.take_failure("reader-1", one), None);
        readers.note_failure("reader-1", one, Error::NoCard);
        assert_eq!(readers.take_failure("reader-1", other), None);
    }

    #[test]
    fn only_the_demonstration_makes_virtual_readers_up() {
        assert!(Readers::new(true).get("virtual-7").is_some());
        assert!(Readers::new(false).get("virtual-7").is_none());
        assert!(Readers::new(true).get("reader-7").is_none());
    }
}
