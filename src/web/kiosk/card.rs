//! The card: lay it down, type the number, take it away.
//!
//! The card is powered off while the resident types, and looked at afresh when
//! the number is there. The number lives in this request only: read from the
//! body into memory that is wiped, presented once, never written anywhere.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::frame::Frame;
use super::session::{AtKiosk, Kiosk};
use crate::card::{Ask, Error, Kind, Pin, Presence, Probe, Secret, Tap, VerificationNumberB};
use crate::demo::{self, PurseCard};
use crate::form::answers::Answers;
use crate::lang::Phrases;
use crate::visit::{self, Way, step};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// A card of the demonstration, to be laid on the virtual reader.
struct DemoCard {
    id: String,
    holder: String,
    kind: &'static str,
    hint: String,
}

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
    /// 照合番号B instead of the PIN.
    number_b: bool,
    /// A licence without PINs: only consent is asked.
    no_secret: bool,
    tries_left: u8,
    last_try: bool,
    card: &'static str,
    demo_cards: Vec<DemoCard>,
    demo_laid: bool,
    demo_hint: Option<String>,
}

/// What lies on the reader decides the page.
pub(super) async fn page(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    error: Option<Error>,
) -> Result<Response, Failure> {
    let frame = || Frame::new(office, kiosk, Some(at)).back("/kiosk/way");
    let Some(reader) = kiosk.reader(office) else {
        return place(office, kiosk, frame(), Some(Error::ReaderGone));
    };
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
        demo_cards: demo_cards(office, &frame),
        demo_laid: demo_laid(office, kiosk),
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
    page::show(&Enter {
        error: error.map(|error| sentence(&frame, error)),
        tap: probe.tap.0,
        number_b,
        no_secret: probe.ask == Ask::NoSecret,
        tries_left,
        last_try: tries_left == 1,
        card: kind_key(probe.kind),
        demo_hint: demo_hint(office, kiosk, number_b, frame.words),
        demo_cards: demo_cards(office, &frame),
        demo_laid: demo_laid(office, kiosk),
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

/// What to say to somebody who goes on while their card lies on the reader.
pub(super) fn forgotten(office: &Office, kiosk: &Kiosk, at: &AtKiosk) -> Option<&'static str> {
    let words =
        if step::card_was_read(&at.answers) { "kiosk.card.take" } else { "kiosk.card.lies" };
    lies_there(office, kiosk).then_some(words)
}

/// `GET /kiosk/card`.
pub(super) async fn laid(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    page(&office, &kiosk, &at, None).await
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

#[derive(Deserialize)]
pub(super) struct Entered {
    tap: u64,
    #[serde(default)]
    digits: Zeroizing<String>,
    /// The three parts of 照合番号B.
    #[serde(default)]
    birth: Zeroizing<String>,
    #[serde(default)]
    expiry: Zeroizing<String>,
    #[serde(default)]
    code: Zeroizing<String>,
    consent: Option<String>,
}

impl Entered {
    /// What was typed, if it can be a secret at all.
    fn secret(&self) -> Option<Secret> {
        let number_b = Zeroizing::new([&**self.birth, &**self.expiry, &**self.code].concat());
        match (self.digits.is_empty(), number_b.is_empty()) {
            (true, true) => Some(Secret::None),
            (true, false) => VerificationNumberB::new(&number_b).map(Secret::NumberB).ok(),
            (false, _) => Pin::new(&self.digits).map(Secret::Pin).ok(),
        }
    }
}

/// Presents the number once and reads the card.
pub(super) async fn read(
    State(office): State<Shared>,
    kiosk: Kiosk,
    Form(entered): Form<Entered>,
) -> Result<Response, Failure> {
    let at = kiosk.draft(&office).await?;
    let Some(reader) = kiosk.reader(&office) else {
        return page(&office, &kiosk, &at, Some(Error::ReaderGone)).await;
    };
    let Some(secret) = entered.secret() else {
        return page(&office, &kiosk, &at, Some(Error::SecretNeeded)).await;
    };
    let consent = entered.consent.is_some();
    let reading = match reader.thread.read_async(Tap(entered.tap), secret, consent).await {
        Ok(reading) => reading,
        Err(error) => {
            tracing::info!(code = error.code(), "a card was not read");
            return page(&office, &kiosk, &at, Some(error)).await;
        }
    };
    let mut answers = Answers::default();
    answers.set_applicant(&reading.applicant);
    let record = move |tx: &crate::db::Tx<'_>, journal: &_, actor, id| {
        visit::choose_way(tx, journal, actor, id, Some(Way::Card))?;
        visit::answer(tx, journal, actor, id, &answers)
    };
    kiosk.change(&office, &at, record).await?;
    Ok(page::go("/kiosk"))
}

#[derive(Deserialize)]
pub(super) struct DemoLaid {
    card: String,
}

/// Demonstration only: lays an invented resident's card on the virtual reader,
/// or takes it away when no card is named.
pub(super) async fn lay(
    State(office): State<Shared>,
    kiosk: Kiosk,
    Form(laid): Form<DemoLaid>,
) -> Result<Response, Failure> {
    let slot = kiosk.reader(&office).and_then(|reader| reader.slot).filter(|_| office.demo);
    let slot = slot.ok_or(Failure::NotFound)?;
    drop(slot.remove());
    office.readers.note_laid(kiosk.device.reader.as_deref(), &laid.card);
    if let Some(card) = purse(&office).into_iter().find(|card| card.id == laid.card) {
        slot.insert(card.make());
    }
    seen(&office, &kiosk).await;
    Ok(page::go("/kiosk/card"))
}

/// Waits until the reader's thread has seen the change, so that the page that
/// follows shows it.
async fn seen(office: &Office, kiosk: &Kiosk) {
    let Some(reader) = kiosk.reader(office) else { return };
    let mut watch = reader.thread.watch();
    let laid = reader.slot.is_some_and(|slot| slot.look(|card| card.is_some()));
    let shows = |presence: &Presence| matches!(presence, Presence::Card(_)) == laid;
    let seen = watch.wait_for(shows);
    // The thread looks five times a second; longer means that it is wedged.
    drop(tokio::time::timeout(std::time::Duration::from_secs(2), seen).await);
}

fn purse(office: &Office) -> Vec<PurseCard> {
    if office.demo { demo::purses(&office.config.demo) } else { Vec::new() }
}

fn demo_laid(office: &Office, kiosk: &Kiosk) -> bool {
    office.demo && lies_there(office, kiosk)
}

fn demo_cards(office: &Office, frame: &Frame) -> Vec<DemoCard> {
    let lang = frame.words.lang();
    let card = |card: PurseCard| DemoCard {
        holder: card.holder(),
        kind: match card.kind() {
            crate::config::CardKind::MyNumber => "kiosk.card.my_number",
            crate::config::CardKind::Licence => "kiosk.card.licence",
            crate::config::CardKind::Residence => "kiosk.card.residence",
            crate::config::CardKind::Unknown => "kiosk.card.unknown",
        },
        hint: card.household().in_lang(lang).to_owned(),
        id: card.id,
    };
    purse(office).into_iter().map(card).collect()
}

/// What the holder of the card that lies there knows.
fn demo_hint(office: &Office, kiosk: &Kiosk, number_b: bool, words: Phrases) -> Option<String> {
    let laid = kiosk.laid_demo_card(office)?;
    let card = purse(office).into_iter().find(|card| card.id == laid)?;
    if !number_b {
        return Some(words.with("demo.pin", &[("pin", card.pin()?)]));
    }
    let (year, code) = card.face()?;
    let (year, birth) = (year.to_string(), card.face_birth());
    let face = [("year", year.as_str()), ("code", code), ("birth", birth.as_str())];
    Some(words.with("demo.face", &face))
}
