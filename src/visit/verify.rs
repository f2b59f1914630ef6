//! Whether the rows say what the journal says.
//!
//! The journal is the record; rows are what it made. A row that was changed or
//! taken away behind its back contradicts an entry, and is named.

use rusqlite::Connection;

use super::Error;
use crate::{appointment, payment, queue};

/// What contradicts the journal, each with a query that finds the first such row.
const CONTRADICTIONS: [(&str, &str); 5] = [
    (
        "a visit was handed in, but no entry says so",
        "select id from visit where state = 'submitted' and not exists (
           select 1 from journal
           where kind = 'visit.submitted' and entity_kind = 'visit' and entity_id = visit.id)",
    ),
    (
        "an entry hands in a visit that is not there",
        "select entity_id from journal where kind = 'visit.submitted' and not exists (
           select 1 from visit where id = entity_id and state in ('submitted', 'erased'))",
    ),
    (
        "a ticket is not the one that was given out",
        "select entity_id from journal where kind = 'visit.submitted' and not exists (
           select 1 from ticket
           where visit = entity_id and prefix || printf('%d', number) = facts ->> 'ticket')
         and (facts ->> 'ticket' is not null
              or exists (select 1 from ticket where visit = entity_id))",
    ),
    (
        "an application is in a state that nobody gave it",
        "select id from application where state <> coalesce((
           select case kind
             when 'application.accepted' then 'accepted'
             when 'application.sent_back' then 'sent_back'
             else 'submitted' end
           from journal
           where entity_kind = 'application' and entity_id = application.id
             and kind in ('application.accepted', 'application.sent_back', 'application.reopened')
           order by rowid desc limit 1), 'submitted')",
    ),
    (
        "a key was erased, but no entry says so",
        "select visit from visit_key where wrapped is null and not exists (
           select 1 from journal
           where kind = 'visit.erased' and entity_kind = 'visit' and entity_id = visit_key.visit
             or kind = 'appointment.erased' and facts ->> 'visit' = visit_key.visit)",
    ),
];

/// The first row that contradicts the journal: what is wrong, and its id.
pub fn first_contradiction(connection: &Connection) -> Result<Option<String>, Error> {
    for (what, query) in CONTRADICTIONS {
        let mut rows = connection.prepare(query)?;
        let mut rows = rows.query([])?;
        if let Some(row) = rows.next()? {
            return Ok(Some(format!("{what}: {}", row.get::<_, String>(0)?)));
        }
    }
    let ticket = queue::first_contradiction(connection)?;
    if let Some(id) = ticket {
        return Ok(Some(format!("a ticket is not where the journal says: {id}")));
    }
    if let Some(counter) = queue::duty::first_contradiction(connection)? {
        return Ok(Some(format!("a counter is not on duty as the journal says: {counter}")));
    }
    let appointment = appointment::first_contradiction(connection)?;
    if let Some(id) = appointment {
        return Ok(Some(format!("an appointment is not what the journal says: {id}")));
    }
    Ok(payment::first_contradiction(connection)?)
}
