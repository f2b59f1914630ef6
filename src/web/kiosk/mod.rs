//! What residents touch. One address, `/kiosk`, shows the next thing to do,
//! worked out from what exists; the other addresses are for going back to one.
//! The tablet is known by its cookie, the visit by the tablet, so no address and
//! no cookie ever names a person.

mod appointment;
mod ask;
mod back;
mod birthday;
mod call;
mod card;
mod check;
mod choose;
mod closed;
mod code;
mod demo;
mod eyes;
mod frame;
mod number;
mod pay;
mod present;
mod session;
mod slip;
mod start;
mod waits;

#[cfg(test)]
mod tests;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};

use super::Shared;
use super::error::Failure;
use crate::visit::step::{self, Step};
use crate::web::routes::Router;

/// The cookie that says which tablet this is.
pub(super) const COOKIE: &str = "kiosk";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(next))
        .route("/start", post(start::start))
        .route("/door", get(start::door))
        .route("/number", get(number::show).post(number::draw))
        .route("/back", get(back::show).post(back::say))
        .route("/wishes", post(start::wish))
        .route("/end", post(start::end))
        .route("/touch", post(start::touch))
        .route("/call", get(call::state).post(call::staff))
        .route("/purpose", post(choose::agree))
        .route("/procedures", get(choose::procedures).post(choose::choose))
        .route("/way", get(choose::ways).post(choose::choose_way))
        .route("/card", get(card::laid).post(present::read))
        .route("/card/state", get(card::state))
        .route("/card/lay", post(demo::lay))
        .route("/code", get(code::show).post(code::heard))
        .route("/heard", get(eyes::heard_beside))
        .route("/birthday", post(birthday::tell))
        .route("/closed", post(closed::go_on))
        .route("/page/{page}", get(ask::again).post(ask::answer))
        .route("/submit", post(check::submit))
        .route("/done", get(check::fragment))
        .route("/pay", post(pay::pay))
        .route("/pay/code", get(pay::code))
        .route("/slip", post(slip::again))
        .route("/events", get(waits::events))
        .merge(appointment::routes())
}

/// Pictures of a tablet's camera, which are larger than any form.
pub(super) fn pictures() -> Router<Shared> {
    Router::new()
        .route("/code/frame", post(code::frame))
        .route("/back/frame", post(back::frame_seen))
        .merge(appointment::pictures())
}

/// The next thing to do.
async fn next(State(office): State<Shared>, kiosk: session::Kiosk) -> Result<Response, Failure> {
    let Some(visit) = kiosk.visit(&office).await? else {
        kiosk.forget_guest(&office).await?;
        return start::page(&office, &kiosk);
    };
    let counter = office.counter();
    let forms = counter.forms_of(&visit.visit);
    match step::next(&visit.visit, &forms, &visit.answers, kiosk.reader(&office).is_some()) {
        Step::Purpose => choose::purpose(&office, &kiosk, &visit),
        Step::Birthday => birthday::page(&office, &kiosk, &visit, None),
        Step::Procedures => {
            choose::procedures_page(&office, &kiosk, &visit, &visit.visit.procedures, None)
        }
        Step::Closed(closed) => closed::page(&office, &kiosk, &visit, closed),
        Step::Way => choose::ways_page(&office, &kiosk, &visit),
        Step::Card => card::page(&office, &kiosk, &visit).await,
        Step::Ask(page) => ask::page(&office, &kiosk, &visit, &page, None),
        Step::Check => check::page(&office, &kiosk, &visit).await,
        Step::Done => check::done(&office, &kiosk, &visit, false).await,
    }
}
