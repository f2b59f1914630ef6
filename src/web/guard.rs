//! What stands around every page: who may send, how much, how long, and the
//! headers that keep a page to itself.

use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Router};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::error::Failure;
use super::{Shared, error};

/// Largest body of a request. A page of answers is a few kilobytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Largest picture that a tablet's camera sends.
const PICTURE_BYTES_MAX: usize = 1024 * 1024;

/// Longest time a page may take. Reading a card has its own, shorter watchdog.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Requests in hand at once. One office has a few dozen screens; more than this
/// is no resident waiting, and is asked to come again.
const REQUESTS_AT_ONCE_MAX: usize = 256;

/// Scripts, styles and pictures come from here and nowhere else; nothing inline.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Puts the guards around the pages, and around the few addresses that take
/// pictures.
pub(super) fn around(pages: Router, pictures: Router, office: Shared) -> Router {
    let busy = HandleErrorLayer::new(|_: BoxError| async { Failure::Busy });
    // One limit for all: a plain one would be made anew for every route.
    let limit = GlobalConcurrencyLimitLayer::new(REQUESTS_AT_ONCE_MAX);
    pages
        .layer(RequestBodyLimitLayer::new(BODY_BYTES_MAX))
        .merge(pictures.layer(RequestBodyLimitLayer::new(PICTURE_BYTES_MAX)))
        .layer(ServiceBuilder::new().layer(busy).load_shed().layer(limit))
        .layer(middleware::from_fn(own_pages_only))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER_WITHIN))
        .layer(CatchPanicLayer::custom(|_| {
            Failure::Fault("a handler panicked".to_owned()).into_response()
        }))
        .layer(middleware::from_fn_with_state(office, error::dressed))
        .layer(middleware::from_fn(headers))
}

/// A form is taken only from a page of this server.
pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || is_own(request.headers()) {
        return next.run(request).await;
    }
    Failure::Forbidden.into_response()
}

/// Whether the browser says that the request comes from our own page. A browser
/// always sends `Origin` or `Sec-Fetch-Site` with a form; what sends neither is
/// no browser of ours.
fn is_own(headers: &HeaderMap) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (value("origin"), value("sec-fetch-site")) {
        (_, Some(site)) if site != "same-origin" => false,
        (Some(origin), _) => {
            let host = value("host").unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (None, Some(_)) => true,
        (None, None) => false,
    }
}

/// The headers that keep a page to itself.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not "no-referrer": browsers then send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        // The page for home brings stricter ones of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::routing::get;
    use tokio::sync::{Semaphore, watch};
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn a_form_is_taken_only_from_our_own_page() {
        for (origin, site, own) in [
            (Some("http://counter:8080"), Some("same-origin"), true),
            (Some("http://counter:8080"), None, true),
            (None, Some("same-origin"), true),
            (Some("http://elsewhere"), None, false),
            (Some("http://counter:8080"), Some("cross-site"), false),
            (Some("null"), Some("same-origin"), false),
            (None, Some("none"), false),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("counter:8080"));
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                value.map(|value| headers.insert(name, HeaderValue::from_static(value)));
            }
            assert_eq!(is_own(&headers), own, "{origin:?} {site:?}");
        }
    }

    #[tokio::test]
    async fn so_many_requests_are_in_hand_at_once_and_no_more_whichever_they_are() {
        let (office, _clock, _folder) = crate::web::example::office(false).await;
        let doors = Arc::new(Semaphore::new(0));
        let (entered, mut inside) = watch::channel(0);
        let waits = {
            let doors = doors.clone();
            move || {
                let (doors, entered) = (doors.clone(), entered.clone());
                async move {
                    entered.send_modify(|inside| *inside += 1);
                    drop(doors.acquire().await);
                }
            }
        };
        let with_state = Router::new().route("/a", get(waits.clone())).with_state(());
        let pages = with_state.route("/b", get(waits)).route("/c", get(|| async {}));
        let router = around(pages, Router::new(), Shared(office));
        let ask = |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            tokio::spawn(router.clone().oneshot(request))
        };
        let held: Vec<_> =
            (0..REQUESTS_AT_ONCE_MAX).map(|n| ask(if n % 2 == 0 { "/a" } else { "/b" })).collect();
        inside.wait_for(|inside| *inside == REQUESTS_AT_ONCE_MAX).await.unwrap();
        let status = async |path| ask(path).await.unwrap().unwrap().status();
        assert_eq!(status("/c").await, StatusCode::SERVICE_UNAVAILABLE);
        doors.close();
        for answer in held {
            assert_eq!(answer.await.unwrap().unwrap().status(), StatusCode::OK);
        }
        assert_eq!(status("/c").await, StatusCode::OK);
    }
}
