//! From a press to its outcomes.

use std::sync::Arc;
use std::time::Duration;

use super::{Outcome, Part, Press, Progress};
use crate::db;
use crate::id::{OpId, VisitId};
use crate::journal::{self, Actor};
use crate::printer::{self, PrinterThread};
use crate::visit::printing::{self, MadeFrom, Printout, UnderWay};
use crate::visit::{self, desk::Opened};
use crate::web::Office;
use crate::web::error::Failure;

/// How long to wait before an outcome that could not be recorded is tried again:
/// at first, and at most.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Somebody's press of "print", with what is to be printed.
pub(in crate::web) struct Order {
    /// The press of the button.
    pub op: OpId,
    pub actor: Actor,
    pub visit: VisitId,
    /// What papers were made from.
    pub opened: Option<Opened>,
    pub sheets: Vec<Sheets>,
}

/// What goes to one printer.
pub(in crate::web) struct Sheets {
    /// Its entry in the journal. Of the first sheets the press itself, unless that
    /// stands there already for something else: by it a press is known that is
    /// sent again.
    pub entry: OpId,
    pub what: Printout,
    /// The printer's id; `None` for the clerk's browser, which asks for its own.
    pub printer: Option<String>,
    pub document: Vec<u8>,
}

/// Sends it to its printers. Nothing leaves before the journal has it, and nothing
/// leaves twice. Whoever asked may go at any moment, as the browser does that a
/// double click sends again: what was begun goes on.
pub(in crate::web) async fn send(office: &Arc<Office>, order: Order) -> Result<(), Failure> {
    let office = office.clone();
    let begun = tokio::spawn(async move { begin(&office, order).await });
    begun.await.map_err(|_| Failure::Fault("the printing task panicked".to_owned()))?
}

/// A paper on its way.
pub(super) struct Sent {
    pub job: UnderWay,
    pub actor: Actor,
    pub opened: Option<Opened>,
}

async fn begin(office: &Arc<Office>, order: Order) -> Result<(), Failure> {
    let Order { op, actor, visit, opened, sheets } = order;
    let press = Press { visit, parts: sheets.iter().map(part).collect() };
    let (mut begun, mut jobs) = (Vec::new(), Vec::new());
    for Sheets { entry, what, printer, document } in sheets {
        let Some(printer) = printer else { continue };
        let thread = office.printers.threads.get(&printer).cloned().ok_or(Failure::NotFound)?;
        let job = UnderWay { entry, press: op, visit, what, printer };
        jobs.push(job.clone());
        begun.push((Sent { job, actor, opened: opened.clone() }, thread, document));
    }
    if !office.printers.begin(op, press) {
        return Ok(());
    }
    match record_sent(office, actor, jobs).await {
        Ok(true) => {}
        // An earlier life of this program sent it and knew the outcome: the visit's
        // page has it.
        Ok(false) => {
            office.printers.forget(op);
            return Ok(());
        }
        Err(error) => {
            office.printers.forget(op);
            return Err(error.into());
        }
    }
    for (sent, thread, document) in begun {
        tokio::spawn(print(office.clone(), sent, thread, document));
    }
    Ok(())
}

fn part(sheets: &Sheets) -> Part {
    let Sheets { entry, what, printer, .. } = sheets;
    let progress = if printer.is_some() { Progress::Running } else { Progress::ByHand };
    Part { entry: *entry, what: what.clone(), printer: printer.clone(), progress }
}

/// Records all of them or, where the press was recorded before, none.
async fn record_sent(
    office: &Office,
    actor: Actor,
    jobs: Vec<UnderWay>,
) -> Result<bool, visit::Error> {
    let journal = office.journal.clone();
    let record = move |tx: &db::Tx<'_>| -> Result<bool, visit::Error> {
        for job in &jobs {
            if !printing::sent(tx, &journal, actor, job)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    office.db.write(record).await
}

async fn print(office: Arc<Office>, sent: Sent, thread: PrinterThread, document: Vec<u8>) {
    let (press, entry) = (sent.job.press, sent.job.entry);
    let shared = office.clone();
    let sees = move |fault: Option<printer::Error>| {
        shared.printers.note(press, entry, fault.map_or(Progress::Running, Progress::Stuck));
    };
    let outcome = thread.print(entry, document, sees).await;
    if let Err(error) = outcome {
        tracing::warn!(%error, printer = sent.job.printer, "not printed");
    }
    record(&office, &sent, outcome).await;
    if outcome == Err(printer::Error::Lost) {
        super::afterwards::find(&office, &thread, vec![sent]).await;
    }
}

/// Records an outcome, as soon as storage takes it.
pub(super) async fn record(office: &Arc<Office>, sent: &Sent, outcome: Outcome) {
    let Sent { job, actor, opened } = sent;
    let note = |progress| office.printers.note(job.press, job.entry, progress);
    let mut pause = PAUSE_MIN;
    loop {
        let (journal, shared) = (office.journal.clone(), office.clone());
        let (job, actor, opened) = (job.clone(), *actor, opened.clone());
        let ended = office.db.write(move |tx| {
            let counter = shared.counter();
            let made_from = opened.as_ref().map(|opened| MadeFrom { counter, opened });
            printing::ended(tx, &journal, actor, &job, made_from, outcome)
        });
        let Err(error) = ended.await else { break };
        tracing::error!(%error, "what was printed is not in the journal yet");
        note(Progress::Unrecorded(outcome));
        if is_final(&error) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = PAUSE_MAX.min(pause * 2);
    }
    note(Progress::Ended(outcome));
}

/// Whether trying again is of no use while this program runs.
fn is_final(error: &visit::Error) -> bool {
    matches!(
        error,
        visit::Error::Db(db::Error::Stopped)
            | visit::Error::Journal(
                journal::Error::Broken(_) | journal::Error::Db(db::Error::Stopped)
            )
    )
}
