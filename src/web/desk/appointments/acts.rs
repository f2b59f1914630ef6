//! The presses of these pages.

use axum::extract::{Path, State};
use axum::response::Response;

use super::one::{self, Entry, parse};
use super::{allowed, day, sentence};
use crate::appointment::state::Who;
use crate::appointment::{self, By, Error};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::AppointmentId;
use crate::journal::Actor;
use crate::lang::{Lang, Phrases};
use crate::visit::{self, arrival};
use crate::web::desk::guard::Sent;
use crate::web::desk::slip;
use crate::web::error::Failure;
use crate::web::{Office, Shared, booking, entry, page as answer};

fn by(sent: &Sent) -> Result<By, Failure> {
    let actor = Actor::Staff(sent.clerk.signed_in.staff.id);
    Ok(By { op: sent.op()?, actor, who: Who::Staff })
}

fn start(sent: &Sent) -> Result<Moment, Failure> {
    clock::parse_rfc3339(sent.fields.get("start")).ok_or(Failure::BadRequest)
}

fn version(sent: &Sent) -> Result<u32, Failure> {
    sent.fields.get("version").parse().map_err(|_| Failure::BadRequest)
}

/// Keeps a slot, and asks for whom.
pub(in crate::web::desk) async fn hold(
    State(office): State<Shared>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let (by, start) = (by(&sent)?, start(&sent)?);
    let service = sent.fields.get("service").to_owned();
    let (shared, wanted) = (office.clone(), service.clone());
    let hold = move |tx: &Tx<'_>| -> Result<_, Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchSlot)?;
        appointment::hold(tx, &shared.journal, plan, by, (&wanted, start))
    };
    match office.db.write(hold).await {
        Ok(held) => Ok(answer::go(&day::address(held.id))),
        Err(error) => {
            let refused = sentence(Phrases::of(sent.clerk.lang), error.into())?;
            day::refusing(&office, &sent.clerk, (&service, start.date()), refused).await
        }
    }
}

/// Books what is held, for somebody.
pub(in crate::web::desk) async fn book(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let (id, by) = (parse(&id)?, by(&sent)?);
    let [name, phone] = ["name", "phone"].map(|field| sent.fields.get(field).to_owned());
    match booking::book(&office, by, id, (&name, &phone)).await {
        Ok(_) => Ok(answer::go(&day::address(id))),
        Err(Error::Entry { field, error }) => {
            let words = Phrases::of(sent.clerk.lang);
            let sentence = entry::sentence(error, words);
            let entry = Entry { name, phone, wrong: Some(field), sentence };
            one::shown(&office, &sent.clerk, id, (None, entry)).await
        }
        Err(error) => told(&office, &sent, id, Err(error.into())).await,
    }
}

/// Moves it to another slot.
pub(in crate::web::desk) async fn move_to(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let (id, by, start) = (parse(&id)?, by(&sent)?, start(&sent)?);
    let to = (id, version(&sent)?, start);
    match booking::move_to(&office, by, to).await {
        Ok(_) => Ok(answer::go(&day::address(id))),
        Err(error) => {
            let refused = sentence(Phrases::of(sent.clerk.lang), error.into())?;
            let shown = (id, Some(start.date()));
            one::slots_shown(&office, &sent.clerk, shown, Some(refused)).await
        }
    }
}

/// Calls it off, or gives up what is only held.
pub(in crate::web::desk) async fn cancel(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let version = version(&sent)?;
    press(&office, &sent, &id, move |tx, office, by, id| {
        appointment::call_off(tx, &office.journal, by, (id, version))?;
        Ok(())
    })
    .await
}

/// Takes whoever booked as arrived, and draws a number.
pub(in crate::web::desk) async fn arrive(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    allowed(&office, &sent.clerk)?;
    let (id, by) = (parse(&id)?, by(&sent)?);
    let (shared, op) = (office.clone(), by.op);
    let arrive = move |tx: &Tx<'_>| -> Result<_, visit::Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchSlot)?;
        let rules = (&*shared.config, plan);
        arrival::check_in(tx, &shared.journal, rules, by, (id, Lang::Ja))
    };
    let done = office.db.write(arrive).await;
    if let Ok(Some(visit)) = done.as_ref().map(|came| came.ticket.as_ref()?.visit) {
        slip::print(&office, &sent, op, visit).await;
    }
    let done = done.map(drop);
    told(&office, &sent, id, done).await
}

/// Takes an arrival back.
pub(in crate::web::desk) async fn take_back(
    State(office): State<Shared>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    press(&office, &sent, &id, |tx, office, by, id| arrival::take_back(tx, &office.journal, by, id))
        .await
}

/// One press on the page of an appointment: done, and back to it with what came of it.
async fn press(
    office: &Shared,
    sent: &Sent,
    id: &str,
    act: impl FnOnce(&Tx<'_>, &Office, By, AppointmentId) -> Result<(), visit::Error> + Send + 'static,
) -> Result<Response, Failure> {
    allowed(office, &sent.clerk)?;
    let (id, by, shared) = (parse(id)?, by(sent)?, office.clone());
    let done = office.db.write(move |tx| act(tx, &shared, by, id)).await;
    told(office, sent, id, done).await
}

/// Back to the appointment; a refusal stands on it in a sentence.
async fn told(
    office: &Shared,
    sent: &Sent,
    id: AppointmentId,
    done: Result<(), visit::Error>,
) -> Result<Response, Failure> {
    let Err(error) = done else { return Ok(answer::go(&day::address(id))) };
    let refused = sentence(Phrases::of(sent.clerk.lang), error)?;
    one::shown(office, &sent.clerk, id, (Some(refused), Entry::default())).await
}
