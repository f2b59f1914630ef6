//! `/pair`: a tablet becomes a kiosk by a code from the desk.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::error::Failure;
use super::kiosk::COOKIE;
use super::{Shared, cookie, page};
use crate::device::{self, NewDevice, Role};
use crate::journal::Actor;
use crate::lang::{Lang, Phrases};
use crate::secret::Token;

/// Days a tablet stays paired without being touched.
const DAYS: u32 = 400;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/pair", get(enter).post(pair))
}

#[derive(Template)]
#[template(path = "pair.html")]
struct Enter {
    words: Phrases,
    wrong: bool,
    demo: bool,
}

#[derive(Deserialize)]
struct Entered {
    code: String,
}

/// The demonstration has nobody who could read out a code, so there the tablet
/// is paired at once, with a virtual reader of its own.
async fn enter(State(office): State<Shared>) -> Result<Response, Failure> {
    if !office.demo {
        return show(false, false);
    }
    let journal = office.journal.clone();
    let reader = office.readers.new_virtual();
    let token = office
        .db
        .write(move |tx| {
            let name = format!("デモ端末 {reader}");
            let new = NewDevice::typed(&name, Role::Kiosk, &reader)?;
            let (code, _) = device::offer(tx, &journal, Actor::System, &new)?;
            device::redeem(tx, &journal, &code.to_string())
        })
        .await?;
    Ok(paired(&token.1))
}

async fn pair(
    State(office): State<Shared>,
    Form(entered): Form<Entered>,
) -> Result<Response, Failure> {
    let journal = office.journal.clone();
    let redeemed = office.db.write(move |tx| device::redeem(tx, &journal, &entered.code)).await;
    match redeemed {
        Ok((_, token)) => Ok(paired(&token)),
        Err(device::Error::Db(error)) => Err(error.into()),
        Err(_) => show(true, office.demo),
    }
}

fn show(wrong: bool, demo: bool) -> Result<Response, Failure> {
    page::show(&Enter { words: Phrases::of(Lang::Ja), wrong, demo })
}

fn paired(token: &Token) -> Response {
    let mut response = page::go("/kiosk");
    cookie::keep(&mut response, COOKIE, token, "/kiosk", DAYS);
    response
}
