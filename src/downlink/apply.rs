//! Doing what a notice says, or refusing it with a reason. What is refused leaves
//! everything as it was.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::json;

use super::store::{self, Held};
use super::{APPLIED, REFUSED};
use crate::clock::{Moment, parse_rfc3339};
use crate::config::{Config, Part, Piece};
use crate::db::Tx;
use crate::form::Forms;
use crate::journal::{self, Actor, Entity, Error, Event, Journal};
use crate::notice::{Account, Device, Kind, Notice};
use crate::{device, staff};

/// Faults that are told at most: the first say what to mend.
const FAULTS_MAX: usize = 8;

/// A notice whose time has come, or that can be seen to be wrong before that.
#[derive(Debug)]
pub struct Due {
    held: Held,
    /// Its time has not come: it is only looked at.
    is_early: bool,
    /// What is in force besides.
    before: Vec<(Part, String, u64)>,
    /// The day by whose rules it is checked.
    day: time::Date,
}

/// What came of one.
#[derive(Debug)]
pub struct Settled {
    pub number: u64,
    /// Why it was refused, a code first; nothing where it was done.
    pub reason: Option<String>,
    /// The configuration from now on, where that is another.
    pub config: Option<Config>,
}

/// What is to be done or looked at `now`, the first to be done first. Nothing that waits
/// for its time is looked at twice: those in `seen` were.
///
/// # Errors
/// Faults of storage.
pub fn due(
    connection: &Connection,
    now: Moment,
    seen: &BTreeSet<i64>,
) -> Result<Option<Due>, Error> {
    let waits = |held: &Held| parse_rfc3339(&held.due_at).filter(|at| *at > now);
    let all = store::waiting(connection)?;
    let next = all.into_iter().find(|held| waits(held).is_none() || !seen.contains(&held.ordinal));
    let Some(held) = next else { return Ok(None) };
    let at = waits(&held);
    Ok(Some(Due {
        is_early: at.is_some(),
        day: at.unwrap_or(now).date(),
        before: parts(&store::in_force(connection)?),
        held,
    }))
}

/// When the next one is due, RFC 3339.
///
/// # Errors
/// Faults of storage.
pub fn next_due_at(connection: &Connection) -> Result<Option<Moment>, Error> {
    let all = store::waiting(connection)?;
    Ok(all.first().and_then(|held| parse_rfc3339(&held.due_at)))
}

/// The newest of each part of the configuration, oldest first.
pub fn parts(notices: &[(u64, Notice)]) -> Vec<(Part, String, u64)> {
    let mut all: Vec<(Part, String, u64)> = Vec::new();
    for (number, notice) in notices {
        if let Some(part) = Kind::from_id(&notice.kind).and_then(part) {
            all.retain(|(of, ..)| *of != part);
            all.push((part, notice.body.clone(), *number));
        }
    }
    all
}

fn part(kind: Kind) -> Option<Part> {
    match kind {
        Kind::Closures => Some(Part::Closures),
        Kind::Fees => Some(Part::Fees),
        Kind::Exports => Some(Part::Exports),
        Kind::Register => Some(Part::Register),
        Kind::StaffDisabled | Kind::DeviceRevoked => None,
    }
}

/// The same, for [`Config::with`].
pub fn pieces(parts: &[(Part, String, u64)]) -> Vec<Piece<'_>> {
    parts.iter().map(|(part, text, number)| Piece { part: *part, text, number: *number }).collect()
}

impl Due {
    /// Its place among those that arrived, for [`due`].
    pub fn ordinal(&self) -> i64 {
        self.held.ordinal
    }

    /// Whether its time has not come.
    pub fn is_early(&self) -> bool {
        self.is_early
    }

    /// What the configuration would be: slow, and needs no transaction. Nothing of a notice
    /// that is about something else.
    pub fn checked(&self, config: &Config, forms: &Forms) -> Option<Result<Config, String>> {
        let part = Kind::from_id(&self.held.notice.kind).and_then(part)?;
        let Notice { body, number, .. } = &self.held.notice;
        let mut after = self.before.clone();
        after.retain(|(of, ..)| *of != part);
        after.push((part, body.clone(), *number));
        let with = config.with(&pieces(&self.before), &pieces(&after), forms, self.day);
        Some(with.map_err(|faults| {
            let told = faults.iter().take(FAULTS_MAX).map(|fault| format!("\n{fault}"));
            std::iter::once("faults".to_owned()).chain(told).collect()
        }))
    }
}

/// Does it, or refuses it, in one transaction with its journal entry. `checked` is what
/// [`Due::checked`] gave. Nothing, where it only was looked at and nothing is wrong.
///
/// # Errors
/// Faults of storage; nothing is done then.
pub fn apply(
    tx: &Tx<'_>,
    journal: &Journal,
    due: &Due,
    checked: Option<Result<Config, String>>,
) -> Result<Option<Settled>, Error> {
    let Held { ordinal, notice, .. } = &due.held;
    let done = match checked {
        Some(Ok(_)) if due.is_early => return Ok(None),
        None if due.is_early => return Ok(None),
        Some(checked) => checked.map(Some),
        None => act(tx, journal, notice)?.map(|()| None),
    };
    let (config, reason) = match done {
        Ok(config) => (config, None),
        Err(reason) => (None, Some(reason)),
    };
    store::settle(tx, *ordinal, reason.as_deref(), journal.now())?;
    let Notice { series, number, kind, .. } = notice;
    let mut facts = json!({ "series": series, "number": number, "kind": kind });
    if let Some(reason) = &reason {
        let (why, faults) = reason.split_once('\n').unwrap_or((reason, ""));
        facts["why"] = why.into();
        facts["faults"] = faults.lines().collect::<Vec<_>>().into();
    }
    let event = Event {
        op: journal.op(),
        kind: if reason.is_some() { REFUSED } else { APPLIED },
        schema_version: 1,
        entity: Entity::new("notice", format!("{series}/{number}")),
        actor: Actor::System,
        facts,
        personal: None,
    };
    journal.append(tx, &event)?;
    Ok(Some(Settled { number: *number, reason, config }))
}

/// What is no part of the configuration. A refusal is found before anything is written.
fn act(tx: &Tx<'_>, journal: &Journal, notice: &Notice) -> Result<Result<(), String>, Error> {
    let kind = Kind::from_id(&notice.kind);
    if let Some(Err(_)) = kind.map(|kind| kind.check(&notice.body)) {
        return Ok(Err("not_as_expected".into()));
    }
    match kind {
        Some(Kind::StaffDisabled) => disable(tx, journal, &notice.body),
        Some(Kind::DeviceRevoked) => revoke(tx, journal, &notice.body),
        // Sent by a hub that is newer than this program.
        _ => Ok(Err("unknown_kind".into())),
    }
}

fn disable(tx: &Tx<'_>, journal: &Journal, body: &str) -> Result<Result<(), String>, Error> {
    let Ok(Account { login }) = serde_json::from_str(body) else {
        return Ok(Err("not_as_expected".into()));
    };
    let found = staff::account_of_login(tx, &staff::normal_login(&login));
    let Some(account) = found.map_err(of_staff)? else {
        return Ok(Err("no_such_account".into()));
    };
    match staff::disable(tx, journal, Actor::System, account.id) {
        Ok(_) => Ok(Ok(())),
        Err(staff::Error::LastAdministrator) => Ok(Err("last_administrator".into())),
        Err(error) => Err(of_staff(error)),
    }
}

fn revoke(tx: &Tx<'_>, journal: &Journal, body: &str) -> Result<Result<(), String>, Error> {
    let Ok(Device { device }) = serde_json::from_str(body) else {
        return Ok(Err("not_as_expected".into()));
    };
    match device::revoke(tx, journal, Actor::System, device) {
        Ok(()) => Ok(Ok(())),
        Err(device::Error::NoSuchDevice) => Ok(Err("no_such_device".into())),
        Err(device::Error::Journal(error)) => Err(error),
        Err(_) => Ok(Err("not_as_expected".into())),
    }
}

/// Faults alone come here: every refusal has its own arm.
fn of_staff(error: staff::Error) -> journal::Error {
    match error {
        staff::Error::Journal(error) => error,
        staff::Error::Db(error) => journal::Error::Db(error),
        _ => journal::Error::Db(crate::db::Error::Inconsistent { table: "staff", column: "login" }),
    }
}
