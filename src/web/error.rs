//! What a person sees when something cannot be done, and the only place that
//! knows status codes. No page tells of tables, paths or traces; a fault is
//! logged once, here, without anything personal.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::{Office, Shared, page};
use crate::lang::{Lang, Phrases};
use crate::{alarm, appointment, db, device, journal, payment, queue, staff, visit};

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
            journal::Error::OpTaken => Failure::BadRequest,
            error => Failure::Fault(error.to_string()),
        }
    }
}

impl From<visit::Error> for Failure {
    fn from(error: visit::Error) -> Self {
        match error {
            visit::Error::Db(error) => error.into(),
            visit::Error::Journal(error) => error.into(),
            visit::Error::Queue(error) => error.into(),
            visit::Error::Appointment(error) => error.into(),
            visit::Error::Payment(error) => error.into(),
            visit::Error::Gone => Failure::NotFound,
            _ => Failure::BadRequest,
        }
    }
}

impl From<payment::Error> for Failure {
    fn from(error: payment::Error) -> Self {
        match error {
            payment::Error::Db(error) => error.into(),
            payment::Error::Journal(error) => error.into(),
            payment::Error::NoSuchPayment => Failure::NotFound,
            _ => Failure::BadRequest,
        }
    }
}

impl From<queue::Error> for Failure {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::Db(error) => error.into(),
            queue::Error::Journal(error) => error.into(),
            queue::Error::NoSuchTicket => Failure::NotFound,
            _ => Failure::BadRequest,
        }
    }
}

impl From<alarm::Error> for Failure {
    fn from(error: alarm::Error) -> Self {
        match error {
            alarm::Error::Db(error) => error.into(),
            alarm::Error::Journal(error) => error.into(),
            alarm::Error::NoSuchAlarm => Failure::NotFound,
        }
    }
}

impl From<appointment::Error> for Failure {
    fn from(error: appointment::Error) -> Self {
        match error {
            appointment::Error::Db(error) => error.into(),
            appointment::Error::Journal(error) => error.into(),
            appointment::Error::NoSuchAppointment => Failure::NotFound,
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

/// The page for tablets: it wipes itself as every page there does, leads back
/// into the visit, and speaks every language, for it does not know the visit.
#[derive(Template)]
#[template(path = "kiosk/failed.html")]
struct AtKiosk<'o> {
    ja: Phrases,
    en: Phrases,
    town: &'o str,
    demo: bool,
    told: Told,
    idle_secs: u32,
    warning_secs: u32,
}

/// What a page says of a failure: keys of its words. A response carries it, so
/// that the page can be made where it is known who asked.
#[derive(Clone, Copy)]
struct Told {
    title: &'static str,
    text: &'static str,
}

macro_rules! told {
    ($name:literal) => {
        Told { title: concat!("error.", $name, ".title"), text: concat!("error.", $name, ".text") }
    };
}

impl Failure {
    fn told(&self) -> (StatusCode, Told) {
        match self {
            Failure::Elsewhere(_) => (StatusCode::SEE_OTHER, told!("not_found")),
            Failure::NotFound => (StatusCode::NOT_FOUND, told!("not_found")),
            Failure::BadRequest => (StatusCode::BAD_REQUEST, told!("bad_request")),
            Failure::Forbidden => (StatusCode::FORBIDDEN, told!("forbidden")),
            Failure::NotAllowed => (StatusCode::FORBIDDEN, told!("not_allowed")),
            Failure::Busy => (StatusCode::SERVICE_UNAVAILABLE, told!("busy")),
            Failure::Storage => (StatusCode::INSUFFICIENT_STORAGE, told!("storage")),
            Failure::Fault(_) => (StatusCode::INTERNAL_SERVER_ERROR, told!("fault")),
        }
    }
}

impl Told {
    /// What to say where a machine in between refused, and said nothing.
    fn of(status: StatusCode) -> Told {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => told!("not_found"),
            StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => told!("busy"),
            status if status.is_client_error() => told!("bad_request"),
            _ => told!("fault"),
        }
    }

    fn html(self) -> String {
        let words = Phrases::of(Lang::Ja);
        let page = Page { words, title: self.title, text: self.text };
        page.render().unwrap_or_else(|_| words.t(self.text).to_owned())
    }

    fn html_at_kiosk(self, office: &Office) -> String {
        let screen = &office.config.site.screen;
        let page = AtKiosk {
            ja: Phrases::of(Lang::Ja),
            en: Phrases::of(Lang::En),
            town: &office.config.site.town.name,
            demo: office.demo,
            told: self,
            idle_secs: screen.idle_secs,
            warning_secs: screen.warning_secs,
        };
        page.render().unwrap_or_else(|_| self.html())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::Elsewhere(to) = self {
            return page::go(to);
        }
        if let Failure::Fault(what) = &self {
            tracing::error!(%what, "a page could not be made");
        }
        let (status, told) = self.told();
        let mut response = (status, Html(told.html())).into_response();
        page::no_store(&mut response);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(told);
        response
    }
}

/// Says that a page is ours already, and has the words for who asked.
#[derive(Clone, Copy)]
struct Dressed;

/// A page that tells why nothing was done: what was sent as one act was sent before with
/// another content (409).
pub(super) fn conflicting(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::CONFLICT;
    page.extensions_mut().insert(Dressed);
    page
}

/// Gives every refusal a page of ours, whoever refused: a route without this
/// method, the limit of a body, the limit of time. On a tablet it is a page that
/// forgets the resident like all others there.
pub(super) async fn dressed(
    State(office): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let at_kiosk = path == "/kiosk" || path.starts_with("/kiosk/");
    // Asked by machines, which read the status.
    let is_page = !matches!(path, "/healthz" | "/readyz");
    let response = next.run(request).await;
    let status = response.status();
    let is_dressed = response.extensions().get::<Dressed>().is_some();
    if is_dressed || !is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let told = response.extensions().get::<Told>().copied();
    let html = match (at_kiosk, told) {
        (true, told) => told.unwrap_or(Told::of(status)).html_at_kiosk(&office),
        (false, None) => Told::of(status).html(),
        (false, Some(_)) => return response,
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    parts.headers.insert(header::CONTENT_TYPE, kind);
    let mut response = Response::from_parts(parts, html.into());
    page::no_store(&mut response);
    response
}

/// Any address that leads nowhere.
pub(super) async fn not_found() -> Failure {
    Failure::NotFound
}
