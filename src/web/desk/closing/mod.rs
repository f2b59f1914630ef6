//! The end of a day (締め): what is not known yet, the drawers, the terminals' totals
//! beside the books, and the seal. What is left undone is named; a supervisor may close
//! the day knowing of it. Days that are closed, and their papers, are found here, too.

mod acts;
mod page;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::frame::{Asked, Frame, Place};
use super::guard::Clerk;
use crate::db::Connection;
use crate::payment;
use crate::staff::Action;
use crate::takings::{Span, Takings};
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(show).post(acts::act))
        .route("/{span}", get(day))
        .route("/{span}/{file}", get(file))
}

fn allowed(office: &Office, clerk: &Clerk) -> Result<(), Failure> {
    match office.config.site.modules.payment {
        true => clerk.may(Action::CloseDays),
        false => Err(Failure::NotFound),
    }
}

/// `GET /desk/closing`: the day that is closed next.
async fn show(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let frame = Frame::inside(&office, &clerk, Place::Closing).noting(asked.note);
    page::next(&office, frame).await
}

/// `GET /desk/closing/{day}`: a day, as it stands or as it was closed.
async fn day(
    State(office): State<Shared>,
    Path(span): Path<String>,
    Query(asked): Query<Asked>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let Some(Span::Day(day)) = Span::read(&span) else { return Err(Failure::NotFound) };
    let frame = Frame::inside(&office, &clerk, Place::Closing).noting(asked.note);
    page::of_day(&office, frame, day).await
}

/// `GET /desk/closing/{day or month}/{file}`: 日計表 or 月計表, and the same as files.
async fn file(
    State(office): State<Shared>,
    Path((span, file)): Path<(String, String)>,
    clerk: Clerk,
) -> Result<Response, Failure> {
    allowed(&office, &clerk)?;
    let span = Span::read(&span).ok_or(Failure::NotFound)?;
    let (shared, kind) = (office.0.clone(), file.trim_end_matches(".csv").to_owned());
    let read = move |connection: &Connection| -> Result<Option<Vec<u8>>, payment::Error> {
        let takings = Takings::read(connection, &shared.config, span)?;
        Ok(match file.as_str() {
            "paper.pdf" => Some(takings.paper(shared.papers.fonts())),
            "sums.csv" => Some(takings.sums_file()),
            "lines.csv" => Some(takings.lines_file()),
            _ => None,
        })
    };
    let name = span.id();
    let bytes = office.db.read(read).await?.ok_or(Failure::NotFound)?;
    Ok(match bytes.starts_with(b"%PDF") {
        true => crate::web::page::pdf(bytes, &format!("takings-{name}")),
        false => attached(bytes, &format!("{kind}-{name}.csv")),
    })
}

/// A file that the browser keeps where the person says.
fn attached(bytes: Vec<u8>, name: &str) -> Response {
    let mut response = bytes.into_response();
    crate::web::page::no_store(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
