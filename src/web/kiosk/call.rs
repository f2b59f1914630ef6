//! "Call staff", from every page and without losing what is typed on it.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use super::session::Kiosk;
use crate::clock::Moment;
use crate::device::{self, Device};
use crate::lang::Phrases;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, page};

/// How long after somebody set out they count as on the way. Then the button
/// calls again.
const ON_THE_WAY: Duration = Duration::from_secs(5 * 60);

/// What came of calling staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Nobody called, or that is over.
    Not,
    /// Nobody has answered yet.
    Waiting,
    /// Somebody is on the way.
    Answered,
}

impl Call {
    /// What stands at a tablet now.
    pub fn of(device: &Device, now: Moment) -> Call {
        match device.help.map(|help| help.answered) {
            Some(None) => Call::Waiting,
            Some(Some((at, _))) if now - at < ON_THE_WAY => Call::Answered,
            Some(Some(_)) | None => Call::Not,
        }
    }

    /// The name for scripts and the style sheet.
    pub fn id(self) -> &'static str {
        match self {
            Call::Not => "not",
            Call::Waiting => "waiting",
            Call::Answered => "answered",
        }
    }

    /// The key of the button's words.
    pub fn words(self) -> &'static str {
        match self {
            Call::Not => "kiosk.call.staff",
            Call::Waiting => "kiosk.call.waiting",
            Call::Answered => "kiosk.call.answered",
        }
    }
}

/// Calls a member of staff to this tablet. Pressing again changes nothing. The
/// pages' script asks for JSON and stays where it is; without it the page that
/// was left comes back. Nothing of a visit is touched, so no key is asked for,
/// and it works where nobody has begun one.
pub(super) async fn staff(
    State(office): State<Shared>,
    kiosk: Kiosk,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let (journal, device) = (office.journal.clone(), kiosk.device.id);
    office.db.write(move |tx| device::call_staff(tx, &journal, device)).await?;
    let asks_json = headers.get(header::ACCEPT).is_some_and(|kind| kind == "application/json");
    if asks_json { state(State(office), kiosk).await } else { Ok(page::go(back(&fields))) }
}

/// What came of the call, for the page that waits for it.
pub(super) async fn state(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    // Read anew: the tablet was looked up before the call.
    let id = kiosk.device.id;
    let device = office.db.read(move |connection| device::device(connection, id)).await?;
    let call = device.map_or(Call::Not, |device| Call::of(&device, office.journal.now()));
    let words = Phrases::of(lang(&office, &kiosk).await?).t(call.words());
    let mut response = Json(json!({ "state": call.id(), "words": words })).into_response();
    page::no_store(&mut response);
    Ok(response)
}

async fn lang(office: &Office, kiosk: &Kiosk) -> Result<crate::lang::Lang, Failure> {
    let first = office.config.site.screen.languages.first().copied().unwrap_or_default();
    Ok(kiosk.visit(office).await?.map_or(first, |at| at.visit.wishes.lang))
}

/// The page a form was sent from, if it is one of the kiosk's.
pub(super) fn back(fields: &Fields) -> &str {
    let here = fields.get("here");
    let is_ours = here.starts_with("/kiosk/")
        && here.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
    if is_ours { here } else { "/kiosk" }
}
