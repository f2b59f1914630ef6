//! Accounts after a backup was restored. What was taken away since the backup was
//! made must not come back with it: an account that was disabled, a password that
//! was given up, a session that ended.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::json;

use super::{Error, record, store};
use crate::db::Tx;
use crate::id::StaffId;
use crate::journal::{self, Actor, Journal};

/// Everything that changes an account; an earlier restore, too.
const CHANGES: [&str; 6] = [
    "staff.added",
    "staff.disabled",
    "staff.enabled",
    "staff.password_changed",
    "staff.password_reset",
    "staff.taken_over",
];

/// Takes over the accounts that changed in `before` since the restored backup was
/// made. Which those are its journal says: a database that is older than the backup
/// knows nothing that the backup does not, and gives nothing.
///
/// # Errors
/// [`Error::LastAdministrator`] when nobody could manage accounts any more; faults
/// of storage when `before` cannot be read.
pub fn take_over(tx: &Tx<'_>, journal: &Journal, before: &Connection) -> Result<(), Error> {
    let mut changed = BTreeSet::new();
    for kind in CHANGES {
        changed.extend(journal::entities_unknown_to(tx, before, kind)?);
    }
    for id in changed {
        let id: StaffId = id.parse().map_err(|_| Error::NoSuchAccount)?;
        store::copy(tx, before, id)?;
        record(tx, journal, "staff.taken_over", Some(id), Actor::Console, json!({}))?;
    }
    match store::is_set_up(tx)? && store::administrators(tx)? == 0 {
        true => Err(Error::LastAdministrator),
        false => Ok(()),
    }
}

/// Ends the sessions of everybody.
///
/// # Errors
/// Faults of storage.
pub fn end_all_sessions(tx: &Tx<'_>) -> Result<(), Error> {
    store::end_all_sessions(tx)
}
