//! Appointments at the desk: a day's slots, booking for somebody at the telephone,
//! finding who comes to the counter, and taking them in.
//!
//! An address names a day and a service at most; a name is searched for in the body
//! of a form, and that somebody saw one is recorded.

mod acts;
mod day;
mod one;

use axum::routing::{get, post};

use super::guard::Clerk;
use crate::appointment::{Error, Plan};
use crate::lang::Phrases;
use crate::queue;
use crate::staff::Action;
use crate::visit;
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Office, Shared, days};
use crate::{appointment, clock};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(day::show).post(day::search))
        .route("/day", get(day::fragment))
        .route("/events", get(day::events))
        .route("/hold", post(acts::hold))
        .route("/{appointment}", get(one::show))
        .route("/{appointment}/book", post(acts::book))
        .route("/{appointment}/move", get(one::slots).post(acts::move_to))
        .route("/{appointment}/cancel", post(acts::cancel))
        .route("/{appointment}/arrive", post(acts::arrive))
        .route("/{appointment}/take-back", post(acts::take_back))
}

/// What can be booked, for somebody who may book it.
fn allowed<'o>(office: &'o Office, clerk: &Clerk) -> Result<&'o Plan, Failure> {
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    clerk.may(Action::BookAppointments).map(|()| plan)
}

/// A refusal in a sentence that says what the clerk can do.
///
/// # Errors
/// What is no refusal but a fault.
fn sentence(words: Phrases, error: visit::Error) -> Result<String, Failure> {
    let said = |key: &str| Ok(words.t(key).to_owned());
    match error {
        visit::Error::Queue(queue::Error::Refused(_)) => said("appointment.refused.called"),
        visit::Error::Appointment(error) => match error {
            Error::Full => said("appointment.refused.full"),
            Error::NoSuchSlot => said("appointment.refused.no_such_slot"),
            Error::NotYet(day) => {
                Ok(words.with("appointment.refused.not_yet", &[("day", days::day(words, day))]))
            }
            Error::TooLate => said("appointment.refused.too_late"),
            Error::Changed => said("appointment.refused.changed"),
            Error::OtherDay(day) => {
                Ok(words.with("appointment.refused.other_day", &[("day", days::day(words, day))]))
            }
            Error::TooEarly(from) => {
                let from = clock::hour_and_minute(from);
                Ok(words.with("appointment.refused.too_early", &[("time", from)]))
            }
            Error::Refused(appointment::Refused::Lapsed) => said("appointment.refused.lapsed"),
            Error::Refused(_) => said("appointment.refused.moved_on"),
            error => Err(error.into()),
        },
        error => Err(error.into()),
    }
}
