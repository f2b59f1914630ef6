//! `demo/staff.toml`: accounts that only `madoguchi demo` opens.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};

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

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窓口職員.
    Clerk,
    /// 係長.
    Supervisor,
    /// 情報担当.
    Administrator,
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
