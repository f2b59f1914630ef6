//! The first page, the wishes that may change on every page, and the end.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent};
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::visit::{self, Care, Wishes};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, doors, page, pair};

#[derive(Template)]
#[template(path = "kiosk/start.html")]
struct Start {
    frame: Frame,
    /// Makes a second press of the same button the same visit.
    op: OpId,
    /// Whether a number can be drawn without forms.
    numbers: bool,
    /// Whether anybody can miss a call here.
    returns: bool,
}

/// The page while no number is given out: what is so, in each language.
#[derive(Template)]
#[template(path = "kiosk/shut.html")]
struct Shut {
    frame: Frame,
    now: ShutNow,
}

/// The part of it that changes.
#[derive(Template)]
#[template(path = "kiosk/shut_now.html")]
struct ShutNow {
    sentences: Vec<(Lang, String)>,
}

fn shut_now(office: &Office) -> Option<ShutNow> {
    let now = office.journal.now();
    let door = office.config.front_door(now);
    let languages = office.config.site.screen.languages.iter();
    let said = languages.map(|lang| Some((*lang, doors::shut(Phrases::of(*lang), door, now)?)));
    Some(ShutNow { sentences: said.collect::<Option<_>>()? })
}

/// Which page asks whether it still holds.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    open: bool,
}

/// `GET /kiosk/door`: asked by the first page, which nobody touches, so that it opens
/// and closes by itself.
pub(super) async fn door(
    State(office): State<Shared>,
    Query(shown): Query<Shown>,
    kiosk: Kiosk,
) -> Result<Response, Failure> {
    match (kiosk.visit(&office).await?, shut_now(&office)) {
        (None, Some(now)) if !shown.open => page::show(&now),
        (None, None) if shown.open => Ok(StatusCode::NO_CONTENT.into_response()),
        _ => Err(Failure::Elsewhere("/kiosk")),
    }
}

/// The page a tablet waits on: shown every day, so it renews the pairing.
pub(super) fn page(office: &Office, kiosk: &Kiosk) -> Result<Response, Failure> {
    let frame = Frame::new(office, kiosk, None);
    let mut response = match shut_now(office) {
        Some(now) => page::show(&Shut { frame, now })?,
        None => {
            let numbers = super::number::lanes(office).next().is_some();
            {
                let returns = !super::back::prefixes(office).is_empty();
                page::show(&Start { frame, numbers, returns, op: office.journal.op() })?
            }
        }
    };
    pair::keep(&mut response, &kiosk.token);
    Ok(response)
}

/// Begins a visit. There is none yet, so the form has no key of one; sent again,
/// its `op` finds the visit that it began.
pub(super) async fn start(
    State(office): State<Shared>,
    kiosk: Kiosk,
    chosen: Fields,
) -> Result<Response, Failure> {
    let op: OpId = chosen.get("op").parse().map_err(|_| Failure::BadRequest)?;
    let wishes = Wishes {
        lang: Lang::from_tag(chosen.get("lang")).ok_or(Failure::BadRequest)?,
        big_type: chosen.has("big_type"),
        care: chosen.has("hearing").then_some(Care::Hearing).into_iter().collect(),
    };
    let (journal, device) = (office.journal.clone(), kiosk.device.id);
    let begin = move |tx: &crate::db::Tx<'_>| visit::start(tx, &journal, op, device, &wishes);
    office.db.write(begin).await?;
    Ok(page::go("/kiosk"))
}

/// Changes the language or the size of the type, and comes back to the page.
pub(super) async fn wish(
    State(office): State<Shared>,
    Sent { kiosk, at, fields }: Sent,
) -> Result<Response, Failure> {
    let back = super::call::back(&fields).to_owned();
    change_wishes(&office, &kiosk, &at, &fields).await?;
    Ok(page::go(&back))
}

/// Whether a form changes a wish. The script sends the entries of a page along,
/// so that they can be shown again.
pub(super) fn is_wish(fields: &Fields) -> bool {
    fields.has("lang") || fields.has("big_type")
}

/// Takes the language or the size of the type from a form.
pub(super) async fn change_wishes(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    fields: &Fields,
) -> Result<(), Failure> {
    let before = &at.visit.wishes;
    let wishes = Wishes {
        lang: Lang::from_tag(fields.get("lang")).unwrap_or(before.lang),
        big_type: fields.get("big_type").parse().unwrap_or(before.big_type),
        care: before.care.clone(),
    };
    let change = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
        visit::wish(tx, journal, actor, id, &wishes)
    };
    kiosk.change(office, at, change).await
}

/// Somebody is there: the pages' script says so now and then while the screen is
/// touched, for the server erases what nobody touches.
pub(super) async fn touch(
    State(office): State<Shared>,
    Sent { at, .. }: Sent,
) -> Result<StatusCode, Failure> {
    // What was handed in is erased by other rules.
    if at.visit.state == visit::State::Draft {
        let journal = office.journal.clone();
        office.db.write(move |tx| visit::touched(tx, &journal, at.visit.id)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The resident leaves, or nobody was there any more: what was not handed in is
/// erased, down to the database's log. A page that tells of a failure does not
/// know the visit and sends no key; one with the key of another visit is too old
/// to end this one.
pub(super) async fn end(
    State(office): State<Shared>,
    kiosk: Kiosk,
    fields: Fields,
) -> Result<Response, Failure> {
    let at = kiosk.visit(&office).await?;
    let is_old = |at: &AtKiosk| fields.has("key") && fields.get("key") != at.key();
    if at.as_ref().is_some_and(is_old) {
        return Ok(page::go("/kiosk"));
    }
    kiosk.leave(&office, at.map(|at| at.visit.id)).await?;
    kiosk.forget_guest(&office).await?;
    if let Some(slot) = kiosk.reader(&office).and_then(|reader| reader.slot) {
        drop(slot.remove());
    }
    Ok(page::go("/kiosk"))
}
