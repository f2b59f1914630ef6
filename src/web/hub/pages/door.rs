//! Signing in and out, the first administrator, and one's own password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::refusal::Refusal;
use super::super::{Served, Shown};
use super::frame::{COOKIE, Sent, Town};
use super::{Frame, Place, Seen};
use crate::hub::people::{Checked, NewPerson, Outcome, Role};
use crate::hub::{self};
use crate::staff::{self, NewPassword};
use crate::web::demo::Account;
use crate::web::desk::{refusal, slowly};
use crate::web::fields::Fields;
use crate::web::{cookie, page};

#[derive(Template)]
#[template(path = "hub/sign_in.html")]
struct SignIn {
    frame: Frame,
    login: String,
    accounts: Vec<Account>,
}

#[derive(Template)]
#[template(path = "hub/setup.html")]
struct Setup {
    frame: Frame,
    login: String,
    name: String,
}

#[derive(Template)]
#[template(path = "hub/password.html")]
struct Password {
    frame: Frame,
    must: bool,
}

fn drawn(page: &impl Template) -> Result<Response, Refusal> {
    page::show(page).map_err(|_| Refusal::Unshown)
}

/// A refusal in words; a fault stays a fault.
pub(super) fn in_words(frame: &Frame, error: hub::Error) -> Result<String, Refusal> {
    match error {
        hub::Error::Staff(error) => refusal(&frame.words, error).map_err(|_| Refusal::NotHere),
        fault => Err(fault.into()),
    }
}

/// The page with the two fields; before the first account, the way to it.
pub(super) async fn show(
    State(served): State<Arc<Served>>,
    town: Town,
) -> Result<Response, Refusal> {
    if !served.hub.has_people(&town.municipality).await? {
        return Ok(page::go(&town.at("/setup")));
    }
    let frame = Frame::outside(&served, &town);
    let accounts = accounts(&served, &frame);
    drawn(&SignIn { frame, login: String::new(), accounts })
}

/// Checks login and password.
pub(super) async fn enter(
    State(served): State<Arc<Served>>,
    town: Town,
    fields: Fields,
) -> Result<Response, Refusal> {
    let (login, of) = (fields.get("login"), (town.municipality.as_str(), served.clock.now()));
    let wait = match checked(&served, &town, login, fields.get("password")).await {
        Ok(checked) => match served.hub.finish_sign_in(of, &checked, &*served.chance).await? {
            Outcome::SignedIn(token) => {
                let mut entered = page::go(&town.at("/first"));
                cookie::keep(&mut entered, COOKIE, &token, &town.at(""), 0);
                return Ok(entered);
            }
            Outcome::Refused(until) => until,
        },
        Err(hub::Error::Staff(staff::Error::BackedOff { until })) => Some(until),
        Err(fault) => return Err(fault.into()),
    };
    let frame = Frame::outside(&served, &town);
    let refused = match wait {
        Some(until) => in_words(&frame, staff::Error::BackedOff { until }.into())?,
        None => frame.words.t("desk.sign_in.refused").to_owned(),
    };
    let (login, accounts) = (login.to_owned(), accounts(&served, &frame));
    drawn(&SignIn { frame: frame.refusing(Some(refused)), login, accounts })
}

/// The ready accounts of a demonstration; none at a hub.
fn accounts(served: &Served, frame: &Frame) -> Vec<Account> {
    let account = |(role, login, password): &Shown| Account {
        role: frame.role(role).to_owned(),
        login: login.clone(),
        password: password.clone(),
    };
    served.shown.iter().map(account).collect()
}

async fn checked(
    served: &Served,
    town: &Town,
    login: &str,
    password: &str,
) -> Result<Checked, hub::Error> {
    let of = (town.municipality.as_str(), served.clock.now());
    let attempt = served.hub.begin_sign_in(of, login).await?;
    let password = password.to_owned();
    Ok(slowly(move || attempt.check(&password)).await.map_err(staff::Error::from)?)
}

/// The first page that whoever has signed in may see.
pub(super) async fn first(seen: Seen) -> Response {
    page::go(&seen.town.at(match seen.me.person.role {
        Role::Auditor => "/record",
        _ => "",
    }))
}

/// Ends the session and forgets the cookie.
pub(super) async fn leave(
    State(served): State<Arc<Served>>,
    Sent { seen, .. }: Sent,
) -> Result<Response, Refusal> {
    served.hub.sign_out(&seen.me, served.clock.now()).await?;
    let mut signed_out = page::go(&seen.town.at("/sign-in"));
    cookie::forget(&mut signed_out, COOKIE, &seen.town.at(""));
    Ok(signed_out)
}

/// The page for the first administrator, while there is no account.
pub(super) async fn setup(
    State(served): State<Arc<Served>>,
    town: Town,
) -> Result<Response, Refusal> {
    if served.hub.has_people(&town.municipality).await? {
        return Ok(page::go(&town.at("/sign-in")));
    }
    let (login, name) = (String::new(), String::new());
    drawn(&Setup { frame: Frame::outside(&served, &town), login, name })
}

/// Makes the first account with the code from the console.
pub(super) async fn set_up(
    State(served): State<Arc<Served>>,
    town: Town,
    fields: Fields,
) -> Result<Response, Refusal> {
    let made = async {
        let new = typed(&served, &fields, Role::Administrator, false).await?;
        let of = (town.municipality.as_str(), served.clock.now());
        served.hub.set_up(of, fields.get("code"), new, &*served.chance).await
    };
    match made.await {
        Ok(()) | Err(hub::Error::Staff(staff::Error::AlreadySetUp)) => {
            Ok(page::go(&town.at("/sign-in")))
        }
        Err(error) => {
            let frame = Frame::outside(&served, &town);
            let refused = in_words(&frame, error)?;
            let (login, name) = (fields.get("login").to_owned(), fields.get("name").to_owned());
            drawn(&Setup { frame: frame.refusing(Some(refused)), login, name })
        }
    }
}

/// The account that was typed.
pub(super) async fn typed(
    served: &Served,
    fields: &Fields,
    role: Role,
    is_initial: bool,
) -> Result<NewPerson, hub::Error> {
    let [login, name, password] =
        ["login", "name", "password"].map(|field| fields.get(field).to_owned());
    let chance = served.chance.clone();
    let new = move || NewPerson::typed((&login, &name, role), &password, is_initial, &*chance);
    Ok(slowly(new).await.map_err(staff::Error::from)??)
}

/// The page for one's own password.
pub(super) async fn password(
    State(served): State<Arc<Served>>,
    seen: Seen,
) -> Result<Response, Refusal> {
    let must = seen.me.person.must_choose_password;
    drawn(&Password { frame: Frame::new(&served, &seen, Place::Password), must })
}

/// Changes it.
pub(super) async fn choose_password(
    State(served): State<Arc<Served>>,
    Sent { seen, fields }: Sent,
) -> Result<Response, Refusal> {
    let frame = Frame::new(&served, &seen, Place::Password);
    let must = seen.me.person.must_choose_password;
    if fields.get("chosen") != fields.get("again") {
        let refused = Some(frame.words.t("desk.password.differs").to_owned());
        return drawn(&Password { frame: frame.refusing(refused), must });
    }
    let refused = match changed(&served, &seen, &fields).await {
        Ok(true) => return Ok(page::go(&seen.town.at("/first"))),
        Ok(false) => frame.words.t("desk.password.wrong_present").to_owned(),
        Err(error) => in_words(&frame, error)?,
    };
    drawn(&Password { frame: frame.refusing(Some(refused)), must })
}

async fn changed(served: &Served, seen: &Seen, fields: &Fields) -> Result<bool, hub::Error> {
    let me = &seen.me;
    let (present, chosen) = (fields.get("present"), fields.get("chosen"));
    let chosen = NewPassword::instead_of(present, chosen, &me.person.login)?;
    let checked = checked(served, &seen.town, &me.person.login, present).await?;
    let chance = served.chance.clone();
    let hash = slowly(move || chosen.hash(&*chance)).await.map_err(staff::Error::from)?;
    served.hub.change_password((me, served.clock.now()), &checked, &hash).await
}
