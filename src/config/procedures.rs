//! `procedures.toml`: what a resident can choose, and which section does it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lanes::{self, Lane};
use super::rules;
use crate::document::{Document, Place};
use crate::lang::Words;

/// Where sections are declared, as messages name it.
pub(super) const SECTIONS: &str = "procedures.toml の section";
/// The same of lanes.
pub(super) const LANES: &str = "procedures.toml の lane";

/// A section of the town hall (課). Papers of a visit are printed in the order
/// the sections are written in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
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

/// The names of the pictures there are.
fn pictograms() -> Vec<&'static str> {
    const PICTURES: &str = include_str!("../../templates/static/pictograms.svg");
    let after_id = PICTURES.split("<symbol id=\"").skip(1);
    after_id.filter_map(|picture| picture.split('"').next()).collect()
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub section: Vec<Section>,
    pub lane: Vec<Lane>,
    pub procedure: Vec<Procedure>,
}

impl File {
    /// Ids of the sections declared here.
    pub(super) fn section_ids(&self) -> Vec<&str> {
        self.section.iter().map(|section| section.id.as_str()).collect()
    }

    /// Ids of the lanes declared here.
    pub(super) fn lane_ids(&self) -> Vec<&str> {
        self.lane.iter().map(|lane| lane.id.as_str()).collect()
    }

    /// Rules of this file.
    pub(super) fn check(&self, document: &mut Document) {
        rules::ids(document, "section", self.section.iter().map(|section| section.id.as_str()));
        rules::ids(document, "lane", self.lane.iter().map(|lane| lane.id.as_str()));
        rules::ids(document, "procedure", self.procedure.iter().map(|one| one.id.as_str()));
        for (row, section) in self.section.iter().enumerate() {
            let place = Place::key_of("section").row(row);
            rules::words(document, place.key("name"), &section.name);
        }
        lanes::check(document, &self.lane);
        let sections = self.section_ids();
        let lanes = self.lane_ids();
        for (row, procedure) in self.procedure.iter().enumerate() {
            let place = Place::key_of("procedure").row(row);
            rules::words(document, place.clone().key("title"), &procedure.title);
            rules::words(document, place.clone().key("about"), &procedure.about);
            let pictogram = place.clone().key("pictogram");
            rules::reference(document, pictogram, &procedure.pictogram, "絵記号", &pictograms());
            let section = place.clone().key("section");
            rules::reference(document, section, &procedure.section, SECTIONS, &sections);
            let lane = place.key("lane");
            rules::reference(document, lane.clone(), &procedure.lane, LANES, &lanes);
            lanes::gives_numbers(document, lane, &self.lane, &procedure.lane);
        }
    }
}
