//! What nobody followed to its end: this program, or CUPS, was stopped in the
//! middle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::sending::{Sent, record};
use super::{Part, Press, Progress};
use crate::journal::Actor;
use crate::printer::{Error, PrinterThread};
use crate::visit::{self, printing};
use crate::web::Office;

/// How long to wait before a printer is asked again: at first, and at most. A paper
/// that waits in a CUPS which comes back is to be caught before it is printed.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(3);
/// At most, where only leftovers are swept away.
const SWEEP_PAUSE_MAX: Duration = Duration::from_secs(60);

/// Looks, in the background, for what an earlier life of this program sent and
/// saw no end of. Every printer is asked, so that nothing stays there either.
///
/// # Errors
/// Faults of storage.
pub async fn look_for_what_was_cut_off(office: &Arc<Office>) -> Result<(), visit::Error> {
    let jobs = office.db.read(printing::under_way).await?;
    let mut of_printer: BTreeMap<String, Vec<Sent>> =
        office.printers.threads.keys().map(|id| (id.clone(), Vec::new())).collect();
    for job in jobs {
        let part = Part {
            entry: job.entry,
            what: job.what.clone(),
            printer: Some(job.printer.clone()),
            progress: Progress::Unknown,
        };
        let new = || Press { visit: job.visit, parts: Vec::new() };
        office.printers.lock().entry(job.press).or_insert_with(new).parts.push(part);
        let sent = of_printer.entry(job.printer.clone()).or_default();
        sent.push(Sent { job, actor: Actor::System, opened: None });
    }
    for (printer, sent) in of_printer {
        let office = office.clone();
        tokio::spawn(async move {
            match office.printers.threads.get(&printer).cloned() {
                Some(thread) => find(&office, &thread, sent).await,
                // It was taken out of the configuration.
                None => {
                    for one in &sent {
                        record(&office, one, Err(Error::Interrupted)).await;
                    }
                }
            }
        });
    }
    Ok(())
}

/// Asks a printer until it tells what became of these, and records it.
pub(super) async fn find(office: &Arc<Office>, thread: &PrinterThread, sent: Vec<Sent>) {
    let longest = if sent.is_empty() { SWEEP_PAUSE_MAX } else { PAUSE_MAX };
    let mut pause = PAUSE_MIN;
    let outcomes = loop {
        let presses = sent.iter().map(|one| one.job.entry).collect();
        match thread.left(presses).await {
            Ok(outcomes) => break outcomes,
            Err(error) => tracing::info!(%error, "a printer is asked later for what was cut off"),
        }
        tokio::time::sleep(pause).await;
        pause = longest.min(pause * 2);
    };
    for (one, outcome) in sent.iter().zip(outcomes) {
        let printer = &one.job.printer;
        match outcome {
            Ok(_) => tracing::info!(printer, "what was cut off came out"),
            Err(error) => tracing::warn!(%error, printer, "what was cut off"),
        }
        record(office, one, outcome).await;
    }
}
