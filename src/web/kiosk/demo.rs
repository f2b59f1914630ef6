//! The strip of cards under the reader that only the demonstration shows.

use axum::extract::State;
use axum::response::Response;

use super::frame::Frame;
use super::session::{Kiosk, Sent};
use crate::card::Presence;
use crate::demo::{self, PurseCard};
use crate::lang::Phrases;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// A card of the demonstration, to be laid on the virtual reader.
pub(super) struct DemoCard {
    pub id: String,
    pub holder: String,
    pub kind: &'static str,
    pub hint: String,
}

/// Lays an invented resident's card on the virtual reader, or takes it away when
/// no card is named.
pub(super) async fn lay(
    State(office): State<Shared>,
    Sent { kiosk, fields, .. }: Sent,
) -> Result<Response, Failure> {
    let id = fields.get("card");
    let slot = kiosk.reader(&office).and_then(|reader| reader.slot).filter(|_| office.demo);
    let slot = slot.ok_or(Failure::NotFound)?;
    drop(slot.remove());
    office.readers.note_laid(kiosk.device.reader.as_deref(), id);
    if let Some(card) = purse(&office).into_iter().find(|card| card.id == id) {
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

pub(super) fn is_laid(office: &Office, kiosk: &Kiosk) -> bool {
    office.demo && super::card::lies_there(office, kiosk)
}

/// The cards to choose from: those that are there to show something.
pub(super) fn cards(office: &Office, frame: &Frame) -> Vec<DemoCard> {
    let lang = frame.words.lang();
    let card = |card: PurseCard| {
        Some(DemoCard {
            hint: card.shows()?.in_lang(lang).to_owned(),
            holder: card.holder(),
            kind: match card.kind() {
                crate::config::CardKind::MyNumber => "kiosk.card.my_number",
                crate::config::CardKind::Licence => "kiosk.card.licence",
                crate::config::CardKind::Residence => "kiosk.card.residence",
                crate::config::CardKind::Unknown => "kiosk.card.unknown",
            },
            id: card.id,
        })
    };
    purse(office).into_iter().filter_map(card).collect()
}

/// What the holder of the card that lies there knows.
pub(super) fn hint(
    office: &Office,
    kiosk: &Kiosk,
    number_b: bool,
    words: Phrases,
) -> Option<String> {
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
