//! `procedures.toml`: what a resident can choose, and which section does it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::lang::Words;

/// A section of the town hall (課). Papers of a visit are printed in the order
/// the sections are written in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    pub name: Words,
}

/// A lane of the queue (系統): tickets with one prefix.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    pub id: String,
    /// The letter before the number: `A` in `A12`.
    pub prefix: String,
    pub name: Words,
}

/// A procedure (手続き): one button of the kiosk. Several may lead to one form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    pub id: String,
    /// Id of the form it completes.
    pub form: String,
    pub title: Words,
    /// One sentence under the title.
    pub about: Words,
    /// Name of the picture on the button.
    pub pictogram: String,
    /// Id of the section that receives it.
    pub section: String,
    /// Id of the lane its tickets wait in.
    pub lane: String,
    /// Answers that the choice itself gives: question path → option id, or
    /// `yes`/`no`. What is preset is not asked.
    #[serde(default)]
    pub preset: BTreeMap<String, String>,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub section: Vec<Section>,
    pub lane: Vec<Lane>,
    pub procedure: Vec<Procedure>,
}
