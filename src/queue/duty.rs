//! Counters on duty: who sits where, and whether they pause.
//!
//! A counter is opened by one clerk. Whoever opens it again from elsewhere is
//! told who sits there and may take it over; what is being served goes on, and
//! both parts of it are kept.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::state::Action;
use super::ticket::Act;
use super::{Error, acts, cannot_be, store};
use crate::clock::{self, Moment};
use crate::db::{self, Tx};
use crate::id::{OpId, StaffId};
use crate::journal::{self, Actor, Entity, Event, Journal};

/// A counter where somebody sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    pub counter: u32,
    pub staff: StaffId,
    pub since: Moment,
    /// Why and since when nobody is called here.
    pub paused: Option<(Pause, Moment)>,
    /// How many with a credit were called in a row.
    pub in_a_row: u32,
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

const COLUMNS: &str = "counter, staff, since, paused, paused_at, in_a_row";

fn duty(row: &Row<'_>) -> Result<Duty, db::Error> {
    let text = |column| row.get::<_, Option<String>>(column);
    let when = |column: &'static str| -> Result<Option<Moment>, db::Error> {
        let read = |text: String| clock::parse_rfc3339(&text).ok_or(cannot_be("duty", column));
        text(column)?.map(read).transpose()
    };
    let paused = text("paused")?
        .map(|id| Pause::from_id(&id).ok_or(cannot_be("duty", "paused")))
        .transpose()?;
    Ok(Duty {
        counter: row.get("counter")?,
        staff: row.get::<_, String>("staff")?.parse().map_err(|_| cannot_be("duty", "staff"))?,
        since: when("since")?.ok_or(cannot_be("duty", "since"))?,
        paused: paused.zip(when("paused_at")?),
        in_a_row: row.get("in_a_row")?,
    })
}

/// Who sits at `counter`.
pub fn at(connection: &Connection, counter: u32) -> Result<Option<Duty>, Error> {
    store::one(
        connection,
        &format!("select {COLUMNS} from duty where counter = ?1"),
        [counter],
        duty,
    )
}

/// Where `staff` sits.
pub fn of_staff(connection: &Connection, staff: StaffId) -> Result<Option<Duty>, Error> {
    let query = format!("select {COLUMNS} from duty where staff = ?1");
    store::one(connection, &query, [staff.to_string()], duty)
}

/// All counters on duty, in the order of their numbers.
pub fn all(connection: &Connection) -> Result<Vec<Duty>, Error> {
    let mut rows =
        connection.prepare_cached(&format!("select {COLUMNS} from duty order by counter"))?;
    let found = rows.query_map([], |row| Ok(duty(row)))?;
    found.map(|row| Ok(row??)).collect()
}

/// Sits down at a counter; where somebody else sits, only to `relieve` them. A
/// clerk sits at one counter: another one they had opened is closed.
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
    if is_done(tx, op, "counter.opened", counter)? {
        return Ok(());
    }
    let before = at(tx, counter)?;
    match &before {
        Some(duty) if duty.staff == staff => return Ok(()),
        Some(_) if !relieve => return Err(Error::Taken),
        _ => {}
    }
    if let Some(other) = of_staff(tx, staff)? {
        close(tx, journal, journal.op(), staff, other.counter)?;
    }
    let now = super::now(journal);
    tx.execute(
        "insert into duty (counter, staff, since, in_a_row) values (?1, ?2, ?3, 0)
         on conflict (counter) do update set staff = excluded.staff, since = excluded.since,
           paused = null, paused_at = null",
        params![counter, staff.to_string(), clock::rfc3339(now)],
    )?;
    let facts = json!({ "relieved": before.as_ref().map(|duty| duty.staff) });
    record(tx, journal, (op, "counter.opened"), (staff, counter), facts)?;
    if before.is_some()
        && let Some(ticket) = store::at_counter(tx, counter)?
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
    if is_done(tx, op, "counter.closed", counter)? {
        return Ok(());
    }
    on_duty(tx, staff, counter)?;
    if let Some(ticket) = store::at_counter(tx, counter)? {
        return Err(Error::CounterBusy(ticket.to_string()));
    }
    tx.execute("delete from duty where counter = ?1", [counter])?;
    record(tx, journal, (op, "counter.closed"), (staff, counter), json!({}))
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
    let kind = if pause.is_some() { "counter.paused" } else { "counter.resumed" };
    if is_done(tx, op, kind, counter)? {
        return Ok(());
    }
    on_duty(tx, staff, counter)?;
    let at = pause.map(|_| clock::rfc3339(journal.now()));
    tx.execute(
        "update duty set paused = ?2, paused_at = ?3 where counter = ?1",
        params![counter, pause.map(Pause::id), at],
    )?;
    record(tx, journal, (op, kind), (staff, counter), json!({ "why": pause }))
}

/// The counter, if `staff` sits there.
pub(super) fn on_duty(
    connection: &Connection,
    staff: StaffId,
    counter: u32,
) -> Result<Duty, Error> {
    at(connection, counter)?.filter(|duty| duty.staff == staff).ok_or(Error::NotOnDuty)
}

pub(super) fn set_in_a_row(tx: &Tx<'_>, counter: u32, in_a_row: u32) -> Result<(), Error> {
    tx.prepare_cached("update duty set in_a_row = ?2 where counter = ?1")?
        .execute([counter, in_a_row])?;
    Ok(())
}

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
    (staff, counter): (StaffId, u32),
    facts: Value,
) -> Result<(), Error> {
    let (entity, actor) = (Entity::new("counter", counter), Actor::Staff(staff));
    journal
        .append(tx, &Event { op, kind, schema_version: 1, entity, actor, facts, personal: None })?;
    Ok(())
}
