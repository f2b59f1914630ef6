//! `[hub]` of `site.toml`: where the journal is sent.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::rules;
use crate::document::{Document, Place};

/// The town hall's end of the line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// `https://hub.town.example:8443`; plain on the same machine alone.
    pub url: String,
    /// This office's certificate (PEM).
    pub certificate: Option<PathBuf>,
    /// The key to it (PEM).
    pub key: Option<PathBuf>,
    /// The authority that signed the hub's certificate (PEM).
    pub authority: Option<PathBuf>,
    /// Within how many seconds after the start the hub is called for the first time.
    #[serde(default = "a_minute")]
    pub spread_secs: u32,
}

fn a_minute() -> u32 {
    60
}

impl Hub {
    /// One that runs on this very machine and is called at once.
    pub fn on_this_machine(url: String) -> Self {
        Hub { url, certificate: None, key: None, authority: None, spread_secs: 0 }
    }

    /// Certificate, key and authority, in this order, where all are named.
    pub fn files(&self) -> Option<[&Path; 3]> {
        Some([self.certificate.as_deref()?, self.key.as_deref()?, self.authority.as_deref()?])
    }

    pub(super) fn check(&self, document: &mut Document, place: &Place) {
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let is_here = here.iter().any(|here| self.url.starts_with(here));
        document.require(
            is_here || self.url.starts_with("https://"),
            place.clone().key("url"),
            format!("「{}」へは送れません", self.url),
            "「https://hub.example:8443」のように書いてください。http は、同じ機械（127.0.0.1）だけで使えます",
        );
        document.require(
            is_here || self.files().is_some(),
            place.clone().key("url"),
            "証明書のファイルがそろっていません",
            "certificate・key・authority の三つを書いてください",
        );
        let files = [
            ("certificate", &self.certificate),
            ("key", &self.key),
            ("authority", &self.authority),
        ];
        for (key, file) in files {
            document.require(
                file.as_ref().is_none_or(|file| file.is_absolute()),
                place.clone().key(key),
                "どのフォルダーのファイルか分かりません",
                "「/etc/madoguchi/hub/honcho.pem」のように、「/」から書いてください",
            );
        }
        rules::range(document, place.clone().key("spread_secs"), self.spread_secs, [0, 60]);
    }
}
