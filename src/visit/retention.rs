//! When personal data goes. The signed paper is the record; what is kept here is
//! its transport, so it is erased as soon as the town's own times allow.

use time::Duration;

use super::{Error, State, erase, store};
use crate::config::Retention;
use crate::db::Tx;
use crate::journal::{Actor, Journal};

/// Erases what is due: drafts whose kiosk went dark, and submitted visits past
/// their days. Returns how many; the caller truncates the database's log when
/// there were any.
pub fn erase_due(tx: &Tx<'_>, journal: &Journal, times: &Retention) -> Result<usize, Error> {
    let now = journal.now();
    let drafts = now - Duration::minutes(i64::from(times.draft_minutes));
    let visits = now - Duration::days(i64::from(times.visit_days));
    let mut due = store::untouched(tx, State::Draft, drafts)?;
    due.extend(store::untouched(tx, State::Submitted, visits)?);
    for visit in &due {
        erase(tx, journal, Actor::System, visit.id)?;
    }
    Ok(due.len())
}
