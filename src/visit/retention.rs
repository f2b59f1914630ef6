//! When personal data goes. The signed paper is the record; what is kept here is
//! its transport, so it is erased as soon as the town's own times allow.

use rusqlite::Connection;
use time::Duration;

use super::{Error, State, Visit, erase, store};
use crate::clock::Moment;
use crate::config::{Retention, Screen};
use crate::db::Tx;
use crate::id::{DeviceId, VisitId};
use crate::journal::{Actor, Journal};

/// A page that is being used tells so several times within this; a kiosk that
/// lost its power does not.
const GRACE: Duration = Duration::seconds(60);

/// Whether nobody has been at a draft for longer than the kiosk itself would have
/// waited. The kiosk's page erases it first; this is for a page that is gone.
pub fn is_abandoned(visit: &Visit, screen: &Screen, now: Moment) -> bool {
    visit.state == State::Draft && visit.touched_at < abandoned_before(screen, now)
}

fn abandoned_before(screen: &Screen, now: Moment) -> Moment {
    now - Duration::seconds(i64::from(screen.idle_secs) + i64::from(screen.warning_secs)) - GRACE
}

/// What is to be erased now: abandoned drafts, and submitted visits past their
/// days.
pub fn due(
    connection: &Connection,
    screen: &Screen,
    times: &Retention,
    now: Moment,
) -> Result<Vec<VisitId>, Error> {
    let mut due = store::untouched(connection, State::Draft, abandoned_before(screen, now))?;
    let visits = now - Duration::days(i64::from(times.visit_days));
    due.extend(store::untouched(connection, State::Submitted, visits)?);
    Ok(due)
}

/// Erases one visit that is due, and tells the tablet it stood on, if any. One at a
/// time, so that a row that cannot be erased keeps nobody else's.
pub fn erase_one(
    tx: &Tx<'_>,
    journal: &Journal,
    visit: VisitId,
) -> Result<Option<DeviceId>, Error> {
    let tablet = store::kiosk_of(tx, visit)?;
    erase(tx, journal, Actor::System, visit)?;
    Ok(tablet)
}
