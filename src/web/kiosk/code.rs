//! The code made at home: read by the tablet's camera, or by a scanner.
//!
//! Whatever reads it, its text comes here, is opened, and month and day of birth
//! are asked before anything of it is shown. A refusal is said on the same page,
//! with the ways on.

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::eyes::{self, Eyes, told};
use super::frame::Frame;
use super::session::{AtKiosk, Kiosk, Sent, SentDraft};
use crate::bill_code::Bill;
use crate::clock::Moment;
use crate::preregistration::{Jti, Opened, Refusal};
use crate::visit::brought::{self, Refused};
use crate::visit::{self};
use crate::web::codes::NotTaken;
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

/// The most letters that anybody sends as a code.
const LETTERS_MAX: usize = 1_300;

#[derive(Template)]
#[template(path = "kiosk/code.html")]
struct Show {
    frame: Frame,
    eyes: Eyes,
    /// Why the last one was not taken.
    refused: Option<String>,
    /// Whether it was the code of a bill or a wallet.
    is_bill: bool,
}

/// Somebody who has seen what the data is used for, at a tablet that reads codes.
async fn draft(office: &Office, kiosk: &Kiosk) -> Result<AtKiosk, Failure> {
    let at = kiosk.draft(office).await?;
    let may = at.visit.agreed && kiosk.scanners(office).next().is_some();
    may.then_some(at).ok_or(Failure::Elsewhere("/kiosk"))
}

/// `GET /kiosk/code`: show the code, or why the last one was not taken.
pub(super) async fn show(State(office): State<Shared>, kiosk: Kiosk) -> Result<Response, Failure> {
    let at = draft(&office, &kiosk).await?;
    let not_taken = office.codes.not_taken(kiosk.device.id);
    let not_taken = not_taken.filter(|one| one.visit == at.visit.id && !one.is_read);
    let frame = Frame::new(&office, &kiosk, Some(&at)).back("/kiosk/procedures");
    page::show(&Show {
        eyes: Eyes::of(kiosk.scanners(&office)),
        // When it was used, and under which number, is told to staff: whoever holds a
        // code has not said the birthday yet.
        is_bill: not_taken.as_ref().is_some_and(|one| is_bill(one.code)),
        refused: not_taken.map(|one| frame.t(one.code).to_owned()),
        frame,
    })
}

fn is_bill(code: &str) -> bool {
    Bill::ALL.iter().any(|bill| bill.code() == code)
}

/// `POST /kiosk/code`: the letters that a scanner typed into the page, or those
/// that one at this machine has sent.
pub(super) async fn heard(
    State(office): State<Shared>,
    SentDraft(Sent { kiosk, at, fields }): SentDraft,
) -> Result<Response, Failure> {
    draft(&office, &kiosk).await?;
    if fields.has("again") {
        office.codes.try_again(kiosk.device.id);
        return Ok(page::go("/kiosk/code"));
    }
    let typed = Some(fields.get("text").to_owned()).filter(|text| !text.is_empty());
    let text = typed.or_else(|| office.codes.take_heard(kiosk.scanners(&office)));
    match text {
        Some(text) => Ok(page::go(take(&office, &kiosk, &at, &text).await?)),
        None => Ok(page::go("/kiosk/code")),
    }
}

/// `POST /kiosk/code/frame`: the middle of what the camera sees, a byte a pixel.
pub(super) async fn frame(
    State(office): State<Shared>,
    kiosk: Kiosk,
    headers: HeaderMap,
    pixels: Bytes,
) -> Result<Response, Failure> {
    let at = draft(&office, &kiosk).await?;
    let sees = Eyes::of(kiosk.scanners(&office)).camera;
    if !sees || !eyes::is_of(&headers, &at.key()) {
        return Ok(told(&json!({ "go": "/kiosk" })));
    }
    match eyes::code_in(&office, &headers, &pixels).await? {
        Some(text) => Ok(told(&json!({ "go": take(&office, &kiosk, &at, &text).await? }))),
        None => Ok(told(&json!({}))),
    }
}

/// Opens a code and notes it; where to go on.
async fn take(
    office: &Shared,
    kiosk: &Kiosk,
    at: &AtKiosk,
    text: &str,
) -> Result<&'static str, Failure> {
    let _turn = office.codes.turn(kiosk.device.id).await;
    // Of a bill nothing is kept but what kind it seems to be.
    if let Some(bill) = Bill::of(text) {
        return not_taken(office, kiosk, at, (bill.code(), Vec::new(), None)).await;
    }
    let opened = match text.len() {
        ..=LETTERS_MAX => open(office, text)?,
        _ => Err(Refusal::NotOurs),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(refusal) => {
            return not_taken(office, kiosk, at, (refusal.code(), Vec::new(), None)).await;
        }
    };
    let (journal, device, id) = (office.journal.clone(), kiosk.device.id, at.visit.id);
    let (jti, text) = (opened.jti, text.to_owned());
    let read =
        move |tx: &crate::db::Tx<'_>| brought::read(tx, &journal, device, id, &text, &opened);
    match office.db.write(read).await {
        Ok(_) => {
            office.codes.forget(device, kiosk.scanners(office));
            Ok("/kiosk")
        }
        Err(error) => refused(office, kiosk, at, (error, jti)).await,
    }
}

/// What a code says; a key that cannot be read is a fault.
pub(super) fn open(office: &Office, text: &str) -> Result<Result<Opened, Refusal>, Failure> {
    let opened = office.intake.open((&office.config, &office.forms), text, office.journal.now());
    opened.map_err(|error| Failure::Fault(error.to_string()))
}

/// Says why a code that opens is not taken; a fault stays one.
pub(super) async fn refused(
    office: &Shared,
    kiosk: &Kiosk,
    at: &AtKiosk,
    (error, jti): (visit::Error, Jti),
) -> Result<&'static str, Failure> {
    match error {
        visit::Error::Code(why) => {
            let values = match &why {
                Refused::Used { at } => vec![("time", time_of(office, *at))],
                Refused::HandedIn { number } => vec![("number", number.clone())],
                _ => Vec::new(),
            };
            not_taken(office, kiosk, at, (why.code(), values, Some(jti))).await
        }
        // The resident pressed Back after the visit had ended: show what is.
        visit::Error::Gone | visit::Error::Refused(_) => Ok("/kiosk"),
        error => Err(error.into()),
    }
}

/// `10:42`, with the day before it where that is another.
fn time_of(office: &Office, at: Moment) -> String {
    let time = format!("{}:{:02}", at.hour(), at.minute());
    match at.date() == office.journal.now().date() {
        true => time,
        false => format!("{} {time}", crate::clock::iso_day(at.date())),
    }
}

/// Remembers why, for this page and for the clerk who is called.
pub(super) async fn not_taken(
    office: &Shared,
    kiosk: &Kiosk,
    at: &AtKiosk,
    (code, values, jti): (&'static str, Vec<(&'static str, String)>, Option<Jti>),
) -> Result<&'static str, Failure> {
    tracing::info!(code, "a code was not taken");
    let (visit, now) = (at.visit.id, office.journal.now());
    let not_taken = NotTaken { visit, code, values, jti, at: now, is_read: false };
    office.codes.note(kiosk.device.id, not_taken);
    let (journal, actor) = (office.journal.clone(), kiosk.actor());
    let record =
        move |tx: &crate::db::Tx<'_>| brought::refused(tx, &journal, actor, visit, (code, jti));
    office.db.write(record).await?;
    Ok("/kiosk/code")
}
