//! Codes after a backup was restored. One that was used up or burned since the backup
//! was made must not come back to life with it.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::record;
use crate::db::Tx;
use crate::journal::{self, Actor, Journal};
use crate::preregistration::Jti;
use crate::preregistration::life::State as Stands;
use crate::preregistration::store::{self as codes, Seen};
use crate::visit::Error;

/// Everything after which a code stands otherwise; an earlier restore, too.
const CHANGES: [&str; 6] = [
    "code.missed",
    "code.claimed",
    "code.released",
    "code.issued",
    "code.reinstated",
    "code.taken_over",
];

/// Takes over what became of codes in `before` since the restored backup was made.
/// Which those are its journal says: a database that is older than the backup knows
/// nothing that the backup does not, and gives nothing.
///
/// # Errors
/// Faults of storage when `before` cannot be read.
pub fn take_over(tx: &Tx<'_>, journal: &Journal, before: &Connection) -> Result<(), Error> {
    let mut changed = BTreeSet::new();
    for kind in CHANGES {
        changed.extend(journal::entities_unknown_to(tx, before, kind)?);
    }
    for jti in changed.iter().filter_map(|jti| Jti::from_hex(jti)) {
        // What is too old to be used was forgotten there.
        let Some(there) = codes::get(before, jti)? else { continue };
        let here = codes::get(tx, jti)?;
        let Some(stands) = stands_now(here.as_ref(), there) else { continue };
        codes::note_as(tx, before, jti)?;
        codes::put(tx, &stands)?;
        record(tx, journal, Actor::Console, journal.op(), ("code.taken_over", &stands))?;
    }
    Ok(())
}

/// How a code stands that stood `here` when the backup was made and `there` in the end.
/// Visits that began since are lost: nobody has what they had, and it may be brought
/// again. `None` where the backup is right about it.
fn stands_now(here: Option<&Seen>, there: Seen) -> Option<Seen> {
    let has = here.and_then(|here| here.visit);
    match (here.map(|here| here.state), there.state) {
        (_, Stands::Issued) => Some(Seen { visit: has, ..there }),
        (_, Stands::Burned) => Some(there),
        // The visit has come back with the backup, and has its code.
        (Some(Stands::Claimed), Stands::Scanned | Stands::Claimed) => None,
        (_, Stands::Scanned | Stands::Claimed) => {
            Some(Seen { state: Stands::Scanned, visit: None, ..there })
        }
    }
}
