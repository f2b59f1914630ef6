//! The fields of a form as they were sent.

use axum::Form;
use axum::extract::{FromRequest, Request};

use crate::web::Shared;
use crate::web::error::Failure;

/// Name and entry, in the order they stood on the page.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The entry of a field; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.iter().find_map(|(field, entry)| (field == name).then_some(entry)).unwrap_or_default()
    }

    /// All entries of a field that may be ticked several times.
    pub fn all(&self, name: &str) -> Vec<String> {
        let own = self.iter().filter(|(field, _)| *field == name);
        own.map(|(_, entry)| entry.to_owned()).collect()
    }

    /// All of them, to be shown again.
    pub fn sent(self) -> Vec<(String, String)> {
        self.0
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, entry)| (name.as_str(), entry.as_str()))
    }
}

impl FromRequest<Shared> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, Failure> {
        let form = Form::<Vec<(String, String)>>::from_request(request, office).await;
        form.map(|Form(fields)| Self(fields)).map_err(|_| Failure::BadRequest)
    }
}
