//! `/pair`: a tablet becomes a kiosk, a screen a display, by a code from the desk.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::error::Failure;
use super::kiosk::COOKIE;
use super::{Office, Shared, cookie, display, page};
use crate::db::Tx;
use crate::device::{self, Error, NewDevice, Role};
use crate::id::OpId;
use crate::journal::Actor;
use crate::lang::{Lang, Phrases};
use crate::secret::Token;
use crate::web::routes::Router;

/// Days a tablet stays paired without being used: browsers keep no cookie longer.
const DAYS: u32 = 400;

/// Lets a tablet stay paired from today on.
pub(super) fn keep(response: &mut Response, token: &Token) {
    cookie::keep(response, COOKIE, token, "/kiosk", DAYS);
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/pair", get(enter).post(pair))
}

#[derive(Template)]
#[template(path = "pair.html")]
struct Enter {
    words: Phrases,
    /// Makes a second press of the same button the same pairing.
    op: OpId,
    refused: Option<&'static str>,
    demo: bool,
}

/// The part of the address after `?`.
#[derive(Deserialize)]
struct Asked {
    /// What the browser would be; left out, a kiosk.
    role: Option<Role>,
}

#[derive(Deserialize)]
struct Entered {
    op: OpId,
    code: String,
}

/// The demonstration has nobody who could read out a code, so there the tablet
/// is paired at once, with a virtual reader of its own where cards are read. One that is paired already
/// stays the tablet it is.
async fn enter(
    State(office): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if !office.demo {
        return show(&office, None);
    }
    if asked.role == Some(Role::Display) {
        return display_in_demo(&office).await;
    }
    if let Some(token) = token_of_kiosk(&office, &headers).await? {
        return Ok(paired_in_demo(&token));
    }
    let journal = office.journal.clone();
    let reader = match office.config.site.modules.card_reader {
        true => office.readers.new_virtual(),
        false => String::new(),
    };
    let token = office
        .db
        .write(move |tx| {
            let name = format!("デモ端末 {}", device::all(tx)?.len() + 1);
            let new = NewDevice::typed(&name, Role::Kiosk, &reader)?;
            let (code, _) = device::offer(tx, &journal, journal.op(), Actor::System, &new)?;
            device::redeem(tx, &journal, journal.op(), &code.to_string())
        })
        .await?;
    Ok(paired_in_demo(&token.1))
}

async fn display_in_demo(office: &Office) -> Result<Response, Failure> {
    let journal = office.journal.clone();
    let (device, token) = office
        .db
        .write(move |tx| {
            let name = format!("デモ表示盤 {}", device::all(tx)?.len() + 1);
            let new = NewDevice::typed(&name, Role::Display, "")?;
            let (code, _) = device::offer(tx, &journal, journal.op(), Actor::System, &new)?;
            device::redeem(tx, &journal, journal.op(), &code.to_string())
        })
        .await?;
    Ok(paired(device.role, &token))
}

/// The token of the kiosk that asks, if it is one.
async fn token_of_kiosk(office: &Office, headers: &HeaderMap) -> Result<Option<Token>, Failure> {
    let Some(token) = cookie::token(headers, COOKIE) else { return Ok(None) };
    let look = move |connection: &_| -> Result<_, Error> {
        let device = device::paired(connection, &token)?;
        Ok(device.filter(|device| device.role == Role::Kiosk).map(|_| token))
    };
    Ok(office.db.read(look).await?)
}

async fn pair(
    State(office): State<Shared>,
    Form(entered): Form<Entered>,
) -> Result<Response, Failure> {
    let journal = office.journal.clone();
    let redeem = move |tx: &Tx<'_>| device::redeem(tx, &journal, entered.op, &entered.code);
    let refused = match office.db.write(redeem).await {
        Ok((device, token)) => return Ok(paired(device.role, &token)),
        Err(Error::UnknownCode) => "pair.wrong",
        Err(Error::NameTaken) => "pair.name_taken",
        Err(Error::ReaderTaken) => "pair.reader_taken",
        Err(fault) => return Err(fault.into()),
    };
    show(&office, Some(refused))
}

fn show(office: &Office, refused: Option<&'static str>) -> Result<Response, Failure> {
    let (words, op) = (Phrases::of(Lang::Ja), office.journal.op());
    page::show(&Enter { words, op, refused, demo: office.demo })
}

fn paired(role: Role, token: &Token) -> Response {
    match role {
        Role::Kiosk => {
            let mut response = page::go("/kiosk");
            keep(&mut response, token);
            response
        }
        Role::Display => {
            let mut response = page::go(display::PATH);
            cookie::keep(&mut response, display::COOKIE, token, display::PATH, DAYS);
            response
        }
    }
}

/// A browser shows its token to `/kiosk` only; here it is to show it to this page,
/// too, so that it is known again.
fn paired_in_demo(token: &Token) -> Response {
    let mut response = paired(Role::Kiosk, token);
    cookie::keep(&mut response, COOKIE, token, "/pair", DAYS);
    response
}
