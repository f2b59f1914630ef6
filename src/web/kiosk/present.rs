//! Presenting the number to the card, once.

use axum::extract::State;
use axum::response::Response;
use zeroize::Zeroizing;

use super::session::{Sent, SentDraft};
use crate::card::{Error, Pin, Secret, Tap, VerificationNumberB};
use crate::form::answers::Answers;
use crate::visit::{self, Way};
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Shared, page};

/// What was typed, if it can be a secret at all.
fn secret(fields: &Fields) -> Option<Secret> {
    let digits = fields.get("digits");
    let parts = ["birth", "expiry", "code"].map(|part| fields.get(part));
    let number_b = Zeroizing::new(parts.concat());
    match (digits.is_empty(), number_b.is_empty()) {
        (true, true) => Some(Secret::None),
        (true, false) => VerificationNumberB::new(&number_b).map(Secret::NumberB).ok(),
        (false, _) => Pin::new(digits).map(Secret::Pin).ok(),
    }
}

/// Presents the number once and reads the card.
pub(super) async fn read(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    let Some(reader) = kiosk.reader(&office) else {
        return super::card::page(&office, &kiosk, &at, Some(Error::ReaderGone)).await;
    };
    let Some(secret) = secret(&fields) else {
        return super::card::page(&office, &kiosk, &at, Some(Error::SecretNeeded)).await;
    };
    let tap = Tap(fields.get("tap").parse().map_err(|_| Failure::BadRequest)?);
    let reading = match reader.thread.read_async(tap, secret, fields.has("consent")).await {
        Ok(reading) => reading,
        Err(error) => {
            tracing::info!(code = error.code(), "a card was not read");
            return super::card::page(&office, &kiosk, &at, Some(error)).await;
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
