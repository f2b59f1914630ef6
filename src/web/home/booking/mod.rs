//! Booking at home, where the office's own server is reached: its seats are its own, so
//! nobody else can give them away.
//!
//! These are pages of the server, and not part of the page that prepares forms: that one
//! is told nothing and connects to nothing, this one is told what the town asks of
//! whoever books, and nothing else (ADR 10, 11). They work without script. Whoever has
//! booked is known by the booking number alone, which stands in no address; a browser by
//! a cookie that names nothing.

mod limits;
mod mine;
mod new;
mod visitor;

use axum::routing::{get, post};

use crate::appointment::{self, Error, Plan};
use crate::lang::{Lang, Phrases};
use crate::secret::Digest;
use crate::web::error::Failure;
use crate::web::routes::Router;
use crate::web::{Guests, Office, Shared, assets, days};
use limits::Limits;

/// Who books at home, and how much came within the hour. One for the process.
#[derive(Default)]
pub struct AtHome {
    guests: Guests<Digest>,
    limits: Limits,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(new::services))
        .route("/new", get(new::show))
        .route("/hold", post(new::hold))
        .route("/name", get(new::name).post(new::book))
        .route("/done", get(mine::done))
        .route("/mine", get(mine::show).post(mine::find))
        .route("/move", get(mine::times).post(mine::move_to))
        .route("/cancel", post(mine::cancel))
}

/// The first of these pages, and the one that shows what came of a press.
const FIRST: &str = "/home/appointment";
const DONE: &str = "/home/appointment/done";

/// Whether an office lets residents book at home.
pub(in crate::web) fn is_offered(office: &Office) -> bool {
    office.config.appointments().is_some_and(|plan| plan.at_home().next().is_some())
}

/// What can be booked, where anything can be booked at home.
fn allowed(office: &Office) -> Result<&Plan, Failure> {
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    is_offered(office).then_some(plan).ok_or(Failure::NotFound)
}

/// What stands around each of these pages.
struct Frame {
    words: Phrases,
    town: String,
    office: String,
    demo: bool,
    /// Whether forms can be prepared at home, too.
    prepares: bool,
    /// This page in another language: what stands before the language's name.
    here: String,
    back: Option<String>,
}

impl Frame {
    fn new(office: &Office, lang: Lang, here: impl Into<String>) -> Self {
        let site = &office.config.site;
        Self {
            words: Phrases::of(lang),
            town: site.town.in_lang(lang).to_owned(),
            office: site.office.name.in_lang(lang).to_owned(),
            demo: office.demo,
            prepares: site.modules.preregistration,
            here: here.into(),
            back: None,
        }
    }

    fn back(mut self, to: impl Into<String>) -> Self {
        self.back = Some(to.into());
        self
    }

    fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    fn t<'k>(&self, key: &'k str) -> &'k str {
        self.words.t(key)
    }
}

/// Which language, service and day were chosen: they stand in the address, and name
/// nobody.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Asked {
    lang: Option<Lang>,
    service: String,
    day: String,
}

/// A refusal in a sentence that says what a resident at home can do.
///
/// # Errors
/// What is no refusal but a fault.
fn sentence(words: Phrases, error: Error) -> Result<String, Failure> {
    let said = |key: &str| Ok(words.t(key).to_owned());
    match error {
        Error::Full | Error::NoSuchSlot => said("appointment.refused.full"),
        Error::NotYet(day) => {
            Ok(words.with("appointment.refused.not_yet", &[("day", days::day(words, day))]))
        }
        Error::TooLate => said("booking.too_late"),
        Error::Changed => said("booking.changed"),
        Error::NoSuchAppointment => said("booking.not_found"),
        Error::Refused(appointment::Refused::Lapsed) => said("appointment.refused.lapsed"),
        Error::Refused(_) => said("booking.moved_on"),
        error => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
