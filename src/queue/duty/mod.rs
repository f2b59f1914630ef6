//! Counters on duty: who sits where, and whether they pause.
//!
//! A counter is opened by one clerk. Whoever opens it again from elsewhere is
//! told who sits there and may take it over; what is being served goes on, and
//! both parts of it are kept. Where somebody sits without having signed in, that is
//! noted ([`note`]), and the counter counts like any other. The journal alone makes
//! the same rows again ([`roster`]).

mod note;
mod roster;
mod store;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::state::Action;
use super::ticket::Act;
use super::{Error, acts, store as tickets};
use crate::clock::{self, Moment};
use crate::db::Tx;
use crate::id::{OpId, StaffId};
use crate::journal::{self, Actor, Entity, Event, Journal};

pub(super) use note::end_earlier_notes;
pub(super) use note::people_noted;
pub use note::{PEOPLE_MOST, UNDO_WITHIN, note, take_back, undoable};
pub use roster::first_contradiction;
pub(super) use store::set_in_a_row;
pub use store::{all, at, of_staff};

/// A counter where somebody sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub counter: u32,
    pub sits: Sits,
    pub since: Moment,
    /// Why and since when nobody is called here.
    pub paused: Option<(Pause, Moment)>,
    /// How many with a credit were called in a row.
    pub in_a_row: u32,
}

/// Who sits at a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sits {
    /// They signed in there, and press the buttons themselves.
    SignedIn(StaffId),
    /// It was noted that somebody does; others press for them.
    Noted(Noted),
}

/// What was noted of a counter where nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    pub people: u32,
    /// One of them, where it is known who.
    pub person: Option<StaffId>,
    pub by: StaffId,
}

impl Duty {
    /// Who is signed in there.
    pub fn staff(&self) -> Option<StaffId> {
        match self.sits {
            Sits::SignedIn(staff) => Some(staff),
            Sits::Noted(_) => None,
        }
    }

    /// Who sits there, as far as it is known.
    pub fn person(&self) -> Option<StaffId> {
        match self.sits {
            Sits::SignedIn(staff) => Some(staff),
            Sits::Noted(noted) => noted.person,
        }
    }

    /// What was noted, where nobody is signed in.
    pub fn noted(&self) -> Option<Noted> {
        match self.sits {
            Sits::SignedIn(_) => None,
            Sits::Noted(noted) => Some(noted),
        }
    }
}

/// Why a counter pauses; residents read it on the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// 昼休み・交代.
    Break,
    /// Something is being done away from the counter.
    Away,
    /// Papers are being made.
    Paperwork,
}

impl Pause {
    /// All reasons.
    pub const ALL: [Pause; 3] = [Pause::Break, Pause::Away, Pause::Paperwork];

    /// The name used in storage and addresses: `break`.
    pub fn id(self) -> &'static str {
        match self {
            Pause::Break => "break",
            Pause::Away => "away",
            Pause::Paperwork => "paperwork",
        }
    }

    /// The reason of a [`Pause::id`].
    pub fn from_id(id: &str) -> Option<Pause> {
        Pause::ALL.into_iter().find(|pause| pause.id() == id)
    }
}

/// Sits down at a counter; where somebody else is signed in, only to `relieve` them. A
/// clerk sits at one counter: another one they had opened is closed, and what was noted
/// of either is over.
///
/// # Errors
/// [`Error::Taken`]; [`Error::CounterBusy`] when somebody is served where they
/// get up.
pub fn open(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    staff: StaffId,
    counter: u32,
    relieve: bool,
) -> Result<(), Error> {
    if is_done(tx, op, OPENED, counter)? {
        return Ok(());
    }
    let before = at(tx, counter)?;
    match before.as_ref().and_then(Duty::staff) {
        Some(there) if there == staff => return Ok(()),
        Some(_) if !relieve => return Err(Error::Taken),
        _ => {}
    }
    if let Some(other) = of_staff(tx, staff)? {
        close(tx, journal, journal.op(), staff, other.counter)?;
    }
    note::is_here_instead(tx, journal, staff, counter)?;
    let now = super::now(journal);
    let in_a_row = before.as_ref().map_or(0, |duty| duty.in_a_row);
    let sits = Sits::SignedIn(staff);
    store::put(tx, &Duty { counter, sits, since: now, paused: None, in_a_row })?;
    let relieved = before.as_ref().and_then(Duty::staff);
    let facts = json!({ "relieved": relieved, "at": clock::rfc3339(now) });
    record(tx, journal, (op, OPENED), (Actor::Staff(staff), counter), facts)?;
    if before.is_some()
        && let Some(ticket) = tickets::at_counter(tx, counter)?
    {
        let act = Act::of_clerk(Action::TakeOver, counter, staff, now);
        acts::act(tx, journal, (journal.op(), Actor::Staff(staff)), ticket.id, act)?;
    }
    Ok(())
}

/// Gets up. Closing what is closed changes nothing.
///
/// # Errors
/// [`Error::CounterBusy`], [`Error::NotOnDuty`].
pub fn close(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    staff: StaffId,
    counter: u32,
) -> Result<(), Error> {
    if is_done(tx, op, CLOSED, counter)? {
        return Ok(());
    }
    signed_in(tx, staff, counter)?;
    if let Some(ticket) = tickets::at_counter(tx, counter)? {
        return Err(Error::CounterBusy(ticket.to_string()));
    }
    store::remove(tx, counter)?;
    record(tx, journal, (op, CLOSED), (Actor::Staff(staff), counter), json!({}))
}

/// Pauses, or goes on with `None`. Whoever is being served is served to the end.
///
/// # Errors
/// [`Error::NotOnDuty`].
pub fn pause(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    (staff, counter): (StaffId, u32),
    pause: Option<Pause>,
) -> Result<(), Error> {
    away(tx, journal, op, (staff, counter), (pause, None))
}

/// Pauses, and says after how many minutes somebody means to be back: waiting times
/// reckon with it, and nothing else does.
///
/// # Errors
/// [`Error::NotOnDuty`].
pub fn pause_for(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    at: (StaffId, u32),
    (pause, minutes): (Pause, u32),
) -> Result<(), Error> {
    away(tx, journal, op, at, (Some(pause), Some(minutes)))
}

fn away(
    tx: &Tx<'_>,
    journal: &Journal,
    op: OpId,
    (staff, counter): (StaffId, u32),
    (pause, minutes): (Option<Pause>, Option<u32>),
) -> Result<(), Error> {
    let kind = if pause.is_some() { PAUSED } else { RESUMED };
    if is_done(tx, op, kind, counter)? {
        return Ok(());
    }
    let (duty, now) = (signed_in(tx, staff, counter)?, super::now(journal));
    store::put(tx, &Duty { paused: pause.map(|why| (why, now)), ..duty })?;
    let mut facts = json!({ "why": pause, "at": clock::rfc3339(now) });
    if let Some(minutes) = minutes {
        facts["minutes"] = minutes.into();
    }
    record(tx, journal, (op, kind), (Actor::Staff(staff), counter), facts)
}

/// The counter, if `staff` may press its buttons: they are signed in there, or nobody
/// is and it was only noted that somebody sits there.
pub(super) fn on_duty(
    connection: &Connection,
    staff: StaffId,
    counter: u32,
) -> Result<Duty, Error> {
    let may = |duty: &Duty| duty.staff().is_none_or(|there| there == staff);
    at(connection, counter)?.filter(may).ok_or(Error::NotOnDuty)
}

fn signed_in(connection: &Connection, staff: StaffId, counter: u32) -> Result<Duty, Error> {
    let is_there = |duty: &Duty| duty.staff() == Some(staff);
    at(connection, counter)?.filter(is_there).ok_or(Error::NotOnDuty)
}

/// What happens to a counter, in the journal.
const OPENED: &str = "counter.opened";
const CLOSED: &str = "counter.closed";
const PAUSED: &str = "counter.paused";
const RESUMED: &str = "counter.resumed";
const NOTED: &str = "counter.noted";

/// What the entries are about.
const COUNTER: &str = "counter";

fn is_done(tx: &Tx<'_>, op: OpId, kind: &str, counter: u32) -> Result<bool, Error> {
    match journal::entity_of_op(tx, op, kind)? {
        Some(done) if done == counter.to_string() => Ok(true),
        Some(_) => Err(journal::Error::OpTaken.into()),
        None => Ok(false),
    }
}

fn record(
    tx: &Tx<'_>,
    journal: &Journal,
    (op, kind): (OpId, &str),
    (actor, counter): (Actor, u32),
    facts: Value,
) -> Result<(), Error> {
    let entity = Entity::new(COUNTER, counter);
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}
