//! Where a reader at another PC calls: `/reader/{name}/line`.
//!
//! The connection changes over to a sealed line of its own, which shows by itself
//! who is there; no cookie and no page is involved.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper_util::rt::TokioIo;

use super::error::Failure;
use super::{Office, Shared};
use crate::card::remote::{Line, LinkKey, PROTOCOL, PURPOSE};
use crate::web::routes::Router;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/reader/{name}/line", get(call))
}

async fn call(
    State(office): State<Shared>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let line = office.readers.get(&name).and_then(|reader| reader.line);
    let line = line.ok_or(Failure::NotFound)?;
    if !asks_for_the_protocol(request.headers()) {
        return Err(Failure::BadRequest);
    }
    let changed_over = hyper::upgrade::on(request);
    tokio::spawn(async move {
        match changed_over.await {
            Ok(stream) => listen(&office, &name, &line, TokioIo::new(stream)).await,
            Err(error) => tracing::info!(reader = name, %error, "a reader hung up at once"),
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(PROTOCOL));
    Ok(response)
}

fn asks_for_the_protocol(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|wanted| wanted == PROTOCOL)
}

async fn listen(
    office: &Office,
    name: &str,
    line: &Line,
    stream: TokioIo<hyper::upgrade::Upgraded>,
) {
    let key = LinkKey::new(name, office.journal.secret_of(PURPOSE, name));
    tracing::info!(reader = name, "a reader calls");
    let ended = line.attach(stream, &key, &*office.journal.chance).await;
    tracing::info!(reader = name, %ended, "a reader's line ended");
}
