//! Looking back (実績): what a day was like, counted once when it is over and kept for as
//! long as the office keeps its record.
//!
//! Counted from the journal alone, so it can be counted again with the same result;
//! what is kept is an entry of the journal, too. Sums and numbers only: nobody can be
//! found in them, and they stay when the visits they came from are erased.

pub mod calendar;
pub mod csv;
pub mod spans;
pub mod tally;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;

use super::wait::Kept;
use super::{Error, cannot_be, passing_on, replay};
use crate::clock;
use crate::db::{self, Tx};
use crate::id::{TicketId, VisitId};
use crate::journal::{Actor, Entity, Event, Journal};
use crate::queue::ticket::Ticket;
use spans::Story;
use tally::{Hour, Tally};

/// The table of this room.
pub const SCHEMA: db::Step = include_str!("../sql/report.sql");

const COUNTED: &str = "day.counted";
const JUDGED: &str = "day.judged";

/// What a day was like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    #[serde(serialize_with = "iso", deserialize_with = "clock::written_day")]
    pub day: Date,
    pub all: Tally,
    pub lanes: BTreeMap<String, Tally>,
    pub hours: Vec<Hour>,
    /// People who needed no number.
    pub passing: u32,
    pub forms: Forms,
    /// How the times that people were told came out; not known of a day whose
    /// evening nobody has seen.
    #[serde(skip)]
    pub kept: Option<Kept>,
}

/// What was handed in without a pen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forms {
    pub visits: u32,
    pub applications: u32,
    /// Values by where they came from: `card`, `qr`, `typed` …
    pub fields: BTreeMap<String, u32>,
}

impl Forms {
    /// Values that somebody would have written by hand and that nobody even typed:
    /// they came from a card, a code made at home, or the register.
    pub fn prefilled(&self) -> u32 {
        ["card", "licence", "qr", "register"].iter().filter_map(|from| self.fields.get(*from)).sum()
    }

    /// Values that would have been written by hand: all but those a procedure brings.
    pub fn unwritten(&self) -> u32 {
        self.fields.iter().filter(|(from, _)| *from != "preset").map(|(_, count)| count).sum()
    }
}

fn iso<S: serde::Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&clock::iso_day(*day))
}

/// The tickets of a day and their ways, in the order of issue.
///
/// # Errors
/// Faults of storage.
pub fn stories(connection: &Connection, day: Date) -> Result<Vec<Story>, Error> {
    let mut rows = connection.prepare_cached(
        // When it happened, which is not when it was written where it was typed in later.
        "select entity_id, kind, facts, facts ->> 'at' from journal
         where entity_kind = 'ticket' and entity_id in (select id from ticket where day = ?1
             union select ticket from carried where day = ?1)
           and kind in ('ticket.issued', 'ticket.moved', 'ticket.undone', 'ticket.carried')
         order by rowid",
    )?;
    let mut rows = rows.query([clock::iso_day(day)])?;
    let mut tickets: BTreeMap<TicketId, Ticket> = BTreeMap::new();
    let mut stories: BTreeMap<TicketId, Story> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let text = |column| row.get::<_, String>(column);
        let (id, kind, facts, at) = (text(0)?, text(1)?, text(2)?, text(3)?);
        let id: TicketId = id.parse().map_err(|_| cannot_be("journal", "entity_id"))?;
        let at = clock::parse_rfc3339(&at).ok_or(cannot_be("journal", "facts"))?;
        let Some(after) = replay::after(tickets.get(&id), (id, &kind, &facts))? else { continue };
        let before = tickets.insert(id, after.clone());
        match (stories.get_mut(&id), before) {
            // Of this day alone: what comes of it on another is told there.
            (Some(story), _) if after.day != day => story.is_kept = true,
            (Some(story), _) => story.go_on(after, at, kind == "ticket.undone"),
            (None, _) if after.day != day => {}
            (None, Some(_)) => drop(stories.insert(id, Story::morning(after, at))),
            (None, None) => drop(stories.insert(id, Story::begin(after))),
        }
    }
    let mut stories: Vec<Story> = stories.into_values().collect();
    stories.sort_by_key(|story| story.ticket.issued);
    Ok(stories)
}

/// Counts a day, whether it is over or not.
///
/// # Errors
/// Faults of storage.
pub fn count(connection: &Connection, day: Date) -> Result<DayReport, Error> {
    let stories = stories(connection, day)?;
    Ok(DayReport {
        day,
        all: tally::all(&stories),
        lanes: tally::by_lane(&stories),
        hours: tally::by_hour(&stories),
        passing: passing_on(connection, day)?,
        forms: forms(connection, day)?,
        kept: None,
    })
}

/// The hours of a day, whether it is over or not.
///
/// # Errors
/// Faults of storage.
pub fn hours(connection: &Connection, day: Date) -> Result<Vec<Hour>, Error> {
    Ok(tally::by_hour(&stories(connection, day)?))
}

/// All that was handed in on a day.
fn forms(connection: &Connection, day: Date) -> Result<Forms, Error> {
    let mut sum = Forms::default();
    for forms in forms_of_visits(connection, day)?.into_values() {
        sum.visits += forms.visits;
        sum.applications += forms.applications;
        for (from, count) in forms.fields {
            *sum.fields.entry(from).or_default() += count;
        }
    }
    Ok(sum)
}

/// The visits that were handed in on a day: how many values came from where. The entry
/// stays when the visit is erased.
///
/// # Errors
/// Faults of storage.
pub fn forms_of_visits(
    connection: &Connection,
    day: Date,
) -> Result<BTreeMap<VisitId, Forms>, Error> {
    let mut rows = connection.prepare_cached(
        "select entity_id, facts from journal
         where kind = 'visit.submitted' and entity_kind = 'visit'
           and entity_id in (select id from visit where day = ?1) order by rowid",
    )?;
    let mut rows = rows.query([clock::iso_day(day)])?;
    let mut visits = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (id, facts): (String, String) = (row.get(0)?, row.get(1)?);
        let id = id.parse().map_err(|_| cannot_be("journal", "entity_id"))?;
        let facts: Value =
            serde_json::from_str(&facts).map_err(|_| cannot_be("journal", "facts"))?;
        let applications = facts["applications"].as_array().map_or(0, Vec::len);
        if applications == 0 {
            continue;
        }
        let applications = u32::try_from(applications).unwrap_or(u32::MAX);
        let mut forms = Forms { visits: 1, applications, fields: BTreeMap::new() };
        for source in facts["sources"].as_object().into_iter().flat_map(|all| all.values()) {
            let source = source.as_str().unwrap_or("unknown").to_owned();
            *forms.fields.entry(source).or_default() += 1;
        }
        visits.insert(id, forms);
    }
    Ok(visits)
}

/// Counts every day before `today` that has numbers and was not counted yet. Done a
/// second time, it does nothing. How many there were.
///
/// # Errors
/// Faults of storage.
pub fn close_days(tx: &Tx<'_>, journal: &Journal, today: Date) -> Result<usize, Error> {
    let mut days = tx.prepare_cached(
        "select day from (select day from ticket where drawn_on is null
             union select drawn_on from ticket where drawn_on is not null)
           where day < ?1 and day not in (select day from day_report) order by day",
    )?;
    let days: Vec<String> =
        days.query_map([clock::iso_day(today)], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for day in &days {
        let day = clock::parse_iso_day(day).ok_or(cannot_be("ticket", "day"))?;
        let report = count(tx, day)?;
        let facts = serde_json::to_value(&report).map_err(|_| cannot_be("day_report", "report"))?;
        tx.execute(
            "insert into day_report (day, report) values (?1, ?2)",
            params![clock::iso_day(day), facts.to_string()],
        )?;
        record(tx, journal, (COUNTED, day), facts)?;
    }
    Ok(days.len())
}

/// Counts a day anew that was counted already: something of it was typed in later.
///
/// # Errors
/// Faults of storage.
pub fn recount(tx: &Tx<'_>, journal: &Journal, day: Date) -> Result<(), Error> {
    if of(tx, day)?.is_none() {
        return Ok(());
    }
    let facts =
        serde_json::to_value(count(tx, day)?).map_err(|_| cannot_be("day_report", "report"))?;
    tx.execute(
        "update day_report set report = ?2 where day = ?1",
        params![clock::iso_day(day), facts.to_string()],
    )?;
    record(tx, journal, (COUNTED, day), facts)
}

/// Notes how the times that people were told on a day came out, once.
///
/// # Errors
/// Faults of storage.
pub fn judge(tx: &Tx<'_>, journal: &Journal, day: Date, kept: Kept) -> Result<bool, Error> {
    let Kept { judged, kept } = kept;
    let noted = tx.execute(
        "update day_report set judged = ?2, kept = ?3 where day = ?1 and judged is null",
        params![clock::iso_day(day), judged, kept],
    )?;
    if noted == 1 {
        record(tx, journal, (JUDGED, day), json!({ "judged": judged, "kept": kept }))?;
    }
    Ok(noted == 1)
}

/// A line for each number of a day.
///
/// # Errors
/// Faults of storage.
pub fn tickets_file(connection: &Connection, day: Date) -> Result<String, Error> {
    Ok(csv::tickets(&stories(connection, day)?, &forms_of_visits(connection, day)?))
}

fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (kind, day): (&str, Date),
    facts: Value,
) -> Result<(), Error> {
    let (op, entity) = (journal.op(), Entity::new("day", clock::iso_day(day)));
    let (schema_version, actor) = (1, Actor::System);
    journal
        .append(tx, &Event { op, kind, schema_version, entity, actor, facts, personal: None })?;
    Ok(())
}

/// The days from `from` to `to` that were counted, the oldest first.
///
/// # Errors
/// Faults of storage.
pub fn between(connection: &Connection, [from, to]: [Date; 2]) -> Result<Vec<DayReport>, Error> {
    let mut rows = connection.prepare_cached(
        "select report, judged, kept from day_report where day between ?1 and ?2 order by day",
    )?;
    let rows = rows.query_map([clock::iso_day(from), clock::iso_day(to)], |row| Ok(report(row)))?;
    rows.map(|row| Ok(row??)).collect()
}

/// The day, if it was counted.
///
/// # Errors
/// Faults of storage.
pub fn of(connection: &Connection, day: Date) -> Result<Option<DayReport>, Error> {
    let found = connection
        .prepare_cached("select report, judged, kept from day_report where day = ?1")?
        .query_row([clock::iso_day(day)], |row| Ok(report(row)))
        .optional()?;
    Ok(found.transpose()?)
}

fn report(row: &rusqlite::Row<'_>) -> Result<DayReport, db::Error> {
    let (text, judged, kept): (String, Option<u32>, Option<u32>) =
        (row.get(0)?, row.get(1)?, row.get(2)?);
    let report: DayReport =
        serde_json::from_str(&text).map_err(|_| cannot_be("day_report", "report"))?;
    let kept = judged.zip(kept).map(|(judged, kept)| Kept { judged, kept });
    Ok(DayReport { kept, ..report })
}

#[cfg(test)]
mod tests;
