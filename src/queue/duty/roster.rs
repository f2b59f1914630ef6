//! Who is on duty as the journal's entries tell, without looking at any row.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::Value;

use super::note::Facts;
use super::{CLOSED, Duty, NOTED, OPENED, PAUSED, Pause, RESUMED, Sits};
use crate::clock::{self, Moment};
use crate::id::StaffId;
use crate::queue::{Error, cannot_be};

/// A counter, and what of it an entry has said to the millisecond: an earlier edition
/// left some of it to the row alone.
#[derive(Clone, Debug)]
struct Told {
    duty: Duty,
    since: bool,
    paused: bool,
    in_a_row: bool,
}

impl Told {
    /// Whether a row says the same.
    fn is(&self, row: &Duty) -> bool {
        let (told, mut row) = (&self.duty, row.clone());
        if !self.since {
            row.since = told.since;
        }
        if !self.in_a_row {
            row.in_a_row = told.in_a_row;
        }
        if let (Some((_, at)), Some((_, told)), false) = (&mut row.paused, told.paused, self.paused)
        {
            *at = told;
        }
        *told == row
    }
}

/// One entry, as it is read.
struct Entry {
    kind: String,
    counter: Option<u32>,
    actor: String,
    /// When it was written.
    written: Moment,
    facts: Value,
}

impl Entry {
    /// When it happened: by what it says itself, or by when it was written.
    fn at(&self) -> (Moment, bool) {
        let said = self.facts["at"].as_str().and_then(clock::parse_rfc3339);
        (said.unwrap_or(self.written), said.is_some())
    }

    fn staff(&self) -> Option<StaffId> {
        self.actor.strip_prefix("staff:")?.parse().ok()
    }
}

/// The first counter whose row says something else than the journal.
pub fn first_contradiction(connection: &Connection) -> Result<Option<u32>, Error> {
    let mut told = told(connection)?;
    for row in super::all(connection)? {
        if !told.remove(&row.counter).is_some_and(|told| told.is(&row)) {
            return Ok(Some(row.counter));
        }
    }
    Ok(told.into_keys().next())
}

fn told(connection: &Connection) -> Result<BTreeMap<u32, Told>, Error> {
    let mut rows = connection.prepare(
        "select kind, entity_id, actor, occurred_at, facts from journal
         where entity_kind = 'counter' or kind in ('ticket.moved', 'ticket.undone')
         order by rowid",
    )?;
    let mut rows = rows.query([])?;
    let mut told = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (about, written, facts): (String, String, String) =
            (row.get(1)?, row.get(3)?, row.get(4)?);
        let entry = Entry {
            kind: row.get(0)?,
            counter: about.parse().ok(),
            actor: row.get(2)?,
            written: clock::parse_rfc3339(&written).ok_or(bad())?,
            facts: serde_json::from_str(&facts).map_err(|_| bad())?,
        };
        match entry.counter {
            Some(counter) => happened(&mut told, counter, &entry)?,
            None => called(&mut told, &entry),
        }
    }
    Ok(told)
}

/// What an entry about a counter makes of it.
fn happened(told: &mut BTreeMap<u32, Told>, counter: u32, entry: &Entry) -> Result<(), Error> {
    let (at, is_said) = entry.at();
    match entry.kind.as_str() {
        OPENED => {
            let sits = Sits::SignedIn(entry.staff().ok_or(bad())?);
            let before = told.get(&counter);
            let (in_a_row, known) =
                before.map_or((0, true), |before| (before.duty.in_a_row, before.in_a_row));
            let duty = Duty { counter, sits, since: at, paused: None, in_a_row };
            told.insert(counter, Told { duty, since: is_said, paused: true, in_a_row: known });
        }
        CLOSED => drop(told.remove(&counter)),
        PAUSED | RESUMED => {
            let why = entry.facts["why"].as_str().and_then(Pause::from_id);
            let one = told.get_mut(&counter).ok_or(bad())?;
            (one.duty.paused, one.paused) = (why.map(|why| (why, at)), is_said);
        }
        NOTED => {
            let facts: Facts = serde_json::from_value(entry.facts.clone()).map_err(|_| bad())?;
            let duty = |stands: super::note::Stands| Told {
                duty: stands.duty(counter),
                since: true,
                paused: true,
                in_a_row: true,
            };
            match facts.to {
                Some(to) => drop(told.insert(counter, duty(to))),
                None => drop(told.remove(&counter)),
            }
        }
        _ => {}
    }
    Ok(())
}

/// What a call, or one that was taken back, is for the turns of its counter.
fn called(told: &mut BTreeMap<u32, Told>, entry: &Entry) {
    let facts = &entry.facts;
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    if entry.kind == "ticket.undone" {
        match facts.get("turns") {
            Some(turns) => set_turns(told, number(&turns[0]), number(&turns[1])),
            // An earlier edition did not say where a turn was given back.
            None => told.values_mut().for_each(|one| one.in_a_row = false),
        }
        return;
    }
    if !matches!(facts["action"].as_str(), Some("call_next" | "call_this")) {
        return;
    }
    let turns = match (number(&facts["in_a_row"]), facts["credited"].as_bool()) {
        (Some(before), Some(true)) => Some(before + 1),
        (_, Some(false)) => Some(0),
        _ => None,
    };
    set_turns(told, number(&facts["counter"]), turns);
}

fn set_turns(told: &mut BTreeMap<u32, Told>, counter: Option<u32>, turns: Option<u32>) {
    let Some(one) = counter.and_then(|counter| told.get_mut(&counter)) else { return };
    one.in_a_row = turns.is_some();
    one.duty.in_a_row = turns.unwrap_or(one.duty.in_a_row);
}

fn bad() -> crate::db::Error {
    cannot_be("journal", "facts")
}
