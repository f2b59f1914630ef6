//! Booking as residents do it, at a tablet or at home: what is free for them, and their
//! presses; of these staff have some, too. The pages differ, the rules and the storage do not.
//!
//! Everything that is known of slots is asked here: a page for home that books against
//! seats leased from elsewhere needs another one of these, and no other page.

pub(super) mod pages;

use time::{Date, Duration};

use super::{Office, Shared, days, qr};
use crate::appointment::plan::Plan;
use crate::appointment::slots::{self, Slot};
use crate::appointment::state::{State, Who};
use crate::appointment::{self, Appointment, By, Error, Service, Told};
use crate::clock::{self, Moment, hour_and_minute};
use crate::db::{Connection, Tx};
use crate::id::AppointmentId;
use crate::lang::Phrases;

/// As many days with something free are offered at once.
const DAYS_SHOWN: usize = 12;

/// Something to choose: a service, a day or a time.
pub(super) struct Choice {
    /// Where it leads, or what is sent.
    pub value: String,
    pub words: String,
    pub about: String,
}

/// Who looks for something free: somebody new, or whoever has an appointment already.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seeker {
    pub who: Who,
    /// Theirs: its seats are free for it.
    pub own: Option<AppointmentId>,
}

/// An appointment as its owner is told of it.
pub(super) struct Shown {
    pub number: String,
    /// Of the number alone.
    pub qr: Option<qr::Drawing>,
    pub service: String,
    pub when: String,
    pub remind: Option<String>,
    pub early: String,
}

impl Shown {
    pub fn of(plan: &Plan, words: Phrases, one: &Appointment) -> Self {
        let service = plan.service(&one.service);
        let remind = service.and_then(|service| service.remind.as_ref());
        let early = plan.times.early_minutes;
        Self {
            number: one.number.to_string(),
            qr: qr::drawing(&one.number.digits()),
            service: service_name(plan, words, one),
            when: when(words, one.start),
            remind: remind.map(|remind| remind.in_lang(words.lang()).to_owned()),
            early: words.with("kiosk.appointment.early", &[("minutes", early)]),
        }
    }
}

/// `11月25日（水） 9:00`.
pub(super) fn when(words: Phrases, start: Moment) -> String {
    format!("{} {}", days::day(words, start.date()), hour_and_minute(start))
}

pub(super) fn service_name(plan: &Plan, words: Phrases, one: &Appointment) -> String {
    let service = plan.service(&one.service);
    service.map_or(&*one.service, |service| service.name.in_lang(words.lang())).to_owned()
}

/// Whether residents book a service by themselves where they are.
pub(super) fn is_offered(service: &Service, who: Who) -> bool {
    match who {
        Who::Home => service.home_seats > 0,
        _ => service.at_kiosk,
    }
}

/// The next days on which something is free, each as it is chosen; `address` gives where
/// a day leads.
pub(super) async fn free_days(
    office: &Office,
    (plan, service): (&Plan, &Service),
    seeker: Seeker,
    (words, address): (Phrases, impl Fn(&str) -> String),
) -> Result<Vec<Choice>, Error> {
    let (plan, service, now) = (plan.clone(), service.clone(), office.journal.now());
    let look = move |connection: &_| -> Result<_, Error> {
        let mut found = Vec::new();
        for ahead in 0..=i64::from(service.from_days) {
            let day = now.date().saturating_add(Duration::days(ahead));
            let slots = free(connection, &plan, (&service, day), seeker, now)?;
            if !slots.is_empty() {
                found.push((day, slots.iter().map(|slot| slot.free).sum()));
            }
            if found.len() == DAYS_SHOWN {
                break;
            }
        }
        Ok(found)
    };
    let choice = |(day, free): (Date, u32)| Choice {
        value: address(&clock::iso_day(day)),
        words: days::day(words, day),
        about: words.with("kiosk.appointment.free", &[("free", free)]),
    };
    Ok(office.db.read(look).await?.into_iter().map(choice).collect())
}

/// The times of a day that are free.
pub(super) async fn times(
    office: &Office,
    (plan, service): (&Plan, &Service),
    day: Date,
    seeker: Seeker,
    words: Phrases,
) -> Result<Vec<Choice>, Error> {
    let (plan, service, now) = (plan.clone(), service.clone(), office.journal.now());
    let look = move |connection: &_| free(connection, &plan, (&service, day), seeker, now);
    let choice = |slot: Slot| Choice {
        value: clock::rfc3339(slot.start),
        words: format!("{}〜{}", hour_and_minute(slot.start), hour_and_minute(slot.end)),
        about: words.with("kiosk.appointment.free", &[("free", slot.free)]),
    };
    Ok(office.db.read(look).await?.into_iter().map(choice).collect())
}

/// The slots of a day that can be booked now; where they move, not that one again.
fn free(
    connection: &Connection,
    plan: &Plan,
    (service, day): (&Service, Date),
    Seeker { who, own }: Seeker,
    now: Moment,
) -> Result<Vec<Slot>, Error> {
    // Whoever rests on that day need not be looked up.
    if plan.slots(service, day).is_err() {
        return Ok(Vec::new());
    }
    let occupied = appointment::occupied(connection, (day, now), own)?;
    let own = own.map(|own| appointment::get(connection, own)).transpose()?.flatten();
    let is_own = |slot: &Slot| own.as_ref().is_some_and(|own| own.start == slot.start);
    let slots = slots::slots(plan, (service, day), &occupied, (now, who)).unwrap_or_default();
    Ok(slots.into_iter().filter(|slot| slot.is_offered && !is_own(slot)).collect())
}

/// Keeps a slot while the name is entered.
pub(super) async fn hold(
    office: &Shared,
    by: By,
    (service, start): (&str, Moment),
) -> Result<Appointment, Error> {
    let (shared, wanted) = (office.clone(), service.to_owned());
    let hold = move |tx: &Tx<'_>| -> Result<_, Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchSlot)?;
        let offered = plan.service(&wanted).is_some_and(|service| is_offered(service, by.who));
        let wanted = (offered.then_some(&*wanted).ok_or(Error::NoSuchSlot)?, start);
        appointment::hold(tx, &shared.journal, plan, by, wanted)
    };
    office.db.write(hold).await
}

/// Books what is held, with what was typed.
pub(super) async fn book(
    office: &Shared,
    by: By,
    id: AppointmentId,
    (name, phone): (&str, &str),
) -> Result<Appointment, Error> {
    let (shared, name, phone) = (office.clone(), name.to_owned(), phone.to_owned());
    let book = move |tx: &Tx<'_>| -> Result<_, Error> {
        let held = appointment::get(tx, id)?.ok_or(Error::NoSuchAppointment)?;
        let service = shared.config.appointments().and_then(|plan| plan.service(&held.service));
        let told = Told::typed(service.ok_or(Error::NoSuchSlot)?, &name, &phone)?;
        appointment::book(tx, &shared.journal, by, id, &told)
    };
    office.db.write(book).await
}

/// Moves an appointment to another time.
pub(super) async fn move_to(
    office: &Shared,
    by: By,
    to: (AppointmentId, u32, Moment),
) -> Result<Appointment, Error> {
    let shared = office.clone();
    let move_to = move |tx: &Tx<'_>| -> Result<_, Error> {
        let plan = shared.config.appointments().ok_or(Error::NoSuchSlot)?;
        appointment::move_to(tx, &shared.journal, plan, by, to)
    };
    office.db.write(move_to).await
}

/// Calls an appointment off.
pub(super) async fn call_off(
    office: &Office,
    by: By,
    which: (AppointmentId, u32),
) -> Result<Appointment, Error> {
    let journal = office.journal.clone();
    office.db.write(move |tx| appointment::call_off(tx, &journal, by, which)).await
}

/// Gives up what is only held: the seat is free at once.
pub(super) async fn give_up(office: &Office, by: By, id: AppointmentId) -> Result<(), Error> {
    let journal = office.journal.clone();
    let give_up = move |tx: &Tx<'_>| -> Result<(), Error> {
        let Some(held) = appointment::get(tx, id)?.filter(|one| one.state == State::Held) else {
            return Ok(());
        };
        appointment::call_off(tx, &journal, by, (id, held.version)).map(drop)
    };
    office.db.write(give_up).await
}

/// What stands behind a number that somebody shows as theirs. What is only held, or was
/// given up, is nobody's appointment.
pub(super) async fn by_number(
    office: &Office,
    number: appointment::Number,
) -> Result<Option<Appointment>, Error> {
    let found = office.db.read(move |look| appointment::by_number(look, number)).await?;
    Ok(found.filter(|one| !matches!(one.state, State::Held | State::Lapsed)))
}

/// Whether its owner can still change it by themselves.
pub(super) fn can_change(one: &Appointment, now: Moment) -> bool {
    one.state == State::Booked && now < one.start
}
