//! The card: lay it down, type the number, take it away.
//!
//! What lies on the reader decides the page. The card is powered off while the
//! resident types, and looked at afresh when the number is there.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use super::demo::{self, DemoCard};
use super::frame::Frame;
use super::session::{AtKiosk, Kiosk};
use crate::card::{Ask, Error, Kind, Presence, Probe, Tap};
use crate::id::OpId;
use crate::visit::step;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "kiosk/card.html")]
struct Place {
    frame: Frame,
    error: Option<String>,
    /// The reader cannot be used; laying a card down will not help.
    hopeless: bool,
    /// A card that cannot be read lies there: it must be lifted first.
    lift: bool,
    demo_cards: Vec<DemoCard>,
    demo_laid: bool,
}

#[derive(Template)]
#[template(path = "kiosk/pin.html")]
struct Enter {
    frame: Frame,
    error: Option<String>,
    tap: u64,
    /// Lets this page present one number, once.
    once: OpId,
    /// 照合番号B instead of the PIN.
    number_b: bool,
    /// A licence without PINs: only consent is asked.
    no_secret: bool,
    tries_left: u8,
    last_try: bool,
    /// What follows if that try is wrong: who can undo it depends on the card.
    last_words: &'static str,
    card: &'static str,
    demo_cards: Vec<DemoCard>,
    demo_laid: bool,
    demo_hint: Option<String>,
}

/// What lies on the reader decides the page; why the last reading failed is said
/// on it once.
pub(super) async fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
) -> Result<Response, Failure> {
    let frame = || Frame::new(office, kiosk, Some(at)).back("/kiosk/way");
    let Some(reader) = kiosk.reader(office) else {
        return place(office, kiosk, frame(), Some(Error::ReaderGone));
    };
    let _turn = reader.turn().await;
    let error = kiosk.take_failure(office, at);
    let Presence::Card(_) = reader.thread.presence() else {
        return place(office, kiosk, frame(), error.or(trouble(reader.thread.presence())));
    };
    match reader.thread.probe_async().await {
        Ok(Probe { ask: Ask::Nothing(reason), .. }) => place(office, kiosk, frame(), Some(reason)),
        Ok(probe) => enter(office, kiosk, frame(), probe, error),
        Err(reason) => place(office, kiosk, frame(), error.or(Some(reason))),
    }
}

fn trouble(presence: Presence) -> Option<Error> {
    match presence {
        Presence::Empty | Presence::Card(_) => None,
        Presence::ReaderGone => Some(Error::ReaderGone),
        Presence::ServiceGone => Some(Error::ServiceGone),
        Presence::Wedged => Some(Error::Silent),
    }
}

fn place(
    office: &Office,
    kiosk: &Kiosk,
    frame: Frame,
    error: Option<Error>,
) -> Result<Response, Failure> {
    page::show(&Place {
        error: error.map(|error| sentence(&frame, error)),
        hopeless: matches!(error, Some(Error::ReaderGone | Error::ServiceGone)),
        lift: lies_there(office, kiosk),
        demo_cards: demo::cards(office, &frame),
        demo_laid: demo::is_laid(office, kiosk),
        frame,
    })
}

fn enter(
    office: &Office,
    kiosk: &Kiosk,
    frame: Frame,
    probe: Probe,
    error: Option<Error>,
) -> Result<Response, Failure> {
    let (number_b, tries_left) = match probe.ask {
        Ask::Pin { tries_left } => (false, tries_left),
        Ask::NumberB { tries_left } => (true, tries_left),
        Ask::NoSecret | Ask::Nothing(_) => (false, 0),
    };
    let once = kiosk.number_page(office);
    // That consent is needed stands on the page already, in the words of what is
    // asked for.
    let error = error.filter(|error| *error != Error::LastTryNeedsConsent);
    page::show(&Enter {
        once,
        error: error.map(|error| sentence(&frame, error)),
        tap: probe.tap.0,
        number_b,
        no_secret: probe.ask == Ask::NoSecret,
        tries_left,
        last_try: tries_left == 1,
        last_words: match (number_b, probe.kind) {
            (true, _) => "kiosk.pin.last_number_b",
            (false, Kind::Licence) => "card.last_try_licence",
            (false, _) => "card.last_try",
        },
        card: kind_key(probe.kind),
        demo_hint: demo::hint(office, kiosk, number_b, frame.words),
        demo_cards: demo::cards(office, &frame),
        demo_laid: demo::is_laid(office, kiosk),
        frame,
    })
}

/// The resident's sentence for a refusal.
fn sentence(frame: &Frame, error: Error) -> String {
    let tries = match error {
        Error::WrongPin { tries_left } | Error::WrongNumberB { tries_left } => tries_left,
        _ => 0,
    };
    frame.words.with(error.code(), &[("tries_left", tries)])
}

fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Licence => "kiosk.card.licence",
        _ => "kiosk.card.my_number",
    }
}

/// Whether a card lies on the reader now.
pub(super) fn lies_there(office: &Office, kiosk: &Kiosk) -> bool {
    let presence = kiosk.reader(office).map(|reader| reader.thread.presence());
    matches!(presence, Some(Presence::Card(_) | Presence::Wedged))
}

/// `GET /kiosk/card`.
pub(super) async fn laid(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    page(&office, &kiosk, &at).await
}

/// What to say to somebody who goes on while their card lies on the reader.
pub(super) fn forgotten(office: &Office, kiosk: &Kiosk, at: &AtKiosk) -> Option<&'static str> {
    let words =
        if step::card_was_read(&at.answers) { "kiosk.card.take" } else { "kiosk.card.lies" };
    lies_there(office, kiosk).then_some(words)
}

/// What lies on the reader, in a word, for the page that waits for a change.
pub(super) async fn state(State(office): State<Shared>, kiosk: Kiosk) -> Response {
    let presence = kiosk.reader(&office).map(|reader| reader.thread.presence());
    let state = match presence {
        Some(Presence::Card(Tap(tap))) => json!({ "card": tap }),
        Some(Presence::Empty) => json!({ "card": null }),
        Some(Presence::Wedged) => json!({ "trouble": "wedged" }),
        Some(Presence::ServiceGone) => json!({ "trouble": "service" }),
        Some(Presence::ReaderGone) | None => json!({ "trouble": "reader" }),
    };
    let mut response = Json(state).into_response();
    page::no_store(&mut response);
    response
}
