//! A procedure that is not for this resident: said kindly, with the ways on.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use crate::config::Procedure;
use crate::form::gate::{self, Closed};
use crate::visit;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/closed.html")]
struct Page<'a> {
    frame: Frame,
    /// The procedure that cannot go on.
    procedure: String,
    title: String,
    reason: String,
    /// What is offered in its place.
    instead: Option<&'a Procedure>,
    /// Whether the visit has other procedures to go on with.
    others: bool,
    /// The page on which the answer can be put right.
    mend: String,
}

/// Says why, and what can be done now.
pub(super) fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    closed: Closed<'_>,
) -> Result<Response, Failure> {
    let frame = Frame::new(office, kiosk, Some(at));
    let lang = frame.words.lang();
    let mend = closed.page().map_or("/kiosk/procedures".to_owned(), super::ask::address);
    let chosen = office.counter().procedures(&at.visit.procedures);
    let (own, others): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|procedure| procedure.form == closed.form.id());
    page::show(&Page {
        procedure: own.first().map_or("", |own| own.title.in_lang(lang)).to_owned(),
        title: closed.gate.title.in_lang(lang).to_owned(),
        reason: closed.gate.reason.in_lang(lang).to_owned(),
        instead: instead(office, at, closed),
        others: !others.is_empty(),
        frame: frame.back(&mend),
        mend,
    })
}

/// The procedure that the gate offers, unless the town has none, the resident has
/// chosen it anyway, or cannot use it either.
fn instead<'o>(office: &'o Office, at: &AtKiosk, closed: Closed<'_>) -> Option<&'o Procedure> {
    let counter = office.counter();
    let id = closed.gate.instead.as_deref()?;
    let form = counter.forms.on(id, at.visit.day)?;
    let mut offered = counter.offered(at.visit.day).into_iter();
    let offered = offered.find(|procedure| procedure.form == id)?;
    let mut chosen = counter.procedures(&at.visit.procedures).into_iter();
    let is_new = !chosen.any(|procedure| procedure.form == id);
    (is_new && closed.offers(form, &at.answers)).then_some(offered)
}

/// Takes the procedure out of the visit, and puts the other in its place where
/// the resident wants it.
pub(super) async fn go_on(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    let counter = office.counter();
    let forms = counter.forms_of(&at.visit);
    // Pressed twice: the first press has opened the way.
    let Some(closed) = gate::closed(&forms, &at.answers) else { return Ok(page::go("/kiosk")) };
    let chosen = counter.procedures(&at.visit.procedures);
    let stays = chosen.into_iter().filter(|procedure| procedure.form != closed.form.id());
    let mut ids: Vec<String> = stays.map(|procedure| procedure.id.clone()).collect();
    match fields.get("do") {
        "instead" => ids.extend(instead(&office, &at, closed).map(|offered| offered.id.clone())),
        "leave" => {}
        _ => return Err(Failure::BadRequest),
    }
    // Nothing is left: the resident chooses anew.
    if ids.is_empty() {
        return Ok(page::go("/kiosk/procedures"));
    }
    let shared = office.0.clone();
    let change = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
        visit::choose(tx, journal, actor, id, &shared.counter().procedures(&ids))
    };
    kiosk.change(&office, &at, change).await?;
    Ok(page::go("/kiosk"))
}
