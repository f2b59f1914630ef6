//! `site.toml`: the town, this office, its screens, and how long things are kept.

use serde::Deserialize;

use crate::lang::{Lang, Words};

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub town: Town,
    pub office: Office,
    pub screen: Screen,
    pub retention: Retention,
}

/// The municipality (自治体).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// 全国地方公共団体コード: six digits, the last a check digit.
    pub code: String,
    /// 都道府県名.
    pub prefecture: String,
    /// 市区町村名, as printed.
    pub name: String,
    /// The reading of `name` in katakana.
    pub kana: String,
    /// The name on English screens.
    pub roman: String,
    /// Whom forms are addressed to, without 様: `みほん町長`.
    pub head: String,
}

/// The office this counter server stands in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Lower-case letters, digits and hyphens; leads every receipt number.
    pub id: String,
    pub name: Words,
}

/// What the kiosk's screens offer and how patient they are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// In the order of the buttons; the first is the one a new visit starts in.
    pub languages: Vec<Lang>,
    /// Seconds without a touch until the kiosk asks "are you still there?".
    pub idle_secs: u32,
    /// Seconds the question stands before everything is erased.
    pub warning_secs: u32,
}

/// When personal data is erased.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Minutes an unfinished visit survives a kiosk that went dark.
    pub draft_minutes: u32,
    /// Days a submitted visit is kept. The signed paper is the record; this
    /// copy is only its transport.
    pub visit_days: u32,
}
