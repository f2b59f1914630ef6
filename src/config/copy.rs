//! `[copy]` of `site.toml`: where the second copy of the database goes.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};

/// A folder on another medium.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondCopy {
    /// `/media/second/madoguchi`.
    pub folder: PathBuf,
    /// Seconds between two copies.
    #[serde(default = "a_minute")]
    pub every_secs: u32,
}

fn a_minute() -> u32 {
    60
}

impl SecondCopy {
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every_secs.into())
    }

    pub(super) fn check(&self, document: &mut Document, place: &Place) {
        document.require(
            self.folder.is_absolute(),
            place.clone().key("folder"),
            "どのフォルダーか分かりません",
            "「/media/second/madoguchi」のように、「/」から書いてください",
        );
        rules::range(document, place.clone().key("every_secs"), self.every_secs, [1, 3_600]);
    }
}
