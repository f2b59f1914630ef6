//! The printers this server prints on by itself, and what is on its way to them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::Office;
use super::error::Failure;
use crate::config;
use crate::id::{OpId, VisitId};
use crate::journal::Actor;
use crate::printer::{self, Printed, PrinterThread};
use crate::visit::desk::Opened;
use crate::visit::printing::{self, MadeFrom, Printout};

/// Presses of a button that are remembered: hours of a busy counter.
const PRESSES_MAX: usize = 1_000;

/// Where a press of "print" stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Running,
    Ended(Result<Printed, printer::Error>),
    /// It was sent before this program was started.
    Unknown,
}

/// One press of "print".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    pub visit: VisitId,
    pub what: Printout,
    /// The printer's id.
    pub printer: String,
    pub progress: Progress,
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
    fn begin(&self, op: OpId, press: &Press) -> bool {
        let mut presses = self.lock();
        if presses.contains_key(&op) {
            return false;
        }
        presses.insert(op, press.clone());
        while presses.len() > PRESSES_MAX {
            presses.pop_first();
        }
        true
    }

    fn note(&self, op: OpId, progress: Progress) {
        if let Some(press) = self.lock().get_mut(&op) {
            press.progress = progress;
        }
    }

    /// What became of a press.
    pub fn press(&self, op: OpId) -> Option<Press> {
        self.lock().get(&op).cloned()
    }

    /// Where the slip of a visit stands, if one was begun.
    pub fn slip_of(&self, visit: VisitId) -> Option<Progress> {
        let presses = self.lock();
        let own = |press: &&Press| press.visit == visit && press.what == Printout::Slip;
        presses.values().rfind(own).map(|press| press.progress)
    }
}

/// Somebody's press of "print", with what is to be printed.
pub(super) struct Order {
    /// The press of the button.
    pub op: OpId,
    /// The same for the journal: the press itself, unless that stands there
    /// already for something else.
    pub entry: OpId,
    pub actor: Actor,
    pub press: Press,
    /// What papers were made from.
    pub opened: Option<Opened>,
    pub document: Vec<u8>,
}

/// Sends it to its printer. Nothing leaves before the journal has it, and nothing
/// leaves twice. Whoever asked may go at any moment, as the browser does that a
/// double click sends again: what was begun goes on.
pub(super) async fn send(office: &Arc<Office>, order: Order) -> Result<(), Failure> {
    let office = office.clone();
    let begun = tokio::spawn(async move { begin(&office, order).await });
    begun.await.map_err(|_| Failure::Fault("the printing task panicked".to_owned()))?
}

async fn begin(office: &Arc<Office>, order: Order) -> Result<(), Failure> {
    let Order { op, entry, actor, press, opened, document } = order;
    let Some(thread) = office.printers.threads.get(&press.printer).cloned() else {
        return Err(Failure::NotFound);
    };
    if !office.printers.begin(op, &press) {
        return Ok(());
    }
    let (journal, known) = (office.journal.clone(), press.clone());
    let sent = office.db.write(move |tx| {
        let what = (&known.what, known.printer.as_str());
        printing::sent(tx, &journal, actor, entry, known.visit, what)
    });
    match sent.await {
        Ok(true) => {}
        Ok(false) => {
            office.printers.note(op, Progress::Unknown);
            return Ok(());
        }
        Err(error) => {
            office.printers.lock().remove(&op);
            return Err(error.into());
        }
    }
    let office = office.clone();
    tokio::spawn(async move {
        let outcome = thread.print(document).await;
        let (journal, shared) = (office.journal.clone(), office.clone());
        let Press { visit, what, printer, .. } = press;
        if let Err(error) = outcome {
            tracing::warn!(%error, printer, "not printed");
        }
        let ended = office.db.write(move |tx| {
            let counter = shared.counter();
            let made_from = opened.as_ref().map(|opened| MadeFrom { counter, opened });
            printing::ended(tx, &journal, actor, visit, (&what, &printer), made_from, outcome)
        });
        if let Err(error) = ended.await {
            tracing::error!(%error, "what was printed is not in the journal");
        }
        office.printers.note(op, Progress::Ended(outcome));
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::chance::SeededChance;
    use crate::id::DeviceId;
    use crate::visit;

    #[test]
    fn a_press_is_begun_once_and_the_latest_slip_of_a_visit_counts() {
        let (printers, chance) = (Printers::default(), SeededChance::new(1));
        let now = datetime!(2026-11-24 9:00 +9);
        let visit = VisitId::new(now, &chance);
        let press = |progress| Press {
            visit,
            what: Printout::Slip,
            printer: "slip-1".to_owned(),
            progress,
        };
        let op = |millis| OpId::new(now + time::Duration::milliseconds(millis), &chance);
        let (first, second) = (op(0), op(1));
        assert_eq!(printers.slip_of(visit), None);
        assert!(printers.begin(first, &press(Progress::Running)));
        assert!(!printers.begin(first, &press(Progress::Running)));
        let failed = Progress::Ended(Err(printer::Error::PaperOut));
        printers.note(first, failed);
        assert_eq!(printers.slip_of(visit), Some(failed));
        assert!(printers.begin(second, &press(Progress::Running)));
        assert_eq!(printers.slip_of(visit), Some(Progress::Running));
        assert_eq!(printers.press(first).map(|press| press.progress), Some(failed));
    }

    /// Takes everything.
    struct Tray;

    impl printer::Printer for Tray {
        fn print(&mut self, _: &[u8]) -> Result<Printed, printer::Error> {
            Ok(Printed::Done)
        }
    }

    #[tokio::test]
    async fn who_goes_in_the_middle_of_a_press_leaves_nothing_half_begun() {
        let (mut office, _clock, _folder) = crate::web::example::office(false).await;
        let own = Arc::get_mut(&mut office).unwrap();
        own.printers.add("slip-1", Box::new(Tray)).unwrap();
        let now = office.journal.now();
        let (op, entry) = (office.journal.op(), office.journal.op());
        let journal = office.journal.clone();
        let kiosk = DeviceId::new(now, &*journal.chance);
        let begin = move |tx: &crate::db::Tx<'_>| {
            visit::start(tx, &journal, journal.op(), kiosk, &visit::Wishes::default())
        };
        let press = Press {
            visit: office.db.write(begin).await.unwrap(),
            what: Printout::Slip,
            printer: "slip-1".to_owned(),
            progress: Progress::Running,
        };
        let order =
            Order { op, entry, actor: Actor::System, press, opened: None, document: vec![1] };
        // The request is dropped at its first wait.
        let mut request = Box::pin(send(&office, order));
        let waits = std::future::poll_fn(|context| {
            std::task::Poll::Ready(request.as_mut().poll(context).is_pending())
        });
        assert!(waits.await);
        drop(request);
        // The visit is not handed in yet, so the press is refused; refused or
        // printed, it must not stand there as running for ever.
        let running =
            || office.printers.press(op).is_some_and(|one| one.progress == Progress::Running);
        let ended = async {
            while running() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.unwrap();
    }

    #[test]
    fn only_the_latest_presses_are_remembered() {
        let (printers, chance) = (Printers::default(), SeededChance::new(1));
        let now = datetime!(2026-11-24 9:00 +9);
        let press = Press {
            visit: VisitId::new(now, &chance),
            what: Printout::Slip,
            printer: String::new(),
            progress: Progress::Running,
        };
        let first = OpId::new(now - time::Duration::hours(1), &chance);
        assert!(printers.begin(first, &press));
        for millis in 0..PRESSES_MAX {
            let at = now + time::Duration::milliseconds(millis as i64);
            assert!(printers.begin(OpId::new(at, &chance), &press));
        }
        assert_eq!(printers.press(first), None);
        assert_eq!(printers.lock().len(), PRESSES_MAX);
    }
}
