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
    pub url: Option<String>,
    /// Instead: the folder that letters to the hub are carried through.
    pub folder: Option<PathBuf>,
    /// The name in the hub's certificate, for letters.
    pub name: Option<String>,
    /// Within how many hours a letter's answer is expected.
    #[serde(default = "a_day")]
    pub answer_within_hours: u32,
    /// This office's certificate (PEM).
    pub certificate: Option<PathBuf>,
    /// The key to it (PEM).
    pub key: Option<PathBuf>,
    /// The authority that signed the hub's certificate (PEM).
    pub authority: Option<PathBuf>,
    /// The keys that what the hub sends is signed with, in hexadecimal digits; without one
    /// nothing of it is taken.
    #[serde(default)]
    pub downlink_keys: Vec<String>,
    /// Within how many seconds after the start the hub is called for the first time.
    #[serde(default = "a_minute")]
    pub spread_secs: u32,
    /// Whether the hub is to have the visits' keys, and with them what residents entered.
    #[serde(default)]
    pub keys: bool,
}

fn a_minute() -> u32 {
    60
}

fn a_day() -> u32 {
    24
}

impl Hub {
    /// One that runs on this very machine, is called at once, and signs with this key.
    pub fn on_this_machine(url: String, downlink_key: String) -> Self {
        Hub {
            url: Some(url),
            folder: None,
            name: None,
            answer_within_hours: a_day(),
            certificate: None,
            key: None,
            authority: None,
            downlink_keys: vec![downlink_key],
            spread_secs: 0,
            keys: true,
        }
    }

    /// Minutes for which something may wait to be sent before anybody is told.
    pub fn patience_minutes(&self) -> i64 {
        match &self.folder {
            Some(_) => i64::from(self.answer_within_hours) * 60,
            None => 10,
        }
    }

    /// Certificate, key and authority, in this order, where all are named.
    pub fn files(&self) -> Option<[&Path; 3]> {
        Some([self.certificate.as_deref()?, self.key.as_deref()?, self.authority.as_deref()?])
    }

    pub(super) fn check(&self, document: &mut Document, place: &Place) {
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let url = self.url.as_deref().unwrap_or_default();
        let is_here = here.iter().any(|here| url.starts_with(here));
        document.require(
            self.url.is_some() != self.folder.is_some(),
            place.clone(),
            "送り先が決まりません",
            "url（つないで送る）か folder（ファイルで送る）の、どちらか一つを書いてください",
        );
        document.require(
            self.folder.is_none() || self.name.is_some(),
            place.clone().key("name"),
            "ファイルで送るときの、hub の名前がありません",
            "hub の証明書にある名前を「name = \"hub.town.example\"」のように書いてください",
        );
        let hours = place.clone().key("answer_within_hours");
        rules::range(document, hours, self.answer_within_hours, [1, 336]);
        document.require(
            self.url.is_none() || is_here || url.starts_with("https://"),
            place.clone().key("url"),
            format!("「{url}」へは送れません"),
            "「https://hub.example:8443」のように書いてください。http は、同じ機械（127.0.0.1）だけで使えます",
        );
        document.require(
            is_here || self.files().is_some(),
            place.clone(),
            "証明書のファイルがそろっていません",
            "certificate・key・authority の三つを書いてください",
        );
        let files = [
            ("folder", &self.folder),
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
        for (row, key) in self.downlink_keys.iter().enumerate() {
            document.require(
                key.len() == 64 && key.bytes().all(|digit| digit.is_ascii_hexdigit()),
                place.clone().key("downlink_keys").row(row),
                "配信の鍵ではありません",
                "`madoguchi hub key` が表示した、64けたの数字と a〜f をそのまま書いてください",
            );
        }
        rules::range(document, place.clone().key("spread_secs"), self.spread_secs, [0, 60]);
    }
}
