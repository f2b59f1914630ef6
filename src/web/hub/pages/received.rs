//! 申請管理: what was handed in anywhere, found by what stands on its paper.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::super::Served;
use super::super::refusal::Refusal;
use super::{Frame, Place, Seen};
use crate::clock::{self, iso_day};
use crate::hub::people::Action;
use crate::hub::{Happened, LISTED_MAX, Received, Search, Stage};
use crate::web::page;

/// What is looked for, as it was typed. A field that is left empty narrows nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    receipt: String,
    day: Option<String>,
    office: String,
    procedure: String,
    stage: String,
}

impl Asked {
    /// Today, if nothing is said; a receipt number is looked for on every day.
    fn search(&self, today: time::Date) -> Search {
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let receipt = typed(&self.receipt);
        let day = match &self.day {
            None if receipt.is_none() => Some(today),
            day => day.as_deref().and_then(clock::parse_iso_day),
        };
        Search {
            receipt,
            day,
            office: typed(&self.office),
            procedure: typed(&self.procedure),
            stage: Stage::from_id(&self.stage),
        }
    }
}

#[derive(Template)]
#[template(path = "hub/applications.html")]
struct List {
    frame: Frame,
    search: Search,
    offices: Vec<String>,
    procedures: Vec<String>,
    all: Vec<Received>,
    is_cut: bool,
}

impl List {
    fn receipt(&self) -> &str {
        self.search.receipt.as_deref().unwrap_or_default()
    }

    fn day(&self) -> String {
        self.search.day.map(iso_day).unwrap_or_default()
    }

    fn is_office(&self, id: &str) -> bool {
        self.search.office.as_deref() == Some(id)
    }

    fn is_procedure(&self, id: &str) -> bool {
        self.search.procedure.as_deref() == Some(id)
    }

    fn is_stage(&self, stage: &Stage) -> bool {
        self.search.stage == Some(*stage)
    }

    fn most(&self) -> String {
        self.frame.words.with("hub.cut", &[("count", LISTED_MAX)])
    }

    fn count(&self) -> String {
        self.frame.words.with("hub.found", &[("count", self.all.len())])
    }
}

impl Frame {
    fn stage(&self, stage: &Stage) -> &str {
        self.words.t(match stage {
            Stage::HandedIn => "hub.stage.handed_in",
            Stage::Printed => "hub.stage.printed",
            Stage::Accepted => "hub.stage.accepted",
            Stage::SentBack => "hub.stage.sent_back",
        })
    }

    /// The colour of a stage.
    fn colour(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::HandedIn => "submitted",
            Stage::Printed => "partly",
            Stage::Accepted => "accepted",
            Stage::SentBack => "sent_back",
        }
    }
}

pub(super) async fn list(
    State(served): State<Arc<Served>>,
    seen: Seen,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    seen.may(Action::SeeApplications)?;
    let now = served.clock.now();
    let search = asked.search(now.date());
    let found = served.hub.applications((&seen.me, now), &search).await?;
    let branches = served.hub.branches(&seen.me.municipality).await?;
    let frame = Frame::new(&served, &seen, Place::Received);
    let mut procedures = frame.procedures();
    procedures.extend(found.all.iter().map(|one| one.procedure.clone()));
    procedures.extend(search.procedure.clone());
    procedures.sort();
    procedures.dedup();
    let list = List {
        offices: branches.into_iter().map(|branch| branch.office).collect(),
        procedures,
        search,
        all: found.all,
        is_cut: found.is_cut,
        frame,
    };
    page::show(&list).map_err(|_| Refusal::Unshown)
}

#[derive(Template)]
#[template(path = "hub/application.html")]
struct One {
    frame: Frame,
    one: Received,
    happened: Vec<Happened>,
}

impl One {
    /// What happened, in words where there are some.
    fn kind(&self, happened: &Happened) -> &str {
        self.frame.words.t(match happened.kind.as_str() {
            "visit.started" => "hub.did.started",
            "visit.agreed" => "hub.did.agreed",
            "visit.submitted" => "hub.did.submitted",
            "visit.viewed" => "hub.did.viewed",
            "visit.corrected" => "hub.did.corrected",
            "visit.identified" => "hub.did.identified",
            "visit.erased" => "hub.did.erased",
            "application.print_sent" => "hub.did.print_sent",
            "application.printed" => "hub.did.printed",
            "application.print_failed" => "hub.did.print_failed",
            "application.accepted" => "hub.did.accepted",
            "application.sent_back" => "hub.did.sent_back",
            "application.reopened" => "hub.did.reopened",
            _ => "hub.did.other",
        })
    }

    fn who(&self, happened: &Happened) -> &str {
        self.frame.words.t(match happened.actor.split(':').next() {
            Some("staff") => "hub.who.staff",
            Some("device") => "hub.who.device",
            Some("home" | "holder") => "hub.who.resident",
            Some("console") => "hub.who.console",
            _ => "hub.who.system",
        })
    }
}

pub(super) async fn one(
    State(served): State<Arc<Served>>,
    seen: Seen,
    Path((_, application)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    seen.may(Action::SeeApplications)?;
    let id = application.parse().map_err(|_| Refusal::NotHere)?;
    let found = served.hub.application((&seen.me, served.clock.now()), id).await?;
    let (one, happened) = found.ok_or(Refusal::NotHere)?;
    let frame = Frame::new(&served, &seen, Place::Received);
    page::show(&One { frame, one, happened }).map_err(|_| Refusal::Unshown)
}
