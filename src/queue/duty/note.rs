//! Counters where somebody sits without having signed in: the floor guide or a
//! supervisor notes how many, and perhaps who, so that waiting times count them. What
//! was noted ends when somebody signs in there, when it is noted that nobody is there
//! any more, and with the day; the last note can be taken back for a while.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;

use super::{COUNTER, Duty, NOTED, Noted, Sits, at, is_done, of_staff, record, store};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{OpId, StaffId};
use crate::journal::{Actor, Journal};
use crate::queue::{Error, cannot_be, now, store as tickets};

/// More do not sit at one counter.
pub const PEOPLE_MOST: u32 = 9;

/// A note can be taken back so long.
pub const UNDO_WITHIN: Duration = Duration::from_secs(10 * 60);

/// A noted counter, as the journal has it: whole, so that an entry needs no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stands {
    people: u32,
    person: Option<StaffId>,
    by: StaffId,
    #[serde(with = "clock::kept")]
    since: Moment,
    in_a_row: u32,
}

/// The facts of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub to: Option<Stands>,
    pub was: Option<Stands>,
    /// This takes the note before it back.
    undone: bool,
}

impl Stands {
    fn of(duty: &Duty) -> Option<Self> {
        let Noted { people, person, by } = duty.noted()?;
        Some(Self { people, person, by, since: duty.since, in_a_row: duty.in_a_row })
    }

    pub fn duty(self, counter: u32) -> Duty {
        let Self { people, person, by, since, in_a_row } = self;
        let sits = Sits::Noted(Noted { people, person, by });
        Duty { counter, sits, since, paused: None, in_a_row }
    }
}

/// Notes that so many `people` sit at a counter, one of them perhaps `person`; nobody
/// any more, where there are none.
///
/// # Errors
/// [`Error::Taken`] where somebody is signed in; [`Error::SitsElsewhere`];
/// [`Error::CounterBusy`] when somebody is served where nobody would be left.
pub fn note(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    by: StaffId,
    (counter, people, person): (u32, u32, Option<StaffId>),
) -> Result<(), Error> {
    if is_done(tx, op, NOTED, counter)? {
        return Ok(());
    }
    let before = noted(tx, counter)?;
    let to = (people > 0).then(|| Stands {
        people: people.min(PEOPLE_MOST),
        person,
        by,
        since: before.map_or(now(journal), |before| before.since),
        in_a_row: before.map_or(0, |before| before.in_a_row),
    });
    let same = |stands: Stands| (stands.people, stands.person);
    if to.map(same) == before.map(same) {
        return Ok(());
    }
    set(tx, journal, (op, Actor::Staff(by)), counter, Facts { to, was: before, undone: false })
}

/// Takes the last note about a counter back.
///
/// # Errors
/// [`Error::Refused`] when there is none, or it is too old; as [`note`].
pub fn take_back(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    by: StaffId,
    counter: u32,
) -> Result<(), Error> {
    if is_done(tx, op, NOTED, counter)? {
        return Ok(());
    }
    let nothing = Error::Refused(crate::queue::Refused::NothingToUndo);
    let last = last(tx, counter, now(journal))?.ok_or(nothing)?;
    let before = noted(tx, counter)?;
    let facts = Facts { to: last.was, was: before, undone: true };
    set(tx, journal, (op, Actor::Staff(by)), counter, facts)
}

/// How many sit at the counter, by the facts of a note.
pub(in crate::queue) fn people_noted(facts: &str) -> u32 {
    let facts: Option<Facts> = serde_json::from_str(facts).ok();
    facts.and_then(|facts| facts.to).map_or(0, |stands| stands.people)
}

/// Whether the last thing that happened to a counter is a note that can be taken back.
pub fn undoable(connection: &Connection, counter: u32, now: Moment) -> Result<bool, Error> {
    Ok(last(connection, counter, now)?.is_some())
}

/// What was noted before the day that has begun.
pub(in crate::queue) fn end_earlier_notes(
    tx: &Tx<'_>,
    journal: &Journal,
    today: Date,
) -> Result<usize, Error> {
    let mut ended = 0;
    for duty in super::all(tx)? {
        let is_old = duty.noted().is_some() && duty.since.date() < today;
        // Whoever is still served there is served to the end.
        if is_old && tickets::at_counter(tx, duty.counter)?.is_none() {
            let facts = Facts { to: None, was: Stands::of(&duty), undone: false };
            set(tx, journal, (journal.op(), Actor::System), duty.counter, facts)?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// `staff` signs in at `counter`: they do not sit where it was noted any more.
pub(super) fn is_here_instead(
    tx: &Tx<'_>,
    journal: &Journal,
    staff: StaffId,
    counter: u32,
) -> Result<(), Error> {
    let Some(duty) = store::of_noted(tx, staff)? else { return Ok(()) };
    let Some(was) = Stands::of(&duty).filter(|_| duty.counter != counter) else { return Ok(()) };
    // Somebody is there for whoever is being served.
    let busy = u32::from(tickets::at_counter(tx, duty.counter)?.is_some());
    let left = (was.people - 1).max(busy);
    let to = (left > 0).then_some(Stands { people: left, person: None, ..was });
    let facts = Facts { to, was: Some(was), undone: false };
    set(tx, journal, (journal.op(), Actor::Staff(staff)), duty.counter, facts)
}

/// What stands noted of a counter.
fn noted(tx: &Tx<'_>, counter: u32) -> Result<Option<Stands>, Error> {
    match at(tx, counter)? {
        Some(duty) => Stands::of(&duty).ok_or(Error::Taken).map(Some),
        None => Ok(None),
    }
}

fn set(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, actor): (OpId, Actor),
    counter: u32,
    facts: Facts,
) -> Result<(), Error> {
    match facts.to {
        Some(to) => {
            if let Some(person) = to.person {
                is_nowhere_else(tx, person, counter)?;
            }
            store::put(tx, &to.duty(counter))?;
        }
        None => {
            if let Some(ticket) = tickets::at_counter(tx, counter)? {
                return Err(Error::CounterBusy(ticket.to_string()));
            }
            store::remove(tx, counter)?;
        }
    }
    record(tx, journal, (op, NOTED), (actor, counter), json!(facts))
}

fn is_nowhere_else(tx: &Tx<'_>, person: StaffId, counter: u32) -> Result<(), Error> {
    for found in [of_staff(tx, person)?, store::of_noted(tx, person)?].into_iter().flatten() {
        if found.counter != counter {
            return Err(Error::SitsElsewhere(found.counter));
        }
    }
    Ok(())
}

/// The last note about a counter, as long as it can be taken back: by hand, lately,
/// and nothing has happened to the counter since.
fn last(connection: &Connection, counter: u32, now: Moment) -> Result<Option<Facts>, Error> {
    let mut last = connection.prepare_cached(
        "select kind, actor, occurred_at, facts from journal
         where entity_kind = ?1 and entity_id = ?2 order by rowid desc limit 1",
    )?;
    let about = (COUNTER, counter.to_string());
    let columns = |row: &rusqlite::Row<'_>| -> rusqlite::Result<[String; 4]> {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
    };
    let Some([kind, actor, when, facts]) = last.query_row(about, columns).optional()? else {
        return Ok(None);
    };
    let when = clock::parse_rfc3339(&when).ok_or(cannot_be("journal", "occurred_at"))?;
    if kind != NOTED || !actor.starts_with("staff:") || now - when > UNDO_WITHIN {
        return Ok(None);
    }
    let facts: Facts = serde_json::from_str(&facts).map_err(|_| cannot_be("journal", "facts"))?;
    Ok(Some(facts).filter(|facts| !facts.undone))
}
