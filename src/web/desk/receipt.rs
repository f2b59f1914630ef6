//! The receipt of a payment, on the desk's slip printer or in the clerk's own viewer.

use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Sent;
use super::print::{chosen, send};
use crate::config::Printer;
use crate::db::Tx;
use crate::id::{PaymentId, VisitId};
use crate::printer::{self, Pages};
use crate::staff::Action;
use crate::visit::printing::{self, Copy, Printout};
use crate::visit::receipt::{self, Receipt};
use crate::web::error::Failure;
use crate::web::printers::Sheets;
use crate::web::{Office, Shared, page};

/// `POST /desk/visits/{visit}/payment/{payment}/receipt`.
pub(super) async fn print(
    State(office): State<Shared>,
    Path((id, payment)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Failure> {
    if !office.config.site.modules.payment {
        return Err(Failure::NotFound);
    }
    sent.clerk.may(Action::TakePayments)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let payment: PaymentId = payment.parse().map_err(|_| Failure::NotFound)?;
    let shared = office.0.clone();
    let read =
        move |connection: &_| receipt::of_payment(connection, shared.counter(), (id, payment));
    let receipt = office.db.read(read).await?;
    let copy = Copy { payment, again: receipt.again };
    let printers = &office.config.printers;
    match chosen(&sent, printers.for_desk_slips(), printers.all_for_slips())? {
        Some(printer) => {
            let sheets = Sheets {
                entry: sent.op()?,
                what: Printout::Receipt(copy),
                printer: Some(printer.id.clone()),
                document: document(&office, printer, &receipt),
            };
            send(&office, &sent, id, vec![sheets], None).await
        }
        None => {
            let (pages, _): (Pages, u32) = printers.slips_of_browser();
            let pdf = printer::pages(&[receipt.roll()], pages, office.papers.fonts());
            let (journal, actor) = (office.journal.clone(), sent.clerk.signed_in.actor());
            let shown =
                move |tx: &Tx<'_>| printing::receipt_shown(tx, &journal, actor, (id, &copy));
            office.db.write(shown).await?;
            Ok(page::pdf(pdf, receipt.file()))
        }
    }
}

/// A receipt in the language its printer understands.
fn document(office: &Office, printer: &Printer, receipt: &Receipt) -> Vec<u8> {
    let roll = [receipt.roll()];
    match printer.is_for_slips() {
        true => printer.slip_bytes(&roll),
        false => printer::pages(&roll, printer.slip_pages(), office.papers.fonts()),
    }
}
