//! The two cookies: one says which tablet this is, one who is signed in. Both
//! hold an opaque token and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::secret::Token;

/// The token in the cookie of this name, if there is one.
pub(super) fn token(headers: &HeaderMap, name: &str) -> Option<Token> {
    values(headers, name).find_map(Token::parse)
}

/// The plain word in the cookie of this name: a choice, never a secret.
pub(super) fn word<'a>(headers: &'a HeaderMap, name: &'a str) -> Option<&'a str> {
    values(headers, name).next()
}

fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter_map(move |(found, value)| (found == name).then_some(value))
}

/// Lets the browser keep a word for the pages under `path`, for a year.
pub(super) fn keep_word(response: &mut Response, name: &str, word: &str, path: &str) {
    let age = 365 * 86_400;
    set(response, format!("{name}={word}; Path={path}; HttpOnly; SameSite=Strict; Max-Age={age}"));
}

/// Lets the browser keep a token for the pages under `path`; `days` of 0 means
/// until it is closed.
pub(super) fn keep(response: &mut Response, name: &str, token: &Token, path: &str, days: u32) {
    let age = if days > 0 { format!("; Max-Age={}", days * 86_400) } else { String::new() };
    set(response, format!("{name}={}; Path={path}; HttpOnly; SameSite=Strict{age}", token.text()));
}

/// Makes the browser forget a token.
pub(super) fn forget(response: &mut Response, name: &str, path: &str) {
    set(response, format!("{name}=; Path={path}; HttpOnly; SameSite=Strict; Max-Age=0"));
}

/// Lets the browser show the cookies of this answer over TLS alone.
pub(super) fn only_over_tls(response: &mut Response) {
    let headers = response.headers_mut();
    let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) else { return };
    for cookie in cookies.iter_mut() {
        let secure = [cookie.as_bytes(), b"; Secure"].concat();
        if let Ok(secure) = HeaderValue::from_bytes(&secure) {
            *cookie = secure;
        }
    }
}

fn set(response: &mut Response, cookie: String) {
    // A token is hexadecimal, names and paths are ours: always a header value.
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
