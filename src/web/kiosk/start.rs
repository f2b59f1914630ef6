//! The first page, the wishes that may change on every page, and the end.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::frame::Frame;
use super::session::Kiosk;
use crate::device;
use crate::id::OpId;
use crate::lang::Lang;
use crate::visit::{self, Care, Wishes};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/start.html")]
struct Start {
    frame: Frame,
    /// Makes a second press of the same button the same visit.
    op: OpId,
}

pub(super) fn page(office: &Office, kiosk: &Kiosk) -> Result<Response, Failure> {
    page::show(&Start { frame: Frame::new(office, kiosk, None), op: office.journal.op() })
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    op: OpId,
    lang: Lang,
    big_type: Option<String>,
    hearing: Option<String>,
}

/// Begins a visit.
pub(super) async fn start(
    State(office): State<Shared>,
    kiosk: Kiosk,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Failure> {
    let wishes = Wishes {
        lang: chosen.lang,
        big_type: chosen.big_type.is_some(),
        care: chosen.hearing.map(|_| Care::Hearing).into_iter().collect(),
    };
    let (journal, device) = (office.journal.clone(), kiosk.device.id);
    let begin =
        move |tx: &crate::db::Tx<'_>| visit::start(tx, &journal, chosen.op, device, &wishes);
    office.db.write(begin).await?;
    Ok(page::go("/kiosk"))
}

/// One wish, changed from the frame of any page.
#[derive(Deserialize)]
pub(super) struct Changed {
    lang: Option<Lang>,
    big_type: Option<bool>,
}

/// Changes the language or the size of the type, and comes back to the step.
pub(super) async fn wish(
    State(office): State<Shared>,
    kiosk: Kiosk,
    Form(changed): Form<Changed>,
) -> Result<Response, Failure> {
    if let Some(at) = kiosk.visit(&office).await? {
        let before = &at.visit.wishes;
        let wishes = Wishes {
            lang: changed.lang.unwrap_or(before.lang),
            big_type: changed.big_type.unwrap_or(before.big_type),
            care: before.care.iter().copied().collect::<BTreeSet<_>>(),
        };
        let change = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
            visit::wish(tx, journal, actor, id, &wishes)
        };
        kiosk.change(&office, &at, change).await?;
    }
    Ok(page::go("/kiosk"))
}

/// The resident leaves, or nobody was there any more: what was not handed in is
/// erased, down to the database's log.
pub(super) async fn end(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    if let Some(at) = kiosk.visit(&office).await? {
        kiosk.leave(&office, at.visit).await?;
    }
    if let Some(slot) = kiosk.reader(&office).and_then(|reader| reader.slot) {
        drop(slot.remove());
    }
    Ok(page::go("/kiosk"))
}

/// Calls a member of staff to this tablet. Pressing again changes nothing.
pub(super) async fn call_staff(
    State(office): State<Shared>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    let (journal, device) = (office.journal.clone(), kiosk.device.id);
    office.db.write(move |tx| device::call_staff(tx, &journal, device)).await?;
    Ok(page::go("/kiosk"))
}
