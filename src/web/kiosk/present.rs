//! Presenting the number to the card, once.
//!
//! The number lives as long as this request: in the fields, which are wiped when
//! dropped, and in the [`Secret`], which is wiped when it was presented. Before
//! that it passed through the connection's read buffer, which is not wiped but
//! reused for what is sent next. It is written nowhere.

use axum::extract::State;
use axum::response::Response;

use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use crate::card::{Error, Pin, Reading, Secret, Tap, VerificationNumberB};
use crate::db::Tx;
use crate::form::answers::Answers;
use crate::visit::{self, Way, step};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, Shared, page};

/// What was typed, if it can be a secret at all: what cannot be one costs no try.
fn secret(fields: &Fields) -> Result<Secret, Error> {
    let digits = fields.get("digits");
    let [birth, expiry, code] = ["birth", "expiry", "code"].map(|part| fields.get(part));
    let no_number = [birth, expiry, code].iter().all(|part| part.is_empty());
    match (digits.is_empty(), no_number) {
        (true, true) => Ok(Secret::None),
        (true, false) => VerificationNumberB::of_card_face(birth, expiry, code)
            .map(Secret::NumberB)
            .map_err(|_| Error::NumberBForm),
        (false, _) => Pin::new(digits).map(Secret::Pin).map_err(|_| Error::SecretNeeded),
    }
}

/// Presents the number once and reads the card. Every answer leads to another
/// page, so that no reload sends a number again; whoever sends one again sees
/// what came of the first time.
pub(super) async fn read(
    State(office): State<Shared>,
    SentDraft(sent): SentDraft,
) -> Result<Response, Failure> {
    // On a task of its own: a browser that is impatient and sends again lets go
    // of this request, and what the card told would be lost.
    let present = tokio::spawn(present(office, sent));
    // Not the error's own words: a panic's may hold what was read.
    present.await.map_err(|_| Failure::Fault("the reading task panicked".to_owned()))?
}

async fn present(office: Shared, sent: Sent) -> Result<Response, Failure> {
    let Sent { kiosk, at, fields } = sent;
    let Some(reader) = kiosk.reader(&office) else { return Ok(page::go("/kiosk/card")) };
    let _turn = reader.turn().await;
    if !kiosk.uses_number_page(&office, fields.get("once")) {
        return Ok(page::go(present_state(&office, &kiosk).await?));
    }
    let tap = fields.get("tap").parse().map(Tap).map_err(|_| Failure::BadRequest)?;
    let read = match secret(&fields) {
        Ok(secret) => reader.thread.read_async(tap, secret, fields.has("consent")).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(reading) => record(&office, &kiosk, &at, &reading).await,
        Err(error) => {
            tracing::info!(code = error.code(), "a card was not read");
            kiosk.note_failure(&office, &at, error);
            Ok(page::go("/kiosk/card"))
        }
    }
}

async fn record(
    office: &Office,
    kiosk: &Kiosk,
    at: &AtKiosk,
    reading: &Reading,
) -> Result<Response, Failure> {
    let mut answers = Answers::default();
    answers.set_applicant(&reading.applicant);
    let record = move |tx: &Tx<'_>, journal: &_, actor, id| {
        visit::choose_way(tx, journal, actor, id, Some(Way::Card))?;
        visit::answer(tx, journal, actor, id, &answers)
    };
    kiosk.change(office, at, record).await?;
    Ok(page::go("/kiosk"))
}

/// Where the same page sent again leads: on, if the card was read.
async fn present_state(office: &Office, kiosk: &Kiosk) -> Result<&'static str, Failure> {
    let at = kiosk.visit(office).await?;
    let read = at.is_none_or(|at| step::card_was_read(&at.answers));
    Ok(if read { "/kiosk" } else { "/kiosk/card" })
}
