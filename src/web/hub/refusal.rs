//! What an office hears when the hub takes nothing: a code it can act on (RFC 9457), and
//! when to ask again.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::hub::{self, Office};
use crate::web::page;
use crate::wire::Unreadable;

/// Why nothing was taken.
#[derive(Debug)]
pub(super) enum Refusal {
    Unreadable(Unreadable),
    /// Another certificate is needed for this office.
    OtherOffice(Office),
    /// There is no such page for whoever asks.
    NotHere,
    /// Another page is the right place to go on.
    Elsewhere(String),
    /// Somebody else's work: the policy table says no.
    NotAllowed,
    /// A form of another page, or of an earlier session.
    Forbidden,
    /// A page could not be drawn.
    Unshown,
    /// Others of the same municipality are being taken in.
    TooMany,
    Hub(hub::Error),
}

impl From<Unreadable> for Refusal {
    fn from(error: Unreadable) -> Self {
        Refusal::Unreadable(error)
    }
}

impl From<hub::Error> for Refusal {
    fn from(error: hub::Error) -> Self {
        Refusal::Hub(error)
    }
}

/// Seconds after which a place is likely to be free.
const SOON_SECS: u64 = 2;
/// Seconds after which PostgreSQL may be back.
const LATER_SECS: u64 = 10;

impl Refusal {
    /// Status, code, and seconds after which to ask again.
    pub(super) fn told(&self) -> (StatusCode, &'static str, Option<u64>) {
        match self {
            Refusal::Unreadable(Unreadable::TooLarge) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", None)
            }
            Refusal::Unreadable(_) => (StatusCode::BAD_REQUEST, "unreadable", None),
            Refusal::OtherOffice(_) => (StatusCode::FORBIDDEN, "other_office", None),
            Refusal::NotHere => (StatusCode::NOT_FOUND, "not_here", None),
            Refusal::Unshown => (StatusCode::INTERNAL_SERVER_ERROR, "fault", None),
            Refusal::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many", Some(SOON_SECS)),
            Refusal::Elsewhere(_) => (StatusCode::SEE_OTHER, "elsewhere", None),
            Refusal::NotAllowed => (StatusCode::FORBIDDEN, "not_allowed", None),
            Refusal::Forbidden => (StatusCode::FORBIDDEN, "other_page", None),
            Refusal::Hub(error) => match error {
                hub::Error::NoOffice(_) => (StatusCode::BAD_REQUEST, "no_office", None),
                hub::Error::OtherLog | hub::Error::OtherLife => {
                    (StatusCode::CONFLICT, "other_log", None)
                }
                hub::Error::Torn(_) => (StatusCode::UNPROCESSABLE_ENTITY, "torn", None),
                // The newer one goes on answering; until this one is stopped, it takes turns.
                hub::Error::Overtaken => {
                    (StatusCode::SERVICE_UNAVAILABLE, "overtaken", Some(LATER_SECS))
                }
                error if error.passes() => {
                    (StatusCode::SERVICE_UNAVAILABLE, "busy", Some(LATER_SECS))
                }
                // Asking again does not help: whoever runs the hub must look.
                hub::Error::Busy(_) | hub::Error::Outdated(_) | hub::Error::Sql(_) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, "database", None)
                }
                hub::Error::WrongBody(_) => (StatusCode::BAD_REQUEST, "wrong_body", None),
                hub::Error::Unsigned => (StatusCode::INTERNAL_SERVER_ERROR, "unsigned", None),
                hub::Error::Staff(_) => (StatusCode::CONFLICT, "account", None),
                hub::Error::Address(_)
                | hub::Error::TooNew(_)
                | hub::Error::Key(_)
                | hub::Error::Inconsistent(_) => (StatusCode::INTERNAL_SERVER_ERROR, "fault", None),
            },
        }
    }

    /// The same in words, for whoever runs the hub; nothing of what was sent.
    pub(super) fn why(&self) -> String {
        match self {
            Refusal::Hub(error) => error.to_string(),
            _ => self.told().1.to_owned(),
        }
    }

    /// For whoever runs the hub; nothing of what was sent.
    fn log(&self, code: &str) {
        match self {
            Refusal::Unreadable(error) => tracing::warn!(code, %error, "refused"),
            Refusal::OtherOffice(Office { municipality, name }) => {
                tracing::warn!(code, municipality, office = name, "the certificate is another's");
            }
            Refusal::NotHere | Refusal::Elsewhere(_) => {}
            Refusal::NotAllowed | Refusal::Forbidden => tracing::info!(code, "refused"),
            Refusal::Unshown => tracing::error!(code, "a page could not be drawn"),
            Refusal::TooMany => tracing::info!(code, "asked to come again"),
            Refusal::Hub(error) if self.told().0.is_server_error() && !error.passes() => {
                tracing::error!(code, %error, "the hub's database needs somebody");
            }
            Refusal::Hub(error) => tracing::warn!(code, %error, "refused"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Refusal::Elsewhere(to) = &self {
            return page::go(to);
        }
        let (status, code, again_secs) = self.told();
        self.log(code);
        let problem =
            json!({ "title": "nothing was taken", "status": status.as_u16(), "code": code });
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/problem+json"),
        );
        if let Some(secs) = again_secs {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from(secs));
        }
        response
    }
}
