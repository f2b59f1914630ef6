//! What a person reads where a program would read a code.

use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::lang::Phrases;
use crate::web::{assets, page};

#[derive(Template)]
#[template(path = "hub/refused.html")]
struct Refused {
    words: Phrases,
    said: &'static str,
}

impl Refused {
    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }
}

/// Makes a page of an answer that is a code.
pub(super) async fn dressed(request: Request, next: Next) -> Response {
    let lang = page::own_language(request.headers());
    let answer = next.run(request).await;
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind.as_bytes() != b"application/problem+json") {
        return answer;
    }
    let status = answer.status();
    let said = match status {
        StatusCode::FORBIDDEN => "hub.refused.not_allowed",
        StatusCode::NOT_FOUND => "hub.refused.not_found",
        StatusCode::SERVICE_UNAVAILABLE => "hub.refused.busy",
        _ => "hub.refused.fault",
    };
    match page::show(&Refused { words: Phrases::of(lang), said }) {
        Ok(shown) => (status, shown).into_response(),
        Err(_) => answer,
    }
}
