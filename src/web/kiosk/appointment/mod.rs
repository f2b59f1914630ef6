//! Whoever booked, and whoever wants to: pages of a tablet on which no visit stands.
//!
//! What a tablet shows to such a guest is remembered by the tablet, in memory only:
//! no address and no cookie names an appointment, a page that was sent once is not
//! taken again, and nothing is left when the guest goes or nobody was there.

mod arrive;
mod new;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

use super::frame::Frame;
use super::session::Kiosk;
use crate::appointment::{self, Error, Number, Plan};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{AppointmentId, DeviceId, OpId};
use crate::lang::{Lang, Phrases};
use crate::visit;
use crate::web::error::Failure;
use crate::web::{Office, Shared, days};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/appointment", get(arrive::show).post(arrive::check_in))
        .route("/appointment/state", get(arrive::state))
        .route("/appointment/done", get(arrive::done))
        .route("/appointment/slip", get(arrive::slip_fragment).post(arrive::slip_again))
        .route("/appointment/new", get(new::show))
        .route("/appointment/hold", post(new::hold))
        .route("/appointment/name", get(new::name).post(new::book))
}

pub(super) fn pictures() -> Router<Shared> {
    Router::new().route("/appointment/frame", post(arrive::frame_seen))
}

/// A page is looked at no longer than the tablet waits, and a little more.
const GRACE: Duration = Duration::from_secs(60);

/// What came of a guest's last press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// A slot is held while a name is entered.
    Held(AppointmentId),
    Booked(AppointmentId),
    Arrived(AppointmentId),
}

/// Somebody at a tablet.
#[derive(Clone, Debug)]
struct Guest {
    lang: Lang,
    /// The page that may be sent, once.
    page: OpId,
    stands: Option<Stands>,
    /// What was shown and refused: the camera may still see it.
    refused: Option<Number>,
    seen: Moment,
}

/// Who stands at which tablet. One for the process.
#[derive(Default)]
pub struct Guests(Mutex<BTreeMap<DeviceId, Guest>>);

impl Guests {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<DeviceId, Guest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, tablet: DeviceId) -> Option<Guest> {
        self.lock().get(&tablet).cloned()
    }

    fn put(&self, tablet: DeviceId, guest: Guest) {
        self.lock().insert(tablet, guest);
    }

    fn take(&self, tablet: DeviceId) -> Option<Guest> {
        self.lock().remove(&tablet)
    }
}

impl Kiosk {
    /// Who stands here now, if they were seen a moment ago.
    fn guest(&self, office: &Office) -> Option<Guest> {
        let screen = &office.config.site.screen;
        let patience = u64::from(screen.idle_secs) + u64::from(screen.warning_secs);
        let patience = Duration::from_secs(patience) + GRACE;
        let now = office.journal.now();
        let guest = office.guests.get(self.device.id);
        guest.filter(|guest| now - guest.seen < patience)
    }

    /// Shows the guest another page, which may be sent once.
    fn turn_page(&self, office: &Office, lang: Lang, stands: Option<Stands>) -> OpId {
        let page = office.journal.op();
        let guest = Guest { lang, page, stands, refused: None, seen: office.journal.now() };
        office.guests.put(self.device.id, guest);
        page
    }

    /// Remembers what was refused, as long as the page stands.
    fn note_refused(&self, office: &Office, refused: Option<Number>) {
        if let Some(guest) = office.guests.lock().get_mut(&self.device.id) {
            guest.refused = refused;
        }
    }

    /// The guest goes; a slot that was only held is free at once.
    pub(super) async fn forget_guest(&self, office: &Office) -> Result<(), Failure> {
        let Some(guest) = office.guests.take(self.device.id) else { return Ok(()) };
        let Some(Stands::Held(id)) = guest.stands else { return Ok(()) };
        let (journal, by) = (office.journal.clone(), self.by(office.journal.op()));
        let give_up = move |tx: &Tx<'_>| -> Result<(), Error> {
            let held = appointment::get(tx, id)?;
            let version = held.map_or(0, |held| held.version);
            match appointment::call_off(tx, &journal, by, (id, version)) {
                // It lapsed by itself.
                Err(Error::Refused(_)) => Ok(()),
                given_up => given_up.map(drop),
            }
        };
        Ok(office.db.write(give_up).await?)
    }

    fn by(&self, op: OpId) -> appointment::By {
        let who = appointment::state::Who::Resident;
        appointment::By { op, actor: self.actor(), who }
    }
}

/// What can be booked, at a tablet on which no visit stands.
async fn allowed<'o>(office: &'o Office, kiosk: &Kiosk) -> Result<&'o Plan, Failure> {
    let plan = office.config.appointments().ok_or(Failure::NotFound)?;
    match kiosk.visit(office).await? {
        Some(_) => Err(Failure::Elsewhere("/kiosk")),
        None => Ok(plan),
    }
}

/// The frame of a guest's page: nothing is known of them but the language.
fn frame(office: &Office, kiosk: &Kiosk, lang: Lang) -> Frame {
    Frame { words: Phrases::of(lang), is_guest: true, ..Frame::new(office, kiosk, None) }
}

/// The language that was chosen with the first button; else the town's first.
fn language(office: &Office, tag: &str) -> Lang {
    let languages = &office.config.site.screen.languages;
    let chosen = Lang::from_tag(tag).filter(|lang| languages.contains(lang));
    chosen.or(languages.first().copied()).unwrap_or_default()
}

/// A refusal in a sentence that says what the resident can do.
///
/// # Errors
/// What is no refusal but a fault.
fn sentence(words: Phrases, error: visit::Error) -> Result<String, Failure> {
    let visit::Error::Appointment(error) = error else { return Err(error.into()) };
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
