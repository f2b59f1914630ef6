//! What people call what the journal names by its id, where the hub was given a
//! configuration of the town; else the id itself.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::lang::{Lang, Words};

/// The names that one office's configuration knows. Lanes and procedures are the whole
/// town's.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// 全国地方公共団体コード.
    municipality: String,
    town: Option<Words>,
    offices: BTreeMap<String, Words>,
    lanes: BTreeMap<String, Words>,
    procedures: BTreeMap<String, Words>,
}

impl Names {
    /// The names in these configurations, each of another office of the same town.
    pub fn of(configs: &[Config]) -> Self {
        let mut names = Names::default();
        for config in configs {
            let site = &config.site;
            names.municipality.clone_from(&site.town.code);
            names.town = Some(Words { ja: site.town.name.clone(), en: site.town.roman.clone() });
            names.offices.insert(site.office.id.clone(), site.office.name.clone());
            let lanes = config.lanes.iter().map(|lane| (lane.id.clone(), lane.name.clone()));
            names.lanes.extend(lanes);
            let procedures = config.procedures.iter();
            names.procedures.extend(procedures.map(|one| (one.id.clone(), one.title.clone())));
        }
        names
    }

    /// Those that are meant for this municipality.
    pub(super) fn for_town(&self, municipality: &str) -> Option<&Names> {
        (self.municipality == municipality).then_some(self)
    }

    pub(super) fn town(&self, lang: Lang) -> Option<&str> {
        self.town.as_ref().map(|words| words.in_lang(lang))
    }

    pub(super) fn office<'n>(&'n self, id: &'n str, lang: Lang) -> &'n str {
        named(&self.offices, id, lang)
    }

    pub(super) fn lane<'n>(&'n self, id: &'n str, lang: Lang) -> &'n str {
        named(&self.lanes, id, lang)
    }

    pub(super) fn procedure<'n>(&'n self, id: &'n str, lang: Lang) -> &'n str {
        named(&self.procedures, id, lang)
    }

    pub(super) fn procedures(&self) -> impl Iterator<Item = &String> {
        self.procedures.keys()
    }
}

fn named<'n>(names: &'n BTreeMap<String, Words>, id: &'n str, lang: Lang) -> &'n str {
    names.get(id).map_or(id, |words| words.in_lang(lang))
}
