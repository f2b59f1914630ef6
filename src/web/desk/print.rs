//! Printing: the papers of a visit, or its slip, made now and never stored. They
//! go to the printer of their section or, where that is a browser, are shown in
//! the clerk's own viewer.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::guard::Sent;
use super::visit;
use crate::application::Application;
use crate::config::Printer;
use crate::db::Tx;
use crate::id::{ApplicationId, VisitId};
use crate::printer;
use crate::staff::Action;
use crate::visit::desk::{self, Opened};
use crate::visit::printing::Printout;
use crate::visit::slip;
use crate::web::error::Failure;
use crate::web::printers::{self, Order, Press, Progress};
use crate::web::{Office, Shared, page, slips};

/// What a form sends for the clerk's own viewer, whatever printer there is.
pub(super) const BROWSER: &str = "browser";

/// Makes the papers that were asked for, all of the visit or one. Nothing leaves
/// before the journal has it. What cannot be drawn is an empty box for the pen;
/// the visit's page has said so.
pub(super) async fn print(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::Print)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let only = sent.fields.all("application");
    let opened = visit::open(&office, &sent.clerk, id).await?;
    let ticket = visit::ticket(&office, id).await?;
    let mut applications = visit::in_order(&office, &opened);
    if !only.is_empty() {
        applications.retain(|application| only.contains(&application.id.to_string()));
    }
    let staff = &sent.clerk.signed_in.staff;
    let sheet = |one: &Application| {
        let counter = office.counter();
        office.papers.sheet(counter, &opened, one, ticket.as_ref(), &staff.name).ok()
    };
    // A form that the town has taken out since is named on the visit's page; it keeps
    // no other from the printer.
    let (made, sheets): (Vec<_>, Vec<_>) =
        applications.iter().filter_map(|one| Some((one, sheet(one)?))).unzip();
    let first = *made.first().ok_or(Failure::NotFound)?;
    let printer = chosen(&office, &sent, for_papers(&office, first))?;
    let offset = office.config.printers.offset_of(printer);
    let filled = office.papers.print_on(offset.into(), &sheets);
    let receipt = first.receipt.clone();
    let ids: Vec<ApplicationId> = made.iter().map(|application| application.id).collect();
    match printer {
        Some(printer) => {
            let what = (Printout::Papers(ids), Some(opened));
            send(&office, &sent, id, printer, what, filled.pdf).await
        }
        None => {
            let (shared, journal, staff) = (office.0.clone(), office.journal.clone(), staff.id);
            let printed = move |tx: &Tx<'_>| {
                desk::printed(tx, &journal, shared.counter(), staff, &opened, &ids)
            };
            office.db.write(printed).await?;
            Ok(inline(filled.pdf, &receipt))
        }
    }
}

/// The hand-over slip.
pub(super) async fn print_slip(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    sent.clerk.may(Action::Print)?;
    let id: VisitId = id.parse().map_err(|_| Failure::NotFound)?;
    let shared = office.0.clone();
    let read = move |connection: &_| slip::of_visit(connection, shared.counter(), id);
    let slip = office.db.read(read).await?;
    match chosen(&office, &sent, office.config.printers.for_desk_slips())? {
        Some(printer) => {
            let document = slips::document(&office, printer, &slip);
            send(&office, &sent, id, printer, (Printout::Slip, None), document).await
        }
        None => {
            let pages = office.config.printers.slip_pages_of_browser();
            let pdf = printer::pages(&slip.roll(), pages, office.papers.fonts());
            Ok(inline(pdf, slip.code()))
        }
    }
}

/// The printer of a paper's section.
pub(super) fn for_papers<'o>(office: &'o Office, first: &Application) -> Option<&'o Printer> {
    let procedure = office.config.procedure(&first.procedure)?;
    office.config.printers.for_papers(&procedure.section)
}

/// The printer that the clerk chose instead, or the one that is meant for it.
fn chosen<'o>(
    office: &'o Office,
    sent: &Sent,
    meant: Option<&'o Printer>,
) -> Result<Option<&'o Printer>, Failure> {
    match sent.fields.get("printer") {
        "" => Ok(meant),
        BROWSER => Ok(None),
        id => office.config.printers.get(id).map(Some).ok_or(Failure::BadRequest),
    }
}

async fn send(
    office: &Shared,
    sent: &Sent,
    visit: VisitId,
    printer: &Printer,
    (what, opened): (Printout, Option<Opened>),
    document: Vec<u8>,
) -> Result<Response, Failure> {
    let op = sent.op()?;
    let printer = printer.id.clone();
    let press = Press { visit, what, printer, progress: Progress::Running };
    let actor = sent.clerk.signed_in.actor();
    printers::send(&office.0, Order { op, entry: op, actor, press, opened, document }).await?;
    Ok(page::go(&format!("/desk/visits/{visit}/printing/{op}")))
}

/// The file in the browser's viewer, named by its receipt number.
fn inline(pdf: Vec<u8>, receipt: &str) -> Response {
    let mut response = pdf.into_response();
    page::no_store(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{receipt}.pdf\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
