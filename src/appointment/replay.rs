//! The appointments that the journal's entries make, without looking at any row.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Deserialize;

use super::acts::HELD;
use super::booking::{Act, Appointment};
use super::number::Number;
use super::slots::Seat;
use super::state::{Action, State};
use super::{Error, store};
use crate::clock::{self, Moment};
use crate::db;
use crate::id::{AppointmentId, VisitId};

/// The facts of `appointment.held`.
#[derive(Deserialize)]
struct Held {
    number: String,
    service: String,
    #[serde(with = "clock::kept")]
    start: Moment,
    #[serde(with = "clock::kept")]
    end: Moment,
    #[serde(with = "clock::kept")]
    at: Moment,
    #[serde(with = "clock::kept")]
    until: Moment,
    seats: Vec<Seat>,
    visit: VisitId,
    #[serde(default)]
    from_home: bool,
}

/// The first appointment whose row says something else than the journal.
pub fn first_contradiction(connection: &Connection) -> Result<Option<AppointmentId>, Error> {
    for (id, told) in appointments(connection)? {
        if store::get(connection, id)?.as_ref() != Some(&told) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Every appointment the journal tells of, by id.
fn appointments(connection: &Connection) -> Result<BTreeMap<AppointmentId, Appointment>, Error> {
    let mut rows = connection.prepare(
        "select entity_id, kind, facts from journal where entity_kind = 'appointment'
         order by rowid",
    )?;
    let mut rows = rows.query([])?;
    let mut appointments = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (id, kind, facts): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        // Looks at many of them have no id.
        let is_act = Action::ALL.iter().any(|action| action.kind() == kind);
        if !is_act && kind != HELD {
            continue;
        }
        let id: AppointmentId = id.parse().map_err(|_| bad())?;
        if kind == HELD {
            appointments.insert(id, held(id, &facts)?);
        } else {
            let act: Act = serde_json::from_str(&facts).map_err(|_| bad())?;
            let before = appointments.get(&id).ok_or(bad())?;
            let after = before.act(&act)?;
            appointments.insert(id, after);
        }
    }
    Ok(appointments)
}

fn held(id: AppointmentId, facts: &str) -> Result<Appointment, Error> {
    let held: Held = serde_json::from_str(facts).map_err(|_| bad())?;
    Ok(Appointment {
        id,
        number: Number::typed(&held.number).ok_or(bad())?,
        service: held.service,
        start: held.start,
        end: held.end,
        state: State::Held,
        since: held.at,
        until: Some(held.until),
        seats: held.seats,
        visit: held.visit,
        from_home: held.from_home,
        ticket: None,
        version: 1,
    })
}

fn bad() -> db::Error {
    db::Error::Inconsistent { table: "journal", column: "facts" }
}
