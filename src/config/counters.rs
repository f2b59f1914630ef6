//! `counters.toml`: the counters (窓口) people are called to.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::procedures::{LANES, SECTIONS};
use super::rules;
use crate::appointment::plan::Hours;
use crate::document::{Document, Place};
use crate::lang::Words;

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The number above it, unique in the office.
    pub number: u32,
    pub name: Words,
    /// Id of the section (課) whose clerks sit here.
    pub section: String,
    /// Ids of the lanes it calls from; without any, those of its section's
    /// procedures.
    #[serde(default)]
    pub lanes: Vec<String>,
    /// When nobody sits here by plan (昼休みの交代): waiting times reckon with it.
    #[serde(default)]
    pub breaks: Vec<Hours>,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub counter: Vec<Counter>,
}

impl File {
    /// The numbers that exist.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.counter.iter().map(|counter| counter.number).collect()
    }

    /// Rules of this file; `sections` and `lanes` are the ids that exist, where
    /// known.
    pub(super) fn check(
        &self,
        document: &mut Document,
        sections: Option<&[&str]>,
        lanes: Option<&[&str]>,
    ) {
        let mut seen = BTreeSet::new();
        for (row, counter) in self.counter.iter().enumerate() {
            let place = Place::key_of("counter").row(row);
            document.require(
                seen.insert(counter.number),
                place.clone().key("number"),
                format!("窓口 {} が二つあります", counter.number),
                "ほかと重ならない番号にしてください",
            );
            rules::range(document, place.clone().key("number"), counter.number, [1, 999]);
            rules::words(document, place.clone().key("name"), &counter.name);
            if let Some(sections) = sections {
                let section = place.clone().key("section");
                rules::reference(document, section, &counter.section, SECTIONS, sections);
            }
            let breaks = place.clone().key("breaks");
            for planned in &counter.breaks {
                rules::hours(document, breaks.clone(), planned);
            }
            for lane in counter.lanes.iter().filter(|_| lanes.is_some()) {
                let known = lanes.unwrap_or_default();
                rules::reference(document, place.clone().key("lanes"), lane, LANES, known);
            }
        }
    }
}
