//! A router that remembers which paths it was given, so that what is said of them in
//! `/openapi.json` can be held against what is there. Used in the place of axum's.

use axum::handler::Handler;
use axum::routing::MethodRouter;

/// An axum router and its paths.
pub struct Router<S = ()> {
    inner: axum::Router<S>,
    paths: Vec<String>,
}

impl<S: Clone + Send + Sync + 'static> Router<S> {
    pub fn new() -> Self {
        Self { inner: axum::Router::new(), paths: Vec::new() }
    }

    pub fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.paths.push(path.to_owned());
        Self { inner: self.inner.route(path, methods), paths: self.paths }
    }

    pub fn nest(mut self, under: &str, other: Router<S>) -> Self {
        self.paths.extend(other.paths.iter().map(|path| joined(under, path)));
        Self { inner: self.inner.nest(under, other.inner), paths: self.paths }
    }

    pub fn merge(mut self, other: Router<S>) -> Self {
        self.paths.extend(other.paths);
        Self { inner: self.inner.merge(other.inner), paths: self.paths }
    }

    pub fn fallback<H: Handler<T, S>, T: 'static>(self, handler: H) -> Self {
        Self { inner: self.inner.fallback(handler), paths: self.paths }
    }

    /// With what stands around every path so far: layers, never a path.
    pub fn around(self, change: impl FnOnce(axum::Router<S>) -> axum::Router<S>) -> Self {
        Self { inner: change(self.inner), paths: self.paths }
    }

    pub fn with_state<T>(self, state: S) -> Router<T> {
        Router { inner: self.inner.with_state(state), paths: self.paths }
    }

    /// In the order they were given, as axum writes them.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    pub fn into_inner(self) -> axum::Router<S> {
        self.inner
    }
}

/// As axum joins them: the root of what is nested is the address it stands under.
fn joined(under: &str, path: &str) -> String {
    match (under.strip_suffix('/'), path) {
        (None, "/") => under.to_owned(),
        (None, path) => format!("{under}{path}"),
        (Some(under), path) => format!("{under}{path}"),
    }
}
