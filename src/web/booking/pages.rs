//! What the pages of booking have in common, at a tablet and at home: what is offered,
//! what is asked of whoever took a slot, and what a form sends.

use time::Date;

use super::{Choice, Seeker, free_days, times, when};
use crate::appointment::plan::{Ask, Plan};
use crate::appointment::state::{State, Who};
use crate::appointment::{self, Appointment, Error, Service};
use crate::clock::{self, Moment};
use crate::id::AppointmentId;
use crate::lang::Phrases;
use crate::web::error::Failure;
use crate::web::fields::Fields;
use crate::web::{Office, days};

/// The services; or the days on which something of one is free; or, of a day that was
/// chosen, its times.
pub(in crate::web) struct Offered {
    pub title: &'static str,
    /// What was chosen so far, or stands now.
    pub about: String,
    /// Where to go next; or, at last, the times, which are sent.
    pub links: Vec<Choice>,
    pub times: Vec<Choice>,
    /// What is said where there is nothing.
    pub nothing: &'static str,
}

impl Offered {
    /// The services, each with the address of its days.
    pub fn services<'s>(
        services: impl Iterator<Item = &'s Service>,
        (words, address): (Phrases, impl Fn(&str) -> String),
    ) -> Self {
        let link = |service: &Service| Choice {
            value: address(&service.id),
            words: service.name.in_lang(words.lang()).to_owned(),
            about: String::new(),
        };
        Self {
            title: "kiosk.appointment.which_service",
            about: String::new(),
            links: services.map(link).collect(),
            times: Vec::new(),
            nothing: "kiosk.appointment.nothing_free",
        }
    }

    /// What is free of a service; `address` gives where a day leads, `about` what the
    /// seeker has already.
    pub async fn free(
        office: &Office,
        of: (&Plan, &Service),
        seeker: Seeker,
        (about, day): (String, Option<Date>),
        (words, address): (Phrases, impl Fn(&str) -> String),
    ) -> Result<Self, Error> {
        let nothing = match seeker.who {
            Who::Home => "booking.nothing_free",
            _ => "kiosk.appointment.nothing_free",
        };
        Ok(match day {
            None => Self {
                title: "kiosk.appointment.which_day",
                about,
                links: free_days(office, of, seeker, (words, address)).await?,
                times: Vec::new(),
                nothing,
            },
            Some(day) => Self {
                title: "kiosk.appointment.which_time",
                about: match seeker.own {
                    // From what stands now to another day.
                    Some(_) => format!("{about} → {}", days::day(words, day)),
                    None => format!("{about} {}", days::day(words, day)),
                },
                links: Vec::new(),
                times: times(office, of, day, seeker, words).await?,
                nothing,
            },
        })
    }

    pub fn is_nothing(&self) -> bool {
        self.links.is_empty() && self.times.is_empty()
    }
}

/// What was typed, and the field at fault with the reason.
#[derive(Default)]
pub(in crate::web) struct Typed {
    pub name: String,
    pub phone: String,
    pub wrong: Option<(&'static str, String)>,
}

impl Typed {
    pub fn of(fields: &Fields) -> Self {
        let [name, phone] = ["name", "phone"].map(|field| fields.get(field).to_owned());
        Self { name, phone, wrong: None }
    }

    pub fn wrong(self, field: &'static str, sentence: String) -> Self {
        Self { wrong: Some((field, sentence)), ..self }
    }
}

/// What is asked of whoever has taken a slot, before it is booked.
pub(in crate::web) struct Asked {
    pub service: String,
    pub when: String,
    /// So long it is kept for them.
    pub until: String,
    pub asks_name: bool,
    pub asks_phone: bool,
    pub typed: Typed,
}

impl Asked {
    pub fn of(words: Phrases, (service, held): (&Service, &Appointment), typed: Typed) -> Self {
        Self {
            service: service.name.in_lang(words.lang()).to_owned(),
            when: when(words, held.start),
            until: held.until.map(clock::hour_and_minute).unwrap_or_default(),
            asks_name: service.asks.contains(&Ask::Name),
            asks_phone: service.asks.contains(&Ask::Phone),
            typed,
        }
    }

    pub fn asks_nothing(&self) -> bool {
        !self.asks_name && !self.asks_phone
    }

    /// What is wrong with a field.
    pub fn wrong_at(&self, field: &str) -> Option<&str> {
        let wrong = self.typed.wrong.as_ref().filter(|(at, _)| *at == field);
        wrong.map(|(_, sentence)| sentence.as_str())
    }
}

/// What is still held.
pub(in crate::web) async fn held(
    office: &Office,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    let held = office.db.read(move |connection| appointment::get(connection, id)).await?;
    Ok(held.filter(|held| held.state == State::Held))
}

/// The beginning of the slot that a form names.
pub(in crate::web) fn start(fields: &Fields) -> Result<Moment, Failure> {
    clock::parse_rfc3339(fields.get("start")).ok_or(Failure::BadRequest)
}

/// Which state of the appointment the sent page showed.
pub(in crate::web) fn version(fields: &Fields) -> Result<u32, Failure> {
    fields.get("version").parse().map_err(|_| Failure::BadRequest)
}
