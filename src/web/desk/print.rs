//! Printing: the papers of a visit as one PDF, made now and never stored.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::guard::Sent;
use super::visit;
use crate::application::Application;
use crate::db::Tx;
use crate::id::{ApplicationId, VisitId};
use crate::staff::Action;
use crate::visit::desk;
use crate::web::error::Failure;
use crate::web::{Shared, page};

/// Makes the papers that were asked for, all of the visit or one, and shows them
/// in the browser's own viewer. Nothing leaves before the journal has it. What
/// cannot be drawn is an empty box for the pen; the visit's page has said so.
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
    let first = made.first().ok_or(Failure::NotFound)?.receipt.clone();
    let filled = office.papers.print(&sheets);
    let ids: Vec<ApplicationId> = made.iter().map(|application| application.id).collect();
    let (shared, journal, staff) = (office.0.clone(), office.journal.clone(), staff.id);
    let printed =
        move |tx: &Tx<'_>| desk::printed(tx, &journal, shared.counter(), staff, &opened, &ids);
    office.db.write(printed).await?;
    Ok(inline(filled.pdf, &first))
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
