//! What stands around every page, and who may see one.

use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;

use super::super::refusal::Refusal;
use super::super::{Names, Peer, Served};
use crate::hub;
use crate::lang::{Lang, Phrases};
use crate::web::{assets, page};

/// Where in the menu a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Now,
    Received,
    Takings,
    Machines,
}

/// A request for a page, from somebody who may see this municipality's.
pub(super) struct Seen {
    pub municipality: String,
    pub lang: Lang,
}

impl FromRequestParts<Arc<Served>> for Seen {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Arc<Served>) -> Result<Self, Refusal> {
        let not_here = |_| Refusal::NotHere;
        let ConnectInfo(peer) = ConnectInfo::<Peer>::from_request_parts(parts, served)
            .await
            .map_err(|_| Refusal::NotHere)?;
        let Path(all) = Path::<Vec<(String, String)>>::from_request_parts(parts, served)
            .await
            .map_err(not_here)?;
        let municipality = all.into_iter().find(|(name, _)| name == "municipality");
        let (_, municipality) = municipality.ok_or(Refusal::NotHere)?;
        // A name that stands in no certificate but one for all.
        let office: hub::Office = format!("{municipality}/every-office").parse()?;
        if !peer.speaks_for(&office) {
            return Err(Refusal::OtherOffice(office));
        }
        Ok(Seen { municipality, lang: page::own_language(&parts.headers) })
    }
}

/// The words and the menu of a page.
pub(super) struct Frame {
    pub words: Phrases,
    pub municipality: String,
    pub town: String,
    pub place: Place,
    names: Names,
}

impl Frame {
    pub fn new(served: &Served, seen: &Seen, place: Place) -> Self {
        let (words, municipality) = (Phrases::of(seen.lang), seen.municipality.clone());
        let names = served.names.for_town(&municipality).cloned().unwrap_or_default();
        let code = [("code", municipality.as_str())];
        let town =
            names.town(seen.lang).map_or_else(|| words.with("hub.town", &code), str::to_owned);
        Self { words, municipality, town, place, names }
    }

    /// The language's own mark for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.words.lang().tag()
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The address of a page of this municipality: `/takings`, or nothing for the first.
    pub fn at(&self, page: &str) -> String {
        format!("/municipalities/{}{page}", self.municipality)
    }

    pub fn is_now(&self) -> bool {
        self.place == Place::Now
    }

    pub fn is_received(&self) -> bool {
        self.place == Place::Received
    }

    pub fn is_takings(&self) -> bool {
        self.place == Place::Takings
    }

    pub fn is_machines(&self) -> bool {
        self.place == Place::Machines
    }

    pub fn office(&self, id: &str) -> String {
        self.names.office(id, self.words.lang()).to_owned()
    }

    pub fn lane(&self, id: &str) -> String {
        self.names.lane(id, self.words.lang()).to_owned()
    }

    pub fn procedure(&self, id: &str) -> String {
        self.names.procedure(id, self.words.lang()).to_owned()
    }

    pub fn procedures(&self) -> Vec<String> {
        self.names.procedures().cloned().collect()
    }

    /// How long ago, roughly: `3 分前`.
    pub fn ago(&self, secs: u64) -> String {
        match secs {
            0..60 => self.words.t("hub.just_now").to_owned(),
            60..3_600 => self.words.with("hub.minutes_ago", &[("minutes", secs / 60)]),
            3_600..172_800 => self.words.with("hub.hours_ago", &[("hours", secs / 3_600)]),
            _ => self.words.with("hub.days_ago", &[("days", secs / 86_400)]),
        }
    }
}
