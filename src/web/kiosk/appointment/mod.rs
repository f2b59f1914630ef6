//! Whoever booked, and whoever wants to: pages of a tablet on which no visit stands.
//!
//! What a tablet shows to such a guest is remembered by the tablet (`web::guests`), and
//! nothing is left when the guest goes or nobody was there.

mod arrive;
mod change;
mod new;

use std::time::Duration;

use axum::routing::{get, post};

use super::session::Kiosk;
use crate::appointment::{self, Error, Plan};
use crate::clock;
use crate::id::OpId;
use crate::lang::{Lang, Phrases};
use crate::visit;
use crate::web::codes::Turn;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::guests::{Guest, Stands};
use crate::web::routes::Router;
use crate::web::{Office, Shared, booking, days};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/appointment", get(arrive::show).post(arrive::check_in))
        .route("/appointment/done", get(arrive::done))
        .route("/appointment/slip", get(arrive::slip_fragment).post(arrive::slip_again))
        .route("/appointment/new", get(new::show))
        .route("/appointment/hold", post(new::hold))
        .route("/appointment/name", get(new::name).post(new::book))
        .route("/appointment/mine", get(change::show).post(change::find))
        .route("/appointment/move", get(change::times).post(change::move_to))
        .route("/appointment/cancel", post(change::cancel))
}

pub(super) fn pictures() -> Router<Shared> {
    Router::new().route("/appointment/frame", post(arrive::frame_seen))
}

/// Where a tablet begins, and where it shows what came of a press.
const FIRST: &str = "/kiosk";
const DONE: &str = "/kiosk/appointment/done";

/// A page is looked at no longer than the tablet waits, and a little more.
const GRACE: Duration = Duration::from_secs(60);

impl Kiosk {
    /// Who stands here now, if they were seen a moment ago.
    fn guest(&self, office: &Office) -> Option<Guest> {
        let screen = &office.config.site.screen;
        let patience = u64::from(screen.idle_secs) + u64::from(screen.warning_secs);
        let patience = Duration::from_secs(patience) + GRACE;
        office.guests.get(&self.device.id, office.journal.now(), patience)
    }

    /// Shows the guest another page, which may be sent once.
    fn turn_page(&self, office: &Office, lang: Lang, stands: Option<Stands>) -> OpId {
        let page = office.journal.op();
        let guest = Guest { lang, page, stands, refused: None, seen: office.journal.now() };
        office.guests.put(self.device.id, guest);
        page
    }

    /// The guest goes; a slot that was only held is free at once.
    pub(super) async fn forget_guest(&self, office: &Office) -> Result<(), Failure> {
        let Some(guest) = office.guests.take(&self.device.id) else { return Ok(()) };
        let Some(Stands::Held(id)) = guest.stands else { return Ok(()) };
        Ok(booking::give_up(office, self.by(office.journal.op()), id).await?)
    }

    fn by(&self, op: OpId) -> appointment::By {
        let who = appointment::state::Who::Resident;
        appointment::By { op, actor: self.actor(), who }
    }
}

/// What can be booked, at a tablet on which no visit stands.
async fn allowed<'o>(office: &'o Office, kiosk: &Kiosk) -> Result<&'o Plan, Failure> {
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    kiosk.without_visit(office).await?;
    Ok(plan)
}

/// Whose page was sent, for the first time. A second touch waits as long as the turn is
/// held for what came of the first; and nobody tries numbers by the thousand.
///
/// # Errors
/// Where whoever is there now goes on: the page of somebody before, or one that was sent
/// already, shows what came of it.
async fn pressed(
    office: &Office,
    kiosk: &Kiosk,
    fields: &Fields,
) -> Result<(Turn, Guest), Failure> {
    allowed(office, kiosk).await?;
    let turn = office.codes.turn(kiosk.device.id).await;
    let guest = kiosk.guest(office).ok_or(Failure::Elsewhere(FIRST))?;
    match fields.get("op") == guest.page.to_string() {
        true => Ok((turn, guest)),
        false => Err(Failure::Elsewhere(DONE)),
    }
}

/// What was typed, scanned or read as a number.
fn shown_number(office: &Office, kiosk: &Kiosk, fields: &Fields) -> String {
    let typed = Some(fields.get("text").to_owned()).filter(|text| !text.is_empty());
    typed.or_else(|| office.codes.take_heard(kiosk.beside(office))).unwrap_or_default()
}

/// A refusal in a sentence that says what the resident can do.
///
/// # Errors
/// What is no refusal but a fault.
fn sentence(words: Phrases, error: impl Into<visit::Error>) -> Result<String, Failure> {
    let error = match error.into() {
        visit::Error::Appointment(error) => error,
        fault => return Err(fault.into()),
    };
    let said = |key: &str| Ok(words.t(key).to_owned());
    match error {
        Error::OtherDay(day) => {
            Ok(words.with("kiosk.appointment.other_day", &[("day", days::day(words, day))]))
        }
        Error::TooEarly(from) => {
            let from = clock::hour_and_minute(from);
            Ok(words.with("kiosk.appointment.too_early", &[("time", from)]))
        }
        Error::TooLate => said("kiosk.appointment.too_late"),
        Error::NoSuchAppointment => said("kiosk.appointment.not_found"),
        Error::Full | Error::NoSuchSlot | Error::NotYet(_) => said("appointment.refused.full"),
        Error::Refused(appointment::Refused::Lapsed) => said("appointment.refused.lapsed"),
        Error::Refused(_) => said("kiosk.appointment.moved_on"),
        error => Err(error.into()),
    }
}
