//! What a person sees when something cannot be done, and the only place that
//! knows status codes. No page tells of tables, paths or traces; a fault is
//! logged once, here, without anything personal.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::page;
use crate::lang::{Lang, Phrases};
use crate::{db, device, journal, staff, visit};

/// Why a page could not be made.
#[derive(Debug)]
pub enum Failure {
    /// There is no such page, or what it showed is gone.
    NotFound,
    /// What was sent cannot be understood.
    BadRequest,
    /// A form of another site, or of a page from before.
    Forbidden,
    /// Somebody else's work: the policy table says no.
    NotAllowed,
    /// Too much at once; the same may be sent again.
    Busy,
    /// The disk is full or failing. Nothing was changed.
    Storage,
    /// Something that should not happen.
    Fault(String),
    /// Somewhere else is the right place to go on.
    Elsewhere(&'static str),
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Busy => Failure::Busy,
            db::Error::DiskFull | db::Error::Disk(_) => {
                tracing::error!(%error, "storage");
                Failure::Storage
            }
            error => Failure::Fault(error.to_string()),
        }
    }
}

impl From<journal::Error> for Failure {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Db(error) => error.into(),
            journal::Error::Erased => Failure::NotFound,
            error => Failure::Fault(error.to_string()),
        }
    }
}

impl From<visit::Error> for Failure {
    fn from(error: visit::Error) -> Self {
        match error {
            visit::Error::Db(error) => error.into(),
            visit::Error::Journal(error) => error.into(),
            visit::Error::Gone => Failure::NotFound,
            _ => Failure::BadRequest,
        }
    }
}

impl From<device::Error> for Failure {
    fn from(error: device::Error) -> Self {
        match error {
            device::Error::Db(error) => error.into(),
            device::Error::Journal(error) => error.into(),
            _ => Failure::BadRequest,
        }
    }
}

impl From<staff::Error> for Failure {
    fn from(error: staff::Error) -> Self {
        match error {
            staff::Error::Db(error) => error.into(),
            staff::Error::Journal(error) => error.into(),
            staff::Error::NoSuchAccount => Failure::NotFound,
            _ => Failure::BadRequest,
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    words: Phrases,
    title: &'static str,
    text: &'static str,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, title, text) = match self {
            Failure::Elsewhere(to) => return page::go(to),
            Failure::NotFound => {
                (StatusCode::NOT_FOUND, "error.not_found.title", "error.not_found.text")
            }
            Failure::BadRequest => {
                (StatusCode::BAD_REQUEST, "error.bad_request.title", "error.bad_request.text")
            }
            Failure::Forbidden => {
                (StatusCode::FORBIDDEN, "error.forbidden.title", "error.forbidden.text")
            }
            Failure::NotAllowed => {
                (StatusCode::FORBIDDEN, "error.not_allowed.title", "error.not_allowed.text")
            }
            Failure::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "error.busy.title", "error.busy.text")
            }
            Failure::Storage => {
                (StatusCode::INSUFFICIENT_STORAGE, "error.storage.title", "error.storage.text")
            }
            Failure::Fault(what) => {
                tracing::error!(%what, "a page could not be made");
                (StatusCode::INTERNAL_SERVER_ERROR, "error.fault.title", "error.fault.text")
            }
        };
        let words = Phrases::of(Lang::Ja);
        let html =
            Page { words, title, text }.render().unwrap_or_else(|_| words.t(text).to_owned());
        let mut response = (status, Html(html)).into_response();
        page::no_store(&mut response);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Any address that leads nowhere.
pub(super) async fn not_found() -> Failure {
    Failure::NotFound
}
