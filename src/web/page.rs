//! Answers: a page, or the way to another.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::error::Failure;
use crate::lang::Lang;

/// Renders a page. No browser may keep it: what it shows is personal, and a kept
/// page would hold its event stream open.
pub(super) fn show(page: &impl Template) -> Result<Response, Failure> {
    let html = page.render().map_err(|error| Failure::Fault(error.to_string()))?;
    let mut response = Html(html).into_response();
    no_store(&mut response);
    Ok(response)
}

/// The browser's own language: Japanese where that comes first or nothing is said, English
/// for all others.
pub(super) fn own_language(headers: &HeaderMap) -> Lang {
    let own = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let own = own.map_or("", str::trim).to_ascii_lowercase();
    if own.is_empty() || own.starts_with("ja") { Lang::Ja } else { Lang::En }
}

/// Forbids every cache to keep the answer.
pub(super) fn no_store(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Goes to another page after something was done. `303`, so that a reload does
/// not do it again.
pub(super) fn go(to: &str) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    no_store(&mut response);
    response
}

/// A file in the browser's viewer, named by a number that stands on it.
pub(super) fn pdf(pdf: Vec<u8>, name: &str) -> Response {
    let mut response = pdf.into_response();
    no_store(&mut response);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
