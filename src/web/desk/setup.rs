//! The first administrator, made with the code from the console.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::accounts::Entered;
use super::fields::Fields;
use super::frame::Frame;
use crate::staff::{self, Error, Role};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "desk/setup.html")]
struct Page {
    frame: Frame,
    entered: Entered,
    refused: Option<String>,
}

/// The page, while there is no account.
pub(super) async fn show(
    State(office): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if office.db.read(staff::is_set_up).await? {
        return Ok(page::go("/desk/sign-in"));
    }
    let frame = Frame::outside(&office, &headers);
    page::show(&Page { frame, entered: Entered::default(), refused: None })
}

/// Makes the account.
pub(super) async fn set_up(
    State(office): State<Shared>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let frame = Frame::outside(&office, &headers);
    let entered = Entered { role: Role::Administrator, ..Entered::of(&fields) };
    match make(&office, &entered, &fields).await {
        Ok(()) => Ok(page::go("/desk/sign-in?note=set_up")),
        // Sent a second time.
        Err(Error::AlreadySetUp) => Ok(page::go("/desk/sign-in")),
        Err(error) => {
            let refused = Some(super::accounts::refusal(&frame.words, error)?);
            page::show(&Page { frame, entered, refused })
        }
    }
}

async fn make(office: &Office, entered: &Entered, fields: &Fields) -> Result<(), Error> {
    let new = entered.new_account(office, fields.get("password"), false).await?;
    let (journal, code) = (office.journal.clone(), fields.get("code").to_owned());
    office.db.write(move |tx| staff::set_up(tx, &journal, &code, &new)).await?;
    Ok(())
}
