//! How far the queue has come, for everybody (混雑状況), wherever they are: counts of
//! each lane, and for whoever holds a ticket its own page.
//!
//! Nobody signs in and no cookie is set. Numbers and counts only; a ticket's page is
//! found by a code that follows from nothing. What is counted is looked up in memory,
//! so a hall full of telephones costs the database nothing.

pub mod calendar;
mod counts;
mod phone;

pub(super) use counts::crowds;
pub(super) use phone::sentence;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};

use super::error::Failure;
use super::{Office, Shared, page};
use crate::lang::Lang;
use crate::secret::Code;
use crate::web::routes::Router;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/status", get(counts::page))
        .route("/status/now", get(counts::fragment))
        .route("/status.json", get(counts::json))
        .route("/status.csv", get(counts::csv))
        .route("/status/calendar", get(calendar::page))
        .route("/status/calendar.json", get(calendar::json))
        .route("/status/{code}", get(phone::page))
        .route("/status/{code}/now", get(phone::fragment))
        .route("/status/{code}/here", post(phone::here))
        .route("/status/{code}/language", post(phone::speak))
        .route("/s/{code}", get(phone::short))
}

/// What a ticket's own page is typed as, where telephones can reach it. The
/// demonstration has no name of its own: it is where the tablet found it.
pub(super) fn link(office: &Office, host: &str, code: &Code) -> Option<String> {
    let configured = office.config.site.status.as_ref().map(|status| status.address.clone());
    let address = match office.demo {
        true => Some(format!("http://{host}")).filter(|_| !host.is_empty()),
        false => configured,
    };
    address.map(|address| format!("{address}/s/{code}"))
}

/// The part of an address after `?`.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Asked {
    lang: Option<Lang>,
}

impl Asked {
    /// The language that was asked for, else the telephone's own.
    fn lang(self, headers: &HeaderMap) -> Lang {
        self.lang.unwrap_or_else(|| page::own_language(headers))
    }
}

/// Whether this office calls by number.
fn allowed(office: &Office) -> Result<(), Failure> {
    if office.config.site.modules.queue { Ok(()) } else { Err(Failure::NotFound) }
}

/// Lets whatever stands in between keep the answer for a moment: a thousand telephones
/// ask this server no more than one.
fn keep_a_moment(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
}

#[cfg(test)]
mod tests;
