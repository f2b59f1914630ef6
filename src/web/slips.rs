//! Slips on the way to a printer, whoever asked: one sheet with what is known of the
//! wait at that moment, and what became of it.

use std::sync::Arc;

use super::error::Failure;
use super::printers::{self, Order, Progress, Sheets};
use super::{Office, status, windows};
use crate::clock::Moment;
use crate::config::{Config, Printer};
use crate::db::Connection;
use crate::id::{OpId, VisitId};
use crate::journal::Actor;
use crate::lang::Phrases;
use crate::printer::{self, Pages, Roll};
use crate::queue::outlook::{self, Told};
use crate::queue::state::State;
use crate::queue::{self, Ticket};
use crate::visit::printing::{self, Printout};
use crate::visit::slip::{self, Holder, Slip, Wait};

/// The slip of a visit as it is now. `host` is what whoever asks knows this server by.
pub(super) async fn of_visit(
    office: &Arc<Office>,
    host: &str,
    visit: VisitId,
) -> Result<Slip, Failure> {
    let ticket = office.db.read(move |connection| queue::of_visit(connection, visit)).await?;
    let told = match &ticket {
        Some(ticket) if ticket.leg().state == State::Waiting => {
            Some(office.live.told(ticket.id, office.journal.now()).await)
        }
        _ => None,
    };
    let (shared, now) = (office.clone(), office.journal.now());
    let read = move |connection: &_| -> Result<_, crate::visit::Error> {
        let slip = slip::of_visit(connection, shared.counter(), visit)?;
        let ticket = queue::of_visit(connection, visit)?;
        let ahead = match &ticket {
            Some(ticket) => ahead(&shared.config, connection, ticket, now)?,
            None => None,
        };
        Ok((slip, ahead))
    };
    let (slip, ahead) = office.db.read(read).await?;
    let words = Phrases::of(slip.lang());
    let wait = ahead.map(|ahead| Wait { ahead, window: told.and_then(|told| window(words, told)) });
    let code = ticket.and_then(|ticket| ticket.code);
    let page = code.and_then(|code| status::link(office, host, &code));
    Ok(slip.telling(wait, page))
}

/// How many are before it; `None` once it does not wait any more.
fn ahead(
    config: &Config,
    connection: &Connection,
    ticket: &Ticket,
    now: Moment,
) -> Result<Option<usize>, queue::Error> {
    if ticket.leg().state != State::Waiting {
        return Ok(None);
    }
    let tickets = queue::of_day(connection, ticket.day)?;
    Ok(Some(outlook::ahead(ticket, &tickets, &config.site.queue.order(), now)))
}

/// A window for paper. What is still being worked out cannot be looked at again there.
fn window(words: Phrases, told: Told) -> Option<String> {
    matches!(told, Told::At(_)).then(|| windows::told(words, told))
}

/// One slip, or two, as the printer is set up.
fn rolls(slip: &Slip, copies: u32) -> Vec<Roll> {
    let holders = [Holder::Resident, Holder::Counter];
    holders.into_iter().zip(0..copies).map(|(holder, _)| slip.roll(holder)).collect()
}

/// A slip in the language its printer understands.
pub(super) fn document(office: &Office, printer: &Printer, slip: &Slip) -> Vec<u8> {
    let rolls = rolls(slip, printer.copies);
    match printer.is_for_slips() {
        true => printer.slip_bytes(&rolls),
        false => printer::pages(&rolls, printer.slip_pages(), office.papers.fonts()),
    }
}

/// A slip for the browser of whoever asked.
pub(super) fn for_browser(office: &Office, slip: &Slip) -> Vec<u8> {
    let (pages, copies): (Pages, u32) = office.config.printers.slips_of_browser();
    printer::pages(&rolls(slip, copies), pages, office.papers.fonts())
}

/// Sends the slip of a visit on its way, as part of the press `op`.
pub(super) async fn send(
    office: &Arc<Office>,
    printer: &Printer,
    (op, actor): (OpId, Actor),
    (visit, host): (VisitId, &str),
) -> Result<(), Failure> {
    let slip = of_visit(office, host, visit).await?;
    let sheets = vec![Sheets {
        entry: office.journal.op(),
        what: Printout::Slip,
        printer: Some(printer.id.clone()),
        document: document(office, printer, &slip),
    }];
    printers::send(office, Order { op, actor, visit, opened: None, sheets }).await
}

/// Where the slip of a visit stands: as the printer said it, or as the journal has it
/// from before this program was started.
pub(super) async fn state(office: &Office, visit: VisitId) -> Result<Option<Progress>, Failure> {
    if let Some(progress) = office.printers.slip_of(visit) {
        return Ok(Some(progress));
    }
    let look = move |connection: &_| printing::slip_came_out(connection, visit);
    let came_out = office.db.read(look).await?;
    Ok(came_out.map(|came_out| {
        Progress::Ended(match came_out {
            true => Ok(printer::Printed::Sent),
            false => Err(printer::Error::Interrupted),
        })
    }))
}
