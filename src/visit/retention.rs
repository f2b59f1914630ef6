//! When personal data goes. The signed paper is the record; what is kept here is
//! its transport, so it is erased as soon as the town's own times allow.

use rusqlite::Connection;
use time::Duration;

use super::{Error, State, Visit, erase, store};
use crate::clock::Moment;
use crate::config::{Retention, Screen, Site};
use crate::db::Tx;
use crate::id::{DeviceId, VisitId};
use crate::journal::{Actor, Journal};
use crate::payment;

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

/// What is to be erased now: abandoned drafts, and submitted visits past their days. A
/// visit stays as long as nobody knows what became of its money: it is found out on its
/// page.
pub fn due(connection: &Connection, site: &Site, now: Moment) -> Result<Vec<VisitId>, Error> {
    let abandoned = abandoned_before(&site.screen, now);
    let mut due = store::untouched(connection, State::Draft, abandoned)?;
    for id in store::untouched(connection, State::Submitted, kept_since(&site.retention, now))? {
        if !payment::is_open(connection, id)? {
            due.push(id);
        }
    }
    Ok(due)
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The tablet that the visit stood on, if any.
    pub tablet: Option<DeviceId>,
}

/// Erases one visit, if it is still due; one that was handed in, touched or erased
/// since [`due`] looked is left as it is. One at a time, so that a row that cannot
/// be erased keeps nobody else's.
pub fn erase_one(
    tx: &Tx<'_>,
    journal: &Journal,
    actor: Actor,
    site: &Site,
    id: VisitId,
) -> Result<Option<Erased>, Error> {
    let Some(visit) = store::get(tx, id)? else { return Ok(None) };
    if !is_due(&visit, site, journal.now()) || payment::is_open(tx, id)? {
        return Ok(None);
    }
    let tablet = store::kiosk_of(tx, id)?;
    erase(tx, journal, actor, id)?;
    Ok(Some(Erased { tablet }))
}

fn is_due(visit: &Visit, site: &Site, now: Moment) -> bool {
    match visit.state {
        State::Draft => is_abandoned(visit, &site.screen, now),
        State::Submitted => visit.touched_at < kept_since(&site.retention, now),
        State::Erased => false,
    }
}

fn kept_since(times: &Retention, now: Moment) -> Moment {
    now - Duration::days(i64::from(times.visit_days))
}
