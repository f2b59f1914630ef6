//! The card readers this server can reach, by the names tablets are bound to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use crate::card::emulator::{VirtualReader, VirtualSlot};
use crate::card::{CardReader, ReaderThread};

/// A reader, and the hand that lays cards on it where the reader is virtual.
#[derive(Clone)]
pub struct Reader {
    pub thread: ReaderThread,
    pub slot: Option<VirtualSlot>,
    /// The demonstration's card that was laid on a virtual reader last.
    laid: Option<String>,
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
        self.lock().insert(name.to_owned(), Reader { thread, slot: None, laid: None });
        Ok(())
    }

    /// Adds a virtual reader.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn add_virtual(&self, name: &str) -> std::io::Result<()> {
        let (reader, slot) = VirtualReader::new();
        let thread = ReaderThread::start(Box::new(reader), ReaderThread::WATCHDOG)?;
        self.lock().insert(name.to_owned(), Reader { thread, slot: Some(slot), laid: None });
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

    /// All names, for the desk.
    pub fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_demonstration_makes_virtual_readers_up() {
        assert!(Readers::new(true).get("virtual-7").is_some());
        assert!(Readers::new(false).get("virtual-7").is_none());
        assert!(Readers::new(true).get("reader-7").is_none());
    }
}
