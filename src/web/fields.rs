//! The fields of a form as they were sent.

use axum::Form;
use axum::extract::{FromRequest, Request};
use zeroize::Zeroize;

use super::error::Failure;

/// Name and entry, in the order they stood on the page. Wiped when dropped: an
/// entry may be a PIN, and all of them are somebody's own.
pub(super) struct Fields(Vec<(String, String)>);

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|(_, entry)| entry.zeroize());
    }
}

impl Fields {
    /// These, in their order.
    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The entry of a field; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.iter().find_map(|(field, entry)| (field == name).then_some(entry)).unwrap_or_default()
    }

    /// Whether a field was sent: a box that was ticked.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|(field, _)| field == name)
    }

    /// All entries of a field that may be ticked several times.
    pub fn all(&self, name: &str) -> Vec<String> {
        let own = self.iter().filter(|(field, _)| *field == name);
        own.map(|(_, entry)| entry.to_owned()).collect()
    }

    /// All of them, to be shown again.
    pub fn sent(mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.0)
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, entry)| (name.as_str(), entry.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        form.map(|Form(fields)| Self(fields)).map_err(|_| Failure::BadRequest)
    }
}
