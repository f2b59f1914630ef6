//! What the data is used for, what the resident came for, and how name and
//! address are given.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use super::{check, start};
use crate::lang::Phrases;
use crate::visit::{self, Way};
use crate::web::error::Failure;
use crate::web::{Office, Shared, doors, page};

#[derive(Template)]
#[template(path = "kiosk/purpose.html")]
struct Purpose {
    frame: Frame,
    /// In the town's own words, where it has some.
    purpose: String,
}

pub(super) fn purpose(office: &Office, kiosk: &Kiosk, at: &AtKiosk) -> Result<Response, Failure> {
    let frame = Frame::new(office, kiosk, Some(at));
    let own = office.config.site.screen.purpose.as_ref();
    let purpose = own.map_or(frame.t("kiosk.purpose.use"), |own| own.in_lang(frame.words.lang()));
    page::show(&Purpose { purpose: purpose.to_owned(), frame })
}

/// The resident has read what the data is used for.
pub(super) async fn agree(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, .. }): SentDraft,
) -> Result<Response, Failure> {
    kiosk.change(&office, &at, visit::agree).await?;
    Ok(page::go("/kiosk"))
}

struct Offer {
    id: String,
    form: String,
    title: String,
    about: String,
    pictogram: String,
    chosen: bool,
}

/// Procedures whose tickets wait in one lane.
struct Group {
    name: String,
    offers: Vec<Offer>,
    /// Why none of them is taken now.
    closed: Option<String>,
}

#[derive(Template)]
#[template(path = "kiosk/procedures.html")]
struct Procedures {
    frame: Frame,
    groups: Vec<Group>,
    /// What of a code was not understood, where nothing to come for is left of it.
    doubtful: Vec<String>,
    error: Option<&'static str>,
}

pub(super) fn procedures_page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    chosen: &[String],
    error: Option<&'static str>,
) -> Result<Response, Failure> {
    let (lang, now) = (at.visit.wishes.lang, office.journal.now());
    let gives_numbers = office.config.site.modules.queue;
    let offer = |procedure: &crate::config::Procedure| Offer {
        id: procedure.id.clone(),
        form: procedure.form.clone(),
        title: procedure.title.in_lang(lang).to_owned(),
        about: procedure.about.in_lang(lang).to_owned(),
        pictogram: procedure.pictogram.clone(),
        chosen: chosen.contains(&procedure.id),
    };
    let offered = office.counter().offered(at.visit.day);
    let group = |procedures: &[&crate::config::Procedure]| Group {
        name: procedures
            .first()
            .and_then(|first| office.config.lane(&first.lane))
            .map_or_else(String::new, |lane| lane.name.in_lang(lang).to_owned()),
        offers: procedures.iter().copied().map(offer).collect(),
        closed: procedures.first().and_then(|first| {
            let door = office.config.door(office.config.lane(&first.lane)?, now);
            doors::shut(Phrases::of(lang), door, now).filter(|_| gives_numbers)
        }),
    };
    let groups = offered.chunk_by(|one, next| one.lane == next.lane).map(group).collect();
    let frame = Frame::new(office, kiosk, Some(at));
    let doubtful = match at.visit.procedures.is_empty() {
        true => check::doubtful(office, at, &[], frame.words),
        false => Vec::new(),
    };
    page::show(&Procedures { frame, groups, doubtful, error })
}

pub(super) async fn procedures(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    procedures_page(&office, &kiosk, &at, &at.visit.procedures, None)
}

/// Takes the ticked procedures.
pub(super) async fn choose(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    let ids = fields.all("procedure");
    if start::is_wish(&fields) {
        start::change_wishes(&office, &kiosk, &at, &fields).await?;
        let at = kiosk.draft(&office).await?;
        return procedures_page(&office, &kiosk, &at, &ids, None);
    }
    let (shared, journal, actor, id) =
        (office.0.clone(), office.journal.clone(), kiosk.actor(), at.visit.id);
    let (chosen_ids, day) = (ids.clone(), at.visit.day);
    let chosen = office
        .db
        .write(move |tx| {
            let mut procedures = shared.counter().offered(day);
            procedures.retain(|procedure| chosen_ids.contains(&procedure.id));
            visit::choose(tx, &journal, actor, id, &procedures)
        })
        .await;
    match chosen {
        Ok(()) => Ok(page::go("/kiosk")),
        Err(visit::Error::NoProcedure) => {
            procedures_page(&office, &kiosk, &at, &ids, Some("kiosk.procedures.none"))
        }
        Err(visit::Error::SameForm(_)) => {
            procedures_page(&office, &kiosk, &at, &ids, Some("kiosk.procedures.same_form"))
        }
        Err(visit::Error::Gone | visit::Error::Refused(_)) => Ok(page::go("/kiosk")),
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "kiosk/way.html")]
struct Ways {
    frame: Frame,
}

pub(super) fn ways_page(office: &Office, kiosk: &Kiosk, at: &AtKiosk) -> Result<Response, Failure> {
    let back = at.before_card(office);
    page::show(&Ways { frame: Frame::new(office, kiosk, Some(at)).back(back) })
}

pub(super) async fn ways(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    if kiosk.reader(&office).is_none() {
        return Ok(page::go("/kiosk"));
    }
    ways_page(&office, &kiosk, &at)
}

/// Takes the way.
pub(super) async fn choose_way(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    let way = match fields.get("way") {
        "card" => Way::Card,
        "hand" => Way::Hand,
        _ => return Err(Failure::BadRequest),
    };
    let change = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
        visit::choose_way(tx, journal, actor, id, Some(way))
    };
    kiosk.change(&office, &at, change).await?;
    Ok(page::go(if way == Way::Card { "/kiosk/card" } else { "/kiosk" }))
}
