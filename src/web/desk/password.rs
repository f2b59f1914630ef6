//! Everybody chooses their own password; nobody else goes on knowing it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, Place};
use super::guard::{Clerk, Sent};
use super::slowly::slowly;
use crate::staff::{self, Error, NewPassword};
use crate::web::error::Failure;
use crate::web::{Office, Shared, page};

#[derive(Template)]
#[template(path = "desk/password.html")]
struct Page {
    frame: Frame,
    must: bool,
    login: String,
    refused: Option<String>,
}

impl Page {
    fn of(office: &Office, clerk: &Clerk, refused: Option<String>) -> Self {
        Self {
            frame: Frame::inside(office, clerk, Place::Password),
            must: clerk.signed_in.staff.must_choose_password,
            login: clerk.signed_in.staff.login.clone(),
            refused,
        }
    }
}

/// The page.
pub(super) async fn show(State(office): State<Shared>, clerk: Clerk) -> Result<Response, Failure> {
    page::show(&Page::of(&office, &clerk, None))
}

/// Sets the new password, if the present one is right.
pub(super) async fn change(State(office): State<Shared>, sent: Sent) -> Result<Response, Failure> {
    let Sent { clerk, fields } = sent;
    let (present, chosen) = (fields.get("present"), fields.get("chosen"));
    let changed = match fields.get("again") == chosen {
        false => Ok(Changed::Differs),
        true => set(&office, &clerk, present.to_owned(), chosen.to_owned()).await,
    };
    let words = Frame::inside(&office, &clerk, Place::Password).words;
    let refused = match changed {
        Ok(Changed::Done) => {
            return Ok(page::go("/desk?note=password_changed"));
        }
        Ok(Changed::WrongPresent) => words.t("desk.password.wrong_present").to_owned(),
        Ok(Changed::Differs) => words.t("desk.password.differs").to_owned(),
        Err(error) => super::accounts::refusal(&words, error)?,
    };
    page::show(&Page::of(&office, &clerk, Some(refused)))
}

enum Changed {
    Done,
    WrongPresent,
    /// The two spellings of the new one differ.
    Differs,
}

async fn set(
    office: &Office,
    clerk: &Clerk,
    present: String,
    chosen: String,
) -> Result<Changed, Error> {
    let me = clerk.signed_in.clone();
    let login = me.staff.login.clone();
    let chosen = NewPassword::instead_of(&present, &chosen, &login)?;
    let journal = office.journal.clone();
    let attempt = office.db.write(move |tx| staff::begin(tx, &journal, &login)).await?;
    let chance = office.journal.chance.clone();
    let work = move || (attempt.check(&present), chosen.hash(&*chance));
    let (checked, hash) = slowly(work).await?;
    let journal = office.journal.clone();
    let done = office
        .db
        .write(move |tx| staff::change_password(tx, &journal, &me, &checked, &hash))
        .await?;
    Ok(if done { Changed::Done } else { Changed::WrongPresent })
}
