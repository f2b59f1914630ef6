//! 申請管理: what was handed in anywhere, found by what stands on its paper and, where the
//! hub has the keys, by the people it is about. A name is never in an address.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::super::Served;
use super::super::refusal::Refusal;
use super::frame::Sent;
use super::{Frame, Place, Seen};
use crate::clock::{self, iso_day};
use crate::hub::people::Action;
use crate::hub::{Entered, Found, KeyState, LISTED_MAX, OPENED_MAX, Received, Search, Stage};
use crate::text::Text;
use crate::visit::{Findable, retold};
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
    /// The applicant's name, where one was looked for: in the order of `all`.
    names: Vec<String>,
    is_cut: bool,
    /// Who was looked for.
    name: String,
    /// Where one was: how many could not be opened, and whether all were looked through.
    unopened: usize,
    is_all: bool,
    reads: bool,
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

    fn name_of(&self, at: &usize) -> &str {
        self.names.get(*at).map_or("", String::as_str)
    }

    fn is_by_name(&self) -> bool {
        !self.name.is_empty()
    }

    fn stage_id(&self) -> &'static str {
        self.search.stage.map(Stage::id).unwrap_or_default()
    }

    fn not_opened(&self) -> String {
        self.frame.words.with("hub.not_opened", &[("count", self.unopened)])
    }

    fn not_all(&self) -> String {
        self.frame.words.with("hub.not_all", &[("count", OPENED_MAX)])
    }

    fn count(&self) -> String {
        self.frame.words.with("hub.found", &[("count", self.all.len())])
    }
}

impl Frame {
    pub(super) fn stage(&self, stage: &Stage) -> &str {
        self.words.t(match stage {
            Stage::HandedIn => "hub.stage.handed_in",
            Stage::Printed => "hub.stage.printed",
            Stage::Accepted => "hub.stage.accepted",
            Stage::SentBack => "hub.stage.sent_back",
        })
    }

    /// The colour of a stage.
    pub(super) fn colour(&self, stage: &Stage) -> &'static str {
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
    show(&served, &seen, search, (found, ByName::default())).await
}

/// What a search by name adds.
#[derive(Default)]
struct ByName {
    typed: String,
    names: Vec<String>,
    unopened: usize,
    is_cut: bool,
}

/// The applications about somebody.
pub(super) async fn by_name(
    State(served): State<Arc<Served>>,
    sent: Sent,
) -> Result<Response, Refusal> {
    let Sent { seen, fields } = &sent;
    seen.may(Action::ReadEntries)?;
    let now = served.clock.now();
    let get = |name: &str| fields.get(name).to_owned();
    let asked = Asked {
        receipt: String::new(),
        day: Some(get("day")),
        office: get("office"),
        procedure: get("procedure"),
        stage: get("stage"),
    };
    let search = asked.search(now.date());
    let typed = fields.get("name").trim().to_owned();
    if typed.is_empty() {
        return Err(Refusal::Elsewhere(seen.town.at("/applications")));
    }
    let (all, is_cut) = served.hub.opened((&seen.me, now), &search).await?;
    let mut by_name = ByName { typed, is_cut, ..ByName::default() };
    let mut found = Found { all: Vec::new(), is_cut: false };
    for (one, entered) in all {
        match whose(&one, &entered) {
            Err(KeyState::Erased) => {}
            Err(_) => by_name.unopened += 1,
            Ok((findable, name)) if findable.is_found_by(&by_name.typed) => {
                found.all.push(one);
                by_name.names.push(name);
            }
            Ok(_) => {}
        }
    }
    found.is_cut = found.all.len() > LISTED_MAX;
    found.all.truncate(LISTED_MAX);
    show(&served, seen, search, (found, by_name)).await
}

/// What an application is found by, and the applicant's name.
fn whose(one: &Received, entered: &Entered) -> Result<(Findable, String), KeyState> {
    let said = entered.as_ref().map_err(|why| *why)?;
    let answers = retold::answers(said).map_err(|_| KeyState::OtherKey)?;
    let ticket = one.ticket.as_deref().unwrap_or_default();
    let findable = Findable::new(&answers, ticket, one.receipt.as_deref());
    let name = answers.text("applicant.name").map(Text::to_string);
    Ok((findable, name.unwrap_or_default()))
}

async fn show(
    served: &Served,
    seen: &Seen,
    search: Search,
    (found, by_name): (Found, ByName),
) -> Result<Response, Refusal> {
    let branches = served.hub.branches(&seen.me.municipality).await?;
    let frame = Frame::new(served, seen, Place::Received);
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
        names: by_name.names,
        is_cut: found.is_cut,
        name: by_name.typed,
        unopened: by_name.unopened,
        is_all: !by_name.is_cut,
        reads: served.hub.keeps_keys() && seen.may(Action::ReadEntries).is_ok(),
        frame,
    };
    page::show(&list).map_err(|_| Refusal::Unshown)
}
