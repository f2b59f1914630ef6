//! Hand-over slips on the way to a printer, from the kiosk and from the desk.

use std::sync::Arc;

use super::Office;
use super::error::Failure;
use super::printers::{self, Order, Sheets};
use crate::config::Printer;
use crate::id::{OpId, VisitId};
use crate::journal::Actor;
use crate::printer;
use crate::visit::printing::Printout;
use crate::visit::slip::{self, Slip};

/// A slip in the language its printer understands.
pub(super) fn document(office: &Office, printer: &Printer, slip: &Slip) -> Vec<u8> {
    match printer.is_for_slips() {
        true => printer.slip_bytes(&slip.roll()),
        false => printer::pages(&slip.roll(), printer.slip_pages(), office.papers.fonts()),
    }
}

/// Sends the slip of a visit on its way, as part of the press `op`.
pub(super) async fn send(
    office: &Arc<Office>,
    printer: &Printer,
    (op, actor): (OpId, Actor),
    visit: VisitId,
) -> Result<(), Failure> {
    let shared = office.clone();
    let read = move |connection: &_| slip::of_visit(connection, shared.counter(), visit);
    let slip = office.db.read(read).await?;
    let sheets = vec![Sheets {
        entry: office.journal.op(),
        what: Printout::Slip,
        printer: Some(printer.id.clone()),
        document: document(office, printer, &slip),
    }];
    printers::send(office, Order { op, actor, visit, opened: None, sheets }).await
}
