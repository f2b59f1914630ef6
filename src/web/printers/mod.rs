//! The printers this server prints on by itself, and what is on its way to them.
//!
//! A press of "print" may go to several printers, each with its own outcome. All of
//! it stands in the journal before the first byte leaves, and every outcome gets
//! there: one that storage cannot take now is told and kept, and what was cut off
//! in the middle is looked for when the program starts again.

mod afterwards;
mod sending;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use crate::config;
use crate::id::{OpId, VisitId};
use crate::printer::{self, Printed, PrinterThread};
use crate::visit::printing::Printout;

pub use afterwards::look_for_what_was_cut_off;
pub(super) use sending::{Order, Sheets, send};

/// Presses of a button that are remembered: hours of a busy counter.
const PRESSES_MAX: usize = 1_000;

/// What is known of a paper that ended.
pub type Outcome = Result<Printed, printer::Error>;

/// Where a paper stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Running,
    /// It does not go on. It is given up soon, unless somebody helps.
    Stuck(printer::Error),
    Ended(Outcome),
    /// It ended, and storage could not take that yet.
    Unrecorded(Outcome),
    /// It was under way when this program was stopped, and is looked for.
    Unknown,
    /// Somebody opens it in their browser.
    ByHand,
}

impl Progress {
    /// Whether something else will stand here soon.
    pub fn will_change(self) -> bool {
        match self {
            Progress::Running | Progress::Stuck(_) | Progress::Unknown => true,
            Progress::Unrecorded(_) | Progress::Ended(Err(printer::Error::Lost)) => true,
            Progress::Ended(_) | Progress::ByHand => false,
        }
    }
}

/// What of a press goes to one printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its entry in the journal.
    pub entry: OpId,
    pub what: Printout,
    /// The printer's id; `None` for the clerk's browser.
    pub printer: Option<String>,
    pub progress: Progress,
}

/// One press of "print".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    pub visit: VisitId,
    pub parts: Vec<Part>,
}

/// All printers by id, and the latest presses.
#[derive(Default)]
pub struct Printers {
    threads: BTreeMap<String, PrinterThread>,
    presses: Mutex<BTreeMap<OpId, Press>>,
}

impl Printers {
    /// Starts a thread for each printer of the configuration.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(configured: &config::Printers) -> std::io::Result<Self> {
        let mut printers = Self::default();
        for one in &configured.printer {
            if let Some(printer) = one.connected() {
                printers.add(&one.id, printer)?;
            }
        }
        Ok(printers)
    }

    /// Adds a printer under an id of the configuration.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn add(&mut self, id: &str, printer: Box<dyn printer::Printer>) -> std::io::Result<()> {
        self.threads.insert(id.to_owned(), PrinterThread::start(printer)?);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OpId, Press>> {
        self.presses.lock().unwrap_or_else(|held| held.into_inner())
    }

    /// Notes a press, once: the second press of a double click is the first.
    fn begin(&self, op: OpId, press: Press) -> bool {
        let mut presses = self.lock();
        if presses.contains_key(&op) {
            return false;
        }
        presses.insert(op, press);
        while presses.len() > PRESSES_MAX {
            presses.pop_first();
        }
        true
    }

    fn forget(&self, op: OpId) {
        self.lock().remove(&op);
    }

    fn note(&self, op: OpId, entry: OpId, progress: Progress) {
        let mut presses = self.lock();
        let parts = presses.get_mut(&op).into_iter().flat_map(|press| &mut press.parts);
        for part in parts.filter(|part| part.entry == entry) {
            part.progress = progress;
        }
    }

    /// What became of a press.
    pub fn press(&self, op: OpId) -> Option<Press> {
        self.lock().get(&op).cloned()
    }

    /// The latest press of a visit that has no lasting outcome yet.
    pub fn open_press_of(&self, visit: VisitId) -> Option<OpId> {
        let presses = self.lock();
        let is_open = |press: &Press| press.parts.iter().any(|part| part.progress.will_change());
        let mut open = presses.iter().filter(|(_, one)| one.visit == visit && is_open(one));
        open.next_back().map(|(op, _)| *op)
    }

    /// Where the slip of a visit stands, if one was begun.
    pub fn slip_of(&self, visit: VisitId) -> Option<Progress> {
        let presses = self.lock();
        let of_visit = presses.values().rev().filter(|press| press.visit == visit);
        let mut slips =
            of_visit.flat_map(|press| &press.parts).filter(|part| part.what == Printout::Slip);
        slips.next().map(|part| part.progress)
    }
}

#[cfg(test)]
mod tests;
