//! `demo/staff.toml`: accounts that only `madoguchi demo` opens.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};
use crate::staff::Role;

/// An invented member of staff. The password is in the file for everyone to
/// read, so nothing but the demonstration may make such an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoStaff {
    /// What is typed at sign-in.
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: String,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub staff: Vec<DemoStaff>,
}

impl File {
    /// Rules of this file.
    pub(super) fn check(&self, document: &mut Document) {
        let mut seen = BTreeSet::new();
        for (row, staff) in self.staff.iter().enumerate() {
            let place = Place::key_of("staff").row(row);
            rules::id_at(document, place.clone().key("login"), &staff.login);
            rules::filled(document, place.clone().key("name"), &staff.name);
            rules::filled(document, place.clone().key("password"), &staff.password);
            document.require(
                seen.insert(staff.login.as_str()),
                place.key("login"),
                format!("ログイン名「{}」が重なっています", staff.login),
                "ほかと重ならない名前にしてください",
            );
        }
    }
}
